"""Clocks: what was promised on a ticket, by when, and what became of it."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Column, ColumnElement, Index, bindparam, exists, or_
from sqlmodel import Field, Session, col, func, select

from models.ids import new_id
from models.record import BY_KEY, Record
from models.ticket import Status, Ticket


class ClockState(StrEnum):
    """Running, paused by a wait, stopped by an act, or withdrawn by a change of class."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"


class Clock(Record, table=True):
    """One promise of the contract counted for one ticket.

    `due_at` is None while the clock is paused, and for a promise that names no instant. `late_at`
    is the instant from which it was late; it is a fact that stays, whatever happens afterwards.
    `chosen_at` is the instant that a person chose and told the customer, in place of the rule's.
    `calendar_version_id` is the one it was counted in, where its ticket has a corrected one since.
    `rungs` are the keys of the ladder's rungs that have been dealt with.
    """

    __table_args__ = (
        CheckConstraint("state in ('running', 'paused', 'stopped', 'withdrawn')", name="clock_state"),
        Index("clock_of_ticket", "team_id", "ticket_number"),
        BY_KEY,
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    ticket_number: int
    kind: str
    promise_id: str
    severity: str
    clause: str
    strength: str
    state: str = ClockState.RUNNING
    started_at: datetime
    due_at: datetime | None = None
    expected_at: datetime | None = None
    stopped_at: datetime | None = None
    stopped_by: str | None = None
    late_at: datetime | None = None
    chosen_at: datetime | None = None
    chosen_by: str | None = None
    calendar_version_id: str | None = None
    rungs: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))

    @property
    def counting(self) -> bool:
        """Whether the promise is still open."""
        return self.state in {ClockState.RUNNING, ClockState.PAUSED}


def clocks_of(session: Session, team_id: str, number: int) -> list[Clock]:
    """Every clock a ticket ever had, in the order in which they were started."""
    return list(session.exec(_OF_TICKET, params={"team": team_id, "number": number}))


_OF_TICKET = (
    select(Clock)
    .where(Clock.team_id == bindparam("team"), Clock.ticket_number == bindparam("number"))
    .order_by(col(Clock.id))
)


def clocks_of_all(session: Session, team_id: str, numbers: Collection[int]) -> list[Clock]:
    """Every clock that these tickets ever had, in the order in which they were started."""
    query = select(Clock).where(Clock.team_id == team_id, col(Clock.ticket_number).in_(numbers))
    return list(session.exec(query.order_by(col(Clock.id))))


def due_between(
    session: Session, team_id: str, desk_id: str, begin: datetime, end: datetime, limit: int
) -> tuple[list[Clock], int]:
    """Running clocks of a desk's open tickets that fall due in [begin, end): the first few, and on how many tickets."""
    conditions = (
        Ticket.team_id == team_id,
        Ticket.desk_id == desk_id,
        col(Ticket.status).in_([Status.NEW, Status.IN_PROGRESS]),
        col(Ticket.queue_at) < end,
        Clock.team_id == Ticket.team_id,
        Clock.ticket_number == Ticket.number,
        Clock.state == ClockState.RUNNING,
        col(Clock.due_at) >= begin,
        col(Clock.due_at) < end,
    )
    count = session.exec(select(func.count(func.distinct(Ticket.number))).where(*conditions)).one()
    query = select(Clock).where(*conditions).order_by(col(Clock.due_at), col(Clock.id)).limit(limit)
    return list(session.exec(query)), count


def late_by(at: datetime) -> ColumnElement[bool]:
    """The condition on tickets that a promise is late, or will be by that instant."""
    return exists().where(
        col(Clock.team_id) == Ticket.team_id,
        col(Clock.ticket_number) == Ticket.number,
        col(Clock.state).in_([ClockState.RUNNING, ClockState.PAUSED]),
        or_(col(Clock.late_at).is_not(None), col(Clock.due_at) <= at),
    )
