"""What the Web API answers, asked by the real slack_sdk client."""

import ast
import json
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox import Limits, Sandbox
from sandbox.api import METHODS
from sandbox.methods import TABLE, distil, methods

Json = dict[str, Any]
REFERENCE = Path(__file__).parents[3] / "shared/slack/slack-api-ref"


def refused(client: WebClient, method: str, **arguments: object) -> Json:
    """Call and return the answer that says no."""
    with pytest.raises(SlackApiError) as caught:
        client.api_call(method, json=arguments)
    answer: Json = caught.value.response.data
    return answer


@pytest.fixture
def acme(slack: Sandbox) -> str:
    """The id of #acme."""
    return slack.channel("acme").id


def test_auth_test_names_the_bot_and_its_scopes(slack: Sandbox, client: WebClient) -> None:
    answer = client.auth_test()
    assert (answer["team_id"], answer["user_id"], answer["user"]) == (slack.team_id, slack.bot_user_id, "echo")
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


@pytest.mark.parametrize(
    ("token", "error"), [("", "not_authed"), ("xoxb-other", "invalid_auth"), ("app", "not_allowed_token_type")]
)
def test_a_wrong_token_is_refused(slack: Sandbox, token: str, error: str) -> None:
    client = WebClient(slack.app_token if token == "app" else token, base_url=slack.api_url)
    assert refused(client, "auth.test")["error"] == error


def test_the_bot_token_opens_no_sockets(client: WebClient) -> None:
    assert refused(client, "apps.connections.open")["error"] == "not_allowed_token_type"


def test_an_unknown_method_is_said_to_be_unknown(client: WebClient) -> None:
    assert refused(client, "chat.shout")["error"] == "unknown_method"


