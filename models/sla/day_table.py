"""Tables of opening hours as integers: microseconds of UTC, prefix sums, and bisect over them.

An instant is open when its wall time is inside a window, so a civil day is laid over every
stretch of constant UTC offset it meets: a night of 22:00-06:00 is 7 h long in spring and 9 h in
autumn, and a border in the repeated hour opens twice. Source: docs/counting.md, 1.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from models.sla.calendar_spec import Window

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = date(1970, 1, 1).toordinal()
SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE
Span = tuple[int, int]


class NaiveInstantError(ValueError):
    """A datetime without a zone was given: say which instant is meant."""


def microseconds(at: datetime) -> int:
    """The instant as microseconds since 1970 in UTC, whatever its zone; naive ones are refused."""
    try:
        span = at - EPOCH
    except TypeError as error:
        raise NaiveInstantError(f"{at.isoformat()} has no zone; give an offset such as +01:00 or Z") from error
    return (span.days * 86400 + span.seconds) * SECOND + span.microseconds


def instant(us: int) -> datetime:
    """The aware UTC datetime of an integer instant."""
    return EPOCH + timedelta(0, 0, us)


def length(amount: timedelta) -> int:
    """A duration in microseconds."""
    return (amount.days * 86400 + amount.seconds) * SECOND + amount.microseconds


@lru_cache(maxsize=2048)
def _turns(zone: ZoneInfo, year: int) -> tuple[Span, ...]:
    """Where the zone's offset changes in that year and two days around: (from this instant, offset)."""
    first = (date(year, 1, 1).toordinal() - EPOCH_DAY - 2) * DAY
    last = (date(year + 1, 1, 1).toordinal() - EPOCH_DAY + 2) * DAY
    turns = [(first, _offset(zone, first))]
    for at in range(first + DAY, last + 1, DAY):
        offset = _offset(zone, at)
        if offset != turns[-1][1]:
            turns.append((_change(zone, at - DAY, at), offset))
    return tuple(turns)


def _offset(zone: ZoneInfo, us: int) -> int:
    offset = instant(us).astimezone(zone).utcoffset()
    return length(offset) if offset else 0


def _change(zone: ZoneInfo, low: int, high: int) -> int:
    """The first whole second in (low, high] that has the offset of `high`."""
    goal = _offset(zone, high)
    while high - low > SECOND:
        middle = (low + high) // 2 // SECOND * SECOND
        low, high = (low, middle) if _offset(zone, middle) == goal else (middle, high)
    return high


class ZoneTurns:
    """The stretches of constant offset of one zone over some years, in order."""

    def __init__(self, zone: ZoneInfo, years: range) -> None:
        """Join the years' turns, leaving out those that change nothing."""
        self.starts: list[int] = []
        self.offsets: list[int] = []
        for year in years:
            for start, offset in _turns(zone, year):
                fresh = not self.starts or (start > self.starts[-1] and offset != self.offsets[-1])
                if fresh:
                    self.starts.append(start)
                    self.offsets.append(offset)

    def ends(self, index: int) -> int:
        """Where that stretch ends; the last one never does."""
        return self.starts[index + 1] if index + 1 < len(self.starts) else 1 << 62

    def wall(self, us: int) -> int:
        """Wall time at that instant, in microseconds since 1970-01-01 00:00 on the wall."""
        return us + self.offsets[max(bisect_right(self.starts, us) - 1, 0)]

    def first_at(self, wall: int) -> int:
        """The first instant whose wall time is that or later.

        That is the first pass of a repeated hour, and the end of a skipped one.
        """
        index = max(bisect_right(self.starts, wall - DAY) - 1, 0)
        while wall >= self.ends(index) + self.offsets[index]:
            index += 1
        return max(wall - self.offsets[index], self.starts[index])

    def day_of(self, us: int) -> int:
        """The ordinal of the civil date at that instant."""
        return self.wall(us) // DAY + EPOCH_DAY


