"""The engine, and the two ways to a session: `transaction()` writes, `reading()` only looks.

Nothing else commits. Writers of one process queue (people before loops) instead of fighting: for
SQLite's file, which takes one at a time, or for PostgreSQL's lock on the row from which tickets get
their numbers, which goes to whoever asks just when it is free.
"""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from bot import crash
from bot.storage.errors import WRITE_DEADLINE, said_as_ours, said_at_commit
from models.driver import cursor_of, keep_connection
from models.queue import keep_places
from models.record import Record, note_written, written_in
from models.roster import raise_number
from models.store import BusyError, UnknownOutcomeError

event.listen(Session, "before_flush", raise_number)
event.listen(Session, "before_flush", note_written)
event.listen(Session, "after_flush", keep_places)

Wake = Callable[[Sequence[Record]], None]
"""Told after every commit, with the records that were written as such; statements may have changed others."""

BUSY_TIMEOUT = "busy_timeout"
"""Under which a SQLite connection remembers the milliseconds that were set last."""

READERS_CACHE = -500
"""SQLite's measure of memory that each reading connection may keep: KiB, with a minus. There are up to 25 of them,
and whatever another connection writes makes them read anew."""

SILENCE = {
    "connect_timeout": 2,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""How long a PostgreSQL that says nothing counts as there: seconds, the last one milliseconds.

Source: https://www.postgresql.org/docs/current/libpq-connect.html
"""


POSTGRESQL_WRITERS = 2
"""Transactions that one process has open for writing, at most. One is worked on while the other waits for the server;
more only wait for each other: twenty people at once took 73 ms at p99 with four, 99 with eight, 59 with two.
"""


class Lane(IntEnum):
    """Who goes first when several want to write: people, then the loops."""

    INTERACTIVE = 0
    LOOP = 1


class WriterQueue:
    """So many writers at a time, in the order of asking; people go before loops.

    Whoever is done hands the pen to the next one. Letting them race for it starves the slow: with
    twenty threads p99 was 1 s that way, and 0.08 s when it is handed over.
    """

    def __init__(self, pens: int) -> None:
        """Nobody writes, nobody waits."""
        self._lock = threading.Lock()
        self._pens = pens
        self._waiting: tuple[deque[threading.Lock], ...] = (deque(), deque())

    @contextmanager
    def taken(self, lane: Lane, seconds: float) -> Iterator[float]:
        """Hold the pen. Gives the seconds that are left; raises when it took too long."""
        deadline = time.monotonic() + seconds
        if not self._take(lane, seconds):
            message = f"the database was busy for {seconds:g} s"
            raise BusyError(message)
        try:
            yield max(0.05, deadline - time.monotonic())
        finally:
            self._hand_over()

    def _take(self, lane: Lane, seconds: float) -> bool:
        with self._lock:
            if self._pens:
                self._pens -= 1
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting[lane].append(mine)
        if mine.acquire(timeout=seconds):
            return True
        with self._lock:
            if mine in self._waiting[lane]:
                self._waiting[lane].remove(mine)
                return False
            return True  # it was handed to us while we gave up

    def _hand_over(self) -> None:
        with self._lock:
            for queue in self._waiting:
                if queue:
                    queue.popleft().release()
                    return
            self._pens += 1


class Database:
    """An engine and its sessions."""

    def __init__(self, url: str) -> None:
        """Make the engine for a URL; nothing is opened until the first session."""
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgresql_engine(url)
        self._reading = _sqlite_engine(url, reading=True) if self.is_sqlite else self.engine
        self._queue = WriterQueue(1 if self.is_sqlite else POSTGRESQL_WRITERS)
        self._after_commit: list[Wake] = []

    @property
    def locks_rows(self) -> bool:
        """Whether writers lock rows, each their own, rather than the whole database."""
        return not self.is_sqlite

    def after_commit(self, wake: Wake) -> None:
        """Call `wake` after every commit."""
        self._after_commit.append(wake)

    @contextmanager
    def transaction(self, lane: Lane = Lane.INTERACTIVE) -> Iterator[Session]:
        """A session whose work is committed at the end, or wholly undone by an exception.

        Raises:
            NotStoredError: nothing was stored: the database was busy for too long, broke
                the work off, or cannot be written.
            UnknownOutcomeError: the connection broke while it was being committed.
        """
        written: Sequence[Record] = ()
        try:
            with self._writing(lane) as session:
                written = written_in(session)
                yield session
        except UnknownOutcomeError:
            self._wake(written)  # what may be stored may have something to be done
            raise
        self._wake(written)

    def _wake(self, written: Sequence[Record]) -> None:
        for wake in self._after_commit:
            wake(written)

    @contextmanager
    def _writing(self, lane: Lane) -> Iterator[Session]:
        with (
            said_as_ours(writing=True),
            self._queue.taken(lane, WRITE_DEADLINE) as seconds_left,
            Session(self.engine, expire_on_commit=False) as session,
        ):
            connection = keep_connection(session)
            if self.is_sqlite:
                _begin_immediate(session, connection, seconds_left)
            yield session
            _commit(session, lane)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only looks, at one moment; closing it ends the read transaction.

        Raises:
            NotStoredError: somebody held what was to be read for too long, or the database
                cannot be read.
        """
        with said_as_ours(writing=False), self._looking() as session:
            begin = "BEGIN" if self.is_sqlite else "SET TRANSACTION READ ONLY"
            session.connection().exec_driver_sql(begin)
            yield session

    def _looking(self) -> Session:
        return Session(self._reading, expire_on_commit=False, autoflush=False)

    def dispose(self) -> None:
        """Close every connection; one that is still asked something is closed when it comes back."""
        for engine in (self.engine, self._reading):
            # An engine's own `dispose` forgets connections that are out: whoever collects them finds them open.
            event.listen(engine, "checkin", _close)
            engine.dispose()


def _close(_connection: object, record: ConnectionPoolEntry) -> None:
    record.invalidate()


def _commit(session: Session, lane: Lane) -> None:
    """Write what is left, then commit: only the second can end without anybody knowing how."""
    session.flush()
    if lane is Lane.INTERACTIVE:
        crash.point("before_commit")
    with said_at_commit():
        session.commit()
    if lane is Lane.INTERACTIVE:
        crash.point("after_commit")


def _begin_immediate(session: Session, connection: Connection, seconds_left: float) -> None:
    """Take SQLite's write lock at once: reading first and writing later loses updates."""
    info = connection.info
    milliseconds = int(seconds_left * 10) * 100  # in steps, so that it is seldom set anew
    with cursor_of(session) as cursor:
        if info.get(BUSY_TIMEOUT) != milliseconds:
            cursor.execute(f"PRAGMA busy_timeout = {max(50, milliseconds)}")
            info[BUSY_TIMEOUT] = milliseconds
        cursor.execute("BEGIN IMMEDIATE")


def _sqlite_engine(url: str, *, reading: bool = False) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": WRITE_DEADLINE},
        pool_size=25,
        max_overflow=10,
        pool_use_lifo=True,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        # The driver must not begin transactions by itself: we say BEGIN IMMEDIATE where we write.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if reading:
            connection.execute("PRAGMA query_only = ON")
            connection.execute(f"PRAGMA cache_size = {READERS_CACHE}")

    return engine


def _postgresql_engine(url: str) -> Engine:
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        connect_args={"options": f"-c lock_timeout={int(WRITE_DEADLINE * 1000)}", **SILENCE},
        pool_size=25,
        max_overflow=10,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_use_lifo=True,
    )


def answers(database: Database) -> bool:
    """Whether the database answers at all."""
    with database.reading() as session:
        return bool(session.execute(text("select 1")).scalar_one())
