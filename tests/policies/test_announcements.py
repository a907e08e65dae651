"""What the agreements say of announcing, and what a policy file may say."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from models.sla.contract import Contract
from models.sla.notice import Verdict, judged
from models.sla.policy import with_overrides
from models.sla.policy_schema import AnnouncementFile
from models.sla.policy_schema import Topic as FileTopic
from models.subscription import Audience, Topic
from tests.policies.test_policy_files import put, refused

NOW = datetime(2026, 11, 28, 14, 0, tzinfo=ZoneInfo("Europe/Oslo"))
UNDATED: Any = False

REFUSED = [
    (put("pureservice", "announcements.sub_processor.lead_days", None), "sub_processor.lead_days is missing; PS-18"),
    (put("pureservice", "announcements.terms.dated", UNDATED), "announcements.terms.dated is false; PS-28"),
    (put("pureservice", "announcements.terms.clause", "PS-99"), 'announcements.terms.clause is "PS-99"'),
    (put("pureservice", "questions.fault.ask.security.answers.1.flags", ["private"]), r"breach \(PS-17\) is about no"),
    (put("pureservice", "breach.asks.1.id", "kind"), r'breach.asks\[1\].id is "kind" a second time'),
    (put("softone", "announcements.weather", {"clause": "SO-09"}), "announcements.weather"),
    (put("softone", "announcements.terms.takes_effect", "soon"), "use 'given', 'when_published' or 'first_of_next_mo"),
]


@pytest.mark.parametrize(("whole", "says"), REFUSED, ids=[says[:40] for _, says in REFUSED])
def test_a_wrong_part_is_refused_with_its_key(whole: Mapping[str, Any], says: str) -> None:
    assert re.search(says, refused(whole))


@pytest.mark.clause("PS-18", "PS-21", "SO-09", "EM-22")
@pytest.mark.parametrize(
    ("agreement", "topic", "day"),
    [
        ("pureservice", "sub_processor", date(2026, 12, 26)),  # 28 days after 28 November
        ("pureservice", "transfer", date(2027, 2, 26)),  # 90 days
        ("softone", "terms", date(2026, 12, 1)),
        ("easymeeting", "terms", date(2026, 11, 28)),
    ],
)
def test_the_earliest_day_follows_from_the_agreement(
    contracts: Mapping[str, Contract], agreement: str, topic: str, day: date
) -> None:
    contract = contracts[agreement]
    assert judged(contract.notices.rules[topic], contract.zone, NOW, None).earliest == day


@pytest.mark.clause("PS-28")
def test_changed_terms_that_use_accepts_need_a_day(pureservice: Contract) -> None:
    terms = pureservice.notices.rules["terms"]
    assert terms.use_is_acceptance
    assert judged(terms, pureservice.zone, NOW, None).verdict is Verdict.DAY_MISSING


def test_a_customers_own_agreement_may_ask_for_more_notice(pureservice: Contract) -> None:
    own = with_overrides(pureservice, {"announcements.sub_processor.lead_days": 56})
    assert own.notices.rules["sub_processor"].lead_days == 56


def test_files_name_the_topics_and_audiences_there_are() -> None:
    assert set(get_args(FileTopic)) == set(Topic) - {Topic.OUTAGE, Topic.MAINTENANCE}
    said = AnnouncementFile.model_fields["audiences"].annotation
    assert set(get_args(get_args(said)[0])) == set(Audience)
