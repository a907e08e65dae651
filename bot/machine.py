"""The two kinds of time a process reads: the machine's, and the contract's.

Machine time rules leases, back-off, rates and time-outs; it goes on evenly when somebody sets the
machine's clock, and through a suspended machine's sleep. Contract time is what promises are counted
in; the demonstration and the tests move it.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class ContractClock(Protocol):
    """Whatever tells the contract's time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """Contract time as the world has it."""

    def now(self) -> datetime:
        """The present instant of the machine's clock."""
        return datetime.now(UTC)


class MovableClock:
    """Contract time that runs with the world's and can be moved forward.

    It never goes back: `move_to` an earlier instant changes nothing.
    """

    def __init__(self, start: datetime | None = None) -> None:
        """Begin at `start` (default: the present) and run from there."""
        self._lock = threading.Lock()
        self._base = start or datetime.now(UTC)
        self._since = time.monotonic()

    def now(self) -> datetime:
        """The present instant, moved as it was."""
        with self._lock:
            return self._base + timedelta(seconds=time.monotonic() - self._since)

    def move_to(self, at: datetime) -> None:
        """Let it be `at`, unless that has passed."""
        with self._lock:
            here = self._base + timedelta(seconds=time.monotonic() - self._since)
            self._base, self._since = max(here, at.astimezone(UTC)), time.monotonic()


_STEADY: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
"""Linux counts a suspended machine's sleep on CLOCK_BOOTTIME only, macOS on CLOCK_MONOTONIC; `time.monotonic`
leaves it out on both."""


def steady_seconds() -> float:
    """Seconds on a clock that nobody can set, and that goes on while the machine is suspended."""
    return time.monotonic() if _STEADY is None else time.clock_gettime(_STEADY)


class MachineClock:
    """Machine time: an instant read at start, carried on by a clock that nobody can set.

    It never goes back. With a `reference`, the database's clock that replicas share, `follow`
    catches up with it; what a later process finds stored must not lie ahead of it: `keep_up`.
    """

    def __init__(
        self,
        begins: datetime | None = None,
        runs: Callable[[], float] = steady_seconds,
        reference: Callable[[], datetime] | None = None,
    ) -> None:
        """Begin at `begins`, else as the reference shows, else as the machine's clock does."""
        self._lock = threading.Lock()
        self._runs = runs
        self._reference = reference
        self._base = begins or (reference() if reference else datetime.now(UTC))
        self._since = runs()

    def now(self) -> datetime:
        """The present instant; setting the machine's clock does not move it."""
        with self._lock:
            return self._now()

    def follow(self) -> None:
        """Catch up with the reference, when there is one and it is ahead."""
        if self._reference is not None:
            self.keep_up(self._reference())

    def keep_up(self, at: datetime) -> None:
        """Let it be `at`, unless that has passed."""
        with self._lock:
            self._base, self._since = max(self._now(), at), self._runs()

    def _now(self) -> datetime:
        return self._base + timedelta(seconds=self._runs() - self._since)
