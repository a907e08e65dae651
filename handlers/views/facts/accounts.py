"""The account of a deadline: what was counted, what was left out, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.views.facts.tickets import ClockFacts, PersonFact, SeverityFact, Texts
from models.sla.clock import Target


@dataclass(frozen=True, slots=True)
class CountedSpan:
    """A window in which time was counted."""

    start: datetime
    end: datetime
    amount: timedelta


@dataclass(frozen=True, slots=True)
class SkippedSpan:
    """A span left out, and why, already in the reader's language. `end` None while it lasts."""

    start: datetime
    end: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFacts:
    """The account of one clock; `target` is said in words."""

    clock: ClockFacts
    target: Target | None = None
    chosen_by: PersonFact | None = None
    """Who chose the instant, where it is not the rule's. Source: PI-13."""
    counted: tuple[CountedSpan, ...] = ()
    skipped: tuple[SkippedSpan, ...] = ()
    total: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyFacts:
    """Why each deadline of a ticket is what it is."""

    number: str
    summary: str
    severity: SeverityFact | None
    answers: tuple[tuple[Texts, Texts], ...]
    ledgers: tuple[LedgerFacts, ...]
    now: datetime
    severity_set_by: PersonFact | None = None
    severity_reason: str | None = None
    best_effort: bool = False
