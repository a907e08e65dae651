"""How fast are ten thousand reminders said that fall due at once, and is one lost or said twice.

Each reminder is for another person. Slack (``_door.py``, in this process) answers every post after 100 ms, and
channel limits are lifted. Measured from the moment Vakt is up with everything due to the last reminder's post;
counted by the outbox key that every message carries. Then the same with ``kill -9`` in the middle.

Beside it, in the same run, APScheduler with one job a reminder and its own defaults, the same 100 ms a post.

Run: ``make bench``, or ``python -m benchmarks.timers [--reminders 10000]``.
"""

import argparse
import asyncio
import json
import logging
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from benchmarks._door import Door, Json
from benchmarks._fill import NOON, lay, open_many
from benchmarks._process import Bot, python, start
from bot.machine import SystemClock

SLACK_SECONDS = 0.1
AT_ONCE = 128
LIFTED = {
    "VAKT_POSTS_PER_CHANNEL_PER_SECOND": "100000",
    "VAKT_POSTS_PER_SECOND": "100000",
    "VAKT_POSTS_AT_ONCE": str(AT_ONCE),
}
DUE_AFTER = timedelta(hours=2, minutes=1)
"""Half of SoftOne's four hours, and a minute."""
PATIENCE = 600.0
GOAL = 400


class SlowSlack(Door):
    """A Slack that answers a post after 100 ms, keeps what was posted, and counts the reminders by key."""

    def __init__(self, wanted: int) -> None:
        """Wait for so many different ones."""
        super().__init__()
        self.wanted = wanted
        self.said: Counter[str] = Counter()
        self.last = 0.0
        self.all_said, self.half_said = asyncio.Event(), asyncio.Event()
        self._posts: dict[str, list[Json]] = {}

    async def _call(self, request: web.Request) -> web.Response:
        if request.match_info["method"] == "chat.postMessage":
            await asyncio.sleep(SLACK_SECONDS)
        return await super()._call(request)

    def _answer(self, method: str, asked: Mapping[str, Any]) -> Json:
        answer = super()._answer(method, asked)
        channel = str(asked.get("channel"))
        if method == "conversations.open":
            return {"ok": True, "channel": {"id": str(asked.get("users"))}}
        if method in {"conversations.history", "conversations.replies"}:
            return {"ok": True, "messages": self._posts.get(channel, [])[-100:], "has_more": False}
        if method == "chat.postMessage":
            metadata = asked.get("metadata") or {}
            metadata = json.loads(metadata) if isinstance(metadata, str) else metadata
            self._posts.setdefault(channel, []).append({"ts": answer["ts"], "metadata": metadata})
            self._count(str((metadata.get("event_payload") or {}).get("key", "")))
        return answer

    def _count(self, key: str) -> None:
        if not key.startswith("remind:"):
            return
        self.said[key] += 1
        self.last = time.perf_counter()
        if len(self.said) >= self.wanted // 2:
            self.half_said.set()
        if len(self.said) >= self.wanted:
            self.all_said.set()

    @property
    def verdict(self) -> str:
        """How many were lost, and how many said twice."""
        doubled = sum(count - 1 for count in self.said.values())
        return f"{self.wanted - len(self.said):,} lost, {doubled:,} doubled"


async def vakt(wanted: int, folder: Path, *, killed: bool) -> None:
    """Run Vakt against a slow Slack, perhaps kill it in the middle, and say how it went."""
    url = f"sqlite:///{folder / f'timers-{killed}.db'}"
    open_many(url, lay(url), range(1, wanted + 1), reported_at=NOON, owned=True)
    slack, log = SlowSlack(wanted), folder / "vakt.log"
    bot = await _started(url, slack, log)
    begun = time.perf_counter()
    if killed:
        await asyncio.wait_for(slack.half_said.wait(), PATIENCE)
        bot.process.kill()
        await bot.process.wait()
        bot = await _started(url, slack, log)
    try:
        await asyncio.wait_for(slack.all_said.wait(), PATIENCE)
        await asyncio.sleep(1)  # for what would be said twice
    except TimeoutError:
        pass
    finally:
        await bot.stop()
    rate = len(slack.said) / (slack.last - begun)
    if killed:
        print(f"Vakt, killed in the middle  {slack.verdict}")
    else:
        met = "met   " if rate >= GOAL else "MISSED"
        print(f"Vakt                        {slack.verdict}; {rate:.0f} reminders a second")
        print(f"  {met} {rate:.0f} a second: at least {GOAL}")


async def _started(url: str, slack: SlowSlack, log: Path) -> Bot:
    at = (NOON + DUE_AFTER).isoformat()
    return await start(python("-m", "benchmarks._clocked", at), {"VAKT_DATABASE_URL": url, **LIFTED}, log, slack)


def apscheduler(wanted: int) -> None:
    """One job a reminder, all due now, with APScheduler's own defaults."""
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(AT_ONCE)})
    said, lock = [], threading.Lock()

    def remind(number: int) -> None:
        time.sleep(SLACK_SECONDS)
        with lock:
            said.append((number, time.perf_counter()))

    due = SystemClock().now() + timedelta(seconds=1)
    scheduler.start(paused=True)
    for number in range(wanted):
        scheduler.add_job(remind, "date", run_date=due, args=[number])
    begun = time.perf_counter()
    scheduler.resume()
    while scheduler.get_jobs():
        time.sleep(0.1)
    scheduler.shutdown(wait=True)
    rate = len(said) / (max(at for _, at in said) - begun) if said else 0.0
    print(f"APScheduler, its defaults   {wanted - len(said):,} lost, 0 doubled; {rate:.0f} reminders a second")


def main() -> None:
    """Read the options, measure in a folder that is thrown away."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--reminders", type=int, default=10_000)
    wanted = parser.parse_args().reminders
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # who is killed leaves requests half written
    with tempfile.TemporaryDirectory(prefix="vakt-bench-") as folder:
        for killed in (False, True):
            asyncio.run(vakt(wanted, Path(folder), killed=killed))
    apscheduler(wanted)


if __name__ == "__main__":
    main()
