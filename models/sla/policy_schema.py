"""The shape of a policy file: what may stand where, before anything refers to anything.

These models refuse unknown keys and missing languages; `models.sla.policy_rules` checks what the
parts say about each other, `models.sla.policy_build` turns them into the frozen contract. Their
JSON Schema (`vakt policy schema`) lets an editor complete and check a file as it is written.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from models.sla.contract import (
    ClockKind,
    MaintenanceDowntime,
    OutsideHours,
    PeriodKind,
    Place,
    Role,
    Scope,
    Starts,
    Strength,
    TicketKind,
    WaitKind,
    When,
)
from models.sla.maintenance_rules import MaintenanceKind
from models.sla.notice import TakesEffect
from models.sla.outage_rules import By
from models.sla.policy_values import Amount, Id, Language, Line, MonthDay, Percent, Share, Weekly, Window


class Part(BaseModel):
    """A part of a policy file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Part):
    """The same words in each language."""

    en: Line
    nb: Line
    sv: Line

    @property
    def text(self) -> dict[str, str]:
        """The words by language code."""
        return {"en": self.en, "nb": self.nb, "sv": self.sv}


class ReadingWords(Words):
    """A choice taken where the agreement is silent, and the clause it is about."""

    clause: str | None = None


class ClauseFile(Words):
    """A clause in our own words, and where the agreement has it."""

    where: Words | None = None


class IntakeFile(Part):
    """A way in."""

    name: Words
    clause: str | None = None
    best_effort: str | None = Field(None, description="The clause that promises no time for it.")


class KindFile(Part):
    """One answer to "what is it?"."""

    id: Id
    kind: TicketKind
    name: Words
    clause: str | None = None


class SeverityFile(Part):
    """One class."""

    rank: int = Field(ge=1, le=9, description="1 is the most urgent; equal ranks are treated alike.")
    name: Words
    meaning: Words
    clause: str | None = None
    junior_may_own: bool = True
    development_case: str | None = Field(None, description="The clause that asks for one.")
    target_release: str | None = Field(None, description="The clause that gives a version in place of a time.")


class OutcomeFile(Part):
    """What answers come to."""

    severity: str
    clause: str | None = None
    reading: ReadingWords | None = None
    flags: list[Id] = []


class AnswerFile(Words):
    """An answer: it leads on with `next` or ends in `severity`."""

    id: Id
    next: str | None = None
    severity: str | None = None
    clause: str | None = None
    reading: ReadingWords | None = None
    flags: list[Id] = []


class QuestionFile(Part):
    """A question and its answers, in the order shown."""

    text: Words
    hint: Words | None = None
    answers: list[AnswerFile] = Field(min_length=2, max_length=10)


class TreeFile(Part):
    """The questions for a kind of ticket, or the outcome when nothing is asked."""

    start: str | None = None
    outcome: OutcomeFile | None = None
    ask: dict[Id, QuestionFile] = {}


class HolidaysFile(Part):
    """Which public holidays are closed, in the terms of the `holidays` package."""

    country: str
    categories: list[str] = ["public"]
    subdivision: str | None = None
    language: str


class ClosureFile(Part):
    """A closure: ISO weeks of every year, a yearly range that may wrap, or dates."""

    id: Id
    name: Words
    clause: str | None = None
    iso_weeks: list[Annotated[int, Field(ge=1, le=53)]] = []
    start: MonthDay | None = Field(None, alias="from")
    end: MonthDay | None = Field(None, alias="to")
    dates: list[date] = []
    confirm: bool = Field(default=False, description="To be confirmed for each year.")
    confirmed: list[int] = Field([], description="The years someone has confirmed.")
    reading: ReadingWords | None = None


class LimitFile(Part):
    """A half day: only the part of the weekly hours inside `hours` is open."""

    name: Words
    on: MonthDay | None = None
    on_date: date | None = None
    easter: int | None = Field(None, description="Days after Easter Sunday.")
    hours: list[Window]


class ExtraFile(Part):
    """Opening on one date that replaces everything else on it."""

    name: Words
    on: date
    hours: list[Window]


