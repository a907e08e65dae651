"""The windows about an outage that lasts: opened by a button or a word, and submitted."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from handlers import outages
from handlers.access import viewer_of
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.fields import (
    is_ticked,
    moment_in,
    state_of,
    text_in,
    value_in,
)
from handlers.once import once
from handlers.origins import origin_of
from handlers.outage_corrections import correct, count_open_tickets, set_roles
from handlers.outage_corrections import link as link_tickets
from handlers.outage_drafts import promises_in
from handlers.outage_handling import Handling, demand_desk, handle, last_edit, refuse_changed
from handlers.outage_looking import desk_viewer, named, outage_found
from handlers.outage_pictures import outage_facts, row_fact
from handlers.payloads import metadata, metadata_of, ticket_number
from handlers.readers import words_for
from handlers.scene import person_fact
from handlers.views import outage_desk as views
from handlers.views import outage_forms as windows
from handlers.views.blocks import Rendered, ViewDict
from handlers.views.facts import PersonFact, Refusal
from handlers.views.facts.outages import (
    OutageActFacts,
)
from handlers.views.names import Field
from handlers.views.words import Words
from models.downtime import Scope
from models.outage import (
    Outage,
)
from models.person import Person, person_by_slack_id
from models.store import Session

Answer = Mapping[str, Any] | None


Window = Callable[[OutageActFacts, Words], ViewDict]

WINDOWS: Mapping[str, Window] = {
    "update": windows.update_view,
    "end": windows.end_view,
    "times": windows.edit_view,
    "roles": windows.roles_view,
}
"""What may be typed before an outage's name."""


def update(body: Body, desk: Desk) -> None:
    """*Update*."""
    open_window(body, desk, named(chosen(body)), windows.update_view)


def end(body: Body, desk: Desk) -> None:
    """*End*."""
    open_window(body, desk, named(chosen(body)), windows.end_view)


def edit(body: Body, desk: Desk) -> None:
    """*Times*."""
    open_window(body, desk, named(chosen(body)), windows.edit_view)


def roles(body: Body, desk: Desk) -> None:
    """*Roles*."""
    open_window(body, desk, named(chosen(body)), windows.roles_view)


def link(body: Body, desk: Desk) -> None:
    """*Link tickets*."""
    open_window(body, desk, named(chosen(body)), windows.link_view)


def open_window(body: Body, desk: Desk, number: int, window: Window) -> None:
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = desk_viewer(session, origin)
        outage = outage_found(session, viewer, number)
        demand_desk(viewer, outage.desk_id)
        if outage.ended_at is not None and window is not windows.edit_view:
            raise UserError(Refusal.OUTAGE_OVER, name=outage.name, at=outage.ended_at)
        view = window(_act_facts(session, outage, desk.now()), words_for(session, viewer, origin))
    desk.aside.open_view(origin.team_id, origin.trigger_id or "", view, origin.sorry)


def _act_facts(session: Session, outage: Outage, now: datetime) -> OutageActFacts:
    team_id = outage.team_id
    edited = last_edit(session, outage)
    return OutageActFacts(
        metadata=metadata(outage=outage.number, seen=edited.position if edited else None),
        outage=outage_facts(session, outage, now),
        gravity=outage.gravity,
        detected_at=outage.detected_at,
        reported_at=outage.reported_at,
        tickets=count_open_tickets(session, outage),
        lead=person_fact(session, team_id, outage.lead_id),
        communications=person_fact(session, team_id, outage.communications_id),
        scribe=person_fact(session, team_id, outage.scribe_id),
    )


def _handled(body: Body, desk: Desk, do: Callable[[Handling], None], *, over: bool = False) -> Answer:
    """Do something about the outage whose window was submitted, unless it was changed meanwhile."""
    carried = metadata_of(body)
    number = carried.get("outage")
    if not isinstance(number, int):
        raise UserError(Refusal.OLD_WINDOW)
    with once(desk, origin_of(body)) as work:
        at = handle(work, desk.agreements, number, over=over)
        refuse_changed(at, carried.get("seen"))
        do(at)
    desk.log("outage_changed", outage=f"O-{number}")
    return None


def updated(body: Body, desk: Desk) -> Answer:
    """*Send update*."""
    state, now = state_of(body), desk.now()
    expected_end, next_update = promises_in(state, now, needed=True)
    scope = value_in(state, Field.SCOPE) or ""
    if scope not in set(Scope):
        raise UserError(Refusal.NO_SUCH_CHOICE, Field.SCOPE)
    news = outages.News(
        text=text_in(state, Field.TEXT, missing=Refusal.TEXT_MISSING),
        cause=text_in(state, Field.CAUSE, limit=windows.CAUSE_LIMIT),
        scope=scope,
        expected_end=expected_end,
        next_update_at=next_update,
    )
    return _handled(body, desk, lambda at: outages.tell_on(at, news))


