"""Statements given to the database's driver as they are: for the few that run for every ticket.

SQLAlchemy looks each of them up, binds, and wraps what comes back: 0.1 ms a statement, some of it
while nobody else may write.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, UpdateBase
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

CONNECTION = "connection"
"""Under which a session's account keeps the connection it has for as long as it lives."""


def keep_connection(session: Session) -> Connection:
    """The session's connection, kept at hand: to ask SQLAlchemy for it costs as much as a small statement."""
    connection: Connection = session.info.setdefault(CONNECTION, session.connection())
    return connection


def connection_of(session: Session) -> Connection:
    """The connection that was kept at hand, else the one that SQLAlchemy has for the session."""
    return session.info.get(CONNECTION) or session.connection()


@contextmanager
def cursor_of(session: Session) -> Iterator[Any]:
    """A cursor of the driver on the session's connection; its errors are SQLAlchemy's, as they are everywhere else."""
    connection = connection_of(session)
    driver: Any = connection.dialect.dbapi
    cursor = connection.connection.cursor()
    try:
        yield cursor
    except driver.Error as error:
        raise DBAPIError.instance(
            None, None, error, driver.Error, hide_parameters=True, dialect=connection.dialect
        ) from error
    finally:
        cursor.close()


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A statement that is compiled once for each database. Its values are plain words and numbers."""

    statement: UpdateBase

    def one(self, session: Session, **values: Any) -> tuple[Any, ...]:
        """Run it with these values; gives the one row that it returns."""
        written = _written(self, connection_of(session).dialect)
        with cursor_of(session) as cursor:
            cursor.execute(written.text, written.parameters(values))
            row: tuple[Any, ...] = cursor.fetchone()
        return row

    def many(self, session: Session, values: Sequence[dict[str, Any]]) -> None:
        """Run it once for each of these values, and give nothing."""
        written = _written(self, connection_of(session).dialect)
        with cursor_of(session) as cursor:
            cursor.executemany(written.text, [written.parameters(each) for each in values])


@dataclass(frozen=True, slots=True)
class _Written:
    text: str
    fixed: dict[str, Any]
    order: tuple[str, ...] | None
    """By place, where the driver takes values so."""

    def parameters(self, values: dict[str, Any]) -> Any:  # noqa: ANN401 - as the driver takes them
        named = self.fixed | values
        return named if self.order is None else tuple(named[name] for name in self.order)


@cache
def _written(statement: Statement, dialect: Dialect) -> _Written:
    compiled: Any = statement.statement.compile(dialect=dialect)
    order = tuple(compiled.positiontup) if compiled.positional else None
    return _Written(str(compiled), dict(compiled.params), order)
