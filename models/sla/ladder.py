"""The rungs of a clock: reminders, warnings, the due instant and who is told after it.

Pure: a ladder is a value computed from the promise, the calendar and the pauses. Whoever keeps
timers stores one per clock, for the next rung, and asks again when it falls.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from models.sla.calendar import Calendar
from models.sla.clock import Pause
from models.sla.contract import ClockKind, Contract, Role, Strength
from models.sla.plan import Planned
from models.sla.questions import Text


class RungKind(StrEnum):
    """What a rung says. In order of gravity."""

    REMINDER = "reminder"
    WARNING = "warning"
    EXPECTED = "expected"
    PAGE = "page"
    DUE = "due"
    ESCALATION = "escalation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One thing to be said about a clock.

    `happens_at` is the exact instant of the fact, `say_at` when Vakt may speak of it (both UTC).
    `key` names it within the clock and severity, so that it is said once. `until` is the act
    that makes it moot. `reason` says why a warning comes early ("2. pinsedag").
    """

    kind: RungKind
    key: str
    happens_at: datetime
    say_at: datetime
    clause: str
    until: ClockKind
    share: Fraction | None = None
    role: Role | None = None
    strength: Strength | None = None
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Folded:
    """Rungs that are said together: `says` is what to say, in order, the rest is implied."""

    says: tuple[Rung, ...]
    implied: tuple[Rung, ...]


def ladder(
    contract: Contract,
    planned: Planned,
    *,
    severity: str,
    pauses: Sequence[Pause] = (),
    night_work_from: datetime | None = None,
) -> tuple[Rung, ...]:
    """All rungs of the clock in the order they are said."""
    raise NotImplementedError


def next_rungs(
    rungs: Sequence[Rung], after: datetime, done: Collection[ClockKind] = ()
) -> tuple[Rung, ...]:
    """The rungs said next, strictly after `after`: all that share the earliest instant."""
    raise NotImplementedError


def folded(rungs: Sequence[Rung]) -> Folded:
    """What to say when several rungs fall together, or were missed: one line, not five."""
    raise NotImplementedError


def may_speak_at(
    instant: datetime, calendar: Calendar, contract: Contract, *, day_and_night: bool = False
) -> datetime:
    """The earliest instant at which Vakt may speak of what happened at `instant`."""
    raise NotImplementedError
