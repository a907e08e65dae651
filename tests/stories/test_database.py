"""Acknowledged means stored: transactions, the queue of writers, and the schema's history."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, delete, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import select

from bot.contracts import read_contracts, store_here
from bot.storage import schema
from bot.storage.database import Database, Lane, WriterQueue
from bot.storage.errors import WRITE_DEADLINE
from models import tables
from models.contract_version import ContractVersion
from models.customer import Agreement, Contact
from models.heartbeat import Heartbeat
from models.outbox import Outgoing
from models.person import Person
from models.received import Received
from models.record import Fresh, Record
from models.store import BusyError
from models.ticket import Team, take_number
from models.typed_text import TypedText
from tests.stories.conftest import MONDAY

TEAM = "T1"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The real database, without anything in it."""
    made = Database(database_url)
    yield made
    made.dispose()


def _names(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(session.exec(select(Heartbeat.name)))


def _beat(name: str) -> Heartbeat:
    return Heartbeat(name=name, beat_at=MONDAY, contract_at=MONDAY)


def test_a_transaction_is_stored_whole_or_not_at_all(database: Database) -> None:
    """An exception undoes what came before it, and those who wait for commits hear nothing."""
    woken: list[int] = []
    database.after_commit(lambda _written: woken.append(1))
    with database.transaction() as session:
        session.add(_beat("kept"))
    with pytest.raises(ZeroDivisionError):
        _store_and_fail(database)
    assert _names(database) == ["kept"]
    assert woken == [1]


def _store_and_fail(database: Database) -> None:
    with database.transaction() as session:
        session.add(_beat("undone"))
        session.flush()
        raise ZeroDivisionError


def _owed(key: str, at: datetime, args: dict[str, object]) -> Outgoing:
    return Outgoing(team_id=TEAM, key=key, kind="page", conversation="C1", args=args, ready_at=at, created_at=at)


WORDS = """Kåre's "100 %s" of {}\\ \U0001f525"""


@pytest.mark.parametrize("args", [{}, {"to": "Kåre", "parts": [1, None, {}], WORDS: WORDS, "share": 0.1}])
@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 29, 1, 30, 0, 7, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Oslo")),
        datetime.max.replace(tzinfo=UTC),
    ],
)
def test_a_row_is_stored_plainly_as_a_session_stores_it(
    database: Database, at: datetime, args: dict[str, object]
) -> None:
    """Byte for byte: what the database itself holds is compared."""
    _stored_both_ways(database, Outgoing, lambda key: _owed(key, at, args))


DAY = date(2026, 2, 28)
PLACES = {"id": "P1", "slack_user": "U1", "name": WORDS}


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (Person, {**PLACES, "notify": None}),
        (Person, {**PLACES, "notify": {"mail": 0}}),
        (Received, {"key": "1", "stored_at": MONDAY, "answer": None}),
        (Received, {"key": "1", "stored_at": MONDAY, "answer": "first"}),
        (Received, {"key": "1", "stored_at": MONDAY, "answer": [1, 2.5, True, WORDS]}),
        (Agreement, {"customer_id": "C1", "contract": "its", "since": DAY, "until": None}),
        (Agreement, {"customer_id": "C1", "contract": "its", "since": DAY, "until": DAY}),
        (Contact, {"customer_id": "C1", "person_id": "P1", "super_user": True}),
        (TypedText, {"id": "T1", "author_id": None, "body": f"{WORDS}\r\n\t{WORDS * 500}"}),
    ],
)
def test_so_is_what_only_some_rows_have(database: Database, table: type[Record], values: dict[str, Any]) -> None:
    """No value, yes and no, a day, any JSON, typed text."""
    _stored_both_ways(database, table, lambda team_id: table(team_id=team_id, **values))


def _stored_both_ways(database: Database, table: type[Record], row: Callable[[str], Record]) -> None:
    """Store it as a fresh row, and its like through a session; compare all that is not their key."""
    with database.transaction() as session:
        session.connection().execute(delete(table))
        fresh = Fresh()
        fresh.add(row("plainly"))
        fresh.store(session)
        session.add(row("by session"))
    columns = ", ".join(f"cast({column} as varchar)" for column in table.model_fields if column != "id")
    with database.reading() as session:
        rows = session.execute(text(f"select {columns} from {table.__tablename__}"))
        plainly, by_session = sorted(rows, key=lambda each: "plainly" not in each)
    differ = [two for two in zip(plainly, by_session, strict=True) if two[0] != two[1]]
    assert differ == [("plainly", "by session")]


