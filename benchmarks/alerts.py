"""How soon is somebody paged when alerts pour in: from a delivery sent, over its 202, to the page handed to Slack.

Alerts come over real HTTP into a real ``vakt run``, evenly, 50 a second, each another one, over 60 routes, customers,
desks and people on call, with 10,000 tickets open before. Each opens a ticket and pages. Slack is ``_door.py`` in this
process, as is the load; Vakt is a process of its own. A page is a part of a direct message that names the alert: those
that begin for one person within two seconds share one after the first. Each alert must open one ticket and be paged
once: what is lost or doubled is counted from the messages and from the database.

Limits on posting are lifted, as in the other benchmarks: with those that Slack gives an app, 20 posts a second, 50
pages a second cannot be said by anybody. ``--usual`` keeps them.

Run: ``make bench``, or ``python -m benchmarks.alerts [--seconds 5] [--rate 50] [--rotas 60] [--open 10000]``.
"""

import argparse
import asyncio
import json
import re
import socket
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, TCPConnector, web

from benchmarks._database import count
from benchmarks._door import TEAM, Door, Json
from benchmarks._fill import lay, open_many
from benchmarks._process import python, start
from bot.machine import SystemClock
from bot.storage.database import Database
from bot.workspace.file import CustomerEntry, DeskEntry, PersonEntry, Roles, Workspace
from bot.workspace.importing import import_workspace
from models.alerting.document import RouteDocument
from models.hook import new_hook

GOAL = 1.0
"""Seconds from accepted to the first page of a person, p99."""
PATIENCE = 30.0
TWO = 2
ALERT = re.compile(r"Alert (\d+) is wrong")
LIFTED = {
    "VAKT_POSTS_PER_CHANNEL_PER_SECOND": "100000",
    "VAKT_POSTS_PER_SECOND": "100000",
    "VAKT_HOOK_REQUESTS_PER_SECOND": "1000",
}


@dataclass
class PagedSlack(Door):
    """A Slack that keeps when whom was paged for which alert."""

    paged: dict[int, float] = field(default_factory=dict)
    whom: dict[int, str] = field(default_factory=dict)
    times: Counter[int] = field(default_factory=Counter)
    messages: int = 0
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def _answer(self, method: str, asked: Mapping[str, Any]) -> Json:
        if method == "chat.postMessage" and str(asked.get("channel", "")).startswith("U0ON"):
            self._note(asked)
        return super()._answer(method, asked)

    def _note(self, asked: Mapping[str, Any]) -> None:
        parts = [block["text"]["text"] for block in asked.get("blocks", ()) if block["type"] == "section"]
        found = [int(each[1]) for part in parts if (each := ALERT.search(part))]
        for number in found:
            self.paged.setdefault(number, time.perf_counter())
            self.whom.setdefault(number, str(asked["channel"]))
            self.times[number] += 1
        self.messages += bool(found)
        self.heard.set()


def rotas(several: int) -> Workspace:
    """As many desks, each with somebody on call, a customer and a route."""
    numbers = range(1, several + 1)
    person = {"language": "en", "zone": "Europe/Oslo"}
    return Workspace(
        people=[PersonEntry(handle=f"p{n}", slack=f"U0ON{n:04}", name=f"Person {n}", **person) for n in numbers],
        desks=[
            DeskEntry(
                key=f"d{n}",
                name=f"Desk {n}",
                channel=f"C0DESK{n:04}",
                roles=Roles(agent=[f"p{n}"], senior=[f"p{n}"], on_call=[f"p{n}"]),
            )
            for n in numbers
        ],
        customers=[
            CustomerEntry(key=f"c{n}", name=f"Customer {n}", desk=f"d{n}", contract="softone", since=date(2026, 1, 1))
            for n in numbers
        ],
        routes=[
            RouteDocument(key=f"r{n}", match={"rota": str(n)}, customer=f"c{n}", severity="P3", page=True, storm=200)
            for n in numbers
        ],
    )


def prepared(url: str, several: int, before: int) -> str:
    """A database with so many tickets open; gives the key of a hook."""
    now = SystemClock().now()
    open_many(url, lay(url, now), range(1, before + 1), reported_at=now)
    database, opened = Database(url), new_hook(TEAM, "bench", now)
    with database.transaction() as session:
        import_workspace(session, TEAM, rotas(several))
        session.add(opened.hook)
    database.dispose()
    return opened.key


def delivery(number: int, rota: int) -> bytes:
    """One alert as Alertmanager sends it."""
    alert = {
        "status": "firing",
        "labels": {"alertname": f"Alert{number}", "rota": str(rota), "severity": "critical", "instance": "db1:9100"},
        "annotations": {"summary": f"Alert {number} is wrong", "description": "It has been so for five minutes."},
        "startsAt": "2026-11-23T08:40:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "https://prometheus.example/graph",
        "fingerprint": f"{number:016x}",
    }
    return json.dumps({"version": "4", "status": "firing", "alerts": [alert]}).encode()


