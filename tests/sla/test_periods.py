"""Months, years and the last twelve months, exact over daylight saving."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.sla.contract import PeriodKind
from models.sla.periods import (
    PeriodError,
    ToComeError,
    last_12_months,
    months_until,
    parse_period,
    period_of,
    periods_touched,
)

OSLO = ZoneInfo("Europe/Oslo")
NOON = datetime(2026, 11, 23, 12, tzinfo=OSLO)
AFTERWARDS = datetime(2030, 1, 1, tzinfo=OSLO)
HOURS = timedelta(hours=1)
LAWS = settings(deadline=None, derandomize=True, max_examples=60)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2026-11", 30 * 24),
        ("2026-03", 31 * 24 - 1),  # the clocks go forward on the 29th
        ("2026-10", 31 * 24 + 1),  # and back on the 25th
        ("2028-02", 29 * 24),
        ("2026-12", 31 * 24),
        ("2026", 365 * 24),
        ("2028", 366 * 24),
    ],
)
def test_a_period_is_as_long_as_its_zone_makes_it(text: str, hours: int) -> None:
    period = parse_period(text, OSLO, AFTERWARDS)
    assert period.key == text
    assert (period.ends - period.begins) == hours * HOURS
    assert period.begins.astimezone(OSLO).hour == period.ends.astimezone(OSLO).hour == 0


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "0000", "1969", "3000", "26-11", "2026-11-01", "", "13m", "x"])
def test_what_is_no_period_is_refused_with_what_would_be(text: str) -> None:
    with pytest.raises(PeriodError, match=f'"{text}" is no period; write a month such as 2026-11'):
        parse_period(text, OSLO, NOON)


def test_the_last_twelve_months_end_now_and_begin_at_the_same_wall_time() -> None:
    period = parse_period("12m", OSLO, NOON)
    assert period == last_12_months(OSLO, NOON)
    assert period.begins == datetime(2025, 11, 23, 12, tzinfo=OSLO).astimezone(UTC)
    assert period.ends == NOON.astimezone(UTC)


def test_the_last_twelve_months_of_a_leap_day_are_clipped() -> None:
    leap = datetime(2028, 2, 29, 9, tzinfo=OSLO)
    assert last_12_months(OSLO, leap).begins == datetime(2027, 2, 28, 9, tzinfo=OSLO).astimezone(UTC)


def test_an_agreement_that_begins_in_the_midst_of_a_period_shortens_it() -> None:
    november = parse_period("2026-11", OSLO, NOON)
    part = november.within(date(2026, 11, 11), date(2026, 11, 21), OSLO)
    assert part.ends - part.begins == 240 * HOURS
    assert november.within(None, None, OSLO) == november
    before = november.within(None, date(2026, 10, 1), OSLO)
    assert before.begins == before.ends == november.begins


def test_a_span_over_new_year_touches_two_months_and_two_years() -> None:
    begins, ends = datetime(2026, 12, 31, 23, tzinfo=OSLO), datetime(2027, 1, 1, 1, tzinfo=OSLO)
    months = periods_touched(PeriodKind.CALENDAR_MONTH, begins, ends, OSLO)
    years = periods_touched(PeriodKind.CALENDAR_YEAR, begins, ends, OSLO)
    assert ([each.key for each in months], [each.key for each in years]) == (["2026-12", "2027-01"], ["2026", "2027"])


def test_what_ends_at_midnight_does_not_touch_the_next_month() -> None:
    begins, ends = datetime(2026, 11, 30, 23, tzinfo=OSLO), datetime(2026, 12, 1, tzinfo=OSLO)
    assert [each.key for each in periods_touched(PeriodKind.CALENDAR_MONTH, begins, ends, OSLO)] == ["2026-11"]


@LAWS
@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_twelve_months_follow_each_other_without_gap_and_the_last_holds_now(now: datetime) -> None:
    months = months_until(OSLO, now)
    assert len(months) == 12
    assert months[-1].begins <= now < months[-1].ends
    assert all(one.ends == other.begins for one, other in pairwise(months))
    assert all(parse_period(each.key, OSLO, now) == each for each in months)
    assert period_of(PeriodKind.CALENDAR_YEAR, now, OSLO).ends >= months[-1].ends
    assert period_of(PeriodKind.ROLLING_12_MONTHS, now, OSLO).ends == now


@pytest.mark.parametrize("text", ["2026-12", "2027"])
def test_a_period_that_has_not_begun_is_refused(text: str) -> None:
    """One whose first instant it is has begun."""
    first = datetime(int(text[:4]), int(text[5:] or 1), 1, tzinfo=OSLO)
    with pytest.raises(ToComeError, match=f"{text} has not begun"):
        parse_period(text, OSLO, first - timedelta(microseconds=1))
    assert parse_period(text, OSLO, first).begins == first
