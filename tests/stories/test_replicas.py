"""Two `vakt run` on one PostgreSQL, as compose.yaml starts them: both take part, and either may die."""

import json
import signal
from pathlib import Path

import pytest

from bot.demo_seed import seed_of
from bot.storage.database import Database
from bot.workspace.file import Workspace
from bot.workspace.importing import import_workspace
from models.ticket import Team
from sandbox import Limits, Sandbox, load_seed
from tests.cli.conftest import Vakt, connected
from tests.cli.launcher import Launcher
from tests.stories.conftest import ROOT

GUIDANCE = "A question about how something works"
PATIENCE = 30.0
TRIES = 5


@pytest.fixture
def wiring() -> str:
    """PostgreSQL only."""
    return "http-postgresql"


def test_one_goes_on_when_the_other_is_killed(
    database_url: str, workspace: Workspace, tmp_path: Path, launcher: Launcher
) -> None:
    """A ticket opened with both there, one after either was killed: each card is said once."""
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps(seed_of(workspace)), "utf-8")
    with Sandbox(ROOT / "manifest.yml", seed=load_seed(seed), limits=Limits().lifted()) as slack:
        database = Database(database_url)
        with database.transaction() as session:
            session.add(Team(team_id=slack.team_id))
            import_workspace(session, slack.team_id, workspace)
        database.dispose()
        shell = connected(Vakt(tmp_path, {"VAKT_DATABASE_URL": database_url}, launcher), slack)
        with shell.running("run") as one, shell.running("run") as other:
            one.waits_for('"event": "ready"')
            other.waits_for('"event": "ready"')
            slack.waits_for_app(2, timeout=60)
            _opens(slack, "T-1")
            one.stops(signal.SIGKILL)
            _opens(slack, "T-2")
            assert other.stops(signal.SIGTERM) == 0
        cards = [
            each.channel for each in slack.world.heard if each.body.get("thread_ts", each.body["ts"]) == each.body["ts"]
        ]
    assert len(cards) == len(set(cards)) * 2 == 4


def _opens(slack: Sandbox, number: str) -> None:
    anna = slack.person("anna")
    # Slack delivers a command once, perhaps to the one that was killed just now: who gets no answer types it again.
    answers = (anna.types("/ticket How are invoices sent", in_="#acme").error for _ in range(TRIES))
    assert None in answers
    modal = anna.modal(PATIENCE)
    modal.choose("What is it?", GUIDANCE)
    modal.waits_for("Priority 5", PATIENCE)
    assert not modal.submit().errors
    anna.modal(PATIENCE).waits_for(number, PATIENCE)
    anna.modal().close()
    slack.expects(number, in_="#desk", timeout=PATIENCE)
    slack.expects(number, in_="#acme", thread=None, timeout=PATIENCE)
