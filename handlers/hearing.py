"""What is said, changed or taken back under a customer's card, stored with its ticket."""

from collections.abc import Mapping
from typing import Any

from handlers import said
from handlers.desk import Body, Desk
from handlers.doing import take_up
from handlers.once import Work, once
from handlers.origins import Origin, event_key, team_of
from handlers.payloads import part_of, word_of
from handlers.views.typed import as_typed
from models.outbox import Outgoing
from models.person import names_in


def words(body: Body, event: Mapping[str, Any], card: Outgoing, desk: Desk) -> None:
    """Somebody wrote: whoever works at the desk answers with it, and the desk reads what anybody else says."""
    desk.notes(ticket=card.ticket_number)
    origin = _origin(body, word_of(event, "user"))
    with once(desk, origin) as work:
        doing = take_up(work, desk.agreements, card.ticket_number or 0, None)
        text, links = _text(work, event), _links(event)
        if doing.ticket.desk_id in work.viewer.roles:
            said.agent_wrote(doing, text, word_of(event, "channel"), word_of(event, "ts"), links)
        else:
            said.customer_wrote(doing, text, word_of(event, "channel"), word_of(event, "ts"), links)
    if not work.viewer.person.name:
        desk.aside.get_to_know(origin.team_id, origin.slack_user)


def edit(body: Body, event: Mapping[str, Any], card: Outgoing, desk: Desk) -> None:
    """Somebody changed their words."""
    message = part_of(event, "message")
    desk.notes(ticket=card.ticket_number)
    with once(desk, _origin(body, word_of(message, "user"))) as work:
        doing = take_up(work, desk.agreements, card.ticket_number or 0, None)
        said.edited(doing, _text(work, message), word_of(event, "channel"), word_of(message, "ts"))


def deletion(body: Body, event: Mapping[str, Any], card: Outgoing, desk: Desk) -> None:
    """Somebody took their words back."""
    before = event.get("previous_message") or {}
    desk.notes(ticket=card.ticket_number)
    with once(desk, _origin(body, word_of(before, "user"))) as work:
        doing = take_up(work, desk.agreements, card.ticket_number or 0, None)
        said.deleted(doing, word_of(event, "channel"), event.get("deleted_ts") or word_of(before, "ts"))


def _origin(body: Body, slack_user: str) -> Origin:
    return Origin(team_of(body), slack_user, event_key(body))


def _text(work: Work, message: Mapping[str, Any]) -> str:
    """What was written, with people by name, as plain text."""
    raw = str(message.get("text") or "")
    return as_typed(raw, names_in(work.session, work.viewer.team_id, raw))


def _links(message: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"title": str(file.get("title") or file.get("name") or "file"), "url": str(file["permalink"])}
        for file in message.get("files") or ()
        if file.get("permalink")
    ]
