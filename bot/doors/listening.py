"""A port that is listened on: waitress, in threads, with an end that does not wait."""

import threading
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import create_server

StartResponse = Callable[[str, list[tuple[str, str]]], Any]
Application = Callable[[Mapping[str, Any], StartResponse], Iterable[bytes]]

CONNECTIONS = 500
"""Connections at once, of which idle ones are most: a balancer keeps some, Slack opens its own."""


class Listener:
    """A WSGI application on a port."""

    def __init__(
        self,
        application: Application,
        host: str,
        port: int,
        *,
        threads: int,
        largest_body: int,
        channel: type[Any] = HTTPChannel,
    ) -> None:
        """Bind the port; port 0 takes a free one. Sizes are in bytes. `channel` is waitress's word for a connection.

        Raises:
            OSError: it cannot be listened on.
        """
        self._sockets: dict[int, Any] = {}
        self._server = create_server(
            application,
            map=self._sockets,
            host=host,
            port=port,
            threads=threads,
            max_request_body_size=largest_body,
            ident="vakt",
            connection_limit=CONNECTIONS,
            asyncore_use_poll=True,
        )
        self._server.channel_class = channel
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
            try:
                self._server.trigger.pull_trigger(self._close)
            except OSError:  # it has closed its wake-up pipe, and is ending by itself
                self._close()
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


def reply(start: StartResponse, status: int, body: str, headers: Mapping[str, str]) -> Iterable[bytes]:
    """An answer as WSGI wants it."""
    sent = body.encode()
    kept = [(name, value) for name, value in headers.items() if name.lower() != "content-length"]
    start(
        f"{status} {HTTPStatus(status).phrase}",
        [*kept, ("content-length", str(len(sent)))],
    )
    return [sent]
