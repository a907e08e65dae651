"""What is put before whoever settles a claim: the claim, what was reported, and what was said."""

from dataclasses import dataclass
from datetime import datetime

from handlers.views.facts.sla import ClaimFacts
from handlers.views.facts.tickets import PersonFact, Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFact:
    """A customer's report that something affects it; `registered_by` noted it for the customer."""

    happening: str
    at: datetime
    person: PersonFact | None
    registered_by: PersonFact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidFact:
    """A message that was owed: about what, by which way, when, and when it went out.

    Of a message about the claim itself `way` says which one it was: "message", "reminder", "desk" or "decided".
    """

    about: str
    way: str
    owed_at: datetime
    sent_at: datetime | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFacts:
    """Everything about one claim. `clauses` are restated in our own words, by id."""

    claim: ClaimFacts
    reports: tuple[ReportFact, ...]
    said: tuple[SaidFact, ...]
    clauses: tuple[tuple[str, Texts], ...]
    made_at: datetime
