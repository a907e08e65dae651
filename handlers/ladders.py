"""What a clock's ladder holds at an instant: which rungs are to come, which may be spoken of, and when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.counting import RESOLVED, acts_done, counted_in, planned_for
from models.clock import Clock, ClockState
from models.sla.contract import ClockKind, Contract
from models.sla.ladder import Rung, RungKind, ladder, may_speak_at
from models.sla.plan import Planned
from models.ticket import Ticket
from models.wait import Wait, pauses

FACTS = frozenset({RungKind.EXPECTED, RungKind.DUE})
"""Rungs that are facts at their instant, whenever Vakt may speak of them."""


ON_TIME = timedelta(minutes=1)
"""How long after its instant something is still said as at that instant."""


def rungs_of(contract: Contract, ticket: Ticket, clock: Clock, waits: Sequence[Wait]) -> tuple[Rung, ...]:
    """The whole ladder of a clock; none for one that was withdrawn, or whose class is another's now."""
    left_behind = clock.state == ClockState.STOPPED and clock.severity != ticket.severity
    if clock.state == ClockState.WITHDRAWN or left_behind:
        return ()
    return _ladder(contract, ticket, clock, planned_for(contract, ticket, clock, waits), waits)


def _ladder(
    contract: Contract, ticket: Ticket, clock: Clock, planned: Planned, waits: Sequence[Wait]
) -> tuple[Rung, ...]:
    kinds = frozenset(map(str, planned.promise.paused_by)) | {RESOLVED}
    return ladder(
        counted_in(contract, clock),
        planned,
        severity=clock.severity,
        pauses=pauses(list(waits), kinds),
        night_work_from=_night_work(ticket, planned),
    )


def _night_work(ticket: Ticket, planned: Planned) -> datetime | None:
    """Since when it is worked on outside hours; None for work that began while it was open."""
    began = ticket.work_started_at
    return None if began is None or planned.calendar.is_open(began) else began


def hours_around(
    contract: Contract, ticket: Ticket, clock: Clock, waits: Sequence[Wait], at: datetime
) -> tuple[datetime, datetime]:
    """The closing of a clock's hours that comes next, and the opening after it."""
    calendar = planned_for(contract, ticket, clock, waits).calendar
    closing = calendar.next_closing(at)
    return closing, calendar.next_opening(closing)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do about a clock: note a fact at its instant, or speak when that is allowed."""

    at: datetime
    rung: Rung
    is_fact: bool

    @property
    def key(self) -> str:
        """Its name among the clock's `rungs`."""
        return f"{self.rung.key}!" if self.is_fact else self.rung.key


def pending(ticket: Ticket, clock: Clock, rungs: Sequence[Rung]) -> list[Step]:
    """What is still to be done about a clock, in order; what an act has made moot is left out."""
    done, acts = set(clock.rungs), acts_done(ticket)
    steps = []
    for rung in rungs:
        if _moot(rung, clock, acts):
            continue
        if rung.kind in FACTS:
            steps.append(Step(rung.happens_at, rung, is_fact=True))
        steps.append(Step(rung.say_at, rung, is_fact=False))
    return sorted((s for s in steps if s.key not in done), key=lambda s: (s.at, not s.is_fact))


@dataclass(frozen=True, slots=True)
class At:
    """A clock of a ticket as it stands at an instant."""

    ticket: Ticket
    clock: Clock
    waits: Sequence[Wait]
    now: datetime


def when_open(contract: Contract, at: At, steps: Sequence[Step]) -> list[Step]:
    """The steps, with those that were missed and may not be spoken of now put to the next opening.

    Nobody spoke at their instant: Vakt was down, or the clock was started or moved only now.
    """
    missed = {step.key for step in steps if _missed(step, at.now)}
    if not missed:
        return list(steps)
    calendar = planned_for(contract, at.ticket, at.clock, at.waits).calendar
    opening = may_speak_at(at.now, calendar, contract)
    return [replace(step, at=opening) if step.key in missed else step for step in steps]


def _missed(step: Step, now: datetime) -> bool:
    return not step.is_fact and not step.rung.day_and_night and now - step.at > ON_TIME


def _moot(rung: Rung, clock: Clock, acts: frozenset[ClockKind]) -> bool:
    if rung.until == clock.kind:
        return not clock.counting
    return rung.until in acts
