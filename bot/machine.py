"""The two kinds of time a process reads: the machine's, and the contract's.

Machine time rules leases, back-off, rates and time-outs; it goes on evenly when somebody sets the
machine's clock. Contract time is what promises are counted in; the demonstration and the tests
move it.
"""

import threading
import time
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


class MachineClock:
    """Machine time: the clock as it stood at start, carried on by the monotonic clock."""

    def __init__(self) -> None:
        """Read the clock once."""
        self._started_at = datetime.now(UTC)
        self._since = time.monotonic()

    def now(self) -> datetime:
        """The present instant; setting the machine's clock does not move it."""
        return self._started_at + timedelta(seconds=time.monotonic() - self._since)
