"""Words in the customer's thread: an agent's are a reply, the customer's end a wait; edits are noted."""

from typing import Any

from handlers import access
from handlers.access import Act
from handlers.acts import answered
from handlers.doing import Doing
from handlers.waiting import end_wait
from models.history import Event


def agent_wrote(doing: Doing, text: str, channel: str, ts: str, links: list[Any]) -> None:
    """An agent's own words in the customer's thread are a reply. Source: docs/rules.md, 3."""
    happening = doing.happening(
        Event.AGENT_WROTE,
        text_id=doing.keep(text),
        channel=channel,
        message_ts=ts,
        facts={"links": links},
    )
    if doing.ticket.ended:
        doing.note(happening)
    else:
        answered(doing, happening, to_customer=False)


def customer_wrote(doing: Doing, text: str, channel: str, ts: str, links: list[Any]) -> None:
    """Somebody writes in the customer's thread: the desk reads it.

    Only the customer's own people end a wait. After a resolution nothing reopens by itself; a
    Reopen button is offered. Source: docs/rules.md, 4.
    """
    happening = doing.happening(
        Event.CUSTOMER_WROTE,
        text_id=doing.keep(text),
        channel=channel,
        message_ts=ts,
        facts={"links": links},
    )
    doing.note(happening, to_customer=doing.ticket.ended)
    speaks = access.may(doing.work.session, doing.work.viewer, Act.CONFIRM, doing.ticket)
    if doing.ticket.waiting and not doing.ticket.ended and isinstance(speaks, access.Allowed):
        end_wait(doing, by_message=True)


def edited(doing: Doing, text: str, channel: str, ts: str) -> None:
    """A message in the customer's thread was edited: the desk's thread notes it."""
    _changed_message(doing, Event.MESSAGE_EDITED, channel, ts, doing.keep(text))


def deleted(doing: Doing, channel: str, ts: str) -> None:
    """A message in the customer's thread was deleted: the desk's thread notes it."""
    _changed_message(doing, Event.MESSAGE_DELETED, channel, ts, None)


def _changed_message(doing: Doing, event: Event, channel: str, ts: str, text_id: str | None) -> None:
    doing.note(doing.happening(event, text_id=text_id, channel=channel, facts={"of": ts}))
