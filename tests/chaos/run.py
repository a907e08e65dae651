"""One run: the plan carried out while processes die, then the account."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random

from bot.crash import POINTS
from sandbox import Fault
from tests.chaos.arena import SLACK_TIMEOUT, Arena, Wiring, arena
from tests.chaos.deeds import Hands
from tests.chaos.due import Watch
from tests.chaos.ledger import Ledger, judged
from tests.chaos.outages import Outages
from tests.chaos.plan import Cut, Opening, Outaging, Passing, Step, Trouble, Work, steps

LATEST = 4
"""A crash point is met at most this many times before the process ends at it."""

STARTING = 0.02
"""How likely nobody waits a further tenth of a second until Vakt is up again before killing it again."""


@dataclass(frozen=True)
class Violence:
    """How Vakt is killed: at so many named points, and so often at random every so many seconds."""

    at_points: int = 0
    at_random: int = 0
    every: tuple[float, float] = (0.1, 1.5)


def chaos(seed: int, wiring: Wiring, folder: Path, *, acts: int, violence: Violence) -> Ledger:
    """Carry out so many acts of a seed's plan; the account of it."""
    chance = Random(f"{seed}:kills")
    with arena(wiring, folder, crash_points(chance, violence.at_points)) as place:
        hands, watch = Hands(place), Watch(place)
        with _killing(place, chance, violence) as killer:
            _carry_out(steps(seed), lambda done: done >= acts and not killer.is_alive(), place, hands, watch)
        _calm(place)
        watch.passes(3)
        place.settles()
        return judged(place, hands, watch)


def crash_points(chance: Random, number: int) -> Iterator[str]:
    """Where each new process ends itself: every point once, in a random order, then again."""
    order = list(POINTS)
    chance.shuffle(order)
    for _, point in zip(range(number), cycle(order), strict=False):
        yield f"{point}:{chance.randint(1, LATEST)}"


def _carry_out(
    plan: Iterator[Step], is_enough: Callable[[int], bool], place: Arena, hands: Hands, watch: Watch
) -> None:
    done, outages = 0, Outages(hands)
    while not is_enough(done):
        step = next(plan)
        if isinstance(step, Opening):
            hands.opens(step)
        elif isinstance(step, Work):
            hands.does(step.act, step.which)
        elif isinstance(step, Outaging):
            outages.goes_on(step.which)
        elif isinstance(step, Passing):
            watch.passes(step.instants)
        else:
            _make_trouble(place, step)
        done += isinstance(step, Opening | Work | Outaging)


def _make_trouble(place: Arena, step: Trouble | Cut) -> None:
    if isinstance(step, Cut):
        place.slack.drop_sockets()
        return
    place.slack.fault(step.method, kind=step.kind, times=step.times, seconds=SLACK_TIMEOUT + 0.3)


def _calm(place: Arena) -> None:
    """No more trouble: what is still in waiting is forgotten."""
    nothing: list[Fault] = []
    place.slack.do(lambda: place.slack.world.faults.waiting.__setitem__(slice(None), nothing))


@contextmanager
def _killing(place: Arena, chance: Random, violence: Violence) -> Iterator[threading.Thread]:
    """Kill somebody now and then, for as long as this lasts."""
    enough = threading.Event()

    def kill() -> None:
        for _ in range(violence.at_random):
            while not place.hears() and chance.random() > STARTING:
                enough.wait(0.1)
            if enough.wait(chance.uniform(*violence.every)):
                return
            place.fleet.kill_one(chance)

    killer = threading.Thread(target=kill, name="killer", daemon=True)
    killer.start()
    try:
        yield killer
    finally:
        enough.set()
        killer.join()
