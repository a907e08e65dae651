"""`vakt doctor`: one thing broken at a time is found, and it is said what to do."""

import json
import re
import socket
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from bot.commands.doctor import patient_of
from bot.demo import MANIFEST, WORKSPACE
from bot.doctor import Finding, State, examine, slack_clock, wanted_scopes
from bot.settings import Settings
from bot.storage import schema
from sandbox import Sandbox
from sandbox.workspace import UserGroup
from tests.cli.conftest import Opens, Vakt, connected

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def _findings(vakt: Vakt) -> list[Finding]:
    """What the doctor finds, in this process: the command itself is tried in the first tests."""
    given = {name.lower(): value for name, value in vakt.settings.items()}
    patient = patient_of(Settings.model_validate({"vakt_database_url": vakt.database_url, **given}))
    try:
        return list(examine(patient, datetime.now(UTC)))  # noqa: TID251 - the doctor compares it with the machine's
    finally:
        patient.database.dispose()


def _troubles(vakt: Vakt, area: str) -> list[str]:
    """What is not well in one area, each with what to do."""
    found = [one for one in _findings(vakt) if one.area == area and one.state is not State.OK]
    assert all(one.remedy for one in found)
    return [one.what for one in found]


def test_all_is_well(well: Vakt) -> None:
    done = well.says("doctor", "--json")
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    areas = {"policies", "database", "tokens", "scopes", "clock", "channels", "people"}
    assert {one["area"] for one in findings if one["state"] == "ok"} == areas
    assert not [one for one in findings if one["state"] == "broken"]


def test_what_is_broken_is_shown_to_people_with_what_to_do(vakt: Vakt) -> None:
    done = vakt.says("doctor")
    assert done.returncode == 1
    assert re.search("broken +database +sqlite:///vakt.db is empty +vakt db upgrade", done.stdout)
    assert re.search("broken +tokens +SLACK_BOT_TOKEN is not set +Copy it from", done.stdout)


def _taken_out(slack: Sandbox) -> None:
    slack.world.workspace.conversations["C0ACME"].members.remove(slack.bot_user_id)


def _archived(slack: Sandbox) -> None:
    slack.world.workspace.conversations["C0DESK"].is_archived = True


def _gone(slack: Sandbox) -> None:
    del slack.world.workspace.conversations["C0FJORD"]


@pytest.mark.parametrize(
    ("breaks", "words"),
    [
        (_archived, "#desk (desk servicedesk) is archived"),
        (_gone, "C0FJORD (customer fjordvideo): channel_not_found"),
        (_taken_out, "C0ACME (customer acme): channel_not_found"),  # private: Slack does not show it to others
    ],
)
def test_a_channel_that_cannot_be_used(
    well: Vakt, slack: Sandbox, breaks: Callable[[Sandbox], None], words: str
) -> None:
    breaks(slack)
    assert _troubles(well, "channels") == [words]


def test_a_channel_that_vakt_was_never_let_into(well: Vakt, slack: Sandbox) -> None:
    channel = slack.world.workspace.conversations["C0ACME"]
    channel.kind = "channel"
    channel.members.remove(slack.bot_user_id)
    assert _troubles(well, "channels") == ["#acme (customer acme): Vakt is not a member"]


def test_a_person_slack_does_not_know(well: Vakt) -> None:
    with sqlite3.connect(well.folder / "vakt.db") as database:
        database.execute("update person set slack_user = 'U0OLAF' where slack_user = 'U0OLA'")
    database.close()
    assert "ola (U0OLAF): user_not_found" in _troubles(well, "people")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN is not set"),
        ("SLACK_BOT_TOKEN", "xoxb-1", "SLACK_BOT_TOKEN is refused: auth.test: invalid_auth"),
        ("SLACK_APP_TOKEN", "xoxb-1", "SLACK_APP_TOKEN does not begin with xapp-"),
        ("SLACK_APP_TOKEN", "xapp-1", "SLACK_APP_TOKEN is refused: apps.connections.open: invalid_auth"),
        ("SLACK_APP_TOKEN", "", "SLACK_APP_TOKEN is not set: vakt run --http only"),
    ],
)
def test_a_token_that_is_wrong(well: Vakt, name: str, value: str, words: str) -> None:
    well.settings[name] = value
    assert _troubles(well, "tokens") == [words]


def test_slack_that_cannot_be_reached(well: Vakt) -> None:
    well.settings["SLACK_API_URL"] = "http://127.0.0.1:9/api/"
    (trouble,) = _troubles(well, "slack")
    assert "http://127.0.0.1:9/api/ cannot be reached" in trouble


