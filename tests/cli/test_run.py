"""`vakt run`: ready, stopped, and every foreseeable mistake in plain words."""

import json
import signal
import socket
import sqlite3

import pytest

from bot.storage.database import Database
from models.ticket import Team
from sandbox import Sandbox
from tests.cli.conftest import ROOT, Vakt, connected


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_says_when_it_is_ready_and_stops_cleanly(bare: Vakt, slack: Sandbox, how: signal.Signals) -> None:
    with connected(bare, slack).running("run") as running:
        ready = json.loads(running.waits_for("ready").string)
        assert running.stops(how) == 0
    assert ready["workspace"] == "Vakt's sandbox (T0VAKT)"
    assert ready["database"] == "sqlite:///vakt.db"
    assert ready["door"] == "socket"
    assert "stopped" in running.lines[-1]
    said = "".join(running.lines)
    assert not [secret for secret in (slack.bot_token, slack.app_token, slack.signing_secret) if secret in said]


def test_it_takes_signed_requests_in_place_of_sockets(well: Vakt, slack: Sandbox) -> None:
    with well.running("run", "--http") as running:
        port = running.waits_for(r"http, port (\d+)").group(1)
        slack.deliver_by_http(f"http://127.0.0.1:{port}/slack/events")
        answer = slack.person("anna").types("/ticket help", in_="#acme")
        assert running.stops(signal.SIGTERM) == 0
    assert answer.error is None
    assert "/ticket" in (answer.text or "")


