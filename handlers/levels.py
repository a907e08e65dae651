"""Who else takes part: level 3, management, a coming release, and the promise of a next update."""

from datetime import datetime

from handlers import counting
from handlers.acts import UPDATED, promise_update
from handlers.doing import Doing, last_event, refuse_ended, replan, somebody, stop
from handlers.errors import UserError
from handlers.owed import note, tell_role
from handlers.views.facts import Refusal
from models.history import Event
from models.sla.contract import Role, Starts
from models.sla.plan import plan, promises_for


def to_level_3(doing: Doing, reason: str) -> None:
    """Level 2 decides that development is needed. Source: PI-11, PI-16."""
    refuse_ended(doing.ticket)
    handed = last_event(doing, Event.TO_LEVEL_3)
    if handed is not None:
        raise UserError(
            Refusal.ALREADY_LEVEL_3,
            number=doing.ticket.name,
            person=somebody(doing, handed.actor_id),
            at=handed.at,
        )
    happening = doing.happening(Event.TO_LEVEL_3, text_id=doing.keep(reason))
    top = doing.contract.levels.top if doing.contract.levels else 3
    doing.note(happening, level=top)


def to_management(doing: Doing, reason: str) -> None:
    """Somebody lifts it to management. Source: PI-16."""
    refuse_ended(doing.ticket)
    happening = doing.happening(Event.ESCALATED, text_id=doing.keep(reason), facts={"role": str(Role.MANAGER)})
    tell_role(doing.work.ledger, doing.ticket, note(doing.work.ledger, doing.ticket, happening))


def plan_release(doing: Doing, release: str, reason: str) -> None:
    """Which version it comes in; moving it needs a reason. Source: PI-08."""
    refuse_ended(doing.ticket)
    before = doing.ticket.target_release
    if before == release:
        return
    if before is not None and not reason:
        raise UserError(Refusal.REASON_MISSING, "act.reason")
    happening = doing.happening(Event.TARGET_RELEASE, text_id=doing.keep(reason), facts={"other": release})
    doing.note(happening, to_customer=True, target_release=release)


def needs_more_work(doing: Doing, text: str, next_update_at: datetime | None) -> None:
    """It takes more work: the customer is told, and hears back. Source: PI-13."""
    refuse_ended(doing.ticket)
    if next_update_at is not None and next_update_at <= doing.work.now:
        raise UserError(Refusal.UPDATE_IN_PAST, "act.next_update", at=next_update_at)
    stop(doing, UPDATED, doing.work.now)
    promise_update(doing, next_update_at)
    promised = next_update_at or _next_update_due(doing)
    facts = {"next_update_at": promised.isoformat()} if promised else {}
    happening = doing.happening(Event.NEEDS_MORE_WORK, text_id=doing.keep(text), facts=facts)
    doing.note(happening, to_customer=True)
    replan(doing)


def _next_update_due(doing: Doing) -> datetime | None:
    facts = counting.facts_of(doing.ticket, Starts.MORE_WORK)
    for promise in promises_for(doing.contract, facts):
        planned = plan(doing.contract, promise, reported_at=doing.work.now, region=doing.ticket.region)
        return planned.due
    return None
