"""How much of what Slack allows an announcement to a thousand channels gets, and whether Slack must say "wait".

Slack is the sandbox, in this process, with its limits on: one message a second in a channel, and a figure for the whole
workspace that Slack does not publish. Vakt is set to the same one, and it is printed. Measured from the first post to
the last, less the burst that may go at once. A page that becomes owed in the middle is timed as well.

Run: ``make bench``, or ``python -m benchmarks.fanout [--channels 1000]``.
"""

import argparse
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlmodel import select

from benchmarks._door import PERSON, TEAM
from benchmarks._fill import NOON, lay
from benchmarks._process import clean_environment, python
from bot import contracts
from bot.machine import MachineClock
from bot.storage.database import Database
from models.desk import Desk
from models.outbox import Kind, Outgoing, Priority
from sandbox import Limits, Sandbox
from sandbox.seed import Seed
from sandbox.workspace import Team

MANIFEST = Path(__file__).resolve().parent.parent / "manifest.yml"
LIMITS = Limits(special_per_minute=1_000_000)
"""The method's own allowance is lifted, so that the workspace's figure is what counts."""
GOAL = 0.95
PAGE_SECONDS = 2.0
PATIENCE = 600.0


def announce(database: Database, channels: int) -> None:
    """Owe a message to every channel."""
    at = MachineClock().now()
    with database.transaction() as session:
        desk = session.exec(select(Desk)).one()
        told = {"desk": desk.id, "finding": "late_timer", "count": 1, "mended": True, "tickets": []}
        for number in range(channels):
            row = _row(f"announce:{number}", f"C{number:08}", Priority.ANNOUNCEMENT, at)
            row.args = told
            session.add(row)


def _row(key: str, conversation: str, priority: Priority, at: datetime) -> Outgoing:
    return Outgoing(
        team_id=TEAM,
        key=key,
        kind=Kind.FINDING,
        conversation=conversation,
        priority=priority,
        ready_at=at,
        created_at=at,
    )


def page(database: Database) -> None:
    """Owe something urgent to one person."""
    at = MachineClock().now()
    with database.transaction() as session:
        desk = session.exec(select(Desk)).one()
        row = _row("page", PERSON, Priority.PAGE, at)
        row.args = {"desk": desk.id, "finding": "stuck_message", "count": 7, "mended": False, "tickets": []}
        session.add(row)


def workspace(channels: int) -> Sandbox:
    """A Slack with that many channels, and the bot in each."""
    seed = Seed(
        team=Team(id=TEAM, name="Bench", domain="bench"),
        people=({"handle": "kari", "id": PERSON, "name": "Kari Nordmann"},),
        channels=tuple({"name": f"channel-{number}", "id": f"C{number:08}"} for number in range(channels)),
    )
    return Sandbox(MANIFEST, seed=seed, limits=LIMITS)


@contextmanager
def running(slack: Sandbox, url: str, folder: Path) -> Iterator[None]:
    """Vakt, from ready to stopped."""
    env = clean_environment() | {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "VAKT_DATABASE_URL": url,
        "VAKT_POSTS_PER_SECOND": str(LIMITS.workspace_posts),
    }
    log = folder / "vakt.log"
    with log.open("w") as output:
        child = subprocess.Popen(python("-m", "bot.cli", "run"), env=env, cwd=folder, stdout=output, stderr=output)
        try:
            yield
        finally:
            child.terminate()
            child.wait(30)


def measure(channels: int, folder: Path) -> None:
    """Announce, and say how fast it went."""
    url = f"sqlite:///{folder / 'vakt.db'}"
    lay(url, NOON)
    database = Database(url)
    contracts.store_here(database, TEAM, None, MachineClock().now())
    announce(database, channels)
    slack = workspace(channels)
    slack.start()
    try:
        with running(slack, url, folder):
            first = _until(slack, 1)
            _until(slack, channels // 2)
            page(database)
            asked = time.perf_counter()
            paged = _until(slack, 1, Kind.PAGE) - asked
            last = _until(slack, channels)
    finally:
        slack.stop()
        database.dispose()
    allowed = LIMITS.workspace_posts
    share = (channels - allowed) / (last - first) / allowed
    refused = sum(1 for row in slack.requests if row["status"] == 429)  # noqa: PLR2004 - HTTP's own word
    took = f"{last - first:.1f} s, {refused} times 429"
    print(f"{channels} channels at {allowed:g} posts a second in the workspace: {took}")
    _say(share >= GOAL, f"{share:.2f} of what is allowed: at least {GOAL}")
    _say(refused == 0, f"{refused} times told to wait: never")
    _say(paged < PAGE_SECONDS, f"{paged:.2f} s for a page in between: under {PAGE_SECONDS:g}")


def _say(is_met: bool, figure: str) -> None:  # noqa: FBT001 - read at the call
    print(f"  {'met   ' if is_met else 'MISSED'} {figure}")


def _until(slack: Sandbox, count: int, kind: Kind | None = None) -> float:
    """Wait until so many messages stand in channels, or one stands in a direct message; gives the moment."""
    direct = kind is Kind.PAGE
    deadline = time.perf_counter() + PATIENCE
    while time.perf_counter() < deadline:
        if slack.do(lambda: _posts(slack, direct=direct)) >= count:
            return time.perf_counter()
        time.sleep(0.01)
    raise TimeoutError(f"{count} messages were not posted within {PATIENCE:g} s")


def _posts(slack: Sandbox, *, direct: bool) -> int:
    return sum(1 for heard in slack.world.heard if heard.channel.startswith("D") is direct)


def main() -> None:
    """Read the options, measure in a folder that is thrown away."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--channels", type=int, default=1_000)
    with tempfile.TemporaryDirectory(prefix="vakt-bench-") as folder:
        measure(parser.parse_args().channels, Path(folder))


if __name__ == "__main__":
    main()
