"""What a due timer asks, and what it answers: `ON_DUE`, one function for each kind of timer.

No Slack here. Facts are noted at their own instant; what is to be said about several clocks of
one owner at once is gathered by `finish` after the batch.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from handlers import ladders, promises
from handlers.agreements import Agreements
from handlers.later import DRAWN_BY, Later
from handlers.owed import Ledger, directly, note, tell_role
from models import outbox
from models.clock import Clock
from models.customer import Customer
from models.history import Event, Happening
from models.outbox import Kind, Outgoing, Priority
from models.person import Person
from models.record import Found, Fresh, Record, with_ids
from models.sla.contract import Contract, WaitKind
from models.sla.ladder import Rung, RungKind, folded
from models.store import Session
from models.ticket import Ticket, tickets_numbered
from models.timer import OF_ROTAS, Timer, TimerKind
from models.wait import Wait, waits_of_all


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to be said to a ticket's owner, until it is gathered with the others."""

    ticket: Ticket
    clock: Clock
    rung: Rung
    hours: tuple[datetime, datetime] | None = None
    """Of a warning: the closing before which it is said, and the opening after it."""


@dataclass(slots=True)
class Batch:
    """What one turn of the timers needs, and what it has found to say."""

    agreements: Agreements
    machine_now: datetime
    reminders: list[Reminder] = field(default_factory=list)
    changed: set[tuple[str, int]] = field(default_factory=set)
    """Tickets whose cards are to be refreshed."""
    tickets: dict[tuple[str, int], Ticket] = field(default_factory=dict)
    waits: dict[tuple[str, int], list[Wait]] = field(default_factory=dict)
    fresh: Fresh = field(default_factory=Fresh)
    """New rows, until `store`."""
    found: dict[type[Record], dict[tuple[str, Any], Any]] = field(default_factory=dict)
    """What was loaded beforehand, by team and id; the session itself holds nothing that nobody refers to."""

    def keep(self, record: type[Found], rows: Iterable[Found]) -> None:
        """Keep rows of a table at hand."""
        self.found.setdefault(record, {}).update({(row.team_id, row.id): row for row in rows})  # type: ignore[attr-defined]

    def get(self, session: Session, record: type[Found], team_id: str, row_id: str) -> Found | None:
        """A row by team and id, asked for when it is not at hand."""
        rows = self.found.setdefault(record, {})
        row = rows.get((team_id, row_id))
        if row is None and (row := session.get(record, (team_id, row_id))) is not None:
            rows[team_id, row_id] = row
        return row


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket and everything that a due timer looks at."""

    ledger: Ledger
    ticket: Ticket
    contract: Contract
    waits: Sequence[Wait]
    now: datetime


def prepare(session: Session, timers: Sequence[Timer], batch: Batch) -> None:
    """Load what the timers of a batch look at, a table at a time, so that each finds it in the session."""
    for team_id in sorted({timer.team_id for timer in timers}):
        numbers = sorted({timer.ticket_number for timer in timers if timer.team_id == team_id})
        clocks = [timer.clock_id for timer in timers if timer.team_id == team_id and timer.clock_id]
        tickets = tickets_numbered(session, team_id, numbers)
        batch.tickets |= {(team_id, ticket.number): ticket for ticket in tickets}
        batch.keep(Clock, with_ids(session, Clock, team_id, clocks))
        batch.keep(Outgoing, with_ids(session, Outgoing, team_id, [t.desk_card_id for t in tickets if t.desk_card_id]))
        batch.keep(Person, with_ids(session, Person, team_id, {t.owner_id for t in tickets if t.owner_id}))
        batch.waits |= {(team_id, number): [] for number in numbers}
        for wait in waits_of_all(session, team_id, numbers):
            batch.waits[team_id, wait.ticket_number].append(wait)


OF_A_ROTA = Later("oncall_watch", "on_due")
"""What the timer of a rota asks."""

ASKED: Mapping[str, Later] = {
    TimerKind.PAGE: Later("page_timers", "on_due"),
    TimerKind.HEARTBEAT: Later("heartbeats", "on_due"),
    TimerKind.ANNOUNCED: Later("announcing", "on_due"),
    TimerKind.CLAIM: Later("claims", "on_due"),
    TimerKind.REPORT: Later("reporting", "on_due"),
}
"""What the other timers ask that are about no ticket's clock: of pages, heartbeats, announcements, claims, reports."""

PAGE_NEXT = Later("paging", "page_next")


def unloaded(timers: Sequence[Timer]) -> list[str]:
    """The modules that these timers ask and that are not loaded yet."""
    needed = {module for timer in timers for module in _asked(timer)}
    return sorted(module for module in needed if module not in sys.modules)


def _asked(timer: Timer) -> tuple[str, ...]:
    later = OF_A_ROTA if timer.kind in OF_ROTAS else ASKED.get(timer.kind)
    if later is None:
        return ()
    drawn = (f"handlers.{DRAWN_BY[str(timer.args['about'])[0]]}",) if timer.kind == TimerKind.ANNOUNCED else ()
    return (later.path, *drawn)


