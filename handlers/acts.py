"""What people do to a ticket: begin, answer, hand over, solve.

Start of work, first response and resolution are separate acts that stop separate clocks; nothing
automatic stops one. Source: docs/rules.md, 3.
"""

from datetime import datetime
from importlib import import_module

from handlers import access, counting, promises
from handlers.access import Act
from handlers.doing import Doing, last_event, refuse_ended, replan, somebody, stop
from handlers.errors import UserError
from handlers.paging import end_for
from handlers.views.facts import PersonFact, Refusal
from models.clock import clocks_of
from models.escalation import Why
from models.history import Event, Happening
from models.person import Person
from models.sla.contract import ClockKind, Role, Starts
from models.ticket import Status
from models.wait import waits_of

STARTED = frozenset({ClockKind.START_OF_WORK})
ANSWERED = frozenset({ClockKind.FIRST_RESPONSE})
UPDATED = frozenset({ClockKind.NEXT_UPDATE})
ENDED = frozenset(ClockKind)
GOES_ON = frozenset({ClockKind.RESOLUTION, ClockKind.DELIVERY})
"""Clocks that go on when a ticket is reopened; the time it was resolved does not count."""


def start_work(doing: Doing, at: datetime | None = None, reason: str | None = None) -> None:
    """Work starts, now or (with a reason) earlier. The second to press is told who was first."""
    refuse_ended(doing.ticket)
    if doing.ticket.work_started_at is not None:
        first = last_event(doing, Event.WORK_STARTED)
        raise UserError(
            Refusal.ALREADY_STARTED,
            number=doing.ticket.name,
            person=somebody(doing, first.actor_id if first else None),
            at=doing.ticket.work_started_at,
        )
    begin_work(doing, at or doing.work.now, reason)
    replan(doing)


def begin_work(doing: Doing, at: datetime, reason: str | None = None) -> None:
    """Work has started: its clock stops, and somebody without a ticket of its own takes it."""
    if doing.ticket.work_started_at is not None:
        return
    happening = doing.happening(Event.WORK_STARTED, at, text_id=doing.keep(reason))
    doing.note(
        happening,
        work_started_at=at,
        status=Status.IN_PROGRESS,
        owner_id=doing.ticket.owner_id or _may_own(doing),
    )
    stop(doing, STARTED, at)
    end_paging(doing, Why.STARTED)


def end_paging(doing: Doing, why: Why) -> None:
    """Nobody is paged for it any more."""
    end_for(doing.work.ledger, doing.ticket, doing.work.now, doing.actor.id, why)


def _may_own(doing: Doing) -> str | None:
    """The actor, unless the class is owned by senior staff only. Source: PI-09."""
    work = doing.work
    answer = access.may(work.session, work.viewer, Act.OWN, doing.ticket, doing.contract)
    return doing.actor.id if isinstance(answer, access.Allowed) else None


def reply(doing: Doing, text: str, *, work_started: bool) -> None:
    """The desk answers the customer, in its thread."""
    refuse_ended(doing.ticket)
    if work_started:
        begin_work(doing, doing.work.now)
    answered(doing, doing.happening(Event.REPLIED, text_id=doing.keep(text)), to_customer=True)


def answered(doing: Doing, happening: Happening, *, to_customer: bool) -> None:
    """Somebody answered: the first response is given, and the promised update was made."""
    first = doing.ticket.first_response_at or happening.at
    doing.note(happening, to_customer=to_customer, first_response_at=first)
    stop(doing, ANSWERED, happening.at)
    if _runs_next_update(doing):
        stop(doing, UPDATED, happening.at)
        promise_update(doing)
    replan(doing)


def _runs_next_update(doing: Doing) -> bool:
    return any(
        clock.counting and clock.kind == ClockKind.NEXT_UPDATE
        for clock in clocks_of(doing.work.session, doing.ticket.team_id, doing.ticket.number)
    )


def promise_update(doing: Doing, chosen_at: datetime | None = None) -> None:
    """Start the clock of the next update, by the rule or until the instant that was chosen; `replan` afterwards."""
    clocks = promises.start_clocks(doing.work.session, doing.ticket, doing.contract, doing.work.now, Starts.MORE_WORK)
    for clock in clocks:
        clock.chosen_at, clock.chosen_by = chosen_at, doing.actor.id if chosen_at else None
    doing.work.session.flush()


