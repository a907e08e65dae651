"""A ticket in full, and lists of tickets, a page at a time."""

from datetime import datetime, timedelta
from typing import Any

from handlers import access
from handlers.agreements import Agreements
from handlers.log_pictures import log_facts
from handlers.pictures import row_fact, ticket_facts
from handlers.scene import Scene, scene
from handlers.views import facts as told
from models import history
from models.clock import in_queue, late_by
from models.customer import Customer
from models.history import Event
from models.store import Session
from models.ticket import Order, count_open, one_of_each_contract, open_tickets

LOG_PAGE = 20
LIST_PAGE = 15
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
    )


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


def queue_of(session: Session, agreements: Agreements, team_id: str, *conditions: Any) -> Order:
    """The order in which tickets of one rank are taken, as their contracts have it."""
    orders = {}
    for ticket in one_of_each_contract(session, team_id, *conditions):
        customer = session.get(Customer, (team_id, ticket.customer_id))
        if customer is not None:
            orders[ticket.contract] = agreements.of_ticket(session, ticket, customer).queue.order
    return in_queue(
        by_arrival={contract for contract, order in orders.items() if "arrival" in order},
        support_first={contract for contract, order in orders.items() if "kind" in order},
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
    reach = access.reach_of(viewer)
    conditions = [reach.covers()]
    if listing is told.Listing.MINE:
        conditions.append(reach.mine())
    if listing is told.Listing.BREACHING:
        conditions.append(late_by(now + SOON))
    total = count_open(session, viewer.team_id, *conditions)
    pages = max(1, -(-total // LIST_PAGE))
    here = min(max(page, 0), pages - 1)
    order = queue_of(session, agreements, viewer.team_id, *conditions)
    tickets = open_tickets(session, viewer.team_id, *conditions, order=order, limit=LIST_PAGE, offset=here * LIST_PAGE)
    rows = tuple(row_fact(scene(session, agreements, ticket, now)) for ticket in tickets)
    return told.ListFacts(listing=listing, rows=rows, total=total, now=now, page=here, pages=pages)
