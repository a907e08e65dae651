"""What people do in the workspace, and what a test reads of it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_sdk import WebClient

from sandbox import ActError, Clock, Sandbox, Unexpected
from tests.sandbox.other_end import Recorder

Json = dict[str, Any]


def test_typed_text_is_stored_escaped_with_its_mentions(slack: Sandbox) -> None:
    kari, ola = slack.person("kari"), slack.person("ola")
    said = kari.types("@ola see #acme & <!channel> https://example.com/x?a=1", in_="#acme")
    assert (
        said.text == f"<@{ola.id}> see <#{slack.channel('acme').id}> &amp; &lt;!channel&gt; <https://example.com/x?a=1>"
    )
    kinds = [one["type"] for one in said.blocks[0]["elements"][0]["elements"]]
    assert kinds == ["user", "text", "channel", "text", "link"]
    assert kari.types("@here", in_="#acme").text == "<!here>"
    assert kari.types(f"hi {ola.mention()} <@U404>", in_="#acme").text == f"hi <@{ola.id}> &lt;@U404&gt;"


def test_people_change_and_remove_only_their_own_words(slack: Sandbox, recorder: Recorder) -> None:
    kari, ola = slack.person("kari"), slack.person("ola")
    said = kari.types("first", in_="#acme")
    kari.edits(said, "second")
    assert said.text == "second"
    with pytest.raises(ActError, match="cant_update_message"):
        ola.edits(said, "mine now")
    kari.deletes(said)
    assert not said.exists
    slack.idle()
    assert [one.get("subtype") for one in recorder.events("message")] == [None, "message_changed", "message_deleted"]
    changed = recorder.events("message")[1]
    assert (changed["message"]["text"], changed["previous_message"]["text"], changed["hidden"]) == (
        "second",
        "first",
        True,
    )


def test_only_members_write_in_a_channel(slack: Sandbox) -> None:
    slack.add_channel("elsewhere")
    slack.add_channel("secret", private=True)
    for channel, code in (("#elsewhere", "not_in_channel"), ("#secret", "channel_not_found")):
        with pytest.raises(ActError, match=code):
            slack.person("kari").types("hello", in_=channel)


def test_an_unknown_command_is_refused_by_slack_itself(slack: Sandbox) -> None:
    answer = slack.person("kari").types("/nothing", in_="#acme")
    assert (answer.acked, answer.error) == (False, "unknown_command")


def test_a_deleted_parent_leaves_its_replies(slack: Sandbox, client: WebClient) -> None:
    kari = slack.person("kari")
    parent = kari.types("parent", in_="#acme")
    reply = kari.types("reply", in_="#acme", thread=parent)
    kari.deletes(parent)
    assert parent.text == "This message was deleted."
    assert [one.ts for one in parent.replies] == [reply.ts]


def test_members_joining_and_reacting_are_told_to_the_app(slack: Sandbox, recorder: Recorder) -> None:
    kari, pal = slack.person("kari"), slack.add_person("pal")
    pal.joins("#acme")
    said = kari.types("hello", in_="#acme")
    pal.reacts("tada", on=said)
    pal.reacts("tada", on=said)
    pal.leaves("#acme")
    slack.idle()
    seen = [one["event"]["type"] for one in recorder.payloads if one["event"]["type"] != "message"]
    assert seen == ["member_joined_channel", "reaction_added", "reaction_removed", "member_left_channel"]


def test_the_bot_hears_of_its_own_invitation(slack: Sandbox, recorder: Recorder) -> None:
    slack.add_channel("new", members=["kari"], bot=False)
    slack.person("kari").invites_bot("#new")
    slack.idle()
    joined = recorder.events("member_joined_channel")[0]
    assert (joined["user"], joined["inviter"]) == (slack.bot_user_id, slack.person("kari").id)


def test_expectations_are_met_in_the_place_and_thread_named(slack: Sandbox, client: WebClient) -> None:
    acme = slack.channel("acme").id
    parent = client.chat_postMessage(channel=acme, text="T-1 opened")["ts"]
    client.chat_postMessage(channel=acme, text="T-1 started", thread_ts=parent)
    with pytest.raises(Unexpected, match="T-1 started"):
        slack.expects("started", in_="#acme", thread=None, timeout=0.05)
    card = slack.expects(re.compile(r"T-\d opened"), in_="#acme", thread=None)
    slack.expects("T-1 started", in_="#acme", thread=card)
    slack.sees_nothing_more()
    client.chat_update(channel=acme, ts=parent, text="T-1 breached")
    slack.expects_edit(card, "breached")
    slack.sees_nothing_more()


def test_the_same_message_is_not_expected_twice(slack: Sandbox, client: WebClient) -> None:
    acme = slack.channel("acme").id
    client.chat_postMessage(channel=acme, text="once")
    slack.expects("once", in_="#acme")
    with pytest.raises(Unexpected, match="nothing that was not expected"):
        slack.expects("once", in_="#acme", timeout=0.05)


def test_words_are_read_as_people_read_them(slack: Sandbox, client: WebClient) -> None:
    section = {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*Ola* &amp; co"},
        "fields": [{"type": "mrkdwn", "text": "Due"}],
    }
    client.chat_postMessage(channel=slack.channel("acme").id, text="T-1", blocks=[section])
    assert slack.expects("Due", in_="#acme").words == "T-1\n*Ola* & co\nDue"


def test_messages_carry_the_time_the_workspace_shows(manifest: Json) -> None:
    monday = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    with Sandbox(manifest, clock=Clock(monday)) as slack:
        kari = slack.add_person("kari")
        slack.add_channel("acme", members=[kari])
        assert kari.types("morning", in_="#acme").ts == "1795420800.000000"
        slack.clock.move(timedelta(hours=1))
        assert kari.types("later", in_="#acme").ts == "1795424400.000000"


def test_a_clock_refuses_an_instant_without_a_zone() -> None:
    with pytest.raises(ValueError, match="no zone"):
        Clock().set(datetime(2026, 11, 23, 8, 0))  # noqa: DTZ001 - the mistake under test


def test_a_running_clock_runs_on_from_where_it_is_set() -> None:
    clock = Clock()
    clock.set(datetime(2026, 11, 23, 8, 0, tzinfo=UTC))
    first = clock.now()
    assert first >= datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert first < datetime(2026, 11, 23, 8, 1, tzinfo=UTC)
    assert clock.now() >= first