def test_it_sends_to_this_machine_past_the_proxy(well: Vakt) -> None:
    well.settings |= {"HTTP_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    with well.running("run") as running:
        running.waits_for("ready")
        assert running.stops(signal.SIGTERM) == 0


def test_it_waits_for_slack_when_it_knows_its_workspace(well: Vakt, slack: Sandbox) -> None:
    slack.stop()
    with well.running("run") as running:
        running.waits_for("socket_not_opened")
        assert running.stops(signal.SIGTERM) == 0


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
@pytest.mark.parametrize("kind", ["503", "reset", "lost_answer", "internal_error"])
def test_it_starts_through_a_slack_that_fails_at_first(well: Vakt, slack: Sandbox, method: str, kind: str) -> None:
    """It knows its workspace; a Slack that has trouble is no Slack that refuses the token."""
    fault = slack.fault(method, kind=kind, times=1)
    with well.running("run") as running:
        running.waits_for("ready")
        assert fault.happened
        assert running.stops(signal.SIGTERM) == 0


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN is not set. Copy it from OAuth & Permissions"),
        ("SLACK_BOT_TOKEN", "xoxp-1", "SLACK_BOT_TOKEN does not begin with xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxb-1", "Slack refuses SLACK_BOT_TOKEN: auth.test: invalid_auth"),
        ("SLACK_APP_TOKEN", "", "SLACK_APP_TOKEN is not set"),
        ("SLACK_APP_TOKEN", "xapp-1", "Slack refuses SLACK_APP_TOKEN: invalid_auth"),
        ("SLACK_API_URL", "http://slack.example/api/", "plain http is allowed to this machine only, use https"),
        ("VAKT_LEASE_SECONDS", "20", "20 s is less than 3.5 times VAKT_SLACK_TIMEOUT_SECONDS; write 28 or more"),
        ("VAKT_HTTP_PORT", "70000", "VAKT_HTTP_PORT: Input should be less than or equal to 65535"),
        ("VAKT_SMTP_URL", "mail.example", "VAKT_SMTP_URL must be smtps://"),
        ("VAKT_WEBHOOK_SECRET", "whsec_not base64", 'VAKT_WEBHOOK_SECRET begins with "whsec_"'),
        ("VAKT_HEARTBEAT_URL", "http://health.example/secret", "VAKT_HEARTBEAT_URL must be an https address"),
        ("VAKT_DATABASE_URL", "vakt.db", "VAKT_DATABASE_URL is no address of a database"),
        ("VAKT_DATABASE_URL", "oracle2://x/y", "VAKT_DATABASE_URL is no address of a database"),
        ("VAKT_DATABASE_URL", "sqlite:////proc/vakt.db", "database"),
        ("VAKT_DATABASE_URL", "postgresql://me:secret@127.0.0.1:9/x", "The database does not answer: "),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(well: Vakt, name: str, value: str, words: str) -> None:
    well.settings[name] = value
    said = well.refuses("run")
    assert words in said
    assert "secret" not in said


def test_slack_that_was_never_reached_is_named(shell: Vakt) -> None:
    shell.settings["SLACK_API_URL"] = "http://127.0.0.1:9/api/"
    assert "Slack cannot be reached" in shell.refuses("run")


def test_which_of_several_workspaces_is_meant_only_slack_can_say(well: Vakt) -> None:
    """Remembering any of them would say one's messages with the token of another."""
    database = Database(f"sqlite:///{well.folder / 'vakt.db'}")
    with database.transaction() as session:
        session.add(Team(team_id="T2"))
    database.dispose()
    well.settings["SLACK_API_URL"] = "http://127.0.0.1:9/api/"
    said = well.refuses("run")
    assert "Slack cannot be reached" in said
    assert "several workspaces" in said


def test_a_port_that_is_taken_is_named(well: Vakt) -> None:
    with socket.create_server(("0.0.0.0", 0)) as taken:
        port = taken.getsockname()[1]
        well.settings["VAKT_HTTP_PORT"] = str(port)
        assert f"Port {port} is taken" in well.refuses("run", "--http")


def test_a_contract_that_cannot_be_used_is_named(shell: Vakt) -> None:
    (shell.folder / "policies").mkdir()
    (shell.folder / "policies" / "wrong.toml").write_text('id = "wrong"\n', "utf-8")
    shell.settings["VAKT_POLICIES"] = "policies"
    assert "wrong.toml" in shell.refuses("run")


def test_a_sixth_contract_is_a_file_in_a_further_folder(well: Vakt, slack: Sandbox) -> None:
    """Its customer is promised what it says, by its own clause; nothing else is needed."""
    (well.folder / "policies").mkdir()
    terms = (ROOT / "policies" / "softone.toml").read_text("utf-8").replace('id = "softone"', 'id = "sixth"')
    (well.folder / "policies" / "sixth.toml").write_text(terms.replace("SO-", "SX-").replace('"SO"', '"SX"'), "utf-8")
    well.settings["VAKT_POLICIES"] = "policies"
    workspace = well.says("export").stdout.replace('contract = "softone"', 'contract = "sixth"')
    (well.folder / "workspace.toml").write_text(workspace, "utf-8")
    assert well.says("import", "workspace.toml", "--yes").returncode == 0
    with well.running("run") as running:
        running.waits_for("ready")
        anna = slack.person("anna")
        assert anna.types("/ticket How are invoices sent", in_="#acme").error is None
        form = anna.modal()
        form.choose("What is it?", "A question about how something works")
        form.waits_for("SX-15")
        form.submit()
        slack.expects("T-1", in_="#desk")
        slack.expects("T-1", in_="#acme")
        assert running.stops(signal.SIGTERM) == 0
    assert "T-1" in well.says("why", "T-1").stdout


def test_a_database_of_a_newer_vakt_is_refused(well: Vakt) -> None:
    with sqlite3.connect(well.folder / "vakt.db") as database:
        database.execute("update alembic_version set version_num = '9999'")
        database.execute("update schema_floor set revision = '9998'")
    database.close()
    assert "9999" in well.refuses("run")


def test_a_file_that_takes_the_place_of_ours_is_named(bare: Vakt, slack: Sandbox) -> None:
    shell = connected(bare, slack)
    (shell.folder / "models.py").touch()
    shell.settings["PYTHONPATH"] = f"{shell.folder}:{shell.environment()['PYTHONPATH']}"
    assert f"{shell.folder / 'models.py'} is in its place" in shell.refuses("run")
