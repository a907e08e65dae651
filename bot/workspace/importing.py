"""`workspace.toml` into the database, and back: the difference first, then one transaction."""

from collections.abc import Iterator
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from bot.workspace.alerts import import_alerts, stored_beats, stored_routes
from bot.workspace.escalations import escalation_entry, escalation_plan
from bot.workspace.file import (
    Change,
    CustomerEntry,
    DeskEntry,
    EscalationEntry,
    PersonEntry,
    ProductEntry,
    ReportEntry,
    Roles,
    Workspace,
)
from bot.workspace.retiring import retire_rotas
from bot.workspace.services import import_services, import_signatory, signatory_of, stored_services
from models.channel import Channel
from models.customer import Agreement, Contact, Customer
from models.desk import Desk, DeskRole, Reporting
from models.escalation import Plan
from models.page import Escalation, escalation_by_key, escalations_of
from models.person import Person
from models.product import Product, products_at
from models.rota.document import RotaDocument
from models.sla.contract import Role
from models.stored_rota import StoredRota, rota_by_key, rotas_of
from models.timer import look_at_reports, look_at_rota

Named = TypeVar("Named", Person, Desk, Customer)


def import_workspace(session: Session, team_id: str, workspace: Workspace) -> list[Change]:
    """Make the database say what the file says; gives what was changed.

    People, escalations and customers that the file does not name are kept: tickets and pages refer to them; a rota
    is kept as long as something goes by it.
    """
    changes: list[Change] = []
    people = {entry.handle: _person(session, team_id, entry, changes) for entry in workspace.people}
    session.flush()
    for document in workspace.rotas:
        _rota(session, team_id, document, people, changes)
    for escalation in workspace.escalations:
        _escalation(session, team_id, escalation, people, changes)
    desks = {entry.key: _desk(session, team_id, entry, people, changes) for entry in workspace.desks}
    session.flush()
    for entry in workspace.customers:
        _customer(session, team_id, entry, people, desks[entry.desk], changes)
    session.flush()
    if changes:
        for rota in rotas_of(session, team_id):
            look_at_rota(session, team_id, rota.id)
        for desk in (each for each in desks.values() if not Reporting.of(each).off):
            look_at_reports(session, team_id, desk.id)
    changes.extend(import_services(session, team_id, workspace, {key: desk.id for key, desk in desks.items()}))
    changes.extend(import_alerts(session, team_id, workspace))
    changes.extend(retire_rotas(session, team_id, workspace))
    changes.extend(_unnamed(session, team_id, workspace))
    return changes


def _person(session: Session, team_id: str, entry: PersonEntry, changes: list[Change]) -> Person:
    found = _first(session, Person, team_id, slack_user=entry.slack)
    values = {
        "name": entry.name,
        "handle": entry.handle,
        "language": entry.language,
        "zone": entry.zone or (found.zone if found else None),
        "email": entry.email,
        "webhook": entry.webhook,
    }
    made = found or Person(team_id=team_id, slack_user=entry.slack, name=entry.name)
    _write(session, made, values, f"person {entry.handle}", changes, new=found is None)
    return made


def _rota(
    session: Session, team_id: str, entry: RotaDocument, people: dict[str, Person], changes: list[Change]
) -> None:
    """Store a rota with its people by id; what people changed about it stays."""
    document = stored_document(entry, {handle: person.id for handle, person in people.items()})
    found = rota_by_key(session, team_id, entry.key)
    if found is None:
        session.add(StoredRota(team_id=team_id, key=entry.key, document=document))
        changes.append(Change("+", f"rota {entry.key}"))
        return
    before = found.document
    differ = [name for name in RotaDocument.model_fields if before.get(name) != document.get(name)]
    if differ:
        found.document = document
        found.touch()
        changes.append(Change("~", f"rota {entry.key}: {', '.join(differ)}"))


