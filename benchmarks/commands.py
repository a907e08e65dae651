"""What a ticket costs over what any bot must pay.

Three bots stand behind the same door and get submitted views: bare Bolt that only acknowledges; bare Bolt that stores
one row with SQLModel (Vakt's own engine, writer queue and ``synchronous=FULL``); Vakt, opening a whole ticket.

**The door** is a real Socket Mode connection. Each bot is a child process, as it is when it runs, with Bolt's builtin
handler and twenty workers; the load and a minimal Slack (``_door.py``) are in this process. So the figures hold the
frame, the thread hand-over and the acknowledgement that people wait for, the load does not share the bot's interpreter
lock, and memory is that of the bot alone. The local sandbox is not used: its checks would be measured as well. Nor is
``App.dispatch`` called directly: that saves about a millisecond that every real request pays.

**A round** measures each bot in turn, in an order that rotates: a fresh process, a warm-up, one request after the
other, then twenty in flight, memory. Only the bot whose turn it is runs, so that none pays for what another still has
to send. Figures are medians over rounds; differences and ratios are taken within a round, so that a slow moment of the
machine hits both sides. What a bot uses when nothing happens is measured first, in a process that saw no load.

**Replicas** are Vakt's alone, on PostgreSQL: some processes behind one door that take turns. The load, the database
and they share this machine's cores.

Run: ``make bench``, or ``python -m benchmarks.commands [--database sqlite] [--replicas 1] [--rounds 3] [--alone 150]
[--busy 600] [--idle 8]``.
"""

import argparse
import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks._database import another, count, database
from benchmarks._door import CHANNEL, PERSON, TEAM, Json
from benchmarks._process import Bot, python, start
from benchmarks._vakt import prepare, submitted_ticket

IN_FLIGHT = 20
WARM_UP = 60
HALF = 0.5
ACK, INSERT, VAKT = "bare Bolt, ack only", "bare Bolt, one INSERT", "Vakt, a whole ticket"


def submission(number: int) -> Json:
    """Build a submitted view of ordinary size. No two share an id."""
    person = {"id": PERSON, "username": "kari", "name": "kari", "team_id": TEAM}
    summary = {"type": "plain_text_input", "value": f"Printer {number} is down"}
    details = {"type": "plain_text_input", "value": "It prints nothing since this morning. " * 5}
    kind = {
        "type": "static_select",
        "selected_option": {"text": {"type": "plain_text", "text": "Fault"}, "value": "fault"},
    }
    values = {"summary": {"text": summary}, "details": {"text": details}, "kind": {"choice": kind}}
    view: Json = {
        "id": f"V{number}",
        "team_id": TEAM,
        "type": "modal",
        "callback_id": "ticket_open",
        "private_metadata": f'{{"channel":"{CHANNEL}","nonce":"{number}"}}',
        "hash": f"{number}.abc",
        "root_view_id": f"V{number}",
        "previous_view_id": None,
        "app_id": "A0BENCH",
        "bot_id": "B0BENCH",
        "blocks": [],
        "state": {"values": values},
    }
    return {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "bench"},
        "user": person,
        "api_app_id": "A0BENCH",
        "token": "bench",
        "trigger_id": f"{number}.1.bench",
        "view": view,
        "response_urls": [],
        "is_enterprise_install": False,
        "enterprise": None,
    }


