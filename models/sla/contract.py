"""What a contract promises, as frozen values that the policy files are parsed into.

Nothing here knows a vendor: a contract is its classes, its questions, its promises and the
clauses that say so. `models.sla.policy` reads the files; `models.sla.plan` says which promises
apply and when they fall due; `models.sla.ladder` turns one into reminders and escalations;
`models.sla.clock` counts its time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Literal
from zoneinfo import ZoneInfo

from models.sla.calendar import Calendar, CalendarSpec
from models.sla.clock import Target
from models.sla.maintenance_rules import MaintenanceTerms
from models.sla.notice import NoticeTerms
from models.sla.outage_rules import OutageTerms
from models.sla.questions import Text, Tree, say

LANGUAGES = ("en", "nb", "sv")


class Strength(StrEnum):
    """How firmly something is promised. Source: docs/rules.md, 1."""

    GUARANTEED = "guaranteed"
    PROMISED = "promised"
    AIM = "aim"
    USUAL = "usual"
    GUIDELINE = "guideline"

    @property
    def binding(self) -> bool:
        """Whether being late is a breach, and not only past an aim or later than usual."""
        return self in {Strength.GUARANTEED, Strength.PROMISED}

    @property
    def lateness(self) -> str:
        """The word for being late: `breached`, `past_aim` or `later_than_usual`."""
        if self.binding:
            return "breached"
        return "past_aim" if self is Strength.AIM else "later_than_usual"


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

    OWNER = "owner"
    AGENT = "agent"
    SENIOR = "senior"
    ON_CALL = "on_call"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class Starts(StrEnum):
    """What sets a clock going."""

    REPORTED = "reported"
    MORE_WORK = "more_work"


class OutsideHours(StrEnum):
    """What happens to what comes in while the promise's calendar is closed.

    RUN: the clock runs as the target says. PAGE: on-call is paged and no clock runs (PI-06).
    """

    RUN = "run"
    PAGE = "page"


class Place(StrEnum):
    """Where a note of the contract is shown."""

    MODAL = "modal"
    CARD = "card"
    CUSTOMER_CARD = "customer_card"
    CONFIRMATION = "confirmation"


class When(StrEnum):
    """At which hours a note is shown."""

    ALWAYS = "always"
    OUTSIDE_HOURS = "outside_hours"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause in our own words, and where the agreement has it ("point 4")."""

    id: str
    where: Text
    says: Text


@dataclass(frozen=True, slots=True)
class Severity:
    """One class of the contract, most urgent first by `rank` (1 is the most urgent).

    Two classes may share a rank: they are then treated alike (HP-05).
    """

    id: str
    rank: int
    name: Text
    meaning: Text
    clause: str | None
    junior_may_own: bool = True
    development_case: str | None = None  # the clause that asks for one (HP-04)
    target_release: str | None = None  # the clause that gives a version instead of a time (PI-08)


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStep:
    """Who is told, how long after the start of the clock, unless `until` was done by then.

    `after` None means at the due instant (`on_breach`); `at_once` has no delay. It is counted in
    the promise's calendar unless `calendar` names another one. `after_at_night` is elapsed time
    from the moment someone works on it outside hours, and wins when it comes first (PI-09).
    `severities` empty means all the promise applies to.
    """

    role: Role
    after: Target | None = None
    on_breach: bool = False
    at_once: bool = False
    until: ClockKind | None = None
    calendar: str | None = None
    day_and_night: bool = False
    after_at_night: timedelta | None = None
    severities: frozenset[str] = frozenset()
    clause: str | None = None
    reading: Text | None = None


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
    pause_reading: Text | None = None
    severities: frozenset[str] = frozenset()
    kinds: frozenset[TicketKind] = frozenset()
    intakes: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    except_items: frozenset[str] = frozenset()
    starts_on: Starts = Starts.REPORTED
    outside_hours: OutsideHours = OutsideHours.RUN
    day_and_night: bool = False
    reminders: tuple[Fraction, ...] = (Fraction(1, 2), Fraction(3, 4), Fraction(9, 10))
    steps: tuple[EscalationStep, ...] = ()
    reading: Text | None = None


@dataclass(frozen=True, slots=True)
class KindOption:
    """One answer to "what is it?": the contract's own word, and which general kind it is (SO-19)."""

    id: str
    kind: TicketKind
    name: Text
    clause: str | None


