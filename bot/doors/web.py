"""What a process tells those who watch it: `/healthz`, `/readyz`, `/metrics`; and calendars, to who has their address.

In HTTP mode they stand beside `/slack/events`; in Socket Mode on a port of their own, when one is set.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib import import_module
from typing import Any, Protocol

from bot.app import Vakt
from bot.doors.hook_door import HOOKS, LARGEST, HookPlace
from bot.doors.listening import Listener, StartResponse, reply
from bot.gauges import Clocks, Gauges
from bot.health import Door, Health, Part
from models.stored_rota import FEED_ENDING, FEED_PATH

FRESH = {"cache-control": "no-store"}
THREADS = 4


class Page(Protocol):
    """What Prometheus reads, as `bot.metrics` makes it."""

    content_type: str

    def text(self) -> str:
        """Everything, as it is now."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A page: its status, what it is, and itself."""

    status: int
    body: str
    headers: Mapping[str, str]


class Watch:
    """Answers whoever watches."""

    def __init__(self, vakt: Vakt, door: Door) -> None:
        """Nothing is looked at until somebody asks."""
        desk = vakt.desk
        self._desk, self._team_id = desk, vakt.team.team_id
        self._tally = vakt.tally
        self._gauges = Gauges(vakt.team.team_id, vakt.database, Clocks(desk.now, desk.machine_now))
        self._health = Health(
            {"ticker": vakt.ticker, "sender": vakt.sender}, door, self._gauges, desk.machine_now, lambda: vakt.stopping
        )

    def answer(self, path: str) -> Answer | None:
        """The page of that path; None when there is none."""
        if path == "/healthz":
            return _told(self._health.alive())
        if path == "/readyz":
            return _told(self._health.ready())
        if path == "/metrics":
            return Answer(200, self._page.text(), FRESH | {"content-type": self._page.content_type})
        if path.startswith(FEED_PATH) and path.endswith(FEED_ENDING):
            return self._feed(path.removeprefix(FEED_PATH).removesuffix(FEED_ENDING))
        return None

    def _feed(self, secret: str) -> Answer | None:
        # Loaded at the first request: iCalendar's library is no part of a process whose calendars nobody reads.
        calendar: bytes | None = import_module("bot.doors.feeds").feed(self._desk, self._team_id, secret)
        if calendar is None:
            return None
        kept = {"cache-control": "private, max-age=300", "content-type": "text/calendar; charset=utf-8"}
        return Answer(200, calendar.decode(), kept)

    @cached_property
    def _page(self) -> Page:
        # Loaded at the first scrape: Prometheus's library is no part of a process that nobody scrapes.
        page: Page = import_module("bot.metrics").Page(self._tally, self._gauges, self._health)
        return page


def _told(parts: Mapping[str, Part]) -> Answer:
    well = all(part.ok for part in parts.values())
    said = {
        "ok": well,
        "parts": {name: _without_nothing(asdict(part)) for name, part in parts.items()},
    }
    return Answer(200 if well else 503, json.dumps(said) + "\n", FRESH | {"content-type": "application/json"})


def _without_nothing(part: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if value is not None}


class WatchDoor:
    """The port on which those who watch are answered, in Socket Mode."""

    def __init__(self, watch: Watch, host: str, port: int, hooks: HookPlace | None = None) -> None:
        """Bind the port; port 0 takes a free one. `hooks` are answered too, where they have no port of their own."""
        self._watch = watch
        self._hooks = hooks
        largest = 2 * LARGEST if hooks else 1_000
        self._listener = Listener(self._answer, host, port, threads=THREADS, largest_body=largest)
        self.port = self._listener.port

    def start(self) -> None:
        """Listen."""
        self._listener.start()

    def stop(self) -> None:
        """Stop listening."""
        self._listener.stop()

    def _answer(self, environ: Mapping[str, Any], start: StartResponse) -> Iterable[bytes]:
        if self._hooks is not None and environ["PATH_INFO"].startswith(HOOKS):
            return self._hooks.answer(environ, start)
        answer = self._watch.answer(environ["PATH_INFO"]) if environ["REQUEST_METHOD"] == "GET" else None
        if answer is None:
            return reply(start, 404, "not found\n", {})
        return reply(start, answer.status, answer.body, answer.headers)
