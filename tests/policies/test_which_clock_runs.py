"""Which clock runs for what: the table of every contract, row by row."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from models.sla.clock import AtOnce, ClockTime, NextWorkingDay, SameWorkingDay, Target, WorkingDays, WorkingTime
from models.sla.contract import ClockKind, Contract, Promise, Starts, Strength, TicketKind, WaitKind
from models.sla.plan import Facts, plan, plans, promises_for, stops

FAULT, QUESTION, REQUEST = TicketKind.FAULT, TicketKind.QUESTION, TicketKind.REQUEST
Row = tuple[str, str, str, frozenset[WaitKind]]

NEVER: frozenset[WaitKind] = frozenset()
CUSTOMER = frozenset({WaitKind.CUSTOMER})
ACCESS = frozenset({WaitKind.ACCESS})

HP_01 = ("first_response", "HP-01", "promised", NEVER)
HP_09 = ("start_of_work", "HP-09", "aim", NEVER)
HP_05 = ("resolution", "HP-05", "usual", CUSTOMER)
PI_06 = ("start_of_work", "PI-06", "usual", NEVER)
PI_07 = ("start_of_work", "PI-07", "promised", NEVER)
PI_12 = ("start_of_work", "PI-12", "promised", NEVER)
SO_15 = ("start_of_work", "SO-15", "promised", ACCESS)
EM_11 = ("first_response", "EM-11", "guideline", ACCESS)
EM_16 = ("start_of_work", "EM-16", "guideline", ACCESS)
EM_16_DELIVERY = ("delivery", "EM-16", "guideline", CUSTOMER)
PS_01 = ("start_of_work", "PS-01", "promised", NEVER)

CASES: list[tuple[str, TicketKind, str, str | None, str | None, list[Row]]] = [
    ("heartpace", QUESTION, "enquiry", None, None, [HP_01]),
    ("heartpace", QUESTION, "enquiry", "mail", None, [HP_01]),
    ("heartpace", QUESTION, "enquiry", "phone", None, []),
    ("heartpace", FAULT, "enquiry", None, None, [HP_01]),
    ("heartpace", FAULT, "normal", None, None, [HP_01, HP_09]),
    ("heartpace", FAULT, "serious", "phone", None, [HP_09]),
    ("heartpace", FAULT, "critical", None, None, [HP_01, HP_09, HP_05]),
    ("heartpace", FAULT, "blocker", "mail", None, [HP_01, HP_09, HP_05]),
    ("pindena", FAULT, "critical", None, None, [PI_06]),
    ("pindena", FAULT, "serious", None, None, [PI_07]),
    ("pindena", FAULT, "minor", None, None, []),
    ("pindena", QUESTION, "enquiry", "phone", None, [PI_12]),
    ("pindena", REQUEST, "enquiry", None, None, [PI_12]),
    *[("softone", kind, f"P{n}", None, None, [SO_15]) for kind in TicketKind for n in range(1, 6)],
    ("easymeeting", FAULT, "high", None, None, [EM_11, EM_16]),
    ("easymeeting", FAULT, "low", "phone", None, [EM_11, EM_16]),
    ("easymeeting", FAULT, "high", "chat", None, []),
    ("easymeeting", QUESTION, "medium", "mail", None, [EM_11]),
    ("easymeeting", REQUEST, "high", None, "licence_by_hand", [EM_11, EM_16_DELIVERY]),
    ("easymeeting", REQUEST, "high", None, "number_or_endpoint", [EM_11, EM_16_DELIVERY]),
    ("easymeeting", REQUEST, "high", None, "meeting_support", [EM_11, EM_16_DELIVERY]),
    ("easymeeting", REQUEST, "high", None, "on_site", []),
    ("pureservice", FAULT, "standard", None, None, [PS_01]),
    ("pureservice", QUESTION, "standard", "phone", None, [PS_01]),
    ("pureservice", REQUEST, "standard", "mail", None, [PS_01]),
]


def row(promise: Promise) -> Row:
    return promise.clock.value, promise.clause, promise.strength.value, promise.paused_by


@pytest.mark.parametrize(("contract_id", "kind", "severity", "intake", "item", "rows"), CASES)
def test_the_clocks_of_a_ticket_are_those_of_the_table(
    contracts: Mapping[str, Contract],
    contract_id: str,
    kind: TicketKind,
    severity: str,
    intake: str | None,
    item: str | None,
    rows: list[Row],
) -> None:
    facts = Facts(kind=kind, severity=severity, intake=intake, item=item)
    assert [row(promise) for promise in promises_for(contracts[contract_id], facts)] == rows


@pytest.mark.clause("PI-13")
def test_needs_more_work_starts_the_clock_of_the_next_update(pindena: Contract) -> None:
    facts = Facts(kind=QUESTION, severity="enquiry", starts_on=Starts.MORE_WORK)
    (promise,) = promises_for(pindena, facts)
    assert row(promise) == ("next_update", "PI-13", "aim", CUSTOMER)
    assert promise.target == WorkingDays(2)


TARGETS: list[tuple[str, str, str]] = [
    ("heartpace", "answer", "ClockTime"),
    ("heartpace", "same_day", "SameWorkingDay"),
    ("pindena", "critical", "AtOnce"),
    ("pindena", "serious", "NextWorkingDay"),
    ("softone", "p1", "WorkingTime"),
]


@pytest.mark.parametrize(("contract_id", "promise_id", "kind"), TARGETS)
def test_a_promise_has_the_target_its_clause_says(
    contracts: Mapping[str, Contract], contract_id: str, promise_id: str, kind: str
) -> None:
    target: Target = contracts[contract_id].promise(promise_id).target
    assert isinstance(target, AtOnce | ClockTime | NextWorkingDay | SameWorkingDay | WorkingDays | WorkingTime)
    assert type(target).__name__ == kind


@pytest.mark.clause("SO-16")
def test_waiting_for_access_stops_the_start_of_work_and_waiting_for_an_answer_does_not(softone: Contract) -> None:
    for promise in softone.promises:
        assert stops(promise, WaitKind.ACCESS)
        assert not stops(promise, WaitKind.CUSTOMER)


@pytest.mark.clause("EM-20")
def test_waiting_for_access_stops_first_response_and_start_of_work_under_easymeeting(easymeeting: Contract) -> None:
    clocks = {promise.clock for promise in easymeeting.promises if stops(promise, WaitKind.ACCESS)}
    assert clocks == {ClockKind.FIRST_RESPONSE, ClockKind.START_OF_WORK}


@pytest.mark.clause("PI-07")
def test_a_serious_fault_is_expected_as_usual_and_promised_at_the_latest(pindena: Contract) -> None:
    promise = pindena.promise("serious")
    assert (promise.expected_strength, promise.strength) == (Strength.USUAL, Strength.PROMISED)


def test_only_guarantees_and_promises_are_breached() -> None:
    assert [strength.value for strength in Strength if strength.binding] == ["guaranteed", "promised"]
    assert {strength: strength.lateness for strength in Strength} == {
        Strength.GUARANTEED: "breached",
        Strength.PROMISED: "breached",
        Strength.AIM: "past_aim",
        Strength.USUAL: "later_than_usual",
        Strength.GUIDELINE: "later_than_usual",
    }


def test_what_is_promised_of_a_ticket_is_planned_in_the_order_of_the_file(contracts: Mapping[str, Contract]) -> None:
    """Each from when it was reported, in the calendar of the customer's region."""
    contract = contracts["easymeeting"]
    facts = Facts(kind=TicketKind.FAULT, severity="high")
    reported = datetime(2026, 11, 23, 9, 40, tzinfo=UTC)
    planned = plans(contract, facts, reported, "america")
    assert [each.promise for each in planned] == list(promises_for(contract, facts))
    assert {each.started_at for each in planned} == {reported}
    assert [each.due for each in planned] == [
        plan(contract, each.promise, reported_at=reported, region="america").due for each in planned
    ]
    assert [each.due for each in planned] != [each.due for each in plans(contract, facts, reported, "europe")]
