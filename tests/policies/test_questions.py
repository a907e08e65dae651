"""The questions of every contract: each path, and the class and clause it ends in."""

from collections.abc import Mapping

import pytest

from models.sla.contract import LANGUAGES, Contract, TicketKind
from models.sla.policy_lint import outcomes
from models.sla.questions import Outcome, walk

FAULT = TicketKind.FAULT


PATHS = [
    pytest.param("heartpace", "technical=no", "enquiry", "HP-01", marks=pytest.mark.clause("HP-01")),
    pytest.param(
        "heartpace", "technical=yes usable=nobody", "blocker", "HP-05", marks=pytest.mark.clause("HP-04", "HP-05")
    ),
    pytest.param(
        "heartpace", "technical=yes usable=some work=stopped", "critical", "HP-05", marks=pytest.mark.clause("HP-04")
    ),
    pytest.param(
        "heartpace", "technical=yes usable=some work=harder", "serious", "HP-04", marks=pytest.mark.clause("HP-04")
    ),
    pytest.param(
        "heartpace", "technical=yes usable=some work=neither", "normal", "HP-04", marks=pytest.mark.clause("HP-04")
    ),
    pytest.param("pindena", "what=stopped", "critical", "PI-01", marks=pytest.mark.clause("PI-01")),
    pytest.param(
        "pindena", "what=function importance=critical", "critical", "PI-01", marks=pytest.mark.clause("PI-01")
    ),
    pytest.param(
        "pindena",
        "what=function importance=important way_round=hard",
        "serious",
        "PI-02",
        marks=pytest.mark.clause("PI-02"),
    ),
    pytest.param(
        "pindena",
        "what=function importance=important way_round=easy",
        "minor",
        "PI-03",
        marks=pytest.mark.clause("PI-03"),
    ),
    pytest.param("pindena", "what=function importance=other", "minor", "PI-03", marks=pytest.mark.clause("PI-03")),
    pytest.param(
        "pindena", "what=documentation documentation=service", "critical", "PI-01", marks=pytest.mark.clause("PI-01")
    ),
    pytest.param(
        "pindena", "what=documentation documentation=important", "serious", "PI-02", marks=pytest.mark.clause("PI-02")
    ),
    pytest.param(
        "pindena", "what=documentation documentation=nothing", "minor", "PI-03", marks=pytest.mark.clause("PI-03")
    ),
    pytest.param("softone", "available=no way_round_stopped=no", "P1", "SO-10", marks=pytest.mark.clause("SO-10")),
    pytest.param("softone", "available=no way_round_stopped=yes", "P3", "SO-12", marks=pytest.mark.clause("SO-12")),
    pytest.param(
        "softone", "available=yes effect=harder way_round_harder=no", "P2", "SO-11", marks=pytest.mark.clause("SO-11")
    ),
    pytest.param(
        "softone", "available=yes effect=harder way_round_harder=yes", "P3", "SO-12", marks=pytest.mark.clause("SO-12")
    ),
    pytest.param("softone", "available=yes effect=partly_harder", "P3", "SO-12", marks=pytest.mark.clause("SO-12")),
    pytest.param("softone", "available=yes effect=can_be_got_round", "P4", "SO-13", marks=pytest.mark.clause("SO-13")),
    pytest.param("softone", "available=yes effect=none", "P5", "SO-14", marks=pytest.mark.clause("SO-14")),
    pytest.param("pureservice", "security=yes", "standard", "PS-17"),
    pytest.param("pureservice", "security=no log_in=none", "standard", "PS-10"),
    pytest.param("pureservice", "security=no log_in=some", "standard", "PS-01", marks=pytest.mark.clause("PS-01")),
    pytest.param("pureservice", "security=no log_in=all", "standard", "PS-01"),
]


def read(path: str) -> dict[str, str]:
    """ "available=no effect=none" as answers by question."""
    return dict(pair.split("=") for pair in path.split())


@pytest.mark.parametrize(("contract_id", "path", "severity", "clause_id"), PATHS)
def test_the_answers_come_to_the_class_and_the_clause_that_says_so(
    contracts: Mapping[str, Contract], contract_id: str, path: str, severity: str, clause_id: str
) -> None:
    walked = walk(contracts[contract_id].questions[FAULT], read(path))
    assert walked.outcome is not None
    assert (walked.outcome.severity, walked.outcome.clause) == (severity, clause_id)
    assert {each.question.id: each.answer.id for each in walked.given} == read(path)


