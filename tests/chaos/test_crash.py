"""Crash points end a process where and when they are told to, and nothing else does."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.crash import POINTS, VARIABLE, points

ROOT = Path(__file__).parents[2]
PASSES = "from bot import crash\nfor n in range(1, 6):\n    print(n, flush=True)\n    crash.point('after_post')\n"


def _passes_five_times(wanted: str | None) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != VARIABLE}
    return subprocess.run(
        [sys.executable, "-c", PASSES],
        cwd=ROOT,
        env=kept | ({} if wanted is None else {VARIABLE: wanted}),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("wanted", ["after_post:3", "before_mark:1, after_post:3"])
def test_the_process_is_killed_the_time_that_was_named(wanted: str) -> None:
    done = _passes_five_times(wanted)
    assert (done.returncode, done.stdout.split()) == (-signal.SIGKILL, ["1", "2", "3"])


@pytest.mark.parametrize("wanted", [None, "after_post:6", "before_mark:1"])
def test_another_time_another_point_or_no_wish_kills_nothing(wanted: str | None) -> None:
    done = _passes_five_times(wanted)
    assert (done.returncode, done.stdout.split()) == (0, ["1", "2", "3", "4", "5"])


@pytest.mark.parametrize("wanted", ["after_pst:3", "after_post", "after_post:0", "after_post:x", "after_post:3,"])
def test_a_point_that_is_never_reached_is_refused(wanted: str) -> None:
    with pytest.raises(ValueError, match=VARIABLE):
        points(wanted)


def test_every_point_that_can_be_named_is_reached_somewhere() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py") if path.name != "crash.py")
    reached = {name for line in code.splitlines() if "crash.point(" in line for name in re.findall(r'"(\w+)"', line)}
    assert reached == set(POINTS)