def test_rows_of_several_tables_are_stored_together_or_none_of_them(database: Database) -> None:
    """More than SQLite takes in one statement; one that is refused undoes the others, whatever their table."""
    with database.transaction() as session:
        fresh = Fresh()
        for number in range(20):
            fresh.add(_owed(f"owed {number}", MONDAY, {}))
            fresh.add(Received(team_id=TEAM, key=f"key {number}", stored_at=MONDAY, answer={"number": number}))
        fresh.store(session)
        fresh.store(session)
    fresh.add(_owed("one more", MONDAY, {}))
    fresh.add(Received(team_id=TEAM, key="key 7", stored_at=MONDAY))
    with pytest.raises(IntegrityError), database.transaction() as session:
        fresh.store(session)
    with database.reading() as session:
        assert sorted(session.exec(select(Outgoing.key))) == sorted(f"owed {number}" for number in range(20))
        answers = [each["number"] for each in session.exec(select(Received.answer)) if each]
    assert sorted(answers) == list(range(20))


def test_an_instant_without_its_zone_is_refused(database: Database) -> None:
    """It would mean another instant wherever it is read."""
    fresh = Fresh()
    fresh.add(_owed("naive", datetime(2026, 3, 29, 1, 30), {}))  # noqa: DTZ001 - the point of it
    with pytest.raises((TypeError, ValueError)), database.transaction() as session:
        fresh.store(session)


def test_two_of_the_same_key_are_refused_and_the_first_stays(database: Database) -> None:
    """`received` has one row for each delivery, whoever comes at the same moment."""
    with database.transaction() as session:
        session.add(Received(team_id=TEAM, key="trigger:1", stored_at=MONDAY, answer="first"))
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(Received(team_id=TEAM, key="trigger:1", stored_at=MONDAY, answer="second"))
    with database.reading() as session:
        assert session.exec(select(Received.answer)).all() == ["first"]


def test_reading_cannot_write(database: Database) -> None:
    """Whatever the statement."""
    for statement in ("delete from heartbeat", "update ticket set number = 1", "create table other (id integer)"):
        with pytest.raises(DBAPIError), database.reading() as session:
            session.execute(text(statement))
    assert _names(database) == []


def test_a_reader_sees_one_moment_and_holds_up_no_writer(database: Database) -> None:
    """What is committed meanwhile is seen by the next one."""
    with database.reading() as session:
        before = session.exec(select(Heartbeat.name)).all()
        with database.transaction() as writer:
            writer.add(_beat("meanwhile"))
        assert before == []
    assert _names(database) == ["meanwhile"]


def test_numbers_asked_for_at_once_differ_and_have_no_gaps(database: Database) -> None:
    """Twenty threads, one counter."""
    with database.transaction() as session:
        session.add(Team(team_id=TEAM))
    given: list[int] = []

    def take() -> None:
        with database.transaction() as session:
            number = take_number(session, TEAM).number
        given.append(number)

    _at_once([take] * 20)
    assert sorted(given) == list(range(1, 21))


def _at_once(acts: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)


def test_writers_go_in_the_order_of_asking_and_people_before_loops() -> None:
    """Whoever is done hands the pen over; nobody races for it."""
    queue = WriterQueue(1)
    went: list[str] = []

    def write(name: str, lane: Lane) -> None:
        with queue.taken(lane, 5):
            went.append(name)

    asked = ["loop 1", "person 1", "loop 2", "person 2"]
    lanes = {name: Lane.LOOP if name.startswith("loop") else Lane.INTERACTIVE for name in asked}
    threads = [threading.Thread(target=write, args=(name, lanes[name])) for name in asked]
    with queue.taken(Lane.INTERACTIVE, 5):
        for number, thread in enumerate(threads, 1):
            thread.start()
            _until(partial(_has_waiting, queue, number))
    for thread in threads:
        thread.join(5)
    assert went == ["person 1", "person 2", "loop 1", "loop 2"]


def test_as_many_write_at_once_as_there_are_pens_and_the_next_waits_for_one() -> None:
    """Two pens: a third writer has to wait; afterwards both are there again."""
    queue = WriterQueue(2)
    with (
        queue.taken(Lane.INTERACTIVE, 1),
        queue.taken(Lane.LOOP, 1),
        pytest.raises(BusyError),
        queue.taken(Lane.INTERACTIVE, 0.05),
    ):
        pytest.fail("nobody may write now")
    with queue.taken(Lane.INTERACTIVE, 1), queue.taken(Lane.INTERACTIVE, 1):
        pass


