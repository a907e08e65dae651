"""What the clock answers at its edges."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from models.sla.clock import (
    AtOnce,
    ClockTime,
    NextWorkingDay,
    Pause,
    SameWorkingDay,
    Until,
    WorkingDays,
    WorkingTime,
    at_share,
    budget,
    deadline,
    remaining,
    spent,
)
from models.sla.day_table import NaiveInstantError
from tests.sla.clock_table import at, calendar, hours

MONDAY = at("2026-11-23T08:00:00+01:00")


def test_a_naive_start_is_refused_with_what_to_write() -> None:
    with pytest.raises(NaiveInstantError, match="2026-11-23T08:00:00 has no zone"):
        deadline(calendar("softone"), datetime(2026, 11, 23, 8), WorkingTime(hours(1)))  # noqa: DTZ001


def test_a_target_used_up_at_closing_is_due_at_closing() -> None:
    assert deadline(calendar("softone"), MONDAY, WorkingTime(hours(9))) == at("2026-11-23T17:00:00+01:00")


def test_no_time_is_due_at_once_even_outside_the_hours() -> None:
    saturday = at("2026-11-28T10:00:00+01:00")
    assert deadline(calendar("softone"), saturday, WorkingTime(timedelta())) == saturday


def test_at_once_is_late_after_its_reading_of_open_time() -> None:
    start = at("2026-11-23T16:50:00+01:00")
    assert deadline(calendar("softone"), start, AtOnce(hours(0.25))) == at("2026-11-24T08:05:00+01:00")
    assert budget(calendar("softone"), start, AtOnce(hours(0.25))) == hours(0.25)


def test_a_promise_of_no_working_day_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        WorkingDays(0)


def test_overlapping_pauses_count_once() -> None:
    waits = [
        Pause(MONDAY + hours(1), MONDAY + hours(3)),
        Pause(MONDAY + hours(2), MONDAY + hours(4), "access"),
        Pause(MONDAY + hours(2), MONDAY + hours(2)),
    ]
    # 08-09 counted, 09-12 paused, 12-13 counted
    assert deadline(calendar("softone"), MONDAY, WorkingTime(hours(2)), waits) == MONDAY + hours(5)


def test_a_pause_that_begins_when_it_is_due_or_later_does_not_help() -> None:
    due = MONDAY + hours(2)
    for begins in (due, due + hours(1)):
        assert deadline(calendar("softone"), MONDAY, WorkingTime(hours(2)), [Pause(begins, None)]) == due


def test_a_pause_before_the_start_takes_nothing() -> None:
    waits = [Pause(MONDAY - hours(48), MONDAY - hours(24))]
    assert deadline(calendar("softone"), MONDAY, WorkingTime(hours(2)), waits) == MONDAY + hours(2)


def test_while_paused_nothing_is_due_and_what_is_left_stands_still() -> None:
    waits = [Pause(MONDAY + hours(1), None)]
    target = WorkingTime(hours(4))
    assert deadline(calendar("softone"), MONDAY, target, waits) is None
    assert remaining(calendar("softone"), MONDAY, target, waits, MONDAY + hours(5)) == hours(3)
    assert remaining(calendar("softone"), MONDAY, target, waits, MONDAY + hours(500)) == hours(3)


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        deadline(calendar("softone"), MONDAY, WorkingTime(hours(1)), [Pause(MONDAY, MONDAY - hours(1))])


def test_elapsed_time_runs_through_the_night_and_pauses_stop_it() -> None:
    waits = [Pause(MONDAY + hours(10), MONDAY + hours(12))]
    target = ClockTime(hours(24))
    assert deadline(calendar("softone"), MONDAY, target, waits) == MONDAY + hours(26)
    assert spent(calendar("softone"), MONDAY, target, waits, MONDAY + hours(11)) == hours(10)
    assert budget(calendar("softone"), MONDAY, target) == hours(24)


def test_nothing_is_spent_before_the_start_and_late_is_negative() -> None:
    target = WorkingTime(hours(2))
    assert spent(calendar("softone"), MONDAY, target, [], MONDAY - hours(1)) == timedelta()
    assert remaining(calendar("softone"), MONDAY, target, [], MONDAY + hours(3)) == -hours(1)


def test_three_quarters_of_the_time_are_working_time() -> None:
    friday = at("2026-11-20T15:00:00+01:00")
    reached = at_share(calendar("softone"), friday, WorkingTime(hours(4)), [], Fraction(3, 4))
    assert reached == at("2026-11-23T09:00:00+01:00")


def test_the_whole_share_of_a_day_target_is_its_deadline() -> None:
    start = at("2026-11-23T07:00:00+01:00")
    target = WorkingDays(1, "same_time")  # due at Tuesday's opening, its time used up at Monday's closing
    due = deadline(calendar("softone"), start, target)
    assert due == at("2026-11-24T08:00:00+01:00")
    assert at_share(calendar("softone"), start, target, [], Fraction(1)) == due
    assert at_share(calendar("softone"), start, target, [], Fraction(99, 100)) < due  # type: ignore[operator]


def test_a_share_is_not_reached_while_paused_before_it() -> None:
    waits = [Pause(MONDAY + hours(1), None)]
    assert at_share(calendar("softone"), MONDAY, WorkingTime(hours(4)), waits, Fraction(1, 4)) == MONDAY + hours(1)
    assert at_share(calendar("softone"), MONDAY, WorkingTime(hours(4)), waits, Fraction(1, 2)) is None


def test_a_negative_share_is_refused() -> None:
    with pytest.raises(ValueError, match="never used"):
        at_share(calendar("softone"), MONDAY, WorkingTime(hours(4)), [], Fraction(-1, 2))


def test_a_day_target_is_prolonged_by_the_working_time_a_pause_took() -> None:
    waits = [Pause(at("2026-11-23T16:00:00+01:00"), at("2026-11-24T10:00:00+01:00"))]  # 1 h + 2 h of hours
    assert deadline(calendar("softone"), MONDAY, SameWorkingDay(), waits) == at("2026-11-24T11:00:00+01:00")


def test_received_on_a_saturday_the_next_working_day_depends_on_the_anchor() -> None:
    saturday = at("2026-11-28T10:00:00+01:00")
    assert deadline(calendar("softone"), saturday, NextWorkingDay()) == at("2026-11-30T17:00:00+01:00")
    assert deadline(calendar("softone"), saturday, NextWorkingDay("opening")) == at("2026-12-01T17:00:00+01:00")


def test_same_time_in_a_skipped_hour_is_the_first_instant_after_it() -> None:
    start = at("2026-03-28T02:30:00+01:00")
    due = deadline(calendar("heartpace-24x7"), start, WorkingDays(1, "same_time"))
    assert due == at("2026-03-29T03:00:00+02:00")


def test_same_time_in_a_repeated_hour_is_its_first_pass() -> None:
    start = at("2026-10-24T02:30:00+02:00")
    due = deadline(calendar("heartpace-24x7"), start, WorkingDays(1, "same_time"))
    assert due == at("2026-10-25T02:30:00+02:00")


def test_a_night_shift_is_seven_hours_in_spring_and_nine_in_autumn() -> None:
    night = calendar("nightshift-oslo")
    assert night.elapsed(at("2026-03-28T22:00:00+01:00"), at("2026-03-29T06:00:00+02:00")) == hours(7)
    assert night.elapsed(at("2026-10-24T22:00:00+02:00"), at("2026-10-25T06:00:00+01:00")) == hours(9)


def test_a_chosen_instant_is_due_then_open_or_not_and_a_pause_prolongs_it() -> None:
    evening = Until(at("2026-11-23T20:00:00+01:00"))  # counted in hours it would be 17:00
    waits = [Pause(at("2026-11-23T16:00:00+01:00"), at("2026-11-23T16:30:00+01:00"))]
    assert deadline(calendar("softone"), MONDAY, evening) == evening.at
    assert deadline(calendar("softone"), MONDAY, evening, waits) == at("2026-11-24T08:30:00+01:00")
    assert budget(calendar("softone"), MONDAY, evening) == at("2026-11-23T17:00:00+01:00") - MONDAY
    assert deadline(calendar("softone"), MONDAY, Until(MONDAY - hours(1))) == MONDAY
