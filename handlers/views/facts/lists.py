"""Lists of tickets and the App Home."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from handlers.views.facts.tickets import PersonFact, RowFact


class Listing(StrEnum):
    """Which tickets a list holds."""

    MINE = "mine"
    OPEN = "open"
    BREACHING = "breaching"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFacts:
    """A page of tickets; pages count from 0. `more`: there are more than `total`, which is as far as was counted."""

    listing: Listing
    rows: tuple[RowFact, ...]
    total: int
    now: datetime
    more: bool = False
    page: int = 0
    pages: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentHomeFacts:
    """The agent's home."""

    mine: tuple[RowFact, ...]
    late: tuple[RowFact, ...]
    due_today: tuple[RowFact, ...]
    rest: tuple[RowFact, ...]
    now: datetime
    on_call: tuple[PersonFact, ...] = ()
    on_call_next: tuple[PersonFact, ...] = ()
    page: int = 0
    pages: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactHomeFacts:
    """The home of a customer's contact."""

    customer: str
    contract: str
    contract_lines: tuple[str, ...]
    """The contract in at most five lines, in the reader's language."""
    rows: tuple[RowFact, ...]
    now: datetime
    page: int = 0
    pages: int = 1
