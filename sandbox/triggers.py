"""Trigger ids: proof that a person just did something. Good for three seconds, once.

Source: https://docs.slack.dev/interactivity/handling-user-interaction
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.clock import machine_seconds
from sandbox.ids import nonce

if TYPE_CHECKING:
    from sandbox.world import World

KEPT = 500


@dataclass
class Trigger:
    """Who did something, when (machine seconds), from which view and conversation."""

    user: str
    at: float
    view_id: str | None = None
    channel: str | None = None
    used: bool = False


class TriggerError(Exception):
    """A trigger was refused; `code` is Slack's error."""

    def __init__(self, code: str) -> None:
        """Keep the code."""
        super().__init__(code)
        self.code = code


class Triggers:
    """Gives out triggers and takes each back once."""

    def __init__(self, world: "World") -> None:
        """Begin with none."""
        self._world = world
        self._given: dict[str, Trigger] = {}

    def give(self, user: str, *, view_id: str | None = None, channel: str | None = None) -> str:
        """Return a fresh trigger id for `user`."""
        identity = f"{len(self._given) + 1}.{int(machine_seconds() * 1000)}.{nonce()}"
        self._given[identity] = Trigger(user, machine_seconds(), view_id, channel)
        if len(self._given) > KEPT:
            del self._given[next(iter(self._given))]
        return identity

    def use(self, identity: str) -> Trigger:
        """Exchange a trigger; raises TriggerError when it is unknown, used or older than the limit."""
        trigger = self._given.get(identity)
        if trigger is None:
            raise TriggerError("invalid_trigger_id")
        if trigger.used:
            raise TriggerError("exchanged_trigger_id")
        if machine_seconds() - trigger.at > self._world.limits.trigger:
            raise TriggerError("expired_trigger_id")
        trigger.used = True
        return trigger
