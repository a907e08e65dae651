"""Looking at outages: the list, one in full, and who may."""

import re
from typing import Any

from handlers.access import Viewer, viewer_of
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.origins import Origin, origin_of
from handlers.outage_pictures import desk_facts, line_facts, row_fact, told_facts
from handlers.readers import words_for
from handlers.views import outage_desk as views
from handlers.views.blocks import Rendered
from handlers.views.facts import Refusal
from models.outage import (
    Outage,
    latest_outages,
    outage_by_number,
    outage_entries,
)
from models.store import Session

NAME = re.compile(r"O-?([0-9]{1,9})", re.IGNORECASE)
SHOWN = 15


def listed(body: Body, desk: Desk) -> Rendered:
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = desk_viewer(session, origin)
        found = latest_outages(session, origin.team_id, viewer.roles.keys(), SHOWN)
        rows = [row_fact(session, outage, desk.now()) for outage in found]
        return views.list_message(rows, words_for(session, viewer, origin))


def desk_viewer(session: Session, origin: Origin) -> Viewer:
    viewer = viewer_of(session, origin.team_id, origin.slack_user)
    if not viewer.is_desk:
        raise UserError(Refusal.DESK_ONLY)
    return viewer


def shown(body: Body, desk: Desk, number: int) -> Rendered:
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = desk_viewer(session, origin)
        outage = outage_found(session, viewer, number)
        return views.details_message(*everything(session, outage, desk), words_for(session, viewer, origin))


def show(body: Body, desk: Desk) -> None:
    """*Everything about it*."""
    origin, number = origin_of(body), named(chosen(body))
    with desk.reading() as session:
        viewer = desk_viewer(session, origin)
        outage = outage_found(session, viewer, number)
        view = views.details_view(*everything(session, outage, desk), words_for(session, viewer, origin))
    desk.aside.open_view(origin.team_id, origin.trigger_id or "", view, origin.sorry)


def everything(session: Session, outage: Outage, desk: Desk) -> tuple[Any, Any, Any]:
    now = desk.now()
    lines = [
        line_facts(session, outage, entry, now) for entry in outage_entries(session, outage.team_id, outage.number)
    ]
    return desk_facts(session, desk.agreements, outage, now), lines, told_facts(session, outage)


def outage_found(session: Session, viewer: Viewer, number: int) -> Outage:
    outage = outage_by_number(session, viewer.team_id, number)
    if outage is None or outage.desk_id not in viewer.roles:
        raise UserError(Refusal.UNKNOWN_OUTAGE, name=f"O-{number}")
    return outage


def named(value: str) -> int:
    number = number_in(value)
    if number is None:
        raise UserError(Refusal.OLD_BUTTON)
    return number


def number_in(word: str) -> int | None:
    found = NAME.fullmatch(word)
    return int(found[1]) if found else None