def _has_waiting(queue: WriterQueue, number: int) -> bool:
    return sum(map(len, queue._waiting)) == number  # noqa: SLF001


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_a_writer_who_waited_too_long_gives_up_and_leaves_the_queue() -> None:
    """The next one gets the pen; what is left of the time is told to whoever holds it."""
    queue = WriterQueue(1)
    with queue.taken(Lane.INTERACTIVE, 1) as left:
        assert 0.5 < left <= 1
        begun = time.monotonic()
        with pytest.raises(BusyError), queue.taken(Lane.INTERACTIVE, 0.1):
            pytest.fail("nobody may write now")
        assert 0.05 < time.monotonic() - begun < 1
    with queue.taken(Lane.LOOP, 1):
        pass


def test_another_process_that_holds_the_database_makes_us_busy_in_time(database: Database) -> None:
    """One deadline for the queue and the database's own lock together; nothing is stored."""
    other = create_engine(database.engine.url)
    with other.connect() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("begin immediate")
        else:
            connection.execute(text("lock table heartbeat in access exclusive mode"))
        begun = time.monotonic()
        with pytest.raises(BusyError), database.transaction() as session:
            session.add(_beat("late"))
        assert time.monotonic() - begun < WRITE_DEADLINE + 1
        connection.rollback()
    other.dispose()
    assert _names(database) == []
    with database.transaction() as session:
        session.add(_beat("now"))
    assert _names(database) == ["now"]


def test_a_connection_that_is_out_when_the_database_is_left_is_closed_when_it_comes_back(database_url: str) -> None:
    """Whoever still asks is answered, and leaves nothing open behind."""
    made = Database(database_url)
    with made.reading() as session:
        out = session.connection().connection.dbapi_connection
        assert out is not None
        made.dispose()
        assert session.execute(text("select 1")).scalar_one() == 1
    with pytest.raises((sqlite3.ProgrammingError, psycopg.OperationalError), match="closed"):
        out.cursor().execute("select 1")


# The schema


def test_the_migrations_make_exactly_the_tables_of_the_models(database: Database) -> None:
    """Columns, types, keys, indexes and constraints; on both databases."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, tables.metadata)
    assert differences == []


def test_every_check_of_the_models_is_in_the_database(database: Database) -> None:
    """Alembic does not compare these."""
    wanted = {
        (table.name, str(check.name))
        for table in tables.metadata.tables.values()
        for check in table.constraints
        if check.__class__.__name__ == "CheckConstraint" and check.name
    }
    with database.engine.connect() as connection:
        look = inspect(connection)
        found = {
            (name, str(check["name"])) for name in look.get_table_names() for check in look.get_check_constraints(name)
        }
    assert wanted <= found


def test_an_upgrade_is_done_once_and_the_second_changes_nothing(database_url: str, tmp_path: Path) -> None:
    """Also in a folder that was not there."""
    assert schema.revision_of(database_url) == schema.head()
    assert not schema.upgrade(database_url)
    empty = f"sqlite:///{tmp_path / 'new' / 'vakt.db'}"
    assert schema.upgrade(empty)
    assert not schema.upgrade(empty)


def test_sqlite_keeps_what_is_acknowledged_through_a_power_cut(database: Database) -> None:
    """Write-ahead log, synced at each commit; foreign keys on. PostgreSQL does so by itself."""
    with database.transaction() as session:
        if database.is_sqlite:
            settings = [
                session.execute(text(f"pragma {name}")).scalar_one() for name in ("journal_mode", "synchronous")
            ]
            assert settings == ["wal", 2]
        else:
            assert session.execute(text("show synchronous_commit")).scalar_one() == "on"
            assert session.execute(text("show fsync")).scalar_one() in {"on", "off"}


def test_two_that_start_at_once_store_the_contracts_once(database: Database) -> None:
    """Whoever comes second finds them there."""
    with database.transaction() as session:
        session.add(Team(team_id=TEAM))
    together, failed = threading.Barrier(2), list[Exception]()

    def start() -> None:
        together.wait(20)
        try:
            store_here(database, TEAM, None, MONDAY)
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)

    starts = [threading.Thread(target=start) for _ in range(2)]
    for each in starts:
        each.start()
    for each in starts:
        each.join(60)
    assert not failed
    with database.reading() as session:
        stored = session.exec(select(ContractVersion.contract)).all()
        assert len(stored) == len(set(stored)) == len(read_contracts(None))
