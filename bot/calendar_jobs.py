"""Jobs of the calendar, run by APScheduler: each may run twice, or late, and does no harm."""

from datetime import timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import delete
from sqlmodel import col

from bot.database import Database, Lane
from bot.machine import MachineClock
from models.received import Received

log = structlog.get_logger()

RECEIVED_KEPT = timedelta(days=3)
"""Slack repeats a delivery within 24 hours; what came longer ago need not be remembered."""


class CalendarJobs:
    """The scheduler and its jobs."""

    def __init__(self, database: Database, machine: MachineClock) -> None:
        """Nothing runs until `start`."""
        self._database = database
        self._machine = machine
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        )
        self._scheduler.add_job(self.tidy, "cron", hour=3, minute=17, id="tidy")

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def stop(self) -> None:
        """Finish the job in hand."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def tidy(self) -> int:
        """Forget deliveries that cannot come again; gives how many."""
        before = self._machine.now() - RECEIVED_KEPT
        with self._database.transaction(Lane.LOOP) as session:
            gone = session.execute(delete(Received).where(col(Received.stored_at) < before))
            count = int(gone.rowcount)  # type: ignore[attr-defined]
        log.info("tidied", received=count)
        return count
