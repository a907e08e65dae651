"""Availability into facts: a customer's figure with every interval, as views are told of it."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from importlib import import_module

from handlers import claims
from handlers.agreements import Agreements
from handlers.availability import Ground, Measured, Terms, ground_for, interval_of, measure, terms_at, year_of
from handlers.scene import moment, person_fact
from handlers.views.blocks import Attachment
from handlers.views.facts.sla import (
    ChartFacts,
    ClaimBrief,
    CreditFact,
    DecisionFact,
    IntervalFact,
    MergeFact,
    MonthFact,
    PeriodFact,
    SlaFacts,
)
from handlers.views.words import Words
from models import typed_text
from models.claim import Claim, ClaimedFor, ClaimState, claims_of, decisions_of
from models.customer import Customer
from models.downtime import Downtime
from models.service import all_services
from models.sla.availability import Verdict, Why, judge, overlapping
from models.sla.contract import Contract, PeriodKind
from models.sla.credit import Credit
from models.sla.periods import INSTANT, Period, period_of
from models.store import Session


@dataclass(frozen=True, slots=True)
class Sight:
    """A customer's period as somebody looks at it. `names` are the services', by key."""

    session: Session
    customer: Customer
    terms: Terms
    period: Period
    ground: Ground
    names: dict[str, str]
    now: datetime
    for_desk: bool

    def measured(self) -> list[Measured]:
        """Its figures."""
        return measure(self.ground, self.customer, self.terms, self.period)


def sight(
    session: Session,
    agreements: Agreements,
    customer: Customer,
    period: Period,
    now: datetime,
    *,
    for_desk: bool = False,
    ground: Ground | None = None,
) -> Sight:
    """Load what a customer's period is measured from; `ground` where it was loaded for another customer of the desk.

    Raises:
        NoAgreementError: it was under no contract then.
        NoAvailabilityError: its contract states no availability.
    """
    terms = terms_at(session, agreements, customer, period, now)
    return sight_under(session, customer, terms, period, now, for_desk=for_desk, ground=ground)


def sight_under(
    session: Session,
    customer: Customer,
    terms: Terms,
    period: Period,
    now: datetime,
    *,
    for_desk: bool = False,
    ground: Ground | None = None,
) -> Sight:
    """The same under terms that are at hand."""
    ground = ground or ground_for(session, customer, period, now)
    names = {each.key: each.name for each in all_services(session, customer.team_id)}
    return Sight(session, customer, terms, period, ground, names, now, for_desk)


def sla_facts(at: Sight) -> tuple[SlaFacts, ...]:
    """One for all services together, or one for each."""
    merges = _merges(at) if at.for_desk else ()
    return tuple(_facts(at, each, merges if index == 0 else ()) for index, each in enumerate(at.measured()))


def brief_facts(at: Sight) -> tuple[SlaFacts, ...]:
    """The figures alone, without the intervals: for a line in a list."""
    return tuple(_facts(at, each, (), brief=True) for each in at.measured())


def _facts(at: Sight, each: Measured, merges: tuple[MergeFact, ...], *, brief: bool = False) -> SlaFacts:
    figure, contract = each.figure, at.terms.contract
    return SlaFacts(
        customer_id=at.customer.id,
        customer=at.customer.name,
        agreement=contract.title,
        service=each.service.name if each.service else None,
        period=period_fact(at.period, contract, at.now),
        zone=contract.zone.key,
        share=figure.share,
        so_far=figure.so_far,
        target=figure.target,
        strength=at.terms.availability.strength,
        clause=at.terms.availability.clause,
        down=figure.down,
        total=figure.total,
        provisional=figure.provisional,
        intervals=() if brief else tuple(interval_fact(at, verdict) for verdict in each.verdicts()),
        with_maintenance=figure.with_maintenance,
        without_maintenance=figure.without_maintenance,
        credit=credit_fact(contract, each.credit),
        readings=tuple(note.note for note in contract.readings if note.key.startswith(("availability", "credit"))),
        may_claim=not brief and claims.may_be_claimed(at.session, at.ground, each),
        for_desk=at.for_desk,
        excludable=bool(at.terms.availability.exclusions),
        claims=() if brief else _claims(at, each),
        merges=merges,
    )


def _claims(at: Sight, each: Measured) -> tuple[ClaimBrief, ...]:
    """The claims that were made for the period and this service, and those whose right has lapsed."""
    service = each.service.key if each.service else ""
    made = claims_of(at.session, at.customer.team_id, at.customer.id)
    what = ClaimedFor(at.terms.contract.id, at.period.key, service)
    alike = [one for one in made if ClaimedFor.of(one) == what]
    return tuple(_claim(at.session, one) for one in alike if one.state != ClaimState.OFFERED)


def _claim(session: Session, one: Claim) -> ClaimBrief:
    fee = one.figure.get("fee")
    return ClaimBrief(
        id=one.id,
        state=one.state,
        outcome=one.outcome.value,
        claimed_at=one.claimed_at,
        claimed_by=person_fact(session, one.team_id, one.registered_by or one.claimed_by),
        fee=Fraction(fee) if fee else None,
        last=next(reversed(decision_facts(session, one)), None),
    )


def decision_facts(session: Session, claim: Claim) -> tuple[DecisionFact, ...]:
    """Everything that was decided about a claim, in order."""
    return tuple(
        DecisionFact(
            outcome=each.outcome.value,
            at=each.at,
            by=person_fact(session, claim.team_id, each.by),
            fee=each.fee,
            amount=typed_text.read(session, claim.team_id, each.amount_id),
            text=typed_text.read(session, claim.team_id, each.text_id),
        )
        for each in decisions_of(claim)
    )


def period_fact(period: Period, contract: Contract, now: datetime) -> PeriodFact:
    """A period with those beside it, as far as they are not still to come."""
    previous = following = None
    if period.kind is not PeriodKind.ROLLING_12_MONTHS:
        previous = period_of(period.kind, period.begins - INSTANT, contract.zone).key
        following = period_of(period.kind, period.ends, contract.zone).key if period.ends <= now else None
    return PeriodFact(
        key=period.key,
        kind=period.kind,
        begins=period.begins,
        ends=period.ends,
        previous=previous,
        following=following,
    )


def interval_fact(at: Sight, verdict: Verdict) -> IntervalFact:
    """A part of downtime with how it was judged."""
    interval, row = verdict.interval, at.ground.rows[verdict.interval.id]
    exclusion = at.terms.availability.exclusion(interval.exclusion)
    return IntervalFact(
        id=interval.id,
        begins=verdict.begins,
        ends=verdict.ends,
        lasts=verdict.lasts,
        scope=interval.scope,
        services=tuple(at.names.get(key, key) for key in row.services),
        why=verdict.judgement.why,
        clause=verdict.judgement.clause,
        maintenance=interval.maintenance,
        reason=exclusion.says if exclusion and verdict.judgement.why is Why.EXCLUDED else None,
        outage=row.outage_id,
        merged_at=row.merge_confirmed_at,
        merged_by=person_fact(at.session, at.customer.team_id, row.merge_confirmed_by),
    )


def credit_fact(contract: Contract, credit: Credit | None) -> CreditFact | None:
    """What is given back; None where this period is not the one that is credited."""
    terms = contract.credit
    if terms is None or credit is None:
        return None
    return CreditFact(
        clause=terms.clause,
        given=terms.rule is not None,
        fee=credit.fee,
        below=credit.tier.below if credit.tier else None,
        points=credit.points,
        beside=credit.beside,
        capped_by=terms.cap_clause if credit.capped else None,
        before=credit.before,
        one_off=terms.not_on_one_off,
    )


def _merges(at: Sight) -> tuple[MergeFact, ...]:
    """Intervals of this customer that overlap, those that somebody said to be two last."""
    mine = [row for row in at.ground.rows.values() if row.concerns(at.customer.id)]
    pairs = overlapping((interval_of(row) for row in mine), at.now)
    found = ((at.ground.rows[one.id], at.ground.rows[other.id]) for one, other in pairs)
    facts = (_merge(at, one, other) for one, other in found if _may_merge(one, other))
    return tuple(sorted(facts, key=lambda each: each.apart_at is not None))


def _merge(at: Sight, one: Downtime, other: Downtime) -> MergeFact:
    """Two intervals, and who said that they are two, where somebody did."""
    said = next((each for each in reversed(other.changes) if one.id in (each["is"].get("apart") or ())), None)
    apart = said if said is not None and one.id in (other.apart or ()) else None
    return MergeFact(
        one=_whole(at, one),
        other=_whole(at, other),
        apart_at=moment(apart["at"]) if apart else None,
        apart_by=person_fact(at.session, at.customer.team_id, apart["by"]) if apart else None,
    )


def _may_merge(one: Downtime, other: Downtime) -> bool:
    return one.customers == other.customers and one.exclusions == other.exclusions


def _whole(at: Sight, row: Downtime) -> IntervalFact:
    interval = interval_of(row)
    ends = row.ended_at or at.now
    judgement = judge(at.terms.availability, interval)
    return interval_fact(at, Verdict(interval, row.began_at, ends, judgement, row.ended_at is None))


def chart_facts(
    session: Session, agreements: Agreements, customer: Customer, now: datetime, last: datetime | None = None
) -> ChartFacts:
    """The months of a chart; `last` falls in the last of them, the present one otherwise.

    Raises:
        NoAgreementError: it is under no contract now.
        NoAvailabilityError: its contract states no availability.
    """
    found = year_of(session, agreements, customer, now, last)
    contract = found.terms.contract
    months = tuple(
        MonthFact(
            period_fact(figure.period, contract, now), figure.share if figure.total_us else None, figure.provisional
        )
        for figure in found.figures
    )
    return ChartFacts(customer.name, months, found.terms.availability.target, contract.zone.key)


CHARTS = "handlers.views.charts"
"""Needs matplotlib, which is an extra: loaded where a chart is drawn."""


def chart_of(facts: ChartFacts, words: Words) -> Attachment:
    """The picture. Raises ModuleNotFoundError where charts cannot be drawn."""
    picture: Attachment = import_module(CHARTS).chart(facts, words)
    return picture
