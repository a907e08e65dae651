"""Second channels: the same page by mail or webhook, for when Slack does not take it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from models import outbox
from models.outbox import Kind, Outgoing, Priority, State
from models.person import Person
from models.store import Session

PATIENCE = timedelta(seconds=60)
"""Machine time in which Slack may take a page before it goes another way."""

ADDRESS: Mapping[Kind, Callable[[Person], str | None]] = {
    Kind.PAGE_MAIL: lambda person: person.email,
    Kind.PAGE_WEBHOOK: lambda person: person.webhook,
}
"""Where somebody is reached beside Slack."""

WAY: Mapping[Kind, str] = {Kind.PAGE_MAIL: "mail", Kind.PAGE_WEBHOOK: "webhook"}
"""How such a conversation is called: its way, and the person's id, so that addresses stand with the person alone."""


def owe_beside(session: Session, page: Outgoing, person: Person, machine_now: datetime) -> None:
    """Owe a page by each of the person's second channels too; it is dropped there once Slack has it."""
    for kind, address_of in ADDRESS.items():
        if address_of(person):
            outbox.owe(session, _row(page, kind, person, machine_now))


def _row(page: Outgoing, kind: Kind, person: Person, machine_now: datetime) -> Outgoing:
    way = WAY[kind]
    return Outgoing(
        team_id=page.team_id,
        key=f"{page.key}:{way}",
        kind=kind,
        conversation=f"{way}:{person.id}",
        ticket_number=page.ticket_number,
        args={"page": page.id},
        priority=Priority.PAGE,
        ready_at=machine_now + PATIENCE,
        created_at=machine_now,
    )


def hasten(session: Session, page: Outgoing, machine_now: datetime) -> None:
    """Slack refused a page: what goes beside it goes now."""
    for row in outbox.waiting_with_keys(session, page.team_id, [f"{page.key}:{way}" for way in WAY.values()]):
        row.ready_at = min(row.ready_at, machine_now)


def reader_of(session: Session, row: Outgoing) -> Person | None:
    """Whom a row of a second channel is for."""
    return session.get(Person, (row.team_id, row.conversation.partition(":")[2]))


def page_of(session: Session, row: Outgoing) -> Outgoing | None:
    """The page that a row goes beside, as long as Slack does not have it."""
    page = session.get(Outgoing, (row.team_id, str(row.args["page"])))
    return None if page is None or page.state in {State.SENT, State.DROPPED} or page.ts is not None else page
