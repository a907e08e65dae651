"""The page's API: what a browser gets, what it may do, and what it is told live."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from slack_bolt import Ack, App
from slack_sdk import WebClient

from sandbox import Sandbox
from tests.loops import in_a_loop

Json = dict[str, Any]
Run = Callable[[App], None]
ROOT = Path(__file__).parents[2]


class Browser:
    """What the page does, as one person."""

    def __init__(self, slack: Sandbox, handle: str) -> None:
        self.slack = slack
        self.me = slack.person(handle).id

    def _open(self, request: urllib.request.Request) -> Any:  # noqa: ANN401 - any JSON
        request.add_header("X-Sandbox", "1")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return json.loads(error.read())

    def read(self, what: str, **query: str) -> Any:  # noqa: ANN401 - any JSON
        words = urllib.parse.urlencode({"as": self.me, **query})
        return self._open(urllib.request.Request(f"{self.slack.url}/sandbox/{what}?{words}"))

    def act(self, name: str, /, **detail: object) -> Json:
        return self.post("act", {"as": self.me, "act": name, **detail})

    def post(self, what: str, body: Json) -> Json:
        found: Json = self._open(urllib.request.Request(f"{self.slack.url}/sandbox/{what}", json.dumps(body).encode()))
        return found


@pytest.fixture
def kari(slack: Sandbox) -> Browser:
    return Browser(slack, "kari")


def test_the_state_shows_people_places_commands_and_the_clock(slack: Sandbox, kari: Browser) -> None:
    state = kari.read("state")
    assert state["me"] == kari.me
    assert [(one["name"], one["is_bot"]) for one in state["people"]] == [
        ("echo", True),
        ("kari", False),
        ("ola", False),
    ]
    assert [(one["name"], one["kind"], one["member"]) for one in state["channels"]] == [("acme", "channel", True)]
    assert state["commands"][0] == {"command": "/echo", "description": "Says it back", "usage_hint": "words"}
    assert {one["type"] for one in state["shortcuts"]} == {"global", "message"}
    assert state["app"] == {"name": "Echo", "bot_user_id": slack.bot_user_id, "home_tab": True}
    assert state["clock"]["hook"] is False


def test_the_first_visit_needs_no_name(slack: Sandbox) -> None:
    request = urllib.request.Request(f"{slack.url}/sandbox/state", headers={"X-Sandbox": "1"})
    with urllib.request.urlopen(request) as answer:
        assert json.loads(answer.read())["me"] == slack.person("kari").id


def test_messages_are_written_changed_reacted_to_and_removed(slack: Sandbox, kari: Browser) -> None:
    channel = slack.channel("acme").id
    ts = kari.act("post", channel=channel, text="hello")["ts"]
    kari.act("post", channel=channel, text="reply", thread_ts=ts)
    assert kari.act("edit", channel=channel, ts=ts, text="hello again")["ok"]
    kari.act("react", channel=channel, ts=ts, name="tada")
    [message] = kari.read("messages", channel=channel)["messages"]
    assert (message["text"], message["reply_count"], message["reactions"][0]["name"]) == ("hello again", 1, "tada")
    assert [one["text"] for one in kari.read("messages", channel=channel, thread=ts)["messages"]] == [
        "hello again",
        "reply",
    ]
    assert Browser(slack, "ola").read("state")["channels"][0]["unread"] == 1
    assert kari.act("delete", channel=channel, ts="1.000001")["error"] == "message_not_found"


def test_a_command_its_modal_and_its_card_work_from_the_page(
    slack: Sandbox, kari: Browser, app: App, run_by_sockets: Run
) -> None:
    word = {"type": "plain_text", "text": "Line"}
    field = {"type": "input", "block_id": "b", "label": word, "element": {"type": "plain_text_input", "action_id": "a"}}

    @app.command("/echo")
    def echo(ack: Ack, command: Json, client: WebClient) -> None:
        ack("Opening")
        client.views_open(
            trigger_id=command["trigger_id"],
            view={"type": "modal", "callback_id": "f", "title": word, "submit": word, "blocks": [field]},
        )

    @app.view("f")
    def submitted(ack: Ack, view: Json, client: WebClient) -> None:
        text = view["state"]["values"]["b"]["a"]["value"]
        if text == "bad":
            ack(response_action="errors", errors={"b": "Say more"})
            return
        ack()
        button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
        client.chat_postMessage(
            channel=slack.channel("acme").id,
            text=text,
            blocks=[{"type": "actions", "block_id": "x", "elements": [button]}],
        )

    @app.action("go")
    def go(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="gone")

    run_by_sockets(app)
    channel = slack.channel("acme").id
    assert kari.act("command", channel=channel, text="/echo") == {"ok": True}
    view = slack.world.views.top(kari.me)
    assert view is not None
    state = {"b": {"a": {"type": "plain_text_input", "value": "bad"}}}
    assert kari.act("submit", view_id=view.id, state=state)["errors"] == {"b": "Say more"}
    state["b"]["a"]["value"] = "T-1"
    assert kari.act("submit", view_id=view.id, state=state)["response_action"] == "close"
    message = slack.expects("T-1", in_="#acme")
    action = {"action_id": "go", "block_id": "x", "type": "button"}
    assert kari.act("action", action=action, channel=channel, ts=message.ts, state={}) == {"ok": True}
    slack.expects_edit(message, "gone")
    rows = kari.read("requests")["requests"]
    assert {"slash_commands", "chat.update"} & {row["name"] for row in rows} == {"chat.update"}
    assert {row["door"] for row in rows} == {"web_api", "socket"}
    assert Browser(slack, "ola").act("submit", view_id=view.id, state=state)["error"] == "view_not_found"


def test_a_command_that_nobody_answers_says_so(slack: Sandbox, kari: Browser) -> None:
    assert kari.act("command", channel=slack.channel("acme").id, text="/echo")["error"] == "dispatch_failed"
    assert kari.act("command", channel=slack.channel("acme").id, text="/nope")["error"] == "unknown_command"
    assert kari.act("fly")["error"] == "unknown_act"
    assert kari.act("post")["error"] == "bad_request"


def test_an_open_page_is_told_what_changes(slack: Sandbox, client: WebClient, kari: Browser) -> None:
    async def story() -> list[Json]:
        async with aiohttp.ClientSession(trust_env=False) as session:
            live = await session.ws_connect(f"{slack.url}/sandbox/live?as={kari.me}")
            notes = [await live.receive_json(timeout=3)]
            await asyncio.to_thread(client.chat_postMessage, channel=slack.channel("acme").id, text="news")
            await asyncio.to_thread(
                client.chat_postEphemeral, channel=slack.channel("acme").id, user=kari.me, text="psst"
            )
            await asyncio.to_thread(
                client.chat_postEphemeral, channel=slack.channel("acme").id, user=slack.person("ola").id, text="not you"
            )
            while sum(note["type"] == "request" and note["row"]["door"] == "web_api" for note in notes) < 3:
                notes.append(await live.receive_json(timeout=3))
            return notes

    notes = in_a_loop(story())
    assert notes[0] == {"type": "view", "stack": []}
    assert [note["message"]["text"] for note in notes if note["type"] == "message"] == ["news"]
    assert [note["message"]["text"] for note in notes if note["type"] == "ephemeral"] == ["psst"]
    assert "chat.postMessage" in [note["row"]["name"] for note in notes if note["type"] == "request"]


def test_the_clock_moves_by_a_length_and_to_an_instant(slack: Sandbox, kari: Browser) -> None:
    slack.clock.runs = False
    before = slack.clock.seconds()
    assert kari.post("clock", {"by": "15m"})["ok"]
    assert slack.clock.seconds() == pytest.approx(before + 900)
    assert kari.post("clock", {"to": "2026-11-23T08:00:00+00:00"})["clock"]["now"] == "2026-11-23T08:00:00+00:00"
    assert kari.post("clock", {"by": "soon"})["error"] == "bad_request"
    assert kari.post("clock", {"to": "next_reminder"})["error"] == "bad_request"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Sandbox": "1", "Origin": "http://evil.example"},
        {"X-Sandbox": "1", "Sec-Fetch-Site": "cross-site"},
        {"X-Sandbox": "1", "Host": "evil.example"},
    ],
)
def test_a_foreign_page_can_do_nothing(slack: Sandbox, headers: dict[str, str]) -> None:
    body = json.dumps({"as": slack.person("kari").id, "act": "post", "channel": slack.channel("acme").id, "text": "x"})
    request = urllib.request.Request(f"{slack.url}/sandbox/act", body.encode(), headers)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    caught.value.close()
    assert caught.value.code == 403
    assert slack.channel("acme").messages == []


def test_the_page_is_served_under_a_strict_policy_and_nothing_else_is(slack: Sandbox) -> None:
    with urllib.request.urlopen(f"{slack.url}/page/main.js") as answer:
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for path in ("/page/../server.py", "/page/%2e%2e/server.py", "/page/nothing.js"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(slack.url + path)
        caught.value.close()
        assert caught.value.code == 404


def test_the_command_line_prints_one_line_and_stops_when_told(tmp_path: Path, manifest: Json) -> None:
    (tmp_path / "manifest.yml").write_text(yaml.safe_dump(manifest), "utf-8")
    seed = {
        "team": {"name": "Demo", "domain": "demo"},
        "people": [{"handle": "per", "name": "Per Olsen", "title": "Senior"}],
        "channels": [{"name": "desk", "members": ["per"], "topic": "Support"}],
    }
    (tmp_path / "seed.json").write_text(json.dumps(seed), "utf-8")
    command = [
        sys.executable,
        "-m",
        "sandbox",
        "--manifest",
        str(tmp_path / "manifest.yml"),
        "--seed",
        str(tmp_path / "seed.json"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert set(ready) == {"url", "api_url", "bot_token", "app_token", "signing_secret", "team_id"}
        assert WebClient(ready["bot_token"], base_url=ready["api_url"]).auth_test()["team"] == "Demo"
        assert not ready["bot_token"].removeprefix("xoxb-sandbox-").count("-")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
