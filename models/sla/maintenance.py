"""Whether maintenance keeps what the agreements ask: one finding a rule, with its figures.

Notice is counted in civil days of the contract's zone: "one week before" is the same wall time
seven days earlier, the first pass of a repeated hour and the end of a skipped one. Unplanned
maintenance is never refused. `models.sla.slots` looks for a time that keeps everything.
Source: docs/rules.md, 7; EM-03, EM-04, EM-26, HP-10, PI-05, PS-11, PS-14, PS-15.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from models.sla.calendar import Calendar, compile_calendar
from models.sla.calendar_spec import CalendarSpec
from models.sla.contract import Contract
from models.sla.day_table import DAY, EPOCH_DAY, ZoneTurns, instant, microseconds
from models.sla.maintenance_rules import Limit, MaintenanceKind, MaintenanceRule


class Verdict(StrEnum):
    """What a rule makes of a plan."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Earlier:
    """Other maintenance that concerns the same customer, before or after; cancelled ones are left out."""

    starts_at: datetime
    downtime: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Maintenance as planned: aware instants, `ends_at` after `starts_at`.

    `planned_at` is when it was decided, `told_at` when customers hear or heard of this time,
    `chosen` whether it is for chosen customers only. `began_at` and `ended_at` are what came of it.
    """

    starts_at: datetime
    ends_at: datetime
    kind: MaintenanceKind
    downtime: bool
    planned_at: datetime
    told_at: datetime
    approved: bool = False
    chosen: bool = False
    began_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.ends_at - self.starts_at


@dataclass(frozen=True)
class Party:
    """One customer, the contract as that customer has it, and what else has been planned for it."""

    customer: str
    contract: Contract
    region: str | None = None
    earlier: tuple[Earlier, ...] = ()
    agreed: bool = False

    @cached_property
    def windows(self) -> Calendar | None:
        """The agreed windows, compiled; None when none are agreed."""
        weekly = self.contract.maintenance.windows
        if not any(weekly.values()):
            return None
        return compile_calendar(CalendarSpec(name="maintenance windows", zone=self.contract.zone, weekly=weekly))

    def calendar(self, rule: MaintenanceRule) -> Calendar:
        """The calendar that the rule names, as it is for this customer."""
        return self.contract.calendar(rule.calendar or "", self.region)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule judged for one customer.

    Figures by the rule's limit: `found` is the civil days or working days of notice (rounded down),
    the length, the time inside closed hours or outside the windows, the deviation, or how many
    others stand in the quarter (`count`). `latest` is the last instant that would have kept a notice.
    """

    party: Party
    rule: MaintenanceRule
    verdict: Verdict
    count: int = 0
    found: timedelta = timedelta()
    latest: datetime | None = None
    by_kind: bool = False


def check(job: Job, parties: Iterable[Party]) -> tuple[Finding, ...]:
    """Every rule of every party's contract, in the order of its policy file."""
    return tuple(judge(job, party, rule) for party in parties for rule in party.contract.maintenance.rules)


def judge(job: Job, party: Party, rule: MaintenanceRule) -> Finding:
    """One rule for one customer."""
    if not applies(rule, job):
        return Finding(party=party, rule=rule, verdict=Verdict.NOT_APPLICABLE)
    if job.kind in rule.kept_by:
        return Finding(party=party, rule=rule, verdict=Verdict.KEPT, by_kind=True)
    return JUDGES[rule.limit](job, party, rule)


def applies(rule: MaintenanceRule, job: Job) -> bool:
    """Whether the rule is about maintenance of that kind, with or without downtime."""
    if rule.limit is Limit.AGREED and not job.chosen:
        return False
    return job.kind in rule.kinds and rule.downtime in {None, job.downtime}


def latest_to_tell(job: Job, parties: Iterable[Party]) -> datetime | None:
    """The last moment at which telling keeps every notice for that start; None when none is asked."""
    moments = [
        latest_notice(job.starts_at, party, rule)
        for party in parties
        for rule in party.contract.maintenance.rules
        if rule.limit in {Limit.TOLD_DAYS, Limit.TOLD_WORKING_DAYS} and applies(rule, job)
    ]
    return min(moments, default=None)


def latest_notice(starts_at: datetime, party: Party, rule: MaintenanceRule) -> datetime:
    """The same wall time so many days, or working days, before the start."""
    wall = Wall.of(starts_at, party, rule)
    if rule.limit is Limit.TOLD_WORKING_DAYS:
        return wall.on(party.calendar(rule).working_day_after(wall.day, -rule.number))
    return wall.on(wall.day - timedelta(days=rule.number))