def test_scopes_that_are_lacking_or_too_many(vakt: Vakt, opens: Opens) -> None:
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    scopes = manifest["oauth_config"]["scopes"]["bot"]
    scopes.remove("users:read")
    scopes.append("reactions:write")
    troubles = _troubles(connected(vakt, opens(manifest)), "scopes")
    assert troubles == ["the token lacks users:read", "the token may more than Vakt needs: reactions:write"]


def test_the_manifests_scopes_are_read_as_yaml_would() -> None:
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    assert wanted_scopes() == frozenset(manifest["oauth_config"]["scopes"]["bot"])


def test_an_empty_database(shell: Vakt) -> None:
    assert _troubles(shell, "database") == [f"{shell.database_url} is empty"]


def test_a_database_without_a_workspace(shell: Vakt) -> None:
    schema.upgrade(shell.database_url)
    assert _troubles(shell, "workspace") == ["no desk is known yet"]


@pytest.mark.parametrize(("revision", "words"), [("0000", "its schema is 0000"), ("9999", "is newer than")])
def test_a_database_of_another_version(well: Vakt, revision: str, words: str) -> None:
    """One that is newer is a trouble only when its floor says that this version is too old for it."""
    with sqlite3.connect(well.folder / "vakt.db") as database:
        database.execute("update alembic_version set version_num = ?", [revision])
        database.execute("update schema_floor set revision = ?", [revision])
    database.close()
    assert words in _troubles(well, "database")[0]


def test_a_database_that_does_not_answer(well: Vakt) -> None:
    well.settings["VAKT_DATABASE_URL"] = "postgresql://me:hidden@127.0.0.1:9/vakt"
    (trouble,) = _troubles(well, "database")
    assert "does not answer" in trouble
    assert "hidden" not in trouble


def test_a_contract_that_cannot_be_used(well: Vakt) -> None:
    (well.folder / "policies").mkdir()
    (well.folder / "policies" / "wrong.toml").write_text('id = "wrong"\n', "utf-8")
    well.settings["VAKT_POLICIES"] = str(well.folder / "policies")
    assert "wrong.toml" in _troubles(well, "policies")[0]


@pytest.mark.parametrize(
    ("off", "state", "words"),
    [
        (0, State.OK, "0 s"),
        (60, State.OK, "60 s"),
        (61, State.BROKEN, "61 s ahead"),
        (-90, State.BROKEN, "90 s behind"),
    ],
)
def test_a_clock_that_is_off(off: int, state: State, words: str) -> None:
    finding = slack_clock(NOW, NOW + timedelta(seconds=off))
    assert finding.state is state
    assert words in finding.what


def test_a_slack_that_does_not_say_the_time() -> None:
    assert slack_clock(None, NOW).state is State.WARNING


def test_a_mail_server_that_is_not_there_is_broken(well: Vakt) -> None:
    """A port that was just let go of answers nobody."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    well.settings["VAKT_SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    assert any("refused" in what for what in _troubles(well, "mail"))


def test_people_with_mail_and_no_server_are_a_warning(well: Vakt) -> None:
    assert _troubles(well, "mail") == []
    with sqlite3.connect(well.folder / "vakt.db") as connection:
        connection.execute("update person set email = 'ola@desk.example' where slack_user = 'U0OLA'")
    connection.close()
    assert _troubles(well, "mail") == ["people have an e-mail address, and VAKT_SMTP_URL is not set"]


NIGHT = """
[[escalations]]
key = "night"
steps = [{ group = "@night" }, { mail = "drift@desk.example" }]
"""


def test_a_mailbox_that_is_paged_needs_a_server_and_a_user_group_somebody_in_it(well: Vakt, slack: Sandbox) -> None:
    (well.folder / "workspace.toml").write_text(WORKSPACE.read_text("utf-8") + NIGHT, "utf-8")
    assert well.says("import", "workspace.toml", "--yes").returncode == 0
    assert _troubles(well, "mail") == ["drift@desk.example cannot be paged: VAKT_SMTP_URL is not set"]
    assert _troubles(well, "groups") == ["night: there is no such user group"]
    group = UserGroup("S0NIGHT", "Night", "night", "U0PER", 0)
    slack.do(lambda: slack.world.workspace.groups.update({group.id: group}))
    assert _troubles(well, "groups") == ["night: nobody is in that user group"]
    group.users = ["U0OLA"]
    assert _troubles(well, "groups") == []
