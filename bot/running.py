"""`vakt run`: the process in a real workspace, from settings to a clean stop."""
# ruff: noqa: FBT002 - Typer's flags are booleans

import errno
import os
import signal
import threading
from collections.abc import MutableMapping
from importlib import import_module
from queue import SimpleQueue
from typing import TYPE_CHECKING, Annotated, Any, NoReturn
from urllib.parse import urlsplit

import structlog
import typer
from slack_sdk.errors import SlackApiError
from sqlalchemy.engine import make_url

from bot import logs, memory
from bot.app import NotKnownError, SlackRefusedError, Vakt, build
from bot.doors.socket_door import SocketDoor
from bot.doors.socket_watch import FAILURES
from bot.gateway import refusal_or_absence
from bot.plainly import fail, first_line, need, plain_errors, read_settings
from bot.settings import Settings
from bot.storage import instance, schema
from bot.store_contracts import store_apart

if TYPE_CHECKING:
    from bot.doors.hook_door import HookDoor
    from bot.doors.http_door import HttpDoor
    from bot.doors.web import WatchDoor

log = structlog.get_logger()

PROXIES = ("http_proxy", "https_proxy", "all_proxy")
LONGEST_PAUSE = 30.0
"""Seconds between two attempts to open the socket while Slack is down."""
LOOK_UP = 1.0
"""Seconds after which the main thread lets a signal's handler run, at the latest."""

SAID = {
    NotKnownError: "Slack cannot be reached: {error}. Look at the network, its proxy, and SLACK_API_URL.",
    instance.TakenError: "{error}",
    SlackRefusedError: "Slack refuses SLACK_BOT_TOKEN: {error}. Install the app again and copy the token: vakt doctor",
}


def register(app: typer.Typer) -> None:
    """Put `vakt run` on the command line."""
    app.command("run")(run_command)


def run_command(
    http: Annotated[
        bool, typer.Option("--http", help="Take signed requests on VAKT_HTTP_PORT in place of Socket Mode.")
    ] = False,
) -> None:
    """Run Vakt in your workspace until it is stopped (Ctrl-C, SIGTERM)."""
    settings = read_settings()
    logs.configure(settings.vakt_log)
    memory.share_pools()
    need(settings, "slack_bot_token", "slack_signing_secret" if http else "slack_app_token")
    go_straight_to_this_machine(settings, os.environ)
    stop = stopped_by_signals()
    with plain_errors(SAID), instance.alone(settings.vakt_database_url) as alone:
        _run(settings, stop, http=http, alone=alone)


def _run(settings: Settings, stop: threading.Event, *, http: bool, alone: bool) -> None:
    """From the schema to a clean stop; `alone` when nobody else can be at work on the database."""
    schema.upgrade(settings.vakt_database_url)
    vakt = build(settings, store=store_apart)
    if alone:
        vakt.succeed()
    run(vakt, http=http, stop=stop)


def run(vakt: Vakt, *, http: bool, stop: threading.Event) -> None:
    """Open the door, work until `stop` is set, and close everything."""
    door = _door(vakt, http=http)
    watch = _watch_door(vakt, door)
    hooks = _hook_door(vakt)
    vakt.start()
    try:
        if _opened(door, stop):
            log.info("ready", **_bearings(vakt, door))
            vakt.load_the_rest()
        wait_for(stop)
    finally:
        log.info("stopping")
        vakt.stopping = True
        door.stop()
        vakt.stop()
        if watch is not None:
            watch.stop()
        if hooks is not None:
            hooks.stop()
    log.info("stopped")


def go_straight_to_this_machine(settings: Settings, environment: MutableMapping[str, str]) -> None:
    """Forget the proxies when Slack is on this machine: its SDK sends even loopback through them."""
    if urlsplit(settings.slack_api_url).scheme == "http":
        for name in PROXIES:
            environment.pop(name, None)
            environment.pop(name.upper(), None)


