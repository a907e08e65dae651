"""Only what a command needs is loaded."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import PARTS, parts, shadows
from tests.cli.conftest import ROOT, Vakt

LOADED = """
import json, sys
from bot import cli
try:
    cli.main()
except SystemExit:
    print(json.dumps(sorted(sys.modules)))
"""


def _loaded(vakt: Vakt, *words: str) -> set[str]:
    """The modules a command line loads (its help is asked for, so that it does nothing)."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *words, "--help"],
        cwd=vakt.folder,
        env=vakt.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_a_deadline_is_told_without_slack_and_without_a_database(vakt: Vakt) -> None:
    assert not {"slack_bolt", "slack_sdk", "sqlalchemy", "aiohttp"} & _loaded(vakt, "due")


def test_a_server_loads_no_tables_and_no_sandbox(vakt: Vakt) -> None:
    left_out = {"bot.commands.contract_prints", "rich.table", "alembic", "aiohttp", "yaml", "sandbox"}
    assert not left_out & _loaded(vakt, "run")


def test_a_ticket_number_asks_the_database_and_a_contract_its_file() -> None:
    assert list(parts(["why", "T-12"])) == list(parts(["why", "--json", "t12"])) == ["bot.commands.tickets"]
    assert list(parts(["why", "softone", "--severity", "P2"])) == ["bot.commands.contracts"]


def test_correcting_a_calendar_asks_the_database_and_showing_one_its_file() -> None:
    assert list(parts(["calendar", "correct", "softone"])) == ["bot.commands.correct_calendar"]
    assert list(parts(["calendar", "softone", "--days", "3"])) == ["bot.commands.contracts"]


@pytest.mark.parametrize("words", [[], ["--help"], ["tickets"]])
def test_a_line_without_a_command_of_ours_loads_them_all(words: list[str]) -> None:
    assert set(parts(words)) == set(PARTS.values())


def test_help_lists_every_command(vakt: Vakt) -> None:
    helped = vakt.says("--help").stdout
    assert not [name for name in PARTS if f"  {name} " not in helped]


def test_an_unknown_command_is_refused(vakt: Vakt) -> None:
    assert "tickets" in vakt.refuses("tickets")


def test_our_own_packages_shadow_nothing(tmp_path: Path) -> None:
    assert not list(shadows(["handlers", "models"], ROOT))
    assert "it is missing" in next(iter(shadows(["no_such_package_of_ours"], tmp_path)))
