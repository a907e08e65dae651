"""An outage's own channel and its report: what Slack takes, and what is typed is never interpreted."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.incident import channel_name
from handlers.views import incidents, outage_report
from handlers.views.blocks import Rendered, ViewDict
from handlers.views.facts.incidents import (
    ChannelFormFacts,
    FollowUpFact,
    MomentFact,
    PromiseFact,
    ReportFacts,
    ReportFormFacts,
    ReportToldFact,
)
from handlers.views.facts.outages import OutageDeskFacts, OutageFacts, OutageLineFacts
from handlers.views.words import Words
from sandbox.limits import message_problems, view_problems
from tests.views import scenes
from tests.views.test_limits import MENTIONS


def outage(typed: str) -> OutageFacts:
    return OutageFacts(
        name="O-3",
        title=typed,
        services=(typed, "App"),
        scope="all_users",
        cause=typed,
        began_at=scenes.at("09:40"),
        now=scenes.NOW,
        ended_at=scenes.at("10:20"),
    )


def desk_facts(typed: str) -> OutageDeskFacts:
    return OutageDeskFacts(
        outage=outage(typed),
        gravity="outage",
        detected_at=scenes.at("09:40"),
        reported_at=None,
        lead=scenes.person(typed),
        communications=None,
        scribe=None,
        announced=True,
        places=3,
        refused=0,
        affected=(typed,),
        tickets=("T-1",),
    )


def report(typed: str) -> ReportFacts:
    at = scenes.at("09:55")
    line = OutageLineFacts(name="O-3", event="updated", at=at, now=scenes.NOW, by=scenes.person(typed), text=typed)
    return ReportFacts(
        outage=outage(typed),
        gravity="emergency",
        detected_at=at,
        reported_at=at,
        announced_at=at,
        lead=scenes.person(typed),
        communications=scenes.KARI,
        scribe=None,
        promises=(PromiseFact("next_update", at, kept=False), PromiseFact("tell", at, kept=True, clause="EM-05")),
        told=(
            ReportToldFact(customer=typed, way="channel", receiver="C1", step=0, language="nb", sent_at=at),
            ReportToldFact(customer=None, way="mail", receiver=typed, step=2, language="sv", sent_at=None),
        ),
        affected=(MomentFact(at, scenes.person(typed), typed),),
        tickets=("T-1",),
        timeline=(MomentFact(at, None, line=line), MomentFact(at, scenes.person(typed), typed, pinned=True)),
        causes=typed,
        follow_ups=(FollowUpFact(typed, None, "a"), FollowUpFact(typed, "T-7", "b")),
        written_by=scenes.OLA,
        written_at=at,
    )


def messages(typed: str, words: Words) -> list[Rendered]:
    ended = outage(typed)
    said = incidents.being_made(ended, words)
    return [
        incidents.summary(desk_facts(typed), scenes.NOW + timedelta(days=1), words),
        incidents.refusal(ended, "create", "restricted_action", words),
        incidents.refusal(ended, "invite", "U1,U2", words),
        incidents.invited(ended, "C1", words),
        said,
        outage_report.with_follow_ups(said, "O-3", report(typed).follow_ups, words),
    ]


def views(typed: str, words: Words) -> list[ViewDict]:
    agents = tuple((f"{number:032}", typed) for number in range(120))
    asked = ChannelFormFacts(
        metadata="m", outage=outage(typed), channel="inc-3-it-fails", people=(scenes.person(typed),), agents=agents
    )
    written = ReportFormFacts(metadata="m", outage=outage(typed), causes=typed, follow_ups=(typed,) * 20)
    return [incidents.channel_view(asked, words), outage_report.report_view(written, words)]


@pytest.mark.parametrize("words", scenes.READERS, ids=lambda words: words.language)
@pytest.mark.parametrize("typed", scenes.TYPED.values(), ids=scenes.TYPED)
def test_slack_takes_all_of_it(typed: str, words: Words) -> None:
    for shown in messages(typed, words):
        assert not list(message_problems(text=shown.text, blocks=list(shown.blocks), attachments=None))
        assert shown.text.strip()
    for view in views(typed, words):
        assert not list(view_problems(view))
    assert len(incidents.topic(outage(typed), scenes.person(typed), words)) <= 250


@pytest.mark.parametrize("words", scenes.READERS, ids=lambda words: words.language)
def test_what_people_typed_mentions_nobody(words: Words) -> None:
    for shown in messages(scenes.HOSTILE, words):
        for said in [shown.text, *(str(t["text"]) for t in scenes.texts(list(shown.blocks)) if t["type"] == "mrkdwn")]:
            assert not MENTIONS.findall(said.replace("<#C1>", "")), said


@pytest.mark.parametrize("words", scenes.READERS, ids=lambda words: words.language)
def test_what_people_typed_makes_no_markdown(words: Words) -> None:
    """Headings, links and tables are the report's own."""
    text = outage_report.markdown(report("# Not [a link](https://x.example) | <!channel> `code`\n## Nor this"), words)
    assert sum(line.startswith("#") for line in text.splitlines()) == 7
    assert "[a link]" not in text.replace("\\[a link\\]", "")
    assert "<!channel>" not in text.replace("\\<!channel\\>", "")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {6}


@given(st.integers(min_value=1, max_value=999_999_999), st.text(max_size=200))
def test_any_title_makes_a_name_that_slack_takes(number: int, title: str) -> None:
    name = channel_name(number, title)
    assert len(name) <= 80
    assert name.startswith(f"inc-{number}")
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not name.endswith("-")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Signing in fails", "inc-3-signing-in-fails"),
        ("Ærlig talt: Ødelagt på Åsen!", "inc-3-aerlig-talt-odelagt-pa-asen"),
        ("   ", "inc-3"),
        ("登录失败", "inc-3"),
        ("a" * 100, "inc-3-" + "a" * 74),
    ],
)
def test_a_name_says_what_fails(title: str, name: str) -> None:
    assert channel_name(3, title) == name
