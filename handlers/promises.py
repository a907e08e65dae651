"""A ticket's clocks: started, stopped, paused, planned anew, each with its next timer.

No Slack here, and no words. What a clock is counted by stands in `counting`, what its ladder holds
at an instant in `ladders`; the counting itself is `models.sla`'s.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.counting import acts_done, facts_of, planned_for
from handlers.ladders import FACTS, Step, pending, rungs_of
from models.clock import Clock, ClockState, clocks_of
from models.queue import place_of
from models.record import Adds
from models.sla.clock import WorkingDays, deadline
from models.sla.contract import ClockKind, Contract, Promise, Starts, WaitKind
from models.sla.ladder import Rung, RungKind, ladder
from models.sla.plan import Planned, promises_for
from models.store import Session
from models.ticket import Ticket
from models.timer import Timer, TimerKind, disarm, disarm_kind
from models.wait import Wait, waits_of

ENDING = frozenset({ClockKind.RESOLUTION, ClockKind.NEXT_UPDATE, ClockKind.DELIVERY})


@dataclass(frozen=True, slots=True)
class Start:
    """A promise that begins with a ticket: its plan, and when its clock's first rung falls."""

    planned: Planned
    first_at: datetime | None


def starts_of(contract: Contract, severity: str, planned: Iterable[Planned]) -> tuple[Start, ...]:
    """What begins with a ticket of that class: nothing was done on it yet, so every rung is still ahead."""
    return tuple(Start(each, _first(ladder(contract, each, severity=severity))) for each in planned)


def _first(rungs: Sequence[Rung]) -> datetime | None:
    return min(
        (min(rung.happens_at, rung.say_at) if rung.kind in FACTS else rung.say_at for rung in rungs), default=None
    )


def first_clocks(rows: Adds, ticket: Ticket, starts: Iterable[Start]) -> None:
    """Start the clocks of a ticket that is being opened."""
    clocks = []
    for start in starts:
        clock = _new_clock(ticket, start.planned.promise, start.planned.started_at)
        _show(clock, start.planned)
        rows.add(clock)
        clocks.append(clock)
        if start.first_at is not None:
            rows.add(_timer(clock, start.first_at))
    ticket.queue_at = place_of(clocks)


def start_clocks(
    session: Session,
    ticket: Ticket,
    contract: Contract,
    started_at: datetime,
    starts_on: Starts = Starts.REPORTED,
    *,
    only: frozenset[ClockKind] = frozenset(ClockKind),
) -> list[Clock]:
    """Start every promise that applies; those with no instant page only.

    Where the act is done already, the clock is not judged: it is there, stopped, only for steps that
    go on until another act (PI-09). A class that is reached again takes up the clock it had.
    """
    done = acts_done(ticket)
    waits = waits_of(session, ticket.team_id, ticket.number)
    earlier = clocks_of(session, ticket.team_id, ticket.number)
    clocks = []
    for promise in promises_for(contract, facts_of(ticket, starts_on)):
        is_done = promise.clock in done
        if promise.clock not in only or (is_done and not _outlives(promise, ticket.severity)):
            continue
        known = _known(earlier, promise, ticket.severity, started_at)
        if is_done and known is not None and known.state == ClockState.STOPPED:
            continue
        clock = known if known is not None and known.state == ClockState.WITHDRAWN else None
        clock = clock or _new_clock(ticket, promise, started_at)
        _show(clock, planned_for(contract, ticket, clock, waits))
        if is_done:
            clock.state = ClockState.STOPPED
        session.add(clock)
        clocks.append(clock)
    arm(session, ticket, contract, clocks, waits)
    return clocks


def _outlives(promise: Promise, severity: str) -> bool:
    """Whether somebody is told of the class until another act than the one the clock waits for."""
    return any(
        step.until not in {None, promise.clock} and (not step.severities or severity in step.severities)
        for step in promise.steps
    )


def _known(clocks: Sequence[Clock], promise: Promise, severity: str, started_at: datetime) -> Clock | None:
    """The latest clock of the same promise, class and start."""
    same = [
        clock
        for clock in clocks
        if (clock.promise_id, clock.severity, clock.started_at) == (promise.id, severity, started_at)
    ]
    return same[-1] if same else None


def pages_by_now(session: Session, ticket: Ticket, contract: Contract, now: datetime) -> list[tuple[Clock, Rung]]:
    """The rungs by which the class of a ticket has somebody paged by then, each with its clock; said or not."""
    waits = waits_of(session, ticket.team_id, ticket.number)
    clocks = [clock for clock in clocks_of(session, ticket.team_id, ticket.number) if clock.counting]
    rungs = [(clock, rung) for clock in clocks for rung in rungs_of(contract, ticket, clock, waits)]
    return [(clock, rung) for clock, rung in rungs if rung.kind is RungKind.PAGE and rung.say_at <= now]


