"""An outage's own channel and its report: facts for their windows and texts."""

from dataclasses import dataclass
from datetime import datetime

from handlers.views.facts.outages import OutageFacts, OutageLineFacts
from handlers.views.facts.tickets import PersonFact


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFormFacts:
    """The window that asks for a channel. `agents` are those who may be ticked: id and name."""

    metadata: str
    outage: OutageFacts
    channel: str
    people: tuple[PersonFact, ...]
    agents: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PromiseFact:
    """Something promised by an instant; `kept` None: nobody can say yet."""

    promise: str
    at: datetime
    kept: bool | None
    clause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportToldFact:
    """One telling. `way` is "channel", "direct" or "mail"; `sent_at` None: it never went out."""

    customer: str | None
    way: str
    receiver: str
    step: int
    language: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class MomentFact:
    """Something at an instant: an event of the history (`line`), or what somebody said."""

    at: datetime
    by: PersonFact | None
    text: str = ""
    line: OutageLineFacts | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class FollowUpFact:
    """Something to be done after an outage, with its ticket when there is one."""

    text: str
    ticket: str | None
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """The report after an outage."""

    outage: OutageFacts
    gravity: str
    detected_at: datetime
    reported_at: datetime | None
    announced_at: datetime | None
    lead: PersonFact | None
    communications: PersonFact | None
    scribe: PersonFact | None
    promises: tuple[PromiseFact, ...]
    told: tuple[ReportToldFact, ...]
    affected: tuple[MomentFact, ...]
    tickets: tuple[str, ...]
    timeline: tuple[MomentFact, ...]
    causes: str
    follow_ups: tuple[FollowUpFact, ...]
    written_by: PersonFact | None = None
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFormFacts:
    """The window in which its causes and follow-ups are written."""

    metadata: str
    outage: OutageFacts
    causes: str
    follow_ups: tuple[str, ...]
