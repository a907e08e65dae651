"""What a view is told: frozen facts, loaded before and complete, so that rendering asks nobody.

Texts that differ by language (a class's name, a question) come as a mapping from language code
to text, straight from the contract; the view picks the reader's. Moments are aware. `now` is the
instant the picture was taken, in contract time; every "left" and "late" is as of then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from models.sla.clock import Target
from models.sla.contract import ClockKind, Role, Strength, TicketKind, WaitKind

Texts = Mapping[str, str]
"""Language code ("en", "nb", "sv") to text; English is the fallback."""


class Status(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_ACCESS = "waiting_access"
    RESOLVED = "resolved"
    CLOSED = "closed"

    @property
    def waiting(self) -> bool:
        """Whether someone else has to act before the desk can."""
        return self in {Status.WAITING_CUSTOMER, Status.WAITING_ACCESS}

    @property
    def done(self) -> bool:
        """Whether the desk has nothing left to do."""
        return self in {Status.RESOLVED, Status.CLOSED}


@dataclass(frozen=True, slots=True)
class PersonFact:
    """Someone, by name; `slack_id` is None for people who are not in the workspace."""

    slack_id: str | None
    name: str


@dataclass(frozen=True, slots=True)
class RoleFact:
    """A role and the people who hold it now; `group` is a Slack user group's id, when there is one."""

    role: Role
    people: tuple[PersonFact, ...] = ()
    group: str | None = None


