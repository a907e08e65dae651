"""Notices as they are drawn: every event has words, and long texts stay within what Slack takes."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.views import announcement_desk, announcements
from handlers.views.facts.announcements import NoticeDeskFacts, NoticeFacts, NoticeLineFacts, TermsFact
from handlers.views.words import LANGUAGES, Words
from models.notice import NoticeEvent, NoticeState
from models.sla.notice import Verdict
from models.subscription import Topic

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LONG = "x" * 5000


def test_every_event_state_and_topic_has_words() -> None:
    assert set(announcement_desk.LINES) == set(NoticeEvent)
    assert set(announcement_desk.STATES) == set(NoticeState)
    assert set(announcements.TOPIC) == set(Topic) - {Topic.OUTAGE, Topic.MAINTENANCE}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", NoticeEvent)
def test_every_line_can_be_said_in_every_language(event: str, language: str) -> None:
    line = NoticeLineFacts(event=event, name="N-1", at=NOW, now=NOW, text="<!channel> & *x*", day=date(2026, 12, 1))
    said = announcement_desk.log_line(line, Words(language, ZoneInfo("Europe/Oslo")))
    assert said.text
    assert "<!channel>" not in said.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_notice_stays_within_slacks_limits(language: str) -> None:
    words = Words(language, ZoneInfo("Europe/Oslo"))
    facts = NoticeFacts(
        name="N-1", topic="terms", title=LONG, text=LONG, now=NOW, withdrawal=LONG, withdrawn_at=NOW, customer="c"
    )
    for drawn in (announcements.announcement(facts, words), announcements.withdrawn_line(facts, words)):
        assert len(drawn.text) <= 4000
        assert all(len(str(block)) < 3300 for block in drawn.blocks)
    terms = tuple(
        TermsFact(f"Contract {n}", "XX-01", n, Verdict.TOO_SOON, None, date(2026, 12, n + 1)) for n in range(20)
    )
    card = announcement_desk.desk_card(
        NoticeDeskFacts(
            name="N-1", topic="terms", title=LONG, text=LONG, state="sent", now=NOW, made_by=None, terms=terms
        ),
        words,
    )
    small = [block["elements"] for block in card.blocks if block["type"] == "context"]
    assert all(len(each) <= 10 for each in small if isinstance(each, list))