def handle(session: Session, timer: Timer, now: datetime, batch: Batch) -> None:
    """Look at what a timer is about, as it is now, and store what follows."""
    if timer.kind in OF_ROTAS:
        OF_A_ROTA(session, batch.agreements, batch.machine_now, now, timer)
        return
    if (asked := ASKED.get(timer.kind)) is not None:
        asked(session, timer, now, batch)
        return
    case = _case(session, timer, now, batch)
    if case is not None:
        ON_DUE[TimerKind(timer.kind)](case, timer, batch)


def store(session: Session, batch: Batch) -> None:
    """Store the new rows of what was handled."""
    fresh, batch.fresh = batch.fresh, Fresh()
    fresh.store(session)


def _case(session: Session, timer: Timer, now: datetime, batch: Batch) -> Case | None:
    ticket = batch.tickets.get((timer.team_id, timer.ticket_number))
    if ticket is None:
        return None
    customer = batch.get(session, Customer, ticket.team_id, ticket.customer_id)
    if customer is None:
        return None
    contract = batch.agreements.of_ticket(session, ticket, customer)
    waits = batch.waits[ticket.team_id, ticket.number]
    return Case(Ledger(session, batch.machine_now, batch.changed, batch.fresh), ticket, contract, waits, now)


def on_clock(case: Case, timer: Timer, batch: Batch) -> None:
    """The next rung of a clock: note facts, say what may be said, set the timer after it."""
    session, ticket = case.ledger.session, case.ticket
    clock = batch.get(session, Clock, timer.team_id, timer.clock_id or "")
    if clock is None:
        return
    rungs = ladders.rungs_of(case.contract, ticket, clock, case.waits)
    pending = ladders.pending(ticket, clock, rungs)
    steps = ladders.when_open(case.contract, ladders.At(ticket, clock, case.waits, case.now), pending)
    due = [step for step in steps if step.at <= case.now]
    for step in due:
        if step.is_fact:
            _note_fact(case, clock, step.rung)
    _say(case, clock, [step.rung for step in due if not step.is_fact], batch)
    clock.rungs = [*clock.rungs, *(step.key for step in due)]
    promises.arm_next(batch.fresh, clock, [step for step in steps if step.at > case.now])


def _note_fact(case: Case, clock: Clock, rung: Rung) -> None:
    """Being late, or past what was expected, is so from its instant, whenever it is said."""
    if rung.kind is RungKind.DUE and clock.late_at is None:
        clock.late_at = rung.happens_at
        case.ledger.touch(case.ticket)


def _say(case: Case, clock: Clock, rungs: list[Rung], batch: Batch) -> None:
    for rung in folded(rungs).says if rungs else ():
        SAYS[rung.kind](case, clock, rung, batch)


def _happening(event: Event, case: Case, clock: Clock, rung: Rung) -> Happening:
    facts = {"clock": clock.id, "rung": rung.key, "clause": rung.clause}
    if rung.role is not None:
        facts["role"] = str(rung.role)
    return Happening(event=event, at=min(rung.happens_at, case.now), facts=facts)


def _remind(case: Case, clock: Clock, rung: Rung, batch: Batch) -> None:
    event = Event.WARNED if rung.kind is RungKind.WARNING else Event.REMINDED
    happening = _happening(event, case, clock, rung)
    hours = _hours(case, clock, rung)
    happening.facts.update({"to": case.ticket.owner_id}, **(_around(rung, hours) if hours else {}))
    note(case.ledger, case.ticket, happening)
    batch.reminders.append(Reminder(case.ticket, clock, rung, hours))


def _hours(case: Case, clock: Clock, rung: Rung) -> tuple[datetime, datetime] | None:
    if rung.kind is not RungKind.WARNING:
        return None
    return ladders.hours_around(case.contract, case.ticket, clock, case.waits, rung.happens_at)


def _say_expected(case: Case, clock: Clock, rung: Rung, batch: Batch) -> None:
    happening = _happening(Event.EXPECTED_PASSED, case, clock, rung)
    note(case.ledger, case.ticket, happening)
    batch.reminders.append(Reminder(case.ticket, clock, rung))


def _say_late(case: Case, clock: Clock, rung: Rung, batch: Batch) -> None:
    happening = _happening(Event.LATE, case, clock, rung)
    binding = rung.strength is not None and rung.strength.binding
    note(case.ledger, case.ticket, happening, to_customer=binding)
    batch.reminders.append(Reminder(case.ticket, clock, rung))


def _escalate(case: Case, clock: Clock, rung: Rung, batch: Batch) -> None:
    del batch
    entry = note(case.ledger, case.ticket, _happening(Event.ESCALATED, case, clock, rung))
    tell_role(case.ledger, case.ticket, entry)


