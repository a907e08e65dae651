"""What happened, and what somebody is told of it: lines of a thread, reminders, escalations, pages, findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from handlers.views.facts.tickets import ClockFacts, LinkFact, PersonFact, RoleFact, SeverityFact
from models.escalation import Why
from models.sla.contract import WaitKind


class LogKind(StrEnum):
    """One line in the thread per change: what changed."""

    OPENED = "opened"
    STARTED = "started"
    REPLIED = "replied"
    ASSIGNED = "assigned"
    WAITING = "waiting"
    RESUMED = "resumed"
    STILL_WAITING = "still_waiting"
    WORKAROUND_OFFERED = "workaround_offered"
    WORKAROUND_CONFIRMED = "workaround_confirmed"
    WORKAROUND_REFUSED = "workaround_refused"
    SEVERITY_PROPOSED = "severity_proposed"
    SEVERITY_CONFIRMED = "severity_confirmed"
    SEVERITY_CHANGED = "severity_changed"
    TO_LEVEL_3 = "to_level_3"
    NEEDS_MORE_WORK = "needs_more_work"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    REOPENED = "reopened"
    CLOSED = "closed"
    MESSAGE = "message"
    MESSAGE_EDITED = "message_edited"
    MESSAGE_DELETED = "message_deleted"
    FILE = "file"
    REMINDED = "reminded"
    BREACHED = "breached"
    EXPECTED_PASSED = "expected_passed"
    ESCALATED = "escalated"
    OUTSIDE_AGREEMENT = "outside_agreement"
    ACCEPTED = "accepted"
    PAGED = "paged"
    CALLED_OUT = "called_out"
    ASKED_AGAIN = "asked_again"
    ACKNOWLEDGED = "acknowledged"
    TARGET_RELEASE = "target_release"
    NEXT_OPENING = "next_opening"
    CALENDAR_CORRECTED = "calendar_corrected"
    MERGED = "merged"
    ALERTED_AGAIN = "alerted_again"
    ALERT_ENDED = "alert_ended"
    BREACH_TOLD = "breach_told"
    BREACH_CHECKED = "breach_checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFacts:
    """One line of a ticket's thread. Which fields are used follows from `kind`."""

    kind: LogKind
    number: str
    at: datetime
    now: datetime
    by: PersonFact | None = None
    to: PersonFact | None = None
    """The new owner, the person paged, the person it was opened for."""
    text: str | None = None
    """As typed: the reply, the reason, the outcome, the message relayed."""
    intake: str | None = None
    before: SeverityFact | None = None
    after: SeverityFact | None = None
    wait: WaitKind | None = None
    clock: ClockFacts | None = None
    role: RoleFact | None = None
    links: tuple[LinkFact, ...] = ()
    other: str | None = None
    """Another name: the ticket merged into, the development case, the release, the product."""
    clause: str | None = None
    """What asks for it, where nobody did it."""
    next_update_at: datetime | None = None
    moved: tuple[tuple[datetime, datetime], ...] = ()
    """Due instants that a correction moved: from, to."""
    passed_on: Why | None = None
    """Why somebody else is paged, in the place of `passed_on_from`."""
    passed_on_from: tuple[PersonFact, ...] = ()
    goes_on: bool = False
    """Of a page: one runs already."""
    group: str | None = None
    """Of a page: the user group whose `members` were paged, by its id; `left_out` is how many more are in it."""
    members: tuple[PersonFact, ...] = ()
    left_out: int = 0
    way: str | None = None
    """Of a page: by which other way than Slack it went to the address `other`."""
    last: bool = False
    """Nobody is left to page."""
    count: int = 0
    """How often an alert has come by now."""
    closed: tuple[datetime, datetime] | None = None
    """Of a warning: the closing before it falls due, and the opening after that."""
    closed_on: date | None = None
    closed_because: Mapping[str, str] | None = None
    """What that day is called, in each language, as "2. pinsedag"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderFacts:
    """A clock that will fall due, told to the owner (or to the thread when nobody owns it)."""

    number: str
    summary: str
    customer: str
    severity: SeverityFact | None
    clock: ClockFacts
    now: datetime
    started: bool = False
    """Without, the reminder offers *Start work*."""


class Gathered(StrEnum):
    """Why several reminders come as one."""

    TOGETHER = "together"
    AFTER_OPENING = "after_opening"
    WHILE_DOWN = "while_down"


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheredFacts:
    """Several reminders in one message.

    `opening_at`, `closing_at` and `closed_because` (already in the reader's language, as
    "2. pinsedag", with its day `closed_on`) belong to AFTER_OPENING; `down_from` and `down_to` to
    WHILE_DOWN.
    """

    why: Gathered
    reminders: tuple[ReminderFacts, ...]
    now: datetime
    opening_at: datetime | None = None
    closing_at: datetime | None = None
    closed_on: datetime | None = None
    closed_because: str | None = None
    down_from: datetime | None = None
    down_to: datetime | None = None


class EscalationReason(StrEnum):
    """Why a role is told."""

    LATE = "late"
    UNTOUCHED = "untouched"
    URGENT = "urgent"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationFacts:
    """A ticket that a further role must know of, now. `clause` says who asks for it."""

    number: str
    summary: str
    customer: str
    severity: SeverityFact | None
    role: RoleFact
    why: EscalationReason
    now: datetime
    clock: ClockFacts | None = None
    owner: PersonFact | None = None
    text: str | None = None
    by: PersonFact | None = None
    clause: str | None = None


class FindingKind(StrEnum):
    """What should have happened in Vakt and did not."""

    LATE_TIMER = "late_timer"
    FAILING_TIMER = "failing_timer"
    STUCK_MESSAGE = "stuck_message"
    MISSING_TIMER = "missing_timer"
    MISSING_PAGE_TIMER = "missing_page_timer"


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """A finding of the auditor, for the desk. `mended` when it was set going again."""

    kind: FindingKind
    count: int
    mended: bool
    tickets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnroutedFacts:
    """An alert that opened nothing; `route` is the one that takes it and cannot be used."""

    hook: str
    summary: str
    labels: tuple[str, ...]
    route: str | None = None
