"""Whoever watches: open pages, and tests that wait for something to become true."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sandbox.clock import machine_seconds
from sandbox.workspace import Json

T = TypeVar("T")

ASK_AGAIN = 0.1
"""Seconds after which whoever waits looks again although nothing changed here."""


@dataclass(eq=False)
class Watcher:
    """An open page, seen as one person."""

    user: str
    queue: asyncio.Queue[Json] = field(default_factory=asyncio.Queue)


class Live:
    """Tells pages what changes, and wakes whoever waits for a change. Used on the sandbox's loop only."""

    def __init__(self) -> None:
        """Begin with nobody watching."""
        self.watchers: set[Watcher] = set()
        self._waiting: set[asyncio.Event] = set()

    def stir(self) -> None:
        """Wake everyone who waits: something may have become true."""
        for event in self._waiting:
            event.set()

    def tell(self, note: Json, *, to: set[str] | None = None) -> None:
        """Send `note` to the open pages of the people named, or to all."""
        for watcher in self.watchers:
            if to is None or watcher.user in to:
                watcher.queue.put_nowait(note)
        self.stir()

    async def until(self, predicate: Callable[[], T | None], timeout: float) -> T | None:  # noqa: ASYNC109 - the caller's patience
        """Return the first true answer of `predicate`; None after `timeout` seconds.

        It is asked again after every change, and ten times a second: it may look at the app too, whose changes
        nobody tells us.
        """
        end = machine_seconds() + timeout
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            while not (value := predicate()):
                event.clear()
                left = end - machine_seconds()
                if left <= 0:
                    return None
                await _either(event, min(left, ASK_AGAIN))
            return value
        finally:
            self._waiting.discard(event)


async def _either(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
