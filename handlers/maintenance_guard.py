"""What the agreements make of a plan: who is affected, clause by clause, and when it could be instead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from handlers.agreements import Agreements
from handlers.audiences import Heard, Wanted, audience_of
from handlers.views.facts.maintenance import ClauseRow, GuardFacts, LeaveOutFact, OverlapFact, SlotFact
from models import typed_text
from models.maintenance import Maintenance, maintenance_since
from models.service import Using
from models.sla import slots
from models.sla.maintenance import Earlier, Finding, Job, Party, Verdict, check, latest_to_tell, quarter_of
from models.sla.maintenance_rules import Limit, MaintenanceKind
from models.store import Session
from models.subscription import Topic

QUARTER = timedelta(days=93)
"""No quarter is longer: what started before it is of no account."""
CONFLICTS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Maintenance as it is being planned. `left_out` are ids of contracts, `only` ids of customers (None: all).

    `moving` is the number of what is moved, which does not count as earlier maintenance of its own.
    """

    team_id: str
    desk_id: str
    services: tuple[str, ...]
    kind: MaintenanceKind
    downtime: bool
    starts_at: datetime
    ends_at: datetime
    only: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    agreed: bool = False
    approved: bool = False
    moving: int | None = None
    components: Mapping[str, list[str]] | None = None
    """By service, where only some of its components are meant. No agreement asks about them."""

    def at(self, slot: SlotFact) -> "Plan":
        """The same at another time."""
        return replace(self, starts_at=slot.starts_at, ends_at=slot.ends_at)

    def job(self, now: datetime) -> Job:
        """As the rules see it, when it is decided and told now."""
        return Job(
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            kind=self.kind,
            downtime=self.downtime,
            planned_at=now,
            told_at=now,
            approved=self.approved,
            chosen=self.only is not None,
        )


@dataclass(frozen=True, slots=True)
class Group:
    """Customers who are alike to the rules: the same contract, region and maintenance."""

    party: Party
    customers: tuple[Using, ...]


@dataclass(frozen=True, slots=True)
class Guard:
    """A plan as it was judged."""

    plan: Plan
    heard: Heard
    groups: tuple[Group, ...]
    others: tuple[Maintenance, ...]
    findings: tuple[Finding, ...]
    latest: datetime | None

    @property
    def parties(self) -> list[Party]:
        """One for each group."""
        return [group.party for group in self.groups]

    @property
    def broken(self) -> tuple[Finding, ...]:
        """What would be broken."""
        return tuple(each for each in self.findings if each.verdict is Verdict.BROKEN)

    @property
    def customers(self) -> list[str]:
        """The ids of those whom it concerns."""
        return [using.customer.id for using in self.heard.customers]

    def asks(self, limit: Limit) -> bool:
        """Whether an agreement asks that of it."""
        return any(each.rule.limit is limit and each.verdict is not Verdict.NOT_APPLICABLE for each in self.findings)


def wanted_of(plan: Plan, without: Iterable[str] = ()) -> Wanted:
    """Whom it is for."""
    return Wanted(
        team_id=plan.team_id,
        desk_id=plan.desk_id,
        topic=Topic.MAINTENANCE,
        services=plan.services,
        only=plan.only,
        without=plan.without | frozenset(without),
    )


def guard(session: Session, agreements: Agreements, plan: Plan, now: datetime) -> Guard:
    """Judge a plan by every agreement that it concerns."""
    heard = audience_of(session, agreements, wanted_of(plan), now)
    if plan.left_out:
        out = {using.customer.id for using in heard.customers if using.contract in plan.left_out}
        plan = replace(plan, without=plan.without | out)
        heard = audience_of(session, agreements, wanted_of(plan), now)
    since = min(now, plan.starts_at) - QUARTER
    others = tuple(
        each for each in maintenance_since(session, plan.team_id, [plan.desk_id], since) if each.number != plan.moving
    )
    groups = _groups(heard, others, agreed=plan.agreed)
    job = plan.job(now)
    parties = [group.party for group in groups]
    return Guard(plan, heard, groups, others, check(job, parties), latest_to_tell(job, parties))


