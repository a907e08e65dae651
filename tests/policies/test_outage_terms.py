"""What agreements ask of outages: by when those affected are told, and what is decided before one is declared."""

from datetime import datetime
from pathlib import Path

import pytest

from models.sla.contract import Contract
from models.sla.outage_rules import told_by
from models.sla.policy import load_policies, load_policy
from models.sla.policy_files import PolicyError

POLICIES = Path(__file__).parents[2] / "policies"


@pytest.fixture(scope="module")
def easymeeting() -> Contract:
    return load_policies()["easymeeting"]


@pytest.mark.clause("EM-05")
@pytest.mark.parametrize(
    ("gravity", "region", "began", "by"),
    [
        ("emergency", "europe", "2026-11-23T09:40+01:00", "2026-11-24T00:00+01:00"),
        ("emergency", "europe", "2026-11-23T23:59+01:00", "2026-11-24T00:00+01:00"),
        ("emergency", "america", "2026-11-23T09:40+01:00", "2026-11-24T00:00-05:00"),
        ("emergency", "europe", "2026-10-25T00:30+02:00", "2026-10-26T00:00+01:00"),
        ("emergency", "europe", "2026-03-29T01:30+01:00", "2026-03-30T00:00+02:00"),
        ("lesser", "europe", "2026-11-23T09:40+01:00", "2026-11-24T16:00+01:00"),
        ("lesser", "europe", "2026-11-27T20:00+01:00", "2026-11-30T16:00+01:00"),
        ("lesser", "europe", "2026-11-28T10:00+01:00", "2026-11-30T16:00+01:00"),
        ("lesser", "america", "2026-11-25T12:00-05:00", "2026-11-27T16:00-05:00"),
    ],
)
def test_an_emergency_is_told_the_same_civil_day_and_a_lesser_failure_the_next_working_day(
    easymeeting: Contract, gravity: str, region: str, began: str, by: str
) -> None:
    rule = easymeeting.outage.notice(gravity)
    assert rule is not None
    calendar = easymeeting.calendar(rule.calendar, region)
    assert told_by(rule, calendar, datetime.fromisoformat(began)) == datetime.fromisoformat(by)
    assert (rule.clause, rule.strength) == ("EM-05", "usual")


@pytest.mark.clause("EM-27")
def test_only_in_an_emergency_two_things_are_decided_first(easymeeting: Contract) -> None:
    assert [ask.id for ask in easymeeting.outage.asks_for("emergency")] == ["people", "steps"]
    assert {ask.clause for ask in easymeeting.outage.asks} == {"EM-27"}
    assert easymeeting.outage.asks_for("outage") == ()
    assert easymeeting.outage.notice("outage") is None


@pytest.mark.clause("HP-07")
def test_a_text_that_says_mail_is_data_and_one_that_says_nothing_asks_nothing() -> None:
    contracts = load_policies()
    assert contracts["heartpace"].outage.mail_clause == "HP-07"
    assert contracts["softone"].outage.mail_clause is None
    assert contracts["softone"].outage.notices == ()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('by = "same_civil_day"', 'by = "soon"', "outage.notices[0].by"),
        (
            'calendar = "office"\n\n[[outage.notices]]',
            'calendar = "nights"\n\n[[outage.notices]]',
            'outage.notices[0].calendar names calendar "nights"',
        ),
        (
            'gravities = ["lesser"]',
            'gravities = ["emergency"]',
            "outage.notices[1].gravities has emergency a second time",
        ),
        ('id = "steps"', 'id = "people"', 'outage.asks[1].id is "people" a second time'),
    ],
)
def test_what_cannot_be_is_refused_with_its_key(tmp_path: Path, before: str, after: str, said: str) -> None:
    text = (POLICIES / "easymeeting.toml").read_text("utf-8")
    at = text.index("[[outage.notices]]")
    changed = text[at:].replace(before, after, 1)
    assert changed != text[at:]
    path = tmp_path / "easymeeting.toml"
    path.write_text(text[:at] + changed, "utf-8")
    with pytest.raises(PolicyError) as failure:
        load_policy(path)
    assert any(said in line for line in failure.value.lines), failure.value.lines