def _new_clock(ticket: Ticket, promise: Promise, started_at: datetime) -> Clock:
    return Clock(
        team_id=ticket.team_id,
        ticket_number=ticket.number,
        kind=promise.clock,
        promise_id=promise.id,
        severity=ticket.severity,
        clause=promise.clause,
        strength=promise.strength,
        started_at=started_at,
    )


def _show(clock: Clock, planned: Planned) -> None:
    """Write a plan's instants on the clock."""
    clock.due_at, clock.expected_at = planned.due, planned.expected
    clock.state = ClockState.PAUSED if planned.paused else ClockState.RUNNING


def stop_clocks(session: Session, ticket: Ticket, kinds: Collection[ClockKind], at: datetime, by: str) -> list[Clock]:
    """Stop the counting clocks of these kinds. Gives those that were late by the instants."""
    late = []
    for clock in clocks_of(session, ticket.team_id, ticket.number):
        if clock.kind not in kinds or not clock.counting:
            continue
        clock.state, clock.stopped_at, clock.stopped_by = ClockState.STOPPED, at, by
        if clock.due_at is not None and at > clock.due_at and clock.late_at is None:
            clock.late_at = clock.due_at
            late.append(clock)
    return late


def withdraw_clocks(session: Session, ticket: Ticket, kinds: Collection[str] | None = None) -> None:
    """Take the counting clocks back: the class has changed. What was late stays late."""
    for clock in clocks_of(session, ticket.team_id, ticket.number):
        if clock.counting and (kinds is None or clock.kind in kinds):
            clock.state = ClockState.WITHDRAWN


def replan(session: Session, ticket: Ticket, contract: Contract) -> None:
    """Count every running clock anew, with the waits as they are now, and arm its next rung."""
    session.flush()
    waits = waits_of(session, ticket.team_id, ticket.number)
    clocks = clocks_of(session, ticket.team_id, ticket.number)
    for clock in clocks:
        if clock.counting:
            _show(clock, planned_for(contract, ticket, clock, waits))
    disarm(session, ticket.team_id, ticket.number, [clock.id for clock in clocks])
    arm(session, ticket, contract, clocks, waits)


def arm(
    rows: Adds,
    ticket: Ticket,
    contract: Contract,
    clocks: Sequence[Clock],
    waits: Sequence[Wait],
) -> None:
    """Set one timer for each clock: its next rung."""
    for clock in clocks:
        arm_next(rows, clock, pending(ticket, clock, rungs_of(contract, ticket, clock, waits)))


def arm_next(rows: Adds, clock: Clock, steps: Sequence[Step]) -> None:
    """Set a timer for the first of a clock's steps, if there is one."""
    if steps:
        rows.add(_timer(clock, min(step.at for step in steps)))


def _timer(clock: Clock, due_at: datetime) -> Timer:
    return Timer(
        team_id=clock.team_id,
        kind=TimerKind.CLOCK,
        ticket_number=clock.ticket_number,
        clock_id=clock.id,
        due_at=due_at,
    )


def begin_wait(session: Session, ticket: Ticket, kind: WaitKind | str, at: datetime) -> None:
    """A wait begins; `replan` afterwards."""
    session.add(Wait(team_id=ticket.team_id, ticket_number=ticket.number, kind=str(kind), began_at=at))


def end_wait(session: Session, ticket: Ticket, at: datetime) -> Wait | None:
    """The wait that is open ends; `replan` afterwards."""
    for wait in waits_of(session, ticket.team_id, ticket.number):
        if wait.ended_at is None:
            wait.ended_at = at
            return wait
    return None


def take_up_wait(session: Session, ticket: Ticket, kind: str) -> Wait | None:
    """The last wait of that kind goes on as if it had never ended. Source: docs/rules.md, 4."""
    ended = [w for w in waits_of(session, ticket.team_id, ticket.number) if w.kind == kind]
    if not ended:
        return None
    ended[-1].ended_at = None
    return ended[-1]


def forget_access_reminder(session: Session, ticket: Ticket) -> None:
    """Access is not waited for any more, or is asked for anew."""
    disarm_kind(session, ticket.team_id, ticket.number, TimerKind.ACCESS)


def arm_access_reminder(session: Session, ticket: Ticket, contract: Contract, since: datetime) -> None:
    """Ask for access again after a working day, for as long as it is waited for. Source: SO-16."""
    promised = promises_for(contract, facts_of(ticket))
    if not promised:
        return
    calendar = contract.calendar(promised[0].calendar, ticket.region)
    due_at = deadline(calendar, since, WorkingDays(1, "same_time"))
    if due_at is not None:
        session.add(
            Timer(
                team_id=ticket.team_id,
                kind=TimerKind.ACCESS,
                ticket_number=ticket.number,
                due_at=due_at,
            )
        )
