"""Vakt as a child process whose contract time begins at an instant: ``_clocked.py ISO``. Otherwise as ``vakt run``."""

import gc
import sys
from datetime import datetime

from bot import logs
from bot.app import build
from bot.cli import SELDOM
from bot.machine import MovableClock
from bot.running import run, stopped_by_signals
from bot.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    logs.configure(settings.vakt_log)
    vakt = build(settings, clock=MovableClock(datetime.fromisoformat(sys.argv[1])))
    gc.freeze()
    gc.set_threshold(*SELDOM)
    vakt.succeed()
    run(vakt, http=False, stop=stopped_by_signals())
