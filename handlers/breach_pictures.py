"""A ticket that is a security breach: how it stands, and what keeps it from being resolved. Source: PS-17."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.notice_pictures import clause_texts
from handlers.scene import Scene
from handlers.views.facts import BreachFact, Texts
from handlers.views.facts.breach import BreachNoticeFacts
from models import typed_text
from models.customer import Customer
from models.sla.contract import Contract, TicketKind
from models.sla.notice import BREACH, BreachTerms
from models.sla.questions import walk
from models.store import Session
from models.ticket import Ticket
from models.told import Told, Way, mails_left, tellings_of


@dataclass(frozen=True, slots=True)
class Breach:
    """A ticket that is one, with what it belongs to."""

    contract: Contract
    terms: BreachTerms
    ticket: Ticket
    customer: Customer


@dataclass(frozen=True, slots=True)
class Said:
    """One notice: what was typed, its place among them from 0, and when the customer was told first."""

    text: str
    step: int
    told_at: datetime | None


def notice_facts(breach: Breach, said: Said, now: datetime) -> BreachNoticeFacts:
    """One notice, as the main contact reads it."""
    own_time = breach.terms.own_hours
    return BreachNoticeFacts(
        number=breach.ticket.name,
        customer=breach.customer.name,
        vendor=breach.contract.vendor,
        text=said.text,
        first=said.step == 0,
        now=now,
        clause=clause_texts(breach.contract, breach.terms.clause),
        own_time=own_time,
        until=said.told_at + own_time if said.told_at is not None and own_time is not None else None,
    )


def breach_of(contract: Contract, ticket: Ticket) -> BreachTerms | None:
    """What the agreement says of it; None for a ticket whose answers flag no breach."""
    terms, tree = contract.notices.breach, contract.questions.get(TicketKind(ticket.kind))
    if terms is None or tree is None:
        return None
    outcome = walk(tree, ticket.answers).outcome
    return terms if outcome is not None and BREACH in outcome.flags else None


def key_of(ask: str) -> str:
    """Under which id a ticket keeps what was written for one thing asked."""
    return f"breach.{ask}"


def written(session: Session, ticket: Ticket, terms: BreachTerms) -> dict[str, str]:
    """What is written of each thing asked."""
    return {ask.id: typed_text.read(session, ticket.team_id, ticket.asked.get(key_of(ask.id))) for ask in terms.asks}


def blank_labels(session: Session, ticket: Ticket, terms: BreachTerms) -> tuple[Texts, ...]:
    """What is not written yet."""
    return tuple(ask.label for ask in terms.blanks(written(session, ticket, terms)))


def first_told(tellings: Sequence[tuple[Told, datetime | None]]) -> datetime | None:
    """When the customer was told first: by direct message when it was owed, by mail when the desk said it went out."""
    moments = [each.owed_at if each.way == Way.DIRECT else each.sent_at for each, _ in tellings]
    return min((moment for moment in moments if moment is not None), default=None)


def breach_fact(at: Scene) -> BreachFact | None:
    """How it stands, for the desk's card; None for any other ticket."""
    terms, session, ticket = breach_of(at.contract, at.ticket), at.session, at.ticket
    if terms is None:
        return None
    tellings = tellings_of(session, ticket.team_id, ticket.name)
    return BreachFact(
        clause=terms.clause,
        first_told_at=first_told(tellings),
        notices=len({each.step for each, _ in tellings}),
        blanks=blank_labels(session, ticket, terms),
        mails_left=mails_left(session, ticket.team_id, ticket.name),
        own_time=terms.own_hours,
    )
