"""Availability from what is stored: a desk's downtime, read once and judged for each customer's contract.

What concerns all customers is judged once for each set of terms and services; a customer limited to
intervals of its own only adds those. Nothing here writes.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.agreements import Agreements, NoAgreementError, last_instant_of
from models.customer import Agreement, Customer, agreements_until
from models.downtime import EVERYBODY, Between, Downtime, Scope, downtime_between
from models.service import Service, all_services
from models.sla.availability import Downtimes, Figure, Interval, Verdict
from models.sla.contract import Availability, Contract, MaintenanceDowntime
from models.sla.credit import NO_CREDIT, Credit, credit_for
from models.sla.periods import INSTANT, Period, months_until, parse_period, period_of
from models.store import Session

WHOLE = ""
"""In place of a service's key, where all of them are measured together."""


class NoAvailabilityError(Exception):
    """The contract states no availability; nothing is measured under it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A customer's contract at the end of a period, and what it says about availability."""

    contract: Contract
    availability: Availability
    agreement: Agreement

    def cut(self, period: Period) -> Period:
        """The part of a period in which the agreement held."""
        return period.within(self.agreement.since, self.agreement.until, self.contract.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The availability of one customer in one period: of all its services together, or of one.

    `credit` None: the period is not the one that is credited.
    """

    customer: Customer
    terms: Terms
    service: Service | None
    figure: Figure
    downtimes: Downtimes
    credit: Credit | None

    def verdicts(self) -> tuple[Verdict, ...]:
        """Every interval of the period, in order: what counts, and what does not and why. Found when it is asked."""
        return self.downtimes.verdicts(self.figure.period)


class Ground:
    """What is read once: a desk's downtime in a span, and its services."""

    def __init__(self, session: Session, team_id: str, desk_id: str, span: Between, now: datetime) -> None:
        """Read it."""
        self.now = now
        self.rows = {row.id: row for row in downtime_between(session, team_id, desk_id, span)}
        self._services = [each for each in all_services(session, team_id) if each.desk_id == desk_id]
        self._shared: list[Interval] = []
        self._own: dict[str, list[Interval]] = {}
        self._varied: list[Downtime] = []
        self._judged: dict[tuple[int, frozenset[str] | None], Downtimes] = {}
        self._terms: list[Availability] = []
        self._touched = frozenset(key for row in self.rows.values() for key in row.services)
        for row in self.rows.values():
            self._place(row)

    def _place(self, row: Downtime) -> None:
        """Where everybody's is judged once, where one customer's, and what is left out for some only."""
        if row.exclusions.keys() - {EVERYBODY}:
            self._varied.append(row)
        elif row.customers is None:
            self._shared.append(interval_of(row))
        else:
            for customer in row.customers:
                self._own.setdefault(customer, []).append(interval_of(row))

    def _beside(self, customer: Customer) -> list[Interval]:
        varied = [interval_of(row, customer.id) for row in self._varied if row.concerns(customer.id)]
        return [*self._own.get(customer.id, ()), *varied]

    def services(self, customer: Customer, contract: str) -> list[Service]:
        """What the customer hangs on: what its desk keeps now, and what it kept and something happened to."""
        used = [each for each in self._services if each.is_used_by(customer, contract)]
        return [each for each in used if not each.retired or each.key in self._touched]

    def downtimes(self, customer: Customer, terms: Availability, keys: frozenset[str] | None) -> Downtimes:
        """What concerns a customer, judged by its terms; `keys` None where a desk names no services."""
        shared = self._judged.get((id(terms), keys))
        if shared is None:
            self._terms.append(terms)  # kept, so that no other terms get its id
            shared = Downtimes(terms, self._of(self._shared, keys), self.now)
            self._judged[id(terms), keys] = shared
        own = self._of(self._beside(customer), keys)
        return Downtimes(terms, own, self.now, shared) if own else shared

    @staticmethod
    def _of(intervals: Iterable[Interval], keys: frozenset[str] | None) -> list[Interval]:
        return [each for each in intervals if keys is None or each.services & keys]


def interval_of(row: Downtime, customer_id: str = EVERYBODY) -> Interval:
    """An interval as it is judged for a customer; until somebody confirms that it is merged, it counts by itself."""
    return Interval(
        id=row.id,
        begins=row.began_at,
        ends=row.ended_at,
        scope=Scope(row.scope),
        services=frozenset(row.services),
        maintenance=MaintenanceDowntime(row.maintenance) if row.maintenance else None,
        exclusion=row.exclusion_for(customer_id),
        merged_into=row.merged_into if row.is_merged else None,
    )


def terms_at(session: Session, agreements: Agreements, customer: Customer, period: Period, now: datetime) -> Terms:
    """What a customer is under at the end of a period, or now while it lasts; else what it was under last in it.

    Raises:
        NoAgreementError: it is under no contract in all of it.
        NoAvailabilityError: its contract states no availability.
    """
    at = last_instant(period, now)
    held = _held_in(session, customer, period, at)
    if not held:
        message = f"{customer.key} is under no contract on {at.date()}"
        raise NoAgreementError(message)
    return terms_under(session, agreements, customer, held[-1], min(at, last_instant_of(held[-1], at)))


def all_terms(
    session: Session, agreements: Agreements, customer: Customer, period: Period, now: datetime
) -> list[Terms]:
    """Everything a customer was under in a period, in order, as it was last; what states no availability is left out.

    Raises:
        NoAgreementError: it is under no contract in all of it.
        NoAvailabilityError: none of its contracts states any.
    """
    at = last_instant(period, now)
    found = []
    for agreement in _held_in(session, customer, period, at):
        with suppress(NoAvailabilityError):
            found.append(terms_under(session, agreements, customer, agreement, min(at, last_instant_of(agreement, at))))
    return found or [terms_at(session, agreements, customer, period, now)]


def _held_in(session: Session, customer: Customer, period: Period, at: datetime) -> list[Agreement]:
    """The agreements that held in a period until an instant, in order."""
    begun = agreements_until(session, customer, at.date())
    return [each for each in begun if each.until is None or last_instant_of(each, at) >= period.begins]


def terms_under(
    session: Session, agreements: Agreements, customer: Customer, agreement: Agreement, at: datetime
) -> Terms:
    """The same for whoever has the agreement at hand."""
    contract = agreements.under_contract(session, customer, agreement.contract, at).contract
    if contract.availability is None:
        raise NoAvailabilityError(contract.id)
    return Terms(contract, contract.availability, agreement)


def last_instant(period: Period, now: datetime) -> datetime:
    """Its end, or now while it lasts: whose contract holds then is whose it is measured by."""
    return min(now, period.ends - INSTANT)


def period_in(text: str | None, contract: Contract, now: datetime) -> Period:
    """The period a text names in the contract's zone; without one the contract's own. Raises PeriodError."""
    if text:
        return parse_period(text, contract.zone, now)
    if contract.availability is None:
        raise NoAvailabilityError(contract.id)
    return period_of(contract.availability.period, now, contract.zone)


def ground_for(session: Session, customer: Customer, period: Period, now: datetime) -> Ground:
    """What is needed to measure a customer in a period."""
    return Ground(session, customer.team_id, customer.desk_id, Between(period.begins, period.ends), now)


def measure(ground: Ground, customer: Customer, terms: Terms, period: Period) -> list[Measured]:
    """The availability of a customer in a period: one for each service where the contract measures each."""
    return [_measured(ground, customer, terms, period, each) for each in _measured_by(ground, customer, terms)]


def _measured_by(ground: Ground, customer: Customer, terms: Terms) -> Sequence[Service | None]:
    """Each service by itself where the contract measures so and there are any, else all together."""
    each = ground.services(customer, terms.contract.id) if terms.availability.per_service else []
    return each or [None]


def _measured(ground: Ground, customer: Customer, terms: Terms, period: Period, service: Service | None) -> Measured:
    downtimes = ground.downtimes(customer, terms.availability, _keys(ground, customer, terms, service))
    cut = terms.cut(period)
    figure = downtimes.figure(cut)
    return Measured(
        customer=customer,
        terms=terms,
        service=service,
        figure=figure,
        downtimes=downtimes,
        credit=_credit(terms, period, figure),
    )


def _keys(ground: Ground, customer: Customer, terms: Terms, service: Service | None) -> frozenset[str] | None:
    if service is not None:
        return frozenset({service.key})
    keys = frozenset(each.key for each in ground.services(customer, terms.contract.id))
    return keys or None


def _credit(terms: Terms, period: Period, figure: Figure) -> Credit | None:
    credit = terms.contract.credit
    if credit is None:
        return NO_CREDIT
    return credit_for(credit, figure.share) if credit.rule is None or period.kind is credit.period else None


def figures(ground: Ground, customer: Customer, terms: Terms, periods: Iterable[Period]) -> list[Figure]:
    """Only the figures of several periods, all services together or the worst of them."""
    judged = [
        ground.downtimes(customer, terms.availability, _keys(ground, customer, terms, each))
        for each in _measured_by(ground, customer, terms)
    ]
    cut = [terms.cut(period) for period in periods]
    return [min((each.figure(period) for each in judged), key=lambda figure: figure.share) for period in cut]


@dataclass(frozen=True, slots=True)
class Year:
    """A customer's last twelve months, the first first, under the agreement it has now."""

    terms: Terms
    figures: tuple[Figure, ...]


def year_of(
    session: Session, agreements: Agreements, customer: Customer, now: datetime, last: datetime | None = None
) -> Year:
    """A customer's last twelve months, all services together or the worst of them; `last` falls in the last of them.

    Raises:
        NoAgreementError: it is under no contract now.
        NoAvailabilityError: its contract states no availability.
    """
    contract = agreements.in_force(session, customer, now).contract
    months = months_until(contract.zone, last or now)
    terms = terms_at(session, agreements, customer, months[-1], now)
    ground = Ground(session, customer.team_id, customer.desk_id, Between(months[0].begins, months[-1].ends), now)
    return Year(terms, tuple(figures(ground, customer, terms, months)))


def only(measured: Measured, intervals: Iterable[Interval]) -> Figure:
    """The figure that only these intervals come to."""
    now = measured.figure.period.begins + timedelta(microseconds=measured.figure.elapsed_us)
    found = Downtimes(measured.terms.availability, intervals, now).figure(measured.figure.period)
    return replace(found, provisional=measured.figure.provisional)
