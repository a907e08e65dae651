"""From the calendars of a policy file to compiled ones, each compiled when first asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
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

    def __init__(self, specs: Mapping[str, CalendarSpec], compiled: Mapping[str, Calendar] | None = None) -> None:
        self.specs = specs
        self._compiled = dict(compiled or {})

    def __getitem__(self, name: str) -> Calendar:
        compiled = self._compiled.get(name)
        if compiled is None:
            spec = self.specs[name]
            compiled = compile_calendar(spec, {member: self[member] for member in spec.union})
            self._compiled[name] = compiled
        return compiled

    def __iter__(self) -> Iterator[str]:
        return iter(self.specs)

    def __len__(self) -> int:
        return len(self.specs)


def with_changes(
    stored: Mapping[str, Calendar], before: Mapping[str, CalendarSpec], after: Mapping[str, CalendarSpec]
) -> Calendars:
    """Stored calendars with what changed of their description between `before` and `after`, and nothing else.

    What did not change counts as it was stored, dates of holidays included, whatever the packages say today.
    """
    specs = {name: _changed(stored, before, spec) for name, spec in after.items()}
    touched = {name for name, spec in specs.items() if name not in stored or spec != stored[name].spec}
    touched |= {name for name, spec in specs.items() if touched.intersection(spec.union)}
    return Calendars(specs, {name: stored[name] for name in specs if name not in touched})


def with_facts(stored: Mapping[str, Calendar], today: Mapping[str, CalendarSpec]) -> Calendars:
    """Stored calendars with the facts about opening of today: closures, half days, extra openings, holidays.

    The hours of the week are terms of the contract and stay. Source: docs/counting.md, 13.
    """
    specs = {
        name: replace(calendar.spec, **{fact: getattr(today[name], fact) for fact in FACTS})
        if name in today and not calendar.spec.union and not today[name].union
        else calendar.spec
        for name, calendar in stored.items()
    }
    return Calendars(specs)


FACTS = ("holidays", "closures", "limits", "extra")


def _changed(stored: Mapping[str, Calendar], before: Mapping[str, CalendarSpec], spec: CalendarSpec) -> CalendarSpec:
    if spec.name not in before or spec.name not in stored:
        return spec
    old = before[spec.name]
    new = {each.name: getattr(spec, each.name) for each in fields(spec)}
    return replace(
        stored[spec.name].spec, **{name: value for name, value in new.items() if value != getattr(old, name)}
    )


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
