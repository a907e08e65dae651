"""How much slower Vakt is with a million open tickets than with a thousand.

For each size and database: one turn of the ticker with ten timers due among all those that are not; the desk's queue
(``/ticket list``) and an agent's App Home, as people ask for them; and every open ticket planned anew after a calendar
was corrected (``vakt calendar correct``), a hundred thousand of them at most. Figures are medians, but of the last,
which is done once; growth is against the smallest size, in one run.

Each size has a database of its own. Slack is not there, so what is owed stays owed, and nothing but Vakt is measured.

Run: ``python -m benchmarks.scale [--sizes 1000 100000 1000000] [--databases sqlite postgresql]``.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from sqlmodel import select

from benchmarks._database import database, on_server
from benchmarks._door import TEAM
from benchmarks._fill import NOON, Ground, lay, open_many
from benchmarks._vakt import AGENT
from bot.app import Vakt, build
from bot.commands.correct_calendar import move, propose
from bot.settings import Settings
from handlers import home, list_pictures
from handlers.access import viewer_of
from handlers.views.facts import Listing
from models.contract_version import ContractVersion
from models.sla.policy import parse_policy

SIZES = (1_000, 100_000, 1_000_000)
DUE = 10
TURNS = 21
ASKED = 15
REPORTED = 20
"""Different instants at which the tickets were reported, ten minutes apart."""
PLANNED = 100_000
SECOND = timedelta(seconds=1)
NOWHERE = "http://127.0.0.1:9/api/"
"""Nobody listens there."""

GROWTH, SHOWN_WITHIN, PLANNED_A_SECOND = 1.5, 50.0, 5_000
LARGE_DESK = 100_000
"""Open tickets up to which a list must be shown in that time."""


class Still:
    """Contract time that stands where it was put."""

    def __init__(self, at: datetime) -> None:
        """Stand at an instant."""
        self.at = at

    def now(self) -> datetime:
        """That instant."""
        return self.at


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured at one size: milliseconds, and tickets a second."""

    size: int
    turn: float
    listed: float
    home: float
    planned: float


def measure(url: str, size: int) -> Figures:
    """Fill a database and measure."""
    begun = time.perf_counter()
    ground = lay(url)
    _fill(url, ground, size)
    for turn in range(TURNS):
        first = size + 1 + DUE * turn
        open_many(url, ground, range(first, first + DUE), reported_at=NOON - timedelta(hours=1) + SECOND * turn)
    _settle(url)
    filled = time.perf_counter() - begun
    clock = Still(NOON)
    vakt = build(Settings(slack_bot_token="xoxb-bench", slack_api_url=NOWHERE, vakt_database_url=url), clock=clock)
    figures = Figures(
        size,
        turn=_turns(vakt, clock),
        listed=_median(ASKED, lambda: _list(vakt)),
        home=_median(ASKED, lambda: _home(vakt)),
        planned=_planned_anew(vakt),
    )
    vakt.stop()
    print(
        f"  {size:>9,} open (filled in {filled:3.0f} s): turn with {DUE} due {figures.turn:5.1f} ms; "
        f"/ticket list {figures.listed:5.1f} ms; App Home {figures.home:5.1f} ms; "
        f"planned anew {figures.planned:,.0f} tickets/s"
    )
    return figures


def _fill(url: str, ground: Ground, size: int) -> None:
    ends = [size * part // REPORTED for part in range(REPORTED + 1)]
    for part, (start, stop) in enumerate(pairwise(ends)):
        open_many(url, ground, range(start + 1, stop + 1), reported_at=NOON + timedelta(minutes=10) * part)


def _settle(url: str) -> None:
    """What PostgreSQL does by itself within minutes. Vakt has nothing of the kind done by SQLite."""
    if url.startswith("postgresql"):
        on_server(url, "vacuum analyze", "checkpoint")


def _median(times: int, ask: Callable[[], object]) -> float:
    """Milliseconds, the median of several, after one that is not counted."""
    ask()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def _turns(vakt: Vakt, clock: Still) -> float:
    """Milliseconds of a turn in which ten fall due, the one that finds nothing more to do included."""

    def goes_on() -> None:
        clock.at = max(vakt.ticker.next_due() or clock.at, clock.at)

    vakt.ticker.catch_up()  # what the first start arms
    taken = []
    for _ in range(TURNS):
        goes_on()
        started = time.perf_counter()
        vakt.ticker.catch_up()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken[1:])


def _list(vakt: Vakt) -> None:
    with vakt.database.reading() as session:
        viewer = viewer_of(session, TEAM, AGENT)
        list_pictures.list_facts(session, vakt.desk.agreements, viewer, Listing.OPEN, 0, vakt.desk.now())


def _home(vakt: Vakt) -> None:
    with vakt.database.reading() as session:
        home.view_of(session, viewer_of(session, TEAM, AGENT), home.Turned(), vakt.desk)


def _planned_anew(vakt: Vakt) -> float:
    """Tickets a second whose clocks are moved by a closure that was forgotten: that of today."""
    with vakt.database.reading() as session:
        kept = session.exec(select(ContractVersion).where(ContractVersion.contract == "softone")).one()
    document = json.loads(kept.content)
    closed = {
        "id": "stock",
        "name": dict.fromkeys(("en", "nb", "sv"), "stocktaking"),
        "dates": [NOON.date().isoformat()],
    }
    document["calendars"]["office"] |= {"closures": [closed]}
    started = time.perf_counter()
    planned = 0
    proposals = propose(vakt.database, TEAM, parse_policy(document, "corrected"), vakt.desk.now())
    for planned, _ in enumerate(move(vakt.database, proposals, "closed for stocktaking"), 1):
        if planned == PLANNED:
            break
    return planned / (time.perf_counter() - started)


def judge(found: list[Figures]) -> None:
    """Print how each goal was met."""
    first, last = found[0], found[-1]
    growth = last.turn / first.turn
    _say(f"a turn grows {growth:.2f} times from {first.size:,} to {last.size:,}: at most {GROWTH}", growth <= GROWTH)
    for each in found:
        if each.size <= LARGE_DESK:
            for name, shown in (("/ticket list", each.listed), ("App Home", each.home)):
                _say(f"{name} among {each.size:,}: {shown:.1f} ms, under {SHOWN_WITHIN:.0f}", shown < SHOWN_WITHIN)
    for each in found:
        words = f"planned anew among {each.size:,}: {each.planned:,.0f} tickets/s, at least {PLANNED_A_SECOND:,}"
        _say(words, each.planned >= PLANNED_A_SECOND)


def _say(words: str, is_met: bool) -> None:  # noqa: FBT001 - printed as it is
    print(f"  {'met   ' if is_met else 'MISSED'} {words}")


@contextmanager
def _database(kind: str) -> Iterator[str]:
    """A database in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="vakt-bench-") as folder, database(kind, Path(folder)) as url:
        if kind == "postgresql":
            on_server(url, "alter system set max_wal_size = '8GB'", "select pg_reload_conf()")
        yield url


def main() -> None:
    """Read the options, measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    asked = parser.parse_args()
    for kind in asked.databases:
        print(kind)
        found = []
        for size in sorted(asked.sizes):
            with _database(kind) as url:
                found.append(measure(url, size))
        judge(found)


if __name__ == "__main__":
    main()
