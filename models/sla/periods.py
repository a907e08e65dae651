"""The periods over which availability is measured: months, years and the last twelve months, in a zone.

A period is written "2026-11", "2026" or "12m". Its ends are instants: a month with a change of clocks
is an hour shorter or longer. Months are calendar months, clipped (29 February - 12 months = 28
February). Source: docs/rules.md, 7.
"""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.sla.contract import PeriodKind

ROLLING = "12m"
_WRITTEN = re.compile(r"^(\d{4})(?:-(\d{2}))?$")
_FIRST_YEAR, _LAST_YEAR = 1970, 2999
_DECEMBER = 12

INSTANT = timedelta(microseconds=1)
"""The smallest step of time that is told apart: an end is exclusive, so the last instant is this much before it."""


class PeriodError(ValueError):
    """A text names no period. The message says what would."""


class ToComeError(PeriodError):
    """The period has not begun: nothing can be said of it."""


@dataclass(frozen=True, slots=True)
class Period:
    """From an instant to another, exclusive, in UTC. `key` is how it is written."""

    key: str
    kind: PeriodKind
    begins: datetime
    ends: datetime

    def within(self, since: date | None, until: date | None, zone: ZoneInfo) -> "Period":
        """The part of it from a civil day on, until another, exclusive: an agreement may have begun in its midst.

        Without any such part it is empty, from its beginning to its beginning.
        """
        begins = max(self.begins, _midnight(since, zone)) if since else self.begins
        ends = min(self.ends, _midnight(until, zone)) if until else self.ends
        if ends <= begins:
            return replace(self, begins=self.begins, ends=self.begins)
        return replace(self, begins=begins, ends=ends)


def parse_period(text: str, zone: ZoneInfo, now: datetime) -> Period:
    """The period that a text names: "2026-11", "2026", or "12m", the twelve months until now.

    Raises:
        PeriodError: it names none.
        ToComeError: it has not begun.
    """
    if text == ROLLING:
        return last_12_months(zone, now)
    found = _WRITTEN.match(text)
    year, month = (int(found[1]), int(found[2] or 0)) if found else (0, 0)
    if found is None or not _FIRST_YEAR <= year <= _LAST_YEAR or month > _DECEMBER or found[2] == "00":
        message = f'"{text}" is no period; write a month such as 2026-11, a year such as 2026, or 12m'
        raise PeriodError(message)
    period = _month(year, month, zone) if month else _year(year, zone)
    if period.begins > now:
        message = f"{text} has not begun; write an earlier period, or 12m"
        raise ToComeError(message)
    return period


def period_of(kind: PeriodKind, at: datetime, zone: ZoneInfo) -> Period:
    """The period of that kind that an instant falls in; the last twelve months end with it."""
    day = at.astimezone(zone).date()
    if kind is PeriodKind.CALENDAR_MONTH:
        return _month(day.year, day.month, zone)
    return _year(day.year, zone) if kind is PeriodKind.CALENDAR_YEAR else last_12_months(zone, at)


def periods_touched(kind: PeriodKind, begins: datetime, ends: datetime, zone: ZoneInfo) -> tuple[Period, ...]:
    """The calendar periods of that kind that a span touches, in order."""
    found = [period_of(kind, begins, zone)]
    while found[-1].ends < ends:
        found.append(period_of(kind, found[-1].ends, zone))
    return tuple(found)


def last_12_months(zone: ZoneInfo, now: datetime) -> Period:
    """From the same wall time twelve months earlier until now."""
    here = now.astimezone(zone)
    day = _earlier(here.date(), 1)
    begins = datetime.combine(day, here.time(), zone)
    return Period(ROLLING, PeriodKind.ROLLING_12_MONTHS, begins.astimezone(UTC), now.astimezone(UTC))


def months_until(zone: ZoneInfo, now: datetime, count: int = _DECEMBER) -> tuple[Period, ...]:
    """That many calendar months, the last of them the present one."""
    months = [period_of(PeriodKind.CALENDAR_MONTH, now, zone)]
    while len(months) < count:
        months.append(period_of(PeriodKind.CALENDAR_MONTH, months[-1].begins - timedelta(microseconds=1), zone))
    return tuple(reversed(months))


def _month(year: int, month: int, zone: ZoneInfo) -> Period:
    following = date(year + month // _DECEMBER, month % _DECEMBER + 1, 1)
    begins, ends = _midnight(date(year, month, 1), zone), _midnight(following, zone)
    return Period(f"{year:04}-{month:02}", PeriodKind.CALENDAR_MONTH, begins, ends)


def _year(year: int, zone: ZoneInfo) -> Period:
    begins, ends = _midnight(date(year, 1, 1), zone), _midnight(date(year + 1, 1, 1), zone)
    return Period(f"{year:04}", PeriodKind.CALENDAR_YEAR, begins, ends)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The beginning of a civil day; where the clock skips it, the instant it jumps to."""
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def _earlier(day: date, years: int) -> date:
    year = day.year - years
    return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))