def ended(body: Body, desk: Desk) -> Answer:
    """*End it*."""
    state, now = state_of(body), desk.now()
    ended_at = moment_in(state, Field.ENDED_AT, now, Refusal.ENDED_IN_FUTURE) or now
    cause = text_in(state, Field.CAUSE, limit=windows.CAUSE_LIMIT)
    text = text_in(state, Field.TEXT)
    resolve = is_ticked(state, Field.RESOLVE_TICKETS)

    def do(at: Handling) -> None:
        # The picker knows minutes only: one within the minute of the start is the start.
        end_at = max(ended_at, at.outage.began_at) if _same_minute(ended_at, at.outage.began_at) else ended_at
        if end_at < at.outage.began_at:
            raise UserError(Refusal.ENDED_BEFORE_BEGAN, Field.ENDED_AT, began=at.outage.began_at)
        outages.end(at, end_at, cause, text, resolve=resolve)

    return _handled(body, desk, do)


def _same_minute(one: datetime, other: datetime) -> bool:
    return one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0)


def edited(body: Body, desk: Desk) -> Answer:
    """*Save* of the times."""
    state, now = state_of(body), desk.now()
    reason = text_in(state, Field.REASON, missing=Refusal.REASON_MISSING)
    fields = {"began_at": Field.BEGAN_AT, "detected_at": Field.DETECTED_AT, "reported_at": Field.RECEIVED_AT}
    typed = {what: moment_in(state, field, now, Refusal.BEGAN_IN_FUTURE) for what, field in fields.items()}
    typed["ended_at"] = moment_in(state, Field.ENDED_AT, now, Refusal.ENDED_IN_FUTURE)

    def do(at: Handling) -> None:
        correct(at, _as_they_stand(at.outage, typed), reason)

    return _handled(body, desk, do, over=True)


def _as_they_stand(outage: Outage, typed: Mapping[str, datetime | None]) -> dict[str, datetime | None]:
    """What was chosen; a moment of the same minute is the one that stands, and only the report may be empty.

    One that lasts is not ended here.
    """
    moments: dict[str, datetime | None] = {}
    for what, at in typed.items():
        stands: datetime | None = getattr(outage, what)
        if (at is None and what != "reported_at") or (what == "ended_at" and stands is None):
            continue
        moments[what] = stands if at and stands and _same_minute(at, stands) else at
    return moments


def given_roles(body: Body, desk: Desk) -> Answer:
    """*Save* of the roles."""
    state = state_of(body)
    fields = {"lead": Field.LEAD, "communications": Field.COMMUNICATIONS, "scribe": Field.SCRIBE}
    chosen_users = {role: value_in(state, field) for role, field in fields.items()}

    def do(at: Handling) -> None:
        people = {role: _person_of_desk(at, user, fields[role]) for role, user in chosen_users.items()}
        set_roles(at, people)

    return _handled(body, desk, do)


def _person_of_desk(at: Handling, slack_user: str | None, field: Field) -> Person | None:
    if not slack_user:
        if field is Field.LEAD:
            raise UserError(Refusal.NO_SUCH_CHOICE, field)
        return None
    viewer = viewer_of(at.session, at.outage.team_id, slack_user)
    if at.outage.desk_id not in viewer.roles:
        who = PersonFact(slack_user, viewer.person.name or "That person")
        there = person_by_slack_id(at.session, at.outage.team_id, at.work.viewer.person.slack_user)
        anyone = (PersonFact(there.slack_user, there.name),) if there else ()
        raise UserError(Refusal.NOT_AN_AGENT, field, person=who, anyone=anyone)
    return viewer.person


def linked(body: Body, desk: Desk) -> Answer:
    """*Link*."""
    numbers = _tickets(text_in(state_of(body), Field.TEXT, missing=Refusal.TEXT_MISSING))
    return _handled(body, desk, lambda at: link_tickets(at, numbers))


def _tickets(text: str) -> list[int]:
    words = [word for word in re.split(r"[\s,;]+", text) if word]
    numbers = [ticket_number(word) for word in words]
    if not numbers or None in numbers:
        wrong = next((word for word, number in zip(words, numbers, strict=True) if number is None), "?")
        raise UserError(Refusal.UNKNOWN_TICKET, Field.TEXT, number=wrong[:20])
    return [number for number in dict.fromkeys(numbers) if number is not None]


def link_typed(body: Body, desk: Desk, number: int, text: str) -> Rendered:
    """`/outage link O-3 T-12`."""
    numbers, origin = _tickets(text), origin_of(body)
    with once(desk, origin) as work:
        at = handle(work, desk.agreements, number)
        link_tickets(at, numbers)
        rows = [row_fact(work.session, at.outage, work.now)]
        answer = views.list_message(rows, words_for(work.session, work.viewer, origin))
    desk.log("outage_linked", outage=f"O-{number}")
    return answer