class CalendarFile(Part):
    """Opening hours, or a union of other calendars."""

    zone: str | None = None
    weekly: Weekly = {}
    holidays: HolidaysFile | None = None
    closures: list[ClosureFile] = []
    limits: list[LimitFile] = []
    extra: list[ExtraFile] = []
    union: list[str] = []
    reading: ReadingWords | None = None


class WorkingTimeFile(Part):
    """So much time within opening hours."""

    kind: Literal["working_time"]
    amount: Amount


class ClockTimeFile(Part):
    """So much time, day and night."""

    kind: Literal["clock_time"]
    amount: Amount


class SameWorkingDayFile(Part):
    """By closing on the first day that still has opening hours left."""

    kind: Literal["same_working_day"]


class NextWorkingDayFile(Part):
    """By closing on the next working day."""

    kind: Literal["next_working_day"]
    anchor: Literal["received", "opening"] = "received"


class WorkingDaysFile(Part):
    """By closing, or at the same wall time, on the n-th working day."""

    kind: Literal["working_days"]
    days: int = Field(ge=1, le=366)
    mode: Literal["close", "same_time"] = "close"
    anchor: Literal["received", "opening"] = "received"


class AtOnceFile(Part):
    """At once; late after so much time within opening hours."""

    kind: Literal["at_once"]
    late_after: Amount


TargetFile = Annotated[
    WorkingTimeFile | ClockTimeFile | SameWorkingDayFile | NextWorkingDayFile | WorkingDaysFile | AtOnceFile,
    Field(discriminator="kind"),
]


class StepFile(Part):
    """Who is told, and when: exactly one of `after`, `on_breach`, `at_once`."""

    role: Role
    after: TargetFile | None = None
    on_breach: bool = False
    at_once: bool = False
    after_at_night: Amount | None = None
    until: ClockKind | None = None
    calendar: str | None = None
    day_and_night: bool = False
    severities: list[str] = []
    clause: str | None = None
    reading: ReadingWords | None = None


class PromiseFile(Part):
    """One clock. Empty lists mean: all."""

    clock: ClockKind
    clause: str
    target: TargetFile
    strength: Strength
    calendar: str
    expected: TargetFile | None = None
    expected_strength: Strength | None = None
    paused_by: list[WaitKind] = []
    pause_clause: str | None = None
    pause_reading: ReadingWords | None = None
    severities: list[str] = []
    kinds: list[TicketKind] = []
    intakes: list[str] = []
    items: list[str] = []
    except_items: list[str] = []
    starts_on: Starts = Starts.REPORTED
    outside_hours: OutsideHours = OutsideHours.RUN
    day_and_night: bool = False
    reminders: list[Share] = [0.5, 0.75, 0.9]
    steps: list[StepFile] = []
    reading: ReadingWords | None = None


class ItemFile(Part):
    """Something that can be ordered."""

    id: Id
    name: Words
    clause: str | None = None
    notice_days: int | None = Field(None, ge=1, description="What the customer must give beforehand.")


class AskFile(Part):
    """A further, optional field of the opening form."""

    id: Id
    label: Words
    clause: str
    hint: Words | None = None
    kinds: list[TicketKind] = []
    lines: int = Field(1, ge=1, le=10)
    max_length: int = Field(1000, ge=1, le=3000)


class NoteFile(Part):
    """A sentence the agreement wants said."""

    places: list[Place] = Field(min_length=1)
    clause: str
    text: Words
    when: When = When.ALWAYS
    calendar: str | None = Field(None, description="Whose hours `outside_hours` means.")
    kinds: list[TicketKind] = []
    intakes: list[str] = []
    severities: list[str] = []
    without_option: str | None = None


class WorkaroundFile(Part):
    """Which classes another way moves where."""

    moves: list[str] = Field(min_length=1)
    to: str
    clause: str


class LevelsFile(Part):
    """Lines of support."""

    names: dict[int, Words]
    enters: int
    top: int
    clause: str
    escalation_clause: str
    super_users_first: list[TicketKind] = []
    reading: ReadingWords | None = None


class MoreWorkFile(Part):
    """What the customer is told when it takes more work."""

    clause: str
    tells: Words


class ContactsFile(Part):
    """How many may ask, and whether they must be trained."""

    limit: int = Field(ge=1)
    clause: str
    trained_clause: str | None = None


