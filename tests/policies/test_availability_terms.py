"""What each contract's data says about availability and credit, and what is refused in it."""

import tomllib
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from models.sla.availability import Downtimes, Figure, Interval, Why, judge
from models.sla.contract import Availability, Contract, CreditTerms, MaintenanceDowntime, PeriodKind, Scope, Strength
from models.sla.credit import Claiming, credit_for, lapses_at
from models.sla.periods import parse_period
from models.sla.policy import parse_policy, with_overrides
from models.sla.policy_files import BUNDLED, PolicyError

HOUR = timedelta(hours=1)
AFTER = datetime(2028, 1, 1, tzinfo=UTC)
BEGINS = datetime(2026, 11, 10, 9, tzinfo=UTC)


def percent(number: str) -> Fraction:
    return Fraction(number) / 100


def terms(contract: Contract) -> Availability:
    assert contract.availability is not None
    return contract.availability


def credit(contract: Contract) -> CreditTerms:
    assert contract.credit is not None
    return contract.credit


def down(lasts: timedelta, **more: Any) -> Interval:
    given = {"scope": Scope.ALL_USERS, "services": frozenset({"portal"})} | more
    return Interval(id="a", begins=BEGINS, ends=BEGINS + lasts, **given)


def figure(contract: Contract, period: str, *intervals: Interval) -> Figure:
    return Downtimes(terms(contract), intervals, AFTER).figure(parse_period(period, contract.zone, AFTER))


# --- Heartpace ----------------------------------------------------------------------------------------


@pytest.mark.clause("HP-08")
def test_planned_downtime_counts_in_a_calendar_year_and_nothing_is_credited(heartpace: Contract) -> None:
    found = terms(heartpace)
    assert (found.target, found.strength, found.period) == (
        percent("99"), Strength.GUARANTEED, PeriodKind.CALENDAR_YEAR
    )  # fmt: skip
    assert all(judge(found, down(HOUR, maintenance=kind)).counts for kind in MaintenanceDowntime)
    assert not found.exclusions
    # 1 % of a year of 8,760 hours is 87.6 hours.
    assert figure(heartpace, "2026", down(timedelta(hours=87, minutes=36))).met
    assert not figure(heartpace, "2026", down(timedelta(hours=87, minutes=37))).met
    assert credit_for(credit(heartpace), percent("50")).fee == 0


# --- Pindena ------------------------------------------------------------------------------------------


@pytest.mark.clause("PI-04")
def test_experience_is_compared_with_99_9_with_and_without_maintenance_and_nothing_is_promised(
    pindena: Contract,
) -> None:
    found = terms(pindena)
    assert (found.target, found.strength.binding) == (percent("99.9"), False)
    shown = figure(pindena, "2026-11", down(HOUR), down(2 * HOUR, maintenance=MaintenanceDowntime.PLANNED))
    assert shown.with_maintenance == 1 - Fraction(2, 720)  # the two hours cover the one
    assert shown.without_maintenance == 1 - Fraction(1, 720)
    assert credit_for(credit(pindena), percent("50")).fee == 0


# --- SoftOne ------------------------------------------------------------------------------------------


def test_a_contract_may_promise_nothing_about_availability(softone: Contract) -> None:
    assert (softone.availability, softone.credit) == (None, None)


# --- Easymeeting --------------------------------------------------------------------------------------


@pytest.mark.clause("EM-13")
def test_each_service_is_measured_over_12_months_without_maintenance_and_what_is_beyond_control(
    easymeeting: Contract,
) -> None:
    found = terms(easymeeting)
    assert (found.target, found.strength, found.period, found.per_service) == (
        percent("99"), Strength.AIM, PeriodKind.ROLLING_12_MONTHS, True
    )  # fmt: skip
    for kind in MaintenanceDowntime:
        left_out = judge(found, down(HOUR, maintenance=kind))
        assert (left_out.why, left_out.clause) == (Why.MAINTENANCE, "EM-13")
    assert judge(found, down(HOUR, exclusion="beyond_control")).clause == "EM-13"
    assert judge(found, down(HOUR, exclusion="network")).clause == "EM-23"