def _escalation(
    session: Session, team_id: str, entry: EscalationEntry, people: dict[str, Person], changes: list[Change]
) -> None:
    """Store a policy with its people by id. Pages that run go on by the one they were started with."""
    document = escalation_plan(entry, {handle: person.id for handle, person in people.items()}).stored
    found = escalation_by_key(session, team_id, entry.key)
    if found is None:
        session.add(Escalation(team_id=team_id, key=entry.key, document=document))
        changes.append(Change("+", f"escalation {entry.key}"))
        return
    differ = [name for name in ("steps", "repeats", "progress") if found.document[name] != document[name]]
    if differ:
        found.document = document
        changes.append(Change("~", f"escalation {entry.key}: {', '.join(differ)}"))


def stored_document(entry: RotaDocument, ids: dict[str, str]) -> dict[str, Any]:
    """A rota of the file as it is stored."""
    return entry.called(ids).model_dump(mode="json", exclude_defaults=True)


def _desk(
    session: Session,
    team_id: str,
    entry: DeskEntry,
    people: dict[str, Person],
    changes: list[Change],
) -> Desk:
    found = _first(session, Desk, team_id, key=entry.key)
    values = {
        "name": entry.name,
        "channel_id": entry.channel,
        "language": entry.language,
        "on_call_rota": entry.on_call_rota,
        "escalation": entry.escalation,
        "escalations_for": entry.escalations_for or None,
        "claim_reminder_days": entry.claim_reminder_days,
        "texts": entry.texts or None,
        "report": entry.report.model_dump(exclude_defaults=True) or None if entry.report else None,
    }
    made = found or Desk(team_id=team_id, key=entry.key, name=entry.name, channel_id=entry.channel)
    _write(session, made, values, f"desk {entry.key}", changes, new=found is None)
    channel = {"desk_id": made.id, "customer_id": None, "language": entry.language}
    _channel(session, team_id, entry.channel, channel, changes)
    session.flush()
    _roles(session, made, entry.roles, people, changes)
    _products(session, made, entry.products, people, changes)
    return made


def _roles(session: Session, desk: Desk, roles: Roles, people: dict[str, Person], changes: list[Change]) -> None:
    wanted = {
        (people[handle].id, str(role)): (position, handle)
        for role in Role
        for position, handle in enumerate(getattr(roles, role, []))
    }
    query = select(DeskRole).where(DeskRole.team_id == desk.team_id, DeskRole.desk_id == desk.id)
    held = {(each.person_id, each.role): each for each in session.exec(query)}
    names = {person.id: person.handle for person in people.values()}
    for key, row in held.items():
        if key not in wanted:
            session.delete(row)
            changes.append(Change("-", f"desk {desk.key}: {key[1]} {names.get(key[0], key[0])}"))
    for key, (position, handle) in wanted.items():
        present = held.get(key)
        if present is None:
            made = DeskRole(
                team_id=desk.team_id,
                desk_id=desk.id,
                person_id=key[0],
                role=key[1],
                position=position,
            )
            session.add(made)
            changes.append(Change("+", f"desk {desk.key}: {key[1]} {handle}"))
        elif present.position != position:
            present.position = position
            changes.append(Change("~", f"desk {desk.key}: place of {handle} as {key[1]}"))


def _products(
    session: Session,
    desk: Desk,
    entries: list[ProductEntry],
    people: dict[str, Person],
    changes: list[Change],
) -> None:
    """What the desk supports. A product that the file does not name is kept: tickets refer to it."""
    held = {product.key: product for product in products_at(session, desk.team_id, desk.id)}
    for entry in entries:
        found = held.pop(entry.key, None)
        made = found or Product(team_id=desk.team_id, desk_id=desk.id, key=entry.key, name=entry.name)
        values = {
            "name": entry.name,
            "specialist_id": people[entry.specialist].id if entry.specialist else None,
        }
        _write(session, made, values, f"desk {desk.key}: product {entry.key}", changes, new=found is None)
    changes.extend(Change("=", f"desk {desk.key}: product {key} is not in the file and is kept") for key in held)


