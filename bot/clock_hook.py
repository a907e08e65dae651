"""Contract time for the sandbox's page to read and to move: a small server on this machine.

`GET` answers `{now, next_due, next_reminder, next_opening}` (ISO or null). `POST {to}` moves the
time there, does what has fallen due, sends what is owed, then answers the same. Both demand
`Authorization: Bearer` with the token that only the sandbox was told.
"""

import hmac
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import structlog

log = structlog.get_logger()

TOKEN_VARIABLE = "VAKT_CLOCK_HOOK_TOKEN"  # noqa: S105 - the variable's name
LARGEST_BODY = 10_000

Shown = Mapping[str, datetime | None]


class ClockHook:
    """The server; `show` gives what the clock shows, `move` lets it be an instant."""

    def __init__(self, show: Callable[[], Shown], move: Callable[[datetime], None]) -> None:
        """Take a free port; nothing is answered until `start`."""
        self.token = secrets.token_urlsafe(32)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(self.token, show, move))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, name="clock-hook", daemon=True)

    def start(self) -> None:
        """Answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(timeout=5)
        self._server.server_close()


def _answering(token: str, show: Callable[[], Shown], move: Callable[[datetime], None]) -> type[BaseHTTPRequestHandler]:
    """The handler of one hook. One move at a time: each settles before the next begins."""
    moving = threading.Lock()

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self._allowed():
                self._send(200, _shown(show()))

        def do_POST(self) -> None:
            body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LARGEST_BODY))
            if not self._allowed():
                return
            try:
                to = _target(body)
            except (ValueError, KeyError, TypeError):
                self._send(400, {"error": 'write {"to": "2026-11-23T09:40+01:00"}'})
                return
            with moving:
                move(to)
            self._send(200, _shown(show()))

        def _allowed(self) -> bool:
            given = self.headers.get("Authorization", "")
            if hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
                return True
            self._send(401, {"error": "not the token of this clock"})
            return False

        def _send(self, status: int, body: Mapping[str, Any]) -> None:
            sent = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the server's word
            log.debug("clock_hook", line=format % args)

    return Answer


def _target(body: bytes) -> datetime:
    to = datetime.fromisoformat(json.loads(body)["to"])
    if to.tzinfo is None:
        raise ValueError(f"{to} has no offset")
    return to


def _shown(shown: Shown) -> dict[str, str | None]:
    return {name: at.isoformat() if at else None for name, at in shown.items()}