def judged_at(judged: Guard, slot: SlotFact, before: Sequence[SlotFact], now: datetime) -> Guard:
    """The same plan at another time, with its own earlier occurrences or parts counted as maintenance."""
    counted = tuple(Earlier(each.starts_at, judged.plan.downtime) for each in before)
    groups = tuple(
        replace(group, party=replace(group.party, earlier=(*group.party.earlier, *counted))) for group in judged.groups
    )
    plan = judged.plan.at(slot)
    job, parties = plan.job(now), [group.party for group in groups]
    return replace(judged, plan=plan, groups=groups, findings=check(job, parties), latest=latest_to_tell(job, parties))


def series_of(judged: Guard, found: Sequence[SlotFact], now: datetime) -> list[Guard]:
    """Every occurrence or part, judged in order."""
    return [judged_at(judged, slot, found[:index], now) for index, slot in enumerate(found)]


def _groups(heard: Heard, others: Sequence[Maintenance], *, agreed: bool) -> tuple[Group, ...]:
    counted: dict[str, list[Earlier]] = {}
    for work in others:
        for customer_id in work.customers:
            counted.setdefault(customer_id, []).append(Earlier(work.starts_at, work.downtime))
    alike: dict[tuple[int, str | None, tuple[Earlier, ...]], list[Using]] = {}
    for using in heard.customers:
        contract = heard.contracts.get(using.customer.id)
        if contract is not None:
            earlier = tuple(counted.get(using.customer.id, ()))
            alike.setdefault((id(contract), using.customer.region, earlier), []).append(using)
    found = []
    for (_, region, earlier), customers in alike.items():
        contract = heard.contracts[customers[0].customer.id]
        party = Party(customers[0].customer.id, contract, region=region, earlier=earlier, agreed=agreed)
        found.append(Group(party, tuple(customers)))
    return tuple(sorted(found, key=lambda group: group.party.contract.vendor))


def facts_of(session: Session, judged: Guard, now: datetime, series: Sequence["Guard"] = ()) -> GuardFacts:
    """For the view: the table, and what can be done about what it breaks. `series` are its occurrences."""
    heard, plan = judged.heard, judged.plan
    facts = GuardFacts(
        rows=_rows(judged),
        customers=len(heard.customers),
        agreements=len({using.contract for using in heard.customers}),
        channels=heard.channels,
        unreached=tuple(using.customer.name for using in heard.unreached),
        latest=judged.latest,
        overlaps=tuple(_overlaps(session, judged)),
        over_quarter=_over_quarter(judged),
        clocks_change=_clocks_change(judged),
        occurrences=tuple(SlotFact(each.plan.starts_at, each.plan.ends_at) for each in series),
        broken_occurrences=sum(bool(each.broken) for each in series),
        left_out=_left_out(judged),
    )
    if series or not any(each.rule.limit not in slots.UNBOUND for each in judged.broken):
        return facts
    return _with_ways_out(facts, judged, plan.job(now), now)


def _left_out(judged: Guard) -> tuple[str, ...]:
    """The vendors whose customers were left out."""
    found = {contract.vendor for contract in judged.heard.contracts.values() if contract.id in judged.plan.left_out}
    return tuple(sorted(found))


def _rows(judged: Guard) -> tuple[ClauseRow, ...]:
    """One row a rule and agreement, however many customers it has."""
    size = {id(group.party): len(group.customers) for group in judged.groups}
    merged: dict[tuple[str, str], list[Finding]] = {}
    for each in judged.findings:
        merged.setdefault((each.party.contract.id, each.rule.id), []).append(each)
    return tuple(_row(found, size) for found in merged.values())


def _row(found: Sequence[Finding], size: dict[int, int]) -> ClauseRow:
    broken = [each for each in found if each.verdict is Verdict.BROKEN]
    shown = broken[0] if broken else next((each for each in found if each.verdict is Verdict.KEPT), found[0])
    rule = shown.rule
    return ClauseRow(
        vendor=shown.party.contract.vendor,
        clause=rule.clause,
        limit=rule.limit,
        verdict=shown.verdict,
        number=rule.number,
        amount=rule.amount,
        kinds=tuple(sorted(rule.kept_by)),
        by_kind=shown.by_kind,
        count=shown.count,
        found=shown.found,
        broken_for=sum(size[id(each.party)] for each in broken),
        customers=sum(size[id(each.party)] for each in found),
        reading=dict(rule.reading) if rule.reading else None,
    )


