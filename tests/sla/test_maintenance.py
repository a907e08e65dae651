"""Whether a plan keeps each agreement: rule by rule, at borders, over daylight saving and quarters."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.sla.contract import Contract
from models.sla.maintenance import Earlier, Finding, Job, Party, Verdict, check, judge, latest_notice, latest_to_tell
from models.sla.maintenance_rules import Limit, MaintenanceKind, MaintenanceRule, MaintenanceTerms
from models.sla.policy import load_policies, with_overrides

OSLO = ZoneInfo("Europe/Oslo")
KEPT, BROKEN, NOT = Verdict.KEPT, Verdict.BROKEN, Verdict.NOT_APPLICABLE
PLANNED, UNPLANNED = MaintenanceKind.PLANNED, MaintenanceKind.UNPLANNED
MAJOR, MINOR = MaintenanceKind.UPGRADE_MAJOR, MaintenanceKind.UPGRADE_MINOR
CONTRACTS: Mapping[str, Contract] = load_policies()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


def job(
    start: str, minutes: int, asked: str, kind: MaintenanceKind = PLANNED, *, downtime: bool = True, told: str = ""
) -> Job:
    begin, now = at(start), at(asked)
    return Job(
        starts_at=begin,
        ends_at=begin + timedelta(minutes=minutes),
        kind=kind,
        downtime=downtime,
        planned_at=now,
        told_at=at(told) if told else now,
    )


def party(name: str, *earlier: Earlier, **given: object) -> Party:
    contract = with_overrides(CONTRACTS[name], given) if given else CONTRACTS[name]
    return Party(name, contract, earlier=earlier)


def verdicts(plan: Job, one: Party) -> dict[str, Verdict]:
    return {found.rule.id: found.verdict for found in check(plan, [one])}


def found(plan: Job, one: Party, rule_id: str) -> Finding:
    rule = one.contract.maintenance.rule(rule_id)
    assert rule is not None
    return judge(plan, one, rule)


# --- notice -------------------------------------------------------------------------------------------


@pytest.mark.clause("HP-10")
@pytest.mark.parametrize(
    ("told", "verdict", "days"),
    [
        ("2026-11-20 20:00", KEPT, 5),  # Fri 20, Mon 23 to Thu 26: five working days, the same wall time
        ("2026-11-20 20:01", BROKEN, 4),
        ("2026-11-21 03:00", BROKEN, 4),  # Saturday: Mon to Thu
    ],
)
def test_planned_downtime_is_told_five_working_days_before(told: str, verdict: Verdict, days: int) -> None:
    seen = found(job("2026-11-27 20:00", 60, told), party("heartpace"), "told")
    assert (seen.verdict, seen.count, seen.latest) == (verdict, days, at("2026-11-20 20:00"))


@pytest.mark.clause("HP-10")
def test_notice_in_working_days_skips_public_holidays() -> None:
    """Christmas Eve and the two days after it are closed in Sweden: Wed 23, Tue 22, Mon 21, Fri 18, Thu 17."""
    seen = found(job("2026-12-28 06:00", 60, "2026-12-17 06:00"), party("heartpace"), "told")
    assert (seen.verdict, seen.latest) == (KEPT, at("2026-12-17 06:00"))


@pytest.mark.clause("HP-10")
def test_what_takes_nothing_down_needs_no_notice_there() -> None:
    assert verdicts(job("2026-11-27 20:00", 60, "2026-11-27 19:00", downtime=False), party("heartpace")) == {
        "told": NOT
    }


@pytest.mark.clause("EM-03")
@pytest.mark.parametrize(
    ("asked", "planned", "told"),
    [
        ("2026-11-14 20:00", KEPT, KEPT),
        ("2026-11-14 20:01", BROKEN, KEPT),
        ("2026-11-21 20:00", BROKEN, KEPT),
        ("2026-11-21 20:01", BROKEN, BROKEN),
    ],
)
def test_planned_two_weeks_ahead_and_told_one_week_ahead_at_the_same_wall_time(
    asked: str, planned: Verdict, told: Verdict
) -> None:
    seen = verdicts(job("2026-11-28 20:00", 120, asked), party("easymeeting"))
    assert (seen["planned"], seen["told"]) == (planned, told)


@pytest.mark.clause("EM-03")
def test_it_needs_an_approver() -> None:
    plan = job("2026-11-28 20:00", 120, "2026-11-01 12:00")
    assert verdicts(plan, party("easymeeting"))["approved"] is BROKEN
    assert verdicts(replace(plan, approved=True), party("easymeeting"))["approved"] is KEPT


@pytest.mark.clause("EM-03")
def test_planned_early_and_told_late_breaks_the_telling_alone() -> None:
    plan = job("2026-11-28 20:00", 120, "2026-11-01 12:00", told="2026-11-23 12:00")
    seen = verdicts(plan, party("easymeeting"))
    assert (seen["planned"], seen["told"]) == (KEPT, BROKEN)
    assert found(plan, party("easymeeting"), "told").count == 5


@pytest.mark.parametrize(
    ("start", "latest"),
    [
        ("2026-03-29 20:00", "2026-03-22T20:00:00+01:00"),  # summer time began that morning
        ("2026-04-05 02:30", "2026-03-29T03:00:00+02:00"),  # a week before, 02:30 does not exist: the skip's end
        ("2026-11-01 02:30", "2026-10-25T02:30:00+02:00"),  # and here it comes twice: the first pass
        ("2026-10-25 20:00", "2026-10-18T20:00:00+02:00"),
    ],
)
def test_a_week_before_is_the_same_wall_time_over_daylight_saving(start: str, latest: str) -> None:
    rule = CONTRACTS["easymeeting"].maintenance.rule("told")
    assert rule is not None
    moment = latest_notice(at(start), party("easymeeting"), rule)
    assert moment.astimezone(OSLO).isoformat() == latest


@pytest.mark.clause("PS-14")
def test_a_major_update_is_told_ten_working_days_before_and_a_minor_one_need_not_be() -> None:
    late, early = "2026-11-16 20:01", "2026-11-16 20:00"
    assert verdicts(job("2026-11-28 20:00", 60, late, MAJOR), party("pureservice"))["told"] is BROKEN
    assert verdicts(job("2026-11-28 20:00", 60, early, MAJOR), party("pureservice"))["told"] is KEPT
    assert verdicts(job("2026-11-28 20:00", 60, late, MINOR), party("pureservice"))["told"] is NOT


def test_the_latest_moment_to_tell_is_the_earliest_that_any_agreement_asks() -> None:
    plan = job("2026-11-28 20:00", 60, "2026-11-01 12:00", MAJOR)
    parties = [party("heartpace"), party("easymeeting"), party("pureservice"), party("pindena")]
    assert latest_to_tell(plan, parties) == at("2026-11-16 20:00")  # PS-14, ten working days
    assert latest_to_tell(plan, [party("pindena")]) is None
    assert latest_to_tell(replace(plan, kind=UNPLANNED), parties) is None


def test_a_notice_after_the_start_is_none() -> None:
    seen = found(job("2026-11-28 20:00", 60, "2026-11-29 20:00"), party("heartpace"), "told")
    assert (seen.verdict, seen.count) == (BROKEN, 0)


# --- unplanned, agreed --------------------------------------------------------------------------------


@pytest.mark.clause("EM-04")
def test_unplanned_maintenance_is_told_at_once_and_asked_nothing_else() -> None:
    seen = verdicts(job("2026-11-28 10:00", 600, "2026-11-28 10:20", UNPLANNED), party("easymeeting"))
    assert seen == {"approved": NOT, "planned": NOT, "told": NOT, "unplanned": KEPT, "agreed": NOT}
    late = job("2026-11-28 10:00", 60, "2026-11-28 10:20", UNPLANNED, told="2026-11-28 11:00")
    assert found(late, party("easymeeting"), "unplanned").found == timedelta(minutes=40)


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_unplanned_maintenance_is_never_refused(name: str) -> None:
    seen = verdicts(job("2026-11-24 10:00", 600, "2026-11-24 10:20", UNPLANNED), party(name))
    assert BROKEN not in seen.values()


@pytest.mark.clause("EM-26")
def test_a_change_for_chosen_customers_needs_their_consent() -> None:
    plan = replace(job("2026-11-28 20:00", 60, "2026-11-01 12:00"), chosen=True)
    assert verdicts(plan, party("easymeeting"))["agreed"] is BROKEN
    assert verdicts(plan, replace(party("easymeeting"), agreed=True))["agreed"] is KEPT
    assert verdicts(replace(plan, chosen=False), party("easymeeting"))["agreed"] is NOT


# --- length, frequency, hours -------------------------------------------------------------------------


@pytest.mark.clause("PI-05")
def test_at_most_thirty_minutes_once_a_quarter_outside_working_hours() -> None:
    kept = {"length": KEPT, "frequency": KEPT, "hours": KEPT}
    saturday = job("2026-11-28 20:00", 30, "2026-11-28 12:00")
    before = Earlier(at("2026-10-01 00:00"), downtime=True)
    assert verdicts(saturday, party("pindena")) == kept
    assert verdicts(job("2026-11-28 20:00", 31, "2026-11-28 12:00"), party("pindena")) == kept | {"length": BROKEN}
    assert verdicts(saturday, party("pindena", before)) == kept | {"frequency": BROKEN}
    assert verdicts(job("2026-11-27 07:45", 30, "2026-11-20 12:00"), party("pindena")) == kept | {"hours": BROKEN}
    assert found(job("2026-11-27 07:45", 30, "2026-11-20 12:00"), party("pindena"), "hours").found == timedelta(
        minutes=15
    )


@pytest.mark.clause("PI-05")
def test_right_up_to_opening_and_from_closing_on_is_outside_working_hours() -> None:
    for start in ("2026-11-27 07:30", "2026-11-27 16:00", "2026-12-25 10:00"):
        assert verdicts(job(start, 30, "2026-11-20 12:00"), party("pindena"))["hours"] is KEPT


@pytest.mark.clause("PI-05")
@pytest.mark.parametrize(
    ("earlier", "downtime", "verdict"),
    [
        ("2026-10-01 00:00", True, BROKEN),
        ("2026-09-30 23:59", True, KEPT),  # the quarter before, by its start
        ("2026-12-31 23:59", True, BROKEN),  # later in the same quarter counts as well
        ("2026-10-01 00:00", False, KEPT),  # without downtime
    ],
)
def test_the_quarter_is_the_calendars_by_the_start_and_only_downtime_counts(
    earlier: str, downtime: bool, verdict: Verdict
) -> None:
    one = party("pindena", Earlier(at(earlier), downtime))
    assert verdicts(job("2026-11-28 20:00", 30, "2026-11-28 12:00"), one)["frequency"] is verdict


@pytest.mark.clause("PI-05")
def test_maintenance_over_the_end_of_a_quarter_belongs_to_the_one_it_starts_in() -> None:
    over = job("2026-12-31 23:45", 30, "2026-12-01 12:00")
    next_quarter, same_quarter = Earlier(at("2027-01-02 20:00"), True), Earlier(at("2026-10-03 20:00"), True)
    assert verdicts(over, party("pindena", next_quarter))["frequency"] is KEPT
    assert verdicts(over, party("pindena", same_quarter))["frequency"] is BROKEN


@pytest.mark.clause("PI-05")
def test_without_downtime_nothing_is_asked() -> None:
    assert set(
        verdicts(job("2026-11-24 10:00", 600, "2026-11-24 09:00", downtime=False), party("pindena")).values()
    ) == {NOT}


# --- windows, punctuality -----------------------------------------------------------------------------

WINDOWS = {"maintenance.windows": {"sat": ["22:00-24:00"], "sun": ["00:00-04:00"]}}


@pytest.mark.clause("PS-11")
@pytest.mark.parametrize(
    ("start", "minutes", "kind", "verdict", "beyond"),
    [
        ("2026-11-28 23:00", 180, PLANNED, KEPT, 0),  # over midnight in one go
        ("2026-11-29 03:00", 90, PLANNED, BROKEN, 30),
        ("2026-11-28 20:00", 60, PLANNED, BROKEN, 60),
        ("2026-11-28 20:00", 60, MAJOR, KEPT, 0),
        ("2026-11-28 20:00", 60, MINOR, BROKEN, 60),
    ],
)
def test_downtime_lies_in_an_agreed_window_or_comes_with_a_major_upgrade(
    start: str, minutes: int, kind: MaintenanceKind, verdict: Verdict, beyond: int
) -> None:
    seen = found(job(start, minutes, "2026-11-01 12:00", kind), party("pureservice", **WINDOWS), "windows")
    assert (seen.verdict, seen.found, seen.by_kind) == (verdict, timedelta(minutes=beyond), kind is MAJOR)


@pytest.mark.clause("PS-11")
def test_without_agreed_windows_only_a_major_upgrade_is_planned_downtime() -> None:
    seen = found(job("2026-11-28 20:00", 60, "2026-11-01 12:00"), party("pureservice"), "windows")
    assert (seen.verdict, seen.found) == (BROKEN, timedelta(hours=1))


@pytest.mark.clause("PS-15")
@pytest.mark.parametrize(
    ("began", "ended", "verdict", "off"),
    [
        (None, None, NOT, 0),
        ("2026-11-28 20:05", None, KEPT, 5),
        ("2026-11-28 20:06", None, BROKEN, 6),
        ("2026-11-28 19:54", None, BROKEN, 6),
        ("2026-11-28 20:00", "2026-11-28 21:06", BROKEN, 6),
        ("2026-11-28 20:00", "2026-11-28 20:50", BROKEN, 10),
    ],
)
def test_an_upgrade_happens_at_the_time_announced(
    began: str | None, ended: str | None, verdict: Verdict, off: int
) -> None:
    plan = job("2026-11-28 20:00", 60, "2026-11-01 12:00", MINOR)
    ran = replace(plan, began_at=at(began) if began else None, ended_at=at(ended) if ended else None)
    seen = found(ran, party("pureservice"), "punctual")
    assert (seen.verdict, seen.found) == (verdict, timedelta(minutes=off))


# --- laws ---------------------------------------------------------------------------------------------

minutes = st.integers(0, 60 * 24 * 800).map(lambda n: datetime(2026, 1, 1, tzinfo=OSLO) + timedelta(minutes=n))


@settings(max_examples=200)
@given(start=minutes, days=st.integers(1, 60))
def test_the_latest_moment_keeps_the_notice_and_a_minute_later_breaks_it(start: datetime, days: int) -> None:
    rule = MaintenanceRule(id="x", clause="X-1", limit=Limit.TOLD_DAYS, number=days)
    contract = replace(CONTRACTS["easymeeting"], maintenance=MaintenanceTerms((rule,)))
    one = Party("x", contract)
    latest = latest_notice(start, one, rule)
    plan = Job(
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        kind=PLANNED,
        downtime=True,
        planned_at=latest,
        told_at=latest,
    )
    assert judge(plan, one, rule).verdict is KEPT
    assert judge(replace(plan, told_at=latest + timedelta(minutes=1)), one, rule).verdict is BROKEN
    wall, before = start.astimezone(OSLO), latest.astimezone(OSLO)
    there = datetime.combine(before.date(), wall.time(), OSLO).astimezone(UTC).astimezone(OSLO)
    assert (wall.date() - before.date()).days == days
    assert before.time() == wall.time() or there.time() != wall.time()  # a skipped hour


@settings(max_examples=100)
@given(start=minutes, told=minutes)
def test_the_days_of_notice_shown_agree_with_the_verdict(start: datetime, told: datetime) -> None:
    for name, rule_id in (("heartpace", "told"), ("easymeeting", "told")):
        rule = CONTRACTS[name].maintenance.rule(rule_id)
        assert rule is not None
        one = party(name)
        plan = Job(
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            kind=PLANNED,
            downtime=True,
            planned_at=told,
            told_at=told,
        )
        seen = judge(plan, one, rule)
        night = 1 < start.astimezone(OSLO).hour < 4 or 1 < told.astimezone(OSLO).hour < 4
        assert night or (seen.verdict is KEPT) == (seen.count >= rule.number)
