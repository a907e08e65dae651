"""`/ticket`: opens the view, or answers privately with a list, a ticket, its account, or help."""

from collections.abc import Callable, Mapping

from handlers import access, list_pictures, log_pictures, opening
from handlers.access import Act, Viewer, viewer_of
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.looking import reader
from handlers.origins import Origin, origin_of
from handlers.payloads import ticket_number
from handlers.readers import words_for
from handlers.scene import Scene, scene
from handlers.views import lists
from handlers.views import why as why_views
from handlers.views.blocks import Rendered
from handlers.views.facts import Listing, Refusal
from models.store import Session
from models.ticket import ticket_by_number

Subcommand = Callable[[Origin, str, Desk], Rendered]


def ticket(body: Body, desk: Desk) -> Rendered | None:
    """The command. A first word that is no subcommand begins a summary."""
    origin, text = origin_of(body), str(body.get("text") or "").strip()
    first, _, rest = text.partition(" ")
    subcommand = SUBCOMMANDS.get(first.lower())
    if subcommand is not None and _fits(first.lower(), rest.strip()):
        return subcommand(origin, rest.strip(), desk)
    if ticket_number(text) is not None:
        return _details(origin, text, desk)
    opening.from_command(origin, text, desk)
    return None


def _fits(first: str, rest: str) -> bool:
    """Whether the words are a subcommand, and not a summary that begins like one."""
    if first == "list":
        return rest.lower() in {"", *Listing}
    if first == "why":
        return ticket_number(rest) is not None
    return not rest


def _help(origin: Origin, text: str, desk: Desk) -> Rendered:
    del text
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        return lists.help_message(viewer.is_desk, words_for(session, viewer, origin))


def _list(origin: Origin, text: str, desk: Desk) -> Rendered:
    listing = Listing(text.lower() or Listing.OPEN)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        facts = list_pictures.list_facts(session, desk.agreements, viewer, listing, 0, desk.now())
        return lists.list_message(facts, words_for(session, viewer, origin))


def _details(origin: Origin, text: str, desk: Desk) -> Rendered:
    with desk.reading() as session:
        viewer, at = _look(session, origin, text, desk)
        inside = at.ticket.desk_id in viewer.roles
        facts = list_pictures.details_facts(at, for_desk=inside, page=0)
        return lists.details_message(facts, reader(session, viewer, at))


def _why(origin: Origin, text: str, desk: Desk) -> Rendered:
    with desk.reading() as session:
        viewer, at = _look(session, origin, text, desk)
        words = reader(session, viewer, at)
        return why_views.why_message(log_pictures.why_facts(at, words.language), words)


def _look(session: Session, origin: Origin, text: str, desk: Desk) -> tuple[Viewer, Scene]:
    viewer, number = viewer_of(session, origin.team_id, origin.slack_user), ticket_number(text)
    found = ticket_by_number(session, origin.team_id, number or 0)
    if found is None:
        raise UserError(Refusal.UNKNOWN_TICKET, number=f"T-{number}")
    access.demand(session, viewer, Act.SEE, found)
    return viewer, scene(session, desk.agreements, found, desk.now())


SUBCOMMANDS: Mapping[str, Subcommand] = {"help": _help, "list": _list, "why": _why}
"""What may stand after `/ticket`."""
