"""What a contract promises, as frozen values that the policy files are parsed into.

Nothing here knows a vendor: a contract is its classes, its questions, its promises and the
clauses that say so. `models.sla.policy` reads the files; `models.sla.ladder` turns a promise
into reminders and escalations; `models.sla.clock` counts its time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from models.sla.calendar import Calendar
from models.sla.clock import Target
from models.sla.questions import Tree


class Strength(StrEnum):
    """How firmly something is promised. Source: CLAUSES rule 1."""

    GUARANTEED = "guaranteed"
    PROMISED = "promised"
    AIM = "aim"
    USUAL = "usual"
    GUIDELINE = "guideline"

    @property
    def binding(self) -> bool:
        """Whether being late is a breach, and not only past an aim or later than usual."""
        return self in {Strength.GUARANTEED, Strength.PROMISED}


class ClockKind(StrEnum):
    """The acts a contract puts a time on."""

    FIRST_RESPONSE = "first_response"
    START_OF_WORK = "start_of_work"
    RESOLUTION = "resolution"
    NEXT_UPDATE = "next_update"
    DELIVERY = "delivery"


class WaitKind(StrEnum):
    """What a ticket may wait for."""

    CUSTOMER = "customer"
    ACCESS = "access"


class TicketKind(StrEnum):
    """What the customer asks for when opening."""

    FAULT = "fault"
    QUESTION = "question"
    REQUEST = "request"


class Role(StrEnum):
    """Who can be told, and who may do what."""

    AGENT = "agent"
    SENIOR = "senior"
    ON_CALL = "on_call"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Severity:
    """One class of the contract, most urgent first by `rank` (1 is the most urgent)."""

    id: str
    rank: int
    name: Mapping[str, str]
    meaning: Mapping[str, str]
    clause: str | None
    junior_may_own: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStep:
    """Who is told, how long after the start of the clock, unless the act was done by then.

    `after` is counted in the promise's calendar unless `calendar` names another one;
    None means at the breach itself (`on_breach`), a zero delay means at once.
    """

    role: Role
    after: Target | None
    on_breach: bool = False
    until: ClockKind | str = "clock"
    calendar: str | None = None
    day_and_night: bool = False
    clause: str | None = None
    reading: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One clock that runs for the tickets it applies to. Empty sets mean: all."""

    id: str
    clock: ClockKind
    clause: str
    target: Target
    strength: Strength
    calendar: str
    expected: Target | None = None
    expected_strength: Strength | None = None
    paused_by: frozenset[WaitKind] = frozenset()
    pause_clause: str | None = None
    severities: frozenset[str] = frozenset()
    kinds: frozenset[TicketKind] = frozenset()
    intakes: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    starts_on: str = "reported"
    outside_hours: str = "run"
    day_and_night: bool = False
    reminders: tuple[Fraction, ...] = (Fraction(1, 2), Fraction(3, 4), Fraction(9, 10))
    steps: tuple[EscalationStep, ...] = ()
    reading: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A choice taken where the contract is silent or unclear, and where in the file it stands."""

    key: str
    clause: str | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One version of one agreement, everything that Vakt acts on."""

    id: str
    vendor: str
    title: str
    zone: ZoneInfo
    language: str
    forced_language: str | None
    published: date
    effective: date
    slack_is: str
    intakes: tuple[str, ...]
    severities: tuple[Severity, ...]
    default_severity: str
    questions: Mapping[TicketKind, Tree]
    calendars: Mapping[str, Calendar]
    regions: Mapping[str, Mapping[str, str]]
    default_region: str | None
    promises: tuple[Promise, ...]
    readings: tuple[Reading, ...]
    speak_after_closing: timedelta = timedelta(minutes=15)
    warn_before_closing: timedelta = timedelta(hours=1)
    hash: str = ""
    notes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
