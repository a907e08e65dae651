"""Deliveries to the app: sockets, signed HTTP, acknowledgements, repetitions."""

import asyncio
import json
import urllib.parse
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier

from sandbox import Limits, Sandbox
from sandbox.clock_hook import TOKEN
from tests.loops import in_a_loop
from tests.sandbox.other_end import HookApp, Recorder

Json = dict[str, Any]
Run = Callable[[App], None]


async def connected(slack: Sandbox, session: aiohttp.ClientSession) -> tuple[aiohttp.ClientWebSocketResponse, Json]:
    """Open one socket as an SDK does; return it and its hello."""
    headers = {"Authorization": f"Bearer {slack.app_token}"}
    async with session.post(f"{slack.api_url}apps.connections.open", headers=headers) as answer:
        url = (await answer.json())["url"]
    socket = await session.ws_connect(url)
    return socket, await socket.receive_json(timeout=3)


def over_sockets(slack: Sandbox, story: Callable[[aiohttp.ClientSession], Any]) -> Any:  # noqa: ANN401 - the story's result
    """Run `story` with a client session."""

    async def run() -> Any:  # noqa: ANN401 - the story's result
        async with aiohttp.ClientSession(trust_env=False) as session:
            return await story(session)

    return in_a_loop(run())


def test_a_socket_says_hello_with_the_count_of_sockets(slack: Sandbox) -> None:
    async def story(session: aiohttp.ClientSession) -> list[Json]:
        opened = [await connected(slack, session) for _ in range(2)]
        return [hello for _, hello in opened]

    first, second = over_sockets(slack, story)
    assert (first["type"], first["num_connections"], second["num_connections"]) == ("hello", 1, 2)
    assert first["connection_info"] == {"app_id": slack.world.workspace.app_id}


def test_a_ticket_opens_one_socket_only(slack: Sandbox) -> None:
    async def story(session: aiohttp.ClientSession) -> int:
        headers = {"Authorization": f"Bearer {slack.app_token}"}
        async with session.post(f"{slack.api_url}apps.connections.open", headers=headers) as answer:
            url = (await answer.json())["url"]
        await session.ws_connect(url)
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(url)
        return caught.value.status

    assert over_sockets(slack, story) == 403


def test_the_eleventh_socket_is_sent_away(slack: Sandbox) -> None:
    async def story(session: aiohttp.ClientSession) -> Json:
        opened = [await connected(slack, session) for _ in range(11)]
        return opened[-1][1]

    answer = over_sockets(slack, story)
    assert (answer["type"], answer["reason"]) == ("disconnect", "too_many_websockets")


def test_an_envelope_may_be_acknowledged_on_another_socket(slack: Sandbox) -> None:
    async def story(session: aiohttp.ClientSession) -> Any:  # noqa: ANN401 - a command's answer
        sockets = [(await connected(slack, session))[0] for _ in range(2)]
        typing = asyncio.create_task(asyncio.to_thread(slack.person("kari").types, "/plain hi", "#acme"))
        reading = [asyncio.create_task(one.receive_json(timeout=3)) for one in sockets]
        done, waiting = await asyncio.wait(reading, return_when=asyncio.FIRST_COMPLETED)
        envelope = done.pop().result()
        other = sockets[0] if reading[0] in waiting else sockets[1]
        waiting.pop().cancel()
        await other.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "from the other"}})
        return envelope, await typing

    envelope, answer = over_sockets(slack, story)
    assert (envelope["type"], envelope["accepts_response_payload"], "retry_attempt" in envelope) == (
        "slash_commands",
        True,
        False,
    )
    assert answer.text == "from the other"


def test_a_refresh_makes_the_app_reconnect(slack: Sandbox, app: App, run_by_sockets: Run) -> None:
    @app.command("/plain")
    def plain(ack: Ack) -> None:
        ack("here")

    run_by_sockets(app)
    slack.refresh_sockets()
    slack.waits_for_app()
    assert slack.person("kari").types("/plain", in_="#acme").text == "here"


def test_without_an_app_a_command_fails_to_be_dispatched(slack: Sandbox) -> None:
    assert slack.person("kari").types("/plain", in_="#acme").error == "dispatch_failed"


