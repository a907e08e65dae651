"""What a database's own error means for the work at hand: said in the words of `models.store`."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError

from models.store import (
    BrokenOffError,
    BusyError,
    FullError,
    NotStoredError,
    UnknownOutcomeError,
    UnwritableError,
)

WRITE_DEADLINE = 1.5
"""Seconds to wait for the writer's lock and the database's own lock together."""

LOCK_NOT_AVAILABLE = "55P03"
READ_ONLY = "25006"
PASSING = frozenset({
    "40001",  # serialisation failure
    "40P01",  # deadlock
    "53300",  # too many connections
    "57P01",  # the server is being stopped, or an administrator ended the connection
    "57P02",  # the server crashed
    "57P03",  # the server is starting, or stopping
})  # fmt: skip
FULL = frozenset({"53100"})
CONNECTION = "08"
"""PostgreSQL's own codes, the last one a class of them.

Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

SQLITE_MEANS: dict[int, type[NotStoredError]] = {
    sqlite3.SQLITE_BUSY: BusyError,
    sqlite3.SQLITE_LOCKED: BusyError,
    sqlite3.SQLITE_FULL: FullError,
    sqlite3.SQLITE_READONLY: UnwritableError,
    sqlite3.SQLITE_IOERR: UnwritableError,
    sqlite3.SQLITE_CANTOPEN: UnwritableError,
    sqlite3.SQLITE_PERM: UnwritableError,
    sqlite3.SQLITE_CORRUPT: UnwritableError,
    sqlite3.SQLITE_NOTADB: UnwritableError,
}
"""Source: https://www.sqlite.org/rescode.html"""

PRIMARY = 0xFF
"""The part of an extended result code of SQLite that is the primary one."""


@contextmanager
def said_as_ours(*, writing: bool) -> Iterator[None]:
    """Raise what the database says of itself as one of ours; what it says of our work stays as it is.

    So does that a session that only reads tried to write: that is a bug.
    """
    try:
        yield
    except DBAPIError as error:
        ours = meaning(error)
        if ours is None or (not writing and _is_forbidden(error)):
            raise
        raise ours from error


@contextmanager
def said_at_commit() -> Iterator[None]:
    """The same for the commit alone, which may have been done although no answer came.

    PostgreSQL: when the connection broke. SQLite: when the file system failed while it synced, as
    the next start might find the work in the log.
    """
    try:
        yield
    except DBAPIError as error:
        if _may_be_done(error):
            raise UnknownOutcomeError(_words(error)) from error
        raise


def meaning(error: DBAPIError) -> NotStoredError | None:
    """What a database's error means while nothing was committed; None when the work is to blame."""
    if isinstance(error.orig, sqlite3.Error):
        kind = SQLITE_MEANS.get(_sqlite_code(error.orig))
        return kind(_words(error)) if kind else None
    state = _state(error)
    if state == LOCK_NOT_AVAILABLE:
        return BusyError(f"the database was busy for {WRITE_DEADLINE:g} s")
    if state in FULL:
        return FullError(_words(error))
    if state == READ_ONLY:
        return UnwritableError(_words(error))
    return BrokenOffError(_words(error)) if _passes(error) else None


def _is_forbidden(error: DBAPIError) -> bool:
    return _state(error) == READ_ONLY or getattr(error.orig, "sqlite_errorcode", 0) == sqlite3.SQLITE_READONLY


def _passes(error: DBAPIError) -> bool:
    return error.connection_invalidated or _state(error) in PASSING or _lost(error)


def _may_be_done(error: DBAPIError) -> bool:
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_code(error.orig) == sqlite3.SQLITE_IOERR
    return error.connection_invalidated or _lost(error)


def _lost(error: DBAPIError) -> bool:
    """Whether there is no connection, or none any more; the driver then often has no code."""
    state = _state(error)
    return state.startswith(CONNECTION) or (not state and isinstance(error, OperationalError))


def _state(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")


def _sqlite_code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & PRIMARY


def _words(error: DBAPIError) -> str:
    """The first line of what the database said."""
    return (str(error.orig).strip().splitlines() or [type(error.orig).__name__])[0]
