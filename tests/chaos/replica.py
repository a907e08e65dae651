"""`vakt run` in a child process, with the run's clock in place of the world's."""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot import crash, logs
from bot.app import build
from bot.running import go_straight_to_this_machine, run, stopped_by_signals
from bot.settings import Settings
from bot.storage import instance, schema
from bot.ticker import Ticker
from tests.chaos.shared_clock import SharedClock

LOOKS_EVERY = 0.02
"""Seconds after which a child notices that contract time was moved."""


@dataclass(frozen=True)
class Orders:
    """What a child is told: its environment, the clock's file, where it logs, and its door."""

    environment: Mapping[str, str]
    clock: Path
    log: Path
    http: bool


def serve(orders: Orders) -> None:
    """Do what `vakt run` does, from the settings to the end."""
    _speak_into(orders.log)
    os.environ.update(orders.environment)
    crash.point = crash.points(os.environ.get(crash.VARIABLE, ""))
    settings = Settings()
    logs.configure("json")
    go_straight_to_this_machine(settings, os.environ)
    stop = stopped_by_signals()
    with instance.alone(settings.vakt_database_url) as alone:
        schema.upgrade(settings.vakt_database_url)
        clock = SharedClock(orders.clock)
        vakt = build(settings, clock=clock)
        if alone:
            vakt.succeed()
        threading.Thread(target=_follow, args=(clock, vakt.ticker), daemon=True).start()
        run(vakt, http=orders.http, stop=stop)


def _speak_into(log: Path) -> None:
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(file, stream)


def _follow(clock: SharedClock, ticker: Ticker) -> None:
    """Time does not pass here, it is moved: whoever waits for it is woken."""
    seen, never = clock.now(), threading.Event()
    while not never.wait(LOOKS_EVERY):
        if clock.now() != seen:
            seen = clock.now()
            ticker.wake()