def test_a_missing_scope_is_named_with_those_there_are(manifest: Json) -> None:
    small = {**manifest, "oauth_config": {"scopes": {"bot": ["commands", "channels:read"]}}}
    with Sandbox(small) as slack:
        channel, secret = slack.add_channel("acme"), slack.add_channel("secret", private=True)
        client = WebClient(slack.bot_token, base_url=slack.api_url)
        answer = refused(client, "chat.postMessage", channel=channel.id, text="hi")
        assert (answer["error"], answer["needed"], answer["provided"]) == (
            "missing_scope",
            "chat:write",
            "commands,channels:read",
        )
        assert client.conversations_info(channel=channel.id)["channel"]["name"] == "acme"
        assert refused(client, "conversations.info", channel=secret.id)["needed"] == "groups:read"


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("chat.postMessage", {"text": "hi"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C404", "text": "hi"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "#elsewhere", "text": "hi"}, "not_in_channel"),
        ("chat.postMessage", {"channel": "#hidden", "text": "hi"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "#acme"}, "no_text"),
        ("chat.postMessage", {"channel": "#acme", "blocks": "{"}, "invalid_blocks_format"),
        ("chat.postMessage", {"channel": "#acme", "text": "hi", "metadata": "["}, "invalid_metadata_format"),
        ("chat.postMessage", {"channel": "#acme", "text": "hi", "thread_ts": "1.000001"}, "cannot_reply_to_message"),
        ("chat.postEphemeral", {"channel": "#acme", "user": "U404", "text": "hi"}, "user_not_in_channel"),
        ("chat.update", {"channel": "#acme", "ts": "1.000001", "text": "hi"}, "message_not_found"),
        ("users.info", {"user": "U404"}, "user_not_found"),
        ("conversations.info", {"channel": "C404"}, "channel_not_found"),
        ("conversations.replies", {"channel": "#acme", "ts": "1.000001"}, "thread_not_found"),
        ("conversations.create", {"name": "Not Good"}, "invalid_name_specials"),
        ("conversations.create", {"name": "acme"}, "name_taken"),
        ("conversations.invite", {"channel": "#acme", "users": "U404"}, "user_not_found"),
        ("conversations.open", {"users": ""}, "users_list_not_supplied"),
        ("conversations.setTopic", {"channel": "#acme", "topic": "x" * 251}, "too_long"),
        ("conversations.history", {"channel": "#acme", "cursor": "nonsense"}, "invalid_cursor"),
        ("reactions.add", {"channel": "#acme", "timestamp": "1.000001", "name": "eyes"}, "message_not_found"),
        ("pins.add", {"channel": "#acme", "timestamp": "now"}, "bad_timestamp"),
        ("usergroups.users.update", {"usergroup": "S404", "users": "U1"}, "permission_denied"),
        ("views.open", {"trigger_id": "1.2.x", "view": "{}"}, "invalid_arguments"),
        (
            "views.update",
            {"view_id": "V404", "view": {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": []}},
            "not_found",
        ),
        ("chat.scheduleMessage", {"channel": "#acme", "text": "hi", "post_at": 1}, "time_in_past"),
        (
            "bookmarks.add",
            {"channel_id": "#acme", "title": "x", "type": "link", "link": "javascript:x"},
            "invalid_link",
        ),
    ],
)
def test_mistakes_get_slacks_own_error(
    slack: Sandbox, client: WebClient, method: str, arguments: Json, error: str
) -> None:
    slack.add_channel("elsewhere", bot=False)
    slack.add_channel("hidden", private=True, bot=False)
    assert refused(client, method, **arguments)["error"] == error


def test_bad_blocks_are_refused_with_a_pointer_to_each_fault(client: WebClient, acme: str) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    answer = refused(client, "chat.postMessage", channel=acme, text="hi", blocks=[block])
    assert answer["error"] == "invalid_blocks"
    assert "must be less than 3001 characters [json-pointer:/blocks/0/text/text]" in answer["errors"]


def test_a_message_by_the_bot_says_which_app_wrote_it(slack: Sandbox, client: WebClient, acme: str) -> None:
    answer = client.chat_postMessage(channel=acme, text="hi")
    message = answer["message"]
    assert message["bot_id"] == message["bot_profile"]["id"] == slack.world.workspace.bot_id
    assert (message["user"], message["type"], "subtype" in message) == (slack.bot_user_id, "message", False)
    assert answer["ts"] == message["ts"]


def test_timestamps_grow_although_the_clock_stands_still(
    manifest: Json, slack: Sandbox, client: WebClient, acme: str
) -> None:
    slack.clock.runs = False
    stamps = [client.chat_postMessage(channel=acme, text=str(n))["ts"] for n in range(5)]
    assert stamps == sorted(set(stamps))


def test_a_message_to_a_person_lands_in_the_direct_message(slack: Sandbox, client: WebClient) -> None:
    kari = slack.person("kari")
    answer = client.chat_postMessage(channel=kari.id, text="hello")
    assert answer["channel"].startswith("D")
    assert client.conversations_open(users=kari.id)["channel"]["id"] == answer["channel"]
    slack.expects("hello", to=kari)


def test_metadata_is_given_whole_only_when_asked_for(client: WebClient, acme: str) -> None:
    metadata = {"event_type": "ticket_card", "event_payload": {"ticket": 12}}
    client.chat_postMessage(channel=acme, text="T-12", metadata=metadata)
    assert client.conversations_history(channel=acme)["messages"][0]["metadata"] == {"event_type": "ticket_card"}
    assert client.conversations_history(channel=acme, include_all_metadata=True)["messages"][0]["metadata"] == metadata


def test_threads_count_their_replies_and_read_oldest_first(client: WebClient, acme: str) -> None:
    parent = client.chat_postMessage(channel=acme, text="T-1")["ts"]
    replies = [client.chat_postMessage(channel=acme, text=text, thread_ts=parent)["ts"] for text in ("a", "b")]
    top = client.conversations_history(channel=acme)["messages"]
    assert [(one["text"], one["reply_count"], one["latest_reply"]) for one in top] == [("T-1", 2, replies[1])]
    assert [one["text"] for one in client.conversations_replies(channel=acme, ts=parent)["messages"]] == [
        "T-1",
        "a",
        "b",
    ]
    only = client.conversations_replies(channel=acme, ts=parent, oldest=replies[0])["messages"]
    assert [one["text"] for one in only] == ["T-1", "b"]


def test_history_is_read_newest_first_page_by_page(client: WebClient, acme: str) -> None:
    for n in range(5):
        client.chat_postMessage(channel=acme, text=str(n))
    read: list[str] = []
    for page in client.conversations_history(channel=acme, limit=2):
        read += [one["text"] for one in page["messages"]]
    assert read == ["4", "3", "2", "1", "0"]


def test_an_update_keeps_what_it_does_not_name(client: WebClient, acme: str) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "card"}}
    metadata = {"event_type": "card", "event_payload": {"n": 1}}
    ts = client.chat_postMessage(channel=acme, text="one", blocks=[block], metadata=metadata)["ts"]
    by_blocks = client.api_call("chat.update", json={"channel": acme, "ts": ts, "blocks": [block]})["message"]
    assert (by_blocks["text"], "edited" in by_blocks, by_blocks["metadata"]) == ("one", False, metadata)
    by_text = client.chat_update(channel=acme, ts=ts, text="two", metadata={})["message"]
    assert ("blocks" in by_text, "edited" in by_text, "metadata" in by_text) == (False, True, False)
    assert refused(client, "chat.update", channel=acme, ts=ts, text="x" * 4001)["error"] == "msg_too_long"


