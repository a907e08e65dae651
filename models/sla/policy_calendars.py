"""From the calendars of a policy file to compiled ones, each compiled when first asked for."""

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from models.sla.calendar import Calendar, compile_calendar
from models.sla.calendar_spec import (
    CalendarSpec,
    Closure,
    DatesClosed,
    Easter,
    Extra,
    Limit,
    Monthday,
    WeeksClosed,
    Window,
    YearlyClosed,
)
from models.sla.holiday_dates import HolidayRule
from models.sla.policy_schema import CalendarFile, ClosureFile, HolidaysFile, LimitFile, PolicyFile
from models.sla.policy_values import DAYS, parse_days, parse_window


class Calendars(Mapping[str, Calendar]):
    """The calendars of a contract by name. Compiling waits until a calendar is asked for."""

    def __init__(self, specs: Mapping[str, CalendarSpec]) -> None:
        self._specs = specs
        self._compiled: dict[str, Calendar] = {}

    def __getitem__(self, name: str) -> Calendar:
        compiled = self._compiled.get(name)
        if compiled is None:
            spec = self._specs[name]
            compiled = compile_calendar(spec, {member: self[member] for member in spec.union})
            self._compiled[name] = compiled
        return compiled

    def __iter__(self) -> Iterator[str]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)


def calendar_specs(file: PolicyFile) -> dict[str, CalendarSpec]:
    """What each calendar of the file is made of. Raises ValueError, its message naming the calendar."""
    return {name: _spec(name, calendar, file.zone) for name, calendar in file.calendars.items()}


def _spec(name: str, calendar: CalendarFile, zone: str) -> CalendarSpec:
    return CalendarSpec(
        name=name,
        zone=ZoneInfo(calendar.zone or zone),
        weekly=_weekly(calendar),
        holidays=_holidays(calendar.holidays),
        closures=tuple(closure for each in calendar.closures for closure in _closures(each)),
        limits=tuple(_limit(limit) for limit in calendar.limits),
        extra=tuple(Extra(extra.name.text, extra.on, _windows(extra.hours)) for extra in calendar.extra),
        union=tuple(calendar.union),
    )


def _weekly(calendar: CalendarFile) -> dict[int, tuple[Window, ...]]:
    return {DAYS.index(day): _windows(hours) for days, hours in calendar.weekly.items() for day in parse_days(days)}


def _windows(hours: list[str]) -> tuple[Window, ...]:
    return tuple(Window(*parse_window(each)) for each in hours)


def _holidays(holidays: HolidaysFile | None) -> HolidayRule | None:
    if holidays is None:
        return None
    return HolidayRule(holidays.country, tuple(holidays.categories), holidays.language, holidays.subdivision)


def _closures(closure: ClosureFile) -> list[Closure]:
    name = closure.name.text
    if closure.iso_weeks:
        return [WeeksClosed(name, frozenset(closure.iso_weeks))]
    if closure.start and closure.end:
        return [YearlyClosed(name, _monthday(closure.start), _monthday(closure.end))]
    return [DatesClosed(name, day, day) for day in closure.dates]


def _monthday(text: str) -> Monthday:
    month, day = text.split("-")
    return Monthday(int(month), int(day))


def _limit(limit: LimitFile) -> Limit:
    name, hours = limit.name.text, _windows(limit.hours)
    if limit.on_date:
        return Limit(name, limit.on_date, hours)
    if limit.easter is not None:
        return Limit(name, Easter(limit.easter), hours)
    return Limit(name, _monthday(limit.on or ""), hours)
