"""Many new rows of several tables, put into the database in as few words with it as can be.

Every statement costs the driver's own work, a way there and back, and a turn for other threads, while nobody else may
write. SQLite takes a few rows of one table a statement. PostgreSQL, where the way is longer, takes all rows of all
tables in one: each table's come as one JSON text, which the server reads by the types that its columns have.

Source: https://www.postgresql.org/docs/current/functions-json.html (json_populate_recordset)
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import JSON, Dialect, Table, inspect
from sqlmodel import SQLModel, UTCDateTime

AT_ONCE = 8
"""Rows a statement of SQLite, at most. Each statement lets other threads go first, while nobody else may write."""

Row = TypeVar("Row", bound=SQLModel)


def insert_all(cursor: Any, dialect: Dialect, rows: Mapping[type[Row], Sequence[Row]]) -> None:  # noqa: ANN401
    """Insert rows by their tables; `cursor` is the driver's own."""
    if dialect.name == "postgresql":
        cursor.execute(_text(tuple(rows)), [_recordset(table).told(some) for table, some in rows.items()])
        return
    for table, several in rows.items():
        insert = _insert(table, dialect)
        for begin in range(0, len(several), AT_ONCE):
            some = several[begin : begin + AT_ONCE]
            cursor.execute(insert.text(len(some)), [value for row in some for value in insert.values(row)])


# PostgreSQL


@dataclass(frozen=True, slots=True)
class _Recordset:
    """One table's insert of rows that the server reads from JSON, and what of a row it is told."""

    insert: str
    names: tuple[str, ...]
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]]

    def told(self, rows: Iterable[SQLModel]) -> str:
        """The rows as JSON."""
        return rows_as_json(self.names, (self.pick(row.__dict__) for row in rows))


@cache
def _text(tables: tuple[type[SQLModel], ...]) -> str:
    """One statement for rows of these tables."""
    *before, last = (_recordset(table).insert for table in tables)
    if not before:
        return last
    return "WITH " + ", ".join(f"t{place} AS ({insert})" for place, insert in enumerate(before)) + f" {last}"


@cache
def _recordset(record: type[SQLModel]) -> _Recordset:
    table: Table = inspect(record).local_table
    names = ", ".join(f'"{column.name}"' for column in table.c)
    return _Recordset(
        f'INSERT INTO "{table.name}" ({names}) '  # noqa: S608 - names of our own tables
        f'SELECT {names} FROM json_populate_recordset(NULL::"{table.name}", %s)',
        tuple(column.name for column in table.c),
        itemgetter(*(column.key for column in table.c)),
    )


def rows_as_json(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows with these columns as JSON, for a server that reads each value by the type of its column.

    Raises:
        TypeError: an instant has no zone.
    """
    return json.dumps([dict(zip(names, row, strict=True)) for row in rows], default=_told)


def _told(value: object) -> str:
    """An instant or a day, as it is written."""
    if isinstance(value, datetime) and value.tzinfo is None:
        message = f"{value} has no zone"
        raise TypeError(message)
    if isinstance(value, date):
        return value.isoformat()
    message = f"{value!r} is nothing that a column holds"
    raise TypeError(message)


# SQLite


@dataclass(frozen=True, slots=True)
class _Insert:
    """One table's plain insert, as its driver takes it."""

    head: str
    marks: str
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    binds: tuple[tuple[int, Callable[[Any], Any], bool], ...]
    """By place: what turns a value into the driver's own, and whether it does so with None too."""

    def text(self, rows: int) -> str:
        """The statement for that many rows."""
        return self.head + ", ".join([self.marks] * rows)

    def values(self, row: SQLModel) -> list[Any]:
        """A row's values, in the driver's own types."""
        values = list(self.pick(row.__dict__))
        for place, bind, none_too in self.binds:
            if none_too or values[place] is not None:
                values[place] = bind(values[place])
        return values


@cache
def _insert(record: type[SQLModel], dialect: Dialect) -> _Insert:
    """Written once: a statement that is compiled for every ticket costs more than storing it."""
    table = inspect(record).local_table
    quote = dialect.identifier_preparer
    binds = ((column, column.type.dialect_impl(dialect).bind_processor(dialect)) for column in table.c)
    names = ", ".join(quote.format_column(column) for column in table.c)
    marks = ", ".join("?" for _ in table.c)
    return _Insert(
        f"INSERT INTO {quote.format_table(table)} ({names}) VALUES ",  # noqa: S608 - names of our own tables
        f"({marks})",
        itemgetter(*(column.key for column in table.c)),
        tuple(
            (place, _quick(column.type, bind), isinstance(column.type, JSON))
            for place, (column, bind) in enumerate(binds)
            if bind is not None
        ),
    )


def _quick(kind: object, bind: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What binds as that one does, without its long way for what nearly every row holds."""
    if isinstance(kind, JSON):
        empty: dict[type, Any] = {type(None): bind(None), dict: bind({}), list: bind([])}
        return lambda value: bind(value) if value or type(value) not in empty else empty[type(value)]
    if isinstance(kind, UTCDateTime):
        return lambda at: at.isoformat(" ", "microseconds")[: -len("+00:00")] if at.tzinfo is UTC else bind(at)
    return bind
