"""A database full of open tickets, each owned, with its clock, timer, cards and first line of history.

The rows are what opening a ticket stores, made once through Vakt's own code and then copied with other
numbers: ten thousand people pressing *Open* would take longer than what is to be measured.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

from sqlmodel import select

from benchmarks._door import CHANNEL, PERSON, TEAM
from bot import contracts, schema
from bot.database import Database
from bot.workspace_file import CustomerEntry, DeskEntry, PersonEntry, Roles, Workspace
from bot.workspace_import import import_workspace
from handlers import promises
from handlers.agreements import Force
from models.customer import Customer
from models.history import Event, HistoryEntry
from models.ids import new_id
from models.outbox import Kind, Outgoing, State, card_key
from models.person import Person
from models.record import Fresh, Record
from models.sla.contract import TicketKind
from models.ticket import Team, Ticket
from models.timer import Timer
from models.typed_text import TypedText

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
"""A Tuesday in office hours: Vakt may speak."""

CHUNK = 5_000
"""Tickets stored in one transaction."""

Row = TypeVar("Row", bound=Record)


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
        import_workspace(session, TEAM, _workspace())
    with database.reading() as session:
        customer = session.exec(select(Customer)).one()
        requester = session.exec(select(Person).where(Person.slack_user == PERSON)).one()
        ground = Ground(customer, contracts.agreements().in_force(session, customer, now), requester.id)
    database.dispose()
    return ground


def _workspace() -> Workspace:
    person = {"language": "en", "zone": "Europe/Oslo"}
    return Workspace(
        people=[
            PersonEntry(handle="kari", slack=PERSON, name="Kari Nordmann", **person),
            PersonEntry(handle="ola", slack="U0OLA", name="Ola Hansen", **person),
        ],
        desks=[DeskEntry(key="desk", name="Desk", channel=CHANNEL, roles=Roles(agent=["ola"], senior=["ola"]))],
        customers=[
            CustomerEntry(
                key="acme",
                name="Acme",
                desk="desk",
                contract="softone",
                since=date(2026, 1, 1),
                channel="C0ACME",
                contacts=["kari"],
            )
        ],
    )


def open_many(url: str, ground: Ground, numbers: range, *, reported_at: datetime, owned: bool = False) -> None:
    """Store open tickets with these numbers, all reported at one instant; `owned`: each by somebody of its own."""
    database = Database(url)
    pattern = list(_opened(ground, numbers.start, reported_at))
    for start in range(numbers.start, numbers.stop, CHUNK):
        with database.transaction() as session:
            fresh = Fresh()
            for number in range(start, min(start + CHUNK, numbers.stop)):
                _copy(fresh, pattern, number, owned=owned)
            fresh.store(session)
    with database.transaction() as session:
        team = session.get(Team, TEAM)
        if team is not None:
            team.next_number = max(team.next_number, numbers.stop)
    database.dispose()


def _opened(ground: Ground, number: int, reported_at: datetime) -> Iterator[Record]:
    """One ticket's rows, as opening stores them and sending marks them."""
    contract, severity = ground.force.contract, ground.force.contract.severity("P2")
    cards = [
        Outgoing(
            team_id=TEAM,
            key=card_key(number, kind),
            kind=kind,
            conversation=channel,
            channel=channel,
            ticket_number=number,
            state=State.SENT,
            sent_revision=1,
            ts=f"{number}.0",
            ready_at=reported_at,
            created_at=reported_at,
        )
        for kind, channel in ((Kind.DESK_CARD, CHANNEL), (Kind.CUSTOMER_CARD, "C0ACME"))
    ]
    ticket = Ticket(
        team_id=TEAM,
        number=number,
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
        entries=1,
    )
    fresh = _Taken()
    promises.first_clocks(fresh, ticket, contract, reported_at)
    entry = HistoryEntry(
        team_id=TEAM, ticket_number=number, position=1, event=Event.OPENED, at=reported_at, actor_id=ground.requester
    )
    yield from (ticket, *cards, *fresh.rows, entry)


class _Taken:
    """Takes new rows, in order."""

    def __init__(self) -> None:
        self.rows: list[Record] = []

    def add(self, instance: Record, /) -> None:
        """Take a row."""
        self.rows.append(instance)


def _copy(fresh: Fresh, pattern: list[Record], number: int, *, owned: bool) -> None:
    """The pattern's rows for another number."""
    ids: dict[str, str] = {}
    rows = [_like(row, number, ids) for row in pattern]
    ticket = next(row for row in rows if isinstance(row, Ticket))
    cards = [row for row in rows if isinstance(row, Outgoing)]
    ticket.desk_card_id, ticket.customer_card_id = cards[0].id, cards[1].id
    text = TypedText(team_id=TEAM, author_id=ticket.requester_id, body=f"Printer {number} is down")
    ticket.summary_id = text.id
    if owned:
        owner = Person(team_id=TEAM, slack_user=f"U{number}", name=f"Agent {number}", language="en")
        ticket.owner_id = owner.id
        fresh.add(owner)
    for row in (text, *rows):
        fresh.add(row)


def _like(row: Row, number: int, ids: dict[str, str]) -> Row:
    values = dict(row.__dict__)
    values.pop("_sa_instance_state", None)
    made = type(row)(**values)
    held = made.__dict__
    if "ticket_number" in held:
        held["ticket_number"] = number
    if "id" in held:
        ids[held["id"]] = held["id"] = ids.setdefault(held["id"], new_id())
    if isinstance(made, Ticket):
        held["number"] = number
    if isinstance(made, Outgoing):
        held["key"], held["ts"] = card_key(number, Kind(made.kind)), f"{number}.0"
    if isinstance(made, Timer):
        held["clock_id"] = ids[str(made.clock_id)]
    return made