def year_windows(zone: ZoneInfo, year: int, plan: Callable[[date], Sequence[Window]]) -> list[Span]:
    """The open spans of the instants whose civil date is in that year, merged and in order."""
    turns = ZoneTurns(zone, range(year, year + 1))
    first, last = date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()
    windows = [plan(date.fromordinal(day)) for day in range(first, last)]
    base = first - EPOCH_DAY
    spans = []
    for index, offset in enumerate(turns.offsets):
        low, high = turns.starts[index], turns.ends(index)
        from_day = max((low + offset) // DAY - base, 0)
        to_day = min((high + offset - 1) // DAY - base + 1, last - first)
        for day in range(from_day, to_day):
            midnight = (base + day) * DAY - offset
            for window in windows[day]:
                opens = max(midnight + window.opens * MINUTE, low)
                closes = min(midnight + window.closes * MINUTE, high)
                if opens < closes:
                    spans.append((opens, closes))
    return merged(spans)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The union of the spans, in order, with touching ones joined."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def minus(span: Span, holes: Iterable[Span]) -> list[Span]:
    """What is left of a span without the holes, which are in order and apart from each other."""
    left = []
    start, end = span
    for low, high in holes:
        if start < min(low, end):
            left.append((start, min(low, end)))
        start = max(start, high)
    if start < end:
        left.append((start, end))
    return left


@dataclass(slots=True)
class Days:
    """The working days: ordinals of civil dates, and the first opening and last closing of each."""

    ordinals: list[int]
    opens: list[int]
    closes: list[int]


def working_days(spans: Iterable[Span], turns: ZoneTurns) -> Days:
    """Every civil date with an open instant."""
    found: dict[int, Span] = {}
    for start, end in spans:
        index = max(bisect_right(turns.starts, start) - 1, 0)
        at = start
        while at < end:
            offset, ends = turns.offsets[index], turns.ends(index)
            day = (at + offset) // DAY
            upto = min((day + 1) * DAY - offset, ends, end)
            first, last = found.get(day, (at, upto))
            found[day] = (min(first, at), max(last, upto))
            index += upto == ends
            at = upto
    days = sorted(found)
    return Days([day + EPOCH_DAY for day in days], [found[day][0] for day in days], [found[day][1] for day in days])


class Table:
    """All open spans of some whole civil years: immutable, so threads may share it.

    `sums[i]` is the open time before span i; the last element is all of it.
    """

    __slots__ = ("closes", "days", "end", "opens", "start", "sums", "turns", "years")

    def __init__(self, zone: ZoneInfo, years: range, spans: Iterable[Span]) -> None:
        """Build the columns from the spans of those years."""
        self.years = years
        self.turns = ZoneTurns(zone, years)
        self.start = self.turns.first_at((date(years[0], 1, 1).toordinal() - EPOCH_DAY) * DAY)
        self.end = self.turns.first_at((date(years[-1] + 1, 1, 1).toordinal() - EPOCH_DAY) * DAY)
        joined = merged(spans)
        self.opens = [start for start, _ in joined]
        self.closes = [end for _, end in joined]
        self.sums = [0]
        for start, end in joined:
            self.sums.append(self.sums[-1] + end - start)
        self.days = working_days(joined, self.turns)

    def spans(self, start: int, end: int) -> list[Span]:
        """The open spans inside [start, end), cut at its ends."""
        low = bisect_right(self.closes, start)
        high = bisect_left(self.opens, end)
        return [
            (max(opens, start), min(closes, end))
            for opens, closes in zip(self.opens[low:high], self.closes[low:high], strict=True)
        ]

    def before(self, us: int) -> int:
        """Open time from the table's start to that instant, in microseconds."""
        index = bisect_right(self.opens, us)
        if not index:
            return 0
        return self.sums[index] - max(self.closes[index - 1] - us, 0)

    def after(self, us: int, amount: int) -> int | None:
        """The earliest instant by which that much open time (above 0) has passed; None when the table ends before."""
        if us < self.start:
            return None
        index = bisect_right(self.opens, us)
        goal = self.sums[index] + amount
        if index and us < self.closes[index - 1]:
            goal += us - self.closes[index - 1]
        if goal > self.sums[-1]:
            return None
        index = bisect_left(self.sums, goal, index)
        return self.closes[index - 1] - self.sums[index] + goal

    def longest_gap(self) -> Span:
        """The longest stretch without an opening."""
        edges = zip([self.start, *self.closes], [*self.opens, self.end], strict=True)
        return max(edges, key=lambda edge: edge[1] - edge[0])