def _page(case: Case, clock: Clock, rung: Rung, batch: Batch) -> None:
    del batch
    # Now, and not when it came in: whoever is paged has the whole of the time to answer.
    happening = replace(_happening(Event.PAGED, case, clock, rung), at=case.now)
    PAGE_NEXT(case.ledger, case.ticket, happening)


SAYS: Mapping[RungKind, Callable[[Case, Clock, Rung, Batch], None]] = {
    RungKind.REMINDER: _remind,
    RungKind.WARNING: _remind,
    RungKind.EXPECTED: _say_expected,
    RungKind.PAGE: _page,
    RungKind.DUE: _say_late,
    RungKind.ESCALATION: _escalate,
}
"""How each rung is said."""


TOGETHER = frozenset({RungKind.REMINDER, RungKind.WARNING})
"""What is gathered when several fall together; what is late already is said by itself."""


def finish(session: Session, batch: Batch, now: datetime, down_since: datetime | None = None) -> None:
    """Owe the owners what the batch found to say: one message for what can be said together."""
    by_owner: dict[tuple[str, str], list[Reminder]] = {}
    for reminder in batch.reminders:
        if reminder.ticket.owner_id is not None:
            owner = (reminder.ticket.team_id, reminder.ticket.owner_id)
            by_owner.setdefault(owner, []).append(reminder)
    rows = []
    for (team_id, owner_id), reminders in by_owner.items():
        person = batch.get(session, Person, team_id, owner_id)
        if person is not None:
            gathered = _gathered(reminders, down=down_since is not None)
            rows += [_reminders(batch.machine_now, person, together, now, down_since) for together in gathered]
    _owe_all(session, rows, batch.fresh)
    batch.fresh.store(session)
    Ledger(session, batch.machine_now, batch.changed).refresh()


def _owe_all(session: Session, rows: Sequence[Outgoing], fresh: Fresh) -> None:
    """Owe what is not owed yet, asked once for all."""
    for team_id in sorted({row.team_id for row in rows}):
        here = {row.key: row for row in rows if row.team_id == team_id}
        there = outbox.keys_there(session, team_id, list(here))
        for row in (row for key, row in here.items() if key not in there):
            fresh.add(row)


def _gathered(reminders: Sequence[Reminder], *, down: bool) -> list[list[Reminder]]:
    """Reminders with reminders, warnings before the same opening with each other; after a downtime all."""
    if down:
        return [list(reminders)]
    groups: dict[Any, list[Reminder]] = {}
    for each in reminders:
        alone = None if each.rung.kind in TOGETHER else each.clock.id
        groups.setdefault((each.hours, alone), []).append(each)
    return list(groups.values())


def _reminders(
    machine_now: datetime,
    owner: Person,
    reminders: Sequence[Reminder],
    now: datetime,
    down_since: datetime | None,
) -> Outgoing:
    first = reminders[0]
    args: dict[str, Any] = {"parts": [_part(each) for each in reminders]}
    if down_since is not None:
        args |= {"down_from": down_since.isoformat(), "down_to": now.isoformat()}
    return directly(
        machine_now,
        owner.team_id,
        kind=Kind.REMINDER,
        key=f"remind:{first.clock.id}:{first.rung.key}:{len(reminders)}",
        slack_user=owner.slack_user,
        priority=Priority.REMINDER,
        args=args,
        ticket_number=first.ticket.number if len(reminders) == 1 else None,
    )


def _part(each: Reminder) -> dict[str, Any]:
    """What is needed to say it, as stored with the row."""
    rung = each.rung
    told = {"number": each.ticket.number, "clock": each.clock.id, "rung": rung.key, "kind": str(rung.kind)}
    return told | _around(rung, each.hours)


def _around(rung: Rung, hours: tuple[datetime, datetime] | None) -> dict[str, Any]:
    """Why a warning comes before it must: from when to when it is closed, and the day that is the reason."""
    closing, opening = hours or (None, None)
    return {
        "reason": dict(rung.reason) if rung.reason else None,
        "reason_day": rung.reason_day.isoformat() if rung.reason_day else None,
        "closing_at": closing.isoformat() if closing else None,
        "opening_at": opening.isoformat() if opening else None,
    }


def on_access(case: Case, timer: Timer, batch: Batch) -> None:
    """Access is still waited for: the customer is asked again, and again a working day later."""
    del batch
    ticket = case.ticket
    if ticket.ended or ticket.waiting != WaitKind.ACCESS:
        return
    facts = {"wait": str(WaitKind.ACCESS), "again": True}
    note(case.ledger, ticket, Happening(event=Event.WAITING, at=timer.due_at, facts=facts), to_customer=True)
    promises.arm_access_reminder(case.ledger.session, ticket, case.contract, case.now)


ON_DUE: Mapping[TimerKind, Callable[[Case, Timer, Batch], None]] = {
    TimerKind.CLOCK: on_clock,
    TimerKind.ACCESS: on_access,
}
"""What each kind of timer asks that is about a ticket alone."""
