"""What people do to a ticket: each act with what it stops, starts, changes and owes.

Start of work, first response and resolution are separate acts that stop separate clocks; nothing
automatic stops one. Source: CLAUSES rule 3.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers import access, promises
from handlers.access import Act
from handlers.agreements import Agreements
from handlers.errors import UserError
from handlers.once import Work
from handlers.owed import note, pages_of, tell_role
from handlers.views.facts import PersonFact, Refusal
from models import history, outbox, typed_text
from models.clock import ClockState, clocks_of
from models.customer import Customer
from models.history import Event, Happening, HistoryEntry
from models.person import Person
from models.sla.contract import ClockKind, Contract, Role, Starts, WaitKind
from models.sla.plan import plan, promises_for
from models.ticket import Status, Ticket, ticket_by_number
from models.wait import waits_of

STARTED = frozenset({ClockKind.START_OF_WORK})
ANSWERED = frozenset({ClockKind.FIRST_RESPONSE})
UPDATED = frozenset({ClockKind.NEXT_UPDATE})
ENDED = frozenset(ClockKind)
GOES_ON = frozenset({ClockKind.RESOLUTION, ClockKind.DELIVERY})
"""Clocks that go on when a ticket is reopened; the time it was resolved does not count."""


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


def _person(doing: Doing, person_id: str | None) -> PersonFact:
    person = doing.work.session.get(Person, (doing.ticket.team_id, person_id or ""))
    return PersonFact(person.slack_user, person.name) if person else PersonFact(None, "somebody")


def _last(doing: Doing, event: Event) -> HistoryEntry | None:
    return history.last_of(doing.work.session, doing.ticket.team_id, doing.ticket.number, event)


def _stop(doing: Doing, kinds: Collection[ClockKind], at: datetime) -> None:
    """Stop clocks; what was late by the instants and not yet noted is noted now."""
    late = promises.stop_clocks(doing.work.session, doing.ticket, kinds, at, doing.actor.id)
    for clock in late:
        facts = {"clock": clock.id, "clause": clock.clause}
        doing.note(Happening(event=Event.LATE, at=clock.due_at or at, facts=facts))


def _replan(doing: Doing) -> None:
    promises.replan(doing.work.session, doing.ticket, doing.contract)


# Working on it


def start_work(doing: Doing, at: datetime | None = None, reason: str | None = None) -> None:
    """Work starts, now or (with a reason) earlier. The second to press is told who was first."""
    refuse_ended(doing.ticket)
    if doing.ticket.work_started_at is not None:
        first = _last(doing, Event.WORK_STARTED)
        raise UserError(
            Refusal.ALREADY_STARTED,
            number=doing.ticket.name,
            person=_person(doing, first.actor_id if first else None),
            at=doing.ticket.work_started_at,
        )
    _begin(doing, at or doing.work.now, reason)
    _replan(doing)


def _begin(doing: Doing, at: datetime, reason: str | None = None) -> None:
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
    _stop(doing, STARTED, at)
    for page in pages_of(doing.work.session, doing.ticket):
        outbox.redraw(page, {}, doing.work.machine_now)


def _may_own(doing: Doing) -> str | None:
    """The actor, unless the class is owned by senior staff only. Source: PI-09."""
    work = doing.work
    answer = access.may(work.session, work.viewer, Act.OWN, doing.ticket, doing.contract)
    return doing.actor.id if isinstance(answer, access.Allowed) else None


def reply(doing: Doing, text: str, *, work_started: bool) -> None:
    """The desk answers the customer, in its thread."""
    refuse_ended(doing.ticket)
    if work_started:
        _begin(doing, doing.work.now)
    _answered(doing, doing.happening(Event.REPLIED, text_id=doing.keep(text)), to_customer=True)


def _answered(doing: Doing, happening: Happening, *, to_customer: bool) -> None:
    """Somebody answered: the first response is given, and the promised update was made."""
    first = doing.ticket.first_response_at or happening.at
    doing.note(happening, to_customer=to_customer, first_response_at=first)
    _stop(doing, ANSWERED, happening.at)
    if _runs_next_update(doing):
        _stop(doing, UPDATED, happening.at)
        _promise_update(doing)
    _replan(doing)


def _runs_next_update(doing: Doing) -> bool:
    return any(
        clock.counting and clock.kind == ClockKind.NEXT_UPDATE
        for clock in clocks_of(doing.work.session, doing.ticket.team_id, doing.ticket.number)
    )


def _promise_update(doing: Doing) -> None:
    promises.start_clocks(doing.work.session, doing.ticket, doing.contract, doing.work.now, Starts.MORE_WORK)
    doing.work.session.flush()


def agent_wrote(doing: Doing, text: str, channel: str, ts: str, links: list[Any]) -> None:
    """An agent's own words in the customer's thread are a reply. Source: CLAUSES rule 3."""
    happening = doing.happening(
        Event.AGENT_WROTE,
        text_id=doing.keep(text),
        channel=channel,
        message_ts=ts,
        facts={"links": links},
    )
    if doing.ticket.ended:
        doing.note(happening)
    else:
        _answered(doing, happening, to_customer=False)


def customer_wrote(doing: Doing, text: str, channel: str, ts: str, links: list[Any]) -> None:
    """Somebody writes in the customer's thread: the desk reads it.

    Only the customer's own people end a wait. After a resolution nothing reopens by itself; a
    Reopen button is offered. Source: CLAUSES rule 4.
    """
    happening = doing.happening(
        Event.CUSTOMER_WROTE,
        text_id=doing.keep(text),
        channel=channel,
        message_ts=ts,
        facts={"links": links},
    )
    doing.note(happening, to_customer=doing.ticket.ended)
    speaks = access.may(doing.work.session, doing.work.viewer, Act.CONFIRM, doing.ticket)
    if doing.ticket.waiting and not doing.ticket.ended and isinstance(speaks, access.Allowed):
        _end_wait(doing, by_message=True)


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


# Waiting


def wait(doing: Doing, kind: WaitKind, *, start: bool, text: str = "") -> None:
    """The ticket waits; the clocks that the contract lets this wait stop stand still."""
    refuse_ended(doing.ticket)
    _refuse_waiting(doing)
    if start:
        _begin(doing, doing.work.now)
    promises.begin_wait(doing.work.session, doing.ticket, kind, doing.work.now)
    _replan(doing)
    facts = {"wait": str(kind), **_clock_named(doing, ClockState.PAUSED)}
    happening = doing.happening(Event.WAITING, text_id=doing.keep(text), facts=facts)
    told = kind is WaitKind.ACCESS or bool(text)
    doing.note(happening, to_customer=told, waiting=str(kind), waiting_since=doing.work.now)
    _ask_for_access(doing, kind)


def _clock_named(doing: Doing, state: ClockState) -> dict[str, Any]:
    """The clock that the log's line tells of: the first that stands, or that runs."""
    clocks = clocks_of(doing.work.session, doing.ticket.team_id, doing.ticket.number)
    named = [clock.id for clock in clocks if clock.state == state]
    return {"clock": named[0]} if named else {}


