"""When something falls due, asked by names: contract, class, clock, region. For the command line.

`Asker` answers many questions quickly: what names mean is worked out once and kept.
Source: the batch protocol of `vakt due --batch` in docs and `Asker.answer`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from models.sla.calendar import Calendar
from models.sla.clock import (
    AtOnce,
    ClockTime,
    NextWorkingDay,
    Pause,
    SameWorkingDay,
    Target,
    WorkingDays,
    WorkingTime,
    deadline,
)
from models.sla.contract import ClockKind, Contract, OutsideHours, Promise, Severity


class AskError(ValueError):
    """A question cannot be answered; the message says what is wrong with it and what there is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question names: one promise in one calendar, or a bare target (`promise` None)."""

    calendar: Calendar
    target: Target
    promise: Promise | None

    def due(self, opened: datetime, pauses: Sequence[Pause]) -> tuple[datetime | None, datetime | None]:
        """The due and the expected instant. Pauses count where the promise may be paused at all."""
        promise = self.promise
        if promise is None:
            return deadline(self.calendar, opened, self.target, pauses), None
        if promise.outside_hours is OutsideHours.PAGE and not self.calendar.is_open(opened):
            return None, None
        held = pauses if promise.paused_by else ()
        due = deadline(self.calendar, opened, self.target, held)
        if promise.expected is None:
            return due, None
        return due, deadline(self.calendar, opened, promise.expected, held)


class Asker:
    """Answers questions about the contracts it was given."""

    def __init__(self, contracts: Mapping[str, Contract]) -> None:
        """Nothing is compiled before it is asked about."""
        self._contracts = contracts
        self._kept: dict[tuple[object, ...], Asked | str] = {}

    def answer(self, question: Mapping[str, Any]) -> dict[str, str | None]:
        """One answer: due and expected in UTC, and the clause. Raises AskError.

        The question has contract, severity, clock, opened, and where needed region, item and
        pauses; or contract, calendar, target, opened. Pauses are pairs of instants, the second
        None while it lasts.
        """
        asked = self._asked(question)
        opened = moment(question.get("opened"), "opened")
        if isinstance(asked, str):
            return {"due": None, "expected": None, "clause": asked}
        pauses = question.get("pauses")
        due, expected = asked.due(opened, parse_pauses(pauses) if pauses else ())
        return {
            "due": utc_text(due),
            "expected": utc_text(expected),
            "clause": asked.promise.clause if asked.promise else None,
        }

    def _asked(self, question: Mapping[str, Any]) -> Asked | str:
        """What is asked about, or the clause that gives a version in place of a time (PI-08)."""
        get = question.get
        target = get("target")
        key: tuple[object, ...] = (
            get("contract"),
            get("severity"),
            get("clock"),
            get("region"),
            get("item"),
            get("calendar"),
        )
        if target is not None:
            key = (*key, *_target_key(target))
        try:
            return self._kept[key]
        except KeyError:
            pass
        except TypeError as error:
            raise AskError(f"names must be texts: {error}") from error
        found = self._bare(question) if target is not None else self._promised(question)
        self._kept[key] = found
        return found

    def contract(self, name: object) -> Contract:
        """The contract with that id."""
        found = self._contracts.get(name) if isinstance(name, str) else None
        if found is None:
            raise AskError(f'there is no contract "{name}"; there is {", ".join(self._contracts)}')
        return found

    def _bare(self, question: Mapping[str, Any]) -> Asked:
        contract = self.contract(question.get("contract"))
        name = question.get("calendar")
        calendar = _calendar(contract, name, _region(contract, question.get("region")))
        return Asked(calendar, parse_target(question["target"]), None)

    def _promised(self, question: Mapping[str, Any]) -> Asked | str:
        contract = self.contract(question.get("contract"))
        severity = severity_of(contract, question.get("severity"))
        region = _region(contract, question.get("region"))
        clock = clock_of(question.get("clock"))
        found = promises_of(contract, severity, clock, question.get("item"))
        if not found and severity.target_release and clock in {None, ClockKind.START_OF_WORK}:
            return severity.target_release
        promise = _only(contract, severity, found)
        return Asked(contract.calendar(promise.calendar, region), promise.target, promise)


def promises_of(
    contract: Contract, severity: Severity, clock: ClockKind | None, item: object = None
) -> tuple[Promise, ...]:
    """The promises a class may have for that clock (None: any), for that item of the catalogue."""
    return tuple(
        promise
        for promise in contract.promises
        if (clock is None or promise.clock is clock)
        and (not promise.severities or severity.id in promise.severities)
        and (not promise.items or item is None or item in promise.items)
        and item not in promise.except_items
    )


def _only(contract: Contract, severity: Severity, found: Sequence[Promise]) -> Promise:
    if len(found) == 1:
        return found[0]
    if not found:
        kinds = dict.fromkeys(promise.clock.value for promise in promises_of(contract, severity, None))
        raise AskError(f"{contract.id} promises {severity.id} no such clock; there is {', '.join(kinds) or 'none'}")
    clocks = dict.fromkeys(promise.clock.value for promise in found)
    if len(clocks) > 1:
        raise AskError(f"{contract.id} has several clocks for {severity.id}, name one: {', '.join(clocks)}")
    items = sorted({item for promise in found for item in promise.items})
    raise AskError(f"{contract.id} has several for {severity.id}, name the item: {', '.join(items)}")


def severity_of(contract: Contract, name: object) -> Severity:
    """The class of that id, in any case."""
    try:
        return contract.severity(str(name))
    except KeyError as error:
        raise AskError(error.args[0]) from error


def clock_of(name: object) -> ClockKind | None:
    """The clock of that name; None stays None."""
    if name is None:
        return None
    try:
        return ClockKind(str(name))
    except ValueError as error:
        raise AskError(f'there is no clock "{name}"; there is {", ".join(ClockKind)}') from error


def _region(contract: Contract, name: object) -> str | None:
    if name is None or name in contract.regions:
        return None if name is None else str(name)
    raise AskError(f'{contract.id} has no region "{name}"; there is {", ".join(contract.regions) or "none"}')


def _calendar(contract: Contract, name: object, region: str | None) -> Calendar:
    known = contract.calendar_name(str(name), region)
    if known not in contract.calendars:
        raise AskError(f'{contract.id} has no calendar "{name}"; there is {", ".join(contract.calendars)}')
    return contract.calendars[known]


def moment(value: object, what: str) -> datetime:
    """An ISO instant with a zone. Raises AskError."""
    if not isinstance(value, str):
        raise AskError(f'{what} is {value!r}; write an instant such as "2026-11-23T09:00:00+01:00"')
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise AskError(f'{what} is "{value}"; write an instant such as "2026-11-23T09:00:00+01:00"') from error
    if at.tzinfo is None:
        raise AskError(f'{what} is "{value}" without a zone; add an offset such as +01:00 or Z')
    return at


def parse_pauses(pairs: object) -> tuple[Pause, ...]:
    """Pauses from pairs of instants; None or nothing as the second: it lasts still."""
    if not isinstance(pairs, Sequence) or isinstance(pairs, str):
        raise AskError("pauses is a list of pairs such as [[from, to], [from, null]]")
    return tuple(_pause(pair) for pair in pairs)


def _pause(pair: object) -> Pause:
    if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:  # noqa: PLR2004 - a pair
        raise AskError(f"{pair!r} is not a pause; write a pair such as [from, to] or [from, null]")
    start = moment(pair[0], "a pause's start")
    end = None if pair[1] is None else moment(pair[1], "a pause's end")
    if end is not None and end < start:
        raise AskError(f"the pause from {pair[0]} ends before it begins: {pair[1]}")
    return Pause(start, end)


def utc_text(at: datetime | None) -> str | None:
    """An instant as ISO in UTC: 2026-11-23T08:00:00Z."""
    if at is None:
        return None
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat()[:-6] + "Z"


def parse_target(value: object) -> Target:
    """A target such as {"kind": "working_time", "seconds": 7200}. Raises AskError."""
    if not isinstance(value, Mapping):
        raise AskError('target is an object such as {"kind": "working_time", "seconds": 7200}')
    try:
        return _target(value)
    except KeyError as error:
        raise AskError(f"target {dict(value)!r} cannot be read: {error.args[0]} is missing") from error
    except (ValueError, TypeError, OverflowError) as error:
        raise AskError(f"target {dict(value)!r} cannot be read: {error}") from error


KINDS = ("working_time", "clock_time", "at_once", "same_working_day", "next_working_day", "working_days")
"""What a target may be, as it is written."""


def _target(value: Mapping[str, Any]) -> Target:
    anchor = value.get("anchor", "received")
    mode = value.get("mode", "close")
    if anchor not in {"received", "opening"} or mode not in {"close", "same_time"}:
        raise ValueError("anchor is received or opening, mode close or same_time")
    match value["kind"]:
        case "working_time":
            return WorkingTime(_seconds(value))
        case "clock_time":
            return ClockTime(_seconds(value))
        case "at_once":
            return AtOnce(_seconds(value))
        case "same_working_day":
            return SameWorkingDay()
        case "next_working_day":
            return NextWorkingDay(anchor=anchor)
        case "working_days":
            return WorkingDays(int(value["days"]), mode, anchor=anchor)
        case kind:
            raise ValueError(f'there is no kind "{kind}"; there is {", ".join(KINDS)}')


def _seconds(value: Mapping[str, Any]) -> timedelta:
    amount = timedelta(seconds=value["seconds"])
    if amount < timedelta():
        raise ValueError("seconds is less than nothing")
    return amount


def _target_key(target: object) -> tuple[object, ...]:
    if not isinstance(target, Mapping):
        raise AskError('target is an object such as {"kind": "working_time", "seconds": 7200}')
    get = target.get
    return (get("kind"), get("seconds"), get("days"), get("mode"), get("anchor"))
