"""A database that is filled for a benchmark holds what opening would have stored."""

from pathlib import Path

from sqlmodel import col, select

from benchmarks._fill import CHUNK, NOON, lay, open_many
from bot.contracts import agreements
from bot.storage.database import Database
from models.clock import Clock
from models.person import Person
from models.ticket import Ticket
from models.timer import Timer
from models.typed_text import TypedText
from tests.invariants import broken
from tests.stories.conftest import (  # noqa: F401 - fixtures
    database_url,
    postgresql,
    sqlite_template,
    wiring,
)


def test_filled_tickets_are_whole(database_url: str) -> None:  # noqa: F811 - a fixture
    """Filled in two steps: every row is there and refers to its own ticket's."""
    ground = lay(database_url)
    open_many(database_url, ground, range(1, 13), reported_at=NOON)
    open_many(database_url, ground, range(13, 21), reported_at=NOON)
    database = Database(database_url)
    with database.reading() as session:
        assert not broken(session, agreements(), tidied=True)
        text = session.exec(
            select(TypedText).join(Ticket, col(Ticket.summary_id) == TypedText.id).where(Ticket.number == 7)
        )
        assert text.one().body == "Printer 7 is down"
        timers = select(Timer.ticket_number, Clock.ticket_number).join(Clock, col(Clock.id) == Timer.clock_id)
        assert sorted(session.exec(timers)) == [(number, number) for number in range(1, 21)]
    database.dispose()


def test_owned_tickets_have_somebody_of_their_own(database_url: str) -> None:  # noqa: F811 - a fixture
    """Whom reminders go to, by number."""
    ground = lay(database_url)
    open_many(database_url, ground, range(1, 6), reported_at=NOON, owned=True)
    database = Database(database_url)
    with database.reading() as session:
        owners = select(Ticket.number, Person.slack_user, Person.name).join(Person, col(Person.id) == Ticket.owner_id)
        assert sorted(session.exec(owners)) == [(each, f"U{each}", f"Agent {each}") for each in range(1, 6)]
    database.dispose()


def test_a_fill_longer_than_a_chunk_leaves_no_number_out(tmp_path: Path) -> None:
    """The next number follows the last one."""
    url = f"sqlite:///{tmp_path}/filled.db"
    open_many(url, lay(url), range(1, CHUNK + 4), reported_at=NOON)
    database = Database(url)
    with database.reading() as session:
        assert list(session.exec(select(Ticket.number))) == list(range(1, CHUNK + 4))
    database.dispose()
