"""A person at work on a ticket: locked, looked at, and allowed; what every act does with its clocks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers import access, promises
from handlers.access import Act
from handlers.agreements import Agreements
from handlers.errors import UserError
from handlers.once import Work
from handlers.owed import note
from handlers.views.facts import PersonFact, Refusal
from models import history, typed_text
from models.customer import Customer
from models.history import Event, Happening, HistoryEntry
from models.person import Person
from models.sla.contract import ClockKind, Contract
from models.ticket import Status, Ticket, ticket_by_number


@dataclass(frozen=True, slots=True)
class Doing:
    """A person at work on a ticket: locked, looked at, and allowed."""

    work: Work
    ticket: Ticket
    contract: Contract

    @property
    def actor(self) -> Person:
        """Who does it."""
        return self.work.viewer.person

    def happening(self, event: Event, at: datetime | None = None, **more: Any) -> Happening:
        """The event, done by the actor, now unless `at` says otherwise."""
        return Happening(event=event, at=at or self.work.now, actor_id=self.actor.id, **more)

    def keep(self, text: str | None) -> str | None:
        """Store what the actor typed."""
        return typed_text.keep(self.work.session, self.ticket.team_id, self.actor.id, text)

    def note(self, happening: Happening, *, to_customer: bool = False, **changes: Any) -> None:
        """Write it down, and owe what follows."""
        note(self.work.ledger, self.ticket, happening, to_customer=to_customer, **changes)


def take_up(work: Work, agreements: Agreements, number: int, act: Act | None) -> Doing:
    """Lock a ticket for an act, if the viewer may; without an act, for what Slack let them write.

    Raises:
        UserError: there is none that the viewer may see, or the act is not the viewer's.
    """
    ticket = ticket_by_number(work.session, work.viewer.team_id, number, lock=True)
    if ticket is None:
        raise UserError(Refusal.UNKNOWN_TICKET, number=f"T-{number}")
    if act is not None:
        access.demand(work.session, work.viewer, act, ticket)
    customer = work.session.get(Customer, (ticket.team_id, ticket.customer_id))
    if customer is None:
        raise UserError(Refusal.UNKNOWN_TICKET, number=ticket.name)
    return Doing(work, ticket, agreements.of_ticket(work.session, ticket, customer))


def refuse_ended(ticket: Ticket) -> None:
    """A button on an ended ticket says so and changes nothing."""
    if ticket.status == Status.CLOSED:
        raise UserError(Refusal.CLOSED, number=ticket.name)
    if ticket.status == Status.RESOLVED:
        raise UserError(Refusal.RESOLVED, number=ticket.name)


def somebody(doing: Doing, person_id: str | None) -> PersonFact:
    """Who did something, for a refusal that names the one who was first."""
    person = doing.work.session.get(Person, (doing.ticket.team_id, person_id or ""))
    return PersonFact(person.slack_user, person.name) if person else PersonFact(None, "somebody")


def last_event(doing: Doing, event: Event) -> HistoryEntry | None:
    """The latest event of a kind."""
    return history.last_of(doing.work.session, doing.ticket.team_id, doing.ticket.number, event)


def stop(doing: Doing, kinds: Collection[ClockKind], at: datetime) -> None:
    """Stop clocks; what was late by the instants and not yet noted is noted now."""
    late = promises.stop_clocks(doing.work.session, doing.ticket, kinds, at, doing.actor.id)
    for clock in late:
        facts = {"clock": clock.id, "clause": clock.clause}
        doing.note(Happening(event=Event.LATE, at=clock.due_at or at, facts=facts))


def replan(doing: Doing) -> None:
    """Count every running clock anew, and arm its next rung."""
    promises.replan(doing.work.session, doing.ticket, doing.contract)
