"""How much of a period services were there: the union of what counts, exact to the microsecond.

Every interval is judged by the contract's own terms, with the reason and the clause; overlaps are
counted once, and everything is cut at the period's ends. Shares are exact fractions: 99.5 % is not
below 99.5 %. Source: PS-09, PS-10, PS-11, PS-12, PS-29, EM-13, EM-14, HP-08, PI-04.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate
from math import floor

from models.sla.contract import Availability, MaintenanceDowntime, Scope
from models.sla.day_table import Span, instant, merged, microseconds
from models.sla.periods import Period

WHOLE = Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Downtime as it was noted. `ends` is None while it lasts; `merged_into` is who stands for it."""

    id: str
    begins: datetime
    ends: datetime | None
    scope: Scope
    services: frozenset[str] = frozenset()
    maintenance: MaintenanceDowntime | None = None
    exclusion: str | None = None
    merged_into: str | None = None


class Why(StrEnum):
    """Why an interval counts, or does not."""

    COUNTS = "counts"
    SCOPE = "scope"
    MAINTENANCE = "maintenance"
    EXCLUDED = "excluded"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the contract says about an interval, and the clause that says so; None where no clause does."""

    why: Why
    clause: str | None

    @property
    def counts(self) -> bool:
        """Whether it is downtime in the contract's sense."""
        return self.why is Why.COUNTS


def judge(terms: Availability, interval: Interval) -> Judgement:
    """Whether an interval counts. A reason that the contract does not have leaves nothing out."""
    exclusion = terms.exclusion(interval.exclusion)
    if interval.merged_into is not None:
        return Judgement(Why.MERGED, None)
    if exclusion is not None:
        return Judgement(Why.EXCLUDED, exclusion.clause)
    if interval.scope not in terms.scopes:
        return Judgement(Why.SCOPE, terms.scope_clause or terms.clause)
    if interval.maintenance in terms.excludes_maintenance:
        return Judgement(Why.MAINTENANCE, terms.maintenance_clause)
    return Judgement(Why.COUNTS, terms.clause)


