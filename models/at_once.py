"""Many rows read or changed by one statement.

PostgreSQL takes lists, and rows as JSON, and a statement with either costs a fraction of one mark for each value or
one run for each row. SQLite runs a statement again for next to nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, JSON, ColumnElement, String, Update, any_, bindparam, cast, column, func, literal, update
from sqlmodel import Session, col

from models.inserting import rows_as_json


def takes_lists(session: Session) -> bool:
    """Whether the database takes a list for a value."""
    return session.connection().dialect.name == "postgresql"


def among(session: Session, kept: Any, values: Sequence[Any]) -> ColumnElement[bool]:  # noqa: ANN401 - a column
    """The condition that a column is one of many values: PostgreSQL takes them as one list, and parses no mark each."""
    if takes_lists(session):
        return col(kept) == any_(literal(list(values), ARRAY(kept.type)))
    return col(kept).in_(values)


@dataclass(frozen=True, slots=True)
class Change:
    """Other values for many rows of a table: which table, and the columns that change."""

    record: type[Any]
    columns: tuple[str, ...]

    def make(self, session: Session, team_id: str, rows: Sequence[Sequence[Any]]) -> None:
        """Change them; each row is an id and the values. PostgreSQL joins them all at once, SQLite takes one by one."""
        if not rows:
            return
        connection = session.connection()
        if takes_lists(session):
            connection.execute(_at_once(self), {"team": team_id, "rows": rows_as_json(("id", *self.columns), rows)})
            return
        names = ("given_id", *(f"given_{name}" for name in self.columns))
        connection.execute(_one_by_one(self), [{"team": team_id, **dict(zip(names, row, strict=True))} for row in rows])


@cache
def _one_by_one(change: Change) -> Update:
    record = change.record
    return (
        update(record)
        .where(record.team_id == bindparam("team"), record.id == bindparam("given_id"))
        .values({name: bindparam(f"given_{name}") for name in change.columns})
    )


@cache
def _at_once(change: Change) -> Update:
    record, names = change.record, ("id", *change.columns)
    rows = func.json_to_recordset(cast(bindparam("rows", type_=String), JSON))
    columns = (column(name, record.__table__.c[name].type) for name in names)
    given = rows.table_valued(*columns).render_derived("given", with_types=True)
    return (
        update(record)
        .where(record.team_id == bindparam("team"), record.id == given.c.id)
        .values({name: given.c[name] for name in change.columns})
    )
