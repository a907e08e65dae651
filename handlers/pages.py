"""Pages: who is woken for a ticket, and what they answer. A page's answer stops no clock."""

from datetime import datetime
from typing import Any

from handlers.doing import Doing
from handlers.errors import UserError
from handlers.owed import Ledger, directly, note, pages_of
from handlers.second_channels import owe_beside
from handlers.views.facts import PersonFact, Refusal
from models import outbox
from models.desk import people_with_role
from models.history import Event, Happening
from models.outbox import Kind, Outgoing, Priority
from models.person import Person
from models.sla.contract import Role
from models.ticket import Ticket


def page_next(ledger: Ledger, ticket: Ticket, happening: Happening) -> None:
    """Wake the next person on the desk's on-call list who was not yet woken for this ticket.

    After the last comes a manager; with nobody left the desk's thread says so.
    """
    session = ledger.session
    paged = {row.conversation for row in pages_of(session, ticket)}
    people = [
        person
        for role in (Role.ON_CALL, Role.MANAGER)
        for person in people_with_role(session, ticket.team_id, ticket.desk_id, role)
    ]
    left = [person for person in people if person.slack_user not in paged]
    facts: dict[str, Any] = {**happening.facts, "to": left[0].id if left else None}
    entry = note(
        ledger,
        ticket,
        Happening(event=Event.PAGED, at=happening.at, actor_id=happening.actor_id, facts=facts),
    )
    if left:
        page = directly(
            ledger.machine_now,
            ticket.team_id,
            kind=Kind.PAGE,
            key=outbox.page_key(ticket.number, left[0].id),
            slack_user=left[0].slack_user,
            priority=Priority.PAGE,
            args={"position": entry.position, "step": len(paged) + 1},
            ticket_number=ticket.number,
        )
        outbox.owe(session, page)
        owe_beside(session, page, left[0], ledger.machine_now)


def acknowledge(doing: Doing) -> None:
    """Somebody is on it: nobody else is woken. The second to press is told who was first."""
    rows = pages_of(doing.work.session, doing.ticket)
    for row in rows:
        _refuse_acknowledged(doing, row)
    doing.note(doing.happening(Event.ACKNOWLEDGED))
    for row in rows:
        answer = {
            "acknowledged_by": doing.actor.id,
            "acknowledged_at": doing.work.now.isoformat(),
        }
        outbox.redraw(row, answer, doing.work.machine_now)


def leave_until_opening(doing: Doing, reason: str) -> None:
    """Whoever is on call chooses the next opening over now, and says why. Source: PI-06."""
    rows = pages_of(doing.work.session, doing.ticket)
    doing.note(doing.happening(Event.NEXT_OPENING, text_id=doing.keep(reason)))
    answer = {
        "acknowledged_by": doing.actor.id,
        "acknowledged_at": doing.work.now.isoformat(),
        "waits": True,
    }
    for row in rows:
        outbox.redraw(row, answer, doing.work.machine_now)


def _refuse_acknowledged(doing: Doing, row: Outgoing) -> None:
    by = row.args.get("acknowledged_by")
    if by is None:
        return
    person = doing.work.session.get(Person, (doing.ticket.team_id, by))
    raise UserError(
        Refusal.ALREADY_ACKNOWLEDGED,
        number=doing.ticket.name,
        person=PersonFact(person.slack_user, person.name) if person else PersonFact(None, "?"),
        at=datetime.fromisoformat(row.args["acknowledged_at"]),
    )


def pass_on(doing: Doing, *, declined: bool) -> None:
    """The next one is woken: the one who was cannot, or wants help."""
    rows = pages_of(doing.work.session, doing.ticket)
    for row in rows:
        _refuse_acknowledged(doing, row)
        if declined and row.conversation == doing.actor.slack_user:
            outbox.redraw(row, {"declined": True}, doing.work.machine_now)
    page_next(doing.work.ledger, doing.ticket, doing.happening(Event.PAGED))
