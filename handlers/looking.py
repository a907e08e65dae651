"""What a press shows: the account of the deadlines, a ticket's details, a list; and their pages."""

from handlers import access, language, list_pictures, log_pictures, page_pictures
from handlers.access import Act, Viewer, viewer_of
from handlers.clicks import chosen, one_of, page_in, ticket_of_click
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.origins import Origin, origin_of
from handlers.payloads import ticket_number
from handlers.scene import Scene, scene
from handlers.views import lists, paging
from handlers.views import why as why_views
from handlers.views.blocks import ViewDict
from handlers.views.facts import Listing, Refusal
from handlers.views.words import Words
from models.store import Session
from models.ticket import Ticket, ticket_by_number


def why(body: Body, desk: Desk) -> None:
    """*Why?*: each deadline's account."""
    why_now(body, desk, ticket_of_click(body))


def why_now(body: Body, desk: Desk, number: int) -> None:
    show_view(body, why_of(body, desk, number, 0), desk)


def why_of(body: Body, desk: Desk, number: int, page: int) -> ViewDict:
    """The account of a ticket's deadlines."""
    with desk.reading() as session:
        viewer, at = look(session, desk, origin_of(body), number, Act.SEE)
        words = reader(session, viewer, at)
        return why_views.why_view(log_pictures.why_facts(at, words.language), words, page)


def show(body: Body, desk: Desk) -> None:
    """*Details* or *Open*: the ticket with its log."""
    details_now(body, desk, ticket_of_click(body))


def details_now(body: Body, desk: Desk, number: int) -> None:
    show_view(body, details_of(body, desk, number, 0), desk)


def details_of(body: Body, desk: Desk, number: int, page: int) -> ViewDict:
    """A ticket in full."""
    with desk.reading() as session:
        viewer, at = look(session, desk, origin_of(body), number, Act.SEE)
        inside = at.ticket.desk_id in viewer.roles
        facts = list_pictures.details_facts(at, for_desk=inside, page=page)
        return lists.details_view(facts, reader(session, viewer, at))


def who_told(body: Body, desk: Desk) -> None:
    """*Who was told?*: every page of a ticket with its receipts."""
    with desk.reading() as session:
        viewer, at = look(session, desk, origin_of(body), ticket_of_click(body), Act.SEE_INSIDE)
        view = paging.told_view(page_pictures.told_facts(at), reader(session, viewer, at))
    show_view(body, view, desk)


def show_view(body: Body, view: ViewDict, desk: Desk) -> None:
    """A modal of its own, or on top of the one that is open."""
    origin = origin_of(body)
    trigger = origin.trigger_id or ""
    if (body.get("view") or {}).get("type") == "modal":
        desk.aside.push_view(origin.team_id, trigger, view, origin.sorry)
    else:
        desk.aside.open_view(origin.team_id, trigger, view, origin.sorry)


def why_page(body: Body, desk: Desk) -> None:
    """Another page of the account."""
    named, page = page_in(chosen(body))
    _replace(body, desk, why_of(body, desk, ticket_number(named) or 0, page))


def details_page(body: Body, desk: Desk) -> None:
    """Another page of a ticket's log."""
    named, page = page_in(chosen(body))
    _replace(body, desk, details_of(body, desk, ticket_number(named) or 0, page))


def list_page(body: Body, desk: Desk) -> None:
    """Another page of a list."""
    _list(body, desk, *page_in(chosen(body)))


def choose_list(body: Body, desk: Desk) -> None:
    """Another list, from its first page."""
    _list(body, desk, chosen(body), 0)


def _list(body: Body, desk: Desk, name: str, page: int) -> None:
    """In the modal where it was asked for, in one of its own from App Home, else privately."""
    origin, listing = origin_of(body), one_of(Listing, name)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        facts = list_pictures.list_facts(session, desk.agreements, viewer, listing, page, desk.now())
        words = language.for_person(viewer.person)
    shown = (body.get("view") or {}).get("type")
    if shown == "modal":
        _replace(body, desk, lists.list_view(facts, words))
    elif shown == "home":
        view = lists.list_view(facts, words)
        desk.aside.open_view(origin.team_id, origin.trigger_id or "", view, origin.sorry)
    else:
        desk.aside.tell(origin.team_id, origin.sorry, lists.list_message(facts, words))


def _replace(body: Body, desk: Desk, view: ViewDict) -> None:
    shown = body.get("view") or {}
    desk.aside.update_view(origin_of(body).team_id, shown.get("id", ""), view, shown.get("hash"))


def ticket_there(session: Session, origin: Origin, number: int) -> Ticket | None:
    return ticket_by_number(session, origin.team_id, number)


def look(session: Session, desk: Desk, origin: Origin, number: int, act: Act) -> tuple[Viewer, Scene]:
    """The viewer and the ticket, if the viewer may do that.

    Raises:
        UserError: there is none to be seen, or the act is not the viewer's.
    """
    viewer = viewer_of(session, origin.team_id, origin.slack_user)
    ticket = ticket_there(session, origin, number)
    if ticket is None:
        raise UserError(Refusal.UNKNOWN_TICKET, number=f"T-{number}")
    access.demand(session, viewer, act, ticket)
    return viewer, scene(session, desk.agreements, ticket, desk.now())


def reader(session: Session, viewer: Viewer, at: Scene) -> Words:
    """The words for somebody who looks at a ticket."""
    del session
    inside = at.ticket.desk_id in viewer.roles
    return language.for_person(
        viewer.person,
        channel_language=at.desk.language if inside else at.customer.language,
        forced=None if inside else at.contract.forced_language,
        zone=at.contract.zone,
    )
