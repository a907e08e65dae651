"""Maintenance as the views are told of it: the table of clauses, the windows, the cards and the lines."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.views.facts.refusals import RefusalFacts
from handlers.views.facts.tickets import PersonFact


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseRow:
    """One rule of one agreement, judged for all its customers. Figures as in `models.sla.maintenance.Finding`."""

    vendor: str
    clause: str
    limit: str
    verdict: str
    number: int = 0
    amount: timedelta = timedelta()
    kinds: tuple[str, ...] = ()
    """Kinds that keep it by being what they are."""
    by_kind: bool = False
    count: int = 0
    found: timedelta = timedelta()
    broken_for: int = 0
    customers: int = 0
    reading: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class SlotFact:
    """A time it could take."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapFact:
    """Other maintenance on one of these services at that time."""

    name: str
    title: str
    slot: SlotFact


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveOutFact:
    """Customers of one agreement that can be left out."""

    contract: str
    vendor: str
    customers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardFacts:
    """What the agreements make of a plan, and what can be done about it.

    `slots`: the earliest that keep everything: at the weekday and time asked for, and earlier ones at
    other times. `blocked`: clauses that leave none. `rest`: the earliest without `leave_out`. `parts`:
    the job in parts that keep everything. `over_quarter`, `clocks_change`: said where they are so.
    """

    rows: tuple[ClauseRow, ...]
    customers: int
    agreements: int
    channels: int = 0
    unreached: tuple[str, ...] = ()
    slots: tuple[SlotFact, ...] = ()
    blocked: tuple[str, ...] = ()
    parts: tuple[SlotFact, ...] = ()
    leave_out: tuple[LeaveOutFact, ...] = ()
    rest: SlotFact | None = None
    latest: datetime | None = None
    overlaps: tuple[OverlapFact, ...] = ()
    over_quarter: bool = False
    clocks_change: bool = False
    occurrences: tuple[SlotFact, ...] = ()
    broken_occurrences: int = 0
    left_out: tuple[str, ...] = ()
    """Vendors whose customers have been left out."""

    @property
    def broken(self) -> tuple[ClauseRow, ...]:
        """The rows that are broken."""
        return tuple(row for row in self.rows if row.verdict == "broken")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFormFacts:
    """The window in which maintenance is planned or moved, at one step.

    `turn` is part of the ids of the two moments, which are drawn anew when a slot is taken.
    """

    metadata: str
    turn: int
    now: datetime
    services: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...] = ()
    components: tuple[tuple[str, str], ...] = ()
    chosen_components: tuple[str, ...] = ()
    title: str = ""
    kind: str = "planned"
    downtime: bool = True
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    customers: tuple[tuple[str, str], ...] = ()
    only: tuple[str, ...] = ()
    asks_approval: bool = False
    asks_consent: bool = False
    may_override: bool = False
    override: bool = False
    split: bool = False
    moving: str | None = None
    in_series: bool = False
    """Whether others come after the one that is moved."""
    later: bool = False
    guard: GuardFacts | None = None
    problem: RefusalFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceFacts:
    """One maintenance as it stands. `services` are names; `noticed` what users notice, as typed."""

    name: str
    now: datetime
    title: str
    services: tuple[str, ...]
    kind: str
    downtime: bool
    stage: str
    slot: SlotFact
    noticed: str = ""
    planned_by: PersonFact | None = None
    approver: PersonFact | None = None
    approved_at: datetime | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    latest_at: datetime | None = None
    notice_at: datetime | None = None
    told_at: datetime | None = None
    customers: int = 0
    places: int = 0
    overridden: tuple[str, ...] = ()
    override_by: PersonFact | None = None
    override_reason: str = ""
    series: str | None = None
    muted: int = 0
    """Alerts that it muted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceLine:
    """One event, for the thread of a card. `by` is who did it, `off` by how much it came early (below 0) or late."""

    event: str
    at: datetime
    work: MaintenanceFacts
    by: PersonFact | None = None
    text: str = ""
    slot: SlotFact | None = None
    off: timedelta = timedelta()
    clauses: tuple[str, ...] = ()
    count: int = 0
    mails: tuple[str, ...] = ()
    """Whom the desk mails of it."""
    mail_text: str = ""
    mail_step: int = 0
    mails_sent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceListFacts:
    """What is planned or under way."""

    rows: tuple[MaintenanceFacts, ...]
    now: datetime
    more: int = 0
