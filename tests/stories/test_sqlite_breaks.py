"""SQLite's file cannot be written: a full disk, a read-only file. Said before the ack, and nothing half stored."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import count

import pytest
from sqlalchemy import event, text

from models.history import Event
from tests.stories.conftest import House
from tests.stories.scenes import forget, hears, opened, times

FULL = "The disk that Vakt stores on is full, so nothing was changed"
UNWRITABLE = "Vakt's database cannot be written, so nothing was changed"


@pytest.fixture
def wiring() -> str:
    """SQLite only."""
    return "socket-sqlite"


@contextmanager
def _on_every_connection(house: House, here: str, afterwards: str) -> Iterator[None]:
    """Settings of SQLite's that hold for a connection, for as long as the block goes on."""

    def set_(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(here)

    engine = house.vakt.database.engine
    event.listen(engine, "checkout", set_)
    try:
        yield
    finally:
        event.remove(engine, "checkout", set_)
        event.listen(engine, "checkout", lambda connection, *_: connection.execute(afterwards))


@contextmanager
def _full(house: House) -> Iterator[None]:
    """There is no room for one page more, and none in the page where the next clicks are noted."""
    with house.vakt.database.reading() as session:
        pages = session.execute(text("pragma page_count")).scalar_one()
        assert session.execute(text("pragma freelist_count")).scalar_one() == 0
    limit = f"pragma max_page_count = {pages}"
    with closing(sqlite3.connect(str(house.vakt.database.url.database), isolation_level=None)) as other:
        other.execute(limit)
        for number in range(1, 40):
            _fill(other, house.slack.team_id, f"trigger:{number}.")
    with _on_every_connection(house, limit, "pragma max_page_count = 4294967294"):
        yield


def _fill(other: sqlite3.Connection, team_id: str, near: str) -> None:
    """Store short notes beside that key until there is no room for another one."""
    note = "insert into received (team_id, key, stored_at) values (?, ?, '2026-11-23 08:00:00')"
    notes = ((team_id, f"{near}{number}") for number in count())
    with pytest.raises(sqlite3.OperationalError, match="full"):
        other.executemany(note, notes)


@contextmanager
def _read_only(house: House) -> Iterator[None]:
    """The file may not be written; SQLite says the same where its mode or its disk forbids it."""
    with _on_every_connection(house, "pragma query_only = on", "pragma query_only = off"):
        yield


Trouble = Callable[[House], AbstractContextManager[None]]


@pytest.mark.parametrize(("trouble", "words"), [(_full, FULL), (_read_only, UNWRITABLE)])
def test_what_cannot_be_written_is_said_by_kind_of_payload(house: House, trouble: Trouble, words: str) -> None:
    """View: its window. Click: privately. Nothing of it is stored; with room again the same is done."""
    it = opened(house)
    ola = house.person("ola")
    ola.clicks("Reply", on=it.card)
    ola.modal().fill("Answer to the customer", "Hello " * 400)
    house.settles()
    before = _everything(house)
    with trouble(house):
        filled = _everything(house) - before
        assert ola.modal().submit().error is None
        assert words in ola.modal().text
        assert ola.clicks("Start work", on=it.card) is None
        hears(house, ola, words, in_="#desk")
        assert _everything(house) - before == filled
    ola.modal().close()
    ola.clicks("Start work", on=it.card)
    house.slack.expects_edit(it.card, "Owner: Ola Hansen")
    assert (times(house, it.name, Event.WORK_STARTED), times(house, it.name, Event.REPLIED)) == (1, 0)
    house.is_quiet()


@pytest.mark.parametrize("ack", [3.0])
@pytest.mark.parametrize("trouble", [_full, _read_only])
def test_an_event_that_cannot_be_written_comes_again(house: House, trouble: Trouble) -> None:
    """It is not acknowledged; when there is room again it is stored once."""
    it = opened(house)
    anna = house.person("anna")
    house.settles()
    with trouble(house):
        anna.types("It says error 500. " * 100, in_="#acme", thread=it.theirs)
        assert house.slack.until(lambda: _refused(house), 8.0)
        assert times(house, it.name, Event.CUSTOMER_WROTE) == 0
    house.slack.expects("Anna Svensson wrote:", in_="#desk", thread=it.card, timeout=20.0)
    house.slack.idle(20.0)
    assert times(house, it.name, Event.CUSTOMER_WROTE) == 1
    forget(house)


def _refused(house: House) -> bool:
    rows = house.slack.world.inspector.rows
    return any(row.door == "socket" and row.error and "message" in str(row.request) for row in rows)


def _everything(house: House) -> int:
    """How many rows there are in all that people's acts write."""
    tables = ("received", "history", "typed_text", "outbox", "timer", "wait", "ticket")
    with house.vakt.database.reading() as session:
        return sum(int(session.execute(text(f"select count(*) from {name}")).scalar_one()) for name in tables)
