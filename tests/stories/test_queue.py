"""The queue of a desk: in its contracts' order, however many tickets stand in it, and read from an index."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Connection
from sqlmodel import Session

from bot.storage.database import Database
from handlers.access import viewer_of
from handlers.list_pictures import list_facts
from handlers.views.facts import Listing
from models.clock import Clock, ClockState, clocks_of, clocks_of_all
from models.outbox import is_being_posted, row_of_message
from models.queue import Line, Rules, lines_at, queue
from models.sla.contract import TicketKind
from models.ticket import NEVER, Reach, Status, Ticket, count_open, open_tickets
from tests.stories.conftest import P2, TEAM, House, oslo
from tests.stories.scenes import clocks, forget, opened, stored

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
RULES = Rules(by_arrival=frozenset({"arriving"}), support_first=frozenset({"supporting"}))
DESKS = ("first", "second", "third")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The real database, without anything in it."""
    made = Database(database_url)
    yield made
    made.dispose()


def _ticket(number: int, **values: Any) -> Ticket:
    given: dict[str, Any] = {
        "team_id": TEAM,
        "number": number,
        "desk_id": DESKS[0],
        "customer_id": "acme",
        "contract": "due",
        "contract_version_id": "1",
        "calendar_version_id": "1",
        "kind": TicketKind.FAULT,
        "intake": "slack",
        "severity": "P2",
        "proposed_severity": "P2",
        "rank": 2,
        "reported_at": NOW,
        "opened_at": NOW + timedelta(hours=9),
        "opened_by": "anna",
        "requester_id": "anna",
    }
    return Ticket(**given | values)


def _clock(number: int, due_at: datetime | None, **values: Any) -> Clock:
    given: dict[str, Any] = {
        "team_id": TEAM,
        "ticket_number": number,
        "kind": "start_of_work",
        "promise_id": "p2",
        "severity": "P2",
        "clause": "SO-15",
        "strength": "promised",
        "started_at": NOW,
        "due_at": due_at,
    }
    return Clock(**given | values)


def _any(number: int, chance: random.Random) -> list[Ticket | Clock]:
    """A ticket anywhere in the queue, or ended, with a clock, a stopped one, or none."""
    ticket = _ticket(
        number,
        desk_id=chance.choice(DESKS),
        contract=chance.choice(("due", "arriving", "supporting")),
        kind=chance.choice(list(TicketKind)),
        rank=chance.randrange(3),
        status=chance.choice((Status.NEW, Status.NEW, Status.IN_PROGRESS, Status.CLOSED)),
        reported_at=NOW + timedelta(minutes=chance.randrange(8)),
    )
    due_at = chance.choice((None, *(NOW + timedelta(hours=hours) for hours in range(5))))
    state = chance.choice((ClockState.RUNNING, ClockState.RUNNING, ClockState.PAUSED, ClockState.STOPPED))
    return [ticket, *([_clock(number, due_at, state=state)] if chance.random() < 0.9 else [])]


def test_the_queue_read_line_by_line_is_the_queue_sorted_as_a_whole(database: Database) -> None:
    """Contracts that go by arrival, that put support first and that go by due instants, at two of three desks."""
    chance = random.Random(7)
    with database.transaction() as session:
        for number in range(1, 301):
            session.add_all(_any(number, chance))
    with database.reading() as session:
        here = Reach("ola", desks=frozenset(DESKS[:2])).covers()
        whole = [each.number for each in open_tickets(session, TEAM, here, order=RULES.order(), limit=400)]
        lines = lines_at(session, TEAM, DESKS[:2])
        assert [each.number for each in queue(session, lines, RULES, limit=400)] == whole
        assert [each.number for each in queue(session, lines, RULES, limit=15, offset=30)] == whole[30:45]
        assert len(whole) == count_open(session, TEAM, here, upto=400) > 100
        assert count_open(session, TEAM, here, upto=20) == 20


def test_lines_are_the_contracts_and_kinds_that_have_open_tickets(database: Database) -> None:
    """Those of other desks, and ended ones, make none."""
    with database.transaction() as session:
        session.add_all(
            (
                _ticket(1),
                _ticket(2, kind=TicketKind.REQUEST),
                _ticket(3, contract="arriving"),
                _ticket(4, contract="ended", status=Status.CLOSED),
                _ticket(5, contract="theirs", desk_id=DESKS[1]),
                _ticket(6),
            )
        )
    with database.reading() as session:
        found = [(line.contract, line.kind) for line in lines_at(session, TEAM, DESKS[:1])]
        assert found == [("arriving", "fault"), ("due", "fault"), ("due", "request")]
        assert lines_at(session, TEAM, ()) == []
        assert queue(session, (), RULES, limit=5) == []


