"""A calendar that is corrected under open tickets: read and written in batches, many rows a statement.

A correction touches thousands of tickets, and nobody looks after each of them as an object: what is
read is what the counting needs, and what is stored goes out as plain statements.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import (
    ColumnElement,
    case,
    update,
)
from sqlmodel import Session, col, or_, select

from models.at_once import Change, among
from models.clock import Clock
from models.contract_version import ContractVersion
from models.history import Event, HistoryEntry
from models.outbox import CARDS, Outgoing, State, card_key
from models.queue import place_in_sql
from models.record import Fresh
from models.ticket import OPEN, Ticket
from models.timer import Timer, TimerKind
from models.wait import Wait


@dataclass(slots=True)
class OpenTicket:
    """What a correction reads of a ticket."""

    number: int
    customer_id: str
    calendar_version_id: str
    earlier_calendars: list[str] | None
    region: str | None
    entries: int


@dataclass(slots=True)
class OpenClock:
    """What a correction reads of a clock."""

    id: str
    ticket_number: int
    kind: str
    promise_id: str
    clause: str
    state: str
    started_at: datetime
    due_at: datetime | None
    expected_at: datetime | None
    late_at: datetime | None
    chosen_at: datetime | None
    calendar_version_id: str | None


@dataclass(slots=True)
class NextLook:
    """When a clock is looked at next."""

    ticket_number: int
    clock_id: str
    id: str
    due_at: datetime


def versions_in_use(session: Session, team_id: str, contract: str) -> list[ContractVersion]:
    """The versions of a contract that open tickets are under, the oldest first."""
    used = select(Ticket.contract_version_id).where(Ticket.team_id == team_id, OPEN).distinct()
    query = (
        select(ContractVersion)
        .where(
            ContractVersion.team_id == team_id,
            ContractVersion.contract == contract,
            col(ContractVersion.id).in_(used),
        )
        .order_by(col(ContractVersion.effective), col(ContractVersion.stored_at), col(ContractVersion.id))
    )
    return list(session.exec(query))


@dataclass(frozen=True, slots=True)
class Case:
    """An open ticket with its clocks, its waits, and when each clock is looked at next."""

    ticket: OpenTicket
    clocks: Sequence[OpenClock]
    waits: Sequence[Wait]
    looks: Mapping[str, NextLook]


def cases_after(
    session: Session, version: ContractVersion, calendars_id: str, number: int, limit: int, *, lock: bool
) -> list[Case]:
    """Open tickets of a version with a higher number that count in other calendars than these, in order."""
    team_id = version.team_id
    query = (
        select(*_columns(Ticket, OpenTicket))
        .where(
            Ticket.team_id == team_id,
            col(Ticket.number) > number,
            Ticket.contract_version_id == version.id,
            Ticket.calendar_version_id != calendars_id,
            OPEN,
        )
        .order_by(col(Ticket.number))
        .limit(limit)
    )
    rows = session.connection().execute(query.with_for_update() if lock else query).all()
    tickets = [OpenTicket(*row) for row in rows]
    numbers = [ticket.number for ticket in tickets]
    clocks = _by_ticket(_clocks(session, team_id, numbers))
    waits = _by_ticket(_waits(session, team_id, numbers))
    looks = {look.clock_id: look for look in _looks(session, team_id, numbers)}
    return [Case(each, clocks.get(each.number, ()), waits.get(each.number, ()), looks) for each in tickets]


def _columns(record: type[Any], read: type[Any]) -> list[ColumnElement[Any]]:
    """The columns of a table that a plain reading of it has, in its order."""
    return [getattr(record, name) for name in read.__slots__]


def _clocks(session: Session, team_id: str, numbers: Sequence[int]) -> Iterable[OpenClock]:
    query = (
        select(*_columns(Clock, OpenClock))
        .where(Clock.team_id == team_id, among(session, Clock.ticket_number, numbers))
        .order_by(col(Clock.id))
    )
    return [OpenClock(*row) for row in session.connection().execute(query).all()]


def _waits(session: Session, team_id: str, numbers: Sequence[int]) -> Iterable[Wait]:
    query = (
        select(Wait)
        .where(Wait.team_id == team_id, among(session, Wait.ticket_number, numbers))
        .order_by(col(Wait.began_at), col(Wait.id))
    )
    return session.exec(query).all()


def _looks(session: Session, team_id: str, numbers: Sequence[int]) -> Iterable[NextLook]:
    query = select(*_columns(Timer, NextLook)).where(
        Timer.team_id == team_id, among(session, Timer.ticket_number, numbers), Timer.kind == TimerKind.CLOCK
    )
    return [NextLook(*row) for row in session.connection().execute(query).all()]


class OfTicket(Protocol):
    """Something that belongs to a ticket."""

    ticket_number: int


Row = TypeVar("Row", bound=OfTicket)


def _by_ticket(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.ticket_number, []).append(row)
    return found


@dataclass(slots=True)
class Corrected:
    """What a batch comes to, until it is stored."""

    team_id: str
    calendars_id: str
    at: datetime
    reason_id: str | None
    tickets: list[OpenTicket] = field(default_factory=list)
    entries: list[HistoryEntry] = field(default_factory=list)
    moved: list[OpenClock] = field(default_factory=list)
    """Running clocks with their new instants."""
    kept: list[OpenClock] = field(default_factory=list)
    """Clocks that never move, with the calendars that they were counted in."""
    sooner: list[NextLook] = field(default_factory=list)
    """Timers to be brought forward."""
    armed: list[tuple[OpenClock, datetime]] = field(default_factory=list)
    """Clocks that had no timer, and when to look at them."""
    redrawn: list[int] = field(default_factory=list)
    """Tickets whose cards show another instant."""

    def note(self, ticket: OpenTicket, moves: list[dict[str, str]]) -> None:
        """A ticket counts in the corrected calendars from now on: the event and the change as one."""
        self.tickets.append(ticket)
        self.entries.append(
            HistoryEntry(
                team_id=self.team_id,
                ticket_number=ticket.number,
                position=ticket.entries + 1,
                event=Event.CALENDAR_CORRECTED,
                at=self.at,
                text_id=self.reason_id,
                facts={"calendars": self.calendars_id, "earlier": ticket.calendar_version_id, "moves": moves},
            )
        )


_MOVED = Change(Clock, ("due_at", "expected_at"))
_KEPT = Change(Clock, ("calendar_version_id",))
_SOONER = Change(Timer, ("due_at",))


def store(session: Session, done: Corrected, machine_now: datetime) -> None:
    """Write a batch, a statement for each kind of change."""
    team_id = done.team_id
    _MOVED.make(session, team_id, [(each.id, each.due_at, each.expected_at) for each in done.moved])
    for before, tickets in _alike(done.tickets).items():
        _refer(session, done, list(before), tickets)
    _KEPT.make(session, team_id, [(each.id, each.calendar_version_id) for each in done.kept])
    _SOONER.make(session, team_id, [(each.id, each.due_at) for each in done.sooner])
    fresh = Fresh()
    for entry in done.entries:
        fresh.add(entry)
    for clock, at in done.armed:
        fresh.add(_timer(team_id, clock, at))
    fresh.store(session)
    _refresh_cards(session, done, machine_now)


def _alike(tickets: Iterable[OpenTicket]) -> dict[tuple[str, ...], list[int]]:
    """The numbers of the tickets by the calendars that they have had by now, the oldest first."""
    found: dict[tuple[str, ...], list[int]] = {}
    for ticket in tickets:
        had = (*(ticket.earlier_calendars or ()), ticket.calendar_version_id)
        found.setdefault(had, []).append(ticket.number)
    return found


def _refer(session: Session, done: Corrected, earlier: list[str], numbers: Sequence[int]) -> None:
    """Have tickets whose clocks were moved refer to the corrected calendars, in their new place in the queue."""
    session.connection().execute(
        update(Ticket)
        .where(col(Ticket.team_id) == done.team_id, among(session, Ticket.number, numbers))
        .values(
            calendar_version_id=done.calendars_id,
            earlier_calendars=earlier,
            entries=Ticket.entries + 1,
            queue_at=place_in_sql(),
        )
    )


def _timer(team_id: str, clock: OpenClock, at: datetime) -> Timer:
    return Timer(team_id=team_id, kind=TimerKind.CLOCK, ticket_number=clock.ticket_number, clock_id=clock.id, due_at=at)


def _refresh_cards(session: Session, done: Corrected, machine_now: datetime) -> None:
    """As `models.outbox.refresh_cards`, for all tickets of the batch at once."""
    keys = [card_key(number, kind) for number in done.redrawn for kind in sorted(CARDS)]
    if not keys:
        return
    session.connection().execute(
        update(Outgoing)
        .where(
            col(Outgoing.team_id) == done.team_id,
            among(session, Outgoing.key, keys),
            or_(col(Outgoing.state).in_([State.WAITING, State.SENT]), col(Outgoing.ts).is_not(None)),
        )
        .values(
            revision=Outgoing.revision + 1,
            ready_at=case((col(Outgoing.state) == State.WAITING, Outgoing.ready_at), else_=machine_now),
            state=State.WAITING,
        )
    )
