"""Jobs of the calendar, run by APScheduler: each may run twice, or late, and does no harm."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING

import structlog
from sqlmodel import Session

from bot.machine import MachineClock
from bot.storage.database import Database, Lane
from models.tidying import Place, Tidied, tidy_outbox, tidy_received

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

log = structlog.get_logger()

BATCH = 500
"""Rows looked at in one transaction: a few milliseconds, so that nobody who writes waits for long."""

Forget = Callable[[Session, datetime, Place | None, int], Tidied]


@dataclass(frozen=True, slots=True)
class Kept:
    """How long what is over is remembered."""

    received: timedelta
    sent: timedelta
    alerts: timedelta = timedelta(days=30)
    """Longer than any route reopens a ticket for."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What is compared with Slack: who of the rotas' people is still there, and the groups of who is on call."""

    members: Callable[[], object]
    groups: Callable[[], object]


class CalendarJobs:
    """The scheduler and its jobs."""

    def __init__(self, team_id: str, database: Database, machine: MachineClock, kept: Kept, looks: Looks) -> None:
        """Nothing runs until `start`."""
        self._looks = looks
        self._team_id, self._database = team_id, database
        self._machine = machine
        self._kept = kept
        self._scheduler: BackgroundScheduler | None = None

    def start(self) -> None:
        """Begin. APScheduler is loaded here, when the door is open: no person waits for a nightly job."""
        background = importlib.import_module("apscheduler.schedulers.background")
        scheduler: BackgroundScheduler = background.BackgroundScheduler(
            timezone="UTC",
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        )
        scheduler.add_job(self.tidy, "cron", hour=3, minute=17, id="tidy")
        scheduler.add_job(self._looks.members, "cron", hour=3, minute=47, id="members")
        scheduler.add_job(self._looks.members, id="members at start")
        scheduler.add_job(self.arm_reports, "cron", hour=3, minute=27, id="reports")
        scheduler.add_job(self.arm_reports, id="reports at start")
        scheduler.add_job(self._looks.groups, "cron", second=5, id="groups")
        scheduler.start()
        self._scheduler = scheduler

    def stop(self) -> None:
        """Finish the job in hand."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)

    def arm_reports(self) -> None:
        """Have the reports about availability looked at, of a team's desks where nobody has yet."""
        import_module("bot.report_arming").arm_reports(self._database, self._team_id)

    def tidy(self, batch: int = BATCH) -> int:
        """Forget what is over for long enough; gives how many rows. Batches of so many rows, a transaction each."""
        received = self._forget(tidy_received, self._kept.received, batch)
        sent = self._forget(tidy_outbox, self._kept.sent, batch)
        alerts = self._forget(import_module("models.alert_tidying").tidy_alerts, self._kept.alerts, batch)
        log.info("tidied", received=received, outbox=sent, alerts=alerts)
        return received + sent + alerts

    def _forget(self, forget: Forget, kept: timedelta, batch: int) -> int:
        before, after, count = self._machine.now() - kept, None, 0
        while True:
            with self._database.transaction(Lane.LOOP) as session:
                tidied = forget(session, before, after, batch)
            count, after = count + tidied.forgotten, tidied.next_after
            if after is None:
                return count
