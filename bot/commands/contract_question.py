"""A question about deadlines as typed on the command line, and what it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.sla.clock import Pause
from models.sla.contract import ClockKind, Contract, Promise, Severity, Starts
from models.sla.due import AskError, clock_of, moment, promises_of, severity_of
from models.sla.ledger import Ledger, ledger
from models.sla.plan import Planned, plan
from models.sla.questions import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The options as typed."""

    severity: str | None
    opened: str | None
    clock: str | None
    region: str | None
    item: str | None
    pauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked about, and the clocks it comes to; none where no time is promised."""

    contract: Contract
    severity: Severity
    planned: tuple[Planned, ...]
    pauses: tuple[Pause, ...]

    def account(self, planned: Planned, language: str) -> Ledger | None:
        """The account of one of its clocks; None where no clock runs (PI-06)."""
        if planned.paged:
            return None
        held = _held(planned.promise, self.pauses)
        return ledger(planned.calendar, planned.started_at, planned.promise.target, held, language=language)

    def without_clock(self, language: str = "en") -> str:
        """Why there is no clock at all."""
        name = say(self.severity.name, language)
        clause = self.severity.target_release
        return f"{name}: a version in place of a time ({clause})" if clause else f"{name}: no such clock is promised"


def ask(contract: Contract, typed: Typed) -> Question:
    """The question's answer. Raises AskError."""
    if typed.severity is None or typed.opened is None:
        known = ", ".join(severity.id for severity in contract.severities)
        raise AskError(f"--severity ({known}) and --opened are needed")
    severity = severity_of(contract, typed.severity)
    opened = moment(typed.opened, "--opened")
    pauses = tuple(_pause(text) for text in typed.pauses)
    if typed.region is not None and typed.region not in contract.regions:
        known = ", ".join(contract.regions) or "none"
        raise AskError(f'{contract.id} has no region "{typed.region}"; there is {known}')
    promises = _promises(contract, severity, clock_of(typed.clock), typed.item)
    planned = tuple(_plan(contract, promise, opened, typed.region, pauses) for promise in promises)
    return Question(contract, severity, planned, pauses)


def _plan(
    contract: Contract, promise: Promise, opened: datetime, region: str | None, pauses: Sequence[Pause]
) -> Planned:
    return plan(contract, promise, reported_at=opened, region=region, pauses=_held(promise, pauses))


def _held(promise: Promise, pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """The pauses, where the contract lets this clock be paused at all. Source: docs/rules.md, 4."""
    label = next(iter(sorted(promise.paused_by)), None)
    return tuple(pause._replace(label=label) for pause in pauses) if label else ()


def _promises(contract: Contract, severity: Severity, clock: ClockKind | None, item: str | None) -> tuple[Promise, ...]:
    """The clocks asked about: those that start with the report, or all of the one that was named."""
    return tuple(
        promise
        for promise in promises_of(contract, severity, clock, item)
        if (clock is not None or promise.starts_on is Starts.REPORTED) and (item is not None or not promise.items)
    )


def _pause(text: str) -> Pause:
    """FROM/TO, or FROM/ for a wait that lasts still."""
    start, _, end = text.partition("/")
    begins = moment(start, "--pause FROM")
    ends = moment(end, "--pause TO") if end else None
    if ends is not None and ends < begins:
        raise AskError(f"--pause {text} ends before it begins; write FROM/TO")
    return Pause(begins, ends)
