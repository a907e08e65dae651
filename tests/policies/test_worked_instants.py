"""Every clause that sets a time, at five instants worked out by walking over the calendar.

Local time of the contract. The columns: Monday before opening, Wednesday inside lunch, Thursday
after closing, Saturday, and Tuesday afternoon before Christmas.
"""

from collections.abc import Mapping
from datetime import datetime

import pytest

from models.sla.contract import Contract
from models.sla.plan import plan

OPENED = ("23 Nov 06:00", "25 Nov 11:45", "26 Nov 18:30", "28 Nov 10:00", "22 Dec 15:30")

HP_01 = ("24 Nov 06:00", "26 Nov 11:45", "27 Nov 18:30", "29 Nov 10:00", "23 Dec 15:30")
HP_05 = ("23 Nov 17:00", "25 Nov 17:00", "27 Nov 17:00", "30 Nov 17:00", "22 Dec 17:00")
HP_09 = ("24 Nov 08:00", "26 Nov 11:45", "30 Nov 08:00", "1 Dec 08:00", "23 Dec 15:30")
PI_07_EXPECTED = ("23 Nov 16:00", "25 Nov 16:00", "27 Nov 16:00", "30 Nov 16:00", "22 Dec 16:00")
PI_07_LATEST = ("24 Nov 16:00", "26 Nov 16:00", "27 Nov 16:00", "30 Nov 16:00", "23 Dec 16:00")
PI_12_EXPECTED = ("23 Nov 15:00", "25 Nov 15:00", "27 Nov 15:00", "30 Nov 15:00", "23 Dec 15:00")
PI_12_LATEST = ("24 Nov 15:00", "26 Nov 15:00", "27 Nov 15:00", "30 Nov 15:00", "23 Dec 15:00")
SO_15_P1 = ("23 Nov 10:00", "25 Nov 13:45", "27 Nov 10:00", "30 Nov 10:00", "23 Dec 08:30")
SO_15_P2 = ("23 Nov 12:00", "25 Nov 15:45", "27 Nov 12:00", "30 Nov 12:00", "23 Dec 10:30")
SO_15_P3 = ("24 Nov 11:00", "26 Nov 14:45", "30 Nov 11:00", "1 Dec 11:00", "28 Dec 09:30")
SO_15_P4_P5 = ("30 Nov 11:00", "2 Dec 14:45", "4 Dec 11:00", "7 Dec 11:00", "5 Jan 09:30")
EM_11_HIGH = ("23 Nov 16:00", "26 Nov 11:45", "27 Nov 16:00", "30 Nov 16:00", "23 Dec 15:30")
EM_11_MEDIUM = ("30 Nov 16:00", "3 Dec 11:45", "4 Dec 16:00", "7 Dec 16:00", "31 Dec 15:30")
EM_11_LOW = ("30 Nov 16:00", "2 Dec 16:00", "4 Dec 16:00", "7 Dec 16:00", "30 Dec 16:00")
EM_16 = ("24 Nov 08:00", "26 Nov 11:45", "30 Nov 08:00", "1 Dec 08:00", "23 Dec 15:30")
PS_01 = ("23 Nov 10:00", "25 Nov 13:45", "27 Nov 10:00", "30 Nov 10:00", "23 Dec 09:30")

ROWS = [
    pytest.param("heartpace", "answer", HP_01, id="HP-01", marks=pytest.mark.clause("HP-01")),
    pytest.param("heartpace", "same_day", HP_05, id="HP-05", marks=pytest.mark.clause("HP-05")),
    pytest.param("heartpace", "fault_finding", HP_09, id="HP-09", marks=pytest.mark.clause("HP-09")),
    pytest.param("pindena", "serious", PI_07_LATEST, id="PI-07", marks=pytest.mark.clause("PI-07")),
    pytest.param("pindena", "enquiry", PI_12_LATEST, id="PI-12", marks=pytest.mark.clause("PI-12")),
    pytest.param("softone", "p1", SO_15_P1, id="SO-15 P1", marks=pytest.mark.clause("SO-15")),
    pytest.param("softone", "p2", SO_15_P2, id="SO-15 P2", marks=pytest.mark.clause("SO-15")),
    pytest.param("softone", "p3", SO_15_P3, id="SO-15 P3", marks=pytest.mark.clause("SO-15")),
    pytest.param("softone", "p4_p5", SO_15_P4_P5, id="SO-15 P4, P5", marks=pytest.mark.clause("SO-15")),
    pytest.param("easymeeting", "answer_high", EM_11_HIGH, id="EM-11 high", marks=pytest.mark.clause("EM-11")),
    pytest.param("easymeeting", "answer_medium", EM_11_MEDIUM, id="EM-11 medium", marks=pytest.mark.clause("EM-11")),
    pytest.param("easymeeting", "answer_low", EM_11_LOW, id="EM-11 low", marks=pytest.mark.clause("EM-11")),
    pytest.param("easymeeting", "fault_finding", EM_16, id="EM-16 fault", marks=pytest.mark.clause("EM-16")),
    pytest.param("easymeeting", "meeting_support", EM_16, id="EM-16 meeting", marks=pytest.mark.clause("EM-16")),
    pytest.param("pureservice", "start", PS_01, id="PS-01", marks=pytest.mark.clause("PS-01")),
]
EXPECTED_ROWS = [
    pytest.param("serious", PI_07_EXPECTED, id="PI-07", marks=pytest.mark.clause("PI-07")),
    pytest.param("enquiry", PI_12_EXPECTED, id="PI-12", marks=pytest.mark.clause("PI-12")),
]


MONTHS = {"Nov": (2026, 11), "Dec": (2026, 12), "Jan": (2027, 1)}


def local(text: str, contract: Contract) -> datetime:
    """ "5 Jan 09:30" in the contract's zone."""
    day, name, clock = text.split()
    hour, minute = map(int, clock.split(":"))
    year, month = MONTHS[name]
    return datetime(year, month, int(day), hour, minute, tzinfo=contract.zone)


@pytest.mark.parametrize(("contract_id", "promise_id", "due"), ROWS)
@pytest.mark.parametrize("column", range(5), ids=OPENED)
def test_a_promise_falls_due_at_the_worked_instant(
    contracts: Mapping[str, Contract], contract_id: str, promise_id: str, due: tuple[str, ...], column: int
) -> None:
    contract = contracts[contract_id]
    planned = plan(contract, contract.promise(promise_id), reported_at=local(OPENED[column], contract))
    assert planned.due == local(due[column], contract)


@pytest.mark.parametrize(("promise_id", "expected"), EXPECTED_ROWS)
@pytest.mark.parametrize("column", range(5), ids=OPENED)
def test_a_promise_with_two_instants_is_expected_at_the_earlier(
    pindena: Contract, promise_id: str, expected: tuple[str, ...], column: int
) -> None:
    planned = plan(pindena, pindena.promise(promise_id), reported_at=local(OPENED[column], pindena))
    assert planned.expected == local(expected[column], pindena)


@pytest.mark.clause("PI-07")
def test_received_after_closing_both_instants_are_the_next_working_days_closing(pindena: Contract) -> None:
    planned = plan(pindena, pindena.promise("serious"), reported_at=local("26 Nov 18:30", pindena))
    assert planned.expected == planned.due == local("27 Nov 16:00", pindena)
