"""The workspace's wall time, and the machine's own time beside it.

Two kinds of time run through the sandbox. Message timestamps, `event_time` and scheduled messages follow `Clock`, which
tests and the page may set. Triggers, acknowledgement deadlines, rate windows and response addresses follow the machine
(`machine_seconds`), because an app under test is not faster when a story jumps to Monday.
"""

import threading
import time
from datetime import UTC, datetime, timedelta

machine_seconds = time.monotonic
"""Seconds on a clock that never jumps; only differences mean something."""


class Clock:
    """What a wall clock in this workspace shows.

    Without `at` it runs with the machine's clock. With `at` it stands still there until it is moved, unless `runs`.
    A running clock goes on running from wherever it is set.
    """

    def __init__(self, at: datetime | None = None, *, runs: bool | None = None) -> None:
        """Begin at `at` (aware), or now; `runs` defaults to "only when no instant was given"."""
        self.runs = at is None if runs is None else runs
        self._lock = threading.Lock()
        self._shown = datetime.now(UTC)
        self._since = machine_seconds()
        if at is not None:
            self.set(at)

    def now(self) -> datetime:
        """Return the instant shown, aware, in UTC."""
        with self._lock:
            passed = machine_seconds() - self._since if self.runs else 0.0
            return self._shown + timedelta(seconds=passed)

    def seconds(self) -> float:
        """Return the instant shown as Unix seconds."""
        return self.now().timestamp()

    def set(self, at: datetime) -> None:
        """Show `at` from now on; raises ValueError for an instant without a zone."""
        if at.tzinfo is None:
            message = f"the clock was set to {at.isoformat()}, which has no zone; pass an aware datetime"
            raise ValueError(message)
        with self._lock:
            self._shown = at.astimezone(UTC)
            self._since = machine_seconds()

    def move(self, by: timedelta) -> None:
        """Add `by` (may be negative) to the instant shown."""
        self.set(self.now() + by)
