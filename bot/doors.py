"""The two doors through which Slack's requests come in: Socket Mode, and signed HTTP.

Source: docs.slack.dev/apis/events-api/using-socket-mode and /authentication/verifying-requests.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from slack_bolt import BoltRequest
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_bolt.context import BoltContext
from slack_bolt.request.internals import build_context
from waitress.server import create_server

from bot.app import Vakt

CONCURRENCY = 20
PING_SECONDS = 2
"""With the SDK's default of ten it takes 49 seconds to notice a dead socket; with two, eleven."""

LARGEST_BODY = 1_000_000

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class SocketDoor:
    """Slack's requests over a WebSocket that we open."""

    def __init__(self, vakt: Vakt) -> None:
        """Nothing is opened until `start`."""
        quiet = logging.getLogger("vakt.socket")
        quiet.setLevel(logging.WARNING)
        self.handler = SocketModeHandler(
            vakt.bolt,
            vakt.settings.slack_app_token.get_secret_value(),
            logger=quiet,
            web_client=vakt.bolt.client,
            ping_interval=PING_SECONDS,
            concurrency=CONCURRENCY,
        )

    def start(self) -> None:
        """Connect."""
        self.handler.connect()

    def stop(self) -> None:
        """Disconnect, after what is being answered."""
        self.handler.close()

    @property
    def is_open(self) -> bool:
        """Whether the socket is alive, as far as anybody knows."""
        return bool(self.handler.client.is_connected())


class HttpDoor:
    """Slack's signed requests, on `/slack/events`; `/healthz` beside it."""

    def __init__(self, vakt: Vakt, *, host: str = "0.0.0.0") -> None:  # noqa: S104 - behind a balancer
        """Bind the port; port 0 takes a free one."""
        self._vakt = vakt
        self._sockets: dict[int, Any] = {}
        self._server = create_server(
            self._answer,
            map=self._sockets,
            host=host,
            port=vakt.settings.vakt_http_port,
            threads=CONCURRENCY,
            max_request_body_size=LARGEST_BODY,
            ident="vakt",
        )
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
        if (method, path) != ("POST", "/slack/events"):
            return _reply(start, 404, "not found\n", {})
        raw = environ["wsgi.input"].read().decode("utf-8", errors="replace")
        response = self._vakt.bolt.dispatch(bolt_request(raw, _headers(environ)))
        return _reply(start, response.status, response.body, response.first_headers_without_set_cookie())


def bolt_request(raw: str, headers: Mapping[str, str]) -> BoltRequest:
    """The request as Bolt wants it.

    Bolt takes any form whose text contains the letters `payload` for an interaction, and answers
    404 to a command that says "the payload is broken"; here only a field of that name counts.
    """
    request = BoltRequest(body=raw, headers=dict(headers))
    fields = dict(parse_qsl(raw, keep_blank_values=True)) if "command=" in raw else {}
    if fields.get("command") and "payload" not in fields:
        request.body = fields
        request.context = build_context(BoltContext({}), fields)
    return request


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    named = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}
    return named | {"content-type": environ.get("CONTENT_TYPE", "")}


REASONS = {200: "OK", 401: "Unauthorized", 404: "Not Found", 503: "Service Unavailable"}


def _reply(start: StartResponse, status: int, body: str, headers: Mapping[str, str]) -> Iterable[bytes]:
    sent = body.encode()
    kept = [(name, value) for name, value in headers.items() if name.lower() != "content-length"]
    start(
        f"{status} {REASONS.get(status, 'Status')}",
        [*kept, ("content-length", str(len(sent)))],
    )
    return [sent]
