"""The record of every request and delivery, newest last, with secrets taken out."""

import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from sandbox.clock import Clock, machine_seconds
from sandbox.workspace import Json

SECRET = re.compile(r"(xox[a-z]-|xapp-|xoxe[.-])[A-Za-z0-9.-]+")
ADDRESS = re.compile(r"(/response/|ticket=)[0-9a-f]+")
SECRETS = frozenset({"token", "ticket", "client_secret"})
HIDDEN = "[hidden]"
KEPT = 2_000
LONGEST = 20_000


def redact(node: Any) -> Any:  # noqa: ANN401 - walks any JSON
    """Return the same JSON with tokens, ticket and response addresses made unreadable."""
    if isinstance(node, str):
        return _struck(node[:LONGEST])
    if isinstance(node, dict):
        return {key: HIDDEN if key in SECRETS else redact(value) for key, value in node.items()}
    if isinstance(node, list):
        return [redact(one) for one in node]
    return node


def _struck(text: str) -> str:
    """Nearly every text is without a secret: looking for what all secrets have in them is ten times as fast."""
    if "xox" in text or "xapp-" in text:
        text = SECRET.sub(lambda match: match[1] + HIDDEN, text)
    if "/response/" in text or "ticket=" in text:
        text = ADDRESS.sub(rf"\g<1>{HIDDEN}", text)
    return text


@dataclass
class Row:
    """One request to the sandbox or delivery by it. `ms` and `status` stay None while it is under way."""

    id: int
    at: str
    door: str
    name: str
    request: Any
    status: int | None = None
    ms: float | None = None
    error: str | None = None
    response: Any = None
    begun: float = field(default_factory=machine_seconds)

    def shown(self) -> Json:
        """Return the row as the page and tests read it."""
        names = ("id", "at", "door", "name", "status", "ms", "error", "request", "response")
        return {name: getattr(self, name) for name in names}


class Inspector:
    """The last requests and deliveries; `requests[-1]` is the newest."""

    def __init__(self, clock: Clock) -> None:
        """Begin empty."""
        self._clock = clock
        self._count = 0
        self.rows: deque[Row] = deque(maxlen=KEPT)

    def begin(self, door: str, name: str, request: object) -> Row:
        """Note that something begins; `door` is "web_api", "socket", "http" or "response_url"."""
        self._count += 1
        row = Row(self._count, self._clock.now().isoformat(), door, name, redact(request))
        self.rows.append(row)
        return row

    def end(self, row: Row, *, status: int | None, error: str | None, response: object) -> None:
        """Note how it ended."""
        row.status = status
        row.error = error
        row.response = redact(response)
        row.ms = round((machine_seconds() - row.begun) * 1000, 2)
