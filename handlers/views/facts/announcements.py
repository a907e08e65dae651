"""Notices: facts for what subscribers read, the desk's card and its log, the windows and the lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from handlers.views.facts.tickets import PersonFact, Texts


@dataclass(frozen=True, slots=True)
class ObjectionFact:
    """Who objected, for which customer, when and why; `by` an agent who registered it."""

    person: PersonFact | None
    customer: str
    at: datetime
    reason: str
    by: PersonFact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """What one reader is told. `clause` is where the reader finds it in the agreement, None without a rule."""

    name: str
    topic: str
    title: str
    text: str
    now: datetime
    services: tuple[str, ...] = ()
    effective: date | None = None
    clause: Texts | None = None
    may_object: bool = False
    use_is_acceptance: bool = False
    customer: str | None = None
    """The id of the reader's customer."""
    objections: tuple[ObjectionFact, ...] = ()
    corrected_at: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawal: str = ""
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class TermsFact:
    """How many customers under one agreement, and whether it keeps what is asked: `verdict` of `models.sla.notice`."""

    contract: str
    clause: str
    customers: int
    verdict: str
    effective: date | None
    earliest: date
    tell_by: datetime | None = None
    lead_days: int | None = None
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachFact:
    """Whom it reaches: channels, people, mails, readers by language, and the customers whom nothing reaches."""

    channels: int = 0
    people: int = 0
    mails: int = 0
    languages: Mapping[str, int]
    unreached: tuple[str, ...] = ()

    @property
    def anybody(self) -> bool:
        """Whether anybody is told."""
        return bool(self.channels or self.people or self.mails)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFormFacts:
    """The window in which a notice is written."""

    metadata: str
    now: datetime
    services: tuple[tuple[str, str], ...]
    topic: str | None = None
    title: str = ""
    texts: Mapping[str, str]
    chosen: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    effective: date | None = None
    send_at: datetime | None = None
    reported: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFacts:
    """What would come of a notice, before it counts. `previews` by language, as a reader of it sees them."""

    metadata: str
    name: str
    topic: str
    title: str
    now: datetime
    reach: ReachFact
    terms: tuple[TermsFact, ...]
    previews: tuple[tuple[str, NoticeFacts], ...]
    send_at: datetime | None = None
    held: bool = False
    too_soon: bool = False
    earliest: date | None = None
    """The day that keeps every agreement."""
    may_override: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDeskFacts:
    """The desk's card of a notice."""

    name: str
    topic: str
    title: str
    text: str
    state: str
    now: datetime
    made_by: PersonFact | None
    services: tuple[str, ...] = ()
    terms: tuple[TermsFact, ...] = ()
    told: int = 0
    mails_left: int = 0
    send_at: datetime | None = None
    sent_at: datetime | None = None
    held_by: str | None = None
    """The clause by which it is held."""
    overridden_by: PersonFact | None = None
    override: str = ""
    objections: tuple[ObjectionFact, ...] = ()
    may_object: bool = False
    corrected_at: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLineFacts:
    """One event of a notice, for its log."""

    event: str
    name: str
    at: datetime
    now: datetime
    by: PersonFact | None = None
    text: str = ""
    count: int = 0
    clause: str | None = None
    customer: str = ""
    person: PersonFact | None = None
    send_at: datetime | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRowFact:
    """A notice in a list."""

    name: str
    topic: str
    title: str
    state: str
    at: datetime
    objections: int = 0


@dataclass(frozen=True, slots=True)
class TellingFact:
    """One telling: to whom, how, when it went out, and which text (its number among `texts`)."""

    step: int
    way: str
    to: str
    customer: str
    sent_at: datetime | None
    text: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeAccountFacts:
    """Who was told, when and with which text."""

    row: NoticeRowFact
    now: datetime
    tellings: tuple[TellingFact, ...]
    texts: tuple[str, ...]
    objections: tuple[ObjectionFact, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class MailFact:
    """A mail that the desk sends: to whom, and its text."""

    id: str
    customer: str
    name: str
    address: str
    text: str
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailsFacts:
    """The mails of one announcement or breach."""

    metadata: str
    about: str
    title: str
    now: datetime
    mails: tuple[MailFact, ...]
    more: int = 0
