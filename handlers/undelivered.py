"""What becomes of a message that Slack refuses: somebody who can mend it is told, once a day and place."""

from datetime import datetime, timedelta

from handlers import language, paging, second_channels
from handlers.scene import person_fact
from handlers.views.blocks import Rendered
from handlers.views.undelivered import UndeliveredFacts, undelivered
from models import outbox
from models.desk import Desk, a_desk, people_with_role
from models.outbox import Kind, Outgoing, Priority
from models.person import person_by_slack_id
from models.sending import count_ended
from models.sla.contract import Role
from models.store import Session
from models.ticket import ticket_by_number

DAY = timedelta(days=1)

EVERYWHERE = frozenset({"token_revoked", "token_expired", "invalid_auth", "account_inactive", "not_authed"})
"""Slack's words for a token that reaches nobody: nobody can be told through Slack either."""


def tell_owner(session: Session, row: Outgoing, machine_now: datetime) -> None:
    """Owe the desk's channel the news that a message was refused; its administrators, when it is the desk's own.

    A page that Slack refused goes on to the next at once, and to the person's second channels.
    """
    if row.kind == Kind.PAGE and row.ts is None:
        second_channels.hasten(session, row, machine_now)
        paging.refused(session, row)
    code = _code(row)
    desk = _desk(session, row)
    if desk is None or code in EVERYWHERE:
        return
    for conversation in _owners(session, desk, row):
        outbox.owe(session, _news(row, conversation, code, machine_now))


def _code(row: Outgoing) -> str:
    """Slack's own word out of "chat.postMessage: is_archived …"."""
    words = (row.reason or "").partition(": ")[2].split()
    return words[0] if words else "unknown"


def _desk(session: Session, row: Outgoing) -> Desk | None:
    ticket = ticket_by_number(session, row.team_id, row.ticket_number) if row.ticket_number else None
    if ticket is not None:
        return session.get(Desk, (row.team_id, ticket.desk_id))
    return a_desk(session, row.team_id)


def _owners(session: Session, desk: Desk, row: Outgoing) -> list[str]:
    if row.conversation != desk.channel_id and row.kind != Kind.UNDELIVERED:
        return [desk.channel_id]
    administrators = people_with_role(session, desk.team_id, desk.id, Role.ADMINISTRATOR)
    return [person.slack_user for person in administrators if person.slack_user != row.conversation]


def _news(row: Outgoing, conversation: str, code: str, machine_now: datetime) -> Outgoing:
    told = row.args if row.kind == Kind.UNDELIVERED else {"channel": row.conversation, "code": code}
    return Outgoing(
        team_id=row.team_id,
        key=f"undelivered:{told['channel']}:{told['code']}:{machine_now.date()}:{conversation}",
        kind=Kind.UNDELIVERED,
        conversation=conversation,
        ticket_number=row.ticket_number,
        args=dict(told),
        priority=Priority.REMINDER,
        ready_at=machine_now,
        created_at=machine_now,
    )


def news(session: Session, row: Outgoing) -> Rendered:
    """How it is told."""
    place = str(row.args["channel"])
    way, _, person_id = place.partition(":")
    number = f"T-{row.ticket_number}" if row.ticket_number else None
    facts = UndeliveredFacts(
        channel=way,
        code=str(row.args["code"]),
        count=max(1, count_ended(session, row.team_id, place, row.created_at - DAY)),
        number=number,
        person=person_fact(session, row.team_id, person_id or None),
    )
    person = person_by_slack_id(session, row.team_id, row.conversation)
    if person is not None:
        return undelivered(facts, language.for_person(person))
    desk = _desk(session, row)
    return undelivered(facts, language.spoken(desk.language) if desk else language.UNKNOWN_READER)
