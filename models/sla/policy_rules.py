"""What the parts of a policy file must say about each other, and what is wrong where they do not.

Every rule yields problems: the key where it stands, and what would be right. Nothing here raises.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.sla.contract import OutsideHours, Starts, TicketKind, When
from models.sla.policy_availability import availability_faults
from models.sla.policy_maintenance import maintenance_problems
from models.sla.policy_notices import notice_problems
from models.sla.policy_outage import outage_problems
from models.sla.policy_schema import (
    AtOnceFile,
    CalendarFile,
    ClockTimeFile,
    OutcomeFile,
    PolicyFile,
    PromiseFile,
    StepFile,
    TreeFile,
    WorkingTimeFile,
)
from models.sla.policy_values import parse_amount

SHORTEST = timedelta(minutes=1)
CITES = frozenset({"clause", "best_effort", "development_case", "target_release"})


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, at which key, and what would be right."""

    key: str
    message: str


def problems(file: PolicyFile, document: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with a file whose shape is right."""
    found = list(_clauses(file, document))
    for rule in RULES:
        found.extend(rule(file))
    return found


def _clauses(file: PolicyFile, document: Mapping[str, Any]) -> Iterator[Problem]:
    """Every clause cited begins with the prefix and is listed under [clauses]."""
    for clause in file.clauses:
        if not clause.startswith(f"{file.prefix}-"):
            yield Problem(f"clauses.{clause}", f"is not a clause of this agreement; ids begin with {file.prefix}-")
    for key, clause in _cited(document, ""):
        if not clause.startswith(f"{file.prefix}-"):
            yield Problem(key, f'is "{clause}"; the clauses of this agreement begin with {file.prefix}-')
        elif clause not in file.clauses:
            yield Problem(key, f'is "{clause}", which [clauses] does not list; add [clauses.{clause}] or correct it')


def _cited(part: object, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(part, Mapping):
        for name, value in part.items():
            here = f"{key}.{name}" if key else str(name)
            if isinstance(value, str) and (name in CITES or str(name).endswith("_clause")):
                yield here, value
            elif name != "clauses" or key:
                yield from _cited(value, here)
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from _cited(value, f"{key}[{index}]")


def _one_of(key: str, what: str, values: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
    """Each value is one of the known ids."""
    known = list(known)
    for value in values:
        if value not in known:
            yield Problem(key, f'names {what} "{value}"; there is {", ".join(known) or "none"}')


def _doors(file: PolicyFile) -> Iterator[Problem]:
    """Slack counts as a known intake, the default class and region exist."""
    yield from _one_of("slack_is", "intake", [file.slack_is], file.intakes)
    if file.slack_message_is:
        yield from _one_of("slack_message_is", "intake", [file.slack_message_is], file.intakes)
    yield from _one_of("default_severity", "class", [file.default_severity], file.severities)
    if file.regions and file.default_region is None:
        yield Problem("default_region", f"is missing; it is one of {', '.join(file.regions)}")
    if file.default_region:
        yield from _one_of("default_region", "region", [file.default_region], file.regions)


def _kinds(file: PolicyFile) -> Iterator[Problem]:
    """Every kind that can be chosen comes to a class."""
    yield from _repeated("kinds", [kind.id for kind in file.kinds])
    for kind in TicketKind:
        offered = any(each.kind is kind for each in file.kinds)
        if offered and kind not in file.questions:
            yield Problem(f"questions.{kind}", "is missing; each kind needs questions or an outcome")
        if not offered and kind in file.questions:
            yield Problem(f"questions.{kind}", f"is never asked; [[kinds]] offers no {kind}")


def _repeated(key: str, ids: Sequence[str]) -> Iterator[Problem]:
    for index, each in enumerate(ids):
        if each in ids[:index]:
            yield Problem(f"{key}[{index}].id", f'is "{each}" a second time; ids are used once')


def _trees(file: PolicyFile) -> Iterator[Problem]:
    for kind, tree in file.questions.items():
        yield from _tree(file, tree, f"questions.{kind}")


def _tree(file: PolicyFile, tree: TreeFile, key: str) -> Iterator[Problem]:
    """Questions are defined, reached, end in known classes and never come round again."""
    if (tree.start is None) is (tree.outcome is None):
        yield Problem(key, "needs either start, the first question, or outcome, the class without one")
    if tree.outcome:
        yield from _outcome(file, tree.outcome, f"{key}.outcome")
    if tree.start is not None and tree.start not in tree.ask:
        yield Problem(f"{key}.start", f'is "{tree.start}"; there is {", ".join(tree.ask) or "no question"}')
    for name, question in tree.ask.items():
        here = f"{key}.ask.{name}"
        yield from _repeated(f"{here}.answers", [answer.id for answer in question.answers])
        yield from _answers(file, tree, name, here)
    yield from _round(tree, key)


def _outcome(file: PolicyFile, outcome: OutcomeFile, key: str) -> Iterator[Problem]:
    yield from _one_of(f"{key}.severity", "class", [outcome.severity], file.severities)


def _answers(file: PolicyFile, tree: TreeFile, name: str, key: str) -> Iterator[Problem]:
    for index, answer in enumerate(tree.ask[name].answers):
        here = f"{key}.answers[{index}]"
        if (answer.next is None) is (answer.severity is None):
            yield Problem(here, f'("{answer.id}") needs either next, a question, or severity, a class')
        if answer.next is not None and answer.next not in tree.ask:
            yield Problem(
                f"{here}.next", f'is "{answer.next}", a question that is not there; there is {", ".join(tree.ask)}'
            )
        if answer.severity is not None:
            yield from _one_of(f"{here}.severity", "class", [answer.severity], file.severities)


def _round(tree: TreeFile, key: str) -> Iterator[Problem]:
    """Loops, and questions no answer leads to."""
    reached: set[str] = set()
    loops: set[tuple[str, ...]] = set()

    def follow(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            loops.add((*path[path.index(name) :], name))
        elif name in tree.ask:
            reached.add(name)
            for answer in tree.ask[name].answers:
                if answer.next is not None:
                    follow(answer.next, (*path, name))

    if tree.start is not None:
        follow(tree.start, ())
    for loop in sorted(loops):
        yield Problem(f"{key}.ask.{loop[-2]}", f"comes round again: {' → '.join(loop)}; every path must end in a class")
    for name in tree.ask:
        if name not in reached:
            yield Problem(f"{key}.ask.{name}", "is never asked; lead an answer to it or take it out")


def _calendars(file: PolicyFile) -> Iterator[Problem]:
    """Zones exist, calendars open at some time, unions have members that are not unions."""
    yield from _zone("zone", file.zone)
    for name, calendar in file.calendars.items():
        key = f"calendars.{name}"
        if calendar.zone:
            yield from _zone(f"{key}.zone", calendar.zone)
        yield from _opens(calendar, key)
        for member in calendar.union:
            yield from _one_of(f"{key}.union", "calendar", [member], file.calendars)
            if member in file.calendars and file.calendars[member].union:
                yield Problem(f"{key}.union", f'has "{member}", itself a union; name its members instead')
        yield from _closures(calendar, key)


def _zone(key: str, zone: str) -> Iterator[Problem]:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield Problem(key, f'is "{zone}", which is no time zone; write one such as "Europe/Oslo"')


def _opens(calendar: CalendarFile, key: str) -> Iterator[Problem]:
    hours = any(calendar.weekly.values())
    if calendar.union and hours:
        yield Problem(key, "has both weekly and union; a union is made of other calendars only")
    if not calendar.union and not hours:
        yield Problem(f"{key}.weekly", 'never opens; write hours such as "mon-fri" = ["08:00-16:00"]')


def _closures(calendar: CalendarFile, key: str) -> Iterator[Problem]:
    yield from _repeated(f"{key}.closures", [closure.id for closure in calendar.closures])
    for index, closure in enumerate(calendar.closures):
        here = f"{key}.closures[{index}]"
        if (closure.start is None) is not (closure.end is None):
            yield Problem(here, f'("{closure.id}") needs both from and to')
        ways = (bool(closure.iso_weeks), closure.start is not None, bool(closure.dates))
        if sum(ways) != 1:
            yield Problem(here, f'("{closure.id}") needs one of iso_weeks, from and to, or dates')
    for index, limit in enumerate(calendar.limits):
        if sum(each is not None for each in (limit.on, limit.on_date, limit.easter)) != 1:
            yield Problem(f"{key}.limits[{index}]", "needs one of on, on_date or easter")


def _regions(file: PolicyFile) -> Iterator[Problem]:
    """Every region gives each calendar alias a calendar."""
    aliases = {alias for region in file.regions.values() for alias in region}
    for name, region in file.regions.items():
        yield from _one_of(f"regions.{name}", "calendar", region.values(), file.calendars)
        for alias in sorted(aliases - set(region)):
            yield Problem(f"regions.{name}.{alias}", "is missing; the other regions have it")
    for name, option in file.options.items():
        both = [*option.calendars, *option.calendars.values()]
        yield from _one_of(f"options.{name}.calendars", "calendar", both, file.calendars)


def calendars_of(file: PolicyFile) -> list[str]:
    """What a promise may name as its calendar: the calendars and the regions' aliases."""
    aliases = {alias: None for region in file.regions.values() for alias in region}
    return [*file.calendars, *aliases]


def _promises(file: PolicyFile) -> Iterator[Problem]:
    for name, promise in file.promises.items():
        key = f"promises.{name}"
        yield from _references(file, promise, key)
        yield from _targets(promise, key)
        for index, step in enumerate(promise.steps):
            yield from _step(file, promise, step, f"{key}.steps[{index}]")


def _references(file: PolicyFile, promise: PromiseFile, key: str) -> Iterator[Problem]:
    items = [item.id for item in file.items]
    yield from _one_of(f"{key}.calendar", "calendar", [promise.calendar], calendars_of(file))
    yield from _one_of(f"{key}.severities", "class", promise.severities, file.severities)
    yield from _one_of(f"{key}.intakes", "intake", promise.intakes, file.intakes)
    yield from _one_of(f"{key}.items", "item", promise.items, items)
    yield from _one_of(f"{key}.except_items", "item", promise.except_items, items)


def _targets(promise: PromiseFile, key: str) -> Iterator[Problem]:
    """Targets last at least a minute; a promise with two instants gives both a strength."""
    for name, target in (("target", promise.target), ("expected", promise.expected)):
        if isinstance(target, WorkingTimeFile | ClockTimeFile):
            yield from _short(f"{key}.{name}", target.amount, promise.clause)
        elif isinstance(target, AtOnceFile):
            yield from _short(f"{key}.{name}.late_after", target.late_after, promise.clause)
    if (promise.expected is None) is not (promise.expected_strength is None):
        yield Problem(key, f"has expected or expected_strength alone; {promise.clause} needs both or neither")
    if promise.outside_hours is OutsideHours.PAGE and not isinstance(promise.target, AtOnceFile):
        yield Problem(f"{key}.outside_hours", 'is "page"; only a target of kind "at_once" pages')
    if promise.reminders != sorted(set(promise.reminders)):
        yield Problem(f"{key}.reminders", "must rise, such as [0.5, 0.75, 0.9]")


def _short(key: str, amount: str, clause: str) -> Iterator[Problem]:
    minutes = parse_amount(amount) // SHORTEST
    if minutes < 1:
        yield Problem(key, f"is {minutes} minutes; {clause} needs at least 1 minute")


def _step(file: PolicyFile, promise: PromiseFile, step: StepFile, key: str) -> Iterator[Problem]:
    if sum((step.after is not None, step.on_breach, step.at_once)) != 1:
        yield Problem(key, f"({step.role}) needs exactly one of after, on_breach or at_once")
    if step.calendar:
        yield from _one_of(f"{key}.calendar", "calendar", [step.calendar], calendars_of(file))
    yield from _one_of(f"{key}.severities", "class", step.severities, promise.severities or file.severities)
    if isinstance(step.after, WorkingTimeFile | ClockTimeFile):
        yield from _short(f"{key}.after", step.after.amount, step.clause or promise.clause)


def _promised(file: PolicyFile) -> Iterator[Problem]:
    """Every class has a promise that runs from the report, or a version instead (PI-08)."""
    running = [each for each in file.promises.values() if each.starts_on is Starts.REPORTED]
    for name, severity in file.severities.items():
        has_one = any(not each.severities or name in each.severities for each in running)
        if not has_one and severity.target_release is None:
            yield Problem(
                f"severities.{name}",
                f"({severity.clause}) has no promise; add one under [promises] or a target_release",
            )


def _rest(file: PolicyFile) -> Iterator[Problem]:
    """Notes, the workaround, the levels and the lists refer to what is there."""
    yield from _repeated("asks", [ask.id for ask in file.asks])
    yield from _repeated("items", [item.id for item in file.items])
    for index, note in enumerate(file.notes):
        key = f"notes[{index}]"
        yield from _one_of(f"{key}.severities", "class", note.severities, file.severities)
        yield from _one_of(f"{key}.intakes", "intake", note.intakes, file.intakes)
        if note.without_option:
            yield from _one_of(f"{key}.without_option", "option", [note.without_option], file.options)
        if note.when is When.OUTSIDE_HOURS and note.calendar is None:
            yield Problem(f"{key}.calendar", f"is missing; {note.clause} must say outside whose hours")
        if note.calendar:
            yield from _one_of(f"{key}.calendar", "calendar", [note.calendar], calendars_of(file))
    if file.workaround:
        named = [*file.workaround.moves, file.workaround.to]
        yield from _one_of("workaround", "class", named, file.severities)
    if file.levels:
        for number in (file.levels.enters, file.levels.top):
            if number not in file.levels.names:
                yield Problem("levels.names", f"lacks level {number}; {file.levels.clause} names it")


def _outage(file: PolicyFile) -> Iterator[Problem]:
    if file.outage:
        for key, message in outage_problems(file.outage, calendars_of(file)):
            yield Problem(key, message)


def _availability(file: PolicyFile) -> Iterator[Problem]:
    """What is measured, what is given back and how it is claimed go together."""
    for key, message in availability_faults(file, calendars_of(file)):
        yield Problem(key, message)


def _maintenance(file: PolicyFile) -> Iterator[Problem]:
    if file.maintenance:
        for key, message in maintenance_problems(file.maintenance, calendars_of(file)):
            yield Problem(key, message)


def _notices(file: PolicyFile) -> Iterator[Problem]:
    """What is announced can be announced in time, and a breach is asked of where one can be reported."""
    if file.breach:
        yield from _repeated("breach.asks", [ask.id for ask in file.breach.asks])
    for key, message in notice_problems(file):
        yield Problem(key, message)


RULES: tuple[Callable[[PolicyFile], Iterable[Problem]], ...] = (
    _doors,
    _kinds,
    _trees,
    _calendars,
    _regions,
    _promises,
    _promised,
    _rest,
    _outage,
    _availability,
    _maintenance,
    _notices,
)
