"""What a calendar is made of, as values, and the document they are read from and written to.

Order, first match wins: extra opening, public holiday, closure, half-day limit, week.
Source: docs/counting.md, 1 and 12.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from models.sla.reasons import Name

MINUTES_A_DAY = 24 * 60
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class SpecError(ValueError):
    """A calendar's description is wrong; the message names the key and what would be right."""


class Window(NamedTuple):
    """Opening hours `[opens, closes)` of one civil day, in minutes of wall time; 24:00 is 1440."""

    opens: int
    closes: int


class Monthday(NamedTuple):
    """A day of every year."""

    month: int
    day: int


class Easter(NamedTuple):
    """A day counted from Easter Sunday; Maundy Thursday is -3, Whit Monday 50."""

    days: int


class Closure(Protocol):
    """Civil days on which nothing opens but an extra opening."""

    @property
    def name(self) -> Name: ...

    def covers(self, day: date) -> bool: ...


class Holidays(Protocol):
    """Where the public holidays of a calendar come from."""

    @property
    def years(self) -> tuple[int, int]: ...

    def names(self, year: int) -> Mapping[date, str]: ...


@dataclass(frozen=True)
class WeeksClosed:
    """ISO weeks of every year, or of the ISO years named."""

    name: Name
    weeks: frozenset[int]
    years: frozenset[int] | None = None

    def covers(self, day: date) -> bool:
        iso = day.isocalendar()
        return iso.week in self.weeks and (self.years is None or iso.year in self.years)


@dataclass(frozen=True)
class YearlyClosed:
    """The same days every year, both ends included; `first` after `last` wraps over New Year."""

    name: Name
    first: Monthday
    last: Monthday

    def covers(self, day: date) -> bool:
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


@dataclass(frozen=True)
class DatesClosed:
    """Dates once, both ends included."""

    name: Name
    first: date
    last: date

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Limit:
    """A half day: what is left of that weekday's hours inside `hours`. It never opens a day."""

    name: Name
    on: date | Monthday | Easter
    hours: tuple[Window, ...]

    def covers(self, day: date) -> bool:
        if isinstance(self.on, date):
            return day == self.on
        if isinstance(self.on, Monthday):
            return (day.month, day.day) == self.on
        return day.toordinal() == easter(day.year).toordinal() + self.on.days


@dataclass(frozen=True)
class Extra:
    """Opening hours of one date that replace everything else."""

    name: Name
    on: date
    hours: tuple[Window, ...]


@dataclass(frozen=True, kw_only=True)
class CalendarSpec:
    """One calendar. `weekly` maps a weekday (Monday is 0) to its windows; `union` names members.

    A union has no hours of its own: it is open when any member is, each with its own holidays, and
    counts civil days in `zone`.
    """

    name: str
    zone: ZoneInfo
    weekly: Mapping[int, tuple[Window, ...]] = field(default_factory=dict)
    holidays: Holidays | None = None
    closures: tuple[Closure, ...] = ()
    limits: tuple[Limit, ...] = ()
    extra: tuple[Extra, ...] = ()
    union: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse hours that overlap, run backwards or leave the day, and a union with hours."""
        for weekday, windows in self.weekly.items():
            if weekday not in range(7):
                raise SpecError(f"{self.name}: weekday {weekday} is not 0 (Monday) to 6")
            check_windows(windows, f"{self.name}: {WEEKDAYS[weekday]}")
        for limit in self.limits:
            check_windows(limit.hours, f"{self.name}: {limit.name}")
        for extra in self.extra:
            check_windows(extra.hours, f"{self.name}: {extra.name}")
        if self.union and (self.weekly or self.holidays or self.closures or self.limits or self.extra):
            raise SpecError(f"{self.name}: a union takes its hours from its members and may not have its own")


def check_windows(windows: tuple[Window, ...], where: str) -> None:
    """Raise SpecError unless the windows are in order, apart from each other and within one day."""
    end = 0
    for window in windows:
        if not end <= window.opens < window.closes <= MINUTES_A_DAY:
            raise SpecError(
                f"{where}: {clock_text(window.opens)}-{clock_text(window.closes)} must lie after "
                f"{clock_text(end)} and end after it opens, by 24:00; write hours over midnight as two"
            )
        end = window.closes


def clock_text(minutes: int) -> str:
    """Minutes of a day as "HH:MM"."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def easter(year: int) -> date:
    """Easter Sunday of the western churches. Source: Meeus, Jones and Butcher's algorithm."""
    century = year // 100
    golden = year % 19
    moon = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    epact = moon - (moon // 28) * (1 - (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + epact + 2 - century + century // 4) % 7
    offset = epact - weekday
    month = 3 + (offset + 40) // 44
    day = offset + 28 - 31 * (month // 4)
    return date(year, month, day)
