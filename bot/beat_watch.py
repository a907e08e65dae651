"""Expected signs of life, seen from the process: time in which nobody could hear them, and timers that are missing."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from importlib import import_module

from sqlalchemy import text

from bot.storage.database import Database, Lane
from models.store import ConflictError

SOME = text("select 1 from heartbeat_monitor limit 1")


class BeatWatch:
    """Looks after the beats that a team expects; what does so is loaded where there are any."""

    def __init__(self, database: Database, team_id: str, now: Callable[[], datetime]) -> None:
        """`now` is contract time."""
        self._database, self._team_id, self._now = database, team_id, now

    def after_downtime(self) -> None:
        """Nobody was there for a while: every sender has its grace from now."""
        if self._any():
            with self._database.transaction(Lane.LOOP) as session:
                import_module("handlers.heartbeats").after_downtime(session, self._team_id, self._now())

    def arm_again(self) -> None:
        """Set timers that are missing: a version that does not know them takes them for nothing."""
        if self._any():
            # Of two processes that see the same one is enough.
            with suppress(ConflictError), self._database.transaction(Lane.LOOP) as session:
                import_module("handlers.heartbeats").arm_again(session, self._team_id)

    def _any(self) -> bool:
        with self._database.reading() as session:
            return session.execute(SOME).first() is not None
