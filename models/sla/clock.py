"""When a promise falls due, how much of it is used, and what a wait does to it.

Pure: every instant is an argument. Instants go in with any zone and come out in UTC.
Source: docs/counting.md, 2 to 9.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Literal, NamedTuple, Protocol

from models.sla.calendar import Calendar
from models.sla.day_table import DAY, EPOCH_DAY, Span, instant, length, microseconds

Anchor = Literal["received", "opening"]
Mode = Literal["close", "same_time"]
FOREVER = 1 << 62


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """That much open time. Used up exactly at closing it is due at closing."""

    amount: timedelta


@dataclass(frozen=True, slots=True)
class ClockTime:
    """That much time day and night, whatever the calendar."""

    amount: timedelta


@dataclass(frozen=True, slots=True)
class SameWorkingDay:
    """Closing of the civil day of the first open instant."""


@dataclass(frozen=True, slots=True)
class NextWorkingDay:
    """Closing of the first working day after the anchor's date."""

    anchor: Anchor = "received"


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The n-th working day after the anchor's date: its closing, or the same wall time.

    `same_time` first moves the start to the first open instant; inside a break it is due at the
    break's end, after closing at closing.
    """

    days: int
    mode: Mode = "close"
    anchor: Anchor = "received"

    def __post_init__(self) -> None:
        """Refuse a promise of no working day at all."""
        if self.days < 1:
            raise ValueError(f"{self.days} working days is no promise; at least 1 is")


@dataclass(frozen=True, slots=True)
class AtOnce:
    """At once, and late after this much open time (a reading of the contract)."""

    late_after: timedelta


@dataclass(frozen=True, slots=True)
class Until:
    """By an instant that a person chose, open or not; waits prolong it like a day target."""

    at: datetime


Target = WorkingTime | ClockTime | SameWorkingDay | NextWorkingDay | WorkingDays | AtOnce | Until


class Pause(NamedTuple):
    """A wait `[start, end)`; `end` None while it lasts. `label` says for what: customer, access or own words."""

    start: datetime
    end: datetime | None
    label: str = "customer"


class Measure(Protocol):
    """What counts as time: a calendar's open time, or every second."""

    def elapsed_us(self, start: int, end: int) -> int: ...

    def add_us(self, start: int, amount: int) -> int: ...

    def spans_us(self, start: int, end: int) -> list[Span]: ...


class RealTime:
    """Time that never stops."""

    def elapsed_us(self, start: int, end: int) -> int:
        """All of it."""
        return max(end - start, 0)

    def add_us(self, start: int, amount: int) -> int:
        """That much later."""
        return start + max(amount, 0)

    def spans_us(self, start: int, end: int) -> list[Span]:
        """One span."""
        return [(start, end)] if start < end else []


REAL_TIME = RealTime()


def measure_of(calendar: Calendar, target: Target) -> Measure:
    """What that target's time is counted in."""
    return REAL_TIME if isinstance(target, ClockTime) else calendar


def deadline(calendar: Calendar, start: datetime, target: Target, pauses: Sequence[Pause] = ()) -> datetime | None:
    """The instant, in UTC, until which the promise is kept; None while a pause holds it back.

    Being late is being done after it. Day targets are prolonged by the working time the pauses
    took. Source: docs/counting.md, 2 to 9.
    """
    if not pauses and isinstance(target, WorkingTime):  # the usual question, by the shortest way
        return calendar.add(start, target.amount)
    begins = microseconds(start)
    due = unpaused_us(calendar, begins, target)
    prolonged = prolonged_us(measure_of(calendar, target), begins, due, pause_spans(pauses))
    return None if prolonged is None else instant(prolonged)


def budget(calendar: Calendar, start: datetime, target: Target) -> timedelta:
    """All the time the promise gives from that start: open time, or real time for ClockTime."""
    return timedelta(microseconds=budget_us(calendar, microseconds(start), target))


def spent(calendar: Calendar, start: datetime, target: Target, pauses: Sequence[Pause], now: datetime) -> timedelta:
    """Time used of the promise by `now`, in the budget's measure, without what pauses took."""
    begins, ends = microseconds(start), microseconds(now)
    measure = measure_of(calendar, target)
    used = measure.elapsed_us(begins, ends)
    lost = sum(measure.elapsed_us(max(low, begins), min(high, ends)) for low, high in pause_spans(pauses) if low < ends)
    return timedelta(microseconds=used - lost)


