"""An oracle that shares no code with the clock: it walks minute by minute and reads the document.

Right for starts and pauses on whole minutes and zones whose offsets are whole minutes.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.easter import easter

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE = timedelta(minutes=1)
Document = Mapping[str, Any]


def is_open(document: Document, at: datetime) -> bool:
    """Whether the minute that begins at this instant is open, by the wall time it shows."""
    wall = at.astimezone(ZoneInfo(document["zone"]))
    text = wall.strftime("%H:%M")
    return any(opens <= text < closes for opens, closes in _hours(document, wall.date(), text))


def _hours(document: Document, day: date, text: str) -> list[list[str]]:
    for extra in document.get("extra", ()):
        if extra["on"] == day.isoformat():
            hours: list[list[str]] = extra["hours"]
            return hours
    if day.isoformat() in document.get("holidays", {}) or any(
        _closed(one, day) for one in document.get("closures", ())
    ):
        return []
    if any(not _within(limit, day, text) for limit in document.get("limits", ())):
        return []
    weekly: list[list[str]] = document["weekly"].get(WEEKDAYS[day.weekday()], [])
    return weekly


def _closed(closure: Document, day: date) -> bool:
    if "iso_weeks" in closure:
        return int(day.strftime("%V")) in closure["iso_weeks"]
    first, last, this = closure["from"], closure["to"], day.strftime("%m-%d")
    return first <= this <= last if first <= last else not last < this < first


def _within(limit: Document, day: date, text: str) -> bool:
    on = limit["on"]
    if isinstance(on, dict):
        covers = day - easter(day.year) == timedelta(days=on["easter"])
    else:
        covers = on in {day.isoformat(), day.strftime("%m-%d")}
    return not covers or any(opens <= text < closes for opens, closes in limit["hours"])


def minutes(start: datetime) -> Iterator[datetime]:
    """Every minute from that instant on, for at most 21 days."""
    at = start.astimezone(UTC)
    return (at + n * MINUTE for n in range(21 * 24 * 60))


def elapsed(document: Document, start: datetime, end: datetime) -> timedelta:
    """Open time by counting minutes."""
    return sum((MINUTE for at in _until(start, end) if is_open(document, at)), timedelta())


def _until(start: datetime, end: datetime) -> Iterator[datetime]:
    for at in minutes(start):
        if at >= end:
            return
        yield at


def due(
    document: Document, start: datetime, amount: timedelta, pauses: Sequence[tuple[datetime, datetime]] = ()
) -> datetime | None:
    """When that much open, unpaused time has passed; None when 21 days are not enough."""
    left = amount
    for at in minutes(start):
        if left <= timedelta():
            return at
        if is_open(document, at) and not any(low <= at < high for low, high in pauses):
            left -= MINUTE
    return None


def closing_after(document: Document, start: datetime, days: int) -> datetime | None:
    """Closing of the n-th working day after the civil date of the start; of the same day for 0."""
    zone = ZoneInfo(document["zone"])
    dates: list[date] = [start.astimezone(zone).date()] if days else []
    last = None
    for at in minutes(start):
        if is_open(document, at):
            day = at.astimezone(zone).date()
            if day not in dates:
                if len(dates) > days:
                    return last
                dates.append(day)
            last = at + MINUTE
    return None
