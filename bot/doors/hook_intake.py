"""Deliveries that come at once are stored at once: whoever gets the pen stores for all who wait for it.

Each writer of a transaction waits for the disk. Under a burst this makes one wait of many, and nobody
waits for company: a delivery that comes alone is stored at once.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from handlers.alerts import Delivery

log = structlog.get_logger()

AT_ONCE = 32
"""Deliveries in one transaction at most: some tens of milliseconds in which nobody else writes."""


@dataclass(slots=True, eq=False)
class _Waiting:
    delivery: Delivery
    done: bool = False


class Intake:
    """Stores deliveries; `take` returns when one is stored."""

    def __init__(self, store: Callable[[Sequence[Delivery]], None]) -> None:
        """`store` stores several, all or none."""
        self._store = store
        self._pen = threading.Lock()
        self._lock = threading.Lock()
        self._waiting: list[_Waiting] = []

    def take(self, delivery: Delivery) -> None:
        """Store a delivery, with others that wait. Raises what storing it alone raises."""
        mine = _Waiting(delivery)
        with self._lock:
            self._waiting.append(mine)
        with self._pen:
            if not mine.done:
                self._store_with(mine)

    def _store_with(self, mine: _Waiting) -> None:
        with self._lock:
            others = [each for each in self._waiting if each is not mine][: AT_ONCE - 1]
            together = [mine, *others]
            self._waiting = [each for each in self._waiting if each not in together]
        if others and not self._stored(together):
            # Each of the others stores its own in its turn, and hears what became of it.
            together = [mine]
            self._store([mine.delivery])
        elif not others:
            self._store([mine.delivery])
        for each in together:
            each.done = True

    def _stored(self, together: Sequence[_Waiting]) -> bool:
        try:
            self._store([each.delivery for each in together])
        except Exception as failure:  # noqa: BLE001 - done again one by one, where each failure is told
            log.info("deliveries_one_by_one", failure=repr(failure))
            return False
        return True
