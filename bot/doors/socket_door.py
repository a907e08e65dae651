"""The door through which Slack's requests come in by Socket Mode. The other one is `bot.doors.http_door`.

Source: docs.slack.dev/apis/events-api/using-socket-mode.
"""

import logging

from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_bolt.adapter.socket_mode.internals import run_bolt_app
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.app import Vakt
from bot.doors import acks
from bot.doors.socket_watch import Pace, SocketWatch
from bot.taking import CONCURRENCY, taken
from bot.tally import Tally
from handlers.shapes import readable


class SocketDoor:
    """Slack's requests over a WebSocket that we open, and open anew when it is dead."""

    def __init__(self, vakt: Vakt, *, pace: Pace = Pace()) -> None:  # noqa: B008 - frozen
        """Nothing is opened until `start`."""
        self._watch = SocketWatch(lambda: _Client(vakt, pace), pace, vakt.tally.count)

    def __str__(self) -> str:
        """Which door it is."""
        return "socket"

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
