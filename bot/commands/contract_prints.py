"""What the contract commands print: facts for a program (`…_json`) and tables for people."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Styled

from bot.commands.policy_rules import rules_of
from models.sla.calendar import Calendar, DayView
from models.sla.clock import AtOnce, ClockTime, NextWorkingDay, SameWorkingDay, Target, Until, WorkingDays, WorkingTime
from models.sla.contract import ClockKind, Contract, Promise, Reading, Severity
from models.sla.due import utc_text
from models.sla.ledger import Ledger, ReasonKind
from models.sla.plan import Planned, readings_for
from models.sla.policy_lint import Finding
from models.sla.questions import say

CLOCK = {
    ClockKind.FIRST_RESPONSE: "First response",
    ClockKind.START_OF_WORK: "Start of work",
    ClockKind.RESOLUTION: "Resolution",
    ClockKind.NEXT_UPDATE: "Next update",
    ClockKind.DELIVERY: "Delivery",
}
MINUTE = timedelta(minutes=1)


def span(amount: timedelta) -> str:
    """A duration in hours and minutes: "1 h 30 min", "0 h 05 min"; seconds where there are any."""
    sign, amount = ("-" if amount < timedelta() else ""), abs(amount)
    minutes, rest = divmod(amount, MINUTE)
    seconds = f" {rest.total_seconds():g} s" if rest else ""
    return f"{sign}{minutes // 60} h {minutes % 60:02d} min{seconds}"


def moment(at: datetime) -> str:
    """An instant in its own zone, with the offset's weekday first: "Mon 23 Nov 2026 11:20"."""
    return f"{at:%a} {at.day} {at:%b %Y} {wall(at)}"


def wall(at: datetime) -> str:
    """An instant as its wall clock shows it, with seconds where there are any."""
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def target_words(target: Target) -> str:
    """The amount of a promise: "4 working hours", "the same working day"."""
    match target:
        case WorkingTime(amount):
            return f"{span(amount)} of working time"
        case ClockTime(amount):
            return f"{span(amount)} by the clock"
        case AtOnce(late_after):
            return f"at once, late after {span(late_after)} of working time"
        case Until(at):
            return f"by the instant chosen, {moment(at)} UTC"
        case _:
            return _day_words(target)


def _day_words(target: SameWorkingDay | NextWorkingDay | WorkingDays) -> str:
    match target:
        case SameWorkingDay():
            return "by closing the same working day"
        case NextWorkingDay(anchor):
            return f"by closing the next working day ({anchor})"
        case WorkingDays(days, mode, anchor):
            return f"{days} working days, {'same time' if mode == 'same_time' else f'by closing ({anchor})'}"


# --- vakt due and vakt why ----------------------------------------------------------------------------


def due_json(contract: Contract, planned: Planned, severity: str) -> dict[str, Any]:
    """One clock, for a program."""
    promise = planned.promise
    return {
        "contract": contract.id,
        "severity": severity,
        "clock": promise.clock.value,
        "due": utc_text(planned.due),
        "expected": utc_text(planned.expected),
        "clause": promise.clause,
        "strength": promise.strength.value,
        "calendar": planned.calendar_name,
        "opened": utc_text(planned.started_at),
        "paused": planned.paused,
        "paged": planned.paged,
    }


def without_clock_json(contract: Contract, severity: Severity) -> dict[str, Any]:
    """A class with a version in place of a time, for a program. Source: PI-08."""
    return {
        "contract": contract.id,
        "severity": severity.id,
        "clock": None,
        "due": None,
        "expected": None,
        "clause": severity.target_release,
    }


def due_table(rows: Sequence[Planned]) -> Table:
    """When each clock falls due, in the calendar's own time."""
    table = Table(box=None, pad_edge=False)
    for name in ("Clock", "Expected", "Due", "Strength", "Clause"):
        table.add_column(name)
    for planned in rows:
        promise = planned.promise
        expected = moment(_local(planned, planned.expected)) if planned.expected else ""
        table.add_row(CLOCK[promise.clock], expected, due_words(planned), promise.strength.value, promise.clause)
    return table