def test_the_bot_changes_only_its_own_messages(slack: Sandbox, client: WebClient, acme: str) -> None:
    said = slack.person("kari").types("mine", in_="#acme")
    assert refused(client, "chat.update", channel=acme, ts=said.ts, text="x")["error"] == "cant_update_message"
    assert refused(client, "chat.delete", channel=acme, ts=said.ts)["error"] == "cant_delete_message"
    ts = client.chat_postMessage(channel=acme, text="x")["ts"]
    client.chat_delete(channel=acme, ts=ts)
    assert [one["text"] for one in client.conversations_history(channel=acme)["messages"]] == ["mine"]


def test_a_long_text_is_cut_with_a_warning(client: WebClient, acme: str) -> None:
    answer = client.chat_postMessage(channel=acme, text="x" * 40_001)
    assert (len(answer["message"]["text"]), answer["warning"]) == (40_000, "message_truncated")


def test_an_ephemeral_is_seen_by_one_and_in_no_history(slack: Sandbox, client: WebClient, acme: str) -> None:
    kari = slack.person("kari")
    client.chat_postEphemeral(channel=acme, user=kari.id, text="psst")
    assert slack.expects_private("psst", to=kari).text == "psst"
    assert client.conversations_history(channel=acme)["messages"] == []


def test_people_are_described_with_zone_and_language(slack: Sandbox, client: WebClient) -> None:
    kari = slack.person("kari")
    user = client.users_info(user=kari.id, include_locale=True)["user"]
    assert (user["real_name"], user["tz"], user["locale"], user["is_bot"]) == (
        "Kari Nordmann",
        "Europe/Oslo",
        "nb-NO",
        False,
    )
    assert "locale" not in client.users_info(user=kari.id)["user"]
    assert client.users_lookupByEmail(email="kari@sandbox.example")["user"]["id"] == kari.id
    assert {one["name"] for one in client.users_list()["members"]} == {"echo", "kari", "ola"}