def test_a_ticket_that_an_older_version_opened_stands_last_until_its_clocks_are_written(database: Database) -> None:
    """It does not know of places; the next that happens to a clock gives it one."""
    with database.transaction() as session:
        session.add_all((_ticket(1), _clock(1, NOW), _ticket(2), _clock(2, NOW + timedelta(hours=1))))
    with database.transaction() as session:
        session.execute(text("update ticket set queue_at = null where number = 1"))
    assert _numbers(database) == [2, 1]
    with database.transaction() as session:
        clocks_of(session, TEAM, 1)[0].rungs = ["half"]
    assert _numbers(database) == [1, 2]


def _numbers(database: Database) -> list[int]:
    with database.reading() as session:
        return [each.number for each in queue(session, lines_at(session, TEAM, DESKS), RULES, limit=9)]


def test_a_place_follows_the_clocks_that_count(house: House) -> None:
    """It is there from the opening, goes with the wait and the act, and comes back with the reopening."""
    ticket = opened(house, *P2)
    started = clocks(house, ticket.name)["start_of_work"]
    assert stored(house, ticket.name).queue_at == started.due_at
    ola = house.person("ola")
    ola.clicks("Start work", on=ticket.card)
    house.settles()
    assert clocks(house, ticket.name)["start_of_work"].state == ClockState.STOPPED
    assert stored(house, ticket.name).queue_at == NEVER
    house.moves_to(oslo("2026-11-23 11:00"))
    forget(house)


# What is read, and how


@pytest.mark.parametrize("wiring", ["socket-sqlite"])
def test_sqlite_reads_the_queue_in_order_and_a_tickets_rows_by_its_number(database: Database) -> None:
    """Its planner knows that nearly every row is of one team; without being told it takes a team for ten rows."""
    line = Line(TEAM, DESKS[0], "due", TicketKind.FAULT, 1)
    arriving = Line(TEAM, DESKS[0], "arriving", TicketKind.FAULT, 1)
    with database.reading() as session:
        plans = _plans(session)
        queue(session, [line], RULES, limit=5)
        queue(session, [arriving], RULES, limit=5)
        lines_at(session, TEAM, DESKS[:1])
        count_open(session, TEAM, Reach("ola", desks=frozenset(DESKS)).covers(), upto=9)
        clocks_of(session, TEAM, 1)
        clocks_of_all(session, TEAM, [1, 2])
    assert [("ticket_by_" in plan, "clock_of_ticket" in plan) for plan in plans] == [(True, False)] * 4 + [
        (False, True)
    ] * 2, plans
    assert not any("TEMP B-TREE" in plan for plan in plans[:4]), plans


def _plans(session: Session) -> list[str]:
    """How SQLite goes about everything that is asked from now on: a list that grows."""
    plans: list[str] = []

    def explain(
        connection: Connection, _cursor: object, statement: str, values: tuple[object, ...], *_: object
    ) -> None:
        if not statement.startswith("EXPLAIN"):
            steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plans.append("; ".join(str(step[3]) for step in steps))

    event.listen(session.connection(), "before_cursor_execute", explain)
    return plans


@pytest.mark.parametrize("wiring", ["socket-sqlite"])
def test_sqlite_finds_a_message_by_its_place_and_what_waits_among_what_waits(database: Database) -> None:
    """Asked for every message that is written in a channel; most of the outbox was sent long ago."""
    with database.reading() as session:
        plans = _plans(session)
        row_of_message(session, TEAM, "C1", "1.0")
        is_being_posted(session, TEAM, ["C1"])
    assert ["outbox_message" in plans[0], "outbox_waiting" in plans[1]] == [True, True], plans


@pytest.mark.parametrize("wiring", ["socket-sqlite"])
def test_sqlites_planner_is_told_of_every_index_of_the_large_tables(database: Database) -> None:
    """An index that it knows nothing of looks better to it than one of which it knows what it costs."""
    with database.reading() as session:
        told = session.execute(text("select tbl, idx from sqlite_stat1")).all()
        large = {table for table, _ in told} - {"schema_floor"}
        indexes = session.execute(text("select tbl_name, name from sqlite_master where type = 'index'")).all()
    assert {"ticket", "clock", "timer", "outbox", "history"} <= large
    assert {tuple(each) for each in indexes if each.tbl_name in large} <= {tuple(each) for each in told}


def test_a_page_of_the_queue_asks_as_much_as_a_row(house: House) -> None:
    """What rows show is loaded a table at a time."""
    opened(house, *P2)
    one = _asked_for_the_list(house)
    for number in range(3):
        opened(house, *P2, summary=f"Printer {number}")
    assert _asked_for_the_list(house) == one
    forget(house)


def _asked_for_the_list(house: House) -> int:
    """How many statements `/ticket list` asks."""
    asked: list[str] = []
    desk = house.vakt.desk
    with house.vakt.database.reading() as session:
        viewer = viewer_of(session, TEAM, house.person("ola").id)

        def count(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement)

        event.listen(session.connection(), "before_cursor_execute", count)
        facts = list_facts(session, desk.agreements, viewer, Listing.OPEN, 0, desk.now())
        assert facts.rows
    return len(asked)
