"""What the five agreements ask of maintenance, and what a policy file may not ask."""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from models.sla.contract import Contract
from models.sla.maintenance_rules import FORESEEN, Limit, MaintenanceKind
from models.sla.policy import parse_policy, with_overrides
from models.sla.policy_files import BUNDLED, PolicyError

MAJOR, MINOR = MaintenanceKind.UPGRADE_MAJOR, MaintenanceKind.UPGRADE_MINOR


def test_the_five_agreements_ask_what_their_clauses_say(contracts: Mapping[str, Contract]) -> None:
    asked = {
        contract.id: {(rule.clause, rule.limit) for rule in contract.maintenance.rules}
        for contract in contracts.values()
    }
    assert asked == {
        "heartpace": {("HP-10", Limit.TOLD_WORKING_DAYS)},
        "pindena": {("PI-05", Limit.LONGEST), ("PI-05", Limit.PER_QUARTER), ("PI-05", Limit.OUTSIDE)},
        "softone": set(),
        "easymeeting": {
            ("EM-03", Limit.APPROVAL),
            ("EM-03", Limit.PLANNED_DAYS),
            ("EM-03", Limit.TOLD_DAYS),
            ("EM-04", Limit.TOLD_AT_ONCE),
            ("EM-26", Limit.AGREED),
        },
        "pureservice": {
            ("PS-11", Limit.WINDOWS),
            ("PS-14", Limit.TOLD_WORKING_DAYS),
            ("PS-15", Limit.PUNCTUAL),
        },
    }


def test_a_rule_that_names_no_kind_is_about_all_but_unplanned(pindena: Contract, pureservice: Contract) -> None:
    assert all(rule.kinds == FORESEEN for rule in pindena.maintenance.rules)
    told, windows = pureservice.maintenance.rule("told"), pureservice.maintenance.rule("windows")
    assert told is not None
    assert windows is not None
    assert (told.kinds, told.number, told.calendar) == (frozenset({MAJOR}), 10, "office")
    assert (windows.downtime, windows.kept_by) == (True, frozenset({MAJOR}))
    assert pureservice.maintenance.rule("nowhere") is None


def test_readings_are_listed_with_their_clause(contracts: Mapping[str, Contract]) -> None:
    taken = {
        (reading.clause, reading.key)
        for contract in contracts.values()
        for reading in contract.readings
        if reading.key.startswith("maintenance")
    }
    assert taken == {
        ("HP-10", "maintenance.rules.told"),
        ("PI-05", "maintenance.rules.frequency"),
        ("EM-26", "maintenance.rules.agreed"),
        (None, "maintenance.windows"),
        ("PS-14", "maintenance.rules.told"),
        ("PS-15", "maintenance.rules.punctual"),
    }


@pytest.mark.clause("PS-11")
def test_a_customer_has_windows_of_its_own(pureservice: Contract) -> None:
    own = with_overrides(pureservice, {"maintenance.windows": {"sat-sun": ["02:00-06:00"]}})
    assert sorted(own.maintenance.windows) == [5, 6]
    assert own.overrides[0].was == "not set"


def test_a_customer_has_figures_of_its_own(pindena: Contract) -> None:
    own = with_overrides(pindena, {"maintenance.rules.length.longest": "1h"})
    assert own.maintenance.rules[0].amount == timedelta(hours=1)


def refused(name: str, rules: Mapping[str, Any], windows: Mapping[str, Any] | None = None) -> str:
    document = tomllib.loads((BUNDLED / f"{name}.toml").read_text(encoding="utf-8"))
    document["maintenance"] = {"rules": rules, "windows": windows or {}}
    with pytest.raises(PolicyError) as caught:
        parse_policy(document, "policies/test.toml")
    return str(caught.value)


WRONG = [
    ({"clause": "PI-05"}, r"maintenance.rules.x \(PI-05\) needs exactly one of planned_days, told_days"),
    ({"clause": "PI-05", "longest": "30m", "approval": True}, r"\(PI-05\) needs exactly one of"),
    ({"clause": "PI-05", "longest": "30m", "kinds": ["unplanned"]}, 'names "unplanned", which is never refused'),
    ({"clause": "PI-05", "longest": "0m"}, "maintenance.rules.x.longest is no time at all; PI-05 needs at least a min"),
    ({"clause": "PI-05", "outside": "moon"}, 'x.outside names calendar "moon"; there is support, work'),
    ({"clause": "PI-05", "told_working_days": 5, "calendar": "moon"}, 'x.calendar names calendar "moon"'),
    (
        {"clause": "PI-05", "told_working_days": 5},
        "x.calendar goes with told_working_days; PI-05 needs both or neither",
    ),
    ({"clause": "PI-05", "planned_days": 0}, "maintenance.rules.x.planned_days is 0"),
    ({"clause": "PI-99", "approval": True}, r'is "PI-99", which \[clauses\] does not list'),
    ({"clause": "PI-05", "aproval": True}, r'is not a field Vakt knows; did you mean "approval"'),
]


@pytest.mark.parametrize(("rule", "says"), WRONG, ids=[says[:40] for _, says in WRONG])
def test_a_wrong_rule_is_refused_with_what_would_be_right(rule: Mapping[str, Any], says: str) -> None:
    assert re.search(says, refused("pindena", {"x": rule}))


def test_windows_that_overlap_are_refused() -> None:
    message = refused("pindena", {}, {"sun": ["02:00-06:00", "05:00-07:00"]})
    assert "maintenance.windows sun: 05:00-07:00 must lie after 06:00" in message


def test_a_stored_version_asks_the_same(contracts: Mapping[str, Contract]) -> None:
    for contract in contracts.values():
        assert parse_policy(json.loads(contract.content), "stored").maintenance == contract.maintenance
