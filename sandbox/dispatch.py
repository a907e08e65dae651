"""Deliveries to the app: commands, interactions and events, over sockets or by signed HTTP.

A command or interaction is delivered once and must be acknowledged within three seconds. An event that is not
acknowledged is delivered again: at once, after a minute, after five.
Sources: https://docs.slack.dev/apis/events-api, https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import contextlib
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from sandbox.envelopes import Answer, Envelope
from sandbox.http_door import HttpDoor
from sandbox.socket_mode import SocketDoor
from sandbox.workspace import Json

if TYPE_CHECKING:
    from sandbox.world import World


IN_ORDER = 0.5
"""Seconds an event over HTTP waits for the one before it; Slack promises no order, but seldom breaks it."""


class Door(Protocol):
    """A way to the app."""

    async def deliver(self, envelope: Envelope) -> Answer:
        """Deliver once and wait for the acknowledgement."""
        ...


class Dispatch:
    """Sends to the app through whichever door is open."""

    def __init__(self, world: "World") -> None:
        """Begin with sockets as the door."""
        self._world = world
        self.sockets = SocketDoor(world)
        self.http: HttpDoor | None = None
        self.last: Envelope | None = None
        self.unacknowledged = 0
        self._answered = asyncio.Event()
        self._answered.set()

    @property
    def door(self) -> Door:
        """The door in use."""
        return self.http or self.sockets

    async def ask(self, kind: str, payload: Json) -> Answer:
        """Deliver a command or an interaction and return its answer."""
        return await self._once(Envelope(kind, payload))

    def tell(self, payload: Json) -> None:
        """Deliver an event in the background, again when it is not acknowledged."""
        self.last = Envelope("events_api", payload)
        before, self._answered = self._answered, asyncio.Event()
        self._world.in_background(self._in_order(self.last, before, self._answered))

    async def again(self, envelope: Envelope) -> Answer:
        """Deliver the same thing once more, as Slack does when it is not sure the first one arrived."""
        return await self._once(replace(envelope, attempt=envelope.attempt + 1, reason="timeout"))

    async def _in_order(self, envelope: Envelope, before: asyncio.Event, answered: asyncio.Event) -> None:
        """Let the event before this one arrive first; over HTTP that means waiting a moment for its answer."""
        if self.http is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(IN_ORDER):
                    await before.wait()
        try:
            answer = await self._once(envelope)
        finally:
            answered.set()
        await self._until_acknowledged(envelope, answer)

    async def _until_acknowledged(self, envelope: Envelope, answer: Answer) -> None:
        for wait in self._world.limits.retries:
            if answer.ok or answer.no_retry:
                return
            await self._rest(wait * self._world.limits.retry_scale)
            envelope = replace(envelope, attempt=envelope.attempt + 1, reason=answer.reason)
            answer = await self._once(envelope)

    async def _rest(self, seconds: float) -> None:
        self._world.busy -= 1  # waiting for a far retry is rest, not work
        self._world.live.stir()
        try:
            await asyncio.sleep(seconds)
        finally:
            self._world.busy += 1

    async def _once(self, envelope: Envelope) -> Answer:
        if envelope.kind != "events_api":
            self.last = envelope
        self.unacknowledged += 1
        try:
            return await self._with_faults(envelope)
        finally:
            self.unacknowledged -= 1
            self._world.live.stir()

    async def _with_faults(self, envelope: Envelope) -> Answer:
        fault = self._world.faults.strike(envelope.kind, envelope.payload)
        if fault is None:
            return await self.door.deliver(envelope)
        if fault.kind == "lost":
            return Answer(ok=False, reason="timeout")
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        if fault.kind == "duplicate":
            first, _ = await asyncio.gather(
                self.door.deliver(envelope), self.door.deliver(replace(envelope, id=str(uuid.uuid4())))
            )
            return first
        return await self.door.deliver(envelope)
