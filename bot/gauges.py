"""What is asked when somebody looks: the database, in a thread of its own, and the age of the loops.

A database that hangs must not take the threads that answer with it. One question is in flight at
a time, everybody who looks shares its answer, and nobody waits longer than `PATIENCE`.
"""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy import text

from bot.storage import schema
from bot.storage.database import Database
from models import backlog
from models.store import NotStoredError, Session, StorageError

PATIENCE = 2.0
"""Seconds for which whoever looks waits for the database."""

LATE = timedelta(minutes=1)
"""A timer that is due for longer than this is late."""

Answer = TypeVar("Answer")
Reading = Callable[[], AbstractContextManager[Session]]


class UnansweredError(Exception):
    """The database did not answer; the text says what it said instead, or for how long it is silent."""


@dataclass(slots=True)
class _Asked(Generic[Answer]):
    """A question in flight, since when, and what came of it."""

    since: float
    done: threading.Event = field(default_factory=threading.Event)
    answer: Answer | None = None
    failure: str = "it ended without an answer; the log says why"


class Question(Generic[Answer]):
    """One question to the database."""

    def __init__(self, reading: Reading, ask: Callable[[Session], Answer], patience: float = PATIENCE) -> None:
        """Nothing is asked yet. `reading` gives a session that only looks; `patience` is in seconds."""
        self._reading = reading
        self._patience = patience
        self._ask = ask
        self._lock = threading.Lock()
        self._asked: _Asked[Answer] | None = None

    def answer(self) -> Answer:
        """Ask, or wait for the answer somebody else is waiting for.

        Raises:
            UnansweredError: it failed, or took too long.
        """
        with self._lock:
            asked = self._asked
            if asked is None:
                asked = self._asked = _Asked(time.monotonic())
                threading.Thread(target=self._put, args=(asked,), name="question", daemon=True).start()
        if not asked.done.wait(self._patience):
            raise UnansweredError(f"the database has not answered for {time.monotonic() - asked.since:.1f} s")
        if asked.answer is None:
            raise UnansweredError(asked.failure)
        return asked.answer

    def _put(self, asked: _Asked[Answer]) -> None:
        try:
            with self._reading() as session:
                asked.answer = self._ask(session)
        except (NotStoredError, StorageError) as error:
            asked.failure = str(error).partition("\n")[0]
        finally:
            with self._lock:
                self._asked = None
            asked.done.set()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is due and owed to a team, in numbers and seconds."""

    timers_due: int
    timers_late: int
    timers_held: int
    oldest_timer: float
    owed: dict[str, tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Clocks:
    """What tells the contract's time, and the machine's."""

    contract: Callable[[], datetime]
    machine: Callable[[], datetime]


class Gauges:
    """The questions that metrics and health put to the database."""

    def __init__(self, team_id: str, database: Database, clocks: Clocks) -> None:
        """Nothing is asked yet."""
        self._team_id, self._clocks = team_id, clocks
        self._needed = schema.head()
        self._snapshot = Question(database.reading, self._look)
        self._revision = Question(database.reading, _revision)

    def snapshot(self) -> Snapshot:
        """What is due and owed now.

        Raises:
            UnansweredError: the database does not say.
        """
        return self._snapshot.answer()

    def revision(self) -> tuple[str, str]:
        """The schema's revision as it is, and the one this version needs at least.

        Raises:
            UnansweredError: the database does not say.
        """
        return self._revision.answer(), self._needed

    def _look(self, session: Session) -> Snapshot:
        now, machine_now = self._clocks.contract(), self._clocks.machine()
        due = backlog.timers_due(session, self._team_id, now, now - LATE)
        owed = backlog.owed_by_kind(session, self._team_id)
        return Snapshot(
            due.due,
            due.late,
            due.held,
            _age(due.oldest_at, now),
            {kind: (number, _age(ready_at, machine_now)) for kind, (number, ready_at) in owed.items()},
        )


def _revision(session: Session) -> str:
    return str(session.connection().execute(text("select version_num from alembic_version")).scalar_one())


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since is not None else 0.0
