"""Which promises a ticket has, and when each falls due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.sla.calendar import Calendar
from models.sla.clock import Pause, deadline
from models.sla.contract import (
    Contract,
    Note,
    OutsideHours,
    Place,
    Promise,
    Reading,
    Starts,
    TicketKind,
    WaitKind,
    When,
)
from models.sla.day_table import microseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What decides which promises apply. `intake` None: opened in Slack, so what Slack counts as."""

    kind: TicketKind
    severity: str
    intake: str | None = None
    item: str | None = None
    starts_on: Starts = Starts.REPORTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One clock as it stands: its instants (UTC), the calendar it counts in, and what holds it.

    `due` is None while paused, and when there is no clock (`paged`: the promise only pages
    outside its hours, PI-06). `expected` is the earlier instant of a promise with two (PI-07).
    """

    promise: Promise
    calendar: Calendar
    calendar_name: str
    started_at: datetime
    due: datetime | None
    expected: datetime | None
    region: str | None = None
    paused: bool = False
    paged: bool = False


def promises_for(contract: Contract, facts: Facts) -> tuple[Promise, ...]:
    """The promises that apply to a ticket with these facts, in the file's order."""
    intake = facts.intake or contract.slack_is
    return tuple(promise for promise in contract.promises if _applies(promise, facts, intake))


def _applies(promise: Promise, facts: Facts, intake: str) -> bool:
    return (
        promise.starts_on is facts.starts_on
        and (not promise.severities or facts.severity in promise.severities)
        and (not promise.kinds or facts.kind in promise.kinds)
        and (not promise.intakes or intake in promise.intakes)
        and (not promise.items or facts.item in promise.items)
        and facts.item not in promise.except_items
    )


def plans(contract: Contract, facts: Facts, reported_at: datetime, region: str | None = None) -> tuple[Planned, ...]:
    """When each promise that applies falls due, for a ticket with these facts that was reported then."""
    return tuple(
        plan(contract, promise, reported_at=reported_at, region=region) for promise in promises_for(contract, facts)
    )


def stops(promise: Promise, wait: WaitKind) -> bool:
    """Whether waiting for that stops this clock. Source: docs/rules.md, 4."""
    return wait in promise.paused_by


def plan(
    contract: Contract,
    promise: Promise,
    *,
    reported_at: datetime,
    region: str | None = None,
    pauses: Sequence[Pause] = (),
) -> Planned:
    """When the promise falls due for what was reported then. `pauses`: those this promise allows."""
    name = contract.calendar_name(promise.calendar, region)
    calendar = contract.calendars[name]
    paged = promise.outside_hours is OutsideHours.PAGE and not calendar.is_open(reported_at)
    due: datetime | None = None
    expected: datetime | None = None
    if not paged:
        due = deadline(calendar, reported_at, promise.target, pauses)
        expected = deadline(calendar, reported_at, promise.expected, pauses) if promise.expected else None
    return Planned(
        promise=promise,
        calendar=calendar,
        calendar_name=name,
        started_at=reported_at,
        due=due,
        expected=expected,
        region=region,
        paused=due is None and not paged,
        paged=paged,
    )


def only_closes(before: Contract, after: Contract, start: datetime, end: datetime) -> bool:
    """Whether the calendars of `after` are nowhere open, in that span, where those of `before` were closed."""
    begins, ends = microseconds(start), microseconds(end)
    return before.calendars.keys() == after.calendars.keys() and all(
        before.calendars[name].elapsed_us(low, high) == high - low
        for name, calendar in after.calendars.items()
        for low, high in calendar.spans_us(begins, ends)
    )


def notes_for(
    contract: Contract,
    place: Place,
    facts: Facts,
    *,
    reported_at: datetime | None = None,
    region: str | None = None,
    is_open: bool = True,
) -> tuple[Note, ...]:
    """The sentences the contract wants said at that place, for a ticket with these facts.

    With `reported_at` each note asks the calendar it names whether that was outside hours; without
    it `is_open` says so.
    """
    return tuple(
        note
        for note in contract.notes
        if place in note.places
        and _concerns(note, facts, facts.intake or contract.slack_is)
        and note.without_option not in contract.held_options
        and (note.when is When.ALWAYS or _closed(contract, note, region, reported_at, is_open=is_open))
    )


def _concerns(note: Note, facts: Facts, intake: str) -> bool:
    return (
        (not note.kinds or facts.kind in note.kinds)
        and (not note.intakes or intake in note.intakes)
        and (not note.severities or facts.severity in note.severities)
    )


def _closed(contract: Contract, note: Note, region: str | None, at: datetime | None, *, is_open: bool) -> bool:
    if at is None or note.calendar is None:
        return not is_open
    return not contract.calendar(note.calendar, region).is_open(at)


def readings_for(
    contract: Contract, promise: Promise, calendar_name: str, *, paused: bool = False, closures: bool = False
) -> tuple[Reading, ...]:
    """The readings a deadline of this promise rests on: its own and its calendar's.

    `paused`: the one that lets a wait stop the clock too; `closures`: those of the calendar's
    closures, where the account skips one.
    """
    keys = {f"promises.{promise.id}", f"calendars.{calendar_name}"}
    if paused:
        keys.add(f"promises.{promise.id}.paused_by")
    closed = f"calendars.{calendar_name}.closures."
    return tuple(each for each in contract.readings if each.key in keys or (closures and each.key.startswith(closed)))
