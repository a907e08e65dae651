"""Acknowledgements over the socket: whole frames of any size, and another connection when one is gone."""

import asyncio
import json
import logging
import queue
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from aiohttp import web
from slack_bolt import BoltResponse
from slack_sdk.errors import SlackClientNotConnectedError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.builtin.connection import Connection

from bot.doors import acks

QUIET = logging.getLogger("tests.acks")


class OtherEnd:
    """A WebSocket server that keeps the texts it is sent."""

    def __init__(self) -> None:
        """Listens once `serve` runs."""
        self.texts: queue.Queue[str] = queue.Queue()
        self.port = 0
        self.listening: queue.Queue[int] = queue.Queue()
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()

    def run(self) -> None:
        """Serve until `stop`."""
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    def stop(self) -> None:
        """Close everything."""
        self._loop.call_soon_threadsafe(self._over.set)

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_get("/", self._hold)
        runner = web.AppRunner(app, shutdown_timeout=0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.listening.put(runner.addresses[0][1])
        await self._over.wait()
        await runner.cleanup()

    async def _hold(self, request: web.Request) -> web.WebSocketResponse:
        held = web.WebSocketResponse()
        await held.prepare(request)
        async for message in held:
            self.texts.put(message.data)
        return held


@pytest.fixture(scope="module")
def end() -> Iterator[OtherEnd]:
    """The other end of every connection."""
    made = OtherEnd()
    serving = threading.Thread(target=made.run)
    serving.start()
    made.port = made.listening.get(timeout=10)
    yield made
    made.stop()
    serving.join()


@pytest.fixture(scope="module")
def unconnected() -> Iterator[SocketModeClient]:
    """The SDK's client."""
    made = SocketModeClient("xapp-1", logger=QUIET, auto_reconnect_enabled=False)
    yield made
    made.close()


@pytest.fixture
def client(unconnected: SocketModeClient, end: OtherEnd) -> Iterator[SocketModeClient]:
    """The same with a connection to the other end."""
    unconnected.current_session = connection(end.port)
    yield unconnected
    unconnected.disconnect()


def connection(port: int) -> Connection:
    """A connection of the SDK's."""
    made = Connection(f"ws://127.0.0.1:{port}/", QUIET)
    made.connect()
    return made


@pytest.mark.parametrize("size", [1, 125, 126, 1_000, 65_535, 65_536, 300_000])
def test_a_text_of_any_size_arrives_whole(client: SocketModeClient, end: OtherEnd, size: int) -> None:
    text = "".join(chr(ord("a") + place % 26) for place in range(size))
    acks.send(client, text)
    assert end.texts.get(timeout=10) == text


def test_what_stands_outside_ascii_arrives_as_it_was(client: SocketModeClient, end: OtherEnd) -> None:
    acks.send(client, "Blåbærsyltetøy 🫐")
    assert end.texts.get(timeout=10) == "Blåbærsyltetøy 🫐"


def test_many_at_once_do_not_mix(client: SocketModeClient, end: OtherEnd) -> None:
    texts = [str(number) * 20_000 for number in range(8)]
    with ThreadPoolExecutor(len(texts)) as pool:
        list(pool.map(lambda text: acks.send(client, text), texts))
    assert sorted(end.texts.get(timeout=10) for _ in texts) == texts


def test_an_ack_goes_over_the_connection_that_replaces_a_dead_one(client: SocketModeClient, end: OtherEnd) -> None:
    dead = client.current_session
    assert dead is not None
    assert dead.sock is not None
    dead.sock.shutdown(socket.SHUT_RDWR)
    with ThreadPoolExecutor(1) as pool:
        with client.connect_operation_lock:
            sent = pool.submit(acks.send, client, "here")
            while dead.is_active():
                threading.Event().wait(0.01)
            client.current_session = connection(end.port)
        sent.result(timeout=10)
    assert end.texts.get(timeout=10) == "here"


def test_a_connection_that_two_threads_close_at_once_is_closed(client: SocketModeClient) -> None:
    both = client.current_session
    assert both is not None
    with ThreadPoolExecutor(2) as pool:
        with both.sock_send_lock:
            closing = [pool.submit(acks.hang_up, both) for _ in range(2)]
            threading.Event().wait(0.1)  # both have seen the socket, and wait for the lock
        for one in closing:
            one.result(timeout=10)
    assert not both.is_active()


def test_without_a_connection_it_says_so(client: SocketModeClient) -> None:
    client.disconnect()
    with pytest.raises(SlackClientNotConnectedError, match="closed"):
        acks.send(client, "nobody hears")


@pytest.mark.parametrize(
    ("response", "payload"),
    [
        (BoltResponse(status=200, body=""), None),
        (BoltResponse(status=200, body={"response_action": "clear"}), {"response_action": "clear"}),
        (BoltResponse(status=200, body='say "hi"'), {"text": 'say "hi"'}),
    ],
)
def test_an_envelope_carries_what_was_answered(response: BoltResponse, payload: object) -> None:
    told = json.loads(acks.envelope("e-1", response))
    assert told == {"envelope_id": "e-1"} | ({} if payload is None else {"payload": payload})
