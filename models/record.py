"""What every stored record is: a SQLModel table whose making costs next to nothing.

SQLModel sets each field of a new table object one by one, through pydantic and through
SQLAlchemy's events: 0.3 ms for a ticket, ten rows a ticket. A new row needs neither: table models
do not validate, and nothing has to be noticed about an object that is not stored yet.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from pydantic_core import PydanticUndefined
from sqlalchemy import Dialect, inspect
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel, select

BY_KEY: dict[str, Any] = {"sqlite_with_rowid": False}
"""SQLite keeps a row in the tree of its primary key, not in a second tree beside it.

Opening a ticket then writes half as many pages to disk. The last of every table's arguments.
"""


class Record(SQLModel):
    """The base of all tables."""

    __table_args__: ClassVar[Any] = BY_KEY

    _plain: ClassVar[dict[str, Any] | None] = None
    _made: ClassVar[dict[str, Callable[[], Any]]] = {}

    if not TYPE_CHECKING:

        def __init__(self, **given: Any) -> None:
            """Take the given values, and the defaults of the others."""
            cls = type(self)
            if "_plain" not in cls.__dict__ or cls._plain is None:
                cls._learn_defaults()
            if not given.keys() <= cls.model_fields.keys():
                unknown = ", ".join(sorted(given.keys() - cls.model_fields.keys()))
                message = f"{cls.__name__} has no field {unknown}"
                raise TypeError(message)
            values = self.__dict__
            values.update(cls._plain)
            for name, make in cls._made.items():
                if name not in given:
                    values[name] = make()
            values.update(given)

        @classmethod
        def _learn_defaults(cls) -> None:
            """Find out, once for each table, what a field is when nobody says."""
            fields = cls.model_fields
            cls._made = {
                name: field.default_factory for name, field in fields.items() if field.default_factory is not None
            }
            cls._plain = {
                name: field.default
                for name, field in fields.items()
                if field.default_factory is None and field.default is not PydanticUndefined
            }


Found = TypeVar("Found", bound=Record)


def with_ids(session: Session, table: type[Found], team_id: str, ids: Collection[str]) -> list[Found]:
    """The rows of a table with these ids; nothing is asked when there are none."""
    if not ids:
        return []
    kept: Any = table
    return list(session.exec(select(table).where(kept.team_id == team_id, kept.id.in_(ids))))


class Adds(Protocol):
    """Whatever takes new rows: a session, or a `Fresh` that stores them all at once."""

    def add(self, instance: Record, /) -> None:
        """Take a new row."""
        ...


class Fresh:
    """New rows of one piece of work, stored together in the order of their tables' first row.

    A session would look after each of them as an object: find changes, sort, refresh. Nobody reads
    or changes these rows again in the same transaction, so they go out as plain inserts, one
    statement a table.
    """

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._rows: dict[type[Record], list[Record]] = {}

    def add(self, instance: Record, /) -> None:
        """Take a new row."""
        self._rows.setdefault(type(instance), []).append(instance)

    def store(self, session: Session) -> None:
        """Insert all of them; foreign keys want the tables in the order in which they were added."""
        connection = session.connection()
        dialect, cursor = connection.dialect, connection.connection.cursor()
        for record, rows in self._rows.items():
            insert = _insert(record, dialect)
            with _said_as(insert.text, dialect):
                cursor.executemany(insert.text, [insert.values(row) for row in rows])
            written_in(session).extend(rows)
        cursor.close()
        self._rows.clear()


WRITTEN = "written"


def written_in(session: Session) -> list[Record]:
    """The records that were written in a session's transaction, through it or as fresh ones."""
    found: list[Record] = session.info.setdefault(WRITTEN, [])
    return found


def note_written(session: Session, _context: object, _instances: object) -> None:
    """Before a session writes: keep what it writes. For SQLAlchemy's `before_flush`; `bot.database` puts it there."""
    written_in(session).extend(each for each in (*session.new, *session.dirty) if isinstance(each, Record))


@contextmanager
def _said_as(text: str, dialect: Dialect) -> Iterator[None]:
    """Turn the driver's errors into SQLAlchemy's, as they are everywhere else."""
    driver: Any = dialect.dbapi
    try:
        yield
    except driver.Error as error:
        raise DBAPIError.instance(text, None, error, driver.Error, hide_parameters=True, dialect=dialect) from error


@dataclass(frozen=True, slots=True)
class _Insert:
    """One table's plain insert, as its driver takes it."""

    text: str
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    binds: tuple[tuple[int, Callable[[Any], Any]], ...]
    """By place: what turns a value into the driver's own."""

    def values(self, row: Record) -> tuple[Any, ...]:
        """A row's values, in the driver's own types."""
        values = list(self.pick(row.__dict__))
        for place, bind in self.binds:
            values[place] = bind(values[place])
        return tuple(values)


@cache
def _insert(record: type[Record], dialect: Dialect) -> _Insert:
    """Written once: a statement that is compiled for every ticket costs more than storing it."""
    table = inspect(record).local_table
    quote, mark = dialect.identifier_preparer, "?" if dialect.paramstyle == "qmark" else "%s"
    binds = ((place, column.type.dialect_impl(dialect).bind_processor(dialect)) for place, column in enumerate(table.c))
    names = ", ".join(quote.format_column(column) for column in table.c)
    marks = ", ".join(mark for _ in table.c)
    return _Insert(
        f"INSERT INTO {quote.format_table(table)} ({names}) VALUES ({marks})",  # noqa: S608 - names of our own tables
        itemgetter(*(column.key for column in table.c)),
        tuple((place, bind) for place, bind in binds if bind is not None),
    )
