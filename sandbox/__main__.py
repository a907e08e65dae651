"""`python -m sandbox --manifest manifest.yml`: a workspace to look at, until it is interrupted.

Prints one JSON line with the address and the tokens when it is ready; programs read it, people open the address.
"""

import argparse
import json
import os
import signal
import sys
import threading
import webbrowser
from datetime import datetime
from pathlib import Path

from sandbox.clock import Clock
from sandbox.pace import Limits
from sandbox.seed import Seed, load_seed
from sandbox.server import Sandbox


def arguments() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local Slack workspace for one app.")
    parser.add_argument("--manifest", type=Path, default=Path("manifest.yml"), help="the app's manifest (YAML or JSON)")
    parser.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--seed", type=Path, help="a JSON file with people and channels")
    parser.add_argument("--clock-hook", help="an address on this machine that shows and moves the app's clock")
    parser.add_argument("--http-target", help="deliver by signed HTTP to this address on this machine, not by sockets")
    parser.add_argument("--no-rate-limits", action="store_true", help="never answer 429")
    parser.add_argument("--clock", type=moment, help="the instant (ISO, with offset) at which time begins; default now")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends: its starter is gone")
    parser.add_argument("--open", action="store_true", help="open the page in a browser")
    return parser


def main() -> None:
    """Run until SIGINT or SIGTERM."""
    given = arguments().parse_args()
    slack = Sandbox(
        given.manifest,
        clock=Clock(given.clock, runs=True),
        seed=load_seed(given.seed) if given.seed else example(),
        port=given.port,
        http_target=given.http_target,
        limits=Limits().lifted() if given.no_rate_limits else Limits(),
        clock_hook=given.clock_hook,
    )
    stop = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: stop.set())
    with slack:
        print(json.dumps(ready(slack)), flush=True)
        if given.open:
            webbrowser.open(slack.url)
        if given.until_eof:
            threading.Thread(target=_until_eof, args=(stop,), daemon=True).start()
        stop.wait()


def _until_eof(stop: threading.Event) -> None:
    # Not through sys.stdin: a buffered reader still held by a thread at exit is fatal.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop.set()


def moment(text: str) -> datetime:
    """Read an instant with its offset; raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        message = f"{text} has no offset; write 2026-11-23T09:40+01:00"
        raise ValueError(message)
    return at


def example() -> Seed:
    """Return two people and a channel, for a workspace without a seed."""
    people = ({"handle": "kari", "name": "Kari Nordmann"}, {"handle": "ola", "name": "Ola Hansen", "is_admin": True})
    return Seed(people=people, channels=({"name": "general", "members": ["kari", "ola"]},))


def ready(slack: Sandbox) -> dict[str, str]:
    """Return what a program needs to connect an app."""
    return {
        "url": slack.url,
        "api_url": slack.api_url,
        "bot_token": slack.bot_token,
        "app_token": slack.app_token,
        "signing_secret": slack.signing_secret,
        "team_id": slack.team_id,
    }


if __name__ == "__main__":
    main()
