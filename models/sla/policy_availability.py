"""What a policy file says about availability and credit: what is wrong with it, and the frozen terms."""

from collections.abc import Iterable, Iterator

from models.sla.contract import (
    Availability,
    ClaimTerms,
    CreditTerms,
    Exclusion,
    PeriodKind,
    PerPoint,
    Tier,
    Tiers,
)
from models.sla.policy_schema import (
    AvailabilityFile,
    ClaimFile,
    CreditFile,
    PolicyFile,
    ReadingWords,
    TierFile,
)
from models.sla.policy_targets import build_target
from models.sla.policy_values import parse_percent

Fault = tuple[str, str]
"""The key where something is wrong, and what would be right."""


def availability_faults(file: PolicyFile, calendars: Iterable[str]) -> Iterator[Fault]:
    """What the parts of [availability] and [credit] do not agree about."""
    if file.availability is not None:
        yield from _availability(file.availability)
    if file.credit is not None:
        yield from _credit(file.credit, file.availability)
        if file.credit.claim is not None:
            yield from _claim(file.credit.claim, list(calendars))


def _availability(part: AvailabilityFile) -> Iterator[Fault]:
    if part.excludes_maintenance and part.maintenance_clause is None:
        yield "availability.maintenance_clause", f"is missing; {part.clause} does not say which maintenance is left out"
    seen: set[str] = set()
    for index, each in enumerate(part.exclusions):
        if each.id in seen:
            key = f"availability.exclusions[{index}].id"
            yield key, f'is "{each.id}" a second time; ids are used once ({each.clause})'
        seen.add(each.id)


def _credit(part: CreditFile, availability: AvailabilityFile | None) -> Iterator[Fault]:
    if availability is None:
        yield "credit", f"({part.clause}) is given for an availability that [availability] does not state; add it"
        return
    yield from _shape(part)
    if (part.cap is None) is not (part.cap_clause is None):
        yield "credit.cap", f"({part.clause}) needs both cap and cap_clause, or neither"
    if part.kind != "none" and _period(part, availability) is PeriodKind.ROLLING_12_MONTHS:
        yield "credit.period", f"({part.clause}) is missing or rolling; write calendar_month or calendar_year"
    yield from _tiers(part.tiers, part.clause)
    for key, below in _borders(part):
        if below > availability.target:
            yield (
                key,
                f"is {below}, above the target {availability.target}; {part.clause} gives nothing while it is met",
            )


def _shape(part: CreditFile) -> Iterator[Fault]:
    """Each kind of credit has its own fields, and none of another's."""
    per_point = part.below is not None and part.percent is not None
    if part.kind == "tiers" and not part.tiers:
        yield "credit.tiers", f'is missing; kind "tiers" ({part.clause}) needs at least one'
    if part.kind == "per_point" and not per_point:
        yield "credit", f'lacks below or percent; kind "per_point" ({part.clause}) needs both'
    if part.kind != "tiers" and part.tiers:
        yield "credit.tiers", f'does not belong to kind "{part.kind}" ({part.clause}); take it out'
    if part.kind != "per_point" and (part.below is not None or part.percent is not None):
        yield "credit", f'has below or percent, which only kind "per_point" takes ({part.clause}); take it out'
    if part.kind == "none" and (part.claim or part.cap is not None):
        yield "credit", f'has a claim or a cap, but kind "none" gives nothing ({part.clause}); take it out'


def _tiers(tiers: list[TierFile], clause: str) -> Iterator[Fault]:
    for index in range(1, len(tiers)):
        before, here = tiers[index - 1], tiers[index]
        if not (here.below < before.below and here.percent > before.percent):
            yield f"credit.tiers[{index}]", f"must be lower and give more than the one before it ({clause})"


def _borders(part: CreditFile) -> Iterator[tuple[str, float]]:
    if part.below is not None:
        yield "credit.below", part.below
    for index, tier in enumerate(part.tiers):
        yield f"credit.tiers[{index}].below", tier.below


def _claim(part: ClaimFile, calendars: list[str]) -> Iterator[Fault]:
    if (part.report_within is None) is not (part.calendar is None):
        yield "credit.claim", f"({part.clause}) needs both report_within and calendar, or neither"
    if part.calendar is not None and part.calendar not in calendars:
        yield "credit.claim.calendar", f'names calendar "{part.calendar}"; there is {", ".join(calendars)}'


def _period(credit: CreditFile, availability: AvailabilityFile) -> PeriodKind:
    return credit.period or availability.period


def availability_of(part: AvailabilityFile) -> Availability:
    """The terms a checked file states."""
    return Availability(
        clause=part.clause,
        target=parse_percent(part.target),
        strength=part.strength,
        period=part.period,
        per_service=part.measured == "service",
        scopes=frozenset(part.scopes),
        scope_clause=part.scope_clause,
        excludes_maintenance=frozenset(part.excludes_maintenance),
        maintenance_clause=part.maintenance_clause,
        with_maintenance=part.with_maintenance,
        exclusions=tuple(Exclusion(each.id, each.clause, each.text) for each in part.exclusions),
    )


def credit_of(file: PolicyFile) -> CreditTerms | None:
    """What a checked file gives back; None where it says nothing about it."""
    part, availability = file.credit, file.availability
    if part is None or availability is None:
        return None
    return CreditTerms(
        clause=part.clause,
        rule=_rule(part),
        period=_period(part, availability),
        cap=None if part.cap is None else parse_percent(part.cap),
        cap_clause=part.cap_clause,
        not_on_one_off=part.one_off_clause,
        claim=_claim_terms(part.claim) if part.claim else None,
    )


def _rule(part: CreditFile) -> Tiers | PerPoint | None:
    if part.kind == "tiers":
        return Tiers(tuple(Tier(parse_percent(tier.below), parse_percent(tier.percent)) for tier in part.tiers))
    if part.below is None or part.percent is None:
        return None
    return PerPoint(parse_percent(part.below), parse_percent(part.percent), started=part.points == "started")


def _claim_terms(part: ClaimFile) -> ClaimTerms:
    return ClaimTerms(
        clause=part.clause,
        weeks=part.weeks,
        report_within=build_target(part.report_within) if part.report_within else None,
        calendar=part.calendar,
    )


def availability_readings(file: PolicyFile) -> Iterator[tuple[str, str | None, ReadingWords | None]]:
    """Every choice taken there, with the key it stands at and the nearest clause."""
    if file.availability is not None:
        part = file.availability
        yield "availability", part.clause, part.reading
        yield "availability.scopes", part.scope_clause or part.clause, part.scope_reading
        yield "availability.excludes_maintenance", part.maintenance_clause or part.clause, part.maintenance_reading
    if file.credit is not None:
        yield "credit", file.credit.clause, file.credit.reading
        if file.credit.claim is not None:
            yield "credit.claim", file.credit.claim.clause, file.credit.claim.reading
