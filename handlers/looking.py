"""What a press shows: the account of the deadlines, a ticket's details, a list; and their pages."""

from handlers import language, list_pictures, log_pictures
from handlers.access import Act, viewer_of
from handlers.asking import look, reader
from handlers.clicks import chosen, one_of, page_in, ticket_of_click
from handlers.desk import Body, Desk
from handlers.origins import origin_of
from handlers.payloads import ticket_number
from handlers.views import lists
from handlers.views import why as why_views
from handlers.views.blocks import ViewDict
from handlers.views.facts import Listing


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
