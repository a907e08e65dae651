"""What came in, once: the key of every delivery whose work is stored, and the answer it got."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session

from models.record import Record


class Received(Record, table=True):
    """A delivery that has been acted on. A second one with the same key gets the same answer."""

    team_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    answer: Any = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    stored_at: datetime


def answer_before(session: Session, team_id: str, key: str) -> Received | None:
    """What was answered the first time, or None when this is the first time."""
    return session.get(Received, (team_id, key))
