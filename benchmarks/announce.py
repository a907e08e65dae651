"""An outage as it is declared: how soon the first channel has it and the thousandth, and whether people can work on.

Slack is the sandbox, in this process, with its limits on; Vakt is a process of its own (SQLite, socket). An agent
types `/outage`, fills in the window and presses *Declare and announce*. Measured from that press to the first channel;
the share of what Slack allows is counted from the first post to the last, less the burst that may go at once. While
it runs the same agent types commands, and each is timed beside the same commands before the outage.

Run: ``make bench``, or ``python -m benchmarks.announce [--channels 1000]``.
"""

import argparse
import statistics
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks._door import TEAM
from benchmarks.fanout import GOAL, LIMITS, MANIFEST, PATIENCE, running
from bot import contracts
from bot.storage import schema
from bot.storage.database import Database
from bot.workspace.file import Workspace
from bot.workspace.importing import import_workspace
from models.ticket import Team as StoredTeam
from sandbox import Person, Sandbox
from sandbox.seed import Seed
from sandbox.workspace import Team

AGENT, DESK = "U0OLA", "C0DESK"
FIRST_SECONDS = 1.0
TIMES_AS_LONG = 3.0
COMMANDS = 12
"""Commands typed before, and at most as many while the announcement goes out."""


def lay(url: str, channels: int) -> None:
    """A desk with one agent and one service, and a customer with a channel of its own for every channel."""
    schema.upgrade(url)
    database = Database(url)
    contracts.store_here(database, TEAM, None, datetime(2026, 1, 1, tzinfo=UTC))
    agreement = {"desk": "desk", "contract": "pureservice", "since": date(2026, 1, 1)}
    document = {
        "people": [{"handle": "ola", "slack": AGENT, "name": "Ola Hansen", "language": "en"}],
        "desks": [{"key": "desk", "name": "Desk", "channel": DESK, "roles": {"agent": ["ola"]}}],
        "customers": [
            {"key": f"customer-{number}", "name": f"Customer {number}", "channel": f"C{number:08}", **agreement}
            for number in range(channels)
        ],
        "services": [{"key": "app", "name": "App", "desk": "desk"}],
    }
    with database.transaction() as session:
        session.merge(StoredTeam(team_id=TEAM, name="Bench"))
        import_workspace(session, TEAM, Workspace.model_validate(document))
    database.dispose()


def workspace(channels: int) -> Sandbox:
    """A Slack with that many customers' channels, and the desk's."""
    places = [{"name": f"customer-{number}", "id": f"C{number:08}"} for number in range(channels)]
    seed = Seed(
        team=Team(id=TEAM, name="Bench", domain="bench"),
        people=({"handle": "ola", "id": AGENT, "name": "Ola Hansen"},),
        channels=(*places, {"name": "desk", "id": DESK, "members": ["ola"]}),
    )
    return Sandbox(MANIFEST, seed=seed, limits=LIMITS)


def declares(ola: Person) -> float:
    """Declare it; gives the moment of the press."""
    assert ola.types("/outage Signing in fails", in_="#desk").error is None
    modal = ola.modal(30)
    modal.choose("about.services", "App")
    assert not modal.submit().errors
    preview = ola.modal(30)
    pressed = time.perf_counter()
    submitted = preview.submit()
    assert not submitted.errors, submitted.errors
    return pressed


def commanded(ola: Person) -> float:
    """Type a command; gives the seconds until it was answered."""
    asked = time.perf_counter()
    answer = ola.types("/outage list", in_="#desk")
    assert answer.error is None, answer.error
    return time.perf_counter() - asked


def told(slack: Sandbox) -> int:
    """In how many customers' channels it stands."""
    return slack.do(lambda: len({one.channel for one in slack.world.heard if one.channel[1:].isdecimal()}))


def until(slack: Sandbox, count: int) -> float:
    """Wait until so many channels have it; gives the moment."""
    deadline = time.perf_counter() + PATIENCE
    while time.perf_counter() < deadline:
        if told(slack) >= count:
            return time.perf_counter()
        time.sleep(0.01)
    raise TimeoutError(f"{count} channels were not told within {PATIENCE:g} s")


def measure(channels: int, folder: Path) -> None:
    """Declare an outage, and say how fast it was told."""
    url = f"sqlite:///{folder / 'vakt.db'}"
    lay(url, channels)
    slack = workspace(channels)
    slack.start()
    try:
        with running(slack, url, folder):
            slack.waits_for_app(timeout=60)
            ola = slack.person("ola")
            commanded(ola)  # loads what it needs
            before = [commanded(ola) for _ in range(COMMANDS)]
            pressed = declares(ola)
            first = until(slack, 1)
            meanwhile: list[float] = []
            while told(slack) < channels * 0.9 and len(meanwhile) < COMMANDS:
                meanwhile.append(commanded(ola))
                time.sleep(channels / LIMITS.workspace_posts / COMMANDS * 0.8)
            last = until(slack, channels)
    finally:
        slack.stop()
    say(channels, slack, (pressed, first, last), (before, meanwhile))


def say(
    channels: int, slack: Sandbox, moments: tuple[float, float, float], seconds: tuple[list[float], list[float]]
) -> None:
    """Print what was measured beside what was asked."""
    pressed, first, last = moments
    allowed = LIMITS.workspace_posts
    share = (channels - allowed) / (last - first) / allowed
    refused = sum(1 for row in slack.requests if row["status"] == 429)  # noqa: PLR2004 - HTTP's own word
    before, meanwhile = (statistics.median(each) for each in seconds)
    print(f"{channels} channels at {allowed:g} posts a second: {last - pressed:.1f} s from the press to the last")
    _met(first - pressed < FIRST_SECONDS, f"{first - pressed:.2f} s to the first channel: under {FIRST_SECONDS:g}")
    _met(share >= GOAL, f"{share:.2f} of what is allowed: at least {GOAL}")
    _met(refused == 0, f"{refused} times told to wait: never")
    answered = f"{meanwhile / before:.1f} times as long, {1000 * meanwhile:.0f} against {1000 * before:.0f} ms"
    _met(meanwhile < TIMES_AS_LONG * before, f"a command meanwhile, at the median: {answered}: under {TIMES_AS_LONG:g}")
    print(f"         the slowest of {len(seconds[1])} meanwhile: {1000 * max(seconds[1]):.0f} ms; Slack waits for 3 s")


def _met(is_met: bool, figure: str) -> None:  # noqa: FBT001 - read at the call
    print(f"  {'met   ' if is_met else 'MISSED'} {figure}")


def main() -> None:
    """Read the options, measure in a folder that is thrown away."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--channels", type=int, default=1_000)
    with tempfile.TemporaryDirectory(prefix="vakt-bench-") as folder:
        measure(parser.parse_args().channels, Path(folder))


if __name__ == "__main__":
    main()