def _ask_for_access(doing: Doing, kind: str) -> None:
    """The customer is asked again while access is waited for. Source: SO-16, EM-20."""
    promises.forget_access_reminder(doing.work.session, doing.ticket)
    if kind == WaitKind.ACCESS:
        promises.arm_access_reminder(doing.work.session, doing.ticket, doing.contract, doing.work.now)


def _refuse_waiting(doing: Doing) -> None:
    if doing.ticket.waiting is None:
        return
    began = _last(doing, Event.WAITING)
    raise UserError(
        Refusal.ALREADY_WAITING,
        number=doing.ticket.name,
        person=_person(doing, began.actor_id if began else None),
        at=doing.ticket.waiting_since or doing.work.now,
    )


def resume(doing: Doing) -> None:
    """The wait is over: the clocks run on."""
    refuse_ended(doing.ticket)
    if doing.ticket.waiting is None:
        raise UserError(Refusal.NOT_WAITING, number=doing.ticket.name)
    _end_wait(doing, by_message=False)


def _end_wait(doing: Doing, *, by_message: bool) -> None:
    kind = doing.ticket.waiting
    promises.end_wait(doing.work.session, doing.ticket, doing.work.now)
    _replan(doing)
    facts = {"wait": kind, "by_message": by_message, **_clock_named(doing, ClockState.RUNNING)}
    doing.note(doing.happening(Event.RESUMED, facts=facts), waiting=None, waiting_since=None)


