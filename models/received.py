"""What came in, once: the key of every delivery whose work is stored, and the answer it got."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, select

from models.at_once import among
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


def received_before(session: Session, team_id: str, keys: Collection[str]) -> dict[str, Received]:
    """Which of these came before, by key."""
    query = select(Received).where(Received.team_id == team_id, among(session, Received.key, sorted(keys)))
    return {each.key: each for each in session.exec(query)}