def assign(doing: Doing, new_owner: Person, new_viewer: access.Viewer) -> None:
    """Somebody of the desk owns it from now on. Stops no clock."""
    refuse_ended(doing.ticket)
    if doing.ticket.owner_id == new_owner.id:
        raise UserError(
            Refusal.ALREADY_OWNED,
            number=doing.ticket.name,
            person=PersonFact(new_owner.slack_user, new_owner.name),
        )
    session = doing.work.session
    answer = access.may(session, new_viewer, Act.OWN, doing.ticket, doing.contract)
    if isinstance(answer, access.Refused):
        if answer.reason is Refusal.SENIOR_ONLY:
            raise UserError.refusing(answer.reason, answer.values)
        raise UserError(
            Refusal.NOT_AN_AGENT,
            person=PersonFact(new_owner.slack_user, new_owner.name or "That person"),
            anyone=access.role_people(session, doing.ticket, Role.AGENT),
        )
    happening = doing.happening(Event.ASSIGNED, facts={"to": new_owner.id})
    doing.note(happening, owner_id=new_owner.id)


def resolve(doing: Doing, outcome: str, *, call_back: bool) -> None:
    """Solved: the outcome goes to whoever asked. Implies that it was begun and answered."""
    refuse_ended(doing.ticket)
    if doing.contract.notices.breach is not None:
        # Loaded where an agreement speaks of breaches.
        import_module("handlers.breach").refuse_blanks(doing)
    end_paging(doing, Why.RESOLVED)
    begin_work(doing, doing.work.now)
    text_id = doing.keep(outcome)
    happening = doing.happening(Event.RESOLVED, text_id=text_id, facts={"call_back": call_back})
    if doing.ticket.waiting:
        promises.end_wait(doing.work.session, doing.ticket, doing.work.now)
        doing.work.session.flush()
        replan(doing)
    stop(doing, ENDED, doing.work.now)
    doing.note(
        happening,
        to_customer=True,
        status=Status.RESOLVED,
        outcome_id=text_id,
        resolved_at=doing.work.now,
        first_response_at=doing.ticket.first_response_at or doing.work.now,
        waiting=None,
        waiting_since=None,
    )
    replan(doing)


def reopen(doing: Doing, reason: str) -> None:
    """Not solved after all: the resolution goes on, the time in between does not count."""
    if not doing.ticket.ended:
        raise UserError(Refusal.NOT_RESOLVED, number=doing.ticket.name)
    session, ticket = doing.work.session, doing.ticket
    promises.begin_wait(session, ticket, counting.RESOLVED, ticket.resolved_at or doing.work.now)
    session.flush()
    for each in waits_of(session, ticket.team_id, ticket.number):
        if each.kind == counting.RESOLVED and each.ended_at is None:
            each.ended_at = doing.work.now
    happening = doing.happening(Event.REOPENED, text_id=doing.keep(reason))
    begun = ticket.work_started_at is not None  # what ended by itself nobody may have begun
    status = Status.IN_PROGRESS if begun else Status.NEW
    doing.note(happening, to_customer=True, status=status, resolved_at=None, outcome_id=None)
    promises.start_clocks(session, ticket, doing.contract, ticket.reported_at, only=GOES_ON if begun else ENDED)
    replan(doing)


def confirm(doing: Doing) -> None:
    """The customer says that it is solved: the ticket is closed."""
    if doing.ticket.status != Status.RESOLVED:
        raise UserError(Refusal.NOT_RESOLVED, number=doing.ticket.name)
    doing.note(doing.happening(Event.CUSTOMER_CONFIRMED), status=Status.CLOSED)


def accept(doing: Doing, reason: str) -> None:
    """What is outside the agreement is taken all the same, with a reason. Source: rule 6."""
    refuse_ended(doing.ticket)
    happening = doing.happening(Event.ACCEPTED, text_id=doing.keep(reason))
    doing.note(happening, outside_agreement=None)
