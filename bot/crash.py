"""Crash points: where a test has the process end at once, as a power cut would.

`VAKT_CRASH_AT=after_post:17` kills this process the 17th time it reaches `after_post`; several are
parted by commas. Nothing is cleaned up. Without the variable a point does nothing at all.
"""

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable

VARIABLE = "VAKT_CRASH_AT"

POINTS = (
    # the sender
    "before_claim",
    "after_claim",
    "before_post",
    "after_post",
    "before_mark",
    "after_mark",
    # the ticker
    "before_turn_commit",
    "after_turn_commit",
    # a person's act
    "before_commit",
    "after_commit",
    "before_ack",
)

Point = Callable[[str], None]


def points(wanted: str) -> Point:
    """What to call at every point, given the variable's value.

    Raises:
        ValueError: there is no such point, or no such time: a test that kills nothing proves nothing.
    """
    if not wanted:
        return _go_on
    return Countdown(frozenset(_parsed(each) for each in wanted.split(",")))


def _parsed(text: str) -> tuple[str, int]:
    name, _, nth = text.strip().partition(":")
    if name not in POINTS or not nth.isdecimal() or int(nth) < 1:
        raise ValueError(f"{VARIABLE} holds {text!r}; write a point and the time it is reached, {POINTS[0]}:1")
    return name, int(nth)


def _go_on(name: str) -> None:
    """Nobody wants the process to end here."""


class Countdown:
    """Counts how often each point is reached, in all threads together, and ends the process."""

    def __init__(self, wanted: frozenset[tuple[str, int]]) -> None:
        """`wanted` are the points and the times at which to end."""
        self._wanted = wanted
        self._reached: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, name: str) -> None:
        """The process is at a point."""
        with self._lock:
            self._reached[name] += 1
            if (name, self._reached[name]) in self._wanted:
                os.kill(os.getpid(), signal.SIGKILL)


point: Point = points(os.environ.get(VARIABLE, ""))
"""Call it where a crash would be interesting: `crash.point("after_post")`."""
