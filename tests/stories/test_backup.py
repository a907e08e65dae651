"""`vakt backup` and `vakt restore`: one moment of every table, on both databases, while people go on."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlmodel import select

from bot.demo_seed import TEAM
from bot.machine import MachineClock
from bot.storage.database import Database
from bot.workspace.file import Workspace
from bot.workspace.importing import import_workspace
from models import heartbeat, outbox
from models.outbox import Kind, Outgoing, Priority
from models.received import Received
from models.ticket import Team
from tests.cli.conftest import Vakt
from tests.cli.launcher import Launcher
from tests.stories.conftest import MONDAY

T = TEAM["id"]
Tables = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def shell(tmp_path: Path, database_url: str, launcher: Launcher) -> Vakt:
    """A shell on that database."""
    folder = tmp_path / "shell"
    folder.mkdir()
    return Vakt(folder, {"VAKT_DATABASE_URL": database_url}, launcher)


@pytest.fixture
def database(database_url: str, workspace: Workspace) -> Iterator[Database]:
    """A database with something in many tables: a workspace, a message that waits and one that was sent."""
    made = Database(database_url)
    with made.transaction() as session:
        session.add(Team(team_id=T, name="Vakt's sandbox"))
        import_workspace(session, T, workspace)
        for key in ("waiting", "sent"):
            outbox.owe(session, _message(key))
        heartbeat.beat(session, "ticker", MONDAY, MONDAY)
    yield made
    made.dispose()


def _message(key: str) -> Outgoing:
    return Outgoing(
        team_id=T,
        key=key,
        kind=Kind.LOG_LINE,
        conversation="C1",
        args={"æ": ["ø", None, 1.5]},
        priority=Priority.CARD,
        state=key,
        ready_at=MONDAY,
        created_at=MONDAY,
        uncertain=key == "waiting",
    )


def _everything(url: str) -> Tables:
    """Every row of every table there is."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        rows = {name: sorted(map(repr, connection.execute(text(f'select * from "{name}"')))) for name in names}
    engine.dispose()
    return {name: [(row,) for row in found] for name, found in rows.items()}


def test_what_is_restored_is_every_row_of_every_table(shell: Vakt, database: Database, database_url: str) -> None:
    """Also over a database that went on: what came after the backup is gone."""
    before = _everything(database_url)
    assert shell.says("backup", "monday.backup").returncode == 0
    with database.transaction() as session:
        session.execute(text("delete from customer"))
        session.add(Received(team_id=T, key="later", stored_at=MONDAY))
    database.dispose()
    assert _everything(database_url) != before
    assert "is not empty" in shell.refuses("restore", "monday.backup")
    done = shell.says("restore", "monday.backup", "--replace")
    assert done.returncode == 0, done.stderr
    assert "Messages that were waiting: 1." in done.stdout
    assert _everything(database_url) == before


def test_a_backup_is_one_moment_while_writing_goes_on(shell: Vakt, database: Database, database_url: str) -> None:
    """Each transaction writes to two tables: in the backup both have it, or neither."""
    stop, stored = threading.Event(), threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            with database.transaction() as session:
                session.add(Received(team_id=T, key=f"{number:06}", stored_at=MONDAY))
                session.flush()
                heartbeat.beat(session, f"{number:06}", MONDAY, MONDAY)
            number += 1
            if number > 50:
                stored.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert stored.wait(20)
    assert shell.says("backup", "busy.backup").returncode == 0
    stop.set()
    writer.join(20)
    done = shell.says("restore", "busy.backup", "--replace")
    assert done.returncode == 0, done.stderr
    with database.reading() as session:
        keys = set(session.exec(select(Received.key)))
        names = set(session.exec(select(heartbeat.Heartbeat.name))) - {"ticker"}
    assert len(keys) > 50
    assert keys == names == {f"{number:06}" for number in range(len(keys))}


