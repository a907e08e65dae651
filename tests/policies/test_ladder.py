"""Reminders, warnings, breaches and escalations: when they happen, and when Vakt may say so."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from models.sla.calendar import always_open
from models.sla.clock import Pause
from models.sla.contract import ClockKind, Contract, Role, Strength
from models.sla.ladder import Rung, RungKind, folded, ladder, may_speak_at, next_rungs, passed, warned_from
from models.sla.plan import only_closes, plan
from models.sla.policy import parse_policy, with_overrides


def at(contract: Contract, text: str) -> datetime:
    """ "2026-11-23 09:40" in the contract's zone."""
    return datetime.fromisoformat(text).replace(tzinfo=contract.zone)


def rungs_of(
    contract: Contract,
    promise: str,
    reported: str,
    severity: str,
    *,
    pauses: Sequence[Pause] = (),
    night_work_from: datetime | None = None,
) -> tuple[Rung, ...]:
    planned = plan(contract, contract.promise(promise), reported_at=at(contract, reported), pauses=pauses)
    return ladder(contract, planned, severity=severity, pauses=pauses, night_work_from=night_work_from)


def told(contract: Contract, rungs: Sequence[Rung]) -> list[tuple[str, str]]:
    """What is said and when, in the contract's own time."""
    return [(rung.key, f"{rung.say_at.astimezone(contract.zone):%a %d %H:%M}") for rung in rungs]


def one(rungs: Sequence[Rung], key: str) -> Rung:
    (found,) = [rung for rung in rungs if rung.key == key]
    return found


def test_reminders_come_at_shares_of_working_time_and_then_it_is_due(softone: Contract) -> None:
    # 4 h from 09:40: 2 h, 3 h, 3 h 36 min, 4 h; management 6 h after the start.
    rungs = rungs_of(softone, "p2", "2026-11-23 09:40", "P2")
    assert told(softone, rungs) == [
        ("share:1/2", "Mon 23 11:40"),
        ("share:3/4", "Mon 23 12:40"),
        ("share:9/10", "Mon 23 13:16"),
        ("due", "Mon 23 13:40"),
        ("step:0:senior", "Mon 23 13:40"),
        ("step:1:manager", "Mon 23 15:40"),
    ]


def test_shares_are_of_working_time_not_of_the_clock(softone: Contract) -> None:
    # 12 h from Friday 15:00: 2 h are left of Friday, 9 h of Monday, 1 h of Tuesday.
    rungs = rungs_of(softone, "p3", "2026-11-20 15:00", "P3")
    assert told(softone, rungs)[:3] == [
        ("share:1/2", "Mon 23 12:00"),
        ("share:3/4", "Mon 23 15:00"),
        ("warning", "Mon 23 16:00"),
    ]


def test_what_falls_due_at_closing_is_said_at_closing(easymeeting: Contract) -> None:
    rungs = rungs_of(easymeeting, "answer_high", "2026-11-23 06:00", "high")
    due = one(rungs, "due")
    assert due.happens_at == due.say_at == at(easymeeting, "2026-11-23 16:00")


@pytest.mark.clause("HP-01")
def test_an_answer_due_on_saturday_is_warned_of_before_fridays_closing_and_nobody_is_paged(
    heartpace: Contract,
) -> None:
    rungs = rungs_of(heartpace, "answer", "2026-11-27 10:00", "enquiry")
    warning, due = one(rungs, "warning"), one(rungs, "due")
    assert warning.say_at == at(heartpace, "2026-11-27 16:00")
    assert warning.reason == {"en": "weekend", "nb": "helg", "sv": "helg"}
    assert due.happens_at == at(heartpace, "2026-11-28 10:00")
    assert due.say_at == at(heartpace, "2026-11-30 08:00")
    assert not [rung for rung in rungs if rung.kind is RungKind.PAGE]
    assert all(rung.say_at.astimezone(heartpace.zone).weekday() not in {5, 6} for rung in rungs)


@pytest.mark.clause("HP-01")
def test_an_answer_due_on_a_weekday_evening_is_warned_of_before_closing(heartpace: Contract) -> None:
    warning = one(rungs_of(heartpace, "answer", "2026-11-25 18:30", "enquiry"), "warning")
    assert warning.say_at == at(heartpace, "2026-11-26 16:00")
    assert warning.reason is None


