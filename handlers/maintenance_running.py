"""Maintenance that runs: begun and ended, early, late or over; the alerts that it mutes and the downtime it is."""

from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from handlers import announcing, maintenance_guard
from handlers.maintenance_doing import Doing, about_of, note, plan_of, remind_planner
from handlers.maintenance_guard import Guard
from handlers.maintenance_telling import PUNCTUAL, TIMERS, heard_by, tell, tell_on
from models.downtime import (
    Change,
    Correction,
    DowntimeEvent,
    NewDowntime,
    Source,
    close_downtime,
    correct_downtime,
    downtime_of_maintenance,
    open_downtime,
)
from models.maintenance import (
    Maintenance,
    MaintenanceEvent,
    count_muted,
)
from models.sla.contract import MaintenanceDowntime as Taken
from models.sla.contract import Scope
from models.sla.maintenance import Verdict, judge
from models.sla.maintenance_rules import Limit, MaintenanceKind

# Started, ended


def start(doing: Doing, work: Maintenance, began_at: datetime | None = None) -> None:
    """It begins, or began a while ago: flagged when that is off the time announced."""
    if work.told_at is None:
        tell(doing, work)
    announcing.forget(doing.session, about_of(work), *TIMERS)
    began_at = began_at or doing.now
    facts = _off(doing, work, began_at - work.starts_at)
    entry = note(doing, work, MaintenanceEvent.STARTED, facts, began_at=began_at)
    tell_on(doing, work, entry)
    announcing.look_again(doing.session, about_of(work), "overrun", max(work.ends_at + PUNCTUAL, doing.now))
    if work.downtime:
        _begin_downtime(doing, work)


def end(doing: Doing, work: Maintenance) -> None:
    """It is over."""
    announcing.forget(doing.session, about_of(work), *TIMERS)
    facts = _off(doing, work, doing.now - work.ends_at)
    entry = note(doing, work, MaintenanceEvent.ENDED, facts, ended_at=doing.now)
    tell_on(doing, work, entry)
    _end_downtime(doing, work)
    unmute(doing, work)


def _off(doing: Doing, work: Maintenance, off: timedelta) -> dict[str, Any]:
    """By how much it is off the time announced, where that is more than is allowed, and the clauses that say so."""
    rules = [
        rule
        for contract in {id(each): each for each in heard_by(doing, work).contracts.values()}.values()
        for rule in contract.maintenance.rules
        if rule.limit is Limit.PUNCTUAL and work.kind in rule.kinds
    ]
    allowed = min((rule.amount for rule in rules), default=PUNCTUAL)
    if abs(off) <= allowed:
        return {}
    clauses = list(dict.fromkeys(rule.clause for rule in rules if abs(off) > rule.amount))
    return {"off": off.total_seconds(), "clauses": clauses}


def not_started(doing: Doing, work: Maintenance) -> None:
    """The time announced has passed and nobody pressed *Start*: those who wait for it hear so."""
    entry = note(doing, work, MaintenanceEvent.NOT_STARTED, _off(doing, work, doing.now - work.starts_at))
    tell_on(doing, work, entry)
    remind_planner(doing, work, "not_started")


def overrun(doing: Doing, work: Maintenance) -> None:
    """It runs over the time announced."""
    entry = note(doing, work, MaintenanceEvent.OVERRUN, _off(doing, work, doing.now - work.ends_at))
    tell_on(doing, work, entry)
    remind_planner(doing, work, "overrun")


# Alerts


def unmute(doing: Doing, work: Maintenance) -> None:
    """It mutes no alert any more: what still fires opens now."""
    if not count_muted(doing.session, work.team_id, work.number):
        return
    doing.session.flush()
    firing = import_module("handlers.alert_muting").let_go(doing.session, work.team_id, work.number, doing.now)
    if not firing:
        return
    at = import_module("handlers.alert_tickets").Automatic(
        session=doing.session,
        agreements=doing.agreements,
        team_id=work.team_id,
        sender="",
        now=doing.now,
        machine_now=doing.ledger.machine_now,
    )
    import_module("handlers.alerts").take_again(at, firing)


# Downtime: whether it counts is each contract's own rule


def _begin_downtime(doing: Doing, work: Maintenance) -> None:
    """One interval for those whose agreed windows it lies in, one for the rest."""
    judged = _as_it_runs(doing, work, max(work.ends_at, doing.now + timedelta(minutes=1)))
    inside = _in_windows(judged)
    rest = tuple(each for each in judged.customers if each not in inside)
    for kind, customers in ((Taken.IN_WINDOW, inside), (_taken(work), rest)):
        if customers:
            open_downtime(doing.session, _new_downtime(doing, work, kind, customers), doing.now)


def _new_downtime(doing: Doing, work: Maintenance, kind: Taken, customers: tuple[str, ...]) -> NewDowntime:
    everybody = len(customers) == len(work.customers) and work.only is None and not work.without
    return NewDowntime(
        team_id=work.team_id,
        desk_id=work.desk_id,
        services=tuple(work.services),
        began_at=work.began_at or doing.now,
        scope=Scope.ALL_USERS,
        source=Source.MAINTENANCE,
        customers=None if everybody else customers,
        maintenance=kind,
        maintenance_id=work.name,
        by=doing.by.id if doing.by else None,
    )


def _taken(work: Maintenance) -> Taken:
    if work.kind == MaintenanceKind.UNPLANNED:
        return Taken.UNPLANNED
    return Taken.MAJOR_UPGRADE if work.kind == MaintenanceKind.UPGRADE_MAJOR else Taken.PLANNED


def _as_it_runs(doing: Doing, work: Maintenance, ends_at: datetime) -> Guard:
    """Judged by when it really is."""
    plan = replace(plan_of(work), starts_at=work.began_at or doing.now, ends_at=ends_at)
    return maintenance_guard.guard(doing.session, doing.agreements, plan, doing.now)


def _in_windows(judged: Guard) -> tuple[str, ...]:
    """The customers whose agreed windows hold all of it."""
    found: list[str] = []
    for group in judged.groups:
        for rule in group.party.contract.maintenance.rules:
            if rule.limit is Limit.WINDOWS:
                job = judged.plan.job(judged.plan.starts_at)
                seen = judge(replace(job, kind=MaintenanceKind.PLANNED), group.party, rule)
                if seen.verdict is Verdict.KEPT:
                    found += [using.customer.id for using in group.customers]
    return tuple(found)


def _end_downtime(doing: Doing, work: Maintenance) -> None:
    """What ran out of its window was no maintenance in a window."""
    by = doing.by.id if doing.by else None
    for interval in downtime_of_maintenance(doing.session, work.team_id, work.name):
        if interval.ended_at is None:
            close_downtime(interval, doing.now, Change(event=DowntimeEvent.CLOSED, by=by), doing.now)
        if interval.maintenance == Taken.IN_WINDOW and work.began_at is not None and doing.now > work.began_at:
            inside = _in_windows(_as_it_runs(doing, work, doing.now))
            if not set(interval.customers or work.customers) <= set(inside):
                change = Change(event=DowntimeEvent.CORRECTED, by=by)
                correct_downtime(interval, Correction(maintenance=_taken(work)), change, doing.now)
