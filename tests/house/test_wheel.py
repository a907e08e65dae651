"""The wheel carries everything Vakt needs: installed elsewhere, it works without the checkout."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.house.tree import CODE, ROOT

pytestmark = pytest.mark.xdist_group("wheel")

CARRIED = (*CODE, "policies", "migrations")
NEEDED = ("pyproject.toml", "README.md", "LICENSE", *CARRIED)


def _run(*command: object, folder: Path, timeout: float) -> str:
    """What a command prints, run outside the checkout with nothing of ours in its environment."""
    ours = {"PYTHONPATH", "VIRTUAL_ENV", "COV_CORE_SOURCE", "COV_CORE_CONFIG", "COV_CORE_DATAFILE"}
    environment = {name: value for name, value in os.environ.items() if name not in ours and name[:5] != "VAKT_"}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        timeout=timeout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that a build leaves nothing in the checkout."""
    source = tmp_path_factory.mktemp("source")
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.db*"))
        else:
            shutil.copy(ROOT / name, source / name)
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", folder=source, timeout=120)
    return next((source / "dist").glob("vakt-*.whl"))


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; the dependencies are lent by the one that runs the tests."""
    home = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index"]
    _run(*pip, wheel, folder=home, timeout=120)
    lent = _run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=home, timeout=30)
    Path(lent.strip(), "lent.pth").write_text(_lender(), "utf-8")
    return home


def _lender() -> str:
    """Appends the dependencies' folder behind the wheel's own, without the editable link that lies in it."""
    return f"import sys; sys.path.append({sysconfig.get_path('purelib')!r})\n"


def test_the_wheel_carries_every_file_that_is_read_at_run_time(wheel: Path) -> None:
    carried = set(ZipFile(wheel).namelist())
    source = {
        path.relative_to(ROOT).as_posix()
        for folder in CARRIED
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix not in {".pyc", ".mo", ".db"} and "__pycache__" not in path.parts
    }
    assert not source - carried
    assert "bot/manifest.yml" in carried
    assert not [name for name in carried if name.partition("/")[0] in {"tests", "docs", "benchmarks", ".ci"}]


def test_nothing_is_imported_from_the_checkout(elsewhere: Path) -> None:
    code = f"import {', '.join(CODE)}; print({', '.join(f'{name}.__file__' for name in CODE)}, sep='\\n')"
    places = _run(elsewhere / "bin" / "python", "-c", code, folder=elsewhere, timeout=60).split()
    assert all(Path(place).is_relative_to(elsewhere) for place in places), places


def test_an_installed_vakt_answers_when_a_ticket_is_due(elsewhere: Path) -> None:
    words = ["due", "softone", "--severity", "P2", "--opened", "2026-11-23T06:00+01:00", "--json"]
    answer = json.loads(_run(elsewhere / "bin" / "vakt", *words, folder=elsewhere, timeout=60))
    assert answer["due"] in {"2026-11-23T11:00:00Z", "2026-11-23T11:00:00+00:00"}
    assert answer["clause"] == "SO-15"


def test_an_installed_vakt_gives_the_demonstration(elsewhere: Path, tmp_path: Path) -> None:
    _run(elsewhere / "bin" / "vakt", "demo", "--exit-when-ready", folder=tmp_path, timeout=120)
