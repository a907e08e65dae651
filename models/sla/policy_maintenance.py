"""`[maintenance]` of a policy file: what its rules must say, and what they become."""

from collections.abc import Iterator
from datetime import timedelta

from models.sla.calendar_spec import SpecError, Window, check_windows
from models.sla.maintenance_rules import FORESEEN, Limit, MaintenanceKind, MaintenanceRule, MaintenanceTerms
from models.sla.policy_schema import MaintenanceFile, MaintenanceRuleFile, ReadingWords
from models.sla.policy_values import DAYS, parse_amount, parse_days, parse_window

AMOUNTS = frozenset({Limit.LONGEST, Limit.PUNCTUAL})
COUNTS = frozenset({Limit.PLANNED_DAYS, Limit.TOLD_DAYS, Limit.TOLD_WORKING_DAYS, Limit.PER_QUARTER})


def maintenance_problems(file: MaintenanceFile, calendars: list[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with the rules: the key where it stands, and what would be right."""
    for name, rule in file.rules.items():
        key = f"maintenance.rules.{name}"
        yield from _limits(rule, key)
        yield from _names(rule, key, calendars)
    try:
        _windows(file)
    except SpecError as error:
        yield "maintenance.windows", str(error)


def _limits(rule: MaintenanceRuleFile, key: str) -> Iterator[tuple[str, str]]:
    limits = _given(rule)
    if len(limits) != 1:
        yield key, f"({rule.clause}) needs exactly one of {', '.join(Limit)}"
    elif MaintenanceKind.UNPLANNED in rule.kinds and limits != [Limit.TOLD_AT_ONCE]:
        yield f"{key}.kinds", f'({rule.clause}) names "unplanned", which is never refused; only told_at_once may'
    elif limits[0] in AMOUNTS and not parse_amount(str(getattr(rule, limits[0]))):
        yield f"{key}.{limits[0]}", f"is no time at all; {rule.clause} needs at least a minute"


def _names(rule: MaintenanceRuleFile, key: str, calendars: list[str]) -> Iterator[tuple[str, str]]:
    named = rule.outside or rule.calendar
    if named is not None and named not in calendars:
        field = "outside" if rule.outside else "calendar"
        yield f"{key}.{field}", f'names calendar "{named}"; there is {", ".join(calendars)}'
    if (rule.told_working_days is None) is not (rule.calendar is None):
        yield f"{key}.calendar", f"goes with told_working_days; {rule.clause} needs both or neither"


def _given(rule: MaintenanceRuleFile) -> list[Limit]:
    return [limit for limit in Limit if getattr(rule, limit)]


def maintenance_terms(file: MaintenanceFile | None) -> MaintenanceTerms:
    """What a checked file asks of maintenance."""
    if file is None:
        return MaintenanceTerms()
    return MaintenanceTerms(tuple(_rule(name, each) for name, each in file.rules.items()), _windows(file))


def maintenance_readings(file: MaintenanceFile | None) -> Iterator[tuple[str, str | None, ReadingWords | None]]:
    """Where readings may stand: the key, the clause there, and the reading if there is one."""
    if file is not None:
        yield "maintenance.windows", None, file.windows_reading
        for name, rule in file.rules.items():
            yield f"maintenance.rules.{name}", rule.clause, rule.reading


def _windows(file: MaintenanceFile) -> dict[int, tuple[Window, ...]]:
    """The agreed hours by weekday. Raises SpecError where they overlap."""
    weekly: dict[int, tuple[Window, ...]] = {}
    for days, hours in file.windows.items():
        for day in parse_days(days):
            weekly[DAYS.index(day)] = tuple(Window(*parse_window(each)) for each in hours)
            check_windows(weekly[DAYS.index(day)], day)
    return weekly


def _rule(name: str, rule: MaintenanceRuleFile) -> MaintenanceRule:
    limit = _given(rule)[0]
    value = getattr(rule, limit)
    return MaintenanceRule(
        id=name,
        clause=rule.clause,
        limit=limit,
        kinds=frozenset(rule.kinds) or FORESEEN,
        downtime=rule.downtime,
        kept_by=frozenset(rule.kept_by),
        number=value if limit in COUNTS else 0,
        amount=parse_amount(value) if limit in AMOUNTS else timedelta(),
        calendar=rule.outside or rule.calendar,
        reading=rule.reading.text if rule.reading else None,
    )
