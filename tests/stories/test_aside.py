"""The aside lane: one attempt each, in order, and a call that breaks stops none that waits behind it."""

from collections.abc import Iterator

import pytest

from bot.aside import Aside
from bot.gateway import SlackRefusedError


@pytest.fixture
def aside() -> Iterator[Aside]:
    lane = Aside(workers=2)
    yield lane
    lane.stop()


def test_what_breaks_in_a_way_nobody_foresaw_stops_nothing_behind_it(aside: Aside) -> None:
    done: list[str] = []

    def breaks() -> None:
        done.append("first")
        message = "an answer without the part that was read"
        raise KeyError(message)

    aside.do("view:V1", breaks)
    aside.do("view:V1", lambda: done.append("second"))
    assert aside.idle(5)
    aside.do("view:V1", lambda: done.append("third"))
    assert aside.idle(5)
    assert done == ["first", "second", "third"]


def test_what_slack_refuses_is_told_to_whoever_asked(aside: Aside) -> None:
    told: list[str] = []

    def refused() -> None:
        raise SlackRefusedError("views.open", "expired_trigger_id")

    aside.do("trigger:1", refused, otherwise=lambda failure: told.append(str(failure)))
    assert aside.idle(5)
    assert len(told) == 1
    assert "expired_trigger_id" in told[0]
