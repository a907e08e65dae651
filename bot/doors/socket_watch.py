"""The socket to Slack, watched: one over which nothing is heard any more is given up and replaced.

The SDK looks after its socket too, but by the wall clock, only once a first pong has come, and only
while its own thread lives. Here silence is counted by the monotonic clock, and what is rebuilt is
the whole client, so it does not matter which part of it stands still.

Source: docs.slack.dev/apis/events-api/using-socket-mode.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException

import structlog
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.builtin import SocketModeClient

from bot.doors import acks
from bot.tally import RECONNECTS, Count

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between two pings, between two looks, and of silence until a socket counts as dead.

    Three pings unanswered, then a look, a second at most to open a new one: 10 s of the 15 that
    are allowed.
    """

    ping: float = 2.0
    look: float = 1.0
    silence: float = 7.0
    longest_pause: float = 5.0


Sign = tuple[str | None, float | None]
"""The session, and the moment its latest answered ping was sent: another one means that it was heard."""

FAILURES = (SlackClientError, OSError, HTTPException)
"""Slack is down or refuses, or its answer broke off; URLError is an OSError."""


class SocketWatch:
    """Holds the client that holds the socket."""

    def __init__(self, make: Callable[[], SocketModeHandler], pace: Pace, count: Count) -> None:
        """`make` gives a client that is not connected yet."""
        self.handler = make()
        self._make = make
        self._pace = pace
        self._count = count
        self._heard: Sign | None = None
        self._silent = 0.0
        self._connecting = False
        self._pause = pace.look
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="socket-watch", daemon=True)

    def start(self) -> None:
        """Connect, and watch from now on.

        Raises:
            SlackApiError: Slack refuses the token.
            OSError: Slack cannot be reached; it may be called again.
        """
        self.handler.connect()
        self._heard = self._sign()
        self._thread.start()

    def stop(self) -> None:
        """Watch no more, and disconnect."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=15)
        end(self.handler)

    @property
    def is_open(self) -> bool:
        """Whether the socket is alive, as far as anybody knows."""
        return bool(self.handler.client.is_connected()) and self._silent < self._pace.silence

    @property
    def silent_seconds(self) -> float:
        """Since when nothing was heard."""
        return self._silent

    def _loop(self) -> None:
        looked_at = time.monotonic()
        while not self._stopping.wait(self._pause if self._connecting else self._pace.look):
            self._look_safely(time.monotonic() - looked_at)
            looked_at = time.monotonic()

    def _look_safely(self, passed: float) -> None:
        try:
            self._look(passed)
        except Exception:
            log.exception("socket_watch_failed")

    def _look(self, passed: float) -> None:
        if self._connecting:
            self._connect()
            return
        sign = self._sign()
        if sign is not None and sign != self._heard:
            self._hear(sign)
            return
        # A process that was stopped itself could not hear anything: that is not Slack's silence.
        self._silent += min(passed, 2 * self._pace.look)
        if self._silent >= self._pace.silence:
            self._replace()

    def _sign(self) -> Sign | None:
        session = self.handler.client.current_session
        if session is None or not session.is_active():
            return None
        return session.session_id, session.last_ping_pong_time

    def _hear(self, sign: Sign) -> None:
        if self._heard is not None and self._heard[0] != sign[0]:
            self._count(RECONNECTS, "refreshed")
        self._heard, self._silent = sign, 0.0

    def _replace(self) -> None:
        log.warning("socket_is_dead", silent_seconds=round(self._silent, 1))
        old, self.handler = self.handler, self._make()
        threading.Thread(target=_retire, args=(old,), name="old-socket", daemon=True).start()
        self._connecting, self._pause = True, self._pace.look
        self._connect()

    def _connect(self) -> None:
        try:
            self.handler.connect()
        except FAILURES as error:
            self._pause = min(self._pause * 2, self._pace.longest_pause)
            log.warning("socket_not_opened", why=str(error).partition("\n")[0], next_attempt_seconds=self._pause)
            return
        self._connecting, self._heard, self._silent = False, self._sign(), 0.0
        self._count(RECONNECTS, "dead")
        log.info("socket_opened_again")


def end(handler: SocketModeHandler) -> None:
    """Close a client.

    Its reader forgets that it was told to end when it begins at that very moment, and the SDK then
    waits for it without end: so it is told again until it has.
    """
    _wake(handler.client)
    closing = threading.Thread(target=_close, args=(handler,), name="socket-end", daemon=True)
    closing.start()
    while closing.is_alive():
        handler.client.current_session_state.terminated = True
        closing.join(0.05)


def _wake(client: SocketModeClient) -> None:
    """Let its threads see that it ends: one would wait three seconds for Slack, another one a second for a message."""
    client.closed = client.current_session_state.terminated = True
    open_socket = client.current_session.sock if client.current_session is not None else None
    if open_socket is not None:
        with suppress(OSError):
            # The plain socket's: a TLS one would forget its keys while its reader still waits.
            socket.socket.shutdown(open_socket, socket.SHUT_RD)
    client.message_queue.put(None)


def _close(handler: SocketModeHandler) -> None:
    """Close a client, from the beginning again where another thread closed the socket at that very moment.

    The SDK breaks there (see `acks.hang_up`), before it has ended any of its threads.
    """
    try:
        handler.close()
    except AttributeError:
        handler.close()


def _retire(handler: SocketModeHandler) -> None:
    """End a client without letting it open another socket, which nobody would read from."""
    client = handler.client
    client.auto_reconnect_enabled = client.default_auto_reconnect_enabled = False
    end(handler)
    # It may have been connecting while it was closed: its threads have ended now.
    if client.current_session is not None:
        acks.hang_up(client.current_session)
