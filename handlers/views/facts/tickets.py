"""What a ticket is to a reader: people, classes, clocks, the whole ticket and its row in a list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

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
class BreachFact:
    """How a breach stands: whether the customer is told, what is not found out yet, and the customer's own time."""

    clause: str
    first_told_at: datetime | None = None
    notices: int = 0
    blanks: tuple[Texts, ...] = ()
    mails_left: int = 0
    own_time: timedelta | None = None

    @property
    def own_until(self) -> datetime | None:
        """When the customer's own time to report ends; None before it was told."""
        if self.first_told_at is None or self.own_time is None:
            return None
        return self.first_told_at + self.own_time


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
    breach: BreachFact | None = None
    """How a security breach stands; for the desk only. Source: PS-17."""

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
