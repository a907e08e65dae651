"""`/oncall notify`: a person's own rules, by which other ways than Slack a page reaches them, and when."""

from collections.abc import Mapping
from typing import Any

from handlers import language
from handlers.access import Viewer, viewer_of
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.fields import state_of, value_in
from handlers.once import once
from handlers.origins import origin_of
from handlers.payloads import metadata
from handlers.second_channels import ADDRESS, WAY
from handlers.views import notifying as views
from handlers.views.facts import Refusal
from handlers.views.names import Field
from handlers.views.words import Words

FIELDS: Mapping[str, Field] = {"mail": Field.BY_MAIL, "webhook": Field.BY_WEBHOOK}


def ask(body: Body, desk: Desk) -> None:
    """*How you are paged*: open the window."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
    view = views.notify_view(_addresses(viewer), viewer.person.notify or {}, metadata(), _words(viewer))
    desk.aside.open_view(origin.team_id, origin.trigger_id or "", view, origin.sorry)


def ask_named(body: Body, named: str, desk: Desk) -> None:
    """`/oncall notify`."""
    del named
    ask(body, desk)


def chosen(body: Body, desk: Desk) -> Mapping[str, Any]:
    """The rules were chosen: they hold from the next page on."""
    state = state_of(body)
    with once(desk, origin_of(body)) as work:
        person = work.viewer.person
        ways = _addresses(work.viewer)
        rules = {way: value_in(state, FIELDS[way]) or views.NOT_TAKEN for way in ways}
        if not set(rules.values()) <= views.CHOICES:
            raise UserError(Refusal.NO_SUCH_CHOICE)
        person.notify = {way: int(minutes) for way, minutes in rules.items() if minutes != views.NOT_TAKEN} or None
        view = views.notified_view(ways, person.notify or {}, _words(work.viewer))
        work.answer = {"response_action": "update", "view": view}
    desk.log("notify_rules_changed", rules=person.notify)
    answer: Mapping[str, Any] = work.answer
    return answer


def _addresses(viewer: Viewer) -> dict[str, str]:
    """By which ways somebody can be reached, each with its address."""
    found = {WAY[kind]: address_of(viewer.person) for kind, address_of in ADDRESS.items()}
    return {way: address for way, address in found.items() if address}


def _words(viewer: Viewer) -> Words:
    return language.for_person(viewer.person)