def test_due_soon_after_a_holiday_is_warned_of_before_it_and_says_which(pureservice: Contract) -> None:
    # Friday 14:30 and 2 h: 1 h 30 min are left of Friday, Monday 25 May is Whit Monday.
    rungs = rungs_of(pureservice, "start", "2026-05-22 14:30", "standard")
    warning = one(rungs, "warning")
    assert one(rungs, "due").happens_at == at(pureservice, "2026-05-26 08:30")
    assert warning.say_at == at(pureservice, "2026-05-22 15:00")
    assert warning.reason_day is not None
    assert f"{warning.reason_day:%A}" == "Monday"
    assert warning.reason == {"en": "2. pinsedag", "nb": "2. pinsedag", "sv": "2. pinsedag"}


def test_due_later_than_an_hour_after_opening_needs_no_early_warning(pureservice: Contract) -> None:
    rungs = rungs_of(pureservice, "start", "2026-05-22 15:30", "standard")  # due Tuesday 09:30
    assert not [rung for rung in rungs if rung.kind is RungKind.WARNING]


def test_a_warning_is_never_before_the_start(pureservice: Contract) -> None:
    rungs = rungs_of(pureservice, "start", "2026-05-22 15:00", "standard")  # due Tuesday 09:00
    assert one(rungs, "warning").say_at == at(pureservice, "2026-05-22 15:00")
    later = rungs_of(pureservice, "start", "2026-05-22 17:00", "standard")  # nothing closes before it is due
    assert not [rung for rung in later if rung.kind is RungKind.WARNING]


def test_lunch_is_no_closing_to_warn_before(pindena: Contract) -> None:
    rungs = rungs_of(pindena, "enquiry", "2026-11-23 09:10", "enquiry")
    assert not [rung for rung in rungs if rung.kind is RungKind.WARNING]


@pytest.mark.clause("PI-06")
def test_a_critical_fault_in_working_hours_pages_at_once_and_has_no_reminders(pindena: Contract) -> None:
    rungs = rungs_of(pindena, "critical", "2026-11-23 10:00", "critical")
    assert told(pindena, rungs) == [
        ("page", "Mon 23 10:00"),
        ("step:0:senior", "Mon 23 10:00"),
        ("due", "Mon 23 10:15"),
        ("step:1:manager", "Mon 23 14:00"),
    ]
    assert one(rungs, "due").strength is Strength.USUAL
    assert one(rungs, "page").role is Role.ON_CALL


@pytest.mark.clause("PI-06")
def test_a_critical_fault_at_night_pages_and_runs_no_clock(pindena: Contract) -> None:
    planned = plan(pindena, pindena.promise("critical"), reported_at=at(pindena, "2026-11-28 23:00"))
    assert (planned.due, planned.paged, planned.paused) == (None, True, False)
    rungs = rungs_of(pindena, "critical", "2026-11-28 23:00", "critical")
    assert one(rungs, "page").say_at == at(pindena, "2026-11-28 23:00")
    assert not [rung for rung in rungs if rung.kind in {RungKind.DUE, RungKind.REMINDER, RungKind.WARNING}]


@pytest.mark.clause("PI-09")
def test_a_senior_hears_of_a_critical_fault_at_once_and_management_after_four_working_hours(
    pindena: Contract,
) -> None:
    rungs = rungs_of(pindena, "critical", "2026-11-28 23:00", "critical")
    senior, manager = one(rungs, "step:0:senior"), one(rungs, "step:1:manager")
    assert senior.say_at == at(pindena, "2026-11-28 23:00")
    assert manager.say_at == at(pindena, "2026-11-30 12:00")
    assert {senior.clause, manager.clause} == {"PI-09"}
    assert {senior.until, manager.until} == {ClockKind.RESOLUTION}


@pytest.mark.clause("PI-09")
def test_worked_on_at_night_management_hears_after_four_hours_by_the_clock(pindena: Contract) -> None:
    began = at(pindena, "2026-11-28 23:10")
    rungs = rungs_of(pindena, "critical", "2026-11-28 23:00", "critical", night_work_from=began)
    assert one(rungs, "step:1:manager").say_at == began + timedelta(hours=4)