@dataclass(frozen=True, slots=True)
class Intake:
    """A way in. `best_effort` clause: no clock is promised for it (EM-10)."""

    id: str
    name: Text
    clause: str | None
    best_effort: str | None = None


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """Something that can be requested. `notice` is what the customer must give beforehand."""

    id: str
    name: Text
    clause: str | None
    notice: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A further field of the opening form, always optional, kept with the ticket (EM-20, EM-25)."""

    id: str
    label: Text
    clause: str
    hint: Text | None = None
    kinds: frozenset[TicketKind] = frozenset()
    lines: int = 1
    max_length: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A sentence the contract wants said at a place, for the tickets it applies to.

    `calendar`: the one whose hours `When.OUTSIDE_HOURS` means.
    """

    places: frozenset[Place]
    clause: str
    text: Text
    when: When = When.ALWAYS
    calendar: str | None = None
    kinds: frozenset[TicketKind] = frozenset()
    intakes: frozenset[str] = frozenset()
    severities: frozenset[str] = frozenset()
    without_option: str | None = None


@dataclass(frozen=True, slots=True)
class Workaround:
    """Which classes move where once the customer says that another way works (SO-12)."""

    moves: frozenset[str]
    to: str
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Lines of support: where a ticket enters, and whom questions from others are offered to."""

    names: Mapping[int, Text]
    enters: int
    top: int
    clause: str
    escalation_clause: str
    super_users_first: frozenset[TicketKind] = frozenset()
    reading: Text | None = None


@dataclass(frozen=True, slots=True)
class MoreWork:
    """The customer is told that it takes more work and hears back (PI-13)."""

    clause: str
    tells: Text


@dataclass(frozen=True, slots=True)
class Contacts:
    """How many people may ask, whether they must be trained, and who says so (SO-04, PS-03)."""

    limit: int
    clause: str
    trained_clause: str | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """The order of the desk's queue: first `order[0]`, then the next. `severity`, `kind`, `arrival`, `due`.

    `kind`: what is asked for help with before what is ordered (PI-20).
    """

    order: tuple[str, ...]
    clause: str | None


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who gets a ticket when it is opened: the specialist for its product (SO-02)."""

    by: Literal["product"]
    clause: str


@dataclass(frozen=True, slots=True)
class Option:
    """Something a customer may hold beside the agreement that swaps calendars (EM-08)."""

    id: str
    name: Text
    clause: str
    calendars: Mapping[str, str]


class Scope(StrEnum):
    """Whom downtime kept out."""

    ALL_USERS = "all_users"
    """None of a customer's users could log in and use it."""
    SOME_USERS = "some_users"
    DEGRADED = "degraded"
    """Everybody could use it, less well."""


class MaintenanceDowntime(StrEnum):
    """What kind of maintenance took a service away. Source: PS-11, EM-13, EM-04."""

    IN_WINDOW = "in_window"
    """Within a window that was agreed beforehand."""
    MAJOR_UPGRADE = "major_upgrade"
    PLANNED = "planned"
    """Planned, outside any agreed window, and no major upgrade."""
    UNPLANNED = "unplanned"


class PeriodKind(StrEnum):
    """Over which time something is measured, in the contract's zone."""

    CALENDAR_MONTH = "calendar_month"
    CALENDAR_YEAR = "calendar_year"
    ROLLING_12_MONTHS = "rolling_12_months"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One of the contract's reasons for not counting downtime. Source: PS-12, PS-29, EM-23."""

    id: str
    clause: str
    says: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """How much of a period services are there, and what is not counted as downtime.

    `target` is a share of 1. `per_service`: each service is measured by itself. `with_maintenance`: the
    figure is shown with all maintenance counted and with none (PI-04).
    """

    clause: str
    target: Fraction
    strength: Strength
    period: PeriodKind
    scopes: frozenset[Scope]
    per_service: bool = False
    scope_clause: str | None = None
    excludes_maintenance: frozenset[MaintenanceDowntime] = frozenset()
    maintenance_clause: str | None = None
    with_maintenance: bool = False
    exclusions: tuple[Exclusion, ...] = ()

    def exclusion(self, reason: str | None) -> Exclusion | None:
        """The reason with that id; None where the contract has no such reason."""
        return next((each for each in self.exclusions if each.id == reason), None)


@dataclass(frozen=True, slots=True)
class Tier:
    """Below this share of the period, so much of the monthly fee, both as shares of 1."""

    below: Fraction
    fee: Fraction


