"""The text of an iCalendar file, taken apart into events within bounds. Loads `icalendar`.

Only the properties that say who and when are parsed. Time zones are known by name: the rules that a file brings for
them are left out, because expanding them is open to abuse.
Source: RFC 5545, 3.4 to 3.6.1 and 3.8.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from models.rota.shift import RotaError

LARGEST = 1_000_000
MOST_EVENTS = 5_000
MOST_LINES = 40_000
MOST_RULES = 100
YEARS = range(1971, 2200)
_OURS = frozenset({"VCALENDAR", "VEVENT"})
_FOLD = re.compile(r"\r?\n[ \t]")
_KEPT = frozenset({
    "UID", "SUMMARY", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS",
    "ATTENDEE",
})  # fmt: skip
_ONCE = _KEPT - {"ATTENDEE", "RDATE", "EXDATE"}


@dataclass(frozen=True, slots=True)
class Unread:
    """An event that became no shift, and why."""

    uid: str
    summary: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event: wall times in its zone. `instead_of` is the wall time of the occurrence that it replaces."""

    uid: str
    summary: str
    addresses: tuple[str, ...]
    zone: ZoneInfo
    start: datetime
    end: datetime
    rule: str | None
    further: tuple[datetime, ...]
    without: frozenset[datetime]
    instead_of: datetime | None
    cancelled: bool


def events_of(text: str, zone: ZoneInfo) -> Iterator[Event | Unread]:
    """Every event of the file, in its order; floating times and whole days are those of `zone`.

    Raises RotaError when the text is no calendar or larger than the bounds above.
    """
    try:
        calendar = Calendar.from_ical(_reduced(text))
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        raise RotaError(f"this is no iCalendar file: {_short(str(error), 200)}") from error
    for component in calendar.walk("VEVENT"):
        try:
            yield _event(component, zone)
        except (ValueError, OverflowError) as error:
            yield Unread(_text(component, "UID"), _text(component, "SUMMARY"), _short(str(error), 300))


def _reduced(text: str) -> str:
    """The file's events with the properties that matter, or RotaError when there is too much of it."""
    if len(text) > LARGEST:
        raise RotaError(f"the calendar is {len(text):,} characters long; at most {LARGEST:,} are read")
    lines = list(_lines(_FOLD.sub("", text.removeprefix("\ufeff"))))
    if not lines or lines[0].upper() != "BEGIN:VCALENDAR":
        raise RotaError("this is no iCalendar file: it does not begin with BEGIN:VCALENDAR")
    bounds = (
        (len(lines), MOST_LINES, "lines that matter"),
        (sum(line.upper() == "BEGIN:VEVENT" for line in lines), MOST_EVENTS, "events"),
        (sum(_name(line) == "RRULE" for line in lines), MOST_RULES, "events that repeat"),
    )
    for count, most, what in bounds:
        if count > most:
            raise RotaError(f"the calendar has {count:,} {what}; at most {most:,} are read")
    return "\r\n".join([*lines, ""])


def _lines(text: str) -> Iterator[str]:
    """The unfolded lines of the calendar and its events, without other components."""
    inside: list[str] = []
    foreign = 0
    for line in text.splitlines():
        border, _, component = line.strip().upper().partition(":")
        if border == "BEGIN":
            inside.append(component)
            foreign += component not in _OURS
        if not foreign and (border in {"BEGIN", "END"} or (inside[-1:] == ["VEVENT"] and _name(line) in _KEPT)):
            yield line.strip()
        if border == "END" and inside[-1:] == [component]:
            foreign -= inside.pop() not in _OURS


def _name(line: str) -> str:
    return re.split("[;:]", line, maxsplit=1)[0].strip().upper()


