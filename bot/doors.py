"""The two doors through which Slack's requests come in: Socket Mode, and signed HTTP.

Source: docs.slack.dev/apis/events-api/using-socket-mode and /authentication/verifying-requests.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from slack_bolt import BoltRequest
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk.signature import Clock
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from waitress.server import create_server

from bot.admission import STATUS, Reason, Refused, TurnedAwayError, admit, demand_way
from bot.app import Vakt
from bot.slow_clients import CONNECTIONS, READ_SECONDS, channel_class
from handlers.shapes import readable

CONCURRENCY = 20
PING_SECONDS = 2
"""With the SDK's default of ten it takes 49 seconds to notice a dead socket; with two, eleven."""

LARGEST_BODY = 1_000_000

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Readable(SocketModeHandler):
    """Bolt's handler, given only what can be read; an envelope around anything else is left alone."""

    def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override] # as Bolt's own
        """Answer one envelope."""
        payload = readable(req.payload)
        if payload is not None:
            req.payload = payload
            super().handle(client, req)


class SocketDoor:
    """Slack's requests over a WebSocket that we open."""

    def __init__(self, vakt: Vakt) -> None:
        """Nothing is opened until `start`."""
        quiet = logging.getLogger("vakt.socket")
        quiet.setLevel(logging.WARNING)
        self.handler = Readable(
            vakt.bolt,
            vakt.settings.slack_app_token.get_secret_value(),
            logger=quiet,
            web_client=vakt.bolt.client,
            ping_interval=PING_SECONDS,
            concurrency=CONCURRENCY,
        )

    def start(self) -> None:
        """Connect."""
        self.handler.connect()  # type: ignore[no-untyped-call] # Bolt

    def stop(self) -> None:
        """Disconnect, after what is being answered."""
        self.handler.close()  # type: ignore[no-untyped-call] # Bolt

    @property
    def is_open(self) -> bool:
        """Whether the socket is alive, as far as anybody knows."""
        return bool(self.handler.client.is_connected())


class HttpDoor:
    """Slack's signed requests, on `/slack/events`; `/healthz` beside it."""

    def __init__(
        self,
        vakt: Vakt,
        *,
        host: str = "0.0.0.0",  # noqa: S104 - behind a balancer
        read_seconds: float = READ_SECONDS,
    ) -> None:
        """Bind the port; port 0 takes a free one."""
        self._vakt = vakt
        self._refused = Refused()
        self._sockets: dict[int, Any] = {}
        self._server = create_server(
            self._answer,
            map=self._sockets,
            host=host,
            port=vakt.settings.vakt_http_port,
            threads=CONCURRENCY,
            max_request_body_size=LARGEST_BODY,
            ident="vakt",
            connection_limit=CONNECTIONS,
            asyncore_use_poll=True,
        )
        self._server.channel_class = channel_class(self._refused, read_seconds)
        self.port = int(self._server.effective_port)
        self._thread = threading.Thread(target=self._server.run, name="http", daemon=True)

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.task_dispatcher.shutdown()
        if self._thread.is_alive():
            # In the loop's own thread, which would sleep on for a second otherwise.
            self._server.trigger.pull_trigger(self._close)
            self._thread.join(timeout=5)
        else:
            self._close()

    def _close(self) -> None:
        """The loop ends when nothing is left to listen to, its own wake-up pipe included."""
        for each in list(self._sockets.values()):
            each.close()

    @property
    def is_open(self) -> bool:
        """Whether it listens."""
        return self._thread.is_alive()

    def _answer(self, environ: Mapping[str, Any], start: StartResponse) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if (method, path) == ("GET", "/healthz"):
            return _reply(start, 200, "ok\n", {})
        try:
            return self._take_in(environ, start)
        except TurnedAwayError as turned:
            self._refused.count(turned.reason)
            allow = {"allow": "POST"} if turned.reason is Reason.METHOD else {}
            return _reply(start, STATUS[turned.reason], f"refused: {turned.reason}\n", allow)

    def _take_in(self, environ: Mapping[str, Any], start: StartResponse) -> Iterable[bytes]:
        demand_way(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        headers = _headers(environ)
        secret = self._vakt.settings.slack_signing_secret.get_secret_value()
        payload = admit(environ["wsgi.input"].read(), headers, secret, Clock())
        response = self._vakt.bolt.dispatch(bolt_request(payload, headers))
        if response.status == STATUS[Reason.PAYLOAD]:
            self._refused.count(Reason.PAYLOAD)
        return _reply(start, response.status, response.body, response.first_headers_without_set_cookie())

    @property
    def refused(self) -> Counter[str]:
        """How many requests were turned away, by `bot.admission.Reason`."""
        return self._refused.counts


def bolt_request(payload: dict[str, Any], headers: Mapping[str, str]) -> BoltRequest:
    """A payload that was let in, as Bolt takes it: it neither verifies nor parses it once more."""
    kept: dict[str, str | Sequence[str]] = {
        name: value for name, value in headers.items() if name.startswith("x-slack-retry-")
    }
    return BoltRequest(body=payload, headers=kept, mode="socket_mode")


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    named = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}
    return named | {"content-type": environ.get("CONTENT_TYPE", "")}


def _reply(start: StartResponse, status: int, body: str, headers: Mapping[str, str]) -> Iterable[bytes]:
    sent = body.encode()
    kept = [(name, value) for name, value in headers.items() if name.lower() != "content-length"]
    start(
        f"{status} {HTTPStatus(status).phrase}",
        [*kept, ("content-length", str(len(sent)))],
    )
    return [sent]
