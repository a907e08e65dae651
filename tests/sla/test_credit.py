"""What a shortfall gives back, and until when it may be claimed: tables with the arithmetic beside."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.sla.availability import Interval, Judgement, Verdict, Why
from models.sla.calendar import Calendar, CalendarSpec, HolidayRule, compile_calendar
from models.sla.calendar_spec import Window
from models.sla.clock import NextWorkingDay
from models.sla.contract import ClaimTerms, CreditTerms, PeriodKind, PerPoint, Scope, Tier, Tiers
from models.sla.credit import (
    NO_CREDIT,
    Claiming,
    Credit,
    Reported,
    Right,
    Standing,
    credit_for,
    first_lapse,
    lapses_at,
    last_lapse,
    rest_of,
    right,
)

OSLO = ZoneInfo("Europe/Oslo")
LAWS = settings(deadline=None, derandomize=True, max_examples=80)
MONTH = PeriodKind.CALENDAR_MONTH


def percent(number: str) -> Fraction:
    return Fraction(number) / 100


TIERS = CreditTerms(
    clause="XX-09",
    period=MONTH,
    rule=Tiers(
        (
            Tier(percent("99.5"), percent("25")),
            Tier(percent("99"), percent("50")),
            Tier(percent("95"), percent("100")),
        )
    ),
)
POINTS = CreditTerms(clause="XX-15", period=PeriodKind.CALENDAR_YEAR, rule=PerPoint(percent("99"), percent("2.5")))


@pytest.mark.parametrize(
    ("share", "fee"),
    [
        ("100", "0"),
        ("99.5", "0"),  # exactly at the border is not below it
        ("99.4999999", "25"),
        ("99", "25"),
        ("98.9999999", "50"),
        ("95", "50"),
        ("94.9999999", "100"),
        ("0", "100"),
    ],
)
def test_the_lowest_tier_that_is_gone_below_decides(share: str, fee: str) -> None:
    assert credit_for(TIERS, percent(share)).fee == percent(fee)


@pytest.mark.parametrize(
    ("share", "whole", "started"),
    [
        ("99.2", "0", "0"),
        ("99", "0", "0"),
        ("98.9", "0", "2.5"),  # 0.1 points lost: no whole one, one started
        ("98", "2.5", "2.5"),  # exactly one
        ("96.4", "5", "7.5"),  # 2.6 points
        ("0", "247.5", "247.5"),  # 99 points, and no cap
    ],
)
def test_each_point_lost_gives_its_part_and_the_started_ones_stand_beside(share: str, whole: str, started: str) -> None:
    credit = credit_for(POINTS, percent(share))
    assert (credit.fee, credit.beside) == (percent(whole), percent(started))


def test_a_contract_may_count_started_points_and_show_the_whole_ones() -> None:
    started = CreditTerms(clause="XX-15", period=MONTH, rule=PerPoint(percent("99"), percent("2.5"), started=True))
    credit = credit_for(started, percent("96.4"))
    assert (credit.fee, credit.points, credit.beside) == (percent("7.5"), 3, percent("5"))


def test_a_cap_holds_and_says_so() -> None:
    capped = CreditTerms(clause="XX-15", period=MONTH, rule=POINTS.rule, cap=Fraction(1), cap_clause="XX-16")
    credit = credit_for(capped, percent("0"))
    assert (credit.fee, credit.points, credit.capped) == (Fraction(1), 99, True)
    assert not credit_for(capped, percent("96")).capped


def test_a_contract_without_a_rule_gives_nothing() -> None:
    assert credit_for(CreditTerms(clause="XX-08", period=MONTH, rule=None), percent("50")) == NO_CREDIT


@LAWS
@given(st.fractions(0, 1), st.fractions(0, 1), st.sampled_from([TIERS, POINTS]))
def test_less_availability_never_gives_less(one: Fraction, other: Fraction, terms: CreditTerms) -> None:
    low, high = sorted((one, other))
    assert credit_for(terms, low).fee >= credit_for(terms, high).fee


@LAWS
@given(st.fractions(0, 1))
def test_the_figure_by_points_is_what_counting_them_one_by_one_comes_to(share: Fraction) -> None:
    lost, points = percent("99") - share, 0
    while lost >= percent("1"):
        lost, points = lost - percent("1"), points + 1
    credit = credit_for(POINTS, share)
    assert (credit.points, credit.fee) == (points, points * percent("2.5"))
    assert credit.beside == credit.fee + (percent("2.5") if lost > 0 else 0)


# --- claims -------------------------------------------------------------------------------------------


def _office() -> Calendar:
    weekly = {day: (Window(480, 960),) for day in range(5)}
    return compile_calendar(
        CalendarSpec(name="office", zone=OSLO, weekly=weekly, holidays=HolidayRule("NO", ("public",), "no"))
    )


WITHIN = ClaimTerms(clause="XX-13", weeks=4, report_within=NextWorkingDay(), calendar="office")
CLAIMING = Claiming(WITHIN, OSLO, _office())
BEGAN = datetime(2026, 11, 27, 14, tzinfo=OSLO)  # a Friday
ENDED = datetime(2026, 11, 27, 22, tzinfo=OSLO)
MONDAYS_CLOSING = datetime(2026, 11, 30, 16, tzinfo=OSLO)
LAST_MIDNIGHT = datetime(2026, 12, 26, tzinfo=OSLO)  # 24:00 on the 28th day, 25 December
SECOND = timedelta(seconds=1)


def _verdict(ends: datetime | None = ENDED) -> Verdict:
    interval = Interval(id="a", begins=BEGAN, ends=ends, scope=Scope.ALL_USERS)
    return Verdict(interval, BEGAN, ends or ENDED, Judgement(Why.COUNTS, "XX-09"), lasts=ends is None)


def _standing(reported: datetime | None, now: datetime, claiming: Claiming = CLAIMING) -> Standing:
    return right(claiming, _verdict(), Reported(at=reported, since=BEGAN), now).standing


@pytest.mark.parametrize(
    ("reported", "standing"),
    [
        (None, Standing.NOT_REPORTED),
        (BEGAN - SECOND, Standing.REPORTED_LATE),
        (BEGAN, Standing.CLAIMABLE),
        (MONDAYS_CLOSING, Standing.CLAIMABLE),
        (MONDAYS_CLOSING + SECOND, Standing.REPORTED_LATE),
    ],
)
def test_reported_in_time_is_until_the_closing_of_the_first_working_day_after(
    reported: datetime | None, standing: Standing
) -> None:
    assert _standing(reported, MONDAYS_CLOSING + timedelta(hours=1)) is standing


@pytest.mark.parametrize(
    ("now", "standing"),
    [(LAST_MIDNIGHT - SECOND, Standing.CLAIMABLE), (LAST_MIDNIGHT, Standing.LAPSED)],
)
def test_a_right_lapses_at_24_00_of_the_28th_day(now: datetime, standing: Standing) -> None:
    assert lapses_at(CLAIMING, ENDED) == LAST_MIDNIGHT.astimezone(UTC)
    assert _standing(BEGAN, now) is standing


def test_days_are_civil_days_over_daylight_saving() -> None:
    ended = datetime(2026, 10, 10, 23, 30, tzinfo=OSLO)
    assert lapses_at(CLAIMING, ended) == datetime(2026, 11, 8, tzinfo=OSLO).astimezone(UTC)


def test_where_nothing_must_be_reported_and_no_time_is_set_the_right_stays() -> None:
    free = Claiming(ClaimTerms(clause="XX-15"), OSLO, None)
    found = right(free, _verdict(), Reported(at=None, since=BEGAN), LAST_MIDNIGHT)
    assert (found.standing, found.lapses_at, found.report_until) == (Standing.CLAIMABLE, None, None)


def test_what_still_lasts_may_be_claimed_once_reported() -> None:
    found = right(CLAIMING, _verdict(ends=None), Reported(at=BEGAN, since=BEGAN), LAST_MIDNIGHT)
    assert (found.standing, found.lapses_at, found.report_until) == (Standing.CLAIMABLE, None, None)


def _right(standing: Standing, lapses: datetime | None) -> Right:
    return Right(_verdict(), standing, lapses, None)


def test_the_first_and_the_last_lapse_are_those_of_what_may_be_claimed() -> None:
    rights = [
        _right(Standing.LAPSED, BEGAN - SECOND),
        _right(Standing.CLAIMABLE, BEGAN),
        _right(Standing.CLAIMABLE, ENDED),
    ]
    assert (first_lapse(rights), last_lapse(rights)) == (BEGAN, ENDED)
    assert (first_lapse([]), last_lapse([])) == (None, None)
    lasting = [*rights, _right(Standing.CLAIMABLE, None)]
    assert (first_lapse(lasting), last_lapse(lasting)) == (BEGAN, None)


@pytest.mark.parametrize(
    ("whole", "before", "left"),
    [("1/2", "1/4", "1/4"), ("1/4", "1/4", "0"), ("1/4", "1/2", "0"), ("1/2", "0", "1/2")],
)
def test_what_was_claimed_before_is_taken_off_and_never_more_than_there_is(whole: str, before: str, left: str) -> None:
    rest = rest_of(Credit(fee=Fraction(whole)), Fraction(before))
    assert (rest.fee, rest.before) == (Fraction(left), Fraction(before))
