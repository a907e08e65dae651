"""The histories of what is announced: of outages, maintenance and notices. Append only; they are evidence.

Each has a table of its own with the same columns, and a number that counts within its team.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from sqlalchemy import JSON
from sqlmodel import Field, Session, col, func, select

from models.record import Record


class Entry(Record):
    """One event in a history: the columns of each such table."""

    team_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    event: str
    at: datetime
    actor_id: str | None = None
    text_id: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, nullable=False)


class Chronicled(Protocol):
    """What has such a history; `entries` counts its rows."""

    team_id: str
    number: int
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What is about to be written down."""

    event: StrEnum
    at: datetime
    actor_id: str | None = None
    text_id: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


Kept = TypeVar("Kept", bound=Entry)


def write_down(
    session: Session, about: Chronicled, kind: type[Kept], happening: Happening, changes: dict[str, Any]
) -> Kept:
    """Write an event and what it changes on what it is about, together."""
    for name, value in changes.items():
        setattr(about, name, value)
    about.entries += 1
    entry = kind(
        team_id=about.team_id,
        number=about.number,
        position=about.entries,
        event=happening.event,
        at=happening.at,
        actor_id=happening.actor_id,
        text_id=happening.text_id,
        facts=happening.facts,
    )
    session.add(entry)
    return entry


def next_number(session: Session, kind: type[Record], team_id: str) -> int:
    """The number after the last one's. Two who take the same at once conflict, and the second begins anew."""
    table: Any = kind
    last = session.exec(select(func.max(table.number)).where(table.team_id == team_id)).one()
    return int(last or 0) + 1


def entries_of(session: Session, kind: type[Kept], team_id: str, number: int) -> list[Kept]:
    """Everything that happened, in order."""
    query = select(kind).where(kind.team_id == team_id, kind.number == number)
    return list(session.exec(query.order_by(col(kind.position))))
