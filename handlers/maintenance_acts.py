"""What is done with a plan: stored, approved, moved, cancelled.

Every act is one transaction: the event, what it changes, what is owed to whom, and the next timers.
"""

from collections.abc import Sequence
from datetime import timedelta

from handlers import announcing
from handlers.maintenance_doing import Doing, Wish, about_of, note, remind_planner
from handlers.maintenance_running import start, unmute
from handlers.maintenance_telling import DAY, TIMERS, notice_at, schedule, tell_on
from models import typed_text
from models.desk import Desk
from models.maintenance import (
    Maintenance,
    MaintenanceEvent,
    Stage,
    next_maintenance_number,
)
from models.sla.maintenance_rules import MaintenanceKind

A_WHILE = timedelta(hours=1)
"""After how long at least an approver is asked again."""


def plan(doing: Doing, wishes: Sequence[Wish], series: int | None = None) -> list[Maintenance]:
    """Store what was planned, in order; several are a series, or go on with one."""
    works: list[Maintenance] = []
    for wish in wishes:
        first = works[0].number if works else None
        works.append(_planned(doing, wish, series or first))
    if len(works) > 1 and series is None:
        works[0].series = works[0].number
    if works and works[0].stage is Stage.ASKED:
        _ask(doing, works)
    return works


def _planned(doing: Doing, wish: Wish, series: int | None) -> Maintenance:
    session, planner, judged = doing.session, doing.by, wish.judged
    asked = judged.plan
    title_id = typed_text.keep(session, asked.team_id, planner.id if planner else None, wish.title)
    work = Maintenance(
        team_id=asked.team_id,
        number=next_maintenance_number(session, asked.team_id),
        desk_id=asked.desk_id,
        services=list(asked.services),
        components=dict(asked.components) if asked.components else None,
        kind=asked.kind,
        downtime=asked.downtime,
        title_id=title_id or "",
        noticed_id=typed_text.keep(session, asked.team_id, planner.id if planner else None, wish.noticed),
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        only=None if asked.only is None else sorted(asked.only),
        without=sorted(asked.without),
        customers=judged.customers,
        agreed=judged.customers if asked.agreed else [],
        planned_at=doing.now,
        planned_by=planner.id if planner else "",
        approver_id=wish.approver.id if wish.approver else None,
        approved_at=doing.now if wish.approver and planner and wish.approver.id == planner.id else None,
        latest_at=judged.latest,
        series=series,
    )
    session.add(work)
    session.flush()
    _owe_card(doing, work)
    when = {"starts_at": work.starts_at.isoformat(), "ends_at": work.ends_at.isoformat()}
    note(doing, work, MaintenanceEvent.PLANNED, when)
    _override(doing, work, wish)
    if work.stage is Stage.PLANNED:
        schedule(doing, work)
    if work.kind == MaintenanceKind.UNPLANNED and work.starts_at <= doing.now:
        start(doing, work, work.starts_at)
    return work


def _owe_card(doing: Doing, work: Maintenance) -> None:
    desk = doing.session.get(Desk, (work.team_id, work.desk_id))
    announcing.owe_desk_card(doing.ledger, about_of(work), desk.channel_id if desk else "")


def _override(doing: Doing, work: Maintenance, wish: Wish) -> None:
    """What is broken is kept with who took it on, and why."""
    broken, by = wish.judged.broken, wish.overrider or doing.by
    if not broken or by is None:
        work.broken, work.override_id, work.override_by = [], None, None
        return
    found = [{"contract": each.party.contract.id, "rule": each.rule.id, "clause": each.rule.clause} for each in broken]
    unique = list({tuple(sorted(each.items())): each for each in found}.values())
    text_id = typed_text.keep(doing.session, work.team_id, by.id, wish.reason)
    clauses = list(dict.fromkeys(each["clause"] for each in unique))
    note(
        doing,
        work,
        MaintenanceEvent.OVERRIDDEN,
        {"clauses": clauses},
        text_id=text_id,
        broken=unique,
        override_id=text_id,
        override_by=by.id,
    )


def _ask(doing: Doing, works: Sequence[Maintenance]) -> None:
    for work in works:
        ask_approver(doing, work)
        before = notice_at(work, doing.now) - DAY
        announcing.look_again(doing.session, about_of(work), "unapproved", max(before, doing.now + A_WHILE))
        announcing.look_again(doing.session, about_of(work), "never_started", max(work.ends_at, doing.now))


def ask_approver(doing: Doing, work: Maintenance) -> None:
    """A direct message to who approves it."""
    if work.approver_id is not None:
        key = f"approve:{doing.now.isoformat()}"
        announcing.remind(doing.ledger, about_of(work), [work.approver_id], key, {"what": "approve"})


def unapproved(doing: Doing, work: Maintenance) -> None:
    """It is about time that customers are told, and nobody approved it: both are told so."""
    ask_approver(doing, work)
    remind_planner(doing, work, "unapproved")


def approve(doing: Doing, work: Maintenance) -> None:
    """Its approver says yes: now it is told when it must be."""
    note(doing, work, MaintenanceEvent.APPROVED, approved_at=doing.now)
    remind_planner(doing, work, "approved")
    schedule(doing, work)


def decline(doing: Doing, work: Maintenance) -> None:
    """Its approver says no: it does not take place."""
    note(doing, work, MaintenanceEvent.DECLINED, cancelled_at=doing.now)
    remind_planner(doing, work, "declined")


# Moved, cancelled


def move(doing: Doing, work: Maintenance, wish: Wish) -> None:
    """Another time: everybody who was told hears of it, and it is planned anew."""
    asked = wish.judged.plan
    was = {"starts_at": work.starts_at.isoformat(), "ends_at": work.ends_at.isoformat()}
    entry = note(
        doing,
        work,
        MaintenanceEvent.MOVED,
        was,
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        planned_at=doing.now,
        latest_at=wish.judged.latest,
        customers=wish.judged.customers,
    )
    _override(doing, work, wish)
    tell_on(doing, work, entry)
    unmute(doing, work)
    if work.stage is Stage.PLANNED:
        schedule(doing, work)
    else:
        _ask(doing, [work])


def cancel(doing: Doing, work: Maintenance, why: str) -> None:
    """It does not take place: everybody who was told hears of it."""
    text_id = typed_text.keep(doing.session, work.team_id, doing.by.id if doing.by else None, why)
    announcing.forget(doing.session, about_of(work), *TIMERS)
    entry = note(doing, work, MaintenanceEvent.CANCELLED, text_id=text_id, cancelled_at=doing.now, notice_at=None)
    tell_on(doing, work, entry, to_new=False)
    unmute(doing, work)
