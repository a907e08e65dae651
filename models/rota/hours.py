"""When a layer is on call at all: weekly windows, and the hours inside or outside a contract's calendar.

A window's ends are wall times like a handover: one that is skipped is the instant the clock jumps to, one that is
repeated is its first pass. So two layers that meet at a wall time meet at one instant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from models.sla.calendar import Calendar
from models.sla.day_table import DAY, EPOCH_DAY, MINUTE, Span, ZoneTurns, instant, merged, minus
from models.sla.years import BeyondHorizonError


@dataclass(frozen=True, slots=True)
class Weekly:
    """The same window on some weekdays (Monday is 0), in minutes; it closes after 1440 when it crosses midnight."""

    days: frozenset[int]
    opens: int
    closes: int

    def spans(self, zone: ZoneInfo, low: int, high: int) -> list[Span]:
        """Its spans that touch [low, high)."""
        spans = []
        for day in range(_day_of(zone, low) - 1, _day_of(zone, high) + 1):
            if (day + EPOCH_DAY - 1) % 7 in self.days:
                midnight = day * DAY
                opens = first_at(zone, midnight + self.opens * MINUTE)
                closes = first_at(zone, midnight + self.closes * MINUTE)
                if opens < closes:
                    spans.append((opens, closes))
        return spans


@dataclass(frozen=True, slots=True)
class HoursOf:
    """Inside a calendar's opening hours, or outside them: nights, weekends and holidays."""

    name: str
    calendar: Calendar
    outside: bool = False

    def spans(self, _zone: ZoneInfo, low: int, high: int) -> list[Span]:
        """Its spans in [low, high), as far as the calendar knows its holidays."""
        low, high = self._known(low, high)
        opened = self.calendar.spans_us(low, high)
        return minus((low, high), opened) if self.outside else opened

    def _known(self, low: int, high: int) -> Span:
        """The part of [low, high) inside the calendar's years: a turn may reach over the last one it knows."""
        first, last = self.calendar.years.horizon
        begins, ends = (instant(us).astimezone(self.calendar.zone).year for us in (low, high - 1))
        if ends < first or begins > last:
            raise BeyondHorizonError(f"{self.name} is known for {first} to {last}; the rota needs {begins}")
        if begins < first:
            low = self.calendar.first_at_us(date(first, 1, 1), 0)
        if ends > last:
            high = self.calendar.first_at_us(date(last, 12, 31), DAY)
        return low, high


Restriction = Weekly | HoursOf


def covered(restrictions: Sequence[Restriction], zone: ZoneInfo, span: Span) -> list[Span]:
    """When at least one restriction holds, in order and apart from each other; all of it when there is none."""
    low, high = span
    if not restrictions:
        return [span]
    joined = merged(one for restriction in restrictions for one in restriction.spans(zone, low, high))
    return [(max(start, low), min(end, high)) for start, end in joined if start < high and end > low]


def first_at(zone: ZoneInfo, wall: int) -> int:
    """The first instant whose wall time (microseconds since 1970 on that wall) is that or later."""
    return _turns(zone, date.fromordinal(wall // DAY + EPOCH_DAY).year).first_at(wall)


def first_at_wall(zone: ZoneInfo, wall: datetime) -> int:
    """The same for a naive datetime."""
    span = wall - datetime(1970, 1, 1)  # noqa: DTZ001 - wall time
    return first_at(zone, span.days * DAY + span.seconds * 1_000_000 + span.microseconds)


def _day_of(zone: ZoneInfo, us: int) -> int:
    """The civil day at that instant, in days since 1970."""
    return _turns(zone, date.fromordinal(us // DAY + EPOCH_DAY).year).wall(us) // DAY


@lru_cache(maxsize=1024)
def _turns(zone: ZoneInfo, year: int) -> ZoneTurns:
    return ZoneTurns(zone, range(year, year + 1))