def _overlaps(session: Session, judged: Guard) -> Iterable[OverlapFact]:
    plan = judged.plan
    for work in judged.others:
        same = set(work.services) & set(plan.services)
        if same and not work.is_over and work.starts_at < plan.ends_at and plan.starts_at < work.ends_at:
            title = typed_text.read(session, work.team_id, work.title_id)
            yield OverlapFact(name=work.name, title=title, slot=SlotFact(work.starts_at, work.ends_at))


def _over_quarter(judged: Guard) -> bool:
    """Whether it ends in another quarter than the one it counts in, for an agreement that counts quarters."""
    return any(
        each.rule.limit is Limit.PER_QUARTER
        and each.verdict is not Verdict.NOT_APPLICABLE
        and quarter_of(judged.plan.starts_at, each.party.contract)
        != quarter_of(judged.plan.ends_at - timedelta(microseconds=1), each.party.contract)
        for each in judged.findings
    )


def _clocks_change(judged: Guard) -> bool:
    begin, end = judged.plan.starts_at, judged.plan.ends_at
    zones = {group.party.contract.zone for group in judged.groups}
    return any(begin.astimezone(zone).utcoffset() != end.astimezone(zone).utcoffset() for zone in zones)


# What can be done


def _with_ways_out(facts: GuardFacts, judged: Guard, job: Job, now: datetime) -> GuardFacts:
    after = _from(judged, now)
    found = _slots(job, judged.parties, after)
    if found:
        return replace(facts, slots=found)
    refused = slots.refusals(job, judged.parties, after)
    blocked = tuple(dict.fromkeys(each.rule.clause for each in refused or judged.broken))
    contracts = {each.party.contract.id for each in refused} or _one_to_leave(judged, job, after)
    rest = [group.party for group in judged.groups if group.party.contract.id not in contracts]
    without = _slots(job, rest, after) if rest and contracts else ()
    return replace(
        facts,
        blocked=blocked,
        parts=_parts(job, judged.parties, after, {each.rule.limit for each in refused}),
        leave_out=tuple(_leave_out(judged, contracts)) if without else (),
        rest=without[0] if without else None,
    )


def _from(judged: Guard, now: datetime) -> datetime:
    """From the day that was asked for on; never before now."""
    zone = judged.groups[0].party.contract.zone if judged.groups else None
    asked = judged.plan.starts_at.astimezone(zone)
    return max(now, datetime.combine(asked.date(), time(), asked.tzinfo))


def _slots(job: Job, parties: Sequence[Party], after: datetime) -> tuple[SlotFact, ...]:
    """The earliest at the same weekday and time, and each looser one that is earlier."""
    found: list[datetime] = []
    for rhythm in (slots.SAME_WEEKDAY, slots.SAME_TIME, slots.ANY_TIME):
        at = slots.earliest(job, parties, rhythm, after)
        if at is not None and (not found or at < found[-1]):
            found.append(at)
    return tuple(SlotFact(at, at + job.length) for at in found)


def _one_to_leave(judged: Guard, job: Job, after: datetime) -> set[str]:
    """Where each has a slot and all together have none: the agreement with the fewest customers that is in the way."""
    sizes: dict[str, int] = {}
    for group in judged.groups:
        contract = group.party.contract.id
        sizes[contract] = sizes.get(contract, 0) + len(group.customers)
    for contract in sorted(sizes, key=lambda each: (sizes[each], each)):
        rest = [group.party for group in judged.groups if group.party.contract.id != contract]
        if rest and _slots(job, rest, after):
            return {contract}
    return set()


def _leave_out(judged: Guard, contracts: Iterable[str]) -> Iterable[LeaveOutFact]:
    for contract_id in sorted(contracts):
        groups = [group for group in judged.groups if group.party.contract.id == contract_id]
        count = sum(len(group.customers) for group in groups)
        yield LeaveOutFact(contract=contract_id, vendor=groups[0].party.contract.vendor, customers=count)


def _parts(job: Job, parties: Sequence[Party], after: datetime, refused: set[Limit]) -> tuple[SlotFact, ...]:
    """The job in parts, where only its length is in the way."""
    if refused != {Limit.LONGEST}:
        return ()
    found = slots.split(job, parties, slots.SAME_WEEKDAY, after) or slots.split(job, parties, slots.SAME_TIME, after)
    return tuple(SlotFact(begin, end) for begin, end in found)