@dataclass(frozen=True, slots=True)
class LinkFact:
    """Something to open: a file, or a message. `url` is one that Slack gave us."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ChoiceFact:
    """One thing to choose: what is stored, and what the reader sees."""

    id: str
    name: Texts


@dataclass(frozen=True, slots=True)
class SeverityFact:
    """A class of the contract, as `models.sla.contract.Severity` has it."""

    id: str
    name: Texts
    meaning: Texts = field(default_factory=dict)
    clause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockFacts:
    """One clock of a ticket, running, standing or done.

    `budget`, `remaining`, `ahead_by` and `late_by` are in the clock's own measure: working time,
    or elapsed time when `elapsed`. `remaining` is negative when late. `spent` is a share of the
    budget, 0 to 1. `due_at` is None while the clock stands.
    """

    kind: ClockKind
    strength: Strength
    clause: str
    due_at: datetime | None
    where: Texts | None = None
    """Where the customer finds the clause in its agreement, as "point 4"; shown to customers."""
    budget: timedelta | None = None
    remaining: timedelta | None = None
    spent: float = 0.0
    elapsed: bool = False
    zone: str = "Europe/Oslo"
    starts_at: datetime | None = None
    """When counting begins; later than `now` for what was collected outside hours."""
    expected_at: datetime | None = None
    expected_strength: Strength | None = None
    stopped_at: datetime | None = None
    done_by: PersonFact | None = None
    ahead_by: timedelta | None = None
    breached: bool = False
    """Late, whatever the strength; the words follow the strength."""
    late_by: timedelta | None = None
    escalated_to: tuple[RoleFact, ...] = ()
    paused: WaitKind | None = None
    paused_since: datetime | None = None
    reading: Texts | str | None = None
    """The choice taken where the contract is silent, as the contract has it."""

    @property
    def running(self) -> bool:
        """Neither done nor standing."""
        return self.stopped_at is None and self.paused is None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFacts:
    """A ticket as its cards, its modals and its details show it."""

    number: str
    summary: str
    details: str = ""
    customer: str
    contract: str
    """The contract's short title, as "SoftOne"."""
    kind: TicketKind
    status: Status
    severity: SeverityFact | None
    severity_confirmed: bool = False
    opened_by: PersonFact
    on_behalf_of: PersonFact | None = None
    on_behalf: bool = False
    """An agent entered it, with how and when it came in."""
    ordered_by: str | None = None
    """Who asked, as the agent typed it."""
    product: str | None = None
    """What it is about, by its vendor's name. Source: SO-02."""
    intake: str = "slack"
    reported_at: datetime
    now: datetime
    owner: PersonFact | None = None
    clocks: tuple[ClockFacts, ...] = ()
    """Those that matter now come first; done ones last."""
    level: int = 2
    wait: WaitKind | None = None
    waiting_since: datetime | None = None
    clock_stands: bool = False
    """Whether the wait stops any clock; without, it is only shown. Source: docs/rules.md, 4."""
    started_at: datetime | None = None
    started_by: PersonFact | None = None
    workaround: str | None = None
    workaround_confirmed: bool | None = None
    offers_workaround: bool = False
    """Whether this contract gives a confirmed workaround a meaning. Source: SO-12."""
    outside_agreement: str | None = None
    """Why, in the reader's language; for the desk only."""
    outcome: str | None = None
    resolved_at: datetime | None = None
    resolved_by: PersonFact | None = None
    call_back: bool = False
    development_case: str | None = None
    target_release: str | None = None
    next_update_at: datetime | None = None
    best_effort: bool = False
    """No clock by agreement (EM-10); said so instead of a due line."""
    has_release: bool = False
    """Whether this class comes in a version instead of having a time. Source: PI-08."""
    notes: tuple[Texts, ...] = ()
    """Short remarks from the contract for the desk (EM-24) and facts such as PI-09's."""
    customer_notes: tuple[Texts, ...] = ()
    """Remarks from the contract for the customer (EM-09, EM-10)."""
    asked: tuple[tuple[Texts, str], ...] = ()
    """What the contract had asked for at opening, and what was typed. Source: EM-20, EM-25."""
    answers: tuple[tuple[Texts, Texts], ...] = ()
    """Question and answer, kept as evidence."""
    duplicate_of: str | None = None

    @property
    def clock(self) -> ClockFacts | None:
        """The clock to watch: the first that is not done."""
        return next((clock for clock in self.clocks if clock.stopped_at is None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFact:
    """One ticket in a list."""

    number: str
    summary: str
    customer: str
    severity: SeverityFact | None
    status: Status
    owner: PersonFact | None = None
    clock: ClockFacts | None = None


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
    ACKNOWLEDGED = "acknowledged"
    TARGET_RELEASE = "target_release"
    NEXT_OPENING = "next_opening"
    CALENDAR_CORRECTED = "calendar_corrected"
    MERGED = "merged"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """A person woken for a ticket. Edited in place as it is answered."""

    number: str
    summary: str
    customer: str
    severity: SeverityFact | None
    sent_at: datetime
    now: datetime
    position: int = 1
    next_steps: tuple[tuple[str, datetime], ...] = ()
    """Who is paged after, by name or by role in words, and when."""
    acknowledged_by: PersonFact | None = None
    acknowledged_by_reader: bool = False
    acknowledged_at: datetime | None = None
    declined: bool = False
    started: bool = False
    clock: ClockFacts | None = None
    clock_starts_at: datetime | None = None
    """Set when the contract's own clock waits for the next opening (PS-16)."""
    may_wait_until: datetime | None = None
    """The next opening, when whoever is on call chooses between now and then. Source: PI-06."""
    waits_because: str | None = None
    """Why it was left until then, once somebody chose so."""
    repeated: bool = False
    """Whether it may have been said before: nobody could find out."""


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


@dataclass(frozen=True, slots=True)
class CustomerFact:
    """A customer one may open a ticket for."""

    id: str
    name: str
    contract: str


@dataclass(frozen=True, slots=True)
class QuestionFact:
    """One question of the contract's tree; `chosen` is the answer's id once given."""

    id: str
    text: Texts
    answers: tuple[ChoiceFact, ...]
    chosen: str | None = None
    hint: Texts | None = None


@dataclass(frozen=True, slots=True)
class ExtraFact:
    """A further ask of the contract, as browser and version (HP-16); always optional."""

    id: str
    label: Texts
    multiline: bool = False
    hint: Texts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOnFacts:
    """A question that goes to a super user in place of the desk. Source: PI-11."""

    by: PersonFact
    customer: str
    summary: str
    details: str
    clause: str


class Basis(StrEnum):
    """What a class rests on while the ticket is not yet opened."""

    ANSWERS = "answers"
    DEFAULT = "default"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFact:
    """What would be opened now: shown under the questions, and again after.

    `clocks` empty and `best_effort` False means that the contract sets no time for this.
    """

    severity: SeverityFact | None
    basis: Basis
    clocks: tuple[ClockFacts, ...] = ()
    best_effort: bool = False
    collected_until: datetime | None = None
    """Set when it is collected outside hours: when the clock starts. Source: EM-09."""
    target_release: bool = False
    """It goes in a coming version instead of having a time. Source: PI-08."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFacts:
    """The opening view at one step. `scope` names the tree (contract and kind) in block ids."""

    metadata: str
    now: datetime
    scope: str = ""
    customer: CustomerFact | None = None
    customers: tuple[CustomerFact, ...] = ()
    """To choose from, when not given by the channel."""
    on_behalf: bool = False
    """An agent opens: asks how it came in, when, and who ordered it."""
    intakes: tuple[ChoiceFact, ...] = ()
    intake: str | None = None
    received_at: datetime | None = None
    kind: str | None = None
    kinds: tuple[ChoiceFact, ...] = ()
    """What it can be, in the contract's own words. Source: SO-19."""
    items: tuple[ChoiceFact, ...] = ()
    item: str | None = None
    products: tuple[ChoiceFact, ...] = ()
    """What the customer holds, when that is several. Source: SO-02."""
    product: str | None = None
    summary: str = ""
    details: str = ""
    source: LinkFact | None = None
    """The message it was made from."""
    extras: tuple[ExtraFact, ...] = ()
    questions: tuple[QuestionFact, ...] = ()
    outcome: OutcomeFact | None = None
    charging_clause: str | None = None
    """Set when time may be charged (SO-06): the charging line is shown, and opening is the order."""
    first_asked: tuple[PersonFact, ...] = ()
    """Whom the customer's people ask first, with the clause that says so. Source: PI-11."""
    first_asked_clause: str = ""
    passed_on: bool = False
    """It was sent to them."""
    notes: tuple[str, ...] = ()
    """Remarks already in the reader's language (a desk closed until 27 July, outside the agreement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFacts:
    """The view after *Open*."""

    ticket: TicketFacts
    outcome: OutcomeFact
    channel_id: str | None = None
    """Where the customer's card is posted."""
    notes: tuple[str, ...] = ()
    """Remarks of the contract, already in the reader's language. Source: EM-09."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActFacts:
    """What the small modals on a ticket need. `text` fills the main field in."""

    metadata: str
    ticket: TicketFacts
    severities: tuple[SeverityFact, ...] = ()
    text: str = ""
    work_already_started: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsFacts:
    """A ticket in full, with its log; `for_desk` shows what stays inside."""

    ticket: TicketFacts
    log: tuple[LogFacts, ...] = ()
    for_desk: bool = False
    page: int = 0
    pages: int = 1
    link: LinkFact | None = None


class Listing(StrEnum):
    """Which tickets a list holds."""

    MINE = "mine"
    OPEN = "open"
    BREACHING = "breaching"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFacts:
    """A page of tickets; pages count from 0."""

    listing: Listing
    rows: tuple[RowFact, ...]
    total: int
    now: datetime
    page: int = 0
    pages: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentHomeFacts:
    """The agent's home."""

    mine: tuple[RowFact, ...]
    late: tuple[RowFact, ...]
    due_today: tuple[RowFact, ...]
    rest: tuple[RowFact, ...]
    now: datetime
    on_call: tuple[PersonFact, ...] = ()
    on_call_next: tuple[PersonFact, ...] = ()
    page: int = 0
    pages: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactHomeFacts:
    """The home of a customer's contact."""

    customer: str
    contract: str
    contract_lines: tuple[str, ...]
    """The contract in at most five lines, in the reader's language."""
    rows: tuple[RowFact, ...]
    now: datetime
    page: int = 0
    pages: int = 1


class Refusal(StrEnum):
    """Why not. The values each needs are the places in its text (`refusals.needs`)."""

    NO_RIGHT = "no_right"
    NOT_A_CONTACT = "not_a_contact"
    STRANGER = "stranger"
    NO_CUSTOMER_HERE = "no_customer_here"
    UNKNOWN_TICKET = "unknown_ticket"
    CLOSED = "closed"
    RESOLVED = "resolved"
    NOT_RESOLVED = "not_resolved"
    ALREADY_STARTED = "already_started"
    ALREADY_OWNED = "already_owned"
    ALREADY_WAITING = "already_waiting"
    NOT_WAITING = "not_waiting"
    ALREADY_LEVEL_3 = "already_level_3"
    ALREADY_ACKNOWLEDGED = "already_acknowledged"
    ALREADY_ANSWERED = "already_answered"
    SAME_SEVERITY = "same_severity"
    CHANGED = "changed"
    NOT_AN_AGENT = "not_an_agent"
    SENIOR_ONLY = "senior_only"
    WINDOW_EXPIRED = "window_expired"
    BUSY = "busy"
    FULL = "full"
    UNWRITABLE = "unwritable"
    UNCERTAIN = "uncertain"
    NOT_IN_CHANNEL = "not_in_channel"
    OLD_BUTTON = "old_button"
    OLD_WINDOW = "old_window"
    UNREADABLE = "unreadable"
    NO_MOMENT = "no_moment"
    TOO_LONG_AGO = "too_long_ago"
    TOO_FAR_AHEAD = "too_far_ahead"
    NO_SUCH_CHOICE = "no_such_choice"
    SUMMARY_MISSING = "summary_missing"
    SUMMARY_TOO_LONG = "summary_too_long"
    TEXT_MISSING = "text_missing"
    TEXT_TOO_LONG = "text_too_long"
    REASON_MISSING = "reason_missing"
    OUTCOME_MISSING = "outcome_missing"
    CUSTOMER_MISSING = "customer_missing"
    KIND_MISSING = "kind_missing"
    ANSWER_MISSING = "answer_missing"
    SEVERITY_MISSING = "severity_missing"
    RECEIVED_IN_FUTURE = "received_in_future"
    STARTED_AT_MISSING = "started_at_missing"
    STARTED_IN_FUTURE = "started_in_future"
    STARTED_BEFORE_RECEIVED = "started_before_received"
    UPDATE_IN_PAST = "update_in_past"


Value = str | int | datetime | timedelta | PersonFact | tuple[PersonFact, ...] | Texts
"""What a refusal may be told; the view turns each into the reader's words."""


@dataclass(frozen=True, slots=True)
class RefusalFacts:
    """Why not, and the way out: a key with the values its text has places for.

    `action` with `label` and `value` adds the way out as a button where a message can carry one;
    for NOT_A_CONTACT the label is made from `contact` ("Send to Kari").
    """

    key: Refusal
    now: datetime
    values: Mapping[str, Value] = field(default_factory=dict)
    action: str | None = None
    value: str = ""
    contact: PersonFact | None = None


class FindingKind(StrEnum):
    """What should have happened in Vakt and did not."""

    LATE_TIMER = "late_timer"
    FAILING_TIMER = "failing_timer"
    STUCK_MESSAGE = "stuck_message"
    MISSING_TIMER = "missing_timer"


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """A finding of the auditor, for the desk. `mended` when it was set going again."""

    kind: FindingKind
    count: int
    mended: bool
    tickets: tuple[str, ...] = ()