def _event(component: Any, zone: ZoneInfo) -> Event:  # noqa: ANN401 - icalendar's components are half typed
    for name, error in component.errors:
        message = f"{name or 'a line'} cannot be read: {error}"
        raise ValueError(message)
    twice = sorted(name for name in _ONCE if len(_several(component, name)) > 1)
    if twice:
        message = f"{', '.join(twice)} is there more than once"
        raise ValueError(message)
    if "DTSTART" not in component:
        message = "DTSTART is missing"
        raise ValueError(message)
    start, zone = _wall(component["DTSTART"], zone)
    rule = component["RRULE"].to_ical().decode() if "RRULE" in component else None
    return Event(
        uid=_text(component, "UID"),
        summary=_text(component, "SUMMARY"),
        addresses=tuple(str(each).lower().removeprefix("mailto:") for each in _several(component, "ATTENDEE")),
        zone=zone,
        start=start,
        end=_end(component, start, zone),
        rule=_with_wall_until(rule, zone) if rule else None,
        further=tuple(_walls(component, "RDATE", zone)),
        without=frozenset(_walls(component, "EXDATE", zone)),
        instead_of=_instead_of(component, zone),
        cancelled=_text(component, "STATUS").upper() == "CANCELLED",
    )


def _end(component: Any, start: datetime, zone: ZoneInfo) -> datetime:  # noqa: ANN401
    if "DTEND" in component:
        end = _in_zone(*_wall(component["DTEND"], zone), zone)
    elif "DURATION" in component:
        end = start + component["DURATION"].dt
    elif isinstance(component["DTSTART"].dt, datetime):
        end = start
    else:
        end = start + timedelta(days=1)
    if end <= start:
        message = f"ends at {end.isoformat()}, which is not after its start, {start.isoformat()}"
        raise ValueError(message)
    return _plausible(end)


def _wall(value: Any, zone: ZoneInfo) -> tuple[datetime, ZoneInfo]:  # noqa: ANN401
    """A date or time as wall time and the zone of that wall."""
    at = value.dt
    if isinstance(at, datetime):
        if at.tzinfo is None and "TZID" in value.params:
            message = f'there is no time zone "{value.params["TZID"]}"'
            raise ValueError(message)
        named = at.tzinfo if isinstance(at.tzinfo, ZoneInfo) else zone
        wall = _plausible(at).astimezone(named) if at.tzinfo else _plausible(at)
        return wall.replace(tzinfo=None, fold=0), named
    if isinstance(at, date):
        return _plausible(datetime.combine(at, time())), zone
    message = f"{at!r} is no date or time"
    raise ValueError(message)


def _plausible(wall: datetime) -> datetime:
    if wall.year not in YEARS:
        message = f"{wall.isoformat()} is not in the years {YEARS[0]} to {YEARS[-1]}"
        raise ValueError(message)
    return wall


def _in_zone(wall: datetime, own: ZoneInfo, zone: ZoneInfo) -> datetime:
    """The same instant on the wall of another zone."""
    return wall if own == zone else wall.replace(tzinfo=own).astimezone(zone).replace(tzinfo=None, fold=0)


def _walls(component: Any, name: str, zone: ZoneInfo) -> Iterator[datetime]:  # noqa: ANN401
    for dates in _several(component, name):
        for value in dates.dts:
            value.params = dates.params
            yield _in_zone(*_wall(value, zone), zone)


def _instead_of(component: Any, zone: ZoneInfo) -> datetime | None:  # noqa: ANN401
    if "RECURRENCE-ID" not in component:
        return None
    if "RANGE" in component["RECURRENCE-ID"].params:
        message = "RECURRENCE-ID with RANGE changes all that follow; split the event into two instead"
        raise ValueError(message)
    return _in_zone(*_wall(component["RECURRENCE-ID"], zone), zone)


def _with_wall_until(rule: str, zone: ZoneInfo) -> str:
    """The rule with its UNTIL on the wall of the event; a date is that whole day, one too late for us is left out."""
    parts = dict(part.partition("=")[::2] for part in rule.upper().split(";"))
    until = parts.get("UNTIL")
    if until and until > f"{YEARS[-1]}":
        del parts["UNTIL"]
    elif until and "T" not in until:
        parts["UNTIL"] = f"{until}T235959"
    elif until and until.endswith("Z"):
        at = datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)
        parts["UNTIL"] = f"{at:%Y%m%dT%H%M%S}"
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _several(component: Any, name: str) -> list[Any]:  # noqa: ANN401
    found = component.get(name, [])
    return found if isinstance(found, list) else [found]


def _text(component: Any, name: str) -> str:  # noqa: ANN401
    found = _several(component, name)
    return _short(str(found[0]), 200) if found else ""


def _short(text: str, most: int) -> str:
    shown = "".join(each if each.isprintable() else " " for each in text)
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"
