"""Outages: facts for their cards, windows and lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from handlers.views.facts.tickets import PersonFact, Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageFacts:
    """An outage as its readers see it. `cause` None: being investigated."""

    name: str
    title: str
    services: tuple[str, ...]
    scope: str
    cause: str | None
    began_at: datetime
    now: datetime
    expected_end: datetime | None = None
    next_update_at: datetime | None = None
    latest: str | None = None
    latest_at: datetime | None = None
    ended_at: datetime | None = None
    repeated: bool = False
    templates: Mapping[str, Texts] = field(default_factory=dict)
    """The desk's own words, by what they are for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageDeskFacts:
    """An outage as the desk sees it."""

    outage: OutageFacts
    gravity: str
    detected_at: datetime
    reported_at: datetime | None
    lead: PersonFact | None
    communications: PersonFact | None
    scribe: PersonFact | None
    announced: bool
    places: int
    refused: int
    """Places where Slack refused it, as it stands now."""
    affected: tuple[str, ...]
    tickets: tuple[str, ...]
    tell_by: datetime | None = None
    tell_clause: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageLineFacts:
    """One event of an outage's history."""

    name: str
    event: str
    at: datetime
    now: datetime
    by: PersonFact | None
    text: str | None = None
    places: int = 0
    languages: tuple[tuple[str, int], ...] = ()
    customer: str | None = None
    ticket: str | None = None
    promise: str | None = None
    promised_at: datetime | None = None
    clause: str | None = None
    late: str | None = None
    changes: tuple[tuple[str, datetime | None, datetime | None], ...] = ()
    roles: tuple[tuple[str, PersonFact | None], ...] = ()
    mails: tuple[str, ...] = ()
    mail_text: str | None = None
    mail_step: int | None = None
    mails_sent: bool = False
    channel: str | None = None
    step: str | None = None
    error: str | None = None
    unreached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldFact:
    """One telling: where (a channel's id, else a name), which step of it, and whether it went out."""

    channel: str | None
    name: str
    step: int
    language: str
    at: datetime
    sent: bool
    refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskFact:
    """Something an agreement wants decided before an outage is declared."""

    id: str
    label: Texts
    clause: str
    hint: Texts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageFormFacts:
    """The window in which one is declared."""

    metadata: str
    services: tuple[tuple[str, str], ...]
    now: datetime
    title: str = ""
    chosen: tuple[str, ...] = ()
    components: tuple[tuple[str, str], ...] = ()
    asks: tuple[AskFact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutagePreviewFacts:
    """What would be posted where."""

    metadata: str
    outage: OutageFacts
    announce: bool
    channels: int
    people: int
    mails: int
    languages: tuple[tuple[str, int], ...]
    customers: int
    unreached: tuple[str, ...]
    same: OutageFacts | None = None
    """One that is open for one of these services already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageActFacts:
    """A window about one that is open."""

    metadata: str
    outage: OutageFacts
    gravity: str
    detected_at: datetime
    reported_at: datetime | None
    tickets: int = 0
    lead: PersonFact | None = None
    communications: PersonFact | None = None
    scribe: PersonFact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageRowFact:
    """One line of a list."""

    outage: OutageFacts
    places: int
