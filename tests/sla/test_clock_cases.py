"""Every worked case of the table, to the microsecond."""

import json
from pathlib import Path
from typing import Any

import pytest

from models.sla.clock import deadline
from models.sla.ledger import ledger
from tests.sla.clock_table import FACTS, at, calendar, pauses, target

SHARED = Path(__file__).parents[3] / "shared" / "clock-cases.json"


def _id(case: dict[str, Any]) -> str:
    return f"{case['id']}-{case['calendar']}"


@pytest.mark.parametrize("case", FACTS["cases"], ids=_id)
def test_a_promise_falls_due_at_the_worked_instant(case: dict[str, Any]) -> None:
    due = deadline(calendar(case["calendar"]), at(case["start"]), target(case["target"]), pauses(case))
    assert due == (at(case["due"]) if case["due"] else None)


@pytest.mark.parametrize("case", FACTS["cases"], ids=_id)
def test_the_ledger_of_a_case_sums_to_its_budget_and_ends_at_its_due(case: dict[str, Any]) -> None:
    account = ledger(calendar(case["calendar"]), at(case["start"]), target(case["target"]), pauses(case), language="en")
    assert account.due == (at(case["due"]) if case["due"] else None)
    if case["due"]:
        assert account.total == account.budget
    else:
        assert account.total + account.remaining == account.budget


@pytest.mark.parametrize("case", FACTS["elapsed_cases"], ids=_id)
def test_open_time_between_two_instants_is_the_worked_amount(case: dict[str, Any]) -> None:
    amount = calendar(case["calendar"]).elapsed(at(case["start"]), at(case["end"]))
    assert amount.total_seconds() == case["seconds"]


def test_the_table_still_says_what_the_shared_cases_say() -> None:
    shared = json.loads(SHARED.read_text(encoding="utf-8")) if SHARED.exists() else FACTS
    assert FACTS["cases"] == shared["cases"]
    assert FACTS["elapsed_cases"] == shared["elapsed_cases"]
