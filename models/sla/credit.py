"""What availability below the target gives back, and until when a customer may claim it.

Shares of the monthly fee, never an amount of money. Source: PS-09, PS-13, EM-15, HP-08, PI-04.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from zoneinfo import ZoneInfo

from models.sla.availability import Verdict
from models.sla.calendar import Calendar
from models.sla.clock import deadline
from models.sla.contract import ClaimTerms, CreditTerms, PerPoint, Tier, Tiers

NOTHING = Fraction(0)
DAYS_A_WEEK = 7
PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """A share of the monthly fee, and how it came about.

    `tier` is the one that was reached. `points` are those that were lost, as the contract counts them
    (whole or started), `beside` the share by the other way of counting them. `capped`: without the cap it
    would have been more. `before` is the share that was claimed for the same period before: `fee` is the rest.
    """

    fee: Fraction
    tier: Tier | None = None
    points: int | None = None
    beside: Fraction | None = None
    capped: bool = False
    before: Fraction = NOTHING


NO_CREDIT = Credit(fee=NOTHING)


def credit_for(terms: CreditTerms, share: Fraction) -> Credit:
    """What an availability gives back; being exactly at a border is not being below it."""
    match terms.rule:
        case Tiers(tiers):
            reached = next((tier for tier in reversed(tiers) if share < tier.below), None)
            return _capped(terms, Credit(fee=reached.fee, tier=reached)) if reached else NO_CREDIT
        case PerPoint() as rule:
            return _capped(terms, _per_point(rule, share))
        case _:
            return NO_CREDIT


def _per_point(rule: PerPoint, share: Fraction) -> Credit:
    lost = max(rule.below - share, NOTHING) * PERCENT
    whole, started = floor(lost), ceil(lost)
    counted, other = (started, whole) if rule.started else (whole, started)
    return Credit(fee=counted * rule.fee, points=counted, beside=other * rule.fee)


def _capped(terms: CreditTerms, credit: Credit) -> Credit:
    if terms.cap is None or credit.fee <= terms.cap:
        return credit
    return Credit(fee=terms.cap, tier=credit.tier, points=credit.points, beside=credit.beside, capped=True)


def rest_of(credit: Credit, before: Fraction) -> Credit:
    """What is left of a credit of which a share was claimed before: a period gives no more than it gives at once."""
    return replace(credit, fee=max(credit.fee - before, NOTHING), before=before)


class Standing(StrEnum):
    """Whether a customer may claim for an interval."""

    CLAIMABLE = "claimable"
    NOT_REPORTED = "not_reported"
    REPORTED_LATE = "reported_late"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Right:
    """What a customer may claim for one interval. None: it does not lapse, or nothing had to be reported."""

    verdict: Verdict
    standing: Standing
    lapses_at: datetime | None
    report_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """When a customer reported something, None if never; `since` is when that began."""

    at: datetime | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Claiming:
    """The terms of a claim, the contract's zone, and the calendar in which reporting is counted, if any."""

    terms: ClaimTerms
    zone: ZoneInfo
    calendar: Calendar | None


def lapses_at(claiming: Claiming, ended_at: datetime) -> datetime | None:
    """When a right lapses: 24:00 of the last day of so many weeks after an end. None: never.

    The end's own civil day is not one of them. Source: PS-13.
    """
    if claiming.terms.weeks is None:
        return None
    day = ended_at.astimezone(claiming.zone).date() + timedelta(days=claiming.terms.weeks * DAYS_A_WEEK + 1)
    return datetime.combine(day, time(0), claiming.zone).astimezone(UTC)


def right(claiming: Claiming, verdict: Verdict, reported: Reported, now: datetime) -> Right:
    """Whether a customer may claim for an interval that counts.

    It must have been reported from the beginning of what happened until so long after the interval's
    end, and its time must not be over: at 24:00 it is. What still lasts may be claimed. Source: PS-13.
    """
    ended = verdict.interval.ends
    lapses = lapses_at(claiming, ended) if ended else None
    until = _report_until(claiming, ended) if ended else None
    return Right(verdict, _standing(claiming.terms, reported, (until, lapses), now), lapses, until)


def _report_until(claiming: Claiming, ended: datetime) -> datetime | None:
    if claiming.terms.report_within is None or claiming.calendar is None:
        return None
    return deadline(claiming.calendar, ended, claiming.terms.report_within)


def _standing(
    terms: ClaimTerms, reported: Reported, ends: tuple[datetime | None, datetime | None], now: datetime
) -> Standing:
    until, lapses = ends
    if terms.report_within is not None:
        if reported.at is None:
            return Standing.NOT_REPORTED
        if reported.at < reported.since or (until is not None and reported.at > until):
            return Standing.REPORTED_LATE
    return Standing.LAPSED if lapses is not None and now >= lapses else Standing.CLAIMABLE


def last_lapse(rights: Iterable[Right]) -> datetime | None:
    """When the last of what may be claimed lapses; None when some of it never does, or nothing may be."""
    found = [each.lapses_at for each in rights if each.standing is Standing.CLAIMABLE]
    known = [at for at in found if at is not None]
    return max(known) if known and len(known) == len(found) else None


def first_lapse(rights: Iterable[Right]) -> datetime | None:
    """When the first of what may be claimed lapses; None when nothing of it does."""
    return min(
        (each.lapses_at for each in rights if each.standing is Standing.CLAIMABLE and each.lapses_at), default=None
    )
