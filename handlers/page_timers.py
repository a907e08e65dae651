"""What the timer of a page asks: nobody answered, or nobody began, or a page is to begin."""

from datetime import datetime

from handlers import paging
from handlers.owed import Ledger
from handlers.page_calls import Paging
from handlers.timers import Batch
from models.desk import Desk
from models.history import Event, Happening
from models.page import page_by_id
from models.store import Session
from models.timer import Timer


def on_due(session: Session, timer: Timer, now: datetime, batch: Batch) -> None:
    """Nobody answered a page, or nobody began: it goes on. A page needs no ticket; without a page, it begins.

    None begins for a ticket that has ended since.
    """
    ledger = Ledger(session, batch.machine_now, batch.changed, batch.fresh)
    opened = batch.tickets.get((timer.team_id, timer.ticket_number)) if timer.clock_id is None else None
    if opened is not None and opened.ended:
        return
    if opened is not None:
        happening = Happening(event=Event.PAGED, at=now, facts={"clause": timer.args.get("clause")})
        paging.page_next(ledger, opened, happening, timer.args.get("flags", ()))
        return
    page = page_by_id(session, timer.team_id, timer.clock_id or "")
    desk = session.get(Desk, (timer.team_id, page.desk_id)) if page else None
    if page is None or desk is None:
        return
    ticket = batch.tickets.get((timer.team_id, page.ticket_number or 0))
    paging.on_due(Paging(ledger, page, desk, ticket, now))
