"""What becomes of a message that Slack refuses: somebody who can mend it is told, once a day and place."""

from datetime import datetime, timedelta
from importlib import import_module

from handlers import language, second_channels
from handlers.errand import WAY
from handlers.later import Later
from handlers.scene import person_fact
from handlers.views.blocks import Rendered
from handlers.views.facts import PersonFact
from handlers.views.undelivered import UndeliveredFacts, undelivered
from models import outbox
from models.desk import Desk, a_desk, people_with_role
from models.outbox import ANNOUNCES, Kind, Outgoing, Priority
from models.person import person_by_slack_id
from models.sending import count_ended
from models.sla.contract import Role
from models.store import Session
from models.ticket import ticket_by_number

DAY = timedelta(days=1)

PAGE_REFUSED = Later("paging", "refused")

EVERYWHERE = frozenset({"token_revoked", "token_expired", "invalid_auth", "account_inactive", "not_authed"})
"""Slack's words for a token that reaches nobody: nobody can be told through Slack either."""


def tell_owner(session: Session, row: Outgoing, machine_now: datetime) -> None:
    """Owe the desk's channel the news that a message was refused; its administrators, when it is the desk's own.

    A page that is refused goes on to the next at once, and to the person's second channels.
    """
    if row.kind == Kind.PAGE and row.ts is None:
        second_channels.hasten(session, row, machine_now)
        PAGE_REFUSED(session, row)
    if row.kind in second_channels.STEPS.values():
        PAGE_REFUSED(session, row)
    code = row.refused_with
    if row.kind in ANNOUNCES:
        # Loaded by whoever announces.
        import_module("models.subscription").note_trouble(session, row.team_id, row.conversation, code, machine_now)
    desk = _desk(session, row)
    if desk is None or code in EVERYWHERE:
        return
    for conversation in _owners(session, desk, row):
        outbox.owe(session, _news(row, conversation, code, machine_now))


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
    if row.kind in second_channels.STEPS.values():
        told |= {"address": row.args["address"]}
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
    if way == WAY:  # something to be done in a channel
        way, person_id = person_id, ""
    number = f"T-{row.ticket_number}" if row.ticket_number else None
    facts = UndeliveredFacts(
        channel=way,
        code=str(row.args["code"]),
        count=max(1, count_ended(session, row.team_id, place, row.created_at - DAY)),
        number=number,
        person=_whom(session, row, person_id),
    )
    reader = person_by_slack_id(session, row.team_id, row.conversation)
    if reader is not None:
        return undelivered(facts, language.for_person(reader))
    desk = _desk(session, row)
    return undelivered(facts, language.spoken(desk.language) if desk else language.UNKNOWN_READER)


def _whom(session: Session, row: Outgoing, person_id: str) -> PersonFact | None:
    """Whom a second channel would have reached: somebody, or the address of a step."""
    address = row.args.get("address")
    return PersonFact(None, str(address)) if address else person_fact(session, row.team_id, person_id or None)
