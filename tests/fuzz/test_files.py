"""Policy files, workspace files and command lines: taken, or refused in plain words."""

import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select
from typer import Typer
from typer.testing import CliRunner, Result

from bot.cli import PARTS, command_for
from bot.commands.contracts import policy_check
from bot.contracts import read_contracts
from bot.demo_seed import TEAM
from bot.storage.database import Database
from bot.workspace.file import Workspace, WorkspaceError, read
from bot.workspace.importing import import_workspace
from handlers.language import for_person
from models.customer import Customer, agreement_on
from models.person import Person
from models.sla.contract import Contract
from models.sla.policy import with_overrides
from models.sla.policy_files import policy_files
from models.store import Session
from models.ticket import Team
from tests.fuzz.conftest import share
from tests.fuzz.odd import scrambled, spoiled
from tests.stories.conftest import DEMO, MONDAY

RUNNER = CliRunner()


def _storable(part: Any) -> Any:
    """A document as TOML can say it."""
    if isinstance(part, dict):
        return {key: _storable(value) for key, value in part.items() if isinstance(key, str) and value is not None}
    if isinstance(part, list):
        return [_storable(each) for each in part if each is not None]
    return part


def _written(document: Any) -> bytes:
    """The document as a file; what TOML cannot say is left as it would come: as text."""
    try:
        return tomlkit.dumps(_storable(document)).encode()
    except (ValueError, TypeError, UnicodeEncodeError, RecursionError, OverflowError, AttributeError, KeyError):
        return repr(document).encode(errors="surrogatepass")


def _plain(result: Result, *, may: set[int], about: object) -> None:
    """It ended as a command does, and said why when it refused."""
    assert result.exception is None or isinstance(result.exception, SystemExit), (result.exception, about)
    assert result.exit_code in may, (result.exit_code, result.output, about)
    assert result.exit_code == 0 or result.output.strip(), about
    assert "Traceback" not in result.output


@pytest.fixture
def shell(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a database that knows one workspace."""
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "VAKT_POLICIES"):
        monkeypatch.delenv(name, raising=False)
    shutil.copy(sqlite_template, tmp_path / "vakt.db")
    monkeypatch.setenv("VAKT_DATABASE_URL", f"sqlite:///{tmp_path}/vakt.db")
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:1/api/")
    monkeypatch.chdir(tmp_path)
    database = Database(f"sqlite:///{tmp_path}/vakt.db")
    with database.transaction() as session:
        session.add(Team(team_id=TEAM["id"], name=TEAM["name"]))
    database.dispose()
    return tmp_path


def test_no_policy_file_breaks_the_check(tmp_path: Path) -> None:
    texts = [path.read_text("utf-8") for path in policy_files()]
    documents = [tomllib.loads(text) for text in texts]
    check = Typer()
    check.command()(policy_check)
    path = tmp_path / "odd.toml"

    @share(0.13)
    @given(raw=scrambled(texts) | spoiled(documents).map(_written))
    def shoot(raw: bytes) -> None:
        path.write_bytes(raw)
        _plain(RUNNER.invoke(check, [str(path)]), may={0, 1}, about=raw[-3_000:])

    shoot()


def test_no_workspace_file_breaks_the_import(shell: Path) -> None:
    """What is taken can be worked with: everybody's words and every customer's contract are there."""
    text = DEMO.read_text("utf-8")
    contracts = read_contracts(None)
    path = shell / "odd.toml"
    taken: list[Workspace] = []
    refused: list[str] = []
    database = Database(f"sqlite:///{shell}/vakt.db")

    @share(0.13)
    @given(raw=scrambled([text]) | spoiled([tomllib.loads(text)]).map(_written))
    def shoot(raw: bytes) -> None:
        path.write_bytes(raw)
        try:
            workspace = read(path, contracts)
        except WorkspaceError as error:
            refused.append(str(error))
            return
        with database.transaction() as session:
            import_workspace(session, TEAM["id"], workspace)
            taken.append(workspace)
            _usable(session, contracts)

    shoot()
    database.dispose()
    assert taken
    assert all(str(path) in line for line in refused)


def _usable(session: Session, contracts: Mapping[str, Contract]) -> None:
    for person in session.exec(select(Person)):
        for_person(person).since(MONDAY, MONDAY)
    for customer in session.exec(select(Customer)):
        agreement = agreement_on(session, customer, MONDAY.date())
        if agreement is not None:
            with_overrides(contracts[agreement.contract], customer.overrides, frozenset(customer.options))


COMMANDS = sorted(PARTS.keys() - {"run", "demo", "doctor"})
WORDS = [
    *COMMANDS, "check", "show", "schema", "upgrade", "softone", "pindena", "easymeeting", "heartpace", "pureservice",
    "--json", "--yes", "--language", "nb", "xx", "--severity", "P2", "--opened", "2026-11-23T09:40+01:00", "2026-11-23",
    "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00", "2026-02-30", "--clock", "start_of_work", "--region",
    "america", "--item", "--pause", "2026-11-23T10:00+01:00/2026-11-23T11:00+01:00", "/", "--from", "--days", "1",
    "0", "3661", "-1", "--calendar", "office", "--batch", "-", "odd.toml", "none.toml", ".", "/dev/null", "T-1", "t1",
    "T-99999999999999999999", "--policies", "--help", "--", "-", "", " ", "\u202e", "\x00", "\udcff", "*", "9" * 5_000,
]  # fmt: skip


def test_no_command_line_breaks_the_commands(shell: Path) -> None:
    """Whatever is typed after `vakt`; what goes on until it is stopped is left out."""
    (shell / "odd.toml").write_text("[[people]]\n", "utf-8")

    @share(0.12)
    @given(first=st.sampled_from(COMMANDS), words=st.lists(st.sampled_from(WORDS) | st.text(max_size=8), max_size=7))
    def shoot(first: str, words: list[str]) -> None:
        typed = [first, *(word for word in words if not (first == "export" and "/" in word))]
        _plain(RUNNER.invoke(command_for(typed), typed), may={0, 1, 2}, about=[first, *words])

    shoot()