def test_channels_are_made_filled_described_and_archived(slack: Sandbox, client: WebClient) -> None:
    channel = client.conversations_create(name="inc-1")["channel"]["id"]
    client.conversations_invite(channel=channel, users=[slack.person("kari").id])
    assert (
        refused(client, "conversations.invite", channel=channel, users=slack.person("kari").id)["error"]
        == "already_in_channel"
    )
    client.conversations_setTopic(channel=channel, topic="Down")
    info = client.conversations_info(channel=channel, include_num_members=True)["channel"]
    assert (info["topic"]["value"], info["num_members"], info["is_member"]) == ("Down", 2, True)
    assert client.conversations_members(channel=channel)["members"] == [slack.bot_user_id, slack.person("kari").id]
    client.conversations_archive(channel=channel)
    assert refused(client, "chat.postMessage", channel=channel, text="x")["error"] == "is_archived"
    assert channel not in [one["id"] for one in client.conversations_list(exclude_archived=True)["channels"]]


def test_pins_bookmarks_reactions_and_groups_are_kept(slack: Sandbox, client: WebClient, acme: str) -> None:
    ts = client.chat_postMessage(channel=acme, text="T-1")["ts"]
    client.pins_add(channel=acme, timestamp=ts)
    assert refused(client, "pins.add", channel=acme, timestamp=ts)["error"] == "already_pinned"
    assert [one["message"]["ts"] for one in client.pins_list(channel=acme)["items"]] == [ts]
    client.reactions_add(channel=acme, timestamp=ts, name="eyes")
    assert refused(client, "reactions.add", channel=acme, timestamp=ts, name="eyes")["error"] == "already_reacted"
    assert client.reactions_get(channel=acme, timestamp=ts)["message"]["reactions"][0]["users"] == [slack.bot_user_id]
    client.bookmarks_add(channel_id=acme, title="Status", type="link", link="https://status.example")
    assert [one["title"] for one in client.bookmarks_list(channel_id=acme)["bookmarks"]] == ["Status"]
    group = client.usergroups_create(name="On call", handle="oncall")["usergroup"]["id"]
    client.usergroups_users_update(usergroup=group, users=[slack.person("ola").id])
    assert client.usergroups_users_list(usergroup=group)["users"] == [slack.person("ola").id]
    assert refused(client, "usergroups.users.update", usergroup=group, users="")["error"] == "invalid_arguments"


def test_a_file_goes_up_in_three_steps(slack: Sandbox, client: WebClient, acme: str) -> None:
    client.files_upload_v2(channel=acme, filename="report.csv", content="a,b", initial_comment="The report")
    message = client.conversations_history(channel=acme)["messages"][0]
    assert (message["text"], message["files"][0]["name"], message["files"][0]["size"]) == (
        "The report",
        "report.csv",
        3,
    )
    with urllib.request.urlopen(message["files"][0]["url_private"]) as answer:
        assert answer.read() == b"a,b"


def test_a_scheduled_message_is_posted_when_the_clock_reaches_it(slack: Sandbox, client: WebClient, acme: str) -> None:
    slack.clock.runs = False
    at = int(slack.clock.seconds()) + 3600
    client.chat_scheduleMessage(channel=acme, text="later", post_at=at)
    assert [one["post_at"] for one in client.chat_scheduledMessages_list()["scheduled_messages"]] == [at]
    slack.moves_clock(timedelta(hours=2))
    slack.expects("later", in_="#acme")
    assert client.chat_scheduledMessages_list()["scheduled_messages"] == []


def test_a_permalink_leads_to_the_sandbox_not_to_slack(slack: Sandbox, client: WebClient, acme: str) -> None:
    ts = client.chat_postMessage(channel=acme, text="x")["ts"]
    assert (
        client.chat_getPermalink(channel=acme, message_ts=ts)["permalink"]
        == f"{slack.url}/archives/{acme}/p{ts.replace('.', '')}"
    )


