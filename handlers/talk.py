"""Talk in threads: the customer's thread reaches the desk, an agent's words there are a reply.

Talk in the desk's own thread stays inside. Edits and deletions are noted, files become links.
"""

import time
from collections.abc import Mapping
from typing import Any

from handlers.desk import Body, Desk
from handlers.errors import NotYetError
from handlers.later import Later
from handlers.origins import team_of
from handlers.payloads import part_of, word_of
from models import outbox
from models.outbox import Kind, Outgoing
from models.ticket import Team

HEARD = frozenset({None, "file_share", "thread_broadcast", "me_message"})
"""Message subtypes that are somebody's words."""

SECONDS = 1.0
"""How long words under a message that is just being posted wait for it to be noted.

That takes some milliseconds; Slack comes again only seconds later with what was not acknowledged.
"""
PAUSE = 0.02

WORDS, EDIT, DELETION = (Later("hearing", name) for name in ("words", "edit", "deletion"))
"""What becomes of them, under a customer's card."""


def on_message(body: Body, desk: Desk) -> None:
    """A message, an edit or a deletion somewhere Vakt listens."""
    event = part_of(body, "event")
    subtype = event.get("subtype")
    if subtype == "message_changed":
        _on_edit(body, event, desk)
    elif subtype == "message_deleted":
        _on_deletion(body, event, desk)
    elif subtype in HEARD and event.get("user") and not event.get("bot_id"):
        _on_words(body, event, desk)


def _on_words(body: Body, event: Mapping[str, Any], desk: Desk) -> None:
    card = _card(body, event, event.get("thread_ts"), desk)
    if card is None:
        return
    WORDS(body, event, card, desk)


def _on_edit(body: Body, event: Mapping[str, Any], desk: Desk) -> None:
    message, before = part_of(event, "message"), event.get("previous_message") or {}
    if message.get("bot_id") or message.get("text") == before.get("text"):
        return
    card = _card(body, event, message.get("thread_ts"), desk)
    if card is None or not message.get("user"):
        return
    EDIT(body, event, card, desk)


def _on_deletion(body: Body, event: Mapping[str, Any], desk: Desk) -> None:
    before = event.get("previous_message") or {}
    card = _card(body, event, before.get("thread_ts"), desk)
    if card is None or not before.get("user") or before.get("bot_id"):
        return
    DELETION(body, event, card, desk)


def _card(body: Body, event: Mapping[str, Any], thread_ts: str | None, desk: Desk) -> Outgoing | None:
    """The customer's card that a message hangs under, None when it hangs under nothing of ours.

    Raises:
        NotYetError: it hangs under a message of ours that is just being posted, and that took too long.
    """
    if not thread_ts:
        return None
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            return _noted_card(body, event, thread_ts, desk)
        except NotYetError:
            if time.monotonic() > deadline:
                raise
        time.sleep(PAUSE)


def _noted_card(body: Body, event: Mapping[str, Any], thread_ts: str, desk: Desk) -> Outgoing | None:
    team_id, channel = team_of(body), word_of(event, "channel")
    with desk.reading() as session:
        row = outbox.row_of_message(session, team_id, channel, thread_ts)
        if row is not None:
            return row if row.kind == Kind.CUSTOMER_CARD else None
        team = session.get(Team, team_id)
        ours = team is not None and event.get("parent_user_id") == team.bot_user
        # A direct message is owed to a person; what channel that is, its post tells.
        if ours and outbox.is_being_posted(session, team_id, [channel, str(event.get("user"))]):
            raise NotYetError
        # Between the two looks it may have been noted as posted.
        row = outbox.row_of_message(session, team_id, channel, thread_ts) if ours else None
    return row if row is not None and row.kind == Kind.CUSTOMER_CARD else None