@dataclass(frozen=True, slots=True)
class Wall:
    """A wall time in the zone that counts for a rule: the calendar's, else the contract's."""

    us: int
    turns: ZoneTurns

    @classmethod
    def of(cls, at: datetime, party: Party, rule: MaintenanceRule) -> "Wall":
        """What the wall shows at that instant."""
        zone = party.calendar(rule).zone if rule.calendar else party.contract.zone
        turns = ZoneTurns(zone, range(at.year - 2, at.year + 3))
        return cls(turns.wall(microseconds(at)), turns)

    @property
    def day(self) -> date:
        """The civil date."""
        return date.fromordinal(self.us // DAY + EPOCH_DAY)

    def on(self, day: date) -> datetime:
        """The first instant of that civil day that shows this wall time or a later one."""
        return instant(self.turns.first_at((day.toordinal() - EPOCH_DAY) * DAY + self.us % DAY))


def quarter_of(at: datetime, contract: Contract) -> tuple[int, int]:
    """The calendar quarter of an instant in the contract's zone: year, and 0 to 3."""
    local = at.astimezone(contract.zone)
    return local.year, (local.month - 1) // 3


def in_quarter(at: datetime, party: Party, rule: MaintenanceRule) -> int:
    """How many others of this customer start in the quarter of that instant."""
    quarter = quarter_of(at, party.contract)
    return sum(
        rule.downtime in {None, each.downtime} and quarter_of(each.starts_at, party.contract) == quarter
        for each in party.earlier
    )


def _kept(*, kept: bool) -> Verdict:
    return Verdict.KEPT if kept else Verdict.BROKEN


def _noticed(at: datetime, job: Job, party: Party, rule: MaintenanceRule) -> Finding:
    latest = latest_notice(job.starts_at, party, rule)
    if rule.limit is Limit.TOLD_WORKING_DAYS:
        given = _working_days(at, job.starts_at, party, rule)
    else:
        given = (Wall.of(job.starts_at, party, rule).us - Wall.of(at, party, rule).us) // DAY
    verdict = _kept(kept=at <= latest)
    return Finding(party=party, rule=rule, verdict=verdict, count=given, latest=latest)


def _working_days(at: datetime, starts_at: datetime, party: Party, rule: MaintenanceRule) -> int:
    """The most working days of notice that telling at that instant keeps."""
    calendar = party.calendar(rule)
    told, start = Wall.of(at, party, rule), Wall.of(starts_at, party, rule)
    days = [told.day + timedelta(days=n) for n in range(min((start.day - told.day).days, 400))]
    if days and told.us % DAY > start.us % DAY:
        days.pop(0)
    return sum(calendar.is_working_day(day) for day in days)


def _planned(job: Job, party: Party, rule: MaintenanceRule) -> Finding:
    return _noticed(job.planned_at, job, party, rule)


def _told(job: Job, party: Party, rule: MaintenanceRule) -> Finding:
    return _noticed(job.told_at, job, party, rule)


def _longest(job: Job, party: Party, rule: MaintenanceRule) -> Finding:
    return Finding(party=party, rule=rule, verdict=_kept(kept=job.length <= rule.amount), found=job.length)


def _per_quarter(job: Job, party: Party, rule: MaintenanceRule) -> Finding:
    others = in_quarter(job.starts_at, party, rule)
    return Finding(party=party, rule=rule, verdict=_kept(kept=others < rule.number), count=others)


def _outside(job: Job, party: Party, rule: MaintenanceRule) -> Finding:
    inside = party.calendar(rule).elapsed(job.starts_at, job.ends_at)
    return Finding(party=party, rule=rule, verdict=_kept(kept=not inside), found=inside)


def _in_windows(job: Job, party: Party, rule: MaintenanceRule) -> Finding:
    inside = party.windows.elapsed(job.starts_at, job.ends_at) if party.windows else timedelta()
    beyond = job.length - inside
    return Finding(party=party, rule=rule, verdict=_kept(kept=not beyond), found=beyond)


def _approved(job: Job, party: Party, rule: MaintenanceRule) -> Finding:
    return Finding(party=party, rule=rule, verdict=_kept(kept=job.approved))


def _agreed(job: Job, party: Party, rule: MaintenanceRule) -> Finding:
    del job
    return Finding(party=party, rule=rule, verdict=_kept(kept=party.agreed))


def _at_once(job: Job, party: Party, rule: MaintenanceRule) -> Finding:
    late = max(job.told_at - job.planned_at, timedelta())
    return Finding(party=party, rule=rule, verdict=_kept(kept=not late), found=late)


def _punctual(job: Job, party: Party, rule: MaintenanceRule) -> Finding:
    """Judged by what has happened so far; before it began there is nothing to judge."""
    pairs = ((job.began_at, job.starts_at), (job.ended_at, job.ends_at))
    off = [abs(was - said) for was, said in pairs if was is not None]
    if not off:
        return Finding(party=party, rule=rule, verdict=Verdict.NOT_APPLICABLE)
    return Finding(party=party, rule=rule, verdict=_kept(kept=max(off) <= rule.amount), found=max(off))


JUDGES: Mapping[Limit, Callable[[Job, Party, MaintenanceRule], Finding]] = {
    Limit.PLANNED_DAYS: _planned,
    Limit.TOLD_DAYS: _told,
    Limit.TOLD_WORKING_DAYS: _told,
    Limit.LONGEST: _longest,
    Limit.PER_QUARTER: _per_quarter,
    Limit.OUTSIDE: _outside,
    Limit.WINDOWS: _in_windows,
    Limit.APPROVAL: _approved,
    Limit.AGREED: _agreed,
    Limit.TOLD_AT_ONCE: _at_once,
    Limit.PUNCTUAL: _punctual,
}