@dataclass(frozen=True, slots=True)
class Verdict:
    """An interval in a period: the part of it inside, in UTC, and how it was judged. `lasts`: it is not over."""

    interval: Interval
    begins: datetime
    ends: datetime
    judgement: Judgement
    lasts: bool

    @property
    def length(self) -> timedelta:
        """How long that part is."""
        return self.ends - self.begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The availability of one period, in microseconds and exact shares of 1.

    `share` takes the whole period as available but for what has been counted: it can only fall until the
    period is over. `elapsed_us` is how much of the period has passed. `provisional`: the period, or an
    interval in it that counts, is not over. `with_maintenance` and `without_maintenance` are the shares
    with all maintenance counted and with none; None where the contract asks for neither.
    """

    period: Period
    target: Fraction
    total_us: int
    down_us: int
    elapsed_us: int
    provisional: bool
    with_maintenance: Fraction | None = None
    without_maintenance: Fraction | None = None

    @property
    def share(self) -> Fraction:
        """The available share of the whole period."""
        return _share(self.down_us, self.total_us)

    @property
    def so_far(self) -> Fraction:
        """The available share of what has passed of it."""
        return _share(self.down_us, self.elapsed_us)

    @property
    def met(self) -> bool:
        """Whether the target is kept: exactly at it is kept."""
        return self.share >= self.target

    @property
    def down(self) -> timedelta:
        """What was counted as downtime, each second once."""
        return timedelta(microseconds=self.down_us)

    @property
    def total(self) -> timedelta:
        """How long the period is."""
        return timedelta(microseconds=self.total_us)


def _share(down: int, total: int) -> Fraction:
    """The available share of some time; of none at all everything."""
    return WHOLE - Fraction(down, total) if total else WHOLE


def floored(share: Fraction, places: int = 3) -> Decimal:
    """A share of 1 in percent, rounded down: what is below a border never reads as being at it."""
    scale = int(10**places)
    return Decimal(floor(share * 100 * scale)) / Decimal(scale)


class Spans:
    """A union of spans that is asked again and again how much of it lies in a stretch."""

    __slots__ = ("_begins", "_ends", "_sums", "spans")

    def __init__(self, spans: Iterable[Span]) -> None:
        """Join them, and sum them up."""
        self.spans = merged(spans)
        self._begins = [begin for begin, _ in self.spans]
        self._ends = [end for _, end in self.spans]
        self._sums = [0, *accumulate(end - begin for begin, end in self.spans)]

    def within(self, low: int, high: int) -> int:
        """How much of the union lies in [low, high)."""
        return max(self._before(high) - self._before(low), 0)

    def inside(self, low: int, high: int) -> Iterator[Span]:
        """Its spans in [low, high), cut at the ends."""
        for at in range(bisect_right(self._ends, low), bisect_left(self._begins, high)):
            yield max(self._begins[at], low), min(self._ends[at], high)

    def _before(self, at: int) -> int:
        index = bisect_right(self._begins, at)
        return self._sums[index] - max(self._ends[index - 1] - at, 0) if index else 0


NO_SPANS = Spans(())


@dataclass(frozen=True, slots=True)
class _Judged:
    begins: int
    ends: int
    interval: Interval
    judgement: Judgement


class Downtimes:
    """Intervals, judged under one contract once, and asked about many periods.

    `shared` are those that these stand beside, as what concerns all customers beside what concerns one:
    judged once for all of them. What is not over counts until `now`.
    """

    def __init__(
        self, terms: Availability, intervals: Iterable[Interval], now: datetime, shared: "Downtimes | None" = None
    ) -> None:
        """Judge them. `shared` must have been judged by the same terms, at the same instant."""
        self.terms = terms
        self.shared = shared
        self._now = microseconds(now)
        judged = [self._judged(each) for each in intervals]
        self._all = sorted((each for each in judged if each is not None), key=lambda each: (each.begins, each.ends))
        self._reach = list(accumulate((each.ends for each in self._all), max))
        self._begins = [each.begins for each in self._all]
        lasting = (each.begins for each in self._all if each.interval.ends is None and each.judgement.counts)
        self._lasting = min(lasting, default=None)
        self._counted = Spans((each.begins, each.ends) for each in self._all if each.judgement.counts)
        self._with = self._without = NO_SPANS
        if terms.with_maintenance:
            self._with = Spans((each.begins, each.ends) for each in self._all if _counts_with_maintenance(each))
            self._without = Spans((each.begins, each.ends) for each in self._all if _counts_without(each))

    def _judged(self, interval: Interval) -> _Judged | None:
        """An interval and what is said of it; None before it begins."""
        begins = microseconds(interval.begins)
        ends = self._now if interval.ends is None else microseconds(interval.ends)
        if begins > self._now:
            return None
        return _Judged(begins, ends, interval, judge(self.terms, interval))

    def figure(self, period: Period) -> Figure:
        """The availability of a period."""
        begins, ends = microseconds(period.begins), microseconds(period.ends)
        upto = max(min(self._now, ends), begins)
        maintained = self.terms.with_maintenance
        return Figure(
            period=period,
            target=self.terms.target,
            total_us=ends - begins,
            down_us=self._down("_counted", begins, upto),
            elapsed_us=upto - begins,
            provisional=self._now < ends or self._lasts(begins, ends),
            with_maintenance=_share(self._down("_with", begins, upto), ends - begins) if maintained else None,
            without_maintenance=_share(self._down("_without", begins, upto), ends - begins) if maintained else None,
        )

    def _down(self, which: str, low: int, high: int) -> int:
        """How much of a stretch is down: what is shared, and of these what is not there already."""
        own: Spans = getattr(self, which)
        if self.shared is None:
            return own.within(low, high)
        shared: Spans = getattr(self.shared, which)
        beside = sum(end - begin - shared.within(begin, end) for begin, end in own.inside(low, high))
        return shared.within(low, high) + beside

    def _lasts(self, low: int, high: int) -> bool:
        mine = self._lasting is not None and self._lasting < high and self._now > low
        return mine or (self.shared is not None and self.shared._lasts(low, high))  # noqa: SLF001 - of this class

    def _touching(self, low: int, high: int) -> Iterator[_Judged]:
        """What has a part in [low, high), or lies there without any length."""
        first, last = bisect_right(self._reach, low), bisect_left(self._begins, high)
        return (each for each in self._all[first:last] if each.ends > low)

    def verdicts(self, period: Period) -> tuple[Verdict, ...]:
        """Every interval of a period, in order: what counts, and what does not and why."""
        begins, ends = microseconds(period.begins), microseconds(period.ends)
        found = [*self._touching(begins, ends), *(self.shared._touching(begins, ends) if self.shared else ())]  # noqa: SLF001 - of this class
        return tuple(
            Verdict(
                interval=each.interval,
                begins=instant(max(each.begins, begins)),
                ends=instant(min(each.ends, ends)),
                judgement=each.judgement,
                lasts=each.interval.ends is None,
            )
            for each in sorted(found, key=lambda each: (each.begins, each.ends, each.interval.id))
        )


def _counts_with_maintenance(each: _Judged) -> bool:
    return each.judgement.counts or each.judgement.why is Why.MAINTENANCE


def _counts_without(each: _Judged) -> bool:
    return each.judgement.counts and each.interval.maintenance is None


def overlapping(intervals: Iterable[Interval], now: datetime) -> tuple[tuple[Interval, Interval], ...]:
    """Which intervals may be one, told twice: they overlap, and agree about everything but source and times.

    Each pair is the earlier one, which may stand for both, and the later. Source: EM-14.
    """
    upto = microseconds(now)
    open_ones: list[tuple[int, Interval]] = []
    pairs = []
    for each in sorted(intervals, key=lambda each: (each.begins, each.id)):
        if each.merged_into is not None:
            continue
        begins = microseconds(each.begins)
        open_ones = [one for one in open_ones if one[0] > begins]
        pairs += [(one, each) for _, one in open_ones if _alike(one, each)]
        open_ones.append((upto if each.ends is None else microseconds(each.ends), each))
    return tuple(pairs)


def _alike(one: Interval, other: Interval) -> bool:
    same = (one.scope, one.maintenance, one.exclusion) == (other.scope, other.maintenance, other.exclusion)
    return same and bool(one.services & other.services)
