"""`vakt timers`: what is due, late or failing, and trying it again."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import delete

from bot.demo_seed import TEAM
from bot.machine import SystemClock
from bot.storage.database import Database
from models.timer import Timer, TimerKind
from tests.cli.conftest import Vakt

FAR = datetime(2099, 1, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def database(well: Vakt) -> Iterator[Database]:
    """The shell's database, with a timer ahead, a late one and one that fails."""
    made = Database(well.database_url)
    late = SystemClock().now() - timedelta(minutes=30)
    given: dict[str, Any] = {"team_id": TEAM["id"], "kind": TimerKind.CLOCK}
    with made.transaction() as session:
        session.execute(delete(Timer))  # of the workspace's rota
        session.add_all(
            [
                Timer(id="ahead", ticket_number=1, due_at=FAR, **given),
                Timer(id="late", ticket_number=2, due_at=late, **given),
                Timer(
                    id="fails",
                    ticket_number=3,
                    due_at=late,
                    attempts=4,
                    held_until=FAR,
                    failure="RuntimeError('nobody foresaw this')",
                    **given,
                ),
            ]
        )
    yield made
    made.dispose()


def _ids(well: Vakt, *words: str) -> list[str]:
    done = well.says("timers", "list", "--json", *words)
    assert done.returncode == 0, done.stderr
    return [json.loads(line)["id"] for line in done.stdout.splitlines()]


def test_timers_are_listed_by_what_is_wrong_with_them(well: Vakt, database: Database) -> None:
    assert _ids(well) == ["fails", "late", "ahead"]
    assert _ids(well, "--late") == ["fails", "late"]
    assert _ids(well, "--failing") == ["fails"]
    assert _ids(well, "--limit", "1") == ["fails"]


def test_a_timer_of_a_rota_says_so(well: Vakt) -> None:
    assert "  a rota  rota  due 2000-01-01 00:00 UTC" in well.says("timers", "list").stdout


def test_a_list_for_people_says_since_when_and_why(well: Vakt, database: Database) -> None:
    said = well.says("timers", "list").stdout
    assert "fails  T-3  clock  due " in said
    assert "30 min ago" in said
    assert "failed 4 times, again 2099-01-01 12:00 UTC: RuntimeError('nobody foresaw this')" in said
    assert "ahead  T-1  clock  due 2099-01-01 12:00 UTC\n" in said


def test_one_that_fails_is_let_go_and_one_that_is_not_there_is_named(well: Vakt, database: Database) -> None:
    done = well.says("timers", "retry", "fails")
    assert (done.returncode, done.stdout) == (0, "Timer fails of T-3 is looked at again.\n")
    with database.reading() as session:
        timer = session.get(Timer, (TEAM["id"], "fails"))
        assert timer is not None
        assert (timer.attempts, timer.held_until, timer.failure) == (0, None, None)
    assert _ids(well, "--failing") == []
    assert well.refuses("timers", "retry", "nothing") == "There is no timer nothing. See: vakt timers list\n"