def due_words(planned: Planned) -> str:
    """The due instant, or why there is none."""
    if planned.paged:
        return "none: on-call is paged, no clock runs outside these hours"
    if planned.due is None:
        return "none while it waits"
    return f"{moment(_local(planned, planned.due))} {planned.calendar.zone.key}"


def _local(planned: Planned, at: datetime) -> datetime:
    return at.astimezone(planned.calendar.zone)


def why_json(contract: Contract, planned: Planned, severity: str, account: Ledger | None) -> dict[str, Any]:
    """One clock with its account, for a program."""
    return due_json(contract, planned, severity) | {
        "counted": [
            {"from": utc_text(each.start), "to": utc_text(each.end), "seconds": each.amount.total_seconds()}
            for each in (account.counted if account else ())
        ],
        "skipped": [
            {"from": utc_text(each.start), "to": utc_text(each.end), "why": each.text}
            for each in (account.skipped if account else ())
        ],
        "total_seconds": account.total.total_seconds() if account else None,
        "budget_seconds": account.budget.total_seconds() if account else None,
        "readings": [{"key": each.key, "text": dict(each.note)} for each in _readings(contract, planned, account)],
    }


def _readings(contract: Contract, planned: Planned, account: Ledger | None) -> Sequence[Reading]:
    """The readings this account rests on."""
    kinds = {reason.kind for skipped in (account.skipped if account else ()) for reason in skipped.reasons}
    return readings_for(
        contract,
        planned.promise,
        planned.calendar_name,
        paused=ReasonKind.PAUSE in kinds,
        closures=ReasonKind.CLOSURE in kinds,
    )


def why_page(
    contract: Contract, planned: Planned, account: Ledger | None, *, severity: str, language: str
) -> RenderableType:
    """The account as the Why? of a ticket shows it."""
    promise = planned.promise
    chosen = contract.severity(severity)
    name, meaning = say(chosen.name, language), say(chosen.meaning, language)
    parts: list[RenderableType] = [
        Styled(f"{CLOCK[promise.clock]} · {target_words(promise.target)} ({promise.clause}) · {name}: {meaning}"),
        Styled(f"{promise.clause}: {contract.says(promise.clause, language)}", style="dim"),
    ]
    if account is None:
        parts.append(Styled(due_words(planned)))
    else:
        parts += [_account(account), Styled(_sum(account))]
    if planned.expected is not None:
        parts.append(Styled(f"expected by {moment(_local(planned, planned.expected))} ({promise.expected_strength})"))
    parts += [Styled(f"Reading taken: {say(each.note, language)}") for each in _readings(contract, planned, account)]
    return Group(*parts)


def _account(account: Ledger) -> Table:
    """Counted at the left, skipped at the right, each in order."""
    table = Table(box=None, pad_edge=False)
    for name in ("Counted", "", "Skipped", ""):
        table.add_column(name)
    counted = [(_from_to(account, each.start, each.end), span(each.amount)) for each in account.counted]
    skipped = [(_from_to(account, each.start, each.end), each.text) for each in account.skipped]
    for index in range(max(len(counted), len(skipped))):
        left = counted[index] if index < len(counted) else ("", "")
        right = skipped[index] if index < len(skipped) else ("", "")
        table.add_row(*left, *right)
    return table


def _from_to(account: Ledger, start: datetime, end: datetime | None) -> str:
    start = start.astimezone(account.zone)
    if end is None:
        return f"{moment(start)} –"
    end = end.astimezone(account.zone)
    if start.date() == end.date():
        return f"{moment(start)}–{wall(end)}"
    return f"{moment(start)} – {moment(end)}"


def _sum(account: Ledger) -> str:
    if account.due is None:
        return f"{span(account.total)} counted, {span(account.remaining)} left; due again when the wait ends"
    return f"{span(account.total)} → due {moment(account.due.astimezone(account.zone))}, {account.zone.key}"


# --- vakt calendar ------------------------------------------------------------------------------------


