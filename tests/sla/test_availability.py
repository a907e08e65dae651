"""Availability: what counts, the union of it, and a slow second-by-second account that must agree."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.sla.availability import Downtimes, Interval, Spans, Why, floored, judge, overlapping
from models.sla.contract import Availability, Exclusion, MaintenanceDowntime, PeriodKind, Scope, Strength
from models.sla.periods import Period, parse_period

OSLO = ZoneInfo("Europe/Oslo")
LAWS = settings(deadline=None, derandomize=True, max_examples=80)
BEGIN = datetime(2026, 10, 25, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LENGTH = 120
DAY = Period("a day", PeriodKind.CALENDAR_MONTH, BEGIN, BEGIN + LENGTH * SECOND)
LATER = DAY.ends + timedelta(days=1)
SAYS = {"en": "beta"}

TERMS = Availability(
    clause="XX-01",
    target=Fraction(995, 1000),
    strength=Strength.GUARANTEED,
    period=PeriodKind.CALENDAR_MONTH,
    scopes=frozenset({Scope.ALL_USERS}),
    scope_clause="XX-02",
    excludes_maintenance=frozenset({MaintenanceDowntime.IN_WINDOW}),
    maintenance_clause="XX-03",
    with_maintenance=True,
    exclusions=(Exclusion("beta", "XX-04", SAYS),),
)


def down(begins: int, ends: int | None, name: str = "", **more: object) -> Interval:
    """Downtime between two seconds of the day."""
    return Interval(
        id=name or f"{begins}-{ends}",
        begins=BEGIN + begins * SECOND,
        ends=None if ends is None else BEGIN + ends * SECOND,
        scope=Scope.ALL_USERS,
        services=frozenset({"portal"}),
        **more,  # type: ignore[arg-type]
    )


JUDGED = [
    (down(0, 9), Why.COUNTS, "XX-01"),
    (replace(down(0, 9), scope=Scope.SOME_USERS), Why.SCOPE, "XX-02"),
    (replace(down(0, 9), scope=Scope.DEGRADED), Why.SCOPE, "XX-02"),
    (down(0, 9, maintenance=MaintenanceDowntime.IN_WINDOW), Why.MAINTENANCE, "XX-03"),
    (down(0, 9, maintenance=MaintenanceDowntime.PLANNED), Why.COUNTS, "XX-01"),
    (down(0, 9, exclusion="beta"), Why.EXCLUDED, "XX-04"),
    (down(0, 9, exclusion="of another contract"), Why.COUNTS, "XX-01"),
    (down(0, 9, merged_into="other"), Why.MERGED, None),
]


@pytest.mark.parametrize(("interval", "why", "clause"), JUDGED)
def test_each_interval_is_judged_with_its_reason_and_clause(interval: Interval, why: Why, clause: str | None) -> None:
    found = judge(TERMS, interval)
    assert (found.why, found.clause, found.counts) == (why, clause, why is Why.COUNTS)


def test_what_does_not_count_by_scope_is_named_by_the_promise_where_no_clause_defines_it() -> None:
    terms = replace(TERMS, scope_clause=None)
    assert judge(terms, replace(down(0, 9), scope=Scope.DEGRADED)).clause == "XX-01"


def test_overlaps_are_counted_once_and_cut_at_the_ends() -> None:
    # 10-30 and 20-40 are 30 seconds, 100-200 is cut to 100-120: 50 of 120.
    figure = Downtimes(TERMS, [down(10, 30), down(20, 40), down(100, 200)], LATER).figure(DAY)
    assert (figure.down, figure.total, figure.share) == (50 * SECOND, 120 * SECOND, Fraction(70, 120))
    assert (figure.met, figure.provisional) == (False, False)


def test_what_lasts_counts_until_now_and_makes_it_provisional() -> None:
    now = BEGIN + 60 * SECOND
    figure = Downtimes(TERMS, [down(50, None)], now).figure(DAY)
    assert figure.down == 10 * SECOND
    assert (figure.share, figure.so_far) == (Fraction(110, 120), Fraction(50, 60))
    assert figure.provisional


def test_a_period_that_is_over_stays_provisional_while_an_interval_in_it_lasts() -> None:
    assert Downtimes(TERMS, [down(50, None)], LATER).figure(DAY).provisional
    assert not Downtimes(TERMS, [down(50, 60)], LATER).figure(DAY).provisional
    uncounted = replace(down(50, None), scope=Scope.DEGRADED)
    assert not Downtimes(TERMS, [uncounted], LATER).figure(DAY).provisional
    shared = Downtimes(TERMS, [down(50, None)], LATER)
    assert Downtimes(TERMS, [], LATER, shared).figure(DAY).provisional


def test_a_period_to_come_is_whole_and_an_interval_to_come_is_not_there() -> None:
    found = Downtimes(TERMS, [down(50, 60)], BEGIN - SECOND)
    figure = found.figure(DAY)
    assert (figure.share, figure.so_far, figure.elapsed_us, figure.provisional) == (Fraction(1), Fraction(1), 0, True)
    assert found.verdicts(DAY) == ()


def test_exactly_at_the_target_is_kept() -> None:
    hundred = Period("x", PeriodKind.CALENDAR_MONTH, BEGIN, BEGIN + 2000 * SECOND)
    assert Downtimes(TERMS, [down(0, 10)], LATER).figure(hundred).met  # 99.5 %
    late = replace(down(0, 10), ends=BEGIN + 10 * SECOND + timedelta(microseconds=1))
    assert not Downtimes(TERMS, [late], LATER).figure(hundred).met


def test_maintenance_is_shown_counted_and_not_counted() -> None:
    intervals = [
        down(0, 12),
        down(12, 24, maintenance=MaintenanceDowntime.PLANNED),
        down(24, 36, maintenance=MaintenanceDowntime.IN_WINDOW),
    ]
    figure = Downtimes(TERMS, intervals, LATER).figure(DAY)
    assert (figure.share, figure.with_maintenance, figure.without_maintenance) == (
        Fraction(96, 120),  # what the terms say: agreed windows are left out
        Fraction(84, 120),
        Fraction(108, 120),
    )
    plain = Downtimes(replace(TERMS, with_maintenance=False), intervals, LATER).figure(DAY)
    assert (plain.with_maintenance, plain.without_maintenance) == (None, None)


def test_every_interval_of_a_period_is_listed_cut_with_its_judgement() -> None:
    shared = Downtimes(TERMS, [down(100, 300, "shared"), down(500, 600, "after")], LATER)
    found = Downtimes(TERMS, [down(-50, 10, "first"), down(20, None, "lasts", exclusion="beta")], LATER, shared)
    assert [
        (each.interval.id, each.begins - BEGIN, each.length, each.judgement.why, each.lasts)
        for each in found.verdicts(DAY)
    ] == [
        ("first", 0 * SECOND, 10 * SECOND, Why.COUNTS, False),
        ("lasts", 20 * SECOND, 100 * SECOND, Why.EXCLUDED, True),
        ("shared", 100 * SECOND, 20 * SECOND, Why.COUNTS, False),
    ]


def test_daylight_saving_gives_october_an_hour_more_to_be_available_in() -> None:
    october = parse_period("2026-10", OSLO, LATER)
    through = replace(
        down(0, 0),
        begins=datetime(2026, 10, 25, 1, tzinfo=OSLO),
        ends=datetime(2026, 10, 25, 4, tzinfo=OSLO),
    )
    figure = Downtimes(TERMS, [through], datetime(2026, 11, 2, tzinfo=UTC)).figure(october)
    assert figure.down == timedelta(hours=4)  # 01:00 to 04:00 on the wall, with 02:00 twice
    assert figure.share == 1 - Fraction(4, 745)


@pytest.mark.parametrize(
    ("share", "shown"),
    [("0.995", "99.5"), ("0.99499999999", "99.499"), ("1", "100"), ("0", "0"), ("0.99999999", "99.999")],
)
def test_a_percentage_is_shown_rounded_down_so_that_below_never_reads_as_at(share: str, shown: str) -> None:
    assert floored(Fraction(share)) == Decimal(shown)


# --- laws ---------------------------------------------------------------------------------------------


def intervals() -> st.SearchStrategy[list[Interval]]:
    one = st.builds(
        lambda begins, length, scope, maintenance, exclusion: replace(
            down(begins, None if length is None else begins + length, maintenance=maintenance, exclusion=exclusion),
            scope=scope,
        ),
        st.integers(-40, 160),
        st.none() | st.integers(0, 60),
        st.sampled_from(list(Scope)),
        st.none() | st.sampled_from(list(MaintenanceDowntime)),
        st.none() | st.sampled_from(["beta", "other"]),
    )
    return st.lists(one, max_size=8)


def second_by_second(found: Sequence[Interval], now: datetime) -> int:
    """How many seconds of the day until now lie in an interval that counts: each looked at by itself."""
    return sum(
        any(
            each.begins <= BEGIN + second * SECOND < (each.ends or now)
            for each in found
            if each.scope is Scope.ALL_USERS
            and each.maintenance is not MaintenanceDowntime.IN_WINDOW
            and each.exclusion != "beta"
        )
        for second in range(min(max((now - BEGIN) // SECOND, 0), LENGTH))
    )


@LAWS
@given(intervals(), st.integers(-10, 200))
def test_the_union_is_what_an_account_second_by_second_comes_to(found: list[Interval], at: int) -> None:
    now = BEGIN + at * SECOND
    figure = Downtimes(TERMS, found, now).figure(DAY)
    assert figure.down == second_by_second(found, now) * SECOND
    assert figure.share == 1 - Fraction(second_by_second(found, now), LENGTH)


@LAWS
@given(intervals(), intervals(), st.integers(-10, 200))
def test_what_is_judged_apart_and_shared_is_the_same_as_together(
    own: list[Interval], shared: list[Interval], at: int
) -> None:
    now = BEGIN + at * SECOND
    together = Downtimes(TERMS, [*own, *shared], now)
    apart = Downtimes(TERMS, own, now, Downtimes(TERMS, shared, now))
    assert apart.figure(DAY) == together.figure(DAY)
    assert sorted(map(repr, apart.verdicts(DAY))) == sorted(map(repr, together.verdicts(DAY)))


@LAWS
@given(intervals())
def test_more_downtime_never_makes_a_figure_better(found: list[Interval]) -> None:
    shares = [Downtimes(TERMS, found[:count], LATER).figure(DAY).share for count in range(len(found) + 1)]
    assert shares == sorted(shares, reverse=True)


@LAWS
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20)), max_size=8), st.integers(0, 60), st.integers(0, 60))
def test_the_parts_of_a_union_in_a_stretch_are_as_long_as_it_says(
    pairs: list[tuple[int, int]], low: int, high: int
) -> None:
    spans = Spans((begin, begin + length) for begin, length in pairs)
    assert sum(end - begin for begin, end in spans.inside(low, max(low, high))) == spans.within(low, max(low, high))


# --- what may be one and the same ---------------------------------------------------------------------


@pytest.mark.clause("EM-14")
def test_overlapping_intervals_that_agree_are_proposed_as_one() -> None:
    first, second, third = down(0, 30, "a"), down(20, 40, "b"), down(40, 50, "c")
    assert overlapping([third, second, first], LATER) == ((first, second),)


@pytest.mark.parametrize(
    "other",
    [
        replace(down(20, 40), scope=Scope.DEGRADED),
        replace(down(20, 40), services=frozenset({"mail"})),
        down(20, 40, maintenance=MaintenanceDowntime.PLANNED),
        down(20, 40, exclusion="beta"),
        down(20, 40, merged_into="a"),
        down(30, 40),
    ],
    ids=["scope", "service", "maintenance", "exclusion", "merged already", "apart"],
)
def test_intervals_that_differ_are_not_proposed_as_one(other: Interval) -> None:
    assert overlapping([down(0, 30, "a"), other], LATER) == ()


def test_what_lasts_overlaps_what_began_meanwhile() -> None:
    lasts, second = down(0, None, "a"), down(100, 110, "b")
    assert overlapping([lasts, second], LATER) == ((lasts, second),)