@dataclass(frozen=True)
class Contestant:
    """A bot to be measured.

    ``argv`` starts it; it reads ``SLACK_API_URL``, ``SLACK_APP_TOKEN`` and ``SLACK_BOT_TOKEN`` and opens one socket.
    ``payload`` builds the n-th request. ``stored`` counts what is in its database, to prove that the work was done.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    payload: Callable[[int], Json] = submission
    stored: Callable[[], int] | None = None
    replicas: int = 1


def contestants(url: str, replicas: Sequence[int]) -> list[Contestant]:
    """Return who is measured, with databases of their own beside that one, ready to be started."""
    bare = Path(__file__).with_name("_bare.py")
    rows = another(url, "bare")
    return [
        Contestant(ACK, python(str(bare), "ack")),
        Contestant(INSERT, python(str(bare), "insert", rows), stored=lambda: count(rows, "submission")),
        *(_vakt(prepare(another(url, f"vakt_{each}")), each) for each in replicas),
    ]


def _vakt(url: str, replicas: int) -> Contestant:
    return Contestant(
        VAKT if replicas == 1 else f"{VAKT}, {replicas} of it",
        python("-m", "bot.cli", "run"),
        env={"VAKT_DATABASE_URL": url},
        payload=submitted_ticket,
        stored=lambda: count(url, "ticket"),
        replicas=replicas,
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """One bot's figures in one round: milliseconds, requests a second, seconds until ready, MB after the load."""

    alone_p50: float
    busy_p50: float
    busy_p99: float
    per_second: float
    ready: float
    megabytes: float


@dataclass
class Runner:
    """A contestant with the numbers it was sent so far, its share of a core at rest, and its turns."""

    contestant: Contestant
    log: Path
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    sent: int = 0
    idle: float = 0.0
    turns: list[Turn] = field(default_factory=list)

    async def rest(self, seconds: float) -> None:
        """Measure what it uses when nobody asks it anything."""
        async with self._running() as bot:
            await asyncio.sleep(1)
            self.idle = await bot.idle_share(seconds)

    async def turn(self, alone: int, busy: int) -> None:
        """Measure once: one request after the other, then twenty in flight."""
        async with self._running() as bot:
            for _ in range(WARM_UP):
                await self._ask(bot)
            singly = [await self._ask(bot) for _ in range(alone)]
            together, seconds = await self._together(bot, busy)
            median = statistics.median
            p99 = statistics.quantiles(together, n=100)[98]
            figures = median(singly), median(together), p99, busy / seconds
            self.turns.append(Turn(*figures, bot.ready_seconds, bot.pss_megabytes()))

    async def _together(self, bot: Bot, requests: int) -> tuple[list[float], float]:
        left = iter(range(requests))
        taken: list[float] = []

        async def worker() -> None:
            for _ in left:
                taken.append(await self._ask(bot))  # noqa: PERF401 - twenty workers share the list

        started = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
        return taken, time.perf_counter() - started

    async def _ask(self, bot: Bot) -> float:
        """Send the next request; return the milliseconds until it was acknowledged."""
        acked = await bot.door.submit(self.contestant.payload(next(self.numbers)))
        self.sent += 1
        return acked.seconds * 1000

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[Bot]:
        bot = await start(self.contestant.argv, self.contestant.env, self.log)
        others = []
        try:
            for _ in range(self.contestant.replicas - 1):
                others.append(await start(self.contestant.argv, self.contestant.env, self.log, bot.door))  # noqa: PERF401
            yield bot
        finally:
            for each in others:
                await each.stop(close=False)
            await bot.stop()

    def check(self) -> str:
        """Say how much was stored of what was acknowledged; raises when a row is missing."""
        if self.contestant.stored is None:
            return "stores nothing"
        stored = self.contestant.stored()
        if stored < self.sent:
            raise RuntimeError(f"{self.contestant.name} acknowledged {self.sent} but stored {stored}")
        return f"{stored} stored of {self.sent} acknowledged"


async def measure(asked: argparse.Namespace, folder: Path) -> None:
    """Run everything and print it."""
    with database(asked.database, folder) as url:
        named = enumerate(contestants(url, asked.replicas))
        runners = [Runner(each, folder / f"{place}.log") for place, each in named]
        for runner in runners:
            await runner.rest(asked.idle if runner.contestant.name == VAKT else min(asked.idle, 2.0))
        for number in range(asked.rounds):
            for place in range(len(runners)):
                await runners[(number + place) % len(runners)].turn(asked.alone, asked.busy)
        report(runners)


