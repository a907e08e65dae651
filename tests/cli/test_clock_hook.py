"""The clock that the sandbox's page shows and moves."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from bot.clock_hook import ClockHook, Shown
from bot.demo_time import OSLO

NOON = datetime(2026, 11, 23, 12, tzinfo=OSLO)


class Wall:
    """A clock on the wall."""

    def __init__(self) -> None:
        self.at = NOON

    def shown(self) -> Shown:
        return {"now": self.at, "next_due": None}

    def moved(self, to: datetime) -> None:
        self.at = to


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def hook(wall: Wall) -> Iterator[ClockHook]:
    served = ClockHook(wall.shown, wall.moved)
    served.start()
    yield served
    served.stop()


def _ask(hook: ClockHook, body: object = None, token: str | None = None) -> tuple[int, dict[str, Any]]:
    """GET, or POST with a body."""
    request = urllib.request.Request(
        hook.url,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {hook.token if token is None else token}"},
    )
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with straight.open(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def test_it_shows_the_time(hook: ClockHook) -> None:
    assert _ask(hook) == (200, {"now": "2026-11-23T12:00:00+01:00", "next_due": None})


def test_it_moves_the_time_and_shows_it_as_it_is_then(hook: ClockHook, wall: Wall) -> None:
    status, shown = _ask(hook, {"to": "2026-11-24T08:00:00+01:00"})
    assert (status, shown["now"]) == (200, "2026-11-24T08:00:00+01:00")
    assert wall.at == datetime(2026, 11, 24, 8, tzinfo=OSLO)


@pytest.mark.parametrize("body", [{}, [], {"to": "tomorrow"}, {"to": "2026-11-24T08:00:00"}, {"to": 7}])
def test_a_time_that_is_none_moves_nothing(hook: ClockHook, wall: Wall, body: object) -> None:
    assert _ask(hook, body)[0] == 400
    assert wall.at == NOON


@pytest.mark.parametrize("body", [None, {"to": "2026-11-24T08:00:00+01:00"}])
@pytest.mark.parametrize("token", ["", "guessed"])
def test_nobody_else_reads_or_moves_it(hook: ClockHook, wall: Wall, body: object, token: str) -> None:
    assert _ask(hook, body, token)[0] == 401
    assert wall.at == NOON
