"""The queue: open tickets in the order in which they are taken, found without looking at all of them.

A ticket's place is stored on it (`queue_at`), so that an index holds the order. Whoever writes clocks
through a session need not think of it: `keep_places` runs after every flush.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, update
from sqlmodel import Session, col, func, select

from models.clock import Clock, ClockState
from models.sla.contract import TicketKind
from models.ticket import NEVER, OPEN, Order, Ticket, tickets_read

COUNTING = (ClockState.RUNNING, ClockState.PAUSED)


def place_of(clocks: Iterable[Clock]) -> datetime:
    """Where a ticket with these clocks stands: by what falls due first."""
    return min((clock.due_at for clock in clocks if clock.counting and clock.due_at is not None), default=NEVER)


def place_in_sql() -> ColumnElement[datetime]:
    """As `place_of`, of the clocks that are stored, for a query on tickets."""
    due = (
        select(func.min(Clock.due_at))
        .where(Clock.team_id == Ticket.team_id, Clock.ticket_number == Ticket.number, col(Clock.state).in_(COUNTING))
        .scalar_subquery()
    )
    return func.coalesce(due, NEVER, type_=Ticket.__table__.c.queue_at.type)  # type: ignore[attr-defined]


def put_in_place(session: Session, team_id: str, numbers: Collection[int]) -> None:
    """Store where these tickets stand, as their stored clocks have it."""
    place = place_in_sql()
    session.connection().execute(
        update(Ticket)
        .where(
            col(Ticket.team_id) == team_id,
            col(Ticket.number).in_(sorted(numbers)),
            col(Ticket.queue_at).is_distinct_from(place),
        )
        .values(queue_at=place)
    )


def keep_places(session: Session, _context: object) -> None:
    """After a session wrote: put the tickets in their place whose clocks it wrote.

    For SQLAlchemy's `after_flush`; `bot.storage.database` puts it there.
    """
    written = {
        (each.team_id, each.ticket_number)
        for each in (*session.new, *session.dirty, *session.deleted)
        if isinstance(each, Clock)
    }
    for team_id in sorted({team for team, _ in written}):
        put_in_place(session, team_id, {number for team, number in written if team == team_id})


@dataclass(frozen=True, slots=True)
class Rules:
    """What contracts say of the order within a rank, by their ids; the others go by what falls due first.

    Source: SO-02, EM-17, PI-20.
    """

    by_arrival: frozenset[str]
    support_first: frozenset[str]
    """What is ordered comes after what is asked for help with."""

    def order(self) -> Order:
        """The order of tickets of one rank in a query."""
        ordered = and_(col(Ticket.contract).in_(sorted(self.support_first)), col(Ticket.kind) == TicketKind.REQUEST)
        by_arrival = col(Ticket.contract).in_(sorted(self.by_arrival))
        return (case((ordered, 1), else_=0), case((by_arrival, Ticket.reported_at), else_=Ticket.queue_at))


@dataclass(frozen=True, slots=True)
class Line:
    """Open tickets of one desk, contract and kind, which an index holds in order; `number` is one of them."""

    team_id: str
    desk_id: str
    contract: str
    kind: str
    number: int


def lines_at(session: Session, team_id: str, desks: Collection[str]) -> list[Line]:
    """The lines that have tickets, found by leaping from each to the next."""
    return [line for desk_id in sorted(desks) for line in _lines(session, team_id, desk_id)]


def _lines(session: Session, team_id: str, desk_id: str) -> Iterator[Line]:
    """Two steps, the kind and then the contract: SQLite does not leap by both at once."""
    contract = ""
    while True:
        line = _next_line(session, team_id, desk_id, Ticket.contract > contract)
        if line is None:
            return
        contract = line.contract
        while line is not None:
            yield line
            line = _next_line(session, team_id, desk_id, Ticket.contract == contract, Ticket.kind > line.kind)


def _next_line(session: Session, team_id: str, desk_id: str, *after: Any) -> Line | None:
    query = (
        select(col(Ticket.contract), col(Ticket.kind), col(Ticket.number))
        .where(Ticket.team_id == team_id, Ticket.desk_id == desk_id, OPEN, *after)
        .order_by(col(Ticket.contract), col(Ticket.kind))
        .limit(1)
    )
    row = session.exec(query).first()
    return None if row is None else Line(team_id, desk_id, *row)


Place = tuple[int, bool, datetime, int]
"""By what tickets are ordered: rank, whether it is ordered where support goes first, instant, number."""


def queue(session: Session, lines: Sequence[Line], rules: Rules, *, limit: int, offset: int = 0) -> list[Ticket]:
    """A stretch of the queue that these lines make together."""
    places = sorted(place for line in lines for place in _front(session, line, rules, offset + limit))
    numbers = [number for *_, number in places[offset : offset + limit]]
    if not numbers:
        return []
    tickets = {ticket.number: ticket for ticket in tickets_read(session, lines[0].team_id, numbers)}
    return [tickets[number] for number in numbers]


def _front(session: Session, line: Line, rules: Rules, upto: int) -> list[Place]:
    """The first places of a line."""
    at = col(Ticket.reported_at if line.contract in rules.by_arrival else Ticket.queue_at)
    behind = line.contract in rules.support_first and line.kind == TicketKind.REQUEST
    query = (
        select(col(Ticket.rank), at, col(Ticket.number))
        .where(
            Ticket.team_id == line.team_id,
            Ticket.desk_id == line.desk_id,
            Ticket.contract == line.contract,
            Ticket.kind == line.kind,
            OPEN,
        )
        .order_by(col(Ticket.rank), at, col(Ticket.number))
        .limit(upto)
    )
    return [(rank, behind, when or NEVER, number) for rank, when, number in session.exec(query)]
