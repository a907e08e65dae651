"""Lists of tickets and the App Home."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from handlers.views.facts.tickets import PersonFact, RowFact

if TYPE_CHECKING:
    from handlers.views.facts.maintenance import MaintenanceFacts
    from handlers.views.facts.outages import OutageRowFact


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
class OpenPageFact:
    """A page that runs. `value` is what its buttons carry; `number` its ticket's, None for one without.

    It waits for somebody, or somebody is on it, or (neither) the desk's channel was told.
    """

    value: str
    number: str | None
    summary: str
    started_at: datetime
    mine: bool = False
    waits_for: PersonFact | None = None
    acknowledged_by: PersonFact | None = None
    goes_on_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPagesFacts:
    """A stretch of the pages that run."""

    rows: tuple[OpenPageFact, ...] = ()
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
    open_pages: OpenPagesFacts = OpenPagesFacts()
    page: int = 0
    pages: int = 1
    maintenance: "tuple[MaintenanceFacts, ...]" = ()
    """What is planned for the next seven days, or under way."""
    outages: "tuple[OutageRowFact, ...]" = ()
    """Those that last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactHomeFacts:
    """The home of a customer's contact."""

    customer: str
    contract: str
    contract_lines: tuple[str, ...]
    """The contract in at most five lines, in the reader's language."""
    rows: tuple[RowFact, ...]
    now: datetime
    open_pages: OpenPagesFacts = OpenPagesFacts()
    page: int = 0
    pages: int = 1