@pytest.mark.clause("PI-09")
def test_management_hears_of_a_serious_fault_after_two_working_days(pindena: Contract) -> None:
    rungs = rungs_of(pindena, "serious", "2026-11-26 10:00", "serious")  # Thursday
    assert one(rungs, "step:0:senior").say_at == at(pindena, "2026-11-26 10:00")
    assert one(rungs, "step:1:manager").say_at == at(pindena, "2026-11-30 16:00")


@pytest.mark.clause("PI-09")
def test_a_senior_hears_of_a_serious_fault_at_the_next_opening_not_at_night(pindena: Contract) -> None:
    rungs = rungs_of(pindena, "serious", "2026-11-26 22:00", "serious")
    assert one(rungs, "step:0:senior").say_at == at(pindena, "2026-11-27 08:00")


@pytest.mark.clause("PI-07")
def test_that_the_expected_instant_passed_is_said_before_the_latest(pindena: Contract) -> None:
    rungs = rungs_of(pindena, "serious", "2026-11-25 10:00", "serious")
    expected, due = one(rungs, "expected"), one(rungs, "due")
    assert expected.say_at == at(pindena, "2026-11-25 16:00")
    assert (expected.strength, due.strength) == (Strength.USUAL, Strength.PROMISED)
    assert due.say_at == at(pindena, "2026-11-26 16:00")


@pytest.mark.clause("PI-07")
def test_where_both_instants_are_one_it_is_said_once(pindena: Contract) -> None:
    rungs = rungs_of(pindena, "serious", "2026-11-26 18:30", "serious")
    assert not [rung for rung in rungs if rung.kind is RungKind.EXPECTED]


@pytest.mark.clause("SO-16")
def test_while_it_waits_for_access_nothing_of_the_clock_is_said(softone: Contract) -> None:
    waiting = [Pause(at(softone, "2026-11-23 10:30"), None)]
    rungs = rungs_of(softone, "p1", "2026-11-23 10:00", "P1", pauses=waiting)
    assert told(softone, rungs) == [("step:0:senior", "Mon 23 10:00")]


@pytest.mark.clause("SO-16")
def test_a_wait_that_ended_puts_the_rungs_off(softone: Contract) -> None:
    waited = [Pause(at(softone, "2026-11-23 10:30"), at(softone, "2026-11-23 11:30"))]
    rungs = rungs_of(softone, "p1", "2026-11-23 10:00", "P1", pauses=waited)
    assert one(rungs, "share:1/2").happens_at == at(softone, "2026-11-23 12:00")
    assert one(rungs, "due").happens_at == at(softone, "2026-11-23 13:00")


def test_steps_are_for_their_own_classes(heartpace: Contract) -> None:
    critical = rungs_of(heartpace, "fault_finding", "2026-11-23 10:00", "critical")
    normal = rungs_of(heartpace, "fault_finding", "2026-11-23 10:00", "normal")
    assert [rung.key for rung in critical if rung.kind is RungKind.ESCALATION] == ["step:0:senior"]
    assert [rung.key for rung in normal if rung.kind is RungKind.ESCALATION] == ["step:1:senior"]


def test_a_round_the_clock_agreement_may_be_spoken_of_at_night(easymeeting: Contract) -> None:
    always = with_overrides(easymeeting, {}, ["24x7"])
    rungs = rungs_of(always, "answer_high", "2026-11-28 22:00", "high")
    assert one(rungs, "due").say_at == at(always, "2026-11-29 06:00")
    assert not [rung for rung in rungs if rung.kind is RungKind.WARNING]


# --- when Vakt may speak ------------------------------------------------------------------------------

SPEAK = [
    ("2026-11-23 10:00", "2026-11-23 10:00"),  # open
    ("2026-11-23 15:00", "2026-11-23 15:00"),  # closing
    ("2026-11-23 15:15", "2026-11-23 15:15"),  # a quarter past
    ("2026-11-23 15:15:01", "2026-11-24 09:00"),  # later
    ("2026-11-23 11:45", "2026-11-23 11:45"),  # lunch has just begun
    ("2026-11-23 11:50", "2026-11-23 12:00"),  # in lunch
    ("2026-11-27 22:00", "2026-11-30 09:00"),  # Friday night
    ("2026-07-13 10:00", "2026-07-27 09:00"),  # the weeks in July
]


