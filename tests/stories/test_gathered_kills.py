"""Pages that are said in one message by a process that is killed between any two steps: none is lost or said twice."""

import json
import signal
from pathlib import Path

import pytest
from sqlmodel import select

from bot.crash import VARIABLE
from bot.demo_seed import seed_of
from bot.machine import MachineClock, SystemClock
from bot.storage.database import Database
from bot.workspace.file import Workspace
from bot.workspace.importing import import_workspace
from models.joining import AWAY
from models.outbox import Kind, Outgoing, State
from models.ticket import Team
from sandbox import Limits, Sandbox, load_seed
from tests.cli.conftest import Vakt, connected
from tests.stories.conftest import ROOT
from tests.stories.test_gathered import ACKNOWLEDGE, begin

PATIENCE = 30.0
HASTE = {"VAKT_SLACK_TIMEOUT_SECONDS": "1", "VAKT_LEASE_SECONDS": "4"}


@pytest.fixture
def wiring() -> str:
    """SQLite only: `make chaos` kills replicas."""
    return "socket-sqlite"


@pytest.mark.parametrize("point", ["before_claim", "after_claim", "before_post", "after_post", "before_mark"])
def test_what_one_message_says_is_said_once_wherever_the_process_is_killed(
    database_url: str, workspace: Workspace, tmp_path: Path, point: str
) -> None:
    """Three pages that wait when it starts are one message; the next process finds out whether it was said."""
    seed, database = tmp_path / "seed.json", Database(database_url)
    seed.write_text(json.dumps(seed_of(workspace)), "utf-8")
    with Sandbox(ROOT / "manifest.yml", seed=load_seed(seed), limits=Limits().lifted()) as slack:
        with database.transaction() as session:
            session.add(Team(team_id=slack.team_id))
            session.flush()
            import_workspace(session, slack.team_id, workspace)
        begin(database, "per", ("One", "Two", "Three"), MachineClock().now() - AWAY, SystemClock().now())
        settings = {"VAKT_DATABASE_URL": database_url, **HASTE}
        killed = connected(Vakt(tmp_path, settings | {VARIABLE: f"{point}:1"}), slack)
        with killed.running("run") as first:
            assert first.child.wait(PATIENCE) == -signal.SIGKILL
        with connected(Vakt(tmp_path, settings), slack).running("run") as second:
            message = slack.expects("Three", to=slack.person("per"), timeout=PATIENCE)
            assert slack.until(lambda: {row.state for row in _rows(database)} == {State.SENT}, PATIENCE)
            assert second.stops(signal.SIGTERM) == 0
        said = [heard for heard in slack.world.heard if "One" in heard.words]
        assert {row.ts for row in _rows(database)} == {message.ts}
        assert len(said) == 1
        assert str(message.blocks).count(f"'{ACKNOWLEDGE}'") == 3
    database.dispose()


def _rows(database: Database) -> list[Outgoing]:
    with database.reading() as session:
        return list(session.exec(select(Outgoing).where(Outgoing.kind == Kind.PAGE)))
