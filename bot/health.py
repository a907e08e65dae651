"""Whether this process is well: its loops turn, its door is open, its database answers.

`Health.alive` asks what a restart could mend; `Health.ready` asks whether requests should be sent here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.gauges import Gauges, UnansweredError
from bot.loop import Turned

LONGEST_TURN = timedelta(seconds=30)
"""A loop that has not turned for so long is stuck: it turns at least every five seconds."""


class Door(Protocol):
    """Where Slack's requests come in."""

    @property
    def is_open(self) -> bool:
        """Whether they can."""
        ...

    @property
    def silent_seconds(self) -> float:
        """Since when the other end was last heard; 0 where nobody has to speak."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the process: whether it is well, how old that news is, and why not."""

    ok: bool
    age_seconds: float | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """What is looked at."""

    loops: dict[str, Turned]
    door: Door
    gauges: Gauges
    machine_now: Callable[[], datetime]
    stopping: Callable[[], bool]

    def alive(self) -> dict[str, Part]:
        """The loops, the door and the database."""
        parts = {name: self._turning(loop) for name, loop in self.loops.items()}
        return parts | {"door": self._door(), "database": self._database()}

    def ready(self) -> dict[str, Part]:
        """The schema, the door, and that nobody has told us to stop."""
        stopping = self.stopping()
        going = Part(not stopping, why="it has been told to stop" if stopping else None)
        return {"schema": self._schema(), "door": self._door(), "going": going}

    def ages(self) -> dict[str, float]:
        """Seconds since each loop last turned."""
        now = self.machine_now()
        return {name: max(0.0, (now - loop.turned_at).total_seconds()) for name, loop in self.loops.items()}

    def _turning(self, loop: Turned) -> Part:
        age = self.machine_now() - loop.turned_at
        seconds = round(max(0.0, age.total_seconds()), 1)
        if age <= LONGEST_TURN:
            return Part(ok=True, age_seconds=seconds)
        why = f"it has not turned for {seconds:.0f} s; it should every 5 s"
        return Part(ok=False, age_seconds=seconds, why=why)

    def _door(self) -> Part:
        silent = round(self.door.silent_seconds, 1)
        if self.door.is_open:
            return Part(ok=True, age_seconds=silent)
        return Part(ok=False, age_seconds=silent, why="Slack's requests cannot come in: it is not open")

    def _database(self) -> Part:
        try:
            self.gauges.revision()
        except UnansweredError as error:
            return Part(ok=False, why=str(error))
        return Part(ok=True, age_seconds=0.0)

    def _schema(self) -> Part:
        try:
            found, needed = self.gauges.revision()
        except UnansweredError as error:
            return Part(ok=False, why=str(error))
        if found >= needed:
            return Part(ok=True)
        return Part(ok=False, why=f"the schema is at {found}, this version needs {needed}; run vakt db upgrade")
