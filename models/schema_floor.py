"""How far back a process may be: the oldest level of the schema whose code still works with it."""

from sqlmodel import Field

from models.record import Record

ONLY = 1


class SchemaFloor(Record, table=True):
    """The one row of its table.

    A migration that takes something away, or changes what it means, raises `revision` to the first
    level whose code does without. One that only adds leaves it, so that the version that is running
    goes on beside the new one.
    """

    __tablename__ = "schema_floor"

    id: int = Field(default=ONLY, primary_key=True, sa_column_kwargs={"autoincrement": False})
    revision: str
