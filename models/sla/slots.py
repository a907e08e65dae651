"""The earliest time that keeps what every agreement asks, and which rules leave none.

A slot starts on a quarter of an hour. Where a rule is broken it says the next start it could
allow, so the search jumps over closed hours, notices and quarters in place of walking through
them. Approval and a customer's consent can be had at any time and do not bind a slot.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from models.sla.calendar import BeyondHorizonError, NeverClosesError
from models.sla.day_table import DAY, EPOCH_DAY, instant, microseconds
from models.sla.maintenance import Earlier, Job, Party, Verdict, Wall, judge, quarter_of
from models.sla.maintenance_rules import Limit, MaintenanceRule

STEP = timedelta(minutes=15)
HORIZON = timedelta(days=400)
MOST_PARTS = 48
UNBOUND = frozenset({Limit.APPROVAL, Limit.AGREED, Limit.TOLD_AT_ONCE, Limit.PUNCTUAL})
"""Limits that no choice of time keeps or breaks."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Which starts are looked at: every `days` at the wall time asked for, or any quarter of an hour (0)."""

    days: int


SAME_WEEKDAY = Rhythm(7)
SAME_TIME = Rhythm(1)
ANY_TIME = Rhythm(0)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule that no start within the horizon keeps for that party, whatever the others ask."""

    party: Party
    rule: MaintenanceRule


def earliest(job: Job, parties: Sequence[Party], rhythm: Rhythm, after: datetime) -> datetime | None:
    """The earliest start not before `after` that keeps everything for all of them; None within 400 days."""
    bounds = [(party, rule) for party in parties for rule in _bound(party, job)]
    at, last = _fitting(job, parties, rhythm, after), after + HORIZON
    while at <= last:
        later = _later(at, job, bounds)
        if later is None:
            return None
        if later == at:
            return at
        at = _fitting(job, parties, rhythm, max(later, at + timedelta(microseconds=1)))
    return None


def refusals(job: Job, parties: Iterable[Party], after: datetime) -> tuple[Refusal, ...]:
    """The rules that by themselves leave no slot of that length."""
    return tuple(
        Refusal(party, rule) for party in parties for rule in _bound(party, job) if not _ever(job, party, rule, after)
    )


def split(job: Job, parties: Sequence[Party], rhythm: Rhythm, after: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """The job in parts that each keep every rule, in order; empty when that cannot be done.

    A part is as long as the strictest rule allows, and counts as earlier maintenance for the next.
    """
    longest = min(
        (rule.amount for party in parties for rule in _bound(party, job) if rule.limit is Limit.LONGEST),
        default=job.length,
    )
    left, begin, parts = job.length, after, list[tuple[datetime, datetime]]()
    while left and len(parts) < MOST_PARTS:
        part = min(left, longest)
        piece = replace(job, ends_at=job.starts_at + part)
        start = earliest(piece, parties, rhythm, begin)
        if start is None:
            return ()
        parts.append((start, start + part))
        parties = [_having(party, Earlier(start, job.downtime)) for party in parties]
        left, begin = left - part, start + part
    return () if left else tuple(parts)


def _having(party: Party, one: Earlier) -> Party:
    return replace(party, earlier=(*party.earlier, one))


def moved(job: Job, starts_at: datetime) -> Job:
    """The same job at another start, as long as it was."""
    return replace(job, starts_at=starts_at, ends_at=starts_at + job.length)


def _bound(party: Party, job: Job) -> Iterator[MaintenanceRule]:
    """The rules that a choice of time can keep or break."""
    for rule in party.contract.maintenance.rules:
        applicable = judge(job, party, rule)
        if rule.limit not in UNBOUND and applicable.verdict is not Verdict.NOT_APPLICABLE and not applicable.by_kind:
            yield rule


def _ever(job: Job, party: Party, rule: MaintenanceRule, after: datetime) -> bool:
    at: datetime | None = _up(after)
    while at is not None and at <= after + HORIZON:
        later = _later(at, job, [(party, rule)])
        if later == at:
            return True
        at = None if later is None else _up(max(later, at + STEP))
    return False


def _later(at: datetime, job: Job, bounds: Iterable[tuple[Party, MaintenanceRule]]) -> datetime | None:
    """`at` when all keep it, else a start before which one of them keeps none; None when one never does."""
    trial = moved(job, at)
    for party, rule in bounds:
        if judge(trial, party, rule).verdict is Verdict.BROKEN:
            try:
                return NEXT[rule.limit](trial, party, rule)
            except (NeverClosesError, BeyondHorizonError):
                return None
    return at


def _fitting(job: Job, parties: Sequence[Party], rhythm: Rhythm, at: datetime) -> datetime:
    """The first start of the rhythm that is not before that instant, in the first party's zone."""
    if not rhythm.days or not parties:
        return _up(at)
    zone = parties[0].contract.zone
    asked, local = job.starts_at.astimezone(zone), at.astimezone(zone)
    day = local.date()
    while True:
        if (day - asked.date()).days % rhythm.days == 0:
            start = datetime.combine(day, asked.time(), zone).astimezone(UTC)
            if start >= at:
                return start
        day += timedelta(days=1)


