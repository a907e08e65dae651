"""A ticket with what it belongs to, at an instant; people, roles and classes as views are told of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers import access
from handlers.agreements import Agreements
from handlers.views import facts as told
from models import history
from models.customer import Customer
from models.desk import Desk
from models.history import Event, HistoryEntry
from models.person import Person, sender_name
from models.record import Record, with_ids
from models.sla.contract import Contract, Role, Severity
from models.store import Session
from models.ticket import Ticket
from models.typed_text import TypedText

NOBODY = told.PersonFact(None, "")


@dataclass(frozen=True, slots=True)
class Scene:
    """A ticket with what it belongs to, at an instant."""

    session: Session
    ticket: Ticket
    contract: Contract
    customer: Customer
    desk: Desk
    now: datetime


def scene(session: Session, agreements: Agreements, ticket: Ticket, now: datetime) -> Scene:
    """Load what a ticket belongs to."""
    customer = session.get(Customer, (ticket.team_id, ticket.customer_id))
    desk = session.get(Desk, (ticket.team_id, ticket.desk_id))
    if customer is None or desk is None:
        message = f"{ticket.name} belongs to a customer or a desk that is not stored"
        raise LookupError(message)
    contract = agreements.of_ticket(session, ticket, customer)
    return Scene(session, ticket, contract, customer, desk, now)


def around(
    session: Session, team_id: str, tickets: Sequence[Ticket], pictured: Sequence[Ticket] | None = None
) -> list[Record]:
    """What the scenes of one team's tickets refer to, a table at a time: found for as long as somebody holds it.

    Of `pictured` (by default all) more is shown than what they are called: what was typed, and who opened them.
    """
    pictured = tickets if pictured is None else pictured
    texts = {ticket.summary_id for ticket in tickets} | {ticket.details_id for ticket in pictured}
    return [
        *with_ids(session, Customer, team_id, {ticket.customer_id for ticket in tickets}),
        *with_ids(session, Desk, team_id, {ticket.desk_id for ticket in tickets}),
        *with_ids(session, TypedText, team_id, {text for text in texts if text}),
        *(history.openings_of(session, team_id, {ticket.number for ticket in pictured}) if pictured else ()),
    ]


def person_fact(session: Session, team_id: str, person_id: str | None) -> told.PersonFact | None:
    """Somebody by id; someone forgotten has no name. A hook is named as such."""
    if person_id is None:
        return None
    if (sender := sender_name(person_id)) is not None:
        return told.PersonFact(None, sender)
    person = session.get(Person, (team_id, person_id))
    return told.PersonFact(person.slack_user, person.name) if person else NOBODY


def severity_fact(severity: Severity) -> told.SeverityFact:
    """A class of the contract, for the views."""
    return told.SeverityFact(severity.id, severity.name, severity.meaning, severity.clause)


def role_fact(at: Scene, role: str) -> told.RoleFact:
    """A role at the ticket's desk and who holds it; the owner's is the ticket's own."""
    if role == Role.OWNER:
        owner = person_fact(at.session, at.ticket.team_id, at.ticket.owner_id)
        return told.RoleFact(Role.OWNER, (owner,) if owner else ())
    return told.RoleFact(Role(role), access.role_people(at.session, at.ticket, role))


def last(at: Scene, event: Event) -> HistoryEntry | None:
    """The latest event of a kind."""
    return history.last_of(at.session, at.ticket.team_id, at.ticket.number, event)


def moment(text: str | None) -> datetime | None:
    """An instant as facts and arguments hold it."""
    return datetime.fromisoformat(text) if text else None
