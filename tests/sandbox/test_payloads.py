"""Payloads carry the keys that Slack's do.

`payload_keys.json` is the frozen table: key paths of the realistic samples in slackapi/bolt-python's tests. Where the
samples themselves are at hand the table is compared with them.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from sandbox import Limits, Sandbox, Seed, Team
from tests.sandbox.other_end import Recorder

Json = dict[str, Any]
TABLE = Path(__file__).with_name("payload_keys.json")
SAMPLES = Path(__file__).parents[3] / "shared/slack/bolt-python-test-payloads"
UNIONS = Path(__file__).parents[3] / "shared/slack/java-slack-sdk/json-logs/samples"
FILES = {
    "command": "test_slash_command.form",
    "block_actions": "test_block_actions.body.L161",
    "block_suggestion": "test_block_suggestion.body.L208",
    "view_submission": "test_view_submission.body.L17",
    "view_closed": "test_view_closed.body.L140",
    "shortcut": "test_shortcut.global_shortcut_body.L187",
    "message_action": "test_shortcut.message_shortcut_body.L202",
    "app_mention": "test_events.valid_event_body.L51",
    "member_joined_channel": "test_events.join_event_body.L167",
    "reaction_added": "test_events.valid_reaction_added_body.L112",
    "app_home_opened": "test_events_org_apps.event_payload.L153",
    "message": "test_message.message_body.L253",
    "message by a bot": "test_message_bot.bot_message_event_payload.L128",
    "message_changed": "test_message_changed.event_payload.L68",
    "message_deleted": "test_message_deleted.event_payload.L68",
    "thread_broadcast": "test_message_thread_broadcast.event_payload.L74",
    "file_share": "test_events.message_file_share_body.L337",
}
OPAQUE = {"blocks", "values", "actions"}
LEGACY = re.compile(r"^authed_users$|\.(thumb|original)_|^event\.client_msg_id$")
"""Left out: what `authorizations` replaced in 2020, pictures of images, and a person's mark on a bot's broadcast."""


def paths(node: object, prefix: str = "") -> Iterator[str]:
    """Yield every key path; lists are read through, values of opaque keys are not looked into."""
    if isinstance(node, dict):
        for key, value in node.items():
            path = f"{prefix}.{key}" if prefix else key
            yield path
            if key not in OPAQUE:
                yield from paths(value, path)
    elif isinstance(node, list):
        for one in node:
            yield from paths(one, prefix)


def frozen() -> dict[str, list[str]]:
    """Return the table."""
    table: dict[str, list[str]] = json.loads(TABLE.read_text("utf-8"))
    return table


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not at hand; the frozen table stands for them")
def test_the_frozen_table_is_that_of_the_samples() -> None:
    found = {}
    for kind, name in FILES.items():
        keys = set(paths(json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))))
        found[kind] = sorted(key for key in keys if not LEGACY.search(key))
    assert frozen() == found


@pytest.fixture
def organised(manifest: Json, limits: Limits) -> Iterator[Sandbox]:
    """A workspace of an organisation, as in the samples."""
    team = Team("T1", enterprise_id="E1", enterprise_name="Organisation")
    people = ({"handle": "kari", "name": "Kari Nordmann"}, {"handle": "ola"})
    with Sandbox(manifest, seed=Seed(team, people, ({"name": "acme", "members": ["kari"]},)), limits=limits) as slack:
        yield slack


def block_menu() -> Json:
    """Return an actions block with a button and an external select."""
    word = {"type": "plain_text", "text": "Search"}
    button = {"type": "button", "action_id": "go", "value": "1", "text": {"type": "plain_text", "text": "Go"}}
    return {
        "type": "actions",
        "elements": [button, {"type": "external_select", "action_id": "find", "placeholder": word}],
    }


def modal() -> Json:
    """Return a modal that tells when it is closed."""
    word = {"type": "plain_text", "text": "Form"}
    field = {"type": "input", "label": word, "element": {"type": "plain_text_input"}}
    buttons = {"submit": word, "close": word}
    return {"type": "modal", "title": word, **buttons, "notify_on_close": True, "blocks": [block_menu(), field]}


def everything(slack: Sandbox, recorder: Recorder) -> dict[str, Json]:
    """Do everything a person can, and return one payload of each kind."""
    slack.deliver_by_http(recorder.door.url)
    kari, ola = slack.person("kari"), slack.person("ola")
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    channel = slack.channel("acme").id
    kari.types("/echo hi", in_="#acme")
    recorder.answers["shortcut"] = {}
    kari.uses_shortcut("Open a form")
    client.views_open(trigger_id=recorder.last("shortcut")["trigger_id"], view=modal())
    kari.suggestions("Search", "word", on=kari.modal())
    kari.modal().fill("Form", "x").submit()
    client.views_open(trigger_id=recorder.last("view_submission")["trigger_id"], view=modal())
    kari.modal().close()
    said = kari.types(f"{slack.person('ola').mention()} <@{slack.bot_user_id}> hello", in_="#acme")
    kari.uses_shortcut("Quote it", on=said)
    ts = client.chat_postMessage(channel=channel, text="card", blocks=[block_menu()])["ts"]
    bot_says = _last_message(slack, recorder)
    kari.clicks("Go", on=slack.expects("card"))
    kari.reacts("eyes", on=said)
    kari.edits(said, "hello again")
    client.chat_postMessage(channel=channel, text="for all", thread_ts=said.ts, reply_broadcast=True)
    kari.deletes(kari.types("gone", in_="#acme"))
    kari.uploads("a.txt", in_="#acme")
    client.conversations_invite(channel=channel, users=[ola.id])
    slack.run(_open_messages(slack, kari.id))
    slack.idle()
    assert ts
    messages = {
        one.get("subtype", "message"): recorder_payload(recorder, one)
        for one in recorder.events("message")
        if "bot_id" not in one
    }
    messages["thread_broadcast"] = next(
        recorder_payload(recorder, one)
        for one in recorder.events("message")
        if one.get("subtype") == "thread_broadcast"
    )
    return {
        kind: messages[kind] if kind in messages else bot_says if kind == "message by a bot" else recorder.last(kind)
        for kind in FILES
    }


def _last_message(slack: Sandbox, recorder: Recorder) -> Json:
    slack.idle()
    return recorder_payload(recorder, recorder.events("message")[-1])


def recorder_payload(recorder: Recorder, event: Json) -> Json:
    """Return the payload an event came in."""
    found: Json = next(one for one in recorder.payloads if one.get("event") is event)
    return found


async def _open_messages(slack: Sandbox, person: str) -> None:
    from sandbox import acts  # noqa: PLC0415

    await acts.open_direct(slack.world, slack.world.workspace.users[person], slack.bot_user_id)


@pytest.fixture
def recorded(organised: Sandbox, slack: Sandbox, recorder: Recorder) -> dict[str, Json]:
    """One payload of each kind."""
    return everything(organised, recorder)


def test_every_payload_has_every_key_of_the_samples(recorded: dict[str, Json]) -> None:
    lacking = {kind: sorted(set(keys) - set(paths(recorded[kind]))) for kind, keys in frozen().items()}
    assert {kind: keys for kind, keys in lacking.items() if keys} == {}


UNION_FILES = {
    "block_actions": "app-backend/interactive-components/BlockActionPayload",
    "message_action": "app-backend/interactive-components/MessageShortcutPayload",
    "view_submission": "app-backend/views/ViewSubmissionPayload",
    "view_closed": "app-backend/views/ViewClosedPayload",
    "command": "app-backend/slash-commands/SlashCommandPayload",
}


@pytest.mark.skipif(not UNIONS.is_dir(), reason="the union samples are not at hand")
def test_no_interaction_has_a_key_that_slack_never_sends(recorded: dict[str, Json]) -> None:
    known = {kind: json.loads((UNIONS / f"{name}.json").read_text("utf-8")) for kind, name in UNION_FILES.items()}
    odd = {kind: sorted(set(recorded[kind]) - set(sample) - {"response_urls"}) for kind, sample in known.items()}
    assert {kind: keys for kind, keys in odd.items() if keys} == {}


def test_outside_an_organisation_no_key_speaks_of_one(slack: Sandbox, recorder: Recorder) -> None:
    slack.person("kari").types("/echo hi", in_="#acme")
    command = recorder.last("command")
    assert "enterprise_id" not in command
    assert command["is_enterprise_install"] == "false"
    slack.person("kari").uses_shortcut("Open a form")
    assert recorder.last("shortcut")["team"] == {"id": slack.team_id, "domain": "sandbox"}
    assert recorder.last("shortcut")["enterprise"] is None


def test_a_command_in_a_private_place_does_not_give_its_name_away(slack: Sandbox, recorder: Recorder) -> None:
    slack.add_channel("secret", members=["kari"], private=True)
    kari = slack.person("kari")
    kari.types("/echo see #secret and #acme", in_="#secret")
    assert recorder.last("command")["channel_name"] == "privategroup"
    secret, acme = slack.channel("secret").id, slack.channel("acme").id
    assert recorder.last("command")["text"] == f"see <#{secret}|> and <#{acme}|acme>"
    kari.types("/echo hi")
    assert recorder.last("command")["channel_name"] == "directmessage"


def test_state_holds_every_input_and_null_for_empty_ones(slack: Sandbox, client: WebClient, recorder: Recorder) -> None:
    word = {"type": "plain_text", "text": "x"}
    kinds = ["plain_text_input", "datepicker", "users_select", "multi_users_select", "number_input"]
    blocks = [
        {
            "type": "input",
            "block_id": kind,
            "optional": True,
            "label": word,
            "element": {
                "type": kind,
                "action_id": "a",
                **({"is_decimal_allowed": False} if kind == "number_input" else {}),
            },
        }
        for kind in kinds
    ]
    kari = slack.person("kari")
    kari.uses_shortcut("form")
    view = {"type": "modal", "title": word, "submit": word, "blocks": blocks}
    client.views_open(trigger_id=recorder.last("shortcut")["trigger_id"], view=view)
    kari.modal().submit()
    values = recorder.last("view_submission")["view"]["state"]["values"]
    assert {kind: values[kind]["a"] for kind in kinds} == {
        "plain_text_input": {"type": "plain_text_input", "value": None},
        "datepicker": {"type": "datepicker", "selected_date": None},
        "users_select": {"type": "users_select", "selected_user": None},
        "multi_users_select": {"type": "multi_users_select", "selected_users": []},
        "number_input": {"type": "number_input", "value": None},
    }
