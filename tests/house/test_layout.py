"""The house: which rooms it has, and that its papers name them."""

import re
import tomllib
from typing import Any

import pytest

from tests.house.tree import CODE, ROOT, modules

ROOMS = {".ci", *CODE, "benchmarks", "docs", "migrations", "policies", "requirements", "tests"}
PAPERS = sorted(path.relative_to(ROOT).as_posix() for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def _tools() -> dict[str, Any]:
    tools: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    return tools


def test_the_rooms_are_the_ones_the_design_names() -> None:
    generated = {".git", ".venv", ".hypothesis", "build", "dist", "var"}
    found = {path.name for path in ROOT.iterdir() if path.is_dir()}
    caches = {name for name in found if name.endswith("_cache") or name == "__pycache__"}
    assert found - generated - caches == ROOMS


def test_the_import_contracts_watch_every_room_with_code() -> None:
    assert tuple(_tools()["importlinter"]["root_packages"]) == CODE


def test_the_wheel_carries_every_room_that_is_used_at_run_time() -> None:
    assert {*CODE, "policies", "migrations"} == set(_tools()["hatch"]["build"]["targets"]["wheel"]["packages"])


def test_every_folder_with_code_is_a_package() -> None:
    bare = {module.parent for module in modules(*CODE) if not (ROOT / module.parent / "__init__.py").exists()}
    assert not bare


@pytest.mark.parametrize("paper", PAPERS)
def test_what_a_paper_points_to_exists(paper: str) -> None:
    folder = (ROOT / paper).parent
    missing = [link for link in LINK.findall((ROOT / paper).read_text("utf-8")) if not (folder / link).exists()]
    assert not missing


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in sorted((ROOT / "docs/decisions").glob("*.md"))]
    assert all(number.isdigit() for number in numbers)
    assert len(numbers) == len(set(numbers))
