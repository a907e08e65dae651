"""What a view is told: frozen facts, loaded before and complete, so that rendering asks nobody.

Texts that differ by language (a class's name, a question) come as a mapping from language code
to text, straight from the contract; the view picks the reader's. Moments are aware. `now` is the
instant the picture was taken, in contract time; every "left" and "late" is as of then.
"""

from handlers.views.facts.accounts import CountedSpan, LedgerFacts, SkippedSpan, WhyFacts
from handlers.views.facts.events import (
    EscalationFacts,
    EscalationReason,
    FindingFacts,
    FindingKind,
    Gathered,
    GatheredFacts,
    LogFacts,
    LogKind,
    ReminderFacts,
    UnroutedFacts,
)
from handlers.views.facts.forms import (
    ActFacts,
    Basis,
    CustomerFact,
    DetailsFacts,
    ExtraFact,
    OpenedFacts,
    OpenFacts,
    OutcomeFact,
    PassedOnFacts,
    QuestionFact,
)
from handlers.views.facts.lists import (
    AgentHomeFacts,
    ContactHomeFacts,
    ListFacts,
    Listing,
    OpenPageFact,
    OpenPagesFacts,
)
from handlers.views.facts.refusals import Refusal, RefusalFacts, Value
from handlers.views.facts.tickets import (
    BreachFact,
    ChoiceFact,
    ClockFacts,
    LinkFact,
    PersonFact,
    RoleFact,
    RowFact,
    SeverityFact,
    Status,
    Texts,
    TicketFacts,
)

__all__ = [
    "ActFacts",
    "AgentHomeFacts",
    "Basis",
    "BreachFact",
    "ChoiceFact",
    "ClockFacts",
    "ContactHomeFacts",
    "CountedSpan",
    "CustomerFact",
    "DetailsFacts",
    "EscalationFacts",
    "EscalationReason",
    "ExtraFact",
    "FindingFacts",
    "FindingKind",
    "Gathered",
    "GatheredFacts",
    "LedgerFacts",
    "LinkFact",
    "ListFacts",
    "Listing",
    "LogFacts",
    "LogKind",
    "OpenFacts",
    "OpenPageFact",
    "OpenPagesFacts",
    "OpenedFacts",
    "OutcomeFact",
    "PassedOnFacts",
    "PersonFact",
    "QuestionFact",
    "Refusal",
    "RefusalFacts",
    "ReminderFacts",
    "RoleFact",
    "RowFact",
    "SeverityFact",
    "SkippedSpan",
    "Status",
    "Texts",
    "TicketFacts",
    "UnroutedFacts",
    "Value",
    "WhyFacts",
]
