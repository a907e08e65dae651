"""The earliest time that keeps everything, against a walk over every quarter of an hour."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.sla.calendar_spec import Window
from models.sla.contract import Contract
from models.sla.maintenance import Earlier, Job, Party, Verdict, check
from models.sla.maintenance_rules import Limit, MaintenanceKind, MaintenanceRule, MaintenanceTerms
from models.sla.policy import load_policies, with_overrides
from models.sla.slots import ANY_TIME, HORIZON, SAME_TIME, SAME_WEEKDAY, STEP, UNBOUND, earliest, moved, refusals, split

OSLO = ZoneInfo("Europe/Oslo")
MONDAY = datetime(2026, 11, 23, 11, tzinfo=OSLO)
CONTRACTS: Mapping[str, Contract] = load_policies()
MAJOR = MaintenanceKind.UPGRADE_MAJOR


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


def job(start: str, minutes: int, asked: datetime = MONDAY, kind: MaintenanceKind = MAJOR) -> Job:
    begin = at(start)
    end = begin + timedelta(minutes=minutes)
    return Job(starts_at=begin, ends_at=end, kind=kind, downtime=True, planned_at=asked, told_at=asked)


def parties(*names: str) -> list[Party]:
    return [Party(name, CONTRACTS[name]) for name in names]


# --- the picture --------------------------------------------------------------------------------------


def test_no_slot_of_two_hours_keeps_every_agreement_and_it_is_known_which_rule_is_why() -> None:
    plan, everybody = job("2026-11-28 20:00", 120), parties("easymeeting", "pindena", "pureservice")
    assert earliest(plan, everybody, SAME_WEEKDAY, MONDAY) is None
    assert [(each.party.customer, each.rule.clause, each.rule.limit) for each in refusals(plan, everybody, MONDAY)] == [
        ("pindena", "PI-05", Limit.LONGEST)
    ]


@pytest.mark.clause("EM-03")
def test_without_those_the_earliest_keeps_the_weekday_and_the_time_of_day() -> None:
    plan, rest = job("2026-11-28 20:00", 120), parties("easymeeting", "pureservice")
    assert earliest(plan, rest, SAME_WEEKDAY, MONDAY) == at("2026-12-12 20:00")
    assert earliest(plan, rest, SAME_TIME, MONDAY) == at("2026-12-07 20:00")
    assert earliest(plan, rest, ANY_TIME, MONDAY) == at("2026-12-07 11:00")  # two weeks to the minute


@pytest.mark.clause("PI-05")
def test_two_hours_become_four_half_hours_in_four_quarters() -> None:
    parts = split(job("2026-11-28 20:00", 120), parties("easymeeting", "pindena", "pureservice"), SAME_WEEKDAY, MONDAY)
    assert [start.astimezone(OSLO).isoformat() for start, _ in parts] == [
        "2026-12-12T20:00:00+01:00",
        "2027-01-02T20:00:00+01:00",
        "2027-04-03T20:00:00+02:00",
        "2027-07-03T20:00:00+02:00",
    ]
    assert {end - start for start, end in parts} == {timedelta(minutes=30)}


def test_the_last_part_is_what_is_left_and_a_job_that_fits_stays_whole() -> None:
    lengths = [end - start for start, end in split(job("2026-11-28 20:00", 70), parties("pindena"), SAME_TIME, MONDAY)]
    assert lengths == [timedelta(minutes=30), timedelta(minutes=30), timedelta(minutes=10)]
    assert len(split(job("2026-11-28 20:00", 30), parties("pindena"), SAME_TIME, MONDAY)) == 1


def test_what_can_never_be_kept_cannot_be_split_either() -> None:
    own = with_overrides(CONTRACTS["pindena"], {"calendars.work.weekly": {"mon-sun": ["00:00-24:00"]}})
    plan = job("2026-11-28 20:00", 60)
    assert split(plan, [Party("x", replace(own, calendars=CONTRACTS["pindena"].calendars))], ANY_TIME, MONDAY)
    always = replace(CONTRACTS["easymeeting"], maintenance=_outside("always"))
    assert not split(plan, [Party("x", always)], ANY_TIME, MONDAY)
    assert [each.rule.limit for each in refusals(plan, [Party("x", always)], MONDAY)] == [Limit.OUTSIDE]


def test_so_many_parts_that_nobody_wants_them_are_refused() -> None:
    assert not split(job("2026-11-28 20:00", 60 * 30), parties("pindena"), SAME_TIME, MONDAY)


def _outside(calendar: str) -> MaintenanceTerms:
    return MaintenanceTerms((MaintenanceRule(id="x", clause="X-1", limit=Limit.OUTSIDE, calendar=calendar),))


@pytest.mark.clause("PI-05")
def test_a_quarter_that_has_had_its_maintenance_sends_the_next_to_the_next() -> None:
    one = Party("pindena", CONTRACTS["pindena"], earlier=(Earlier(at("2026-10-03 20:00"), True),))
    assert earliest(job("2026-11-28 20:00", 30), [one], SAME_WEEKDAY, MONDAY) == at("2027-01-02 20:00")
    assert earliest(job("2026-11-28 20:00", 30), [one], ANY_TIME, MONDAY) == at("2027-01-01 00:00")


@pytest.mark.clause("PS-11")
def test_a_window_that_is_too_short_for_it_leaves_no_slot() -> None:
    own = with_overrides(CONTRACTS["pureservice"], {"maintenance.windows": {"sun": ["02:00-04:00"]}})
    plan = replace(job("2026-11-28 20:00", 60), kind=MaintenanceKind.PLANNED)
    assert earliest(plan, [Party("x", own)], ANY_TIME, MONDAY) == at("2026-11-29 02:00")
    assert earliest(plan, [Party("x", own)], SAME_TIME, MONDAY) is None
    second = replace(plan, starts_at=at("2026-11-29 03:30"), ends_at=at("2026-11-29 04:30"))
    assert earliest(second, [Party("x", own)], ANY_TIME, at("2026-11-29 03:30")) == at("2026-12-06 02:00")
    three = replace(plan, ends_at=plan.starts_at + timedelta(hours=3))
    autumn_night = at("2027-10-31 02:00").astimezone(UTC)  # in which that window is three hours long
    assert earliest(three, [Party("x", own)], ANY_TIME, MONDAY) == autumn_night
    long = replace(plan, ends_at=plan.starts_at + timedelta(hours=4))
    assert earliest(long, [Party("x", own)], ANY_TIME, MONDAY) is None
    assert [each.rule.limit for each in refusals(long, [Party("x", own)], MONDAY)] == [Limit.WINDOWS]
    assert refusals(plan, parties("pureservice"), MONDAY)  # no windows agreed at all


def test_approval_and_consent_can_be_had_at_any_time_and_bind_no_slot() -> None:
    plan = replace(job("2026-11-28 20:00", 30), chosen=True)
    assert earliest(plan, parties("easymeeting"), ANY_TIME, MONDAY) == at("2026-12-07 11:00")


def test_nobody_asks_anything_then_any_time_will_do() -> None:
    plan = job("2026-11-28 20:00", 30)
    assert earliest(plan, parties("softone"), SAME_TIME, MONDAY) == at("2026-11-23 20:00")
    assert earliest(plan, [], SAME_TIME, MONDAY) == at("2026-11-23 11:00")


# --- laws ---------------------------------------------------------------------------------------------

LIMITS = st.one_of(
    st.builds(lambda n: {"limit": Limit.PLANNED_DAYS, "number": n}, st.integers(1, 10)),
    st.builds(lambda n: {"limit": Limit.TOLD_DAYS, "number": n}, st.integers(1, 10)),
    st.builds(lambda n: {"limit": Limit.TOLD_WORKING_DAYS, "number": n, "calendar": "office"}, st.integers(1, 8)),
    st.builds(lambda n: {"limit": Limit.LONGEST, "amount": timedelta(minutes=n)}, st.sampled_from([30, 90])),
    st.just({"limit": Limit.PER_QUARTER, "number": 1}),
    st.just({"limit": Limit.OUTSIDE, "calendar": "office"}),
    st.just({"limit": Limit.WINDOWS}),
)
WINDOWS = {5: (Window(20 * 60, 24 * 60),), 6: (Window(0, 4 * 60), Window(5 * 60, 6 * 60)), 2: (Window(60, 180),)}
STARTS = st.sampled_from(
    [
        datetime(2026, 3, 27, 9, 7, tzinfo=OSLO),  # summer time begins on the 29th
        datetime(2026, 10, 23, 23, 45, tzinfo=OSLO),  # and ends on the 25th
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # in the hour that comes twice
        datetime(2026, 12, 22, 15, 0, tzinfo=OSLO),  # Christmas, and the quarter's end
    ]
)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Job, list[Party], datetime]:
    now = draw(STARTS) + timedelta(minutes=15 * draw(st.integers(0, 20)))
    start = now + timedelta(minutes=15 * draw(st.integers(0, 96 * 8)))
    end = start + timedelta(minutes=15 * draw(st.integers(1, 12)))
    plan = Job(starts_at=start, ends_at=end, kind=MaintenanceKind.PLANNED, downtime=True, planned_at=now, told_at=now)
    return plan, [draw(_party(start)) for _ in range(draw(st.integers(1, 2)))], now


def _party(near: datetime) -> st.SearchStrategy[Party]:
    def made(limits: list[dict[str, object]], days: int) -> Party:
        rules = tuple(MaintenanceRule(id=f"r{n}", clause="X-1", **limit) for n, limit in enumerate(limits))  # type: ignore[arg-type]
        terms = MaintenanceTerms(rules, WINDOWS)
        contract = replace(CONTRACTS["pureservice"], maintenance=terms)
        return Party("x", contract, earlier=(Earlier(near + timedelta(days=days), True),))

    return st.builds(made, st.lists(LIMITS, min_size=1, max_size=3), st.integers(-90, 90))


def walked(plan: Job, everybody: list[Party], after: datetime, reach: timedelta) -> datetime | None:
    """The first quarter of an hour that breaks nothing that time decides, looked at one by one."""
    at = after.astimezone(UTC)
    at += -timedelta(minutes=at.minute % 15) % STEP
    while at <= after + reach:
        broken = [found for found in check(moved(plan, at), everybody) if found.verdict is Verdict.BROKEN]
        if not any(found.rule.limit not in UNBOUND for found in broken):
            return at
        at += STEP
    return None


@settings(max_examples=25)
@given(worlds())
def test_the_earliest_slot_is_the_one_that_walking_finds(world: tuple[Job, list[Party], datetime]) -> None:
    plan, everybody, now = world
    reach = timedelta(days=9)
    found, seen = earliest(plan, everybody, ANY_TIME, now), walked(plan, everybody, now, reach)
    assert (found if found and found <= now + reach else None) == seen


@settings(max_examples=60)
@given(worlds(), st.sampled_from([SAME_TIME, SAME_WEEKDAY]))
def test_a_slot_of_the_same_time_keeps_everything_and_shows_that_time(
    world: tuple[Job, list[Party], datetime], rhythm: object
) -> None:
    plan, everybody, now = world
    found = earliest(plan, everybody, rhythm, now)  # type: ignore[arg-type]
    if found is not None:
        broken = {each.rule.limit for each in check(moved(plan, found), everybody) if each.verdict is Verdict.BROKEN}
        assert now <= found <= now + HORIZON
        assert broken <= UNBOUND
        asked, got = plan.starts_at.astimezone(OSLO), found.astimezone(OSLO)
        assert got.time() == asked.time() or 2 <= asked.hour <= 3
        assert rhythm is SAME_TIME or got.weekday() == asked.weekday()


@settings(max_examples=40)
@given(worlds())
def test_a_rule_that_leaves_no_slot_by_itself_leaves_none_with_the_others(
    world: tuple[Job, list[Party], datetime],
) -> None:
    plan, everybody, now = world
    if refusals(plan, everybody, now):
        assert earliest(plan, everybody, ANY_TIME, now) is None


@settings(max_examples=40)
@given(worlds())
def test_parts_come_one_after_the_other_and_add_up(world: tuple[Job, list[Party], datetime]) -> None:
    plan, everybody, now = world
    parts = split(plan, everybody, ANY_TIME, now)
    assert not parts or sum((end - start for start, end in parts), timedelta()) == plan.length
    assert all(end <= start for (_, end), (start, _) in pairwise(parts))