@pytest.mark.parametrize("limits", [replace(Limits(), ack=0.2)])
def test_an_app_that_says_nothing_in_time_gives_operation_timeout(slack: Sandbox, app: App, run: Run) -> None:
    @app.command("/plain")
    def plain() -> None:
        """Never acknowledges."""

    run(app)
    slack.drop_sockets(half_open=True)
    answer = slack.person("kari").types("/plain", in_="#acme")
    assert answer.error in {"operation_timeout", "dispatch_failed"}


def test_a_half_open_socket_swallows_what_is_sent(slack: Sandbox) -> None:
    slack.world.limits = replace(slack.world.limits, ack=0.2)

    async def story(session: aiohttp.ClientSession) -> Any:  # noqa: ANN401 - a command's answer
        _open = await connected(slack, session)
        await asyncio.to_thread(slack.drop_sockets, half_open=True)
        return await asyncio.to_thread(slack.person("kari").types, "/plain", "#acme")

    assert over_sockets(slack, story).error == "operation_timeout"


def test_an_event_refused_is_delivered_three_times_more_with_its_id(slack: Sandbox, recorder: Recorder) -> None:
    recorder.statuses = [503, 500, 404, 503, 200]
    slack.person("kari").types("hello", in_="#acme")
    assert slack.until(lambda: len(recorder.payloads) >= 4, 5)
    slack.idle()
    assert len({one["event_id"] for one in recorder.payloads}) == 1
    assert [headers.get("x-slack-retry-num") for headers, _ in recorder.door.seen] == [None, "1", "2", "3"]
    assert recorder.door.seen[1][0]["x-slack-retry-reason"] == "http_error"


def test_an_event_is_delivered_once_when_it_is_accepted(slack: Sandbox, recorder: Recorder) -> None:
    slack.person("kari").types("hello", in_="#acme")
    slack.idle()
    assert len(recorder.payloads) == 1


def test_a_duplicate_envelope_carries_the_same_event_id(slack: Sandbox, recorder: Recorder) -> None:
    slack.fault("events_api", kind="duplicate")
    slack.person("kari").types("hello", in_="#acme")
    slack.idle()
    assert len(recorder.payloads) == 2
    assert slack.redeliver()
    assert len({one["event_id"] for one in recorder.payloads}) == 1
    assert len(recorder.payloads) == 3


def test_requests_are_signed_so_that_the_sdk_accepts_them(slack: Sandbox, recorder: Recorder) -> None:
    slack.person("kari").types("/plain hello", in_="#acme")
    headers, body = recorder.door.seen[0]
    assert SignatureVerifier(slack.signing_secret).is_valid_request(body, headers)
    assert not SignatureVerifier("another").is_valid_request(body, headers)


def test_the_address_proves_itself_by_the_challenge(slack: Sandbox, app: App, run: Run, transport: str) -> None:
    run(app)
    assert slack.verifies_url() is (transport == "http")


def test_deliveries_go_to_this_machine_only(slack: Sandbox) -> None:
    for url in ("http://example.com/slack/events", "http://192.168.1.1/", "https://hooks.slack.com/"):
        with pytest.raises(ValueError, match="this machine only"):
            slack.deliver_by_http(url)


@pytest.mark.parametrize(
    ("where", "who", "arrives"), [("#acme", "kari", True), ("#elsewhere", "kari", False), (None, "kari", True)]
)
def test_events_come_only_from_where_the_bot_is(
    slack: Sandbox, recorder: Recorder, where: str, who: str, arrives: bool
) -> None:
    slack.add_channel("elsewhere", members=["kari"], bot=False)
    slack.person(who).types("hello", in_=where)
    slack.idle()
    assert bool(recorder.events("message")) is arrives


def test_events_come_only_when_they_are_subscribed_to(manifest: Json, slack: Sandbox, recorder: Recorder) -> None:
    kari = slack.person("kari")
    kari.edits(kari.types("hello", in_="#acme"), "hello again")
    slack.idle()
    assert [one.get("subtype") for one in recorder.events("message")] == [None, "message_changed"]
    settings: Json = {"event_subscriptions": {"bot_events": []}}
    with Sandbox({**manifest, "settings": settings}, http_target=recorder.door.url) as quiet:
        ola = quiet.add_person("ola")
        quiet.add_channel("acme", members=[ola])
        before = len(recorder.payloads)
        ola.types("hello", in_="#acme")
        quiet.idle()
        assert len(recorder.payloads) == before


