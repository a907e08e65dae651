"""Where alerts and heartbeats come in: `/hooks/…`, beside Slack's requests or on a port of their own.

What answers them is loaded with the first request: a process to which nobody sends anything does without.
"""

import threading
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any, Protocol

from bot.app import Vakt
from bot.doors.admission import Refused
from bot.doors.listening import Listener, StartResponse, reply
from bot.doors.slow_clients import READ_SECONDS, channel_class

HOOKS = "/hooks/"
LARGEST = 500_000
"""Bytes of a delivery at most: a thousand alerts."""
THREADS = 16


class Answering(Protocol):
    """What answers, as `bot.doors.hooks` makes it."""

    def answer(self, environ: Mapping[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        ...


class HookPlace:
    """Hooks as a door has them."""

    def __init__(self, vakt: Vakt) -> None:
        """Nothing is loaded until the first request."""
        self.vakt = vakt
        self._lock = threading.Lock()
        self._hooks: Answering | None = None

    def answer(self, environ: Mapping[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        with self._lock:
            if self._hooks is None:
                self._hooks = import_module("bot.doors.hooks").Hooks(self.vakt)
            hooks = self._hooks
        return hooks.answer(environ, start)


class HookDoor:
    """A port on which hooks alone are answered."""

    def __init__(self, place: HookPlace, host: str, port: int, *, read_seconds: float = READ_SECONDS) -> None:
        """Bind the port; port 0 takes a free one."""
        self._place = place
        self._listener = Listener(
            self._answer,
            host,
            port,
            threads=THREADS,
            largest_body=2 * LARGEST,
            channel=channel_class(Refused(place.vakt.tally.count), read_seconds),
        )
        self.port = self._listener.port

    def start(self) -> None:
        """Listen."""
        self._listener.start()

    def stop(self) -> None:
        """Stop listening."""
        self._listener.stop()

    def _answer(self, environ: Mapping[str, Any], start: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(HOOKS):
            return self._place.answer(environ, start)
        return reply(start, 404, "not found\n", {})
