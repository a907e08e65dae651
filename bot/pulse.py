"""The stored heartbeat: how long nobody was there, and what keeps machine time one for all processes."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session

from bot.machine import ContractClock, MachineClock
from bot.storage.database import Database, Lane
from models import heartbeat

HEART = "ticker"
"""Under which name any process beats: what keeps machine time one for all on a database."""

EVERY = timedelta(seconds=30)
"""Machine time between two beats."""

DOWNTIME = timedelta(minutes=1)
"""Machine time without a beat after which Vakt counts as having been down."""


def machine_clock(database: Database) -> MachineClock:
    """Machine time for a process on that database, never behind what an earlier process stored.

    Replicas on PostgreSQL read the server's clock, so that they judge each other's leases by one.
    """
    clock = MachineClock(reference=None if database.is_sqlite else lambda: _servers_clock(database))
    with database.reading() as session:
        last = heartbeat.last_beat(session, HEART)
    if last is not None:
        clock.keep_up(last.beat_at)
    return clock


def _servers_clock(database: Database) -> datetime:
    with database.reading() as session:
        shown: datetime = session.execute(text("select clock_timestamp()")).scalar_one()
    return shown


class Pulse:
    """Beats for the loop that turns a team's timers."""

    def __init__(self, team_id: str, database: Database, clocks: tuple[ContractClock, MachineClock]) -> None:
        """Nothing is stored until the first beat."""
        self._own, self._database = f"{HEART} of {team_id}", database
        self._contract, self._machine = clocks
        self._beat_at: datetime | None = None

    def beat(self) -> datetime | None:
        """Store a beat twice a minute; gives the contract instant since when nobody was there for the team.

        None when somebody was: this process, awake, or another one.
        """
        here = self._machine.now()
        silence = None if self._beat_at is None else here - self._beat_at
        if silence is not None and silence < EVERY:
            return None
        self._machine.follow()
        with self._database.transaction(Lane.LOOP) as session:
            down = None if silence is not None and silence <= DOWNTIME else self._down_since(session)
            for name in (HEART, self._own):
                heartbeat.beat(session, name, self._machine.now(), self._contract.now())
        self._beat_at = self._machine.now()
        return down

    def _down_since(self, session: Session) -> datetime | None:
        anybody = heartbeat.last_beat(session, HEART)
        if anybody is None:
            return None
        self._machine.keep_up(anybody.beat_at)
        last = heartbeat.last_beat(session, self._own) or anybody
        return last.contract_at if self._machine.now() - last.beat_at > DOWNTIME else None