def test_a_response_address_takes_five_answers_and_no_sixth(
    slack: Sandbox, recorder: Recorder, closing: ExitStack
) -> None:
    kari = slack.person("kari")
    kari.types("/plain hello", in_="#acme")
    url = recorder.last("command")["response_url"]
    assert url.startswith(slack.url)
    statuses = [in_a_loop(_answer(url, {"text": f"answer {n}"})) for n in range(6)]
    assert statuses == [200] * 5 + [404]
    assert [one.text for one in kari.private_answers("#acme")] == [f"answer {n}" for n in range(5)]


async def _answer(url: str, body: Json) -> int:
    async with aiohttp.ClientSession(trust_env=False) as session, session.post(url, json=body) as answer:
        return answer.status


def test_a_response_replaces_and_deletes_the_private_message_it_came_from(
    slack: Sandbox, client: WebClient, recorder: Recorder
) -> None:
    kari = slack.person("kari")
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    client.chat_postEphemeral(
        channel=slack.channel("acme").id, user=kari.id, text="asked", blocks=[{"type": "actions", "elements": [button]}]
    )
    asked = slack.expects_private("Go", to=kari)
    kari.clicks("Go", on=asked)
    payload = recorder.last("block_actions")
    assert (payload["container"]["is_ephemeral"], "message" in payload) == (True, False)
    in_a_loop(_answer(payload["response_url"], {"text": "done", "replace_original": True}))
    assert asked.words == "done"
    in_a_loop(_answer(payload["response_url"], {"delete_original": True}))
    assert kari.private_answers("#acme") == []


def test_a_clock_hook_is_stepped_from_due_instant_to_due_instant(
    manifest: Json,
    hook_app: HookApp,
) -> None:
    with Sandbox(manifest, clock_hook=hook_app.url) as slack:
        kari = slack.add_person("kari")
        answer = in_a_loop(_move_clock(slack, kari.id, {"by": "1h"}))
        assert answer["ok"]
        start = hook_app.start
        assert [round((one - start) / 60) for one in hook_app.moves] == [10, 30, 60]
        assert hook_app.tokens == {f"Bearer {hook_app.secret}"}
        assert abs(slack.clock.seconds() - (start + 3600)) < 5
    assert TOKEN == "VAKT_CLOCK_HOOK_TOKEN"


async def _move_clock(slack: Sandbox, person: str, step: Json) -> Json:
    headers = {"X-Sandbox": "1"}
    async with aiohttp.ClientSession(trust_env=False, headers=headers) as session:
        slack.clock.set(slack.clock.now())
        async with session.post(f"{slack.url}/sandbox/clock", data=json.dumps({"as": person, **step})) as answer:
            found: Json = await answer.json()
            return found


def test_events_arrive_in_the_order_in_which_things_happened(slack: Sandbox, recorder: Recorder) -> None:
    for n in range(10):
        slack.person("kari").types(str(n), in_="#acme")
    slack.idle()
    assert [one["text"] for one in recorder.events("message")] == [str(n) for n in range(10)]


def test_an_installation_leads_back_with_a_code_that_is_good_once(slack: Sandbox) -> None:
    async def story(session: aiohttp.ClientSession) -> tuple[str, int]:
        query = {"redirect_uri": "http://127.0.0.1:1/back", "state": "s"}
        url = f"{slack.url}/oauth/v2/authorize"
        async with session.get(url, params=query, allow_redirects=False) as answer:
            back = answer.headers["Location"]
        elsewhere = {"redirect_uri": "https://evil.example/back"}
        async with session.get(url, params=elsewhere, allow_redirects=False) as answer:
            return back, answer.status

    back, refused = over_sockets(slack, story)
    words = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(back).query))
    assert (words["state"], refused) == ("s", 400)
    client = WebClient(base_url=slack.api_url)
    install = {"client_id": "1", "client_secret": "2", "code": words["code"]}
    assert client.oauth_v2_access(**install)["access_token"] == slack.bot_token
    with pytest.raises(SlackApiError, match="invalid_code"):
        client.oauth_v2_access(**install)