@pytest.mark.clause("EM-15")
def test_each_whole_point_lost_in_a_calendar_year_gives_two_and_a_half_percent(easymeeting: Contract) -> None:
    given = credit(easymeeting)
    assert given.period is PeriodKind.CALENDAR_YEAR
    lost = figure(easymeeting, "2026", down(228 * HOUR))  # 228 of 8,760 hours: 2.60 %, 1.60 points below 99
    found = credit_for(given, lost.share)
    assert (found.fee, found.points, found.beside) == (percent("2.5"), 1, percent("5"))
    assert given.claim is not None
    assert (given.claim.clause, given.claim.weeks, given.claim.report_within) == ("EM-15", None, None)


# --- Pureservice --------------------------------------------------------------------------------------

# November has 720 hours: 0.5 % is 3 h 36 min, 1 % 7 h 12 min, 5 % 36 h.
TIERS = [
    (timedelta(hours=3, minutes=36), "0"),
    (timedelta(hours=3, minutes=36, seconds=1), "25"),
    (timedelta(hours=7, minutes=12), "25"),
    (timedelta(hours=7, minutes=12, seconds=1), "50"),
    (timedelta(hours=36), "50"),
    (timedelta(hours=36, seconds=1), "100"),
    (timedelta(hours=400), "100"),
]


@pytest.mark.clause("PS-09")
@pytest.mark.parametrize(("lasts", "fee"), TIERS)
def test_a_month_below_each_border_credits_its_part_of_the_fee(
    pureservice: Contract, lasts: timedelta, fee: str
) -> None:
    found = figure(pureservice, "2026-11", down(lasts))
    assert credit_for(credit(pureservice), found.share).fee == percent(fee)
    assert found.met is (fee == "0")


@pytest.mark.clause("PS-10")
@pytest.mark.parametrize("scope", [Scope.SOME_USERS, Scope.DEGRADED])
def test_what_leaves_some_users_in_is_no_downtime(pureservice: Contract, scope: Scope) -> None:
    found = judge(terms(pureservice), down(HOUR, scope=scope))
    assert (found.why, found.clause) == (Why.SCOPE, "PS-10")


@pytest.mark.clause("PS-11")
def test_only_agreed_windows_and_major_upgrades_are_left_out(pureservice: Contract) -> None:
    counts = {kind: judge(terms(pureservice), down(HOUR, maintenance=kind)).counts for kind in MaintenanceDowntime}
    assert counts == {
        MaintenanceDowntime.IN_WINDOW: False,
        MaintenanceDowntime.MAJOR_UPGRADE: False,
        MaintenanceDowntime.PLANNED: True,
        MaintenanceDowntime.UNPLANNED: True,
    }
    assert terms(pureservice).maintenance_clause == "PS-11"


@pytest.mark.clause("PS-12", "PS-29")
def test_each_reason_of_the_contract_leaves_out_with_its_clause(pureservice: Contract) -> None:
    clauses = {
        each.id: judge(terms(pureservice), down(HOUR, exclusion=each.id)).clause
        for each in terms(pureservice).exclusions
    }
    assert clauses == {
        "own_servers": "PS-12",
        "beyond_control": "PS-12",
        "acts_of_others": "PS-12",
        "ignored_advice": "PS-12",
        "beta_or_trial": "PS-12",
        "test_instance": "PS-12",
        "unsupported_platform": "PS-29",
    }


@pytest.mark.clause("PS-13")
def test_the_credit_is_capped_at_the_fee_and_claimed_within_four_weeks(pureservice: Contract) -> None:
    given = credit(pureservice)
    assert (given.cap, given.cap_clause, given.not_on_one_off) == (Fraction(1), "PS-13", "PS-13")
    assert given.claim is not None
    claiming = Claiming(given.claim, pureservice.zone, pureservice.calendar(given.claim.calendar or ""))
    ended = datetime(2026, 11, 2, 10, tzinfo=pureservice.zone)
    assert lapses_at(claiming, ended) == datetime(2026, 12, 1, tzinfo=pureservice.zone).astimezone(UTC)


# --- a customer's own values --------------------------------------------------------------------------


