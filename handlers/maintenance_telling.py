"""Telling of maintenance: when it must be told, again before it begins, and of whatever happens to it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from handlers import announcing
from handlers.announcing import Update
from handlers.audiences import Heard, Reader, audience_of
from handlers.maintenance_doing import Doing, about_of, note, plan_of
from handlers.maintenance_guard import wanted_of
from handlers.maintenance_pictures import line_facts, work_facts
from handlers.views import maintenance_cards as cards
from models.maintenance import (
    Maintenance,
    MaintenanceEntry,
    MaintenanceEvent,
)
from models.sla.maintenance_rules import MaintenanceKind
from models.store import Session
from models.told import Told, Way, tellings_of

DAY = timedelta(days=1)
UNASKED = timedelta(days=7)
"""How long before it customers are told where no agreement says."""
MARGIN = timedelta(hours=1)
"""How long before the latest moment the notice goes out: Vakt may be down, and Slack may be slow."""
PUNCTUAL = timedelta(minutes=5)
"""By how much it may begin or end off the time announced where no agreement says."""
AGAIN = ((2 * DAY, DAY), (timedelta(hours=3), timedelta(hours=1)))
"""When those who were told are reminded: told so long before, reminded so long before."""
TIMERS = ("unapproved", "tell", "tell_soon", "again", "start", "not_started", "overrun", "never_started")


def schedule(doing: Doing, work: Maintenance) -> None:
    """Set the timers of a time that stands, and tell at once where that is due."""
    about, session = about_of(work), doing.session
    announcing.forget(session, about, *TIMERS)
    announcing.look_again(session, about, "start", max(work.starts_at, doing.now))
    announcing.look_again(session, about, "not_started", max(work.starts_at + PUNCTUAL, doing.now))
    announcing.look_again(session, about, "never_started", max(work.ends_at, doing.now))
    if work.told_at is not None:
        _remind_later(doing, work)
        return
    work.notice_at = notice_at(work, doing.now)
    if work.notice_at <= doing.now:
        tell(doing, work)
        return
    announcing.look_again(session, about, "tell", work.notice_at)
    if work.notice_at - DAY > doing.now:
        announcing.look_again(session, about, "tell_soon", work.notice_at - DAY)


def notice_at(work: Maintenance, now: datetime) -> datetime:
    """When customers are told: at once where it is unplanned, else a little before they must be."""
    if work.kind == MaintenanceKind.UNPLANNED:
        return now
    at = work.starts_at - UNASKED if work.latest_at is None else work.latest_at - MARGIN
    return max(at, now)


def tell(doing: Doing, work: Maintenance) -> None:
    """Announce it to everybody whom it is for."""
    heard = heard_by(doing, work)
    work.told_at, work.notice_at, work.customers = doing.now, None, [each.customer.id for each in heard.customers]
    facts = work_facts(doing.session, work, doing.now)
    announcing.announce(
        doing.ledger, about_of(work), heard.readers, lambda words: cards.announcement_text(facts, words), doing.now
    )
    announcing.forget(doing.session, about_of(work), "tell", "tell_soon")
    late = doing.now - work.latest_at if work.latest_at is not None and work.latest_at < doing.now else timedelta()
    off = {"off": late.total_seconds()} if late and work.kind != MaintenanceKind.UNPLANNED else {}
    note(doing, work, MaintenanceEvent.TOLD, {"step": 0, "count": len(heard.readers), **off})
    _remind_later(doing, work)


def _remind_later(doing: Doing, work: Maintenance) -> None:
    ahead = work.starts_at - doing.now
    for told_before, before in AGAIN:
        if ahead >= told_before:
            announcing.look_again(doing.session, about_of(work), "again", work.starts_at - before)
            return


def tell_again(doing: Doing, work: Maintenance) -> None:
    """Remind those who were told, before it begins."""
    entry = note(doing, work, MaintenanceEvent.TOLD_AGAIN)
    tell_on(doing, work, entry)


def tell_on(doing: Doing, work: Maintenance, entry: MaintenanceEntry, *, to_new: bool = True) -> None:
    """Tell those who were told of one event more; and those who came since of all of it."""
    if work.told_at is None:
        return
    work.steps += 1
    entry.facts = {**entry.facts, "step": work.steps}
    doing.session.flush()
    line = line_facts(doing.session, work, entry, doing.now)
    readers = heard_by(doing, work).readers if to_new else tuple(_mailed(doing, work))
    update = Update(work.steps, lambda words: cards.line_text(line, words))
    announcing.tell_on(doing.ledger, about_of(work), update, readers, doing.now)


def _mailed(doing: Doing, work: Maintenance) -> Iterable[Reader]:
    """Who was told of it by mail: a word that it is off goes to nobody else who was not told."""
    told = {each.receiver for each in _tellings(doing.session, work) if each.way == Way.MAIL}
    return [each for each in heard_by(doing, work).readers if each.way is Way.MAIL and each.receiver in told]


def _tellings(session: Session, work: Maintenance) -> list[Told]:
    return [told for told, _ in tellings_of(session, work.team_id, work.name)]


def heard_by(doing: Doing, work: Maintenance) -> Heard:
    return audience_of(doing.session, doing.agreements, wanted_of(plan_of(work)), doing.now)