def still_waiting(doing: Doing) -> None:
    """The message was no answer: the wait is put back as it was. Source: CLAUSES rule 4."""
    refuse_ended(doing.ticket)
    _refuse_waiting(doing)
    resumed = _last(doing, Event.RESUMED)
    kind = str(resumed.facts.get("wait")) if resumed else ""
    taken_up = promises.take_up_wait(doing.work.session, doing.ticket, kind)
    if taken_up is None:
        raise UserError(Refusal.NOT_WAITING, number=doing.ticket.name)
    happening = doing.happening(Event.STILL_WAITING, facts={"wait": kind})
    doing.note(happening, waiting=kind, waiting_since=taken_up.began_at)
    _replan(doing)
    _ask_for_access(doing, kind)


# The class


def set_severity(doing: Doing, severity_id: str, reason: str) -> None:
    """Confirm the class, or change it with a reason: planned anew from when it was reported.

    What was late stays late, a stopped clock is never judged again. Source: CLAUSES rule 5.
    """
    refuse_ended(doing.ticket)
    if severity_id == doing.ticket.severity:
        doing.note(
            doing.happening(Event.SEVERITY_CONFIRMED, facts={"after": severity_id}),
            severity_confirmed_by=doing.actor.id,
        )
        return
    _reclassify(doing, severity_id, reason)


def _reclassify(doing: Doing, severity_id: str, reason: str | None, because: Mapping[str, Any] = {}) -> None:
    ticket, severity = doing.ticket, doing.contract.severity(severity_id)
    happening = doing.happening(
        Event.SEVERITY_CHANGED,
        text_id=doing.keep(reason),
        facts={"before": ticket.severity, "after": severity.id, **because},
    )
    promises.withdraw_clocks(doing.work.session, ticket, frozenset(ClockKind) - {ClockKind.NEXT_UPDATE})
    doing.work.session.flush()
    doing.note(
        happening,
        to_customer=True,
        severity=severity.id,
        severity_confirmed_by=doing.actor.id,
        rank=severity.rank,
        development_case=ticket.development_case or (f"DEV-{ticket.number}" if severity.development_case else None),
    )
    promises.start_clocks(doing.work.session, ticket, doing.contract, ticket.reported_at)
    _replan(doing)


def offer_workaround(doing: Doing, text: str) -> None:
    """Another way for now; the class moves only when the customer says that it works (SO-12)."""
    refuse_ended(doing.ticket)
    text_id = doing.keep(text)
    happening = doing.happening(Event.WORKAROUND_OFFERED, text_id=text_id)
    doing.note(happening, to_customer=True, workaround_id=text_id)


def answer_workaround(doing: Doing, *, works: bool) -> None:
    """The customer has tried it."""
    refuse_ended(doing.ticket)
    offered = _last(doing, Event.WORKAROUND_OFFERED)
    for event in (Event.WORKAROUND_CONFIRMED, Event.WORKAROUND_REFUSED):
        before = _last(doing, event)
        if before is not None and (offered is None or before.position > offered.position):
            raise UserError(
                Refusal.ALREADY_ANSWERED,
                number=doing.ticket.name,
                person=_person(doing, before.actor_id),
                at=before.at,
            )
    event = Event.WORKAROUND_CONFIRMED if works else Event.WORKAROUND_REFUSED
    doing.note(doing.happening(event))
    moves = doing.contract.workaround
    if works and moves is not None and doing.ticket.severity in moves.moves:
        _reclassify(doing, moves.to, None, {"other": moves.clause})


# Levels, more work


def to_level_3(doing: Doing, reason: str) -> None:
    """Level 2 decides that development is needed. Source: PI-11, PI-16."""
    refuse_ended(doing.ticket)
    handed = _last(doing, Event.TO_LEVEL_3)
    if handed is not None:
        raise UserError(
            Refusal.ALREADY_LEVEL_3,
            number=doing.ticket.name,
            person=_person(doing, handed.actor_id),
            at=handed.at,
        )
    happening = doing.happening(Event.TO_LEVEL_3, text_id=doing.keep(reason))
    top = doing.contract.levels.top if doing.contract.levels else 3
    doing.note(happening, level=top)


