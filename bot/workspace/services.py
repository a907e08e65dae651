"""Services and signatories between the workspace file and the database.

A file without services leaves them as they are stored; a file with some has all of them: one that it
does not name is retired, for outages and maintenance of before refer to it.
"""

from collections.abc import Iterator, Mapping

from sqlmodel import Session

from bot.machine import MachineClock
from bot.workspace.file import Change, CustomerEntry, ServiceEntry, SignatoryEntry, Workspace
from models.customer import Customer
from models.desk import Desk
from models.person import Person
from models.service import Service, all_services
from models.told import NoticeContact, register_of

FIELDS = ("desk_id", "name", "components", "customers", "contracts", "products", "retired")


def import_services(session: Session, team_id: str, workspace: Workspace, desks: Mapping[str, str]) -> Iterator[Change]:
    """Make the database say what the file says of services; gives what was changed."""
    if workspace.services is None:
        return
    held = {service.key: service for service in all_services(session, team_id)}
    for entry in workspace.services:
        wanted = _service(team_id, entry, desks[entry.desk])
        found = held.pop(entry.key, None)
        if found is None:
            session.add(wanted)
            yield Change("+", f"service {entry.key}")
        else:
            yield from _changed(found, wanted)
    for service in held.values():
        if not service.retired:
            service.retired = True
            yield Change("-", f"service {service.key}: retired, what happened to it is kept")
    session.flush()


def _service(team_id: str, entry: ServiceEntry, desk_id: str) -> Service:
    return Service(
        team_id=team_id,
        key=entry.key,
        desk_id=desk_id,
        name=entry.name,
        components=entry.components,
        customers=entry.customers,
        contracts=entry.contracts,
        products=entry.products,
    )


def _changed(found: Service, wanted: Service) -> Iterator[Change]:
    differ = [name for name in FIELDS if getattr(found, name) != getattr(wanted, name)]
    for name in differ:
        setattr(found, name, getattr(wanted, name))
    if differ:
        yield Change("~", f"service {found.key}: {', '.join(differ)}")


def stored_services(session: Session, team_id: str) -> list[ServiceEntry] | None:
    """The services, as the file would say them."""
    found = [
        ServiceEntry(
            key=service.key,
            name=service.name,
            desk=_desk_key(session, service),
            components=service.components,
            customers=service.customers,
            contracts=service.contracts,
            products=service.products,
        )
        for service in all_services(session, team_id)
        if not service.retired
    ]
    return found or None


def _desk_key(session: Session, service: Service) -> str:
    desk = session.get(Desk, (service.team_id, service.desk_id))
    return desk.key if desk else service.desk_id


def import_signatory(
    session: Session, customer: Customer, entry: CustomerEntry, people: Mapping[str, Person]
) -> Iterator[Change]:
    """The default entry of the customer's register; a file that names none leaves it. Source: PS-08."""
    if entry.signatory is None:
        return
    found = _signatory(session, customer)
    person_id = people[entry.signatory.person].id if entry.signatory.person else None
    wanted = (person_id, entry.signatory.name, entry.signatory.email)
    if found is not None and (found.person_id, found.name, found.email) == wanted:
        return
    at = MachineClock().now()
    if found is not None:
        found.ended_at = at
    made = NoticeContact(
        team_id=customer.team_id,
        customer_id=customer.id,
        person_id=person_id,
        name=entry.signatory.name,
        email=entry.signatory.email,
        signatory=True,
        made_at=at,
    )
    session.add(made)
    yield Change("~" if found else "+", f"customer {entry.key}: signatory")


def _signatory(session: Session, customer: Customer) -> NoticeContact | None:
    return next((each for each in register_of(session, customer.team_id, [customer.id]) if each.signatory), None)


def signatory_of(session: Session, customer: Customer, handles: Mapping[str, str]) -> SignatoryEntry | None:
    """The default entry, as the file would say it."""
    found = _signatory(session, customer)
    if found is None:
        return None
    if found.person_id is not None:
        return SignatoryEntry(person=handles[found.person_id])
    return SignatoryEntry(name=found.name, email=found.email)
