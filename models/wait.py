"""Waits: the spans in which a ticket waits for somebody else."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Field, Session, col, select

from models.ids import new_id
from models.record import Record
from models.sla.clock import Pause


class Wait(Record, table=True):
    """One span [began_at, ended_at) of waiting for the customer's answer or for access."""

    team_id: str = Field(primary_key=True)
    ticket_number: int = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    kind: str
    began_at: datetime
    ended_at: datetime | None = None


def waits_of(session: Session, team_id: str, number: int) -> list[Wait]:
    """Every wait of a ticket, in the order in which they began."""
    return list(session.exec(_OF_TICKET, params={"team": team_id, "number": number}))


_OF_TICKET = (
    select(Wait)
    .where(Wait.team_id == bindparam("team"), Wait.ticket_number == bindparam("number"))
    .order_by(col(Wait.began_at), col(Wait.id))
)


def waits_of_all(session: Session, team_id: str, numbers: Collection[int]) -> list[Wait]:
    """Every wait of these tickets, in the order in which they began."""
    query = (
        select(Wait)
        .where(Wait.team_id == team_id, col(Wait.ticket_number).in_(numbers))
        .order_by(col(Wait.began_at), col(Wait.id))
    )
    return list(session.exec(query))


def pauses(waits: list[Wait], kinds: frozenset[str]) -> tuple[Pause, ...]:
    """The waits that stop a clock which the contract lets these kinds stop."""
    return tuple(Pause(wait.began_at, wait.ended_at, wait.kind) for wait in waits if wait.kind in kinds)
