"""A ticket in full, and lists of tickets, a page at a time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from handlers import access
from handlers.agreements import Agreements
from handlers.log_pictures import log_facts
from handlers.pictures import ticket_facts
from handlers.rows import row_facts
from handlers.scene import Scene
from handlers.views import facts as told
from models import history
from models.clock import late_by
from models.customer import Customer
from models.history import Event
from models.queue import Rules, lines_at, queue
from models.store import Session
from models.ticket import Reach, Ticket, count_open, one_of_each_contract, open_tickets, tickets_read

LOG_PAGE = 20
LIST_PAGE = 15
COUNTED = 3_000
"""Tickets up to which a list is counted, and can be turned over: two hundred pages."""
SOON = timedelta(hours=4)
"""What the list of breaching tickets looks ahead."""


def details_facts(at: Scene, *, for_desk: bool, page: int) -> told.DetailsFacts:
    """A ticket with its log, a page at a time; the customer sees what it was told or wrote."""
    entries = [
        entry
        for entry in history.history_of(at.session, at.ticket.team_id, at.ticket.number)
        if for_desk or entry.event in SHOWN_TO_CUSTOMER
    ]
    pages = max(1, -(-len(entries) // LOG_PAGE))
    here = min(max(page, 0), pages - 1)
    shown = entries[here * LOG_PAGE : (here + 1) * LOG_PAGE]
    return told.DetailsFacts(
        ticket=ticket_facts(at),
        log=tuple(log_facts(at, entry) for entry in shown),
        for_desk=for_desk,
        page=here,
        pages=pages,
        paged=for_desk and any(entry.event in PAGING for entry in entries),
    )


PAGING = frozenset({Event.PAGED, Event.CALLED_OUT})
"""Events that somebody was told by."""

SHOWN_TO_CUSTOMER = frozenset(
    {
        Event.OPENED,
        Event.WORK_STARTED,
        Event.REPLIED,
        Event.SEVERITY_CHANGED,
        Event.WORKAROUND_OFFERED,
        Event.WORKAROUND_CONFIRMED,
        Event.WORKAROUND_REFUSED,
        Event.NEEDS_MORE_WORK,
        Event.RESOLVED,
        Event.REOPENED,
        Event.CUSTOMER_CONFIRMED,
        Event.CUSTOMER_WROTE,
        Event.AGENT_WROTE,
    }
)
"""Events that a customer's own view of its ticket lists. Source: SO-03."""


def queued(
    session: Session, agreements: Agreements, team_id: str, reach: Reach, *, limit: int, offset: int = 0
) -> list[Ticket]:
    """The open tickets that somebody may see, in the order in which they are taken."""
    if not reach.desks:
        return _sorted(session, agreements, team_id, reach.covers(), limit=limit, offset=offset)
    lines = lines_at(session, team_id, reach.desks)
    one_of_each = tickets_read(session, team_id, [line.number for line in lines])
    return queue(session, lines, _rules(session, agreements, one_of_each), limit=limit, offset=offset)


def _sorted(
    session: Session, agreements: Agreements, team_id: str, *conditions: Any, limit: int, offset: int = 0
) -> list[Ticket]:
    """As `queued`, for whatever is few among all: looked at one and all, and sorted."""
    rules = _rules(session, agreements, one_of_each_contract(session, team_id, *conditions))
    return open_tickets(session, team_id, *conditions, order=rules.order(), limit=limit, offset=offset)


def _rules(session: Session, agreements: Agreements, tickets: Sequence[Ticket]) -> Rules:
    """In which order tickets of one rank are taken, as the contracts of these have it."""
    orders = {}
    for ticket in tickets:
        customer = session.get(Customer, (ticket.team_id, ticket.customer_id))
        if customer is not None:
            orders[ticket.contract] = agreements.of_ticket(session, ticket, customer).queue.order
    return Rules(
        by_arrival=frozenset(contract for contract, order in orders.items() if "arrival" in order),
        support_first=frozenset(contract for contract, order in orders.items() if "kind" in order),
    )


def list_facts(
    session: Session,
    agreements: Agreements,
    viewer: access.Viewer,
    listing: told.Listing,
    page: int,
    now: datetime,
) -> told.ListFacts:
    """A page of the tickets that the viewer may see."""
    reach, team_id = access.reach_of(viewer), viewer.team_id
    conditions = [reach.covers(), *_narrowed(reach, listing, now)]
    counted = count_open(session, team_id, *conditions, upto=COUNTED + 1)
    total = min(counted, COUNTED)
    pages = max(1, -(-total // LIST_PAGE))
    here = min(max(page, 0), pages - 1)
    stretch = {"limit": LIST_PAGE, "offset": here * LIST_PAGE}
    if listing is told.Listing.OPEN:
        tickets = queued(session, agreements, team_id, reach, **stretch)
    else:
        tickets = _sorted(session, agreements, team_id, *conditions, **stretch)
    rows = tuple(row_facts(session, agreements, tickets, now))
    return told.ListFacts(
        listing=listing, rows=rows, total=total, more=counted > COUNTED, now=now, page=here, pages=pages
    )


def _narrowed(reach: Reach, listing: told.Listing, now: datetime) -> list[Any]:
    """The conditions that a list adds to what somebody may see."""
    if listing is told.Listing.MINE:
        return [reach.mine()]
    return [late_by(now + SOON)] if listing is told.Listing.BREACHING else []