def to_management(doing: Doing, reason: str) -> None:
    """Somebody lifts it to management. Source: PI-16."""
    refuse_ended(doing.ticket)
    happening = doing.happening(Event.ESCALATED, text_id=doing.keep(reason), facts={"role": str(Role.MANAGER)})
    tell_role(doing.work.ledger, doing.ticket, note(doing.work.ledger, doing.ticket, happening))


def plan_release(doing: Doing, release: str, reason: str) -> None:
    """Which version it comes in; moving it needs a reason. Source: PI-08."""
    refuse_ended(doing.ticket)
    before = doing.ticket.target_release
    if before == release:
        return
    if before is not None and not reason:
        raise UserError(Refusal.REASON_MISSING, "act.reason")
    happening = doing.happening(Event.TARGET_RELEASE, text_id=doing.keep(reason), facts={"other": release})
    doing.note(happening, to_customer=True, target_release=release)


def needs_more_work(doing: Doing, text: str, next_update_at: datetime | None) -> None:
    """It takes more work: the customer is told, and hears back. Source: PI-13."""
    refuse_ended(doing.ticket)
    if next_update_at is not None and next_update_at <= doing.work.now:
        raise UserError(Refusal.UPDATE_IN_PAST, "act.next_update", at=next_update_at)
    _stop(doing, UPDATED, doing.work.now)
    _promise_update(doing)
    promised = next_update_at or _next_update_due(doing)
    facts = {"next_update_at": promised.isoformat()} if promised else {}
    happening = doing.happening(Event.NEEDS_MORE_WORK, text_id=doing.keep(text), facts=facts)
    doing.note(happening, to_customer=True)
    _replan(doing)


def _next_update_due(doing: Doing) -> datetime | None:
    facts = promises.facts_of(doing.ticket, Starts.MORE_WORK)
    for promise in promises_for(doing.contract, facts):
        planned = plan(doing.contract, promise, reported_at=doing.work.now, region=doing.ticket.region)
        return planned.due
    return None


# The end


def resolve(doing: Doing, outcome: str, *, call_back: bool) -> None:
    """Solved: the outcome goes to whoever asked. Implies that it was begun and answered."""
    refuse_ended(doing.ticket)
    _begin(doing, doing.work.now)
    text_id = doing.keep(outcome)
    happening = doing.happening(Event.RESOLVED, text_id=text_id, facts={"call_back": call_back})
    if doing.ticket.waiting:
        promises.end_wait(doing.work.session, doing.ticket, doing.work.now)
        doing.work.session.flush()
        _replan(doing)
    _stop(doing, ENDED, doing.work.now)
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
    _replan(doing)


def reopen(doing: Doing, reason: str) -> None:
    """Not solved after all: the resolution goes on, the time in between does not count."""
    if not doing.ticket.ended:
        raise UserError(Refusal.NOT_RESOLVED, number=doing.ticket.name)
    session, ticket = doing.work.session, doing.ticket
    promises.begin_wait(session, ticket, promises.RESOLVED, ticket.resolved_at or doing.work.now)
    session.flush()
    for each in waits_of(session, ticket.team_id, ticket.number):
        if each.kind == promises.RESOLVED and each.ended_at is None:
            each.ended_at = doing.work.now
    happening = doing.happening(Event.REOPENED, text_id=doing.keep(reason))
    doing.note(happening, to_customer=True, status=Status.IN_PROGRESS, resolved_at=None, outcome_id=None)
    promises.start_clocks(session, ticket, doing.contract, ticket.reported_at, only=GOES_ON)
    _replan(doing)


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


def edited(doing: Doing, text: str, channel: str, ts: str) -> None:
    """A message in the customer's thread was edited: the desk's thread notes it."""
    _changed_message(doing, Event.MESSAGE_EDITED, channel, ts, doing.keep(text))


def deleted(doing: Doing, channel: str, ts: str) -> None:
    """A message in the customer's thread was deleted: the desk's thread notes it."""
    _changed_message(doing, Event.MESSAGE_DELETED, channel, ts, None)


def _changed_message(doing: Doing, event: Event, channel: str, ts: str, text_id: str | None) -> None:
    doing.note(doing.happening(event, text_id=text_id, channel=channel, facts={"of": ts}))