def remaining(calendar: Calendar, start: datetime, target: Target, pauses: Sequence[Pause], now: datetime) -> timedelta:
    """What is left of the promise at `now`; negative by the time it is late."""
    return budget(calendar, start, target) - spent(calendar, start, target, pauses, now)


def at_share(
    calendar: Calendar, start: datetime, target: Target, pauses: Sequence[Pause], share: Fraction
) -> datetime | None:
    """The instant at which that share of the promise is used, None while paused before it.

    The whole share is the deadline itself. Half a microsecond counts as one.
    """
    if share < 0:
        raise ValueError(f"a share of {share} of a promise is never used; ask for 0 or more")
    if share == 1:
        return deadline(calendar, start, target, pauses)
    begins = microseconds(start)
    whole = budget_us(calendar, begins, target)
    measure = measure_of(calendar, target)
    part = -(-whole * share.numerator // share.denominator)
    due = prolonged_us(measure, begins, measure.add_us(begins, part), pause_spans(pauses))
    return None if due is None else instant(due)


# -- in microseconds --------------------------------------------------------------------------


def unpaused_us(calendar: Calendar, start: int, target: Target) -> int:
    """The due instant without any pause."""
    if isinstance(target, WorkingTime):
        return calendar.add_us(start, length(target.amount))
    if isinstance(target, ClockTime):
        return REAL_TIME.add_us(start, length(target.amount))
    if isinstance(target, AtOnce):
        return calendar.add_us(start, length(target.late_after))
    if isinstance(target, Until):
        return max(microseconds(target.at), start)
    return _day_due(calendar, start, target)


def _day_due(calendar: Calendar, start: int, target: SameWorkingDay | NextWorkingDay | WorkingDays) -> int:
    if isinstance(target, SameWorkingDay):
        return calendar.last_closing_us(_civil_day(calendar, calendar.next_opening_us(start)))
    if isinstance(target, NextWorkingDay):
        return _after(calendar, start, 1, target.anchor)
    if target.mode == "close":
        return _after(calendar, start, target.days, target.anchor)
    return _same_time(calendar, calendar.next_opening_us(start), target.days)


def _after(calendar: Calendar, start: int, days: int, anchor: Anchor) -> int:
    at = start if anchor == "received" else calendar.next_opening_us(start)
    return calendar.last_closing_us(calendar.working_day_after(_civil_day(calendar, at), days))


def _same_time(calendar: Calendar, start: int, days: int) -> int:
    """That wall time on the n-th working day; in a break its end, before opening the opening, after closing closing."""
    day, in_day = divmod(calendar.wall_us(start), DAY)
    goal = calendar.working_day_after(date.fromordinal(day + EPOCH_DAY), days)
    at = calendar.first_at_us(goal, in_day)
    closing = calendar.last_closing_us(goal)
    return closing if at >= closing else calendar.next_opening_us(at)


def _civil_day(calendar: Calendar, at: int) -> date:
    return date.fromordinal(calendar.wall_us(at) // DAY + EPOCH_DAY)


def budget_us(calendar: Calendar, start: int, target: Target) -> int:
    """The promise's whole time: its amount, or the open time from the start to an unpaused due."""
    match target:
        case WorkingTime(amount) | ClockTime(amount) | AtOnce(amount):
            return max(length(amount), 0)
        case _:
            return calendar.elapsed_us(start, unpaused_us(calendar, start, target))


def pause_spans(pauses: Iterable[Pause]) -> list[Span]:
    """The pauses in order, overlapping ones as one, empty ones left out; FOREVER ends what still lasts."""
    spans: list[Span] = []
    for start, end in sorted(_pause_span(pause) for pause in pauses):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        elif start < end:
            spans.append((start, end))
    return spans


def _pause_span(pause: Pause) -> Span:
    start = microseconds(pause.start)
    end = FOREVER if pause.end is None else microseconds(pause.end)
    if end < start:
        raise ValueError(f"the pause from {pause.start.isoformat()} ends before it begins: {pause.end}")
    return start, end


def prolonged_us(measure: Measure, start: int, due: int, pauses: Sequence[Span]) -> int | None:
    """The due instant put off by the time each pause takes from the clock before it falls due.

    A pause that begins at the due instant or later does not help. None: one lasts still.
    """
    for low, high in pauses:
        begins = max(low, start)
        if begins >= due:
            break
        if high == FOREVER:
            return None
        lost = measure.elapsed_us(begins, high)
        if lost:
            due = measure.add_us(due, lost)
    return due
