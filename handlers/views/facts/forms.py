"""What forms ask and say back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from handlers.views.facts.events import LogFacts
from handlers.views.facts.tickets import ChoiceFact, ClockFacts, LinkFact, PersonFact, SeverityFact, Texts, TicketFacts


@dataclass(frozen=True, slots=True)
class CustomerFact:
    """A customer one may open a ticket for."""

    id: str
    name: str
    contract: str


@dataclass(frozen=True, slots=True)
class QuestionFact:
    """One question of the contract's tree; `chosen` is the answer's id once given."""

    id: str
    text: Texts
    answers: tuple[ChoiceFact, ...]
    chosen: str | None = None
    hint: Texts | None = None


@dataclass(frozen=True, slots=True)
class ExtraFact:
    """A further ask of the contract, as browser and version (HP-16); always optional."""

    id: str
    label: Texts
    multiline: bool = False
    hint: Texts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOnFacts:
    """A question that goes to a super user in place of the desk. Source: PI-11."""

    by: PersonFact
    customer: str
    summary: str
    details: str
    clause: str


class Basis(StrEnum):
    """What a class rests on while the ticket is not yet opened."""

    ANSWERS = "answers"
    DEFAULT = "default"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFact:
    """What would be opened now: shown under the questions, and again after.

    `clocks` empty and `best_effort` False means that the contract sets no time for this.
    """

    severity: SeverityFact | None
    basis: Basis
    clocks: tuple[ClockFacts, ...] = ()
    best_effort: bool = False
    collected_until: datetime | None = None
    """Set when it is collected outside hours: when the clock starts. Source: EM-09."""
    target_release: bool = False
    """It goes in a coming version instead of having a time. Source: PI-08."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFacts:
    """The opening view at one step. `scope` names the tree (contract and kind) in block ids."""

    metadata: str
    now: datetime
    scope: str = ""
    customer: CustomerFact | None = None
    customers: tuple[CustomerFact, ...] = ()
    """To choose from, when not given by the channel."""
    on_behalf: bool = False
    """An agent opens: asks how it came in, when, and who ordered it."""
    intakes: tuple[ChoiceFact, ...] = ()
    intake: str | None = None
    received_at: datetime | None = None
    kind: str | None = None
    kinds: tuple[ChoiceFact, ...] = ()
    """What it can be, in the contract's own words. Source: SO-19."""
    items: tuple[ChoiceFact, ...] = ()
    item: str | None = None
    products: tuple[ChoiceFact, ...] = ()
    """What the customer holds, when that is several. Source: SO-02."""
    product: str | None = None
    summary: str = ""
    details: str = ""
    source: LinkFact | None = None
    """The message it was made from."""
    extras: tuple[ExtraFact, ...] = ()
    questions: tuple[QuestionFact, ...] = ()
    outcome: OutcomeFact | None = None
    charging_clause: str | None = None
    """Set when time may be charged (SO-06): the charging line is shown, and opening is the order."""
    first_asked: tuple[PersonFact, ...] = ()
    """Whom the customer's people ask first, with the clause that says so. Source: PI-11."""
    first_asked_clause: str = ""
    passed_on: bool = False
    """It was sent to them."""
    notes: tuple[str, ...] = ()
    """Remarks already in the reader's language (a desk closed until 27 July, outside the agreement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFacts:
    """The view after *Open*."""

    number: str
    summary: str
    outcome: OutcomeFact
    outside_agreement: bool = False
    channel_id: str | None = None
    """Where the customer's card is posted."""
    notes: tuple[str, ...] = ()
    """Remarks of the contract, already in the reader's language. Source: EM-09."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActFacts:
    """What the small modals on a ticket need. `text` fills the main field in."""

    metadata: str
    ticket: TicketFacts
    severities: tuple[SeverityFact, ...] = ()
    text: str = ""
    work_already_started: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsFacts:
    """A ticket in full, with its log; `for_desk` shows what stays inside."""

    ticket: TicketFacts
    log: tuple[LogFacts, ...] = ()
    for_desk: bool = False
    page: int = 0
    pages: int = 1
    paged: bool = False
    """Whether anybody was paged for it."""
    link: LinkFact | None = None