def report(runners: Sequence[Runner]) -> None:
    """Print medians over the rounds, then what one bot costs over another."""
    print(f"{'':28}{'alone p50 ms':>14}{'busy p50 ms':>13}{'busy p99 ms':>13}{'per second':>12}", end="")
    print(f"{'ready s':>9}{'PSS MB':>8}{'idle %':>8}")
    for runner in runners:
        names = ("alone_p50", "busy_p50", "busy_p99", "per_second", "ready", "megabytes")
        figures = "{:14.2f}{:13.2f}{:13.2f}{:12.0f}{:9.2f}{:8.1f}".format(
            *(middle(runner.turns, name) for name in names)
        )
        print(f"{runner.contestant.name:28}{figures}{runner.idle * 100:8.2f}   {runner.check()}")
    by_name = {runner.contestant.name: runner for runner in runners}
    compare(by_name[INSERT], by_name[ACK])
    for runner in (each for each in runners if each.contestant.payload is submitted_ticket):
        compare(runner, by_name[INSERT])
        if runner.contestant.replicas > 1 and VAKT in by_name:
            compare(runner, by_name[VAKT])
    if VAKT in by_name:
        goals(by_name[VAKT], by_name[INSERT])


def middle(turns: Sequence[Turn], name: str) -> float:
    """Return the median of one figure over rounds."""
    return float(statistics.median(getattr(turn, name) for turn in turns))


def difference(mine: Runner, yours: Runner, name: str) -> float:
    """Return the median over rounds of how much more one bot's figure is."""
    pairs = zip(mine.turns, yours.turns, strict=True)
    return float(statistics.median(getattr(a, name) - getattr(b, name) for a, b in pairs))


def ratio(mine: Runner, yours: Runner, name: str) -> float:
    """Return the median over rounds of one bot's figure over the other's."""
    pairs = zip(mine.turns, yours.turns, strict=True)
    return float(statistics.median(getattr(a, name) / getattr(b, name) for a, b in pairs))


def compare(mine: Runner, yours: Runner) -> None:
    """Print what one bot costs over another."""
    print(
        f"\n{mine.contestant.name} over {yours.contestant.name}:"
        f" alone {difference(mine, yours, 'alone_p50'):+.2f} ms at p50;"
        f" {IN_FLIGHT} in flight {ratio(mine, yours, 'per_second'):.2f} of its throughput,"
        f" {ratio(mine, yours, 'busy_p99'):.2f} times its p99",
    )


def goals(vakt: Runner, insert: Runner) -> None:
    """Print each goal with what was measured."""
    ceilings = [
        ("ms over the INSERT, alone, p50: at most 3", difference(vakt, insert, "alone_p50"), 3.0),
        ("times the INSERT's p99, 20 in flight: at most 2", ratio(vakt, insert, "busy_p99"), 2.0),
        ("MB of PSS after the load: under 90", max(turn.megabytes for turn in vakt.turns), 90.0),
        ("s until ready: under 1.5", middle(vakt.turns, "ready"), 1.5),
        ("% of a core at rest: under 1", vakt.idle * 100, 1.0),
    ]
    for words, value, ceiling in ceilings:
        print(f"  {'met   ' if value <= ceiling else 'MISSED'} {value:7.2f} {words}")
    share = ratio(vakt, insert, "per_second")
    print(f"  {'met   ' if share >= HALF else 'MISSED'} {share:7.2f} of its throughput, 20 in flight: at least half")


def main() -> None:
    """Read the options, measure in a folder that is thrown away."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--replicas", type=int, nargs="+", default=[1], help="on PostgreSQL: how many of Vakt")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alone", type=int, default=150, help="requests one after the other, a turn")
    parser.add_argument("--busy", type=int, default=600, help=f"requests with {IN_FLIGHT} in flight, a turn")
    parser.add_argument("--idle", type=float, default=8.0, help="seconds of rest to measure")
    with tempfile.TemporaryDirectory(prefix="vakt-bench-") as folder:
        asked = parser.parse_args()
        if asked.database == "sqlite" and max(asked.replicas) > 1:
            parser.error("one process works on a SQLite file; add --database postgresql")
        asyncio.run(measure(asked, Path(folder)))


if __name__ == "__main__":
    main()
