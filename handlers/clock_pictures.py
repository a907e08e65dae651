"""Clocks as views are told of them: what is promised, what is left, what became of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from handlers import counting
from handlers.scene import Scene, person_fact, role_fact
from handlers.views import facts as told
from models import history
from models.clock import Clock, ClockState, clocks_of
from models.history import Event
from models.sla.clock import ClockTime, budget, spent
from models.sla.contract import ClockKind, Contract, Strength, WaitKind
from models.sla.plan import Planned, readings_for
from models.ticket import Ticket
from models.wait import Wait, pauses, waits_of


def clock_facts(at: Scene) -> tuple[told.ClockFacts, ...]:
    """Every clock that was not withdrawn, those that still count first."""
    waits = waits_of(at.session, at.ticket.team_id, at.ticket.number)
    clocks = clocks_of(at.session, at.ticket.team_id, at.ticket.number)
    return tuple(clock_fact(at, clock, waits) for clock in in_order(clocks, at.now))


def in_order(clocks: Iterable[Clock], now: datetime) -> list[Clock]:
    """Those of a ticket's clocks that people see, in the order in which they see them."""
    shown = [clock for clock in clocks if is_shown(clock)]
    return sorted(shown, key=lambda clock: (not clock.counting, clock.due_at or now, clock.id))


def is_shown(clock: Clock) -> bool:
    """Whether people see it: not one that was withdrawn in time, that only pages, or that was never run."""
    if clock.state == ClockState.WITHDRAWN:
        return clock.late_at is not None
    if clock.state == ClockState.STOPPED:
        return clock.stopped_at is not None
    return clock.state == ClockState.PAUSED or clock.due_at is not None


def clock_fact(at: Scene, clock: Clock, waits: Sequence[Wait]) -> told.ClockFacts:
    """One clock as of now, or as of when it was stopped."""
    planned = counting.planned_for(at.contract, at.ticket, clock, waits)
    kinds = frozenset(map(str, planned.promise.paused_by)) | {counting.RESOLVED}
    stopped = pauses(list(waits), kinds)
    until = clock.stopped_at or at.now
    target, calendar, start = planned.promise.target, planned.calendar, planned.started_at
    whole = budget(calendar, start, target)
    used = spent(calendar, start, target, stopped, until)
    elapsed = isinstance(target, ClockTime)
    return told.ClockFacts(
        kind=ClockKind(clock.kind),
        strength=Strength(clock.strength),
        clause=clock.clause,
        due_at=clock.due_at,
        budget=whole,
        remaining=whole - used,
        spent=min(1.0, used / whole) if whole else 1.0,
        elapsed=elapsed,
        zone=calendar.zone.key,
        starts_at=calendar.next_opening(start) if not elapsed else start,
        expected_at=clock.expected_at,
        expected_strength=planned.promise.expected_strength,
        stopped_at=clock.stopped_at,
        done_by=person_fact(at.session, at.ticket.team_id, clock.stopped_by),
        ahead_by=_between(planned, until, clock.due_at, elapsed=elapsed),
        breached=clock.late_at is not None,
        late_by=_between(planned, clock.late_at, until, elapsed=elapsed) if clock.late_at else None,
        escalated_to=_escalated_to(at, clock) if clock.late_at else (),
        paused=_standing_for(at.ticket, clock),
        paused_since=at.ticket.waiting_since if _standing_for(at.ticket, clock) else None,
        reading=_readings(at.contract, planned),
        where=_where(at.contract, clock.clause),
    )


def promised(contract: Contract, planned: Planned) -> told.ClockFacts:
    """A clock that would run: what is promised, before anything is stored."""
    promise = planned.promise
    elapsed = isinstance(promise.target, ClockTime)
    return told.ClockFacts(
        kind=promise.clock,
        strength=promise.strength,
        clause=promise.clause,
        due_at=planned.due,
        elapsed=elapsed,
        zone=planned.calendar.zone.key,
        starts_at=planned.started_at,
        expected_at=planned.expected,
        expected_strength=promise.expected_strength,
        reading=_readings(contract, planned),
        where=_where(contract, promise.clause),
    )


def _where(contract: Contract, clause: str) -> told.Texts | None:
    return contract.clauses[clause].where if clause in contract.clauses else None


def _standing_for(ticket: Ticket, clock: Clock) -> WaitKind | None:
    if clock.state != "paused" or ticket.waiting is None:
        return None
    return WaitKind(ticket.waiting)


def _between(planned: Planned, start: datetime | None, end: datetime | None, *, elapsed: bool) -> timedelta | None:
    if start is None or end is None or end < start:
        return None
    return end - start if elapsed else planned.calendar.elapsed(start, end)


def _readings(contract: Contract, planned: Planned) -> told.Texts | None:
    found = readings_for(contract, planned.promise, planned.calendar_name)
    return found[0].note if found else None


def _escalated_to(at: Scene, clock: Clock) -> tuple[told.RoleFact, ...]:
    roles: list[str] = []
    for entry in history.all_of(at.session, at.ticket.team_id, at.ticket.number, Event.ESCALATED):
        role = entry.facts.get("role")
        if entry.facts.get("clock") == clock.id and role and role not in roles:
            roles.append(role)
    return tuple(role_fact(at, role) for role in roles)
