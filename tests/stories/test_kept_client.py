"""Slack's client keeps its connections, and never sends anything twice because of it."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest

from bot.gateway import Gateway, OutcomeUnknownError, SlackUnavailableError
from bot.kept_client import KeptClient, trusted
from handlers.views.blocks import Rendered
from handlers.views.typed import Mrkdwn

HELLO = Rendered(Mrkdwn("Hello"), ({"type": "divider"},))


@dataclass
class Wire:
    """What a server saw: the connection and the path of each request; and what it does next with one."""

    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    next: list[str] = field(default_factory=list)
    closed: Event = field(default_factory=Event)


class Server(ThreadingHTTPServer):
    """Answers as Slack does, or cuts, closes or limits as it is told."""

    daemon_threads = True

    def __init__(self, wire: Wire) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), Answer)
        self.wire = wire
        wire.url = f"http://127.0.0.1:{self.server_address[1]}/api/"

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as socketserver has it
        """Close a connection, and say so."""
        super().shutdown_request(request)
        self.wire.closed.set()


class Answer(BaseHTTPRequestHandler):
    """One connection of it."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        """Answer one request."""
        wire = self.server.wire
        self.rfile.read(int(self.headers["Content-Length"]))
        wire.asked.append((f"{self.client_address[1]}", self.path))
        does = wire.next.pop(0) if wire.next else "answer"
        if does == "cut":
            self.close_connection = True
            return
        status, body = (429, {"ok": False}) if does == "limit" else (200, {"ok": True, "channel": "C1", "ts": "1.1"})
        written = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(written)))
        if does == "limit":
            self.send_header("retry-after", "7")
        self.end_headers()
        self.wfile.write(written)
        self.close_connection = does == "close"

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """A server, reached without any proxy."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    wire = Wire()
    with Server(wire) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield wire
        server.shutdown()
        thread.join()


def gateway(url: str) -> Gateway:
    """A gateway over a client of its own."""
    client = KeptClient(token="xoxb-1", base_url=url, timeout=5)
    return Gateway(lambda _team_id: client)


def post(to: Gateway) -> None:
    """Post something."""
    to.post("T1", "C1", HELLO, "key", None)


def test_calls_one_after_another_share_a_connection(wire: Wire) -> None:
    slack = gateway(wire.url)
    for _ in range(3):
        post(slack)
    assert len(wire.asked) == 3
    assert len({connection for connection, _ in wire.asked}) == 1


def test_a_connection_that_slack_closed_is_not_used_again(wire: Wire) -> None:
    wire.next = ["close"]
    slack = gateway(wire.url)
    post(slack)
    assert wire.closed.wait(5)
    post(slack)
    assert len(wire.asked) == 2
    assert len({connection for connection, _ in wire.asked}) == 2


def test_what_is_cut_off_on_a_kept_connection_is_not_sent_again(wire: Wire) -> None:
    wire.next = ["answer", "cut"]
    slack = gateway(wire.url)
    post(slack)
    with pytest.raises(OutcomeUnknownError):
        post(slack)
    assert len(wire.asked) == 2
    post(slack)
    assert len(wire.asked) == 3


def test_retry_after_is_read_however_it_is_spelled(wire: Wire) -> None:
    wire.next = ["limit"]
    with pytest.raises(SlackUnavailableError) as told:
        post(gateway(wire.url))
    assert told.value.retry_after == 7


def test_nobody_there_is_known_to_have_done_nothing() -> None:
    with pytest.raises(SlackUnavailableError):
        post(gateway("http://127.0.0.1:9/api/"))


def test_a_proxy_is_asked_as_slack_sdk_asks_it(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", wire.url)
    post(gateway("http://slack.test/api/"))
    assert [path for _, path in wire.asked] == ["http://slack.test/api/chat.postMessage"]


def test_whom_this_machine_trusts_is_read_once_for_sockets_and_calls(wire: Wire) -> None:
    clients = [KeptClient(token="xoxb-1", base_url=url, timeout=1) for url in (wire.url, "https://slack.com/api/")]
    assert clients[0].ssl is clients[1].ssl is trusted()
    assert trusted().cert_store_stats()["x509_ca"] > 0
