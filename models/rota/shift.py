"""What a rota answers with: shifts and gaps, in UTC and half open."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RotaError(ValueError):
    """A rota or a change of one cannot be used; the message names the key and what would be right."""


class Why(StrEnum):
    """What put somebody on call."""

    ROTATION = "rotation"
    TEMPORARY = "temporary"
    CALENDAR = "calendar"
    OVERRIDE = "override"
    SWAP = "swap"


@dataclass(frozen=True, slots=True)
class Shift:
    """One person on call in one layer over [since, until), for one reason.

    `because` is the id of the override or swap, the name of the temporary schedule or the UID of the calendar's
    event; None in the ordinary rotation. A shift of the rotation ends at the next handover at the latest, also
    when it hands over to the same person.
    """

    rota: str
    layer: str
    person: str
    since: datetime
    until: datetime
    why: Why
    because: str | None = None


OnCall = Shift
"""A shift that holds the instant asked about."""


@dataclass(frozen=True, slots=True)
class Gap:
    """[since, until) in which no layer has anybody."""

    since: datetime
    until: datetime


def label(layer: str) -> str:
    """A layer as people read it: "day-shift" is "Day shift"."""
    return layer.replace("-", " ").replace("_", " ").capitalize()