@dataclass
class Load:
    """What was sent when, and when it was accepted."""

    address: str
    several: int
    sent: dict[int, float] = field(default_factory=dict)
    accepted: dict[int, float] = field(default_factory=dict)

    async def send(self, client: ClientSession, number: int) -> None:
        """One delivery."""
        self.sent[number] = time.perf_counter()
        async with client.post(self.address, data=delivery(number, number % self.several + 1)) as answer:
            await answer.read()
            if answer.status == web.HTTPAccepted.status_code:
                self.accepted[number] = time.perf_counter()

    async def pour(self, client: ClientSession, numbers: range, rate: float) -> None:
        """Evenly, whether or not those before were answered."""
        begun, tasks = time.perf_counter(), []
        for place, number in enumerate(numbers):
            await asyncio.sleep(max(0.0, begun + place / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(self.send(client, number)))
        await asyncio.gather(*tasks)


async def measured(options: argparse.Namespace, folder: Path) -> bool:
    """Run it once; gives whether the goal was met and nothing lost."""
    url = f"sqlite:///{folder / 'alerts.db'}"
    key, port, slack = prepared(url, options.rotas, options.open), _free_port(), PagedSlack()
    env = {"VAKT_DATABASE_URL": url, "VAKT_HOOK_PORT": str(port)} | ({} if options.usual else LIFTED)
    bot = await start(python("-m", "bot.cli", "run"), env, folder / "vakt.log", slack)
    load = Load(f"http://127.0.0.1:{port}/hooks/alertmanager/{key}", options.rotas)
    numbers = range(1, int(options.seconds * options.rate) + 1)
    try:
        async with ClientSession(connector=TCPConnector(limit=64)) as client:
            await load.send(client, 0)
            await _paged(slack, [0])
            await load.pour(client, numbers, options.rate)
            await _paged(slack, numbers)
    finally:
        await bot.stop()
    opened = count(url, "ticket") - options.open - 1
    return told(load, slack, numbers, opened)


async def _paged(slack: PagedSlack, numbers: Sequence[int]) -> None:
    """Wait until everybody was paged, and a second for what would be said twice."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while not all(number in slack.paged for number in numbers):
                slack.heard.clear()
                await slack.heard.wait()
    await asyncio.sleep(1)


def told(load: Load, slack: PagedSlack, numbers: range, opened: int) -> bool:
    """Say how it went."""
    accepted = [number for number in numbers if number in load.accepted]
    lost = [number for number in accepted if number not in slack.paged]
    doubled = sum(slack.times[number] - 1 for number in accepted if number in slack.paged)
    print(f"{len(numbers)} alerts, {len(accepted)} accepted, {opened} tickets opened")
    print(f"  {len(lost)} pages lost, {doubled} doubled, in {slack.messages} messages")
    heard = [number for number in accepted if number in slack.paged]
    first = {slack.whom[number]: number for number in reversed(heard)}
    _line("sent to accepted", [load.accepted[n] - load.sent[n] for n in accepted])
    _line("accepted to page, every alert", [slack.paged[n] - load.accepted[n] for n in heard])
    worst = _line(
        "accepted to page, the first of each person", [slack.paged[n] - load.accepted[n] for n in first.values()]
    )
    met = worst < GOAL
    print(f"  {'met   ' if met else 'MISSED'} p99 under {GOAL:g} s")
    return met and not lost and not doubled and opened == len(accepted) == len(numbers)


def _line(what: str, seconds: Sequence[float]) -> float:
    """Print a row; gives its p99. What was said before its 202 had come back counts as at once."""
    if len(seconds) < TWO:
        print(f"  {what:44} of {len(seconds)}")
        return float("inf")
    parts = statistics.quantiles([max(0.0, each) for each in seconds], n=100, method="inclusive")
    print(f"  {what:44} p50 {parts[49] * 1000:6.0f} ms   p99 {parts[98] * 1000:6.0f} ms   of {len(seconds)}")
    return parts[98]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def main() -> int:
    """Measure and print; ends with 1 when something was lost, doubled or too slow and `--check` is given."""
    parser = argparse.ArgumentParser(description="From an alert to a page.")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--rotas", type=int, default=60)
    parser.add_argument("--open", type=int, default=10_000)
    parser.add_argument("--usual", action="store_true", help="keep the limits on posting")
    parser.add_argument("--check", action="store_true", help="end with 1 when a goal is missed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        well = asyncio.run(measured(options, Path(folder)))
    return 0 if well or not options.check else 1


if __name__ == "__main__":
    raise SystemExit(main())