def stopped_by_signals() -> threading.Event:
    """An event that Ctrl-C and SIGTERM set; `wait_for` waits for it.

    Set by a thread: a handler interrupts whoever is just looking at the event, and would wait for
    the very lock that is held there.
    """
    stop, told = threading.Event(), SimpleQueue[int]()

    def pass_on() -> None:
        told.get()
        stop.set()

    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda number, _frame: told.put(number))
    threading.Thread(target=pass_on, name="signals", daemon=True).start()
    return stop


def wait_for(stop: threading.Event) -> None:
    """Wait in the main thread, looking up now and then.

    A signal that comes when the wait has been decided on and not begun does not end it.
    """
    while not stop.wait(LOOK_UP):
        pass


def _door(vakt: Vakt, *, http: bool) -> "SocketDoor | HttpDoor":
    if not http:
        return SocketDoor(vakt)
    try:
        made: HttpDoor = _loaded("http_door").HttpDoor(vakt)
    except OSError as error:
        vakt.stop()
        _fail_for_port(error, vakt.settings.vakt_http_port, "VAKT_HTTP_PORT")
    return made


def _loaded(name: str) -> Any:  # noqa: ANN401 - a module
    """A module that listens on a port: what it needs is no part of a process that has none."""
    return import_module(f"bot.doors.{name}")


def _watch_door(vakt: Vakt, door: "SocketDoor | HttpDoor") -> "WatchDoor | None":
    """Open the port for those who watch, if one is set. In HTTP mode they are answered on its port anyway."""
    port = vakt.settings.vakt_watch_port
    if port is None:
        return None
    try:
        web = _loaded("web")
        hooks = _loaded("hook_door").HookPlace(vakt) if vakt.settings.vakt_hook_port is None else None
        watch: WatchDoor = web.WatchDoor(web.Watch(vakt, door), vakt.settings.vakt_watch_host, port, hooks)
    except OSError as error:
        vakt.stop()
        _fail_for_port(error, port, "VAKT_WATCH_PORT")
    watch.start()
    log.info("watched", host=vakt.settings.vakt_watch_host, port=watch.port)
    return watch


def _hook_door(vakt: Vakt) -> "HookDoor | None":
    """Open the port for alerts and heartbeats, if they have one of their own."""
    port, host = vakt.settings.vakt_hook_port, vakt.settings.vakt_hook_host
    if port is None:
        return None
    try:
        door = _loaded("hook_door")
        hooks: HookDoor = door.HookDoor(door.HookPlace(vakt), host, port)
    except OSError as error:
        vakt.stop()
        _fail_for_port(error, port, "VAKT_HOOK_PORT")
    hooks.start()
    log.info("hooks", host=host, port=hooks.port)
    return hooks


def _fail_for_port(error: OSError, port: int, setting: str) -> NoReturn:
    if error.errno == errno.EADDRINUSE:
        fail(f"Port {port} is taken. Stop what listens there, or set {setting} to another one.")
    fail(f"Port {port} cannot be listened on: {error.strerror or error}. Set {setting} to another one.")


def _opened(door: "SocketDoor | HttpDoor", stop: threading.Event) -> bool:
    """Open the door; while Slack is down, try again until it is there or we are told to stop."""
    pause = 1.0
    while not stop.is_set():
        try:
            door.start()
        except FAILURES as error:
            _end_when_refused(error)
            log.warning("socket_not_opened", why=first_line(error), next_attempt_seconds=pause)
            stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        else:
            return True
    return False


def _end_when_refused(error: Exception) -> None:
    """The token is wrong: trying again would not help."""
    failure = refusal_or_absence("apps.connections.open", error) if isinstance(error, SlackApiError) else None
    if isinstance(failure, SlackRefusedError):
        fail(
            f"Slack refuses SLACK_APP_TOKEN: {failure.error}. Make an app-level token with the scope"
            " connections:write under Basic Information."
        )


def _bearings(vakt: Vakt, door: "SocketDoor | HttpDoor") -> dict[str, str]:
    """What the line says that tells of readiness: where we are, on what, through which door."""
    url = make_url(vakt.settings.vakt_database_url)
    return {
        "workspace": f"{vakt.team.name} ({vakt.team.team_id})",
        "database": url.render_as_string(hide_password=True),
        "door": str(door),
    }
