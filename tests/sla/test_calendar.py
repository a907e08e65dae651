"""Opening hours: rules in their order, civil days, horizons, and what is refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.sla.calendar import (
    BeyondHorizonError,
    CalendarSpec,
    FrozenHolidays,
    HolidayRule,
    NeverClosesError,
    NeverOpensError,
    SpecError,
    always_open,
    compile_calendar,
)
from models.sla.calendar_spec import DatesClosed, Extra, Limit, Monthday, WeeksClosed, Window, YearlyClosed
from models.sla.reasons import ReasonKind
from tests.sla.clock_table import at, calendar, hours

OSLO = ZoneInfo("Europe/Oslo")
OFFICE = (Window(8 * 60, 16 * 60),)
WEEK = dict.fromkeys(range(5), OFFICE)


def test_hours_are_half_open() -> None:
    office = calendar("softone")
    assert office.is_open(at("2026-11-23T08:00:00+01:00"))
    assert not office.is_open(at("2026-11-23T07:59:59.999999+01:00"))
    assert office.is_open(at("2026-11-23T16:59:59.999999+01:00"))
    assert not office.is_open(at("2026-11-23T17:00:00+01:00"))


def test_time_does_not_run_backwards() -> None:
    assert calendar("softone").elapsed(at("2026-11-24T12:00:00Z"), at("2026-11-23T12:00:00Z")) == timedelta()
    assert calendar("softone").spans_us(2, 1) == []


def test_the_next_opening_and_closing_and_the_last_closing() -> None:
    office = calendar("softone")
    friday_evening = at("2026-11-20T18:00:00+01:00")
    assert office.next_opening(friday_evening) == at("2026-11-23T08:00:00+01:00")
    assert office.next_closing(friday_evening) == at("2026-11-23T17:00:00+01:00")
    assert office.last_closing_before(friday_evening) == at("2026-11-20T17:00:00+01:00")
    assert office.last_closing_before(at("2026-11-20T17:00:00+01:00")) == at("2026-11-19T17:00:00+01:00")


def test_questions_reach_over_the_years_laid_out_so_far() -> None:
    office = compile_calendar(CalendarSpec(name="office", zone=OSLO, weekly=WEEK))
    assert office.elapsed(at("2026-01-01T00:00:00+01:00"), at("2026-01-02T00:00:00+01:00")) == hours(8)
    assert office.last_closing_before(at("2026-01-01T08:00:00+01:00")) == at("2025-12-31T16:00:00+01:00")
    later = compile_calendar(CalendarSpec(name="office", zone=OSLO, weekly=WEEK))
    assert later.next_opening(at("2027-12-31T17:00:00+01:00")) == at("2028-01-03T08:00:00+01:00")
    night = compile_calendar(
        CalendarSpec(name="night", zone=OSLO, weekly={day: (Window(0, 360), Window(1320, 1440)) for day in range(7)})
    )
    assert night.next_closing(at("2027-12-31T23:00:00+01:00")) == at("2028-01-01T06:00:00+01:00")


def test_the_end_of_a_civil_day_is_its_closing_when_the_hours_go_on() -> None:
    night = calendar("nightshift-oslo")
    assert night.closing_of(date(2026, 6, 9)) == at("2026-06-10T00:00:00+02:00")
    assert night.opening_of(date(2026, 6, 9)) == at("2026-06-09T00:00:00+02:00")


def test_working_days_are_civil_dates_with_an_open_instant() -> None:
    office = calendar("pureservice")
    assert not office.is_working_day(date(2026, 5, 25))
    assert office.closing_of(date(2026, 5, 25)) is None
    assert office.opening_of(date(2026, 5, 24)) is None
    assert office.working_day_after(date(2026, 5, 22), 1) == date(2026, 5, 26)
    assert office.working_day_after(date(2026, 5, 26), -1) == date(2026, 5, 22)
    assert office.working_day_after(date(2026, 5, 26), 400) > date(2027, 12, 1)
    assert office.civil_day(at("2026-04-30T22:30:00Z")) == date(2026, 5, 1)


def test_the_working_day_zero_days_after_a_date_is_refused() -> None:
    with pytest.raises(ValueError, match="0 days"):
        calendar("pureservice").working_day_after(date(2026, 5, 22), 0)


def test_rules_apply_in_their_order() -> None:
    office = compile_calendar(
        CalendarSpec(
            name="office",
            zone=OSLO,
            weekly=WEEK,
            holidays=HolidayRule("NO", ("public",), "no"),
            closures=(
                WeeksClosed("juli", frozenset({29}), frozenset({2026})),
                YearlyClosed("romjul", Monthday(12, 24), Monthday(1, 1)),
                YearlyClosed("mars", Monthday(3, 2), Monthday(3, 3)),
                DatesClosed("flytting", date(2026, 9, 1), date(2026, 9, 2)),
            ),
            limits=(
                Limit("halv", Monthday(12, 24), (Window(0, 720),)),
                Limit("planlegging", date(2026, 10, 1), (Window(600, 720),)),
            ),
            extra=(Extra("vakt", date(2026, 12, 25), (Window(600, 660),)),),
        )
    )
    assert office.elapsed(at("2026-12-25T00:00+01:00"), at("2026-12-26T00:00+01:00")) == hours(1)  # extra > holiday
    assert office.day(date(2026, 12, 25), "nb").text == "vakt"
    assert not office.is_working_day(date(2026, 12, 24))  # closure > half day
    assert office.day(date(2026, 7, 13), "nb").text == "juli"
    assert office.is_working_day(date(2027, 7, 19))  # ISO week 29 of a year not named
    assert [office.is_working_day(date(2026, 3, day)) for day in (2, 3, 4)] == [False, False, True]
    assert [office.is_working_day(date(2026, 9, day)) for day in (1, 2, 3)] == [False, False, True]
    assert office.opening_of(date(2026, 10, 1)) == at("2026-10-01T10:00:00+02:00")
    assert office.day(date(2026, 5, 25), "nb").text == "2. pinsedag"
    assert office.day(date(2026, 11, 23), "nb").text == ""


def test_a_day_shows_its_windows_on_its_own_wall_and_why_it_is_closed() -> None:
    monday = calendar("pindena").day(date(2026, 11, 23), "en")
    shown = [(f"{low:%H:%M}", f"{high:%H:%M}") for low, high in monday.windows]
    assert monday.is_open
    assert shown == [("09:00", "11:30"), ("12:00", "15:00")]
    sunday = calendar("pindena").day(date(2026, 5, 24), "nb")
    assert not sunday.is_open
    assert sunday.text == "helg, Første pinsedag"


def test_a_weekday_without_hours_is_closed_and_not_a_weekend() -> None:
    spec = CalendarSpec(name="short week", zone=OSLO, weekly={0: OFFICE, 1: ()})
    assert compile_calendar(spec).day(date(2026, 11, 24), "en").text == "closed"


def test_a_union_counts_its_days_in_its_own_zone() -> None:
    both = calendar("easymeeting-both")
    friday = both.day(date(2026, 11, 20), "en")
    assert [(f"{low:%H:%M}", f"{high:%H:%M}") for low, high in friday.windows] == [("08:00", "22:00")]
    assert friday.reasons == ()
    assert both.closing_of(date(2026, 11, 20)) == at("2026-11-20T16:00:00-05:00")
    assert [reason.kind for reason in both.reasons(date(2026, 11, 21))] == [ReasonKind.WEEKEND]


def test_a_calendar_that_never_closes_says_so() -> None:
    always = always_open(OSLO)
    assert always.elapsed(at("2026-01-01T00:00Z"), at("2026-01-02T00:00Z")) == hours(24)
    with pytest.raises(NeverClosesError, match="after 2026"):
        always.next_closing(at("2026-06-09T10:00:00Z"))
    with pytest.raises(NeverClosesError, match="before 2026"):
        always.last_closing_before(at("2026-06-09T10:00:00Z"))


@pytest.mark.parametrize(
    "spec",
    [
        CalendarSpec(name="empty", zone=OSLO),
        CalendarSpec(
            name="shut", zone=OSLO, weekly=WEEK, closures=(YearlyClosed("all", Monthday(1, 1), Monthday(12, 31)),)
        ),
        CalendarSpec(
            name="gone",
            zone=OSLO,
            weekly=WEEK,
            closures=(DatesClosed("sabbatical", date(2026, 3, 1), date(2027, 4, 1)),),
        ),
    ],
    ids=lambda spec: str(spec.name),
)
def test_a_calendar_that_stays_closed_for_more_than_366_days_is_refused(spec: CalendarSpec) -> None:
    with pytest.raises(NeverOpensError, match=f"{spec.name} does not open between"):
        compile_calendar(spec)


@pytest.mark.parametrize(
    "when", [datetime(1960, 1, 1, tzinfo=UTC), datetime(2150, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)]
)
def test_an_instant_beyond_the_known_years_is_refused(when: datetime) -> None:
    with pytest.raises(BeyondHorizonError):
        calendar("softone").is_open(when)


def test_a_target_that_needs_years_nobody_knows_is_refused_and_does_not_loop() -> None:
    office = compile_calendar(CalendarSpec(name="office", zone=OSLO, weekly=WEEK))
    with pytest.raises(BeyondHorizonError, match="needs 2100"):
        office.add(at("2026-11-23T08:00:00+01:00"), timedelta(days=300_000))
    with pytest.raises(BeyondHorizonError, match="needs 1970"):
        office.working_day_after(date(2026, 1, 1), -100_000)


def test_frozen_years_are_not_left() -> None:
    frozen = FrozenHolidays({date(2030, 5, 1): "Arbeidernes dag"}, 2029, 2030)
    office = compile_calendar(CalendarSpec(name="office", zone=OSLO, weekly=WEEK, holidays=frozen))
    assert not office.is_working_day(date(2030, 5, 1))
    with pytest.raises(BeyondHorizonError, match="known for 2029 to 2030"):
        office.is_working_day(date(2031, 1, 1))
    with pytest.raises(BeyondHorizonError):
        office.next_opening(at("2030-12-31T20:00:00+01:00"))


@pytest.mark.parametrize(
    "windows",
    [(Window(960, 480),), (Window(480, 480),), (Window(480, 1500),), (Window(480, 720), Window(700, 900))],
)
def test_windows_that_overlap_run_backwards_or_leave_the_day_are_refused(windows: tuple[Window, ...]) -> None:
    with pytest.raises(SpecError, match="office: mon"):
        CalendarSpec(name="office", zone=OSLO, weekly={0: windows})
    with pytest.raises(SpecError, match="office: half"):
        CalendarSpec(name="office", zone=OSLO, weekly=WEEK, limits=(Limit("half", Monthday(1, 2), windows),))
    with pytest.raises(SpecError, match="office: more"):
        CalendarSpec(name="office", zone=OSLO, weekly=WEEK, extra=(Extra("more", date(2026, 1, 2), windows),))


def test_an_eighth_weekday_a_union_with_hours_and_unknown_members_are_refused() -> None:
    with pytest.raises(SpecError, match="weekday 7"):
        CalendarSpec(name="office", zone=OSLO, weekly={7: OFFICE})
    with pytest.raises(SpecError, match="takes its hours from its members"):
        CalendarSpec(name="both", zone=OSLO, weekly=WEEK, union=("one",))
    with pytest.raises(SpecError, match="names one, known are: none"):
        compile_calendar(CalendarSpec(name="both", zone=OSLO, union=("one",)))


def test_threads_that_make_a_calendar_grow_all_get_the_same_answer() -> None:
    office = compile_calendar(CalendarSpec(name="office", zone=OSLO, weekly=WEEK))
    starts = [datetime(year, 6, 1, tzinfo=UTC) for year in range(2015, 2045)] * 4
    with ThreadPoolExecutor(8) as pool:
        dues = list(pool.map(lambda start: office.add(start, hours(100)), starts))
    fresh = compile_calendar(CalendarSpec(name="office", zone=OSLO, weekly=WEEK))
    assert dues == [fresh.add(start, hours(100)) for start in starts]
