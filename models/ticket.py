"""Tickets: one thing a customer wants done, and where it stands."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ColumnElement, Index, bindparam, literal_column, or_
from sqlmodel import Field, Session, col, func, select, update

from models.driver import Statement
from models.record import BY_KEY, Record


class Status(StrEnum):
    """Where a ticket stands. Waiting is not a status of its own: see `models.wait`."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    CLOSED = "closed"


NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""When a ticket is due on which nothing is."""


class Team(Record, table=True):
    """A Slack workspace that Vakt serves, its bot's own identity, its next ticket number, and its roster's number."""

    team_id: str = Field(primary_key=True)
    name: str = ""
    bot_user: str = ""
    bot_id: str = ""
    next_number: int = 1
    roster: int = Field(default=1, sa_column_kwargs={"server_default": "1"})


class Ticket(Record, table=True):
    """The facts of one ticket. Texts are ids of `TypedText`, people ids of `Person`.

    `entries` counts the history rows, so it is the position of the last one. `earlier_calendars` are
    the calendar versions it had before one was corrected: clocks that were done then still refer to
    them. `queue_at` is what falls due first of its counting clocks; `models.queue` keeps it (None:
    a version that does not know it has opened the ticket). Apart
    from that only `models.history.change` writes to a stored ticket, and it writes the history row
    with it.
    """

    __table_args__ = (
        CheckConstraint("status in ('new', 'in_progress', 'resolved', 'closed')", name="ticket_status"),
        CheckConstraint("reported_at <= opened_at", name="ticket_reported_before_opened"),
        Index("ticket_of_customer", "team_id", "customer_id", "number"),
        BY_KEY,
    )

    team_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    desk_id: str
    customer_id: str
    contract: str
    contract_version_id: str
    calendar_version_id: str
    earlier_calendars: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    region: str | None = None
    kind: str
    option: str = ""
    item: str | None = None
    product_id: str | None = None
    intake: str
    status: str = Status.NEW
    severity: str
    proposed_severity: str
    severity_confirmed_by: str | None = None
    rank: int = 0
    level: int = 2
    reported_at: datetime
    opened_at: datetime
    opened_by: str
    requester_id: str
    owner_id: str | None = None
    summary_id: str | None = None
    details_id: str | None = None
    outcome_id: str | None = None
    answers: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    asked: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    waiting: str | None = None
    waiting_since: datetime | None = None
    work_started_at: datetime | None = None
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    outside_agreement: str | None = None
    development_case: str | None = None
    target_release: str | None = None
    workaround_id: str | None = None
    source_channel: str | None = None
    source_ts: str | None = None
    desk_card_id: str | None = None
    customer_card_id: str | None = None
    entries: int = 0
    queue_at: datetime | None = NEVER

    @property
    def ended(self) -> bool:
        """Whether nothing more is promised on it."""
        return self.status in {Status.RESOLVED, Status.CLOSED}

    @property
    def name(self) -> str:
        """What people call it: T-12."""
        return f"T-{self.number}"


OPEN = col(Ticket.status).in_([literal_column(f"'{status}'") for status in (Status.NEW, Status.IN_PROGRESS)])
"""The condition that a ticket is not ended. Written out: by a value SQLite would not find the indexes of such."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A ticket number that was taken, and the roster's number at that moment."""

    number: int
    roster: int


def take_number(session: Session, team_id: str) -> Taken:
    """Take the next ticket number of a team; the row's lock orders those who ask at once."""
    following, roster = _TAKE_NUMBER.one(session, team=team_id)
    return Taken(following - 1, roster)


_TAKE_NUMBER = Statement(
    update(Team)
    .where(col(Team.team_id) == bindparam("team"))
    .values(next_number=Team.next_number + 1)
    .returning(col(Team.next_number), col(Team.roster))
)


def ticket_by_number(session: Session, team_id: str, number: int, *, lock: bool = False) -> Ticket | None:
    """The ticket, locked against other writers when it is going to be changed."""
    asked = {"team": team_id, "numbered": number}
    return session.exec(_LOCKED if lock else _BY_NUMBER, params=asked).first()


_BY_NUMBER = select(Ticket).where(Ticket.team_id == bindparam("team"), Ticket.number == bindparam("numbered"))
_LOCKED = _BY_NUMBER.with_for_update()


def tickets_read(session: Session, team_id: str, numbers: Collection[int]) -> list[Ticket]:
    """The tickets with these numbers, to be looked at only."""
    return list(session.exec(select(Ticket).where(Ticket.team_id == team_id, col(Ticket.number).in_(numbers))))


def tickets_numbered(session: Session, team_id: str, numbers: Collection[int]) -> list[Ticket]:
    """The tickets with these numbers, locked against other writers in that order."""
    query = select(Ticket).where(Ticket.team_id == team_id, col(Ticket.number).in_(numbers))
    return list(session.exec(query.order_by(col(Ticket.number)).with_for_update()))


@dataclass(frozen=True, slots=True)
class Reach:
    """What somebody may see: the tickets of a desk's people, else its own and its customers'.

    Source: PS-23.
    """

    person_id: str
    desks: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()

    def covers(self) -> ColumnElement[bool]:
        """The condition that narrows a query on tickets."""
        if self.desks:
            return col(Ticket.desk_id).in_(sorted(self.desks))
        own = col(Ticket.requester_id) == self.person_id
        return or_(own, col(Ticket.customer_id).in_(sorted(self.customers)))

    def mine(self) -> ColumnElement[bool]:
        """Those that are theirs to do, or that they asked for."""
        if self.desks:
            return col(Ticket.owner_id) == self.person_id
        return col(Ticket.requester_id) == self.person_id


Order = tuple[ColumnElement[Any], ...]
"""By what tickets of one rank are ordered in a query."""


def open_tickets(
    session: Session,
    team_id: str,
    *conditions: Any,
    order: Order = (),
    limit: int = 50,
    offset: int = 0,
) -> list[Ticket]:
    """Tickets that are not ended, the most urgent first and within a rank in that order."""
    query = (
        select(Ticket)
        .where(
            Ticket.team_id == team_id,
            OPEN,
            *conditions,
        )
        .order_by(col(Ticket.rank), *order, col(Ticket.number))
        .limit(limit)
        .offset(offset)
    )
    return list(session.exec(query))


def one_of_each_contract(session: Session, team_id: str, *conditions: Any) -> list[Ticket]:
    """The oldest ticket that is not ended of each contract: whose queue they stand in."""
    oldest = (
        select(func.min(Ticket.number))
        .where(
            Ticket.team_id == team_id,
            OPEN,
            *conditions,
        )
        .group_by(col(Ticket.contract))
    )
    return list(session.exec(select(Ticket).where(Ticket.team_id == team_id, col(Ticket.number).in_(oldest))))


def count_open(session: Session, team_id: str, *conditions: Any, upto: int) -> int:
    """How many tickets are not ended; nobody counts further than `upto`."""
    found = select(col(Ticket.number)).where(Ticket.team_id == team_id, OPEN, *conditions).limit(upto)
    return int(session.exec(select(func.count()).select_from(found.subquery())).one())
