"""Availability, credit and claims: facts for `/sla` and for the messages about a claim."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from handlers.views.facts.tickets import PersonFact, Texts
from models.sla.availability import Why
from models.sla.contract import MaintenanceDowntime, PeriodKind, Scope, Strength
from models.sla.credit import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalFact:
    """A part of downtime inside a period, and how it was judged. `reason` says why it was left out."""

    id: str
    begins: datetime
    ends: datetime
    lasts: bool
    scope: Scope
    services: tuple[str, ...]
    why: Why
    clause: str | None
    maintenance: MaintenanceDowntime | None = None
    reason: Texts | None = None
    outage: str | None = None
    merged_at: datetime | None = None
    merged_by: PersonFact | None = None

    @property
    def counts(self) -> bool:
        """Whether it is downtime in the contract's sense."""
        return self.why is Why.COUNTS

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.ends - self.begins


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditFact:
    """What is given back, as shares of the monthly fee. `given` False: the contract gives nothing back.

    `before`: so much was claimed for the same period before; `fee` is the rest.
    """

    clause: str
    given: bool
    fee: Fraction = Fraction(0)
    below: Fraction | None = None
    points: int | None = None
    beside: Fraction | None = None
    capped_by: str | None = None
    before: Fraction = Fraction(0)
    one_off: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFact:
    """A period as it is named; `previous` and `following` are the keys of those beside it."""

    key: str
    kind: PeriodKind
    begins: datetime
    ends: datetime
    previous: str | None = None
    following: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeFact:
    """Two intervals that may be one: the earlier may stand for both. `apart_by` said that they are two."""

    one: IntervalFact
    other: IntervalFact
    apart_at: datetime | None = None
    apart_by: PersonFact | None = None


@dataclass(frozen=True, slots=True)
class DecisionFact:
    """What the desk made of a claim: "granted", "declined", or "open" where that was taken back.

    `fee` is the granted share of the monthly fee, `amount` as it stands on paper.
    """

    outcome: str
    at: datetime
    by: PersonFact | None
    fee: Fraction | None = None
    amount: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimBrief:
    """A claim in a few words: where it stands. `fee` is what was claimed, `last` what was decided last."""

    id: str
    state: str
    outcome: str
    claimed_at: datetime | None
    claimed_by: PersonFact | None
    fee: Fraction | None
    last: DecisionFact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaFacts:
    """The availability of a customer in a period, of all its services or of one. `zone` is the contract's."""

    customer_id: str
    customer: str
    agreement: Texts
    service: str | None
    period: PeriodFact
    zone: str
    share: Fraction
    so_far: Fraction
    target: Fraction
    strength: Strength
    clause: str
    down: timedelta
    total: timedelta
    provisional: bool
    intervals: tuple[IntervalFact, ...]
    with_maintenance: Fraction | None = None
    without_maintenance: Fraction | None = None
    credit: CreditFact | None = None
    readings: tuple[Texts, ...] = ()
    may_claim: bool = False
    for_desk: bool = False
    excludable: bool = False
    claims: tuple[ClaimBrief, ...] = ()
    merges: tuple[MergeFact, ...] = ()

    @property
    def met(self) -> bool:
        """Whether the target is kept."""
        return self.share >= self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewFacts:
    """Every customer of the reader's desks, in the period of its own contract, the worst first."""

    rows: tuple[SlaFacts, ...]
    more: int = 0
    unmeasured: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionFormFacts:
    """The window in which an interval is left out for one of the contract's reasons."""

    metadata: str
    customer: str
    interval: IntervalFact
    zone: str
    reasons: tuple[tuple[str, Texts, str], ...]
    """Key, words and clause of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RightFact:
    """Whether an interval may be claimed for."""

    interval: IntervalFact
    standing: Standing
    lapses_at: datetime | None
    report_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFacts:
    """A claim as it stands. `uptime` is the period's share, `covered` what its covered intervals alone come to."""

    id: str
    state: str
    customer: str
    agreement: Texts
    period: PeriodFact
    service: str | None
    zone: str
    uptime: Fraction
    target: Fraction
    covered: Fraction
    down: timedelta
    total: timedelta
    credit: CreditFact
    clause: str
    rights: tuple[RightFact, ...]
    provisional: bool
    reported_at: datetime | None
    first_lapse: datetime | None
    last_lapse: datetime | None
    reminded: bool = False
    claimed_at: datetime | None = None
    claimed_by: PersonFact | None = None
    on_behalf: bool = False
    outcome: str = "open"
    """What the last of `decisions` came to."""
    decisions: tuple[DecisionFact, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthFact:
    """A month's share of 1; None where no agreement held. `provisional`: it is not over."""

    period: PeriodFact
    share: Fraction | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class ChartFacts:
    """A customer's months, the first first, and what they are compared with."""

    customer: str
    months: tuple[MonthFact, ...]
    target: Fraction
    zone: str
