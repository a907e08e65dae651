"""The two doors through which Slack's requests come in: Socket Mode, and signed HTTP.

Source: docs.slack.dev/apis/events-api/using-socket-mode and /authentication/verifying-requests.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from slack_bolt import BoltRequest
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_bolt.adapter.socket_mode.internals import run_bolt_app
from slack_sdk.signature import Clock
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot import acks
from bot.admission import SLACK, STATUS, Reason, Refused, TurnedAwayError, admit, demand_way
from bot.app import Vakt
from bot.hook_door import HOOKS, HookPlace
from bot.listening import Listener, StartResponse, reply
from bot.slow_clients import READ_SECONDS, channel_class
from bot.socket_watch import Pace, SocketWatch
from bot.taking import taken
from bot.tally import Tally
from bot.web import Watch
from handlers.shapes import readable
from models.ids import new_id

CONCURRENCY = 20

LARGEST_BODY = 1_000_000


class SocketDoor:
    """Slack's requests over a WebSocket that we open, and open anew when it is dead."""

    def __init__(self, vakt: Vakt, *, pace: Pace = Pace()) -> None:  # noqa: B008 - frozen
        """Nothing is opened until `start`."""
        self._watch = SocketWatch(lambda: _Client(vakt, pace), pace, vakt.tally.count)

    def start(self) -> None:
        """Connect."""
        self._watch.start()

    def stop(self) -> None:
        """Disconnect, after what is being answered."""
        self._watch.stop()

    @property
    def handler(self) -> SocketModeHandler:
        """The client that holds the socket now."""
        return self._watch.handler

    @property
    def is_open(self) -> bool:
        """Whether the socket is alive, as far as anybody knows."""
        return self._watch.is_open

    @property
    def silent_seconds(self) -> float:
        """Since when nothing was heard."""
        return self._watch.silent_seconds


class _Client(SocketModeHandler):
    """The SDK's client, given only what can be read, with every request counted and named in the log."""

    def __init__(self, vakt: Vakt, pace: Pace) -> None:
        self._tally: Tally = vakt.tally
        quiet = logging.getLogger("vakt.socket")
        quiet.setLevel(logging.WARNING)
        super().__init__(
            vakt.bolt,
            vakt.settings.slack_app_token.get_secret_value(),
            logger=quiet,
            web_client=vakt.bolt.client,
            ping_interval=pace.ping,
            concurrency=CONCURRENCY,
        )

    def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        payload = readable(req.payload)
        if payload is None:
            with taken(self._tally, req.envelope_id, None):
                return
        req.payload = payload
        with taken(self._tally, req.envelope_id, payload) as it:
            response = run_bolt_app(self.app, req)
            acks.answer(client, req.envelope_id, response)
            it.status = response.status


class HttpDoor:
    """Slack's signed requests, on `/slack/events`; beside it hooks, and what is told to those who watch."""

    def __init__(
        self,
        vakt: Vakt,
        *,
        host: str = "0.0.0.0",  # noqa: S104 - behind a balancer
        read_seconds: float = READ_SECONDS,
    ) -> None:
        """Bind the port; port 0 takes a free one."""
        self._vakt = vakt
        self._refused = Refused(vakt.tally.count)
        self._watch = Watch(vakt, self)
        self._hooks = HookPlace(vakt)
        self._listener = Listener(
            self._answer,
            host,
            vakt.settings.vakt_http_port,
            threads=CONCURRENCY,
            largest_body=LARGEST_BODY,
            channel=channel_class(self._refused, read_seconds),
        )
        self.port = self._listener.port

    def start(self) -> None:
        """Listen."""
        self._listener.start()

    def stop(self) -> None:
        """Stop listening."""
        self._listener.stop()

    @property
    def is_open(self) -> bool:
        """Whether it listens."""
        return self._listener.is_open

    @property
    def silent_seconds(self) -> float:
        """Nobody has to speak here: 0."""
        return 0.0

    @property
    def refused(self) -> Counter[str]:
        """How many requests were turned away, by `bot.admission.Reason`."""
        return self._refused.counts

    def _answer(self, environ: Mapping[str, Any], start: StartResponse) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path.startswith(HOOKS):
            return self._hooks.answer(environ, start)
        page = self._watch.answer(path) if method == "GET" and path != SLACK else None
        if page is not None:
            return reply(start, page.status, page.body, page.headers)
        try:
            return self._take_in(environ, start)
        except TurnedAwayError as turned:
            self._refused.count(turned.reason)
            allow = {"allow": "POST"} if turned.reason is Reason.METHOD else {}
            return reply(start, STATUS[turned.reason], f"refused: {turned.reason}\n", allow)

    def _take_in(self, environ: Mapping[str, Any], start: StartResponse) -> Iterable[bytes]:
        demand_way(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        headers = _headers(environ)
        secret = self._vakt.settings.slack_signing_secret.get_secret_value()
        payload = admit(environ["wsgi.input"].read(), headers, secret, Clock())
        with ExitStack() as stack:
            it = stack.enter_context(taken(self._vakt.tally, new_id(), payload))
            response = self._vakt.bolt.dispatch(bolt_request(payload, headers))
            it.status = response.status
            if response.status == STATUS[Reason.PAYLOAD]:
                self._refused.count(Reason.PAYLOAD)
            answer = reply(start, response.status, response.body, response.first_headers_without_set_cookie())
            return _Sent(answer, stack.pop_all().close)


class _Sent:
    """An answer, and what is done once it has been handed over: Slack does not wait for a line in the log."""

    def __init__(self, chunks: Iterable[bytes], close: Callable[[], None]) -> None:
        self._chunks = chunks
        self.close = close

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)


def bolt_request(payload: dict[str, Any], headers: Mapping[str, str]) -> BoltRequest:
    """A payload that was let in, as Bolt takes it: it neither verifies nor parses it once more."""
    kept: dict[str, str | Sequence[str]] = {
        name: value for name, value in headers.items() if name.startswith("x-slack-retry-")
    }
    return BoltRequest(body=payload, headers=kept, mode="socket_mode")


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    named = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}
    return named | {"content-type": environ.get("CONTENT_TYPE", "")}
