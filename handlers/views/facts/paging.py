"""Who was woken, who is next, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from handlers.views.facts.tickets import ClockFacts, PersonFact, SeverityFact
from models.escalation import GroupFault, StepKind, Why


@dataclass(frozen=True, slots=True)
class StepFact:
    """A step of an escalation: a role or rota by its key, a person, a channel by id, a group or an address as shown.

    `fault` says why a group reaches nobody.
    """

    kind: StepKind
    of: str
    fault: GroupFault | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """A person woken for a ticket, or for a text somebody typed (`ad_hoc`). Edited in place as it is answered."""

    number: str
    summary: str
    customer: str
    severity: SeverityFact | None
    sent_at: datetime
    now: datetime
    ad_hoc: bool = False
    by: PersonFact | None = None
    """Who paged, where a person did."""
    position: int = 1
    next_steps: tuple[tuple[str, datetime], ...] = ()
    """Who is paged after, by name or by role in words, and when."""
    acknowledged_by: PersonFact | None = None
    acknowledged_by_reader: bool = False
    acknowledged_at: datetime | None = None
    asked_again_at: datetime | None = None
    """When whoever acknowledged is asked whether anything goes on."""
    asks_again: bool = False
    """Whether this message is that question."""
    declined: bool = False
    passed_on: Why | None = None
    """Why somebody else was paged in the reader's place."""
    passed_on_at: datetime | None = None
    passed_on_to: tuple[PersonFact, ...] = ()
    started: bool = False
    """Whether starting work ended it; `begun` is whether work had started at all."""
    begun: bool = False
    resolved: bool = False
    reclassified: bool = False
    """Whether the class was changed to one that pages nobody."""
    clock: ClockFacts | None = None
    clock_starts_at: datetime | None = None
    """Set when the contract's own clock waits for the next opening (PS-16)."""
    may_wait_until: datetime | None = None
    """The next opening, when whoever is on call chooses between now and then. Source: PI-06."""
    waits_because: str | None = None
    """Why it was left until then, once somebody chose so."""
    repeated: bool = False
    """Whether it may have been said before: nobody could find out."""
    others: tuple[tuple[str, str], ...] = ()
    """The reader's other open pages, each by number and summary; the first few of `others_count`."""
    others_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheredPagesFacts:
    """Several pages to one person in one message, each as it is; `value` is what *Acknowledge all* names.

    `more` had no room in it and follow. `others` are the reader's open pages in other messages, as with one page.
    """

    value: str
    pages: tuple[PageFacts, ...]
    now: datetime
    repeated: bool = False
    more: int = 0
    others: tuple[tuple[str, str], ...] = ()
    others_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOutFacts:
    """The desk's channel is told, loudly: nobody is on call by some steps, or nobody is left (`last`).

    `number` is None for a page without a ticket; `value` is what its button names.
    """

    number: str | None
    value: str
    summary: str
    customer: str
    severity: SeverityFact | None
    now: datetime
    nobody: tuple[StepFact, ...] = ()
    last: bool = False
    then: tuple[PersonFact, ...] = ()
    """Who is paged instead."""
    people: tuple[PersonFact, ...] = ()
    """Who is mentioned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideFact:
    """A second channel of a call ("mail"): when the page went by it or will unless it is answered, or why not."""

    way: str
    at: datetime
    sent: bool
    refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """One call of a page, as its receipt: `ts` is Slack's own time stamp of the message.

    `quiet_until` is until when do-not-disturb was on for whoever was called.
    """

    person: PersonFact | None
    step: StepFact | None
    round: int
    queued_at: datetime
    sent_at: datetime | None = None
    ts: str | None = None
    refused: str | None = None
    until: datetime | None = None
    why: Why | None = None
    again: bool = False
    quiet_until: datetime | None = None
    beside: tuple[BesideFact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """One page with its receipts, and where it stands. `next_at` is when it goes on by itself."""

    started_at: datetime
    calls: tuple[CallFacts, ...]
    acknowledged_by: PersonFact | None = None
    acknowledged_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: PersonFact | None = None
    ended_why: Why | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldFacts:
    """Who was told of a ticket."""

    number: str
    pages: tuple[AccountFacts, ...]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFacts:
    """What whoever typed `/page` is told: who is paged, and who is next."""

    people: tuple[PersonFact, ...]
    next_steps: tuple[tuple[str, datetime], ...]
    now: datetime
    group: str | None = None
    """The user group whose members are being asked for."""
