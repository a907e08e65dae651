"""Vakt's processes: started, killed, and started again by whoever watches over them."""

import multiprocessing
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random

from bot.crash import VARIABLE
from tests.chaos.replica import Orders, serve

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.chaos.replica"])
PATIENCE = 10


@dataclass
class Fleet:
    """`ports` of those who take signed HTTP, or a None for each with a socket.

    `crash_at` gives each new process the point at which it will end itself, until it has no more.
    """

    environment: Mapping[str, str]
    clock: Path
    folder: Path
    ports: Sequence[int | None]
    crash_at: Iterator[str]
    deaths: int = 0
    fell: list[str] = field(default_factory=list)
    """Who ended otherwise than by being killed."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._crew: list[ForkServerProcess] = []
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._replace_the_dead, name="fleet", daemon=True)

    def start(self) -> None:
        """Begin with everybody, and replace whoever dies."""
        self._crew = [self._started(index) for index in range(len(self.ports))]
        self._watch.start()

    def stop(self) -> None:
        """End everybody, at once."""
        self._stopping.set()
        self._watch.join(PATIENCE)
        for one in self._crew:
            one.kill()
            one.join(PATIENCE)

    def kill_one(self, chance: Random) -> None:
        """`kill -9` somebody, whatever it is doing."""
        with self._lock:
            chance.choice(self._crew).kill()

    def is_alive(self) -> bool:
        """Whether everybody is there."""
        with self._lock:
            return all(one.is_alive() for one in self._crew)

    def log(self) -> str:
        """Everything that was logged."""
        return "".join(path.read_text("utf-8") for path in sorted(self.folder.glob("vakt-*.log")))

    def _started(self, index: int) -> ForkServerProcess:
        port = self.ports[index]
        own = {VARIABLE: next(self.crash_at, ""), "VAKT_HTTP_PORT": str(port or 0)}
        orders = Orders(
            {**self.environment, **own}, self.clock, self.folder / f"vakt-{index}.log", http=port is not None
        )
        child = FORKS.Process(target=serve, args=(orders,), daemon=True)
        child.start()
        return child

    def _replace_the_dead(self) -> None:
        while not self._stopping.is_set():
            wait([one.sentinel for one in self._crew], timeout=0.1)
            for index, one in enumerate(self._crew):
                if not one.is_alive() and not self._stopping.is_set():
                    self._note(index, one.exitcode)
                    fresh = self._started(index)
                    with self._lock:
                        self._crew[index] = fresh

    def _note(self, index: int, code: int | None) -> None:
        if code == -signal.SIGKILL:
            self.deaths += 1
        else:
            self.fell.append(f"process {index} ended by itself with {code}; see vakt-{index}.log")
