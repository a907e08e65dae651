"""The door through which Slack's signed requests come in, beside what is told to those who watch, and hooks.

Source: docs.slack.dev/authentication/verifying-requests-from-slack.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from slack_bolt import BoltRequest
from slack_sdk.signature import Clock

from bot.app import Vakt
from bot.doors.admission import SLACK, STATUS, Reason, Refused, TurnedAwayError, admit, demand_way
from bot.doors.hook_door import HOOKS, HookPlace
from bot.doors.listening import Listener, StartResponse, reply
from bot.doors.slow_clients import READ_SECONDS, channel_class
from bot.doors.web import Watch
from bot.taking import CONCURRENCY, taken
from models.ids import new_id

LARGEST_BODY = 1_000_000


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

    def __str__(self) -> str:
        """Which door it is."""
        return f"http, port {self.port}"

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
        """How many requests were turned away, by `bot.doors.admission.Reason`."""
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
