"""The database, with every wait that was given up counted."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session

from bot.storage.database import Database, Lane
from bot.tally import Tally


class WatchedDatabase(Database):
    """As `Database`; what finds it busy is counted by who asked."""

    def __init__(self, url: str, tally: Tally) -> None:
        """Make the engine for a URL; nothing is opened until the first session."""
        super().__init__(url)
        self._tally = tally

    @contextmanager
    def transaction(self, lane: Lane = Lane.INTERACTIVE) -> Iterator[Session]:
        """A session whose work is committed at the end, or wholly undone by an exception."""
        who = "people" if lane is Lane.INTERACTIVE else "loops"
        with self._tally.gave_up(who), super().transaction(lane) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only looks, at one moment."""
        with self._tally.gave_up("readers"), super().reading() as session:
            yield session
