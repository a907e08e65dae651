"""The locked requirements: every file is known by its hash, and nothing says where to fetch it."""

import re
import tomllib
from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement

from tests.house.tree import ROOT

SETS = ("run", "demo", "dev")
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)(\[(?P<extras>[a-z0-9,-]+)\])?==(?P<version>[^\s;\\]+)")


def _logical_lines(name: str) -> list[str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _pins(name: str) -> dict[str, str]:
    matches = [PIN.match(line) for line in _logical_lines(name)]
    return {found["name"]: found["version"] for found in matches if found}


@pytest.mark.parametrize("name", SETS)
def test_every_line_is_a_pin_with_a_hash(name: str) -> None:
    bad = [line for line in _logical_lines(name) if not PIN.match(line) or "--hash=sha256:" not in line]
    assert not bad


@pytest.mark.parametrize("name", SETS)
def test_no_address_is_named(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    assert not re.findall(
        r"(://|--index-url|--extra-index-url|--find-links|--trusted-host|^-[if] )", text, re.MULTILINE
    )


@pytest.mark.parametrize(("smaller", "larger"), [("run", "demo"), ("demo", "dev")])
def test_a_smaller_set_is_part_of_the_larger_one(smaller: str, larger: str) -> None:
    assert _pins(smaller).items() <= _pins(larger).items()


def test_what_the_project_asks_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    names = {re.split(r"[<>=\[;~! ]", line)[0].lower() for line in asked}
    assert names <= set(_pins("run"))


def test_an_extra_that_one_package_wants_of_another_stands_in_the_pin() -> None:
    """Else pip 23 takes `coverage[toml]` for another thing than the pinned `coverage`, and looks for a newer one."""
    pinned = {
        found["name"]: set((found["extras"] or "").split(","))
        for found in map(PIN.match, _logical_lines("dev"))
        if found
    }
    wanting = [
        f"{each.name} wants {wanted}"
        for each in distributions()
        if each.name.lower() in pinned
        for wanted in map(Requirement, each.requires or ())
        if wanted.extras and (wanted.marker is None or wanted.marker.evaluate({"extra": ""}))
        if not wanted.extras <= pinned.get(wanted.name.lower(), wanted.extras)
    ]
    assert not wanting
