"""What people do, how time passes and what goes wrong, from a seed: the same seed is the same plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from random import Random
from typing import TypeAlias

BEGINS = datetime(2026, 11, 23, 8, 40, tzinfo=UTC)
"""A Monday morning on which every desk is open."""

Answers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Opening:
    """A ticket that one of the customers opens: who, where, of which kind, and what is answered."""

    who: str
    where: str
    kind: str | None = None
    answers: Answers = ()


TECHNICAL = ("Är det något tekniskt fel?", "Ja")
USABLE = ("Kan folk använda tjänsten?", "Ja, alla eller några kan")
WORK = "Hur påverkar det arbete som är viktigt för er?"
OPENINGS = (
    Opening(
        "anna",
        "#acme",
        answers=(
            ("Does GO start, with all its essential parts available?", "Yes"),
            ("Your business is", "considerably harder"),
            ("Is there another way to get it done for now?", "No"),
        ),
    ),
    Opening("anna", "#acme", kind="A question about how something works"),
    Opening("erik", "#talentia", answers=(TECHNICAL, USABLE, (WORK, "Det står stilla"))),
    Opening("erik", "#talentia", answers=(TECHNICAL, USABLE, (WORK, "Inget av detta"))),
    Opening("kari", "#nordkonf", answers=(("Hva er galt?", "Tjenesten har stoppet, eller data er gått tapt"),)),
    Opening("kari", "#nordkonf", kind="Et spørsmål"),
    Opening("marit", "#fjordvideo", kind="Noe virker ikke"),
    Opening("nina", "#bykommune", kind="Et spørsmål"),
)
"""One and more under each of the five contracts."""


class Act(StrEnum):
    """What somebody may do about a ticket."""

    START = "start"
    REPLY = "reply"
    ASSIGN = "assign"
    CUSTOMER_WRITES = "customer_writes"
    AGENT_WRITES = "agent_writes"
    EDIT = "edit"
    DELETE = "delete"
    WAIT = "wait"
    RESUME = "resume"
    SEVERITY = "severity"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    IN_VAIN = "in_vain"
    """Something that is refused, so that whoever pressed is told so privately."""


WEIGHTS = {
    Act.START: 4,
    Act.REPLY: 3,
    Act.ASSIGN: 3,
    Act.CUSTOMER_WRITES: 4,
    Act.AGENT_WRITES: 2,
    Act.EDIT: 2,
    Act.DELETE: 1,
    Act.WAIT: 3,
    Act.RESUME: 3,
    Act.SEVERITY: 3,
    Act.RESOLVE: 3,
    Act.REOPEN: 2,
    Act.IN_VAIN: 1,
}


@dataclass(frozen=True)
class Work:
    """An act on one of the tickets on which it is possible: `which`, as a share of them."""

    act: Act
    which: float


@dataclass(frozen=True)
class Outaging:
    """An outage is declared, or something happens to the one that lasts: `which`, as a share of what may."""

    which: float


@dataclass(frozen=True)
class Passing:
    """Contract time goes on over so many instants at which something falls due."""

    instants: int


@dataclass(frozen=True)
class Trouble:
    """The next so many calls of a method, or deliveries, go wrong in that way."""

    method: str
    kind: str
    times: int


@dataclass(frozen=True)
class Cut:
    """Every socket breaks."""


Step: TypeAlias = Opening | Work | Outaging | Passing | Trouble | Cut

OUTAGES = 0.5
"""How often a round has something about an outage in it."""

CALLS = ("chat.postMessage", "chat.postMessage", "chat.update", "conversations.replies", "views.open", "*")
CALL_TROUBLE = ("ratelimited", "500", "503", "timeout", "reset", "lost_answer", "lost_answer", "delay")
DELIVERIES = ("events_api", "interactive", "slash_commands")
DELIVERY_TROUBLE = ("duplicate", "duplicate", "delay")


def steps(seed: int) -> Iterator[Step]:
    """The plan, without end."""
    chance = Random(seed)
    while True:
        for _ in range(chance.randint(1, 2)):
            yield chance.choice(OPENINGS)
        yield from _troubles(chance)
        for _ in range(chance.randint(3, 6)):
            yield Work(chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0], chance.random())
        if chance.random() < OUTAGES:
            yield Outaging(chance.random())
        yield Passing(chance.choice((1, 2, 3, 5)))


def _troubles(chance: Random) -> Iterator[Step]:
    if chance.random() < 0.6:
        yield Trouble(chance.choice(CALLS), chance.choice(CALL_TROUBLE), chance.randint(1, 2))
    if chance.random() < 0.4:
        yield Trouble(chance.choice(DELIVERIES), chance.choice(DELIVERY_TROUBLE), 1)
    if chance.random() < 0.1:
        yield Cut()
