"""Slack's client over connections that are kept open between calls.

slack_sdk opens a new one for every call, which is a third of the call on this machine and two round
trips more to a real Slack. Only calls with a JSON body go this way, which are all that an outbox
sends; the others, and everything through a proxy, go as slack_sdk sends them.

Nothing is sent twice here. A connection that was closed meanwhile is noticed before anything is
written to it; one that breaks later is an outcome that nobody knows, as it is on a new connection.
"""

import json as json_text
import select
import ssl
import threading
import time
import weakref
from collections import deque
from functools import cache
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

IDLE = 5.0
"""Seconds after which a connection is not used again: servers close theirs after many more."""


@cache
def trusted() -> ssl.SSLContext:
    """Whom this machine trusts. Reading that takes 30 ms, and the SDK would do it for every socket and upload."""
    return ssl.create_default_context()


class Connections:
    """Open connections to one server that nobody uses just now, the one used last on top."""

    def __init__(self, address: str, timeout: float) -> None:
        """None is open yet. `timeout` is in seconds, for connecting and for each wait for an answer."""
        parts = urlsplit(address)
        self._host, self._port, self._timeout = parts.hostname or "", parts.port, timeout
        self._tls = trusted() if parts.scheme == "https" else None
        self._idle: deque[tuple[float, HTTPConnection]] = deque()
        self._lock = threading.Lock()
        weakref.finalize(self, _close_all, self._idle)

    def take(self) -> HTTPConnection:
        """A connection that is still good, or a new one that connects when it is used."""
        while True:
            with self._lock:
                if not self._idle:
                    return self._new()
                put_back_at, connection = self._idle.pop()
            if time.monotonic() - put_back_at < IDLE and not _has_news(connection):
                return connection
            connection.close()

    def put_back(self, connection: HTTPConnection) -> None:
        """Keep one whose answer was read to its end, and close what was idle for too long."""
        now = time.monotonic()
        with self._lock:
            self._idle.append((now, connection))
            stale = []
            while now - self._idle[0][0] >= IDLE:
                stale.append(self._idle.popleft())
        _close_all(stale)

    def _new(self) -> HTTPConnection:
        if self._tls is None:
            return _Plain(self._host, self._port, timeout=self._timeout)
        return _Secured(self._host, self._port, timeout=self._timeout, context=self._tls)


HEAD_ENDS = b"\r\n\r\n"


class _InOneWrite(HTTPConnection):
    """Writes the head of a request together with its body: between two writes a busy process lets others go first."""

    _head = b""

    def send(self, data: Any) -> None:  # noqa: ANN401 - as http.client has it
        """Keep a head until its body comes."""
        if not self._head and data.endswith(HEAD_ENDS):
            self._head = data
            return
        head, self._head = self._head, b""
        super().send(head + data)


class _Plain(_InOneWrite):
    """To this machine."""


class _Secured(_InOneWrite, HTTPSConnection):
    """To Slack."""


def _close_all(idle: "deque[tuple[float, HTTPConnection]] | list[tuple[float, HTTPConnection]]") -> None:
    for _, connection in idle:
        connection.close()


def _has_news(connection: HTTPConnection) -> bool:
    """Whether something came on an idle connection: its end, or what nobody asked for."""
    if connection.sock is None:
        return True
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return bool(poll.poll(0))


class KeptClient(WebClient):
    """A WebClient whose JSON calls share kept connections."""

    def __init__(self, *, token: str, base_url: str, timeout: int) -> None:
        """Without retries: whether a call is made again is decided by whoever knows what it does."""
        super().__init__(token=token, base_url=base_url, timeout=timeout, ssl=trusted(), retry_handlers=[])
        goes_straight = not self.proxy and urlsplit(self.base_url).scheme not in getproxies()
        self._connections = Connections(self.base_url, timeout) if goes_straight else None

    def api_call(self, api_method: str, *, json: dict[str, Any] | None = None, **others: Any) -> SlackResponse:
        """Make one call.

        Raises:
            SlackApiError: Slack said no, or answered with another status than 200.
            URLError: the request could not be sent.
            OSError, HTTPException: it was sent, and no answer came.
        """
        if json is None or others or self._connections is None:
            return super().api_call(api_method, json=json, **others)
        url = urljoin(self.base_url, api_method)
        status, headers, body = self._exchange(self._connections, urlsplit(url).path, json_text.dumps(json).encode())
        response = SlackResponse(
            client=self,
            http_verb="POST",
            api_url=url,
            req_args={},
            data=_read(body),
            headers=headers,
            status_code=status,
        )
        response.validate()
        return response

    def _exchange(self, connections: Connections, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Send one request and read its answer to the end; a connection that fails is not used again."""
        connection = connections.take()
        try:
            answer = self._sent(connection, path, body)
            read = answer.read()
        except BaseException:
            connection.close()
            raise
        if answer.will_close:
            connection.close()
        else:
            connections.put_back(connection)
        return answer.status, {name.title(): value for name, value in answer.getheaders()}, read

    def _sent(self, connection: HTTPConnection, path: str, body: bytes) -> HTTPResponse:
        headers = {
            **self.headers,
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json;charset=utf-8",
        }
        try:
            connection.request("POST", path, body, headers)
        except OSError as error:
            raise URLError(error) from error
        return connection.getresponse()


def _read(body: bytes) -> dict[str, Any]:
    """What Slack said; for what is no JSON an error that shows how it begins."""
    try:
        found: dict[str, Any] = json_text.loads(body)
    except ValueError:
        return {"ok": False, "error": f"no JSON: {body[:100].decode(errors='replace')}"}
    return found
