"""The `vakt` command as people run it: a process of its own, against a workspace on this machine."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, TextIO

import pytest

from bot.contracts import read_contracts
from bot.demo import MANIFEST, WORKSPACE
from bot.demo_seed import TEAM, seed_of
from bot.storage import schema
from bot.storage.database import Database
from bot.workspace.file import read
from bot.workspace.importing import import_workspace
from models.ticket import Team
from sandbox import Limits, Sandbox, load_seed
from tests.cli.launcher import Child, Launcher
from tests.shared import made_once

ROOT = Path(__file__).parents[2]
PATIENCE = 60
SLACKLESS = ("SLACK_", "VAKT_", "http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@dataclass
class Vakt:
    """Somebody's shell: a working folder and what is set in it."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    launcher: Launcher | None = None
    """What commands are forked from; each is a bare interpreter's without one."""

    @property
    def database_url(self) -> str:
        """Where commands keep their database unless told otherwise."""
        return f"sqlite:///{self.folder / 'vakt.db'}"

    def environment(self) -> dict[str, str]:
        """The environment of a command."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(SLACKLESS)}
        return kept | {"PYTHONPATH": str(ROOT)} | self.settings

    def says(self, *words: object) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            child = self._start(words, out.fileno(), err.fileno())
            try:
                code = child.wait(PATIENCE)
            finally:
                child.kill()
            return subprocess.CompletedProcess(list(map(str, words)), code, _whole(out), _whole(err))

    def refuses(self, *words: object) -> str:
        """Run a command that cannot be done; gives its plain words."""
        done = self.says(*words)
        assert done.returncode in {1, 2}, (done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr, done.stderr
        assert done.stderr.strip()
        return done.stderr

    @contextmanager
    def running(self, *words: object) -> Iterator["Running"]:
        """Start a command that goes on; it is stopped afterwards, whatever happens."""
        reading, writing = os.pipe()
        with os.fdopen(reading, encoding="utf-8") as said:
            try:
                child = self._start(words, writing, writing)
            finally:
                os.close(writing)
            try:
                yield Running(child, said)
            finally:
                child.kill()
                child.wait(PATIENCE)

    def _start(self, words: Sequence[object], out: int, err: int) -> "Child | subprocess.Popen[bytes]":
        typed = list(map(str, words))
        if self.launcher is not None:
            return self.launcher.start(typed, self.folder, self.environment(), out, err)
        return subprocess.Popen(
            [sys.executable, "-m", "bot.cli", *typed], cwd=self.folder, env=self.environment(), stdout=out, stderr=err
        )


@dataclass
class Running:
    """A command that goes on."""

    child: "Child | subprocess.Popen[bytes]"
    said: TextIO
    lines: list[str] = field(default_factory=list)

    def waits_for(self, pattern: str) -> re.Match[str]:
        """Read on until a line fits."""
        for line in self.said:
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"it ended without saying {pattern}: {self.lines}")

    def stops(self, how: signal.Signals) -> int:
        """Send a signal, read to the end, give the exit code."""
        self.child.send_signal(how)
        self.lines += self.said.readlines()
        return self.child.wait(PATIENCE)


def _whole(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


@pytest.fixture
def bare(tmp_path: Path) -> Vakt:
    """A shell in an empty folder, with nothing set, whose commands are a bare interpreter's."""
    folder = tmp_path / "shell"
    folder.mkdir()
    return Vakt(folder)


@pytest.fixture
def vakt(bare: Vakt, launcher: Launcher) -> Vakt:
    """The same, forked."""
    bare.launcher = launcher
    return bare


Opens = Callable[..., Sandbox]


@pytest.fixture
def opens(tmp_path: Path) -> Iterator[Opens]:
    """Opens a workspace with the demonstration's people and channels, for an app of that manifest."""
    opened: list[Sandbox] = []

    def opens_(manifest: Path | dict[str, Any] = MANIFEST) -> Sandbox:
        seed = tmp_path / "seed.json"
        seed.write_text(json.dumps(seed_of(read(WORKSPACE, read_contracts(None)))), "utf-8")
        slack = Sandbox(manifest, seed=load_seed(seed), limits=replace(Limits().lifted(), fault_timeout=3.0))
        slack.start()
        opened.append(slack)
        return slack

    yield opens_
    for slack in opened:
        slack.stop()


@pytest.fixture
def slack(opens: Opens) -> Sandbox:
    """The demonstration's workspace."""
    return opens()


def connected(vakt: Vakt, slack: Sandbox) -> Vakt:
    """The shell with that workspace's tokens set."""
    vakt.settings |= {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "VAKT_HTTP_PORT": "0",
        "VAKT_LOG": "json",
    }
    return vakt


@pytest.fixture
def shell(vakt: Vakt, slack: Sandbox) -> Vakt:
    """A shell that is connected to the demonstration's workspace."""
    return connected(vakt, slack)


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database into which the demonstration's workspace was imported."""

    def make(path: Path) -> None:
        schema.upgrade(f"sqlite:///{path}")
        database = Database(f"sqlite:///{path}")
        with database.transaction() as session:
            session.add(Team(team_id=TEAM["id"], name=TEAM["name"]))
            import_workspace(session, TEAM["id"], read(WORKSPACE, read_contracts(None)))
        database.dispose()

    return made_once(tmp_path_factory, "imported.db", make)


@pytest.fixture
def well(shell: Vakt, imported: Path) -> Vakt:
    """A connected shell where everything is set up."""
    shutil.copy(imported, shell.folder / "vakt.db")
    return shell