def test_every_path_of_every_tree_is_in_the_table(contracts: Mapping[str, Contract]) -> None:
    leaves = sum(
        isinstance(answer.leads_to, Outcome)
        for contract in contracts.values()
        for question in contract.questions[FAULT].questions.values()
        for answer in question.answers
    )
    assert leaves == len(PATHS)


UNASKED = [
    pytest.param("heartpace", TicketKind.QUESTION, "enquiry", marks=pytest.mark.clause("HP-01")),
    pytest.param("heartpace", TicketKind.REQUEST, "enquiry", marks=pytest.mark.clause("HP-01")),
    pytest.param("pindena", TicketKind.QUESTION, "enquiry", marks=pytest.mark.clause("PI-12")),
    pytest.param("pindena", TicketKind.REQUEST, "enquiry", marks=pytest.mark.clause("PI-12")),
    pytest.param("softone", TicketKind.QUESTION, "P5", marks=pytest.mark.clause("SO-14")),
    pytest.param("softone", TicketKind.REQUEST, "P5", marks=pytest.mark.clause("SO-14")),
    pytest.param("easymeeting", TicketKind.FAULT, "high", marks=pytest.mark.clause("EM-12")),
    pytest.param("easymeeting", TicketKind.QUESTION, "high", marks=pytest.mark.clause("EM-12")),
    pytest.param("easymeeting", TicketKind.REQUEST, "high", marks=pytest.mark.clause("EM-12")),
    pytest.param("pureservice", TicketKind.QUESTION, "standard"),
]


@pytest.mark.parametrize(("contract_id", "kind", "severity"), UNASKED)
def test_where_nothing_needs_asking_the_class_is_given_at_once(
    contracts: Mapping[str, Contract], contract_id: str, kind: TicketKind, severity: str
) -> None:
    walked = walk(contracts[contract_id].questions[kind], {})
    assert walked.shown == ()
    assert walked.outcome is not None
    assert walked.outcome.severity == severity


def test_the_questions_appear_one_by_one(softone: Contract) -> None:
    tree = softone.questions[FAULT]
    first = walk(tree, {})
    assert [question.id for question in first.shown] == ["available"]
    second = walk(tree, {"available": "yes"})
    assert [question.id for question in second.shown] == ["available", "effect"]
    assert second.outcome is None


def test_a_changed_first_answer_makes_later_ones_fall_away(softone: Contract) -> None:
    answers = {"available": "no", "effect": "harder", "way_round_harder": "no"}
    walked = walk(softone.questions[FAULT], answers)
    assert [question.id for question in walked.shown] == ["available", "way_round_stopped"]


def test_an_answer_the_question_does_not_have_counts_as_not_given(softone: Contract) -> None:
    walked = walk(softone.questions[FAULT], {"available": "perhaps"})
    assert walked.next is not None
    assert walked.next.id == "available"


def test_nobody_can_log_in_is_reported_as_downtime(pureservice: Contract) -> None:
    walked = walk(pureservice.questions[FAULT], {"security": "no", "log_in": "none"})
    assert walked.outcome is not None
    assert walked.outcome.flags == {"downtime", "page"}


def test_a_suspected_breach_of_security_is_private(pureservice: Contract) -> None:
    walked = walk(pureservice.questions[FAULT], {"security": "yes"})
    assert walked.outcome is not None
    assert "private" in walked.outcome.flags


@pytest.mark.clause("EM-12")
def test_medium_and_low_are_an_agents_choice(easymeeting: Contract) -> None:
    assert {outcome.severity for outcome in outcomes(easymeeting)} == {"high"}
    assert [severity.id for severity in easymeeting.severities] == ["high", "medium", "low"]


def test_every_question_and_answer_is_told_in_every_language(contracts: Mapping[str, Contract]) -> None:
    for contract in contracts.values():
        for tree in contract.questions.values():
            for question in tree.questions.values():
                texts = [question.text, *(answer.text for answer in question.answers)]
                assert all(set(text) == set(LANGUAGES) and all(text.values()) for text in texts)
