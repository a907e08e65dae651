"""What people pin in an outage's own channel belongs in its timeline, until they take it off."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.access import viewer_of
from handlers.desk import Body, Desk
from handlers.once import Work, once
from handlers.origins import Origin, event_key, team_of
from handlers.outage_handling import Handling
from handlers.outage_reports import pins_of
from handlers.payloads import part_of, sent_at
from handlers.views.typed import as_typed
from models import outbox, typed_text
from models.outage import Outage, OutageEvent, outage_by_number, outage_of_channel
from models.person import is_new, names_in
from models.store import Session


def pinned(body: Body, desk: Desk) -> None:
    """Somebody pinned a message."""
    _on_pin(body, desk, OutageEvent.PINNED)


def unpinned(body: Body, desk: Desk) -> None:
    """Somebody took a pinned message off."""
    _on_pin(body, desk, OutageEvent.UNPINNED)


@dataclass(frozen=True, slots=True)
class _Pin:
    """A message in an outage's channel: where, which, and all of it."""

    channel: str
    ts: str
    message: Mapping[str, Any]


def _on_pin(body: Body, desk: Desk, event: OutageEvent) -> None:
    told = part_of(body, "event")
    item = told.get("item") or {}
    message = item.get("message") or {}
    channel, user = told.get("channel_id") or item.get("channel"), told.get("user")
    if not isinstance(channel, str) or not isinstance(user, str) or not message.get("ts"):
        return  # a file, or a foreign payload
    pin, team_id = _Pin(channel, str(message["ts"]), message), team_of(body)
    with desk.reading() as session:
        outage = outage_of_channel(session, team_id, channel)
        if outage is None or _is_ours(session, outage, pin):
            return
        number = outage.number
    with once(desk, Origin(team_id, user, event_key(body))) as work:
        found = outage_by_number(work.session, team_id, number, lock=True)
        if found is not None:
            author = _noted(work, desk, found, pin, event)
    if author is not None:
        desk.aside.get_to_know(team_id, author)


def _is_ours(session: Session, outage: Outage, pin: _Pin) -> bool:
    """Whether it is a message of Vakt's own: what that tells is in the history."""
    return outbox.row_of_message(session, outage.team_id, pin.channel, pin.ts) is not None


def _noted(work: Work, desk: Desk, outage: Outage, pin: _Pin, event: OutageEvent) -> str | None:
    """Write it down; gives the Slack id of an author whose name is not known."""
    before = pins_of(work.session, outage).get(pin.ts)
    if (before is not None) == (event == OutageEvent.PINNED):
        return None
    at = Handling(work, outage, desk.agreements)
    raw = str(pin.message.get("text") or "")
    text = as_typed(raw, names_in(work.session, outage.team_id, raw))
    facts: dict[str, Any] = {"ts": pin.ts, "sent_at": sent_at(pin.ts).isoformat()}
    author = pin.message.get("user")
    if not isinstance(author, str):
        at.note(event, text_id=typed_text.keep(work.session, outage.team_id, None, text), facts=facts)
        return None
    wrote = work.viewer.person
    if author != wrote.slack_user:
        wrote = viewer_of(work.session, outage.team_id, author).person
        if is_new(wrote):
            work.session.add(wrote)
            work.session.flush()
    facts["author"] = wrote.id
    at.note(event, text_id=typed_text.keep(work.session, outage.team_id, wrote.id, text), facts=facts)
    return None if wrote.name else author