@dataclass(frozen=True, slots=True)
class Tiers:
    """The lowest tier that the availability is below decides. Source: PS-09."""

    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class PerPoint:
    """So much of the monthly fee for each point lost below a share, whole or started. Source: EM-15."""

    below: Fraction
    fee: Fraction
    started: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTerms:
    """What a customer must do to be credited. None: nothing is asked, or no time is set. Source: PS-13.

    A right lapses at 24:00 of the last day of `weeks` after the end of each interval. Reported in time
    is from its start until `report_within`, counted in `calendar` from its end.
    """

    clause: str
    weeks: int | None = None
    report_within: Target | None = None
    calendar: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditTerms:
    """What availability below the target gives back, as a share of the monthly fee.

    `rule` None: nothing. `cap` is the most that one period gives back. `not_on_one_off` is the clause
    by which one-off fees give nothing back.
    """

    clause: str
    rule: Tiers | PerPoint | None
    period: PeriodKind
    cap: Fraction | None = None
    cap_clause: str | None = None
    not_on_one_off: str | None = None
    claim: ClaimTerms | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """One value of the agreement that a customer's own agreement replaces (HP-17)."""

    key: str
    was: str
    is_now: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A choice taken where the contract is silent or unclear, and where in the file it stands."""

    key: str
    clause: str | None
    note: Text


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """Something the agreement leaves open, that the desk should know it has no answer to."""

    clause: str | None
    note: Text


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A closure that must be confirmed for each year, and the years someone has confirmed."""

    calendar: str
    closure: str
    years: frozenset[int]
    clause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One version of one agreement, everything that Vakt acts on.

    `content` is the canonical JSON it was parsed from and `hash` its SHA-256: stored with a
    ticket, `parse_policy(json.loads(content), …)` gives the same contract back. `earlier` is the same
    contract in the calendars it had before they were corrected, by their version.
    """

    id: str
    vendor: str
    title: Text
    prefix: str
    zone: ZoneInfo
    language: str
    forced_language: str | None
    forced_language_clause: str | None = None
    published: date
    effective: date
    slack_is: str
    slack_message_is: str
    intakes: tuple[str, ...]
    intake_details: Mapping[str, Intake] = field(default_factory=dict)
    kinds: tuple[KindOption, ...] = ()
    severities: tuple[Severity, ...]
    default_severity: str
    questions: Mapping[TicketKind, Tree]
    calendars: Mapping[str, Calendar]
    calendar_specs: Mapping[str, CalendarSpec] = field(default_factory=dict)
    regions: Mapping[str, Mapping[str, str]]
    default_region: str | None
    promises: tuple[Promise, ...]
    clauses: Mapping[str, Clause] = field(default_factory=dict)
    items: tuple[CatalogueItem, ...] = ()
    asks: tuple[Ask, ...] = ()
    notes: tuple[Note, ...] = ()
    workaround: Workaround | None = None
    levels: Levels | None = None
    more_work: MoreWork | None = None
    contacts: Contacts | None = None
    queue: Queue = Queue(("severity", "due"), None)
    assignment: Assignment | None = None
    availability: Availability | None = None
    credit: CreditTerms | None = None
    outcome_clause: str | None = None
    call_back: bool = False
    outage: OutageTerms = field(default_factory=OutageTerms)
    options: Mapping[str, Option] = field(default_factory=dict)
    held_options: frozenset[str] = frozenset()
    maintenance: MaintenanceTerms = field(default_factory=MaintenanceTerms)
    notices: NoticeTerms = field(default_factory=NoticeTerms)
    overrides: tuple[Override, ...] = ()
    readings: tuple[Reading, ...] = ()
    open_points: tuple[OpenPoint, ...] = ()
    unconfirmed: tuple[Unconfirmed, ...] = ()
    speak_after_closing: timedelta = timedelta(minutes=15)
    warn_before_closing: timedelta = timedelta(hours=1)
    warn_within_opening: timedelta = timedelta(hours=1)
    content: str = ""
    hash: str = ""
    earlier: Mapping[str, "Contract"] = field(default_factory=dict)

    def severity(self, severity_id: str) -> Severity:
        """The class with that id; KeyError names the ones there are."""
        for severity in self.severities:
            if severity.id.casefold() == severity_id.casefold():
                return severity
        known = ", ".join(severity.id for severity in self.severities)
        message = f'{self.id} has no severity "{severity_id}": {known}'
        raise KeyError(message)

    def promise(self, promise_id: str) -> Promise:
        """The promise with that id; KeyError names the ones there are."""
        for promise in self.promises:
            if promise.id == promise_id:
                return promise
        known = ", ".join(promise.id for promise in self.promises)
        message = f'{self.id} has no promise "{promise_id}": {known}'
        raise KeyError(message)

    def calendar_name(self, name: str, region: str | None) -> str:
        """The calendar that `name` means for a customer of that region (None: the default one)."""
        chosen = region or self.default_region
        if chosen is None:
            return name
        if chosen not in self.regions:
            message = f'{self.id} has no region "{chosen}": {", ".join(self.regions) or "none at all"}'
            raise KeyError(message)
        return self.regions[chosen].get(name, name)

    def calendar(self, name: str, region: str | None = None) -> Calendar:
        """That calendar, compiled, for a customer of that region."""
        return self.calendars[self.calendar_name(name, region)]

    def says(self, clause: str, language: str) -> str:
        """The clause restated in that language, or "" when the contract does not list it."""
        return say(self.clauses[clause].says, language) if clause in self.clauses else ""
