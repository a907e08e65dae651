"""A calendar as a document (JSON or TOML values): how it is read, and what is stored of a version.

Keys: `name`, `zone`; `weekly` {"mon": [["08:00", "16:00"]], …}; `holidays`, either a rule
{"country": "NO", "categories": ["public"], "language": "no", "subdivision": null} or dates
{"from_year": 2024, "to_year": 2031, "dates": {"2026-05-25": "2. pinsedag"}}; `closures`, each with
a `name` and `iso_weeks` (and `years`), or `from` and `to` as MM-DD (every year) or as dates;
`limits` with `on` as MM-DD, date or {"easter": -4}, and `hours`; `extra` with `on` and `hours`;
or `union`, the names of its members. Names are one text, or one for each language.
Source: docs/counting.md, 12 and 13.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.sla.calendar import Calendar, compile_calendar
from models.sla.calendar_spec import (
    WEEKDAYS,
    CalendarSpec,
    Closure,
    DatesClosed,
    Easter,
    Extra,
    Holidays,
    Limit,
    Monthday,
    SpecError,
    WeeksClosed,
    Window,
    YearlyClosed,
    clock_text,
)
from models.sla.holiday_dates import FrozenHolidays, HolidayRule
from models.sla.reasons import Name

Document = Mapping[str, Any]
_KEYS = {"name", "zone", "weekly", "holidays", "closures", "limits", "extra", "union", "members", "versions"}
_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
_MONTHDAY = re.compile(r"(\d\d)-(\d\d)")
_LEAP_YEAR = 2024


# -- reading ----------------------------------------------------------------------------------


def parse_spec(document: Document) -> CalendarSpec:
    """The description in that document. Raises SpecError that names the key and what would be right."""
    name = document.get("name")
    if not isinstance(name, str) or not name:
        raise SpecError("a calendar needs a name")
    unknown = set(document) - _KEYS
    if unknown:
        raise SpecError(f"{name}: {', '.join(sorted(unknown))} is no key of a calendar; there are {', '.join(_KEYS)}")
    weekly = document.get("weekly", {})
    strange = set(weekly) - set(WEEKDAYS)
    if strange:
        raise SpecError(f"{name}: weekly.{', '.join(sorted(strange))} is no weekday; write {', '.join(WEEKDAYS)}")
    return CalendarSpec(
        name=name,
        zone=_zone(document.get("zone"), name),
        weekly={WEEKDAYS.index(day): parse_windows(hours, f"{name}: weekly.{day}") for day, hours in weekly.items()},
        holidays=_holidays(document.get("holidays"), name),
        closures=tuple(_closure(one, name) for one in document.get("closures", ())),
        limits=tuple(_limit(one, name) for one in document.get("limits", ())),
        extra=tuple(_extra(one, name) for one in document.get("extra", ())),
        union=tuple(document.get("union", ())),
    )


def _zone(value: object, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SpecError(f"{name}: zone {value!r} is unknown; write one such as Europe/Oslo") from error


def parse_windows(hours: Sequence[Sequence[str]], where: str) -> tuple[Window, ...]:
    """Windows from [["08:00", "11:30"], ["12:00", "16:00"]]."""
    windows = []
    for pair in hours:
        times = [_TIME.fullmatch(str(text)) for text in pair]
        if len(times) != len(Window._fields) or not all(times):
            raise SpecError(f'{where}: {pair!r} is no window; write ["08:00", "16:00"], until "24:00" at the latest')
        opens, closes = (int(time[1]) * 60 + int(time[2]) for time in times if time)
        windows.append(Window(opens, closes))
    return tuple(windows)


def _holidays(value: Document | None, name: str) -> Holidays | None:
    if not value:
        return None
    if "country" not in value:
        return _frozen(value, name)
    try:
        return HolidayRule(
            country=str(value["country"]),
            categories=tuple(value["categories"]),
            language=str(value["language"]),
            subdivision=value.get("subdivision"),
        )
    except KeyError as error:
        raise SpecError(f"{name}: holidays needs {error.args[0]}; its defaults have changed too often") from error
    except ValueError as error:
        raise SpecError(f"{name}: {error}") from error


def _frozen(value: Document, name: str) -> FrozenHolidays:
    dates = {_date(day, f"{name}: holidays"): str(text) for day, text in value.get("dates", value).items()}
    if "dates" not in value:
        return FrozenHolidays(dates)
    return FrozenHolidays(dates, int(value["from_year"]), int(value["to_year"]))


def _date(value: object, where: str) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise SpecError(f"{where}: {value!r} is no date; write YYYY-MM-DD") from error


def _day(value: object, where: str) -> date | Monthday:
    match = _MONTHDAY.fullmatch(str(value))
    if match is None:
        return _date(value, where)
    month, day = int(match[1]), int(match[2])
    try:
        date(_LEAP_YEAR, month, day)
    except ValueError as error:
        raise SpecError(f"{where}: {value!r} is no day of the year; write MM-DD") from error
    return Monthday(month, day)


def _closure(value: Document, calendar: str) -> Closure:
    where = f"{calendar}: closure {value.get('name')}"
    name: Name = value["name"]
    if "iso_weeks" in value:
        years = value.get("years")
        return WeeksClosed(name, frozenset(value["iso_weeks"]), frozenset(years) if years else None)
    first, last = _day(value.get("from"), where), _day(value.get("to"), where)
    if isinstance(first, Monthday) and isinstance(last, Monthday):
        return YearlyClosed(name, first, last)
    if isinstance(first, date) and isinstance(last, date) and first <= last:
        return DatesClosed(name, first, last)
    raise SpecError(f"{where}: from and to must both be MM-DD, or both dates in their order")


def _limit(value: Document, calendar: str) -> Limit:
    where = f"{calendar}: limit {value.get('name')}"
    on = value["on"]
    day = Easter(int(on["easter"])) if isinstance(on, Mapping) else _day(on, where)
    return Limit(value["name"], day, parse_windows(value["hours"], where))


def _extra(value: Document, calendar: str) -> Extra:
    where = f"{calendar}: extra {value.get('name')}"
    return Extra(value["name"], _date(value["on"], where), parse_windows(value["hours"], where))


# -- writing ----------------------------------------------------------------------------------


def expanded(calendar: Calendar, years: range) -> dict[str, Any]:
    """What a calendar version keeps: all its rules, with its holidays as dates of those years.

    Plain JSON values; `restored` makes the same calendar of it whatever the packages then say.
    """
    content = _content(calendar, years)
    content["versions"] = {"holidays": version("holidays"), "tzdata": version("tzdata")}
    return content


def restored(content: Document) -> Calendar:
    """The calendar of a stored version; it refuses questions outside the years it was stored for."""
    members = {member["name"]: restored(member) for member in content.get("members", ())}
    return compile_calendar(parse_spec(content), members)


def _content(calendar: Calendar, years: range) -> dict[str, Any]:
    spec = calendar.spec
    content: dict[str, Any] = {"name": spec.name, "zone": spec.zone.key}
    if spec.union:
        members = [_content(member, range(years[0] - 1, years[-1] + 2)) for member in calendar.members]
        return content | {"union": list(spec.union), "members": members}
    return content | {
        "weekly": {WEEKDAYS[day]: _hours(windows) for day, windows in sorted(spec.weekly.items())},
        "holidays": _dates(spec.holidays, years),
        "closures": [_closure_content(closure) for closure in spec.closures],
        "limits": [{"name": one.name, "on": _day_content(one.on), "hours": _hours(one.hours)} for one in spec.limits],
        "extra": [{"name": one.name, "on": one.on.isoformat(), "hours": _hours(one.hours)} for one in spec.extra],
    }


def _hours(windows: Sequence[Window]) -> list[list[str]]:
    return [[clock_text(window.opens), clock_text(window.closes)] for window in windows]


def _dates(source: Holidays | None, years: range) -> dict[str, Any] | None:
    if source is None:
        return None
    names = {day.isoformat(): name for year in years for day, name in source.names(year).items()}
    return {"from_year": years[0], "to_year": years[-1], "dates": names}


def _day_content(on: date | Monthday | Easter) -> str | dict[str, int]:
    if isinstance(on, Easter):
        return {"easter": on.days}
    return f"{on.month:02d}-{on.day:02d}" if isinstance(on, Monthday) else on.isoformat()


def _closure_content(closure: Closure) -> dict[str, Any]:
    if isinstance(closure, WeeksClosed):
        years = {"years": sorted(closure.years)} if closure.years else {}
        return {"name": closure.name, "iso_weeks": sorted(closure.weeks), **years}
    span = cast("YearlyClosed | DatesClosed", closure)
    return {"name": span.name, "from": _day_content(span.first), "to": _day_content(span.last)}