def _customer(
    session: Session,
    team_id: str,
    entry: CustomerEntry,
    people: dict[str, Person],
    desk: Desk,
    changes: list[Change],
) -> None:
    found = _first(session, Customer, team_id, key=entry.key)
    values = {
        "name": entry.name,
        "desk_id": desk.id,
        "language": entry.language,
        "region": entry.region,
        "options": entry.options,
        "overrides": entry.overrides,
        "products": entry.products or None,
    }
    made = found or Customer(team_id=team_id, key=entry.key, name=entry.name, desk_id=desk.id)
    _write(session, made, values, f"customer {entry.key}", changes, new=found is None)
    if entry.channel:
        channel = {"customer_id": made.id, "desk_id": None, "language": entry.language}
        _channel(session, team_id, entry.channel, channel, changes)
    session.flush()
    _agreement(session, made, entry, changes)
    _contacts(session, made, entry, people, changes)
    changes.extend(import_signatory(session, made, entry, people))


def _agreement(session: Session, customer: Customer, entry: CustomerEntry, changes: list[Change]) -> None:
    found = session.get(Agreement, (customer.team_id, customer.id, entry.since))
    what = f"customer {entry.key}: {entry.contract} since {entry.since}"
    query = select(Agreement).where(
        Agreement.team_id == customer.team_id,
        Agreement.customer_id == customer.id,
        col(Agreement.until).is_(None),
        Agreement.since < entry.since,
    )
    for before in session.exec(query):
        before.until = entry.since
        changes.append(Change("~", f"customer {entry.key}: {before.contract} until {entry.since}"))
    made = found or Agreement(
        team_id=customer.team_id,
        customer_id=customer.id,
        since=entry.since,
        contract=entry.contract,
    )
    _write(session, made, {"contract": entry.contract}, what, changes, new=found is None)


def _contacts(
    session: Session,
    customer: Customer,
    entry: CustomerEntry,
    people: dict[str, Person],
    changes: list[Change],
) -> None:
    wanted = {people[handle].id: handle for handle in (*entry.contacts, *entry.super_users)}
    query = select(Contact).where(Contact.team_id == customer.team_id, Contact.customer_id == customer.id)
    held = {each.person_id: each for each in session.exec(query)}
    for person_id, row in held.items():
        if person_id not in wanted:
            session.delete(row)
            changes.append(Change("-", f"customer {entry.key}: a contact"))
    for person_id, handle in wanted.items():
        present = held.get(person_id)
        made = present or Contact(team_id=customer.team_id, customer_id=customer.id, person_id=person_id)
        values = {"super_user": handle in entry.super_users}
        what = f"customer {entry.key}: contact {handle}"
        _write(session, made, values, what, changes, new=present is None)


def _channel(
    session: Session,
    team_id: str,
    channel_id: str,
    values: dict[str, Any],
    changes: list[Change],
) -> None:
    found = session.get(Channel, (team_id, channel_id))
    made = found or Channel(team_id=team_id, id=channel_id)
    _write(session, made, values, f"channel {channel_id}", changes, new=found is None)


def _write(
    session: Session,
    row: SQLModel,
    values: dict[str, Any],
    what: str,
    changes: list[Change],
    *,
    new: bool,
) -> None:
    differ = [name for name, value in values.items() if getattr(row, name) != value]
    for name in differ:
        setattr(row, name, values[name])
    if new:
        changes.append(Change("+", what))
        session.add(row)
    elif differ:
        changes.append(Change("~", f"{what}: {', '.join(differ)}"))


def _first(session: Session, record: type[Named], team_id: str, **keys: str) -> Named | None:
    query = select(record).where(record.team_id == team_id)
    for name, value in keys.items():
        query = query.where(getattr(record, name) == value)
    return session.exec(query).first()


def _unnamed(session: Session, team_id: str, workspace: Workspace) -> Iterator[Change]:
    escalations = {entry.key for entry in workspace.escalations}
    for stored in escalations_of(session, team_id):
        if stored.key not in escalations:
            yield Change("=", f"escalation {stored.key} is not in the file and is kept")
    named = {entry.key for entry in workspace.customers}
    for key in session.exec(select(Customer.key).where(Customer.team_id == team_id)):
        if key not in named:
            yield Change("=", f"customer {key} is not in the file and is kept")


