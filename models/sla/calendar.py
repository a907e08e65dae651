"""Opening hours, compiled: whether an instant is open, how much time is, and where time leads.

Every question is O(log n): prefix sums over the open spans of whole years, laid out on first use
and kept. Instants go in with any zone and come out in UTC. What is counted is real seconds.
Source: docs/counting.md.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.sla.calendar_spec import MINUTES_A_DAY, CalendarSpec, SpecError, Window
from models.sla.day_rules import DayRules
from models.sla.day_table import (
    DAY,
    EPOCH_DAY,
    MINUTE,
    Days,
    Span,
    ZoneTurns,
    instant,
    length,
    merged,
    microseconds,
    year_windows,
)
from models.sla.holiday_dates import FIRST_YEAR, LAST_YEAR, FrozenHolidays, HolidayRule
from models.sla.reasons import CLOSED, Reason, words
from models.sla.years import MAX_GAP, BeyondHorizonError, NeverClosesError, NeverOpensError, Years

__all__ = [
    "BeyondHorizonError",
    "Calendar",
    "CalendarSpec",
    "DayView",
    "FrozenHolidays",
    "HolidayRule",
    "NeverClosesError",
    "NeverOpensError",
    "SpecError",
    "always_open",
    "compile_calendar",
]


@dataclass(frozen=True, slots=True)
class DayView:
    """One civil day as a list of opening hours shows it.

    `windows` are aware, in the calendar's zone. `reasons` tell what differs from an ordinary
    working day, `text` the same in the reader's language ("" when nothing does).
    """

    day: date
    is_open: bool
    windows: tuple[tuple[datetime, datetime], ...]
    reasons: tuple[Reason, ...]
    text: str


class Calendar:
    """Opening hours of one calendar, or of a union of several. Threads may share it.

    Questions about years before 1971 or after 2099, or outside the years that frozen holidays are
    complete for, raise BeyondHorizonError. Methods that end in `_us` take and give microseconds
    since 1970 in UTC.
    """

    def __init__(self, spec: CalendarSpec, members: tuple["Calendar", ...] = ()) -> None:
        """Lay out the first years; `compile_calendar` finds the members by their names."""
        self.spec = spec
        self.name = spec.name
        self.zone = spec.zone
        self.members = members
        self._rules = DayRules(spec)
        self.years = Years(spec.name, spec.zone, _horizon(spec, members), self._open_spans)

    # -- instants -------------------------------------------------------------------------------

    def is_open(self, at: datetime) -> bool:
        """Whether that instant is inside the opening hours, which are half open."""
        us = microseconds(at)
        table = self.years.covering(us)
        index = bisect_right(table.opens, us)
        return index > 0 and us < table.closes[index - 1]

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Open time in [start, end) in real seconds; nothing when `end` is not after `start`."""
        return timedelta(microseconds=self.elapsed_us(microseconds(start), microseconds(end)))

    def elapsed_us(self, start: int, end: int) -> int:
        """`elapsed` in microseconds."""
        if end <= start:
            return 0
        self.years.covering(start)
        table = self.years.covering(end - 1)  # holds both: a table only ever gets longer
        return table.before(end) - table.before(start)

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The earliest instant d >= start with `elapsed(start, d) >= amount`, in UTC.

        An amount used up exactly at closing ends at that closing; no amount ends at `start`.
        Source: docs/counting.md, 2.
        """
        return instant(self.add_us(microseconds(start), length(amount)))

    def add_us(self, start: int, amount: int) -> int:
        """`add` in microseconds."""
        if amount <= 0:
            return start
        due = self.years.table.after(start, amount)
        if due is None:
            table = self.years.covering(start)
            while (due := table.after(start, amount)) is None:
                table = self.years.stretched(table, after=True)
        return due

    def next_opening(self, at: datetime) -> datetime:
        """The first open instant at or after that one: itself when open."""
        return instant(self.next_opening_us(microseconds(at)))

    def next_opening_us(self, at: int) -> int:
        """`next_opening` in microseconds."""
        table = self.years.covering(at)
        while (index := bisect_right(table.closes, at)) == len(table.closes):
            table = self.years.stretched(table, after=True)
        return max(table.opens[index], at)

    def next_closing(self, at: datetime) -> datetime:
        """The end of the open span that holds that instant, or of the next one.

        Raises NeverClosesError when nothing closes within 366 days.
        """
        us = microseconds(at)
        table = self.years.covering(us)
        while True:
            index = bisect_right(table.closes, us)
            if index < len(table.closes) and table.closes[index] < table.end:
                return instant(table.closes[index])
            if table.end - us > MAX_GAP:
                raise NeverClosesError(f"{self.name} does not close within 366 days after {at.isoformat()}")
            table = self.years.stretched(table, after=True)

    def last_closing_before(self, at: datetime) -> datetime:
        """The latest closing strictly before that instant.

        Raises NeverClosesError when nothing closed in the 366 days before it.
        """
        us = microseconds(at)
        table = self.years.covering(us)
        while (index := bisect_left(table.closes, us) - 1) < 0:
            if us - table.start > MAX_GAP:
                raise NeverClosesError(f"{self.name} did not close in the 366 days before {at.isoformat()}")
            table = self.years.stretched(table, after=False)
        return instant(table.closes[index])

    def spans_us(self, start: int, end: int) -> list[Span]:
        """The open spans in [start, end), cut at its ends."""
        if end <= start:
            return []
        self.years.covering(start)
        return self.years.covering(end - 1).spans(start, end)

    # -- civil days -----------------------------------------------------------------------------

    def civil_day(self, at: datetime) -> date:
        """The civil date in the calendar's zone at that instant."""
        us = microseconds(at)
        return date.fromordinal(self.years.covering(us).turns.day_of(us))

    def wall_us(self, at: int) -> int:
        """Wall time in the calendar's zone, in microseconds since 1970-01-01 00:00 on that wall."""
        return self.years.covering(at).turns.wall(at)

    def first_at_us(self, day: date, wall: int) -> int:
        """The first instant at which the wall shows that time of that day (microseconds) or a later one."""
        turns = self.years.covering_day(day).turns
        return turns.first_at((day.toordinal() - EPOCH_DAY) * DAY + wall)

    def is_working_day(self, day: date) -> bool:
        """Whether that civil date has an open instant."""
        return self.opening_of(day) is not None

    def opening_of(self, day: date) -> datetime | None:
        """The first opening of that civil day; None when it never opens."""
        days, index = self._find(day)
        return None if index is None else instant(days.opens[index])

    def closing_of(self, day: date) -> datetime | None:
        """The last closing of that civil day, midnight when it stays open; None when it never opens."""
        days, index = self._find(day)
        return None if index is None else instant(days.closes[index])

    def last_closing_us(self, day: date) -> int:
        """The last closing of a working day (ask only for one)."""
        days = self.years.covering_day(day).days
        return days.closes[bisect_left(days.ordinals, day.toordinal())]

    def _find(self, day: date) -> tuple[Days, int | None]:
        days = self.years.covering_day(day).days
        ordinal = day.toordinal()
        index = bisect_left(days.ordinals, ordinal)
        found = index < len(days.ordinals) and days.ordinals[index] == ordinal
        return days, index if found else None

    def working_day_after(self, day: date, n: int) -> date:
        """The n-th working day after that civil date, which is not counted itself; before it when n < 0."""
        if not n:
            raise ValueError("no working day is 0 days after a date; ask for 1 or more, or for -1 or less")
        table = self.years.covering_day(day)
        ordinal = day.toordinal()
        while True:
            days = table.days.ordinals
            index = bisect_right(days, ordinal) + n - 1 if n > 0 else bisect_left(days, ordinal) + n
            if 0 <= index < len(days):
                return date.fromordinal(days[index])
            table = self.years.stretched(table, after=n > 0)

    def day(self, day: date, language: str) -> DayView:
        """That civil day for a reader of `language`: its hours, and why they differ from the usual."""
        midnight = (day.toordinal() - EPOCH_DAY) * DAY
        turns = self.years.covering_day(day).turns
        spans = self.spans_us(turns.first_at(midnight), turns.first_at(midnight + DAY))
        windows = tuple((self._local(start), self._local(end)) for start, end in spans)
        reasons = self.reasons(day)
        return DayView(day, bool(windows), windows, reasons, words(reasons, language))

    def _local(self, us: int) -> datetime:
        return instant(us).astimezone(self.zone)

    # -- reasons --------------------------------------------------------------------------------

    def reasons(self, day: date) -> tuple[Reason, ...]:
        """Why that civil day differs from an ordinary working day, the main reason first."""
        if not self.members:
            return self._rules.plan(day).reasons
        if self.is_working_day(day):
            return ()
        every = (reason for member in self.members for reason in member.reasons(day))
        return tuple({reason.key: reason for reason in every}.values()) or (CLOSED,)

    def closed_reasons_us(self, start: int, end: int) -> tuple[Reason, ...]:
        """Why nothing is open in [start, end), each reason once: closed hours first, then by time.

        Ask only for a span without an open instant.
        """
        day, minute = divmod(self.wall_us(start) // MINUTE, MINUTES_A_DAY)
        last, upto = divmod(self.wall_us(end - 1) // MINUTE, MINUTES_A_DAY)
        found: dict[tuple[str, str], Reason] = {}
        while day <= last:
            civil = date.fromordinal(day + EPOCH_DAY)
            for reason in self.closed_reasons(civil, minute, upto if day == last else MINUTES_A_DAY):
                found.setdefault(reason.key, reason)
            day, minute = day + 1, 0
        return tuple(sorted(found.values(), key=lambda reason: reason is not CLOSED))

    def closed_reasons(self, day: date, start: int, end: int) -> tuple[Reason, ...]:
        """The same for minutes of one civil day; one of a union on which a member opens is just closed."""
        if not self.members:
            return self._rules.closed_reasons(day, start, end)
        if self.is_working_day(day):
            return (CLOSED,)
        return tuple(reason for member in self.members for reason in member.closed_reasons(day, start, end))

    # -- laying out -----------------------------------------------------------------------------

    def _open_spans(self, year: int) -> list[Span]:
        if not self.members:
            return year_windows(self.zone, year, lambda day: self._rules.plan(day).windows)
        turns = ZoneTurns(self.zone, range(year, year + 1))
        start, end = (turns.first_at((date(at, 1, 1).toordinal() - EPOCH_DAY) * DAY) for at in (year, year + 1))
        return merged(span for member in self.members for span in member.spans_us(start, end))


def compile_calendar(spec: CalendarSpec, members: Mapping[str, Calendar] | None = None) -> Calendar:
    """The calendar of that description; `members` holds at least those that a union names.

    Raises SpecError for a union of unknown calendars, NeverOpensError for one that stays closed
    for more than 366 days.
    """
    known = members or {}
    missing = [name for name in spec.union if name not in known]
    if missing:
        raise SpecError(f"{spec.name}: the union names {', '.join(missing)}, known are: {', '.join(known) or 'none'}")
    return Calendar(spec, tuple(known[name] for name in spec.union))


def always_open(zone: ZoneInfo, name: str = "always open") -> Calendar:
    """A calendar that never closes; its civil days are those of `zone`."""
    day = (Window(0, MINUTES_A_DAY),)
    return Calendar(CalendarSpec(name=name, zone=zone, weekly=dict.fromkeys(range(7), day)))


def _horizon(spec: CalendarSpec, members: tuple[Calendar, ...]) -> tuple[int, int]:
    """The years a calendar can answer for. A union loses one at each end: its members' years begin elsewhere."""
    if members:
        return max(m.years.horizon[0] for m in members) + 1, min(m.years.horizon[1] for m in members) - 1
    return spec.holidays.years if spec.holidays else (FIRST_YEAR, LAST_YEAR)
