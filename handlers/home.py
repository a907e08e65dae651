"""App Home: an agent's tickets and queue, a contact's tickets and contract."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers import access, language, list_pictures
from handlers.access import Viewer, viewer_of
from handlers.agreements import NoAgreementError
from handlers.clicks import chosen, page_in
from handlers.desk import Body, Desk
from handlers.later import Later
from handlers.open_pages import open_pages
from handlers.origins import origin_of, team_of
from handlers.payloads import part_of, word_of
from handlers.rotas import desk_rota, people_on_call
from handlers.rows import row_facts
from handlers.views import facts as told
from handlers.views import homes
from handlers.views.blocks import ViewDict
from handlers.views.words import Words
from models.customer import Customer
from models.desk import Desk as SupportDesk
from models.desk import people_with_role
from models.person import Person
from models.record import with_ids
from models.rota.shift import RotaError
from models.sla.contract import Contract, Role
from models.store import Session
from models.ticket import Ticket

SHOWN = 60
PAGE = 20

THIS_WEEK, LASTING = Later("home_news", "this_week"), Later("home_news", "lasting")
"""Maintenance and outages of the reader's desks; loaded when an agent first looks."""
A_WEEK = timedelta(days=7)


def opened(body: Body, desk: Desk) -> None:
    """Somebody looks at App Home."""
    event = part_of(body, "event")
    if event.get("tab") == "home":
        publish(team_of(body), word_of(event, "user"), desk)


def turned(body: Body, desk: Desk) -> None:
    """Another page of App Home."""
    origin = origin_of(body)
    what, page = page_in(chosen(body))
    turned_to = Turned(of_pages=page) if what == homes.PAGES else Turned(of_tickets=page)
    publish(origin.team_id, origin.slack_user, desk, turned_to)


@dataclass(frozen=True, slots=True)
class Turned:
    """Which stretch of the tickets and of the open pages is shown."""

    of_tickets: int = 0
    of_pages: int = 0


def publish(team_id: str, slack_user: str, desk: Desk, turned_to: Turned | None = None) -> None:
    """Draw somebody's App Home as of now."""
    with desk.reading() as session:
        viewer = viewer_of(session, team_id, slack_user)
        view = view_of(session, viewer, turned_to or Turned(), desk)
    if not viewer.person.name:
        desk.aside.get_to_know(team_id, slack_user)
    desk.aside.publish_home(team_id, slack_user, view)


def view_of(session: Session, viewer: Viewer, turned_to: Turned, desk: Desk) -> ViewDict:
    """What somebody sees there: an agent's queue, a contact's tickets, or who to ask; and what they are paged for."""
    words, page = language.for_person(viewer.person), turned_to.of_tickets
    paged_for = open_pages(session, viewer, turned_to.of_pages)
    if viewer.is_desk:
        return homes.agent_home(replace(_agent(session, viewer, page, desk), open_pages=paged_for), words)
    customers = [session.get(Customer, (viewer.team_id, key)) for key in sorted(viewer.customers)]
    if customers and customers[0] is not None:
        facts = _contact(session, viewer, customers[0], page, desk, words)
        return homes.contact_home(replace(facts, open_pages=paged_for), words)
    return homes.stranger_home(paged_for, desk.now(), words)


def _rows(session: Session, viewer: Viewer, desk: Desk) -> list[tuple[Ticket, told.RowFact]]:
    reach = access.reach_of(viewer)
    tickets = list_pictures.queued(session, desk.agreements, viewer.team_id, reach, limit=SHOWN)
    return list(zip(tickets, row_facts(session, desk.agreements, tickets, desk.now()), strict=True))


def _agent(session: Session, viewer: Viewer, page: int, desk: Desk) -> told.AgentHomeFacts:
    now = desk.now()
    rows = _rows(session, viewer, desk)
    mine = [row for ticket, row in rows if ticket.owner_id == viewer.person.id]
    others = [row for ticket, row in rows if ticket.owner_id != viewer.person.id]
    late = [row for row in others if row.clock and row.clock.breached]
    today = [row for row in others if row not in late and _due_on(row, now)]
    rest = [row for row in others if row not in late and row not in today]
    pages = max(1, -(-len(rest) // PAGE))
    here = min(page, pages - 1)
    on_call = [
        told.PersonFact(person.slack_user, person.name)
        for each in with_ids(session, SupportDesk, viewer.team_id, sorted(viewer.roles))
        for person in _on_call(session, each, now)
    ]
    return told.AgentHomeFacts(
        mine=tuple(sorted(mine, key=_due)[:PAGE]),
        late=tuple(sorted(late, key=_due)[:PAGE]),
        due_today=tuple(sorted(today, key=_due)[:PAGE]),
        rest=tuple(rest[here * PAGE : (here + 1) * PAGE]),
        now=now,
        on_call=tuple(on_call[:1]),
        on_call_next=tuple(on_call[1:2]),
        page=here,
        pages=pages,
        maintenance=THIS_WEEK(session, viewer, now),
        outages=LASTING(session, viewer, now),
    )


def _on_call(session: Session, desk: SupportDesk, now: datetime) -> Sequence[Person]:
    """Who is on call for a desk, in the order in which they are asked: by its rota, else by its own list."""
    rota = desk_rota(session, desk)
    if rota is not None:
        try:
            return people_on_call(session, desk.team_id, rota, now)
        except RotaError:
            return ()  # `/oncall` says why
    return people_with_role(session, desk.team_id, desk.id, Role.ON_CALL)


def _due(row: told.RowFact) -> tuple[bool, float]:
    due = row.clock.due_at if row.clock else None
    return (due is None, due.timestamp() if due else 0.0)


def _due_on(row: told.RowFact, now: datetime) -> bool:
    zone = ZoneInfo(row.clock.zone if row.clock else "UTC")
    due = row.clock.due_at if row.clock else None
    return due is not None and due.astimezone(zone).date() == now.astimezone(zone).date()


def _contact(
    session: Session,
    viewer: Viewer,
    customer: Customer,
    page: int,
    desk: Desk,
    words: Words,
) -> told.ContactHomeFacts:
    rows = [row for _, row in _rows(session, viewer, desk)]
    pages = max(1, -(-len(rows) // PAGE))
    here = min(page, pages - 1)
    try:
        contract = desk.agreements.in_force(session, customer, desk.now()).contract
    except NoAgreementError:
        return told.ContactHomeFacts(
            customer=customer.name,
            contract="",
            contract_lines=(),
            rows=tuple(rows[:PAGE]),
            now=desk.now(),
        )
    return told.ContactHomeFacts(
        customer=customer.name,
        contract=contract.vendor,
        contract_lines=_in_five_lines(contract, words),
        rows=tuple(rows[here * PAGE : (here + 1) * PAGE]),
        now=desk.now(),
        page=here,
        pages=pages,
    )


def _in_five_lines(contract: Contract, words: Words) -> tuple[str, ...]:
    clauses = dict.fromkeys(promise.clause for promise in contract.promises)
    said = [f"{contract.says(clause, words.language)} ({clause})" for clause in clauses]
    return tuple(line for line in said if not line.startswith(" ("))[:5]