def _up(at: datetime) -> datetime:
    """That instant, or the next quarter of an hour."""
    step = STEP // timedelta(microseconds=1)
    return instant(-(-microseconds(at) // step) * step)


# --- the next start a broken rule could allow --------------------------------------------------------


def _never(job: Job, party: Party, rule: MaintenanceRule) -> None:
    del job, party, rule


def _after_planned(job: Job, party: Party, rule: MaintenanceRule) -> datetime:
    return _after_notice(job.planned_at, job, party, rule)


def _after_told(job: Job, party: Party, rule: MaintenanceRule) -> datetime:
    return _after_notice(job.told_at, job, party, rule)


def _after_notice(at: datetime, job: Job, party: Party, rule: MaintenanceRule) -> datetime:
    """So many days after the notice, a little earlier on account of daylight saving."""
    wall = Wall.of(at, party, rule).us - 3 * 60 * 60 * 1_000_000
    low = instant(Wall.of(at, party, rule).turns.first_at(wall + rule.number * DAY))
    return max(low, job.starts_at + STEP)


def _after_working_days(job: Job, party: Party, rule: MaintenanceRule) -> datetime:
    """The day after so many working days, the day of the notice among them."""
    wall = Wall.of(job.told_at, party, rule)
    last = party.calendar(rule).working_day_after(wall.day - timedelta(days=1), rule.number)
    midnight = (last.toordinal() + 1 - EPOCH_DAY) * DAY
    return max(instant(wall.turns.first_at(midnight)), job.starts_at + STEP)


def _next_quarter(job: Job, party: Party, rule: MaintenanceRule) -> datetime:
    del rule
    year, quarter = quarter_of(job.starts_at, party.contract)
    later, quarter = divmod(quarter + 1, 4)
    first = datetime(year + later, quarter * 3 + 1, 1, tzinfo=party.contract.zone)
    return first.astimezone(UTC)


def _after_closing(job: Job, party: Party, rule: MaintenanceRule) -> datetime:
    calendar = party.calendar(rule)
    return calendar.next_closing(calendar.next_opening(job.starts_at))


def _next_window(job: Job, party: Party, rule: MaintenanceRule) -> datetime | None:
    del rule
    windows = party.windows
    if windows is None:
        return None
    if not windows.is_open(job.starts_at):
        return windows.next_opening(job.starts_at)
    return windows.next_opening(windows.next_closing(job.starts_at))


NEXT: Mapping[Limit, Callable[[Job, Party, MaintenanceRule], datetime | None]] = {
    Limit.PLANNED_DAYS: _after_planned,
    Limit.TOLD_DAYS: _after_told,
    Limit.TOLD_WORKING_DAYS: _after_working_days,
    Limit.LONGEST: _never,
    Limit.PER_QUARTER: _next_quarter,
    Limit.OUTSIDE: _after_closing,
    Limit.WINDOWS: _next_window,
}