@pytest.mark.parametrize(("happens", "says"), SPEAK)
def test_vakt_speaks_when_open_until_a_quarter_past_closing_or_at_the_next_opening(
    pindena: Contract, happens: str, says: str
) -> None:
    calendar = pindena.calendars["support"]
    assert may_speak_at(at(pindena, happens), calendar, pindena) == at(pindena, says)


def test_day_and_night_vakt_speaks_at_once(pindena: Contract) -> None:
    night = at(pindena, "2026-11-27 22:00")
    assert may_speak_at(night, pindena.calendars["support"], pindena, day_and_night=True) == night


# --- what is said next, and together ------------------------------------------------------------------


def test_the_next_rungs_are_those_that_share_the_earliest_instant(softone: Contract) -> None:
    rungs = rungs_of(softone, "p2", "2026-11-23 09:40", "P2")
    keys = [rung.key for rung in next_rungs(rungs, at(softone, "2026-11-23 13:16"))]
    assert keys == ["due", "step:0:senior"]
    assert next_rungs(rungs, at(softone, "2026-11-23 15:40")) == ()


def test_what_an_act_made_moot_is_not_said(pindena: Contract) -> None:
    rungs = rungs_of(pindena, "serious", "2026-11-25 10:00", "serious")
    started = next_rungs(rungs, at(pindena, "2026-11-25 10:00"), done=[ClockKind.START_OF_WORK])
    assert [rung.key for rung in started] == ["step:1:manager"]
    solved = next_rungs(rungs, at(pindena, "2026-11-25 10:00"), done=[ClockKind.START_OF_WORK, ClockKind.RESOLUTION])
    assert solved == ()


def test_thresholds_already_past_fold_into_one_line(softone: Contract) -> None:
    rungs = rungs_of(softone, "p2", "2026-11-23 09:40", "P2")
    missed = folded(passed(rungs, at(softone, "2026-11-23 13:20")))
    assert [rung.share for rung in missed.says] == [Fraction(9, 10)]
    assert [rung.share for rung in missed.implied] == [Fraction(1, 2), Fraction(3, 4)]


def test_opening_late_announces_one_breach_and_each_role_once(softone: Contract) -> None:
    rungs = rungs_of(softone, "p2", "2026-11-23 09:40", "P2")
    missed = folded(passed(rungs, at(softone, "2026-11-23 16:00")))
    assert [rung.key for rung in missed.says] == ["due", "step:0:senior", "step:1:manager"]


def test_a_page_is_said_whatever_else_falls_with_it(pindena: Contract) -> None:
    rungs = rungs_of(pindena, "critical", "2026-11-23 10:00", "critical")
    missed = folded(passed(rungs, at(pindena, "2026-11-23 10:30")))
    assert [rung.key for rung in missed.says] == ["page", "due", "step:0:senior"]


def test_the_same_rungs_have_the_same_keys_every_time(pindena: Contract) -> None:
    first = rungs_of(pindena, "serious", "2026-11-25 10:00", "serious")
    again = rungs_of(pindena, "serious", "2026-11-25 10:00", "serious")
    assert first == again
    assert len({rung.key for rung in first}) == len(first)


def test_a_due_instant_is_warned_of_an_hour_before_the_last_closing_if_it_ever_closes(softone: Contract) -> None:
    promise = softone.promise("p1")
    planned = plan(softone, promise, reported_at=datetime(2026, 11, 27, 15, tzinfo=UTC))  # due Monday 08:00 in UTC
    always = replace(planned, calendar=always_open(softone.zone))
    assert warned_from(softone, planned) == datetime(2026, 11, 27, 15, tzinfo=UTC)
    assert warned_from(softone, always) is None
    assert warned_from(softone, replace(planned, due=None)) is None


def test_a_closure_only_closes_and_an_extra_opening_does_not(softone: Contract, easymeeting: Contract) -> None:
    start, end = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
    name = {"en": "x", "nb": "x", "sv": "x"}
    closed, extra = json.loads(softone.content), json.loads(softone.content)
    closed["calendars"]["office"]["closures"] = [{"id": "x", "name": name, "dates": ["2026-11-24"]}]
    extra["calendars"]["office"]["extra"] = [{"on": "2026-11-28", "name": name, "hours": ["08:00-12:00"]}]
    assert only_closes(softone, parse_policy(closed, "closed"), start, end)
    assert not only_closes(softone, parse_policy(extra, "extra"), start, end)
    assert not only_closes(softone, easymeeting, start, end)