def export_workspace(session: Session, team_id: str) -> Workspace:
    """What is stored, as the file would say it."""
    people = list(session.exec(select(Person).where(Person.team_id == team_id).order_by(Person.name)))
    handles = {person.id: person.handle or person.slack_user.lower() for person in people}
    policies = escalations_of(session, team_id)
    return Workspace(
        people=[
            PersonEntry(
                handle=handles[person.id],
                slack=person.slack_user,
                name=person.name or handles[person.id],
                language=person.language,
                zone=person.zone,
                email=person.email,
                webhook=person.webhook,
            )
            for person in people
        ],
        rotas=[RotaDocument.model_validate(rota.document).called(handles) for rota in rotas_of(session, team_id)],
        escalations=[escalation_entry(each.key, Plan.of(each.document), handles) for each in policies],
        desks=[_desk_entry(session, desk, handles) for desk in _all(session, Desk, team_id)],
        customers=[_customer_entry(session, customer, handles) for customer in _all(session, Customer, team_id)],
        services=stored_services(session, team_id),
        routes=stored_routes(session, team_id),
        heartbeats=stored_beats(session, team_id),
    )


def _all(session: Session, record: type[Any], team_id: str) -> list[Any]:
    return list(session.exec(select(record).where(record.team_id == team_id).order_by(record.key)))


def _desk_entry(session: Session, desk: Desk, handles: dict[str, str]) -> DeskEntry:
    query = (
        select(DeskRole)
        .where(DeskRole.team_id == desk.team_id, DeskRole.desk_id == desk.id)
        .order_by(col(DeskRole.position))
    )
    roles: dict[str, list[str]] = {}
    for each in session.exec(query):
        roles.setdefault(each.role, []).append(handles[each.person_id])
    return DeskEntry(
        key=desk.key,
        name=desk.name,
        channel=desk.channel_id,
        language=desk.language,
        roles=Roles(**roles),
        on_call_rota=desk.on_call_rota,
        escalation=desk.escalation,
        escalations_for=desk.escalations_for or {},
        claim_reminder_days=desk.claim_reminder_days,
        texts=desk.texts or {},
        report=ReportEntry(**desk.report) if desk.report else None,
        products=[
            ProductEntry(
                key=product.key,
                name=product.name,
                specialist=handles[product.specialist_id] if product.specialist_id else None,
            )
            for product in products_at(session, desk.team_id, desk.id)
        ],
    )


def _customer_entry(session: Session, customer: Customer, handles: dict[str, str]) -> CustomerEntry:
    contacts = list(
        session.exec(select(Contact).where(Contact.team_id == customer.team_id, Contact.customer_id == customer.id))
    )
    agreement = session.exec(
        select(Agreement)
        .where(Agreement.team_id == customer.team_id, Agreement.customer_id == customer.id)
        .order_by(col(Agreement.since).desc())
    ).first()
    channel = session.exec(
        select(Channel).where(Channel.team_id == customer.team_id, Channel.customer_id == customer.id)
    ).first()
    desk = session.get(Desk, (customer.team_id, customer.desk_id))
    if agreement is None or desk is None:
        message = f"customer {customer.key} has no agreement or no desk"
        raise LookupError(message)
    return CustomerEntry(
        key=customer.key,
        name=customer.name,
        desk=desk.key,
        contract=agreement.contract,
        since=agreement.since,
        channel=channel.id if channel else None,
        language=customer.language,
        region=customer.region,
        contacts=sorted(handles[each.person_id] for each in contacts if not each.super_user),
        super_users=sorted(handles[each.person_id] for each in contacts if each.super_user),
        options=customer.options,
        overrides=customer.overrides,
        products=customer.products or [],
        signatory=signatory_of(session, customer, handles),
    )