class QueueFile(Part):
    """The order of the desk's queue."""

    order: list[Literal["severity", "kind", "due", "arrival"]] = Field(min_length=1)
    clause: str | None = None


class AssignmentFile(Part):
    """Who gets a ticket when it is opened: by `product` the specialist that the workspace file names for it."""

    by: Literal["product"]
    clause: str


class OutcomeRuleFile(Part):
    """Resolving needs an outcome that goes to the requester."""

    clause: str
    call_back: bool = False


class OutageNoticeFile(Part):
    """By when those affected are told of an outage."""

    gravities: list[Literal["outage", "emergency", "lesser"]] = Field(min_length=1)
    by: By
    clause: str
    strength: Strength
    calendar: str
    reading: ReadingWords | None = None


class OutageAskFile(Part):
    """Something to be decided before an outage is declared."""

    id: Id
    gravities: list[Literal["outage", "emergency", "lesser"]] = Field(min_length=1)
    clause: str
    label: Words
    hint: Words | None = None


class OutageFile(Part):
    """What the agreement asks of outages."""

    clause: str | None = Field(None, description="The clause that asks for cause and expected end.")
    mail_clause: str | None = Field(None, description="The clause that asks for mail to those affected.")
    notices: list[OutageNoticeFile] = []
    asks: list[OutageAskFile] = Field([], max_length=5)


class OptionFile(Part):
    """Something held beside the agreement that swaps calendars."""

    name: Words
    clause: str
    calendars: dict[str, str] = Field(min_length=1)


class MaintenanceRuleFile(Part):
    """One thing the agreement asks of maintenance: exactly one limit."""

    clause: str
    reading: ReadingWords | None = None
    kinds: list[MaintenanceKind] = Field([], description="Missing: all but unplanned, which is never refused.")
    downtime: bool | None = Field(None, description="Missing: with and without.")
    kept_by: list[MaintenanceKind] = Field([], description="Kinds that keep it by being what they are.")
    planned_days: int | None = Field(None, ge=1, le=366)
    told_days: int | None = Field(None, ge=1, le=366)
    told_working_days: int | None = Field(None, ge=1, le=250)
    calendar: str | None = Field(None, description="Whose working days told_working_days counts.")
    longest: Amount | None = None
    per_quarter: int | None = Field(None, ge=1, le=90)
    outside: str | None = Field(None, description="The calendar whose hours must be left alone.")
    windows: bool = False
    approval: bool = False
    agreed: bool = False
    told_at_once: bool = False
    punctual: Amount | None = None


class MaintenanceFile(Part):
    """What the agreement asks of maintenance, and the weekly windows agreed for it."""

    windows: Weekly = {}
    windows_reading: ReadingWords | None = None
    rules: dict[Id, MaintenanceRuleFile] = {}


class AnnouncementFile(Part):
    """What the agreement says of announcing one topic."""

    clause: str
    audiences: list[Literal["customer", "partner", "reseller", "administrators"]] = Field(
        [], description="Missing: all who subscribe."
    )
    lead_days: int | None = Field(None, ge=1, le=366, description="Civil days before it takes effect.")
    takes_effect: TakesEffect = TakesEffect.GIVEN
    dated: bool = Field(default=False, description="It takes effect on a day that must be given.")
    may_object: bool = False
    register_: bool = Field(default=False, alias="register", description="Those whom the register names are told.")
    use_is_acceptance: bool = False
    held_when_reported: bool = Field(default=False, description="What a customer reported is told once it is mended.")
    reading: ReadingWords | None = None


class BreachAskFile(Part):
    """One thing that must be known before a security breach is closed."""

    id: Id
    label: Words
    hint: Words | None = None


class BreachFile(Part):
    """A security breach: what is found out, and the customer's own time from being told."""

    clause: str
    own_hours: int | None = Field(None, ge=1, le=720)
    asks: list[BreachAskFile] = Field(min_length=1, max_length=12)
    reading: ReadingWords | None = None


Topic = Literal["release", "security", "vulnerability", "terms", "sub_processor", "transfer"]


class OpenPointFile(Words):
    """Something the agreement leaves open."""

    clause: str | None = None


