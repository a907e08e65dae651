"""What else is done about an outage: times put right, roles, tickets, customers' reports, mails that were sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from handlers import announcing, incident
from handlers.errors import UserError
from handlers.once import Work
from handlers.outage_audience import audience
from handlers.outage_handling import Handling, write
from handlers.outage_pictures import outage_facts
from handlers.views import outages as views
from handlers.views.facts import Refusal
from handlers.views.names import Field
from models.affected import Affected, report_affected, report_of
from models.chronicle import Happening
from models.customer import Customer
from models.downtime import (
    Change,
    Correction,
    DowntimeEvent,
    correct_downtime,
    downtime_of_outage,
)
from models.outage import (
    Outage,
    OutageEvent,
    OutageTicket,
    outage_of_ticket,
    tickets_of_outage,
)
from models.person import Person
from models.store import Session
from models.ticket import ticket_by_number


def correct(at: Handling, moments: Mapping[str, datetime | None], reason: str) -> None:
    """Times put right, with a reason; what they were stays in the history.

    Raises:
        UserError: they cannot be so.
    """
    outage = at.outage
    changes = {what: value for what, value in moments.items() if value != getattr(outage, what)}
    if not changes:
        return
    began = changes.get("began_at", outage.began_at) or outage.began_at
    ended = changes.get("ended_at", outage.ended_at)
    if ended is not None and began > ended:
        field = Field.ENDED_AT if "ended_at" in changes else Field.BEGAN_AT
        raise UserError(Refusal.ENDED_BEFORE_BEGAN, field, began=began)
    told = {what: {"before": _text(getattr(outage, what)), "after": _text(value)} for what, value in changes.items()}
    text_id = at.keep(reason)
    at.note(OutageEvent.CORRECTED, text_id=text_id, facts={"changes": told}, **changes)
    fit_downtime(at, changes.get("began_at"), changes.get("ended_at"), text_id)
    announcing.redraw(at.ledger, at.about)


def fit_downtime(at: Handling, began: datetime | None, ended: datetime | None, text_id: str | None = None) -> None:
    """Let the outage's downtime begin or end then; None leaves it. Of what lies beyond, nothing is left but the row.

    One that lasts is closed by `ended`. There are several where its scope changed meanwhile.
    """
    found = downtime_of_outage(at.session, at.outage.team_id, at.outage.name)
    rows = sorted(found, key=lambda row: (row.began_at, row.ended_at or at.work.now))
    for row in rows:
        begins, ends = row.began_at, row.ended_at
        if began is not None:
            begins = began if row is rows[0] else max(begins, began)
            ends = None if ends is None else max(ends, began)
        if ended is not None:
            ends = ended if row is rows[-1] or ends is None else min(ends, ended)
            begins = min(begins, ended)
        if (begins, ends) != (row.began_at, row.ended_at):
            closes = row.ended_at is None and ends is not None
            event = DowntimeEvent.CLOSED if closes else DowntimeEvent.CORRECTED
            change = Change(event=event, by=at.work.viewer.person.id, text_id=text_id)
            correct_downtime(row, Correction(began_at=begins, ended_at=ends), change, at.work.now)


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def set_roles(at: Handling, people: Mapping[str, Person | None]) -> None:
    """Who leads, who tells, who writes down. Promises are reminded to the lead from then on."""
    ids = {role: person.id if person else None for role, person in people.items()}
    columns = {"lead": "lead_id", "communications": "communications_id", "scribe": "scribe_id"}
    changed = {role: who for role, who in ids.items() if getattr(at.outage, columns[role]) != who}
    if changed:
        values = {columns[role]: who for role, who in changed.items()}
        entry = at.note(OutageEvent.ROLES, facts={"roles": changed}, **values)
        incident.new_roles(at.ledger, at.outage, [who for who in changed.values() if who], entry.position)


def link(at: Handling, numbers: Sequence[int]) -> None:
    """Tickets that are about it: their customers hear of it from now on.

    Raises:
        UserError: there is no such ticket at the desk, or it belongs to another outage.
    """
    for number in numbers:
        ticket = ticket_by_number(at.session, at.outage.team_id, number)
        if ticket is None or ticket.desk_id != at.outage.desk_id:
            raise UserError(Refusal.UNKNOWN_TICKET, Field.TEXT, number=f"T-{number}")
        before = outage_of_ticket(at.session, at.outage.team_id, number)
        if before is not None:
            raise UserError(Refusal.LINKED_ALREADY, Field.TEXT, number=ticket.name, name=before.name)
        row = OutageTicket(
            team_id=at.outage.team_id,
            ticket_number=number,
            outage_number=at.outage.number,
            linked_by=at.work.viewer.person.id,
            linked_at=at.work.now,
        )
        at.session.add(row)
        at.session.flush()
        reported = at.outage.reported_at
        earliest = min(ticket.reported_at, reported) if reported else ticket.reported_at
        at.note(OutageEvent.LINKED, facts={"ticket": number}, reported_at=earliest)
    if at.outage.announced_at is not None:
        heard = audience(at.session, at.agreements, at.outage, at.work.now)
        facts = outage_facts(at.session, at.outage, at.work.now)
        announcing.announce(
            at.ledger,
            at.about,
            heard.readers,
            lambda words: views.as_text(views.announcement(facts, words)),
            at.work.now,
        )


def count_open_tickets(session: Session, outage: Outage) -> int:
    """How many of its tickets are not solved."""
    links = tickets_of_outage(session, outage.team_id, outage.number)
    tickets = [ticket_by_number(session, outage.team_id, each.ticket_number) for each in links]
    return sum(ticket is not None and not ticket.ended for ticket in tickets)


def reported_when(session: Session, outage: Outage, customer: Customer) -> datetime | None:
    """When a customer first reported it."""
    found = report_of(session, outage.team_id, outage.name, customer.id)
    return found.at if found else None


def report(work: Work, outage: Outage, customer: Customer, channel: str | None) -> bool:
    """*We are affected*: the customer's report, with its person and time; False when it had said so. Source: PS-13."""
    first = Affected(
        team_id=outage.team_id,
        happening_id=outage.name,
        customer_id=customer.id,
        person_id=work.viewer.person.id,
        at=work.now,
        channel_id=channel,
    )
    new = report_affected(work.session, first)
    if new:
        happening = Happening(
            event=OutageEvent.AFFECTED,
            at=work.now,
            actor_id=work.viewer.person.id,
            facts={"customer": customer.id},
        )
        write(work.ledger, outage, happening, reported_at=outage.reported_at or work.now)
    return new
