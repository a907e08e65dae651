"""What every stored record is: a SQLModel table whose making costs next to nothing.

SQLModel sets each field of a new table object one by one, through pydantic and through
SQLAlchemy's events: 0.3 ms for a ticket, ten rows a ticket. A new row needs neither: table models
do not validate, and nothing has to be noticed about an object that is not stored yet.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar, cast

from pydantic_core import PydanticUndefined
from sqlalchemy.orm.instrumentation import manager_of_class
from sqlmodel import Session, SQLModel, select
from sqlmodel.main import SQLModelMetaclass

from models.driver import connection_of, cursor_of
from models.inserting import insert_all

BY_KEY: dict[str, Any] = {"sqlite_with_rowid": False}
"""SQLite keeps a row in the tree of its primary key, not in a second tree beside it.

Opening a ticket then writes half as many pages to disk. The last of every table's arguments.
"""


class _Watched:
    """SQLAlchemy's account of a row, opened when a session first asks for it. Found rows have one from the start."""

    def __get__(self, row: object, owner: type) -> object:
        if row is None:
            raise AttributeError
        manager: Any = manager_of_class(owner)
        manager.setup_instance(row)
        return row.__dict__[STATE]


STATE = "_sa_instance_state"
"""Where SQLAlchemy keeps that account."""


class _Making(SQLModelMetaclass):
    """How a new row is made: its values, and nothing that watches them."""

    if not TYPE_CHECKING:

        def __call__(self, **given: object) -> object:
            row = self.__new__(self)
            blank = self.__dict__.get("_blank") or self._learn_blank()
            blank.fill(row.__dict__, given)
            return row


@dataclass(frozen=True, slots=True)
class _Blank:
    """What the fields of a new row are when nobody says: values, and what makes one."""

    table: str
    fields: frozenset[str]
    plain: Mapping[str, Any]
    made: Mapping[str, Callable[[], Any]]

    def fill(self, values: dict[str, Any], given: Mapping[str, Any]) -> None:
        """Put the given values in, and the defaults of the others."""
        if not given.keys() <= self.fields:
            unknown = ", ".join(sorted(given.keys() - self.fields))
            message = f"{self.table} has no field {unknown}"
            raise TypeError(message)
        values.update(self.plain)
        for name, make in self.made.items():
            if name not in given:
                values[name] = make()
        values.update(given)


class Record(SQLModel, metaclass=_Making):
    """The base of all tables.

    Tables do not validate, so pydantic builds none of their validators: it would, were one asked for.
    """

    model_config = {"defer_build": True}

    __table_args__: ClassVar[Any] = BY_KEY

    _sa_instance_state: ClassVar[Any] = _Watched()
    _blank: ClassVar[_Blank]

    if not TYPE_CHECKING:

        def __setattr__(self, name: str, value: object) -> None:
            """Set a field; only a row that a session knows has somebody to tell of it."""
            values = self.__dict__
            if name == STATE or (STATE not in values and name in type(self).__pydantic_fields__):
                values[name] = value
            else:
                super().__setattr__(name, value)

    @classmethod
    def _learn_blank(cls) -> _Blank:
        """Find out, once for each table, what a field is when nobody says."""
        made, plain = {}, {}
        for name, field in cls.model_fields.items():
            if field.default_factory is not None:
                made[name] = cast("Callable[[], Any]", field.default_factory)
            elif field.default is not PydanticUndefined:
                plain[name] = field.default
        cls._blank = _Blank(cls.__name__, frozenset(cls.model_fields), plain, made)
        return cls._blank


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
    """New rows of one piece of work, stored together.

    A session would look after each of them as an object: find changes, sort, refresh. Nobody reads
    or changes these rows again in the same transaction, so they go out as plain inserts.
    """

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._rows: dict[type[Record], list[Record]] = {}

    def add(self, instance: Record, /) -> None:
        """Take a new row."""
        self._rows.setdefault(type(instance), []).append(instance)

    def store(self, session: Session) -> None:
        """Insert all of them."""
        if not self._rows:
            return
        with cursor_of(session) as cursor:
            insert_all(cursor, connection_of(session).dialect, self._rows)
        written = written_in(session)
        for rows in self._rows.values():
            written.extend(rows)
        self._rows.clear()


WRITTEN = "written"


def written_in(session: Session) -> list[Record]:
    """The records that were written in a session's transaction, through it or as fresh ones."""
    found: list[Record] = session.info.setdefault(WRITTEN, [])
    return found


def note_written(session: Session, _context: object, _instances: object) -> None:
    """Before a session writes: keep what it writes. `bot.storage.database` has SQLAlchemy call it."""
    written_in(session).extend(each for each in (*session.new, *session.dirty) if isinstance(each, Record))
