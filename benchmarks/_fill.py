"""A database full of open tickets, each owned, with its clock, timer, cards and first line of history.

The rows are what opening a ticket stores, made once through Vakt's own code; the database itself then stores them
for as many numbers as are asked for. A million people pressing *Open* would take longer than what is to be measured.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Insert, Integer, String, cast, event, insert, inspect, literal
from sqlmodel import func, select

from benchmarks._door import CHANNEL, PERSON, TEAM
from benchmarks._vakt import CUSTOMER_CHANNEL, workspace
from bot import contracts
from bot.storage import schema
from bot.storage.database import Database
from bot.workspace.importing import import_workspace
from handlers import counting, promises
from handlers.agreements import Force
from models.customer import Customer
from models.history import Event, HistoryEntry
from models.outbox import Kind, Outgoing, State, card_key
from models.person import Person
from models.record import Record
from models.sla.contract import TicketKind
from models.sla.plan import plans
from models.ticket import Team, Ticket
from models.typed_text import TypedText

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
"""A Tuesday in office hours: Vakt may speak."""

CHUNK = 20_000
"""Tickets stored in one transaction."""

MARK = 999_999_999
"""The number of the ticket that the others are copied from, which no other has."""

FAR = literal(10**15, BigInteger)
"""Added to a number, it gives half of an id: sixteen digits."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What every ticket stands on."""

    customer: Customer
    force: Force
    requester: str


def lay(url: str, now: datetime = NOON) -> Ground:
    """Make a database with one desk and one customer."""
    schema.upgrade(url)
    database = Database(url)
    contracts.store_here(database, TEAM, None, now)
    with database.transaction() as session:
        session.merge(Team(team_id=TEAM, name="Bench", bot_user="U0BOT"))
        import_workspace(session, TEAM, workspace())
    with database.reading() as session:
        customer = session.exec(select(Customer)).one()
        requester = session.exec(select(Person).where(Person.slack_user == PERSON)).one()
        ground = Ground(customer, contracts.agreements().in_force(session, customer, now), requester.id)
    database.dispose()
    return ground


def open_many(url: str, ground: Ground, numbers: range, *, reported_at: datetime, owned: bool = False) -> None:
    """Store open tickets with these numbers, all reported at one instant; `owned`: each by somebody of its own."""
    database = Database(url)
    if database.is_sqlite:
        event.listen(database.engine, "connect", _hurry)
    pattern = list(_opened(ground, reported_at, owned=owned))
    for start in range(numbers.start, numbers.stop, CHUNK):
        chunk = range(start, min(start + CHUNK, numbers.stop))
        with database.transaction() as session:
            for statement in _copies(pattern, chunk):
                session.connection().execute(statement)
    with database.transaction() as session:
        team = session.get(Team, TEAM)
        if team is not None:
            team.next_number = max(team.next_number, numbers.stop)
    database.dispose()


def _hurry(connection: sqlite3.Connection, _record: object) -> None:
    """Nobody keeps what a fill that broke off has left."""
    connection.execute("PRAGMA synchronous = OFF")


def _opened(ground: Ground, reported_at: datetime, *, owned: bool) -> Iterator[Record]:
    """One ticket's rows, as opening stores them and sending marks them, with `MARK` for its number."""
    contract, severity = ground.force.contract, ground.force.contract.severity("P2")
    text = TypedText(team_id=TEAM, author_id=ground.requester, body=f"Printer {MARK} is down")
    cards = [
        Outgoing(
            team_id=TEAM,
            key=card_key(MARK, kind),
            kind=kind,
            conversation=channel,
            channel=channel,
            ticket_number=MARK,
            state=State.SENT,
            sent_revision=1,
            ts=f"{MARK}.0",
            ready_at=reported_at,
            created_at=reported_at,
        )
        for kind, channel in ((Kind.DESK_CARD, CHANNEL), (Kind.CUSTOMER_CARD, CUSTOMER_CHANNEL))
    ]
    ticket = Ticket(
        team_id=TEAM,
        number=MARK,
        desk_id=ground.customer.desk_id,
        customer_id=ground.customer.id,
        contract=contract.id,
        contract_version_id=ground.force.version_id,
        calendar_version_id=ground.force.calendars_id,
        kind=TicketKind.FAULT,
        intake=contract.slack_is,
        severity=severity.id,
        proposed_severity=severity.id,
        rank=severity.rank,
        reported_at=reported_at,
        opened_at=reported_at,
        opened_by=ground.requester,
        requester_id=ground.requester,
        summary_id=text.id,
        desk_card_id=cards[0].id,
        customer_card_id=cards[1].id,
        entries=1,
    )
    fresh = _Taken()
    planned = plans(contract, counting.facts_of(ticket), reported_at)
    promises.first_clocks(fresh, ticket, promises.starts_of(contract, severity.id, planned))
    entry = HistoryEntry(
        team_id=TEAM, ticket_number=MARK, position=1, event=Event.OPENED, at=reported_at, actor_id=ground.requester
    )
    if owned:
        owner = Person(team_id=TEAM, slack_user=f"U{MARK}", name=f"Agent {MARK}", language="en")
        ticket.owner_id = owner.id
        yield owner
    yield from (text, ticket, *cards, *fresh.rows, entry)


class _Taken:
    """Takes new rows, in order."""

    def __init__(self) -> None:
        self.rows: list[Record] = []

    def add(self, instance: Record, /) -> None:
        """Take a row."""
        self.rows.append(instance)


def _copies(pattern: Sequence[Record], numbers: range) -> Iterator[Insert]:
    """For each of the pattern's rows the statement that stores it once for every number.

    The database does the counting: what is `MARK` in the pattern becomes the number, and its rows' ids, wherever they
    stand, become others that sort as the pattern's do, ticket after ticket.
    """
    first = select(literal(numbers.start, Integer).label("number")).cte("numbers", recursive=True)
    counted = first.union_all(select(first.c.number + 1).where(first.c.number < numbers.stop - 1))
    number: ColumnElement[int] = counted.c.number
    ids = [held["id"] for row in pattern if "id" in (held := row.__dict__)]
    for row in pattern:
        table = inspect(type(row)).local_table
        given = {column: value for column in table.c if (value := row.__dict__[column.key]) is not None}
        values = [_for_each(number, column, value, ids) for column, value in given.items()]
        yield insert(table).from_select([column.name for column in given], select(*values))


def _for_each(number: ColumnElement[int], column: Column[Any], value: object, ids: list[str]) -> ColumnElement[Any]:
    """A value of the pattern, for whichever number."""
    if value in ids:
        return cast(number + FAR, String) + literal(f"{ids.index(value):016d}")
    if value == MARK:
        return number
    if isinstance(value, str) and str(MARK) in value:
        return func.replace(literal(value), str(MARK), cast(number, String))
    return literal(value, column.type)
