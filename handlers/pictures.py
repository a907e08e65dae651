"""A ticket as views are told of it: loaded whole, so that rendering asks nobody."""

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module

from handlers import counting
from handlers.clock_pictures import clock_facts
from handlers.scene import NOBODY, Scene, last, person_fact, severity_fact
from handlers.views import facts as told
from models import typed_text
from models.history import FIRST, Event, entry_at
from models.product import Product
from models.sla.contract import ClockKind, Contract, Place, WaitKind
from models.sla.contract import TicketKind as Kind
from models.sla.plan import notes_for
from models.sla.questions import walk
from models.ticket import Ticket


def ticket_facts(at: Scene) -> told.TicketFacts:
    """The whole picture of a ticket."""
    ticket, session, team = at.ticket, at.session, at.ticket.team_id
    opened_by = person_fact(session, team, ticket.opened_by) or NOBODY
    requester = person_fact(session, team, ticket.requester_id)
    severity = at.contract.severity(ticket.severity)
    clocks = clock_facts(at)
    resolved = last(at, Event.RESOLVED) if ticket.ended else None
    started = last(at, Event.WORK_STARTED) if ticket.work_started_at else None
    opening = entry_at(session, team, ticket.number, FIRST)
    return told.TicketFacts(
        number=ticket.name,
        summary=typed_text.read(session, team, ticket.summary_id),
        details=typed_text.read(session, team, ticket.details_id),
        customer=at.customer.name,
        contract=at.contract.vendor,
        kind=Kind(ticket.kind),
        status=status_of(ticket),
        severity=severity_fact(severity),
        severity_confirmed=ticket.severity_confirmed_by is not None,
        opened_by=opened_by,
        on_behalf_of=requester if ticket.requester_id != ticket.opened_by else None,
        on_behalf=bool(opening and opening.facts.get("received_at")),
        ordered_by=typed_text.read(session, team, opening.text_id) or None if opening else None,
        product=_product(at),
        intake=ticket.intake,
        reported_at=ticket.reported_at,
        now=at.now,
        owner=person_fact(session, team, ticket.owner_id),
        clocks=clocks,
        level=ticket.level,
        wait=WaitKind(ticket.waiting) if ticket.waiting else None,
        waiting_since=ticket.waiting_since,
        clock_stands=any(clock.paused is not None for clock in clocks),
        started_at=ticket.work_started_at,
        started_by=person_fact(session, team, started.actor_id) if started else None,
        workaround=typed_text.read(session, team, ticket.workaround_id) or None,
        workaround_confirmed=_workaround_works(at),
        offers_workaround=(at.contract.workaround is not None and ticket.severity in at.contract.workaround.moves),
        outside_agreement=ticket.outside_agreement,
        outcome=typed_text.read(session, team, ticket.outcome_id) or None,
        resolved_at=ticket.resolved_at,
        resolved_by=person_fact(session, team, resolved.actor_id) if resolved else None,
        call_back=bool(resolved and resolved.facts.get("call_back")),
        development_case=ticket.development_case,
        target_release=ticket.target_release,
        next_update_at=_next_update(clocks),
        best_effort=is_best_effort(at.contract, ticket.intake),
        has_release=severity.target_release is not None,
        notes=_notes(at, Place.CARD),
        customer_notes=_notes(at, Place.CUSTOMER_CARD),
        asked=_asked(at),
        answers=answers_of(at.contract, ticket),
        breach=_breach(at),
    )


def _breach(at: Scene) -> told.BreachFact | None:
    """How it stands where the agreement speaks of breaches; what looks is loaded then."""
    if at.contract.notices.breach is None:
        return None
    found: told.BreachFact | None = import_module("handlers.breach_pictures").breach_fact(at)
    return found


def _product(at: Scene) -> str | None:
    if at.ticket.product_id is None:
        return None
    product = at.session.get(Product, (at.ticket.team_id, at.ticket.product_id))
    return product.name if product else None


def _workaround_works(at: Scene) -> bool | None:
    """What the customer said of the latest way round; None while it has not said."""
    if at.ticket.workaround_id is None:
        return None
    said = [
        entry
        for event in (Event.WORKAROUND_OFFERED, Event.WORKAROUND_CONFIRMED, Event.WORKAROUND_REFUSED)
        if (entry := last(at, event)) is not None
    ]
    latest = max(said, key=lambda entry: entry.position, default=None)
    if latest is None or latest.event == Event.WORKAROUND_OFFERED:
        return None
    return latest.event == Event.WORKAROUND_CONFIRMED


def status_of(ticket: Ticket) -> told.Status:
    """Where a ticket stands, waits included."""
    if ticket.waiting and not ticket.ended:
        return told.Status.WAITING_CUSTOMER if ticket.waiting == WaitKind.CUSTOMER else told.Status.WAITING_ACCESS
    return told.Status(ticket.status)


def is_best_effort(contract: Contract, intake: str) -> bool:
    """Whether nothing is promised for what comes in that way. Source: EM-10."""
    details = contract.intake_details.get(intake)
    return bool(details and details.best_effort)


def answers_of(contract: Contract, ticket: Ticket) -> tuple[tuple[told.Texts, told.Texts], ...]:
    """The questions that were answered at opening, with the answers: the evidence."""
    tree = contract.questions.get(Kind(ticket.kind))
    if tree is None:
        return ()
    given = walk(tree, ticket.answers).given
    return tuple((each.question.text, each.answer.text) for each in given)


def _notes(at: Scene, place: Place) -> tuple[told.Texts, ...]:
    notes = notes_for(
        at.contract,
        place,
        counting.facts_of(at.ticket),
        reported_at=at.ticket.reported_at,
        region=at.ticket.region,
    )
    return tuple({language: f"{text} ({note.clause})" for language, text in note.text.items()} for note in notes)


def _asked(at: Scene) -> tuple[tuple[told.Texts, str], ...]:
    """What the contract had asked for at opening, as it was answered. Source: EM-20, EM-25."""
    answers = [(ask.label, at.ticket.asked.get(ask.id)) for ask in at.contract.asks]
    read = [(label, typed_text.read(at.session, at.ticket.team_id, text_id)) for label, text_id in answers if text_id]
    return tuple((label, text) for label, text in read if text)


def _next_update(clocks: Sequence[told.ClockFacts]) -> datetime | None:
    for clock in clocks:
        if clock.kind is ClockKind.NEXT_UPDATE and clock.stopped_at is None:
            return clock.due_at
    return None