class SpeakFile(Part):
    """When Vakt may speak about what this contract's clocks do."""

    after_closing: Amount = "15m"
    warn_before_closing: Amount = "1h"
    warn_within_opening: Amount = "1h"


class ExclusionFile(Words):
    """A reason for not counting downtime, in words that complete "not counted: ..."."""

    id: Id
    clause: str


class AvailabilityFile(Part):
    """How much of a period services are there, and what does not count as downtime."""

    clause: str
    target: Percent
    strength: Strength
    period: PeriodKind
    measured: Literal["agreement", "service"] = "agreement"
    scopes: list[Scope] = Field(min_length=1)
    scope_clause: str | None = None
    excludes_maintenance: list[MaintenanceDowntime] = []
    maintenance_clause: str | None = None
    with_maintenance: bool = Field(default=False, description="Shown with all maintenance counted, and with none.")
    exclusions: list[ExclusionFile] = []
    reading: ReadingWords | None = None
    scope_reading: ReadingWords | None = None
    maintenance_reading: ReadingWords | None = None


class TierFile(Part):
    """Below this percentage, so many percent of the monthly fee."""

    below: Percent
    percent: Percent


class ClaimFile(Part):
    """What a customer must do to be credited, and until when."""

    clause: str
    weeks: int | None = Field(None, ge=1, le=520)
    report_within: TargetFile | None = None
    calendar: str | None = None
    reading: ReadingWords | None = None


class CreditFile(Part):
    """What availability below the target gives back: nothing, by tiers, or for each point lost."""

    kind: Literal["none", "tiers", "per_point"]
    clause: str
    period: PeriodKind | None = None
    tiers: list[TierFile] = []
    below: Percent | None = None
    percent: Percent | None = None
    points: Literal["whole", "started"] = "whole"
    cap: Percent | None = None
    cap_clause: str | None = None
    one_off_clause: str | None = Field(None, description="The clause by which one-off fees give nothing back.")
    claim: ClaimFile | None = None
    reading: ReadingWords | None = None


class PolicyFile(Part):
    """One agreement as data. policies/README.md explains every field."""

    schema_: str | None = Field(None, alias="$schema")
    id: Id
    vendor: Line
    title: Words
    prefix: str = Field(pattern=r"^[A-Z]{2,4}$", description="What its clause ids begin with.")
    zone: str
    language: Language
    forced_language: Language | None = None
    forced_language_clause: str | None = None
    published: date
    published_reading: ReadingWords | None = None
    effective: Literal["when_published", "first_of_next_month"] | date
    effective_clause: str | None = None
    slack_is: str
    slack_message_is: str | None = None
    slack_reading: ReadingWords | None = None
    default_severity: str
    severity_reading: ReadingWords | None = None
    default_region: str | None = None
    clauses: dict[str, ClauseFile] = Field(min_length=1)
    intakes: dict[Id, IntakeFile] = Field(min_length=1)
    kinds: list[KindFile] = Field(min_length=1)
    severities: dict[Id, SeverityFile] = Field(min_length=1)
    questions: dict[TicketKind, TreeFile]
    calendars: dict[Id, CalendarFile] = Field(min_length=1)
    regions: dict[Id, dict[str, str]] = {}
    options: dict[Id, OptionFile] = {}
    promises: dict[Id, PromiseFile] = Field(min_length=1)
    items: list[ItemFile] = []
    asks: list[AskFile] = []
    notes: list[NoteFile] = []
    contacts: ContactsFile | None = None
    queue: QueueFile = QueueFile(order=["severity", "due"])
    assignment: AssignmentFile | None = None
    workaround: WorkaroundFile | None = None
    levels: LevelsFile | None = None
    more_work: MoreWorkFile | None = None
    outcome: OutcomeRuleFile | None = None
    outage: OutageFile | None = None
    availability: AvailabilityFile | None = None
    credit: CreditFile | None = None
    maintenance: MaintenanceFile | None = None
    announcements: dict[Topic, AnnouncementFile] = {}
    breach: BreachFile | None = None
    open_points: list[OpenPointFile] = []
    speak: SpeakFile = SpeakFile()