def test_a_database_that_is_at_work_is_not_restored(shell: Vakt, database: Database, database_url: str) -> None:
    """By its heartbeat of a moment ago, whatever machine it comes from; --force knows better."""
    assert shell.says("backup", "monday.backup").returncode == 0
    with database.transaction() as session:
        heartbeat.beat(session, "ticker", MachineClock().now(), MONDAY)
    database.dispose()
    assert "A vakt run was at work on this database at" in shell.refuses("restore", "monday.backup", "--replace")
    assert shell.says("restore", "monday.backup", "--replace", "--force").returncode == 0


def test_what_is_no_backup_is_named_and_nothing_is_changed(
    shell: Vakt, database: Database, database_url: str, tmp_path: Path
) -> None:
    """Another file, a file cut short, a backup of a newer Vakt."""
    database.dispose()
    before = _everything(database_url)
    (shell.folder / "other").write_text("hello", "utf-8")
    assert "other" in shell.refuses("restore", "other", "--replace")
    assert shell.says("backup", "whole.backup").returncode == 0
    whole = (shell.folder / "whole.backup").read_bytes()
    (shell.folder / "cut.backup").write_bytes(whole[: len(whole) // 2])
    shell.refuses("restore", "cut.backup", "--replace")
    with database.transaction() as session:
        session.execute(text("update alembic_version set version_num = '9999'"))
        session.execute(text("update schema_floor set revision = '9998'"))
    assert shell.says("backup", "newer.backup").returncode == 0
    with database.transaction() as session:
        session.execute(text("update alembic_version set version_num = :our"), {"our": before_revision(before)})
        session.execute(text("update schema_floor set revision = '0001'"))
    database.dispose()
    assert "too old for the database: it is at revision 9999" in shell.refuses("restore", "newer.backup", "--replace")
    assert _everything(database_url) == before


def before_revision(tables: Tables) -> str:
    """The revision that stood in the database."""
    [[row]] = tables["alembic_version"]
    return str(row).strip("(),'")


def test_a_file_that_is_there_is_not_overwritten_unasked(shell: Vakt, database: Database) -> None:
    """And where nothing can be written, that is said; nothing half written is left."""
    (shell.folder / "kept").write_text("kept", "utf-8")
    assert "kept is there already" in shell.refuses("backup", "kept")
    assert (shell.folder / "kept").read_text("utf-8") == "kept"
    assert shell.says("backup", "kept", "--replace").returncode == 0
    assert "cannot be written: No such file or directory" in shell.refuses("backup", "nowhere/monday.backup")
    assert sorted(path.name for path in shell.folder.iterdir() if "kept" in path.name or "part" in path.name) == [
        "kept"
    ]


def test_a_file_whose_name_is_no_text_is_written_and_named(shell: Vakt, database: Database) -> None:
    """As Linux lets files be called; the terminal gets an escape in place of what it cannot show."""
    database.dispose()
    done = shell.says("backup", os.fsdecode(b"m\xe5ndag.backup"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Backed up to m\\xe5ndag.backup" in done.stdout
    assert (shell.folder / os.fsdecode(b"m\xe5ndag.backup")).exists()


def test_a_missing_tool_of_postgresql_is_named(shell: Vakt, database: Database, database_url: str) -> None:
    """Where the server is elsewhere, or does not tell where its programs are."""
    if database.is_sqlite:
        shell.settings["VAKT_DATABASE_URL"] = "sqlite:///nowhere.db"
        assert "There is no database at nowhere.db" in shell.refuses("backup", "monday.backup")
        return
    with database.transaction() as session:
        session.execute(text("create role plain login"))
        session.execute(text("grant pg_read_all_data to plain"))
    shell.settings |= {"VAKT_DATABASE_URL": database_url.replace("//postgres:", "//plain:"), "PATH": "/nowhere"}
    assert "pg_dump was found neither on PATH nor beside the server" in shell.refuses("backup", "monday.backup")
    with database.transaction() as session:
        session.execute(text("drop role plain"))
