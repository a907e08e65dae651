"""`vakt demo`: the page answers, its clock is Vakt's, and nothing is left behind."""

import json
import os
import select
import signal
import socket
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox_process import missing
from tests.cli.conftest import Running, Vakt

ADDRESS = r"(http://127\.0\.0\.1:\d+)"


class Page:
    """The page's own questions and acts."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

    def ask(self, path: str, body: object = None) -> dict[str, Any]:
        sent = None if body is None else json.dumps(body).encode()
        headers = {"X-Sandbox": "1", "Content-Type": "application/json"}
        with self._open(urllib.request.Request(f"{self._url}{path}", sent, headers), timeout=60) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def moves(self, **how: str) -> datetime:
        return datetime.fromisoformat(self.ask("/sandbox/clock", how)["clock"]["now"])


@pytest.fixture
def playing(vakt: Vakt) -> Iterator[tuple[Running, Page]]:
    with vakt.running("demo", "--no-browser", "--port", "0") as running:
        yield running, Page(running.waits_for(ADDRESS).group(1))


def _sandboxes(running: Running) -> list[Path]:
    """The processes that the demonstration has started."""
    children = Path(f"/proc/{running.child.pid}/task/{running.child.pid}/children").read_text("utf-8").split()
    return [Path("/proc") / child for child in children]


def test_it_starts_says_its_address_and_stops(vakt: Vakt) -> None:
    done = vakt.says("demo", "--no-browser", "--exit-when-ready")
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    assert "Vakt's sandbox is at http://127.0.0.1:" in done.stdout
    assert "/ticket" in done.stdout
    assert not list(vakt.folder.iterdir())


def test_the_page_works_its_clock_is_vakts_and_nothing_is_left_behind(playing: tuple[Running, Page]) -> None:
    running, page = playing
    state = page.ask("/sandbox/state?as=U0ANNA")
    assert state["clock"]["hook"]
    assert page.ask("/sandbox/act", {"as": "U0ANNA", "act": "command", "channel": "C0ACME", "text": "/ticket help"})[
        "ok"
    ]
    before = datetime.fromisoformat(state["clock"]["now"])
    assert timedelta(hours=1) <= page.moves(by="1h") - before < timedelta(hours=1, minutes=2)
    opening = datetime.fromisoformat(page.ask("/sandbox/state?as=U0ANNA")["clock"]["next_opening"])
    assert timedelta() <= page.moves(to="next_opening") - opening < timedelta(minutes=1)
    started = _sandboxes(running)
    assert len(started) == 1
    assert running.stops(signal.SIGINT) == 0
    assert not [place for place in started if place.exists()]


def test_the_sandbox_ends_with_vakt_however_vakt_ends(playing: tuple[Running, Page]) -> None:
    running, page = playing
    assert page.ask("/sandbox/state?as=U0ANNA")["clock"]["hook"]
    (sandbox,) = _sandboxes(running)
    handle = os.pidfd_open(int(sandbox.name))
    running.child.kill()
    ended, _, _ = select.select([handle], [], [], 20)
    os.close(handle)
    assert ended


def test_a_port_that_is_taken_is_named(vakt: Vakt) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"Port {port} is taken" in vakt.refuses("demo", "--no-browser", "--port", port)


def test_what_the_sandbox_needs_and_is_not_installed_is_named() -> None:
    assert missing(["json", "no_such_library"]) == ["no_such_library"]
    assert not missing()
