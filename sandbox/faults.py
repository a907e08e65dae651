"""Trouble on demand: the answers, delays and losses a test asks for.

Kinds for Web API calls: `ratelimited` (429 with Retry-After), `500`, `503`, `timeout` (never answers), `reset`
(connection cut before anything is done), `lost_answer` (done, then cut), `delay` (answered late), or any Slack error
code. Kinds for deliveries (method `events_api`, `slash_commands` or `interactive`): `duplicate`, `delay`, `lost`.
Kind for a new connection (method `socket`): `silent` (opened, and from then on nothing is said, read or answered).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.workspace import Json

ANSWERS = frozenset({"ratelimited", "500", "503", "timeout", "reset", "lost_answer", "delay"})


@dataclass
class Fault:
    """One kind of trouble for the next `times` calls of `method` that `where` accepts."""

    method: str
    kind: str
    times: int = 1
    retry_after: int = 1
    seconds: float = 1.0
    where: Callable[[Json], bool] | None = None
    happened: list[Json] = field(default_factory=list)

    def strikes(self, name: str, args: Json) -> bool:
        """Say whether this call is hit, and count it when it is."""
        if self.times <= 0 or self.method not in {name, "*"}:
            return False
        if self.where is not None and not self.where(args):
            return False
        self.times -= 1
        self.happened.append(args)
        return True


@dataclass
class Faults:
    """The faults in waiting, in the order in which they were asked for."""

    waiting: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> Fault:
        """Put one in waiting and return it."""
        self.waiting.append(fault)
        return fault

    def strike(self, name: str, args: Json) -> Fault | None:
        """Return the first fault that hits this call, or None."""
        return next((one for one in self.waiting if one.strikes(name, args)), None)

    def silences(self) -> bool:
        """Say whether a new connection is to be silent. A fault for every Web API call is not for connections."""
        return any(one.method == "socket" and one.strikes("socket", {}) for one in self.waiting)
