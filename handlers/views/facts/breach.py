"""A security breach: facts for the card, the windows and what the customer's main contact reads. Source: PS-17."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.views.facts.tickets import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachNoticeFacts:
    """One notice, as the main contact reads it. `until` is when its own time to report ends."""

    number: str
    customer: str
    vendor: str
    text: str
    first: bool
    now: datetime
    clause: Texts
    own_time: timedelta | None = None
    until: datetime | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyFormFacts:
    """The window in which a notice is written: who gets it and how, and what is known by now."""

    metadata: str
    number: str
    to: tuple[tuple[str, bool], ...]
    """Name, and whether it goes by mail."""
    known: str
    first: bool
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistFacts:
    """What is to be found out, with what is written of it: id, label, hint and text."""

    metadata: str
    number: str
    clause: str
    asks: tuple[tuple[str, Texts, Texts | None, str], ...]