def test_blocks_can_be_validated_without_a_token(slack: Sandbox) -> None:
    client = WebClient("", base_url=slack.api_url)
    assert client.api_call("blocks.validate", json={"blocks": [{"type": "divider"}]})["ok"]
    assert refused(
        client, "blocks.validate", blocks=[{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    )["errors"]


class TestPace:
    """Rate limits and faults."""

    @pytest.fixture
    def limits(self) -> Limits:
        """Slack's own rates."""
        return Limits()

    def test_a_channel_takes_about_a_message_a_second(self, client: WebClient, acme: str) -> None:
        for n in range(3):
            client.chat_postMessage(channel=acme, text=str(n))
        with pytest.raises(SlackApiError) as caught:
            client.chat_postMessage(channel=acme, text="too soon")
        assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "1")
        assert caught.value.response["error"] == "ratelimited"

    def test_a_tier_is_counted_per_method(self, client: WebClient) -> None:
        for _ in range(20):
            client.users_list()
        assert refused(client, "users.list")["error"] == "ratelimited"
        assert client.users_info(user=client.auth_test()["user_id"])["ok"]


def test_a_fault_strikes_as_often_as_it_was_asked_for(slack: Sandbox, client: WebClient, acme: str) -> None:
    fault = slack.fault(
        "chat.postMessage", kind="ratelimited", retry_after=7, where=lambda args: "secret" in args["text"]
    )
    client.chat_postMessage(channel=acme, text="open")
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=acme, text="secret")
    assert caught.value.response.headers["Retry-After"] == "7"
    assert client.chat_postMessage(channel=acme, text="secret")["ok"]
    assert len(fault.happened) == 1


@pytest.mark.parametrize("status", ["500", "503"])
def test_a_server_fault_changes_nothing(slack: Sandbox, client: WebClient, acme: str, status: str) -> None:
    slack.fault("chat.postMessage", kind=status)
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=acme, text="x")
    assert caught.value.response.status_code == int(status)
    assert slack.channel("acme").messages == []


def test_a_lost_answer_was_done_all_the_same_and_a_reset_was_not(slack: Sandbox, client: WebClient, acme: str) -> None:
    for kind, stored in (("reset", 0), ("lost_answer", 1)):
        slack.fault("chat.postMessage", kind=kind)
        with pytest.raises(ConnectionError):
            client.chat_postMessage(channel=acme, text=kind)
        assert len(slack.channel("acme").messages) == stored
        slack.idle()


def test_a_call_that_times_out_is_given_up_by_the_client(slack: Sandbox, acme: str) -> None:
    slack.fault("chat.postMessage", kind="timeout")
    hasty = WebClient(slack.bot_token, base_url=slack.api_url, timeout=1, retry_handlers=[])
    with pytest.raises(TimeoutError):
        hasty.chat_postMessage(channel=acme, text="x")
    assert slack.channel("acme").messages == []


def test_the_inspector_hides_every_token(slack: Sandbox, client: WebClient, acme: str) -> None:
    client.api_call("api.test", params={"note": f"token {slack.bot_token}"})
    WebClient(slack.app_token, base_url=slack.api_url).apps_connections_open(app_token=slack.app_token)
    shown = json.dumps(slack.requests)
    assert slack.bot_token not in shown
    assert slack.app_token not in shown
    assert [row["name"] for row in slack.requests][-2:] == ["api.test", "apps.connections.open"]


def test_every_method_is_one_that_slack_documents() -> None:
    assert set(METHODS) <= set(methods())


def _codes() -> Iterator[tuple[str, str]]:
    for path in sorted((TABLE.parent / "api").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ApiError"
            if named and node.args and isinstance(node.args[0], ast.Constant):  # type: ignore[attr-defined]
                yield path.stem, str(node.args[0].value)  # type: ignore[attr-defined]


def test_every_error_code_in_the_source_is_one_that_slack_documents() -> None:
    documented = {code for method in methods().values() for code in method.errors}
    assert {(module, code) for module, code in _codes() if code not in documented | {"invalid_arguments"}} == set()


def test_the_table_of_methods_is_what_the_reference_distils_to() -> None:
    table = json.loads(TABLE.read_text("utf-8"))
    assert len(table["methods"]) == 73
    assert table["methods"]["chat.postMessage"]["scopes"] == ["chat:write"]
    if REFERENCE.is_dir():
        assert table == distil(REFERENCE)