def days(calendar: Calendar, start: date, count: int, language: str) -> Iterator[DayView]:
    """The days from `start`, as a list of opening hours shows them."""
    for number in range(count):
        yield calendar.day(start + timedelta(days=number), language)


def calendar_json(name: str, view: DayView) -> dict[str, Any]:
    """One day, for a program."""
    hours = [[f"{opens:%H:%M}", closing(opens, closes)] for opens, closes in view.windows]
    return {"calendar": name, "date": view.day.isoformat(), "open": view.is_open, "hours": hours, "why": view.text}


def closing(opens: datetime, closes: datetime) -> str:
    """The closing time, 24:00 for midnight."""
    return "24:00" if closes.date() > opens.date() else f"{closes:%H:%M}"


def calendar_table(name: str, calendar: Calendar, views: Iterable[DayView]) -> Table:
    """The days of one calendar."""
    table = Table(title=f"{name} · {calendar.zone.key}", title_justify="left", box=None, pad_edge=False)
    for column in ("Day", "Hours", "Why"):
        table.add_column(column)
    for view in views:
        hours = ", ".join(f"{opens:%H:%M}–{closing(opens, closes)}" for opens, closes in view.windows)
        style = "" if view.is_open else "dim"
        table.add_row(f"{view.day:%a} {view.day.day} {view.day:%b %Y}", hours or "closed", view.text, style=style)
    return table


# --- vakt policy --------------------------------------------------------------------------------------


def finding_json(contract: Contract, finding: Finding) -> dict[str, Any]:
    """One finding, for a program."""
    return {
        "contract": contract.id,
        "kind": finding.kind.value,
        "key": finding.key,
        "clause": finding.clause,
        "text": finding.text,
    }


def findings_table(contract: Contract, findings: Sequence[Finding]) -> Table:
    """What a desk should know about one contract."""
    title = f"{contract.vendor} · {len(findings)} to know"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in ("Kind", "Where", "Clause", "What"):
        table.add_column(column, overflow="fold")
    for finding in findings:
        table.add_row(finding.kind.value, finding.key, finding.clause or "", finding.text)
    return table


def contract_page(contract: Contract, language: str) -> RenderableType:
    """A contract at a glance: its classes, its promises, what it asks beside them, its clauses."""
    head = Styled(f"{contract.vendor} · {say(contract.title, language)} · in force from {contract.effective}")
    parts = (
        _classes(contract, language),
        _promises(contract),
        _rules(contract, language),
        _clauses(contract, language),
    )
    return Group(head, *(line for part in parts for line in ("", part)))


def _rules(contract: Contract, language: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("About", "For", "Asks", "Clause"):
        table.add_column(column, overflow="fold")
    for row in rules_of(contract, language):
        table.add_row(*row)
    return table


def _classes(contract: Contract, language: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("Class", "Name", "Means", "Clause"):
        table.add_column(column)
    for severity in contract.severities:
        name, meaning = say(severity.name, language), say(severity.meaning, language)
        table.add_row(severity.id, name, meaning, severity.clause or "")
    return table


def _promises(contract: Contract) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("Promise", "Clock", "For", "Within", "Strength", "Clause"):
        table.add_column(column)
    for promise in contract.promises:
        within = target_words(promise.target)
        table.add_row(
            promise.id, CLOCK[promise.clock], _for(contract, promise), within, promise.strength.value, promise.clause
        )
    return table


def _for(contract: Contract, promise: Promise) -> str:
    """Which tickets a promise is for, in few words."""
    classes = [each.id for each in contract.severities if each.id in promise.severities]
    intakes = [each for each in contract.intakes if each in promise.intakes]
    parts = [", ".join(part) for part in (sorted(promise.kinds), classes, intakes, sorted(promise.items)) if part]
    return "; ".join(parts) or "all"


def _clauses(contract: Contract, language: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("Clause")
    table.add_column("In our words", overflow="fold")
    for clause in contract.clauses.values():
        table.add_row(clause.id, say(clause.says, language))
    return table
