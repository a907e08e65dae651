"""A thread that turns: it does what can be done, sleeps until something else may be, and is woken before that."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

JOIN_SECONDS = 30
"""How long whoever stops a loop waits for the turn in hand."""


class Turned(Protocol):
    """What turns in a loop, and says when it did last."""

    @property
    def turned_at(self) -> datetime:
        """When its last turn ended, in machine time."""
        ...


class Turning(Turned, Protocol):
    """One that can be woken too."""

    def wake(self) -> None:
        """There may be something to do."""
        ...


class Loop:
    """Turns until it is stopped.

    `awake` is held by whoever changes or waits for what others of the loop look at. `turned_at` is when the last turn
    ended, in machine time.
    """

    def __init__(
        self, name: str, turn: Callable[[], float], rest: Callable[[], None], now: Callable[[], datetime]
    ) -> None:
        """`turn` gives the seconds to sleep at most, `rest` follows each sleep. Nothing runs until `start`."""
        self._turn, self._rest, self._now = turn, rest, now
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.awake = threading.Condition()
        self.work_to_do = False
        self.stopping = False
        self.turned_at = now()

    def start(self) -> None:
        """Begin to turn."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the turn in hand."""
        with self.awake:
            self.stopping = True
            self.awake.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout=JOIN_SECONDS)

    def wake(self) -> None:
        """There may be something to do."""
        with self.awake:
            self.work_to_do = True
            self.awake.notify_all()

    def _run(self) -> None:
        while True:
            with self.awake:
                if self.stopping:
                    return
                self.work_to_do = False
            seconds = self._turn()
            self.turned_at = self._now()
            with self.awake:
                if not self.work_to_do and not self.stopping:
                    self.awake.wait(seconds)
            self._rest()
