"""`vakt demo`: a Slack workspace on this machine, in the browser, with Vakt running in it.

The sandbox is a process of its own. Vakt runs in this one, over Socket Mode, with contract time
that the page's clock shows and moves. Everything lies in a temporary folder and is gone afterwards.
"""
# ruff: noqa: FBT002 - Typer's flags are booleans

import json
import logging
import os
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from bot import logs
from bot.app import Vakt, build
from bot.clock_hook import ClockHook, Shown
from bot.contracts import read_contracts
from bot.demo_seed import seed_of
from bot.demo_time import OSLO, begins_at, calendars_of, next_opening
from bot.doors.socket_door import SocketDoor
from bot.machine import MovableClock, SystemClock
from bot.plainly import UNUSABLE, fail, plain_errors, read_settings
from bot.running import go_straight_to_this_machine, stopped_by_signals, wait_for
from bot.sandbox_process import Address, SandboxError, SandboxProcess, is_free, missing
from bot.sending.rates import Rates
from bot.settings import Settings
from bot.storage import schema
from bot.workspace.file import Workspace, WorkspaceError, read
from bot.workspace.importing import import_workspace
from models.sla.calendar import Calendar

WORKSPACE = Path(__file__).with_name("demo_data") / "workspace.toml"
MANIFEST = Path(__file__).with_name("manifest.yml")
PORT = 8700
"""Where the page is unless told otherwise: the browser remembers a page's hints by its address."""

POSTS_A_SECOND = 1000.0
"""In place of Slack's rates, so that a jump over days takes no longer than its messages."""

TOUR = """
Vakt's sandbox is at {url}   (Ctrl-C stops it)

  1  Be Anna, in #acme, and type  /ticket Invoices will not send
     Answer the questions: the last line says class, deadline and clause before you submit.
  2  Be Ola, in #desk: work the card. Start work, Reply, Assign and Wait are buttons; Resolve and Why? are under ⋯.
  3  Move the clock in the strip on top: +1 h, next reminder, next opening.

{clock}
"""


def register(app: typer.Typer) -> None:
    """Put `vakt demo` on the command line."""
    app.command("demo")(demo_command)


def demo_command(
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help=f"The page's port; {PORT} by default, 0 a free one.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address, open no browser.")] = False,
    exit_when_ready: Annotated[
        bool, typer.Option("--exit-when-ready", help="Stop as soon as everything runs: a test of the installation.")
    ] = False,
) -> None:
    """Open a Slack workspace on this machine, with Vakt running in it. No Slack account needed."""
    if missing():
        fail(f"The sandbox needs {', '.join(missing())}. Install them: pip install 'vakt[demo]'", UNUSABLE)
    logs.configure(read_settings().vakt_log, logging.WARNING)
    stop = stopped_by_signals()
    with plain_errors({SandboxError: "{error}", WorkspaceError: "{error}"}), ExitStack() as stack:
        address, clock_words = stack.enter_context(playing(_free(port), SystemClock().now()))
        typer.echo(TOUR.format(url=address.url, clock=clock_words))
        if exit_when_ready:
            return
        if not no_browser:
            webbrowser.open(address.url)
        wait_for(stop)


def _free(port: int | None) -> int:
    """The port to use: the one that was asked for, else ours, else any."""
    if port is None:
        return PORT if is_free(PORT) else 0
    if port and not is_free(port):
        fail(f"Port {port} is taken. Stop what listens there, or give --port another one (0 takes a free one).")
    return port


@contextmanager
def playing(port: int, now: datetime) -> Iterator[tuple[Address, str]]:
    """Everything running, from `now` or from when desks are open next.

    Gives the sandbox's address and what to say of the clock.
    """
    settings = read_settings()
    contracts = read_contracts(settings.vakt_policies)
    workspace = read(WORKSPACE, contracts)
    calendars = calendars_of(workspace, contracts)
    clock = MovableClock(begins_at(now, calendars))
    with TemporaryDirectory(prefix="vakt-demo-") as folder, ExitStack() as stack:
        play = Play(clock, calendars)
        hook = ClockHook(play.shown, play.moved)
        stack.callback(hook.stop)
        hook.start()
        sandbox = stack.enter_context(
            SandboxProcess(_arguments(Path(folder), workspace, clock.now(), hook.url, port), hook.token)
        )
        url = f"sqlite:///{Path(folder) / 'vakt.db'}"
        schema.upgrade(url)
        address = sandbox.ready()
        play.vakt = stack.enter_context(_running(_settings(address, url), clock, workspace))
        yield address, _clock_words(now, clock.now())


def _arguments(folder: Path, workspace: Workspace, begins: datetime, hook: str, port: int) -> list[str]:
    """What `python -m sandbox` is told."""
    seed = folder / "seed.json"
    seed.write_text(json.dumps(seed_of(workspace)), "utf-8")
    given = {
        "--manifest": MANIFEST,
        "--seed": seed,
        "--clock-hook": hook,
        "--clock": begins.isoformat(),
        "--port": port,
    }
    return ["--no-rate-limits", *(str(word) for pair in given.items() for word in pair)]


def _settings(address: Address, database_url: str) -> Settings:
    settings = read_settings(
        slack_bot_token=address.bot_token,
        slack_app_token=address.app_token,
        slack_signing_secret=address.signing_secret,
        slack_api_url=address.api_url,
        vakt_database_url=database_url,
    )
    go_straight_to_this_machine(settings, os.environ)
    return settings


@contextmanager
def _running(settings: Settings, clock: MovableClock, workspace: Workspace) -> Iterator[Vakt]:
    """Vakt, with the demonstration's workspace imported, until the end."""
    vakt = build(settings, clock=clock, rates=Rates(POSTS_A_SECOND, POSTS_A_SECOND))
    with vakt.database.transaction() as session:
        import_workspace(session, vakt.team.team_id, workspace)
    door = SocketDoor(vakt)
    vakt.start()
    try:
        door.start()
        vakt.load_the_rest()
        yield vakt
    finally:
        door.stop()
        vakt.stop()


class Play:
    """What the page's clock shows and does, once Vakt runs."""

    def __init__(self, clock: MovableClock, calendars: list[Calendar]) -> None:
        """`vakt` is set when it runs; until then nothing is due."""
        self.vakt: Vakt | None = None
        self._clock = clock
        self._calendars = calendars
        self._moving = threading.Lock()

    def shown(self) -> Shown:
        """The present instant, and what comes next."""
        now = self._clock.now()
        due = self.vakt.ticker.next_due() if self.vakt else None
        opening = next_opening(now, self._calendars)
        return {"now": now, "next_due": due, "next_reminder": due, "next_opening": opening}

    def moved(self, to: datetime) -> None:
        """Let it be `to`; whatever falls due by then is done and said before this returns."""
        self._clock.move_to(to)
        if self.vakt is not None:
            self.vakt.ticker.wake()
            self.vakt.settle()


def _clock_words(now: datetime, begins: datetime) -> str:
    here = begins.astimezone(OSLO)
    if abs((begins - now).total_seconds()) < 60:  # noqa: PLR2004 - a minute
        return f"Vakt's clock: {here:%A} {here.day} {here:%B %H:%M}, as on your wall."
    return (
        f"Vakt's clock begins on {here:%A} {here.day} {here:%B} at {here:%H:%M} (Oslo), in opening hours:"
        " by your own clock the support desks are closed, or soon will be."
    )