def test_a_customer_may_have_a_target_of_its_own(pureservice: Contract) -> None:
    own = with_overrides(pureservice, {"availability.target": 99.9})
    assert terms(own).target == percent("99.9")
    assert [(each.key, each.was, each.is_now) for each in own.overrides] == [("availability.target", "99.5", "99.9")]


# --- what is refused ----------------------------------------------------------------------------------


def changed(name: str, key: str, value: object) -> dict[str, Any]:
    whole = tomllib.loads((BUNDLED / f"{name}.toml").read_text(encoding="utf-8"))
    *path, last = [int(part) if part.isdigit() else part for part in key.split(".")]
    here: Any = whole
    for part in path:
        here = here[part]
    if value is None:
        del here[last]
    else:
        here[last] = value
    return whole


REFUSED = [
    ("pureservice", "availability.target", 100.5, "availability.target is 100.5; write a percentage above 0, at most"),
    ("pureservice", "availability.target", 0, "availability.target is 0"),
    ("pureservice", "availability.target", float("nan"), "availability.target is nan; write a percentage"),
    ("pureservice", "availability.target", "99.5", 'availability.target is "99.5"'),
    ("pureservice", "availability.target", True, "availability.target is true"),
    ("pureservice", "availability.period", "weekly", 'availability.period is "weekly"; use'),
    ("pureservice", "availability.scopes", [], "availability.scopes is"),
    ("pureservice", "availability.scopes", ["everyone"], r'availability.scopes\[0\] is "everyone"; use'),
    ("pureservice", "availability.clause", "PS-99", 'availability.clause is "PS-99", which'),
    ("pureservice", "availability.maintenance_clause", None, "availability.maintenance_clause is missing; PS-09"),
    (
        "pureservice",
        "availability.exclusions.1.id",
        "own_servers",
        r'exclusions\[1\].id is "own_servers" a second time',
    ),
    ("pureservice", "availability", None, r"credit \(PS-09\) is given for an availability that"),
    ("pureservice", "credit.kind", "some", 'credit.kind is "some"; use'),
    ("pureservice", "credit.tiers", [], r'credit.tiers is missing; kind "tiers" \(PS-09\) needs'),
    ("pureservice", "credit.tiers.1.below", 99.5, r"credit.tiers\[1\] must be lower and give more"),
    ("pureservice", "credit.tiers.2.percent", 50, r"credit.tiers\[2\] must be lower and give more"),
    ("pureservice", "credit.tiers.0.below", 99.9, r"credit.tiers\[0\].below is 99.9, above the target 99.5; PS-09"),
    ("pureservice", "credit.cap_clause", None, r"credit.cap \(PS-09\) needs both cap and cap_clause"),
    ("pureservice", "credit.below", 99.0, r'credit has below or percent, which only kind "per_point" takes'),
    ("pureservice", "credit.kind", "none", r'has a claim or a cap, but kind "none" gives nothing \(PS-09\)'),
    ("pureservice", "credit.claim.weeks", 0, "credit.claim.weeks is 0"),
    ("pureservice", "credit.claim.calendar", "ofice", 'credit.claim.calendar names calendar "ofice"; there is office'),
    ("pureservice", "credit.claim.calendar", None, r"credit.claim \(PS-13\) needs both report_within and calendar"),
    ("easymeeting", "credit.percent", None, r'credit lacks below or percent; kind "per_point" \(EM-15\)'),
    ("easymeeting", "credit.below", 99.5, "credit.below is 99.5, above the target 99.0; EM-15"),
    ("easymeeting", "credit.period", None, r"credit.period \(EM-15\) is missing or rolling; write calendar_month"),
    (
        "easymeeting",
        "credit.tiers",
        [{"below": 98.0, "percent": 5}],
        r'credit.tiers does not belong to kind "per_point" \(EM-15\)',
    ),
]


@pytest.mark.parametrize(
    ("name", "key", "value", "says"), REFUSED, ids=[f"{key}={value}" for _, key, value, _ in REFUSED]
)
def test_a_wrong_value_is_refused_with_file_key_and_clause(name: str, key: str, value: object, says: str) -> None:
    with pytest.raises(PolicyError, match=says) as caught:
        parse_policy(changed(name, key, value), "policies/test.toml")
    assert all(line.startswith("policies/test.toml: ") for line in caught.value.lines)
