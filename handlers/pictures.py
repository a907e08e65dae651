"""Records into the facts that views are told: loaded whole, so that rendering asks nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from handlers import access, promises
from handlers.agreements import Agreements
from handlers.views import facts as told
from models import history, typed_text
from models.clock import Clock, ClockState, clocks_of, in_queue, late_by
from models.customer import Customer
from models.desk import Desk
from models.history import Event, HistoryEntry
from models.person import Person
from models.sla import ledger as sla_ledger
from models.sla.clock import ClockTime, budget, remaining, spent
from models.sla.contract import ClockKind, Contract, Place, Role, Severity, Strength, WaitKind
from models.sla.contract import TicketKind as Kind
from models.sla.plan import Planned, notes_for, readings_for
from models.sla.questions import walk
from models.store import Session
from models.ticket import Order, Ticket, count_open, one_of_each_contract, open_tickets
from models.wait import Wait, pauses, waits_of

NOBODY = told.PersonFact(None, "")


@dataclass(frozen=True, slots=True)
class Scene:
    """A ticket with what it belongs to, at an instant."""

    session: Session
    ticket: Ticket
    contract: Contract
    customer: Customer
    desk: Desk
    now: datetime


def scene(session: Session, agreements: Agreements, ticket: Ticket, now: datetime) -> Scene:
    """Load what a ticket belongs to."""
    customer = session.get(Customer, (ticket.team_id, ticket.customer_id))
    desk = session.get(Desk, (ticket.team_id, ticket.desk_id))
    if customer is None or desk is None:
        message = f"{ticket.name} belongs to a customer or a desk that is not stored"
        raise LookupError(message)
    contract = agreements.of_ticket(session, ticket, customer)
    return Scene(session, ticket, contract, customer, desk, now)


def person_fact(session: Session, team_id: str, person_id: str | None) -> told.PersonFact | None:
    """Somebody by id; someone forgotten has no name."""
    if person_id is None:
        return None
    person = session.get(Person, (team_id, person_id))
    return told.PersonFact(person.slack_user, person.name) if person else NOBODY


def severity_fact(severity: Severity) -> told.SeverityFact:
    """A class of the contract, for the views."""
    return told.SeverityFact(severity.id, severity.name, severity.meaning, severity.clause)


def ticket_facts(at: Scene) -> told.TicketFacts:
    """The whole picture of a ticket."""
    ticket, session, team = at.ticket, at.session, at.ticket.team_id
    opened_by = person_fact(session, team, ticket.opened_by) or NOBODY
    requester = person_fact(session, team, ticket.requester_id)
    severity = at.contract.severity(ticket.severity)
    clocks = clock_facts(at)
    resolved = _last(at, Event.RESOLVED) if ticket.ended else None
    started = _last(at, Event.WORK_STARTED) if ticket.work_started_at else None
    opening = _last(at, Event.OPENED)
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
    )


def _workaround_works(at: Scene) -> bool | None:
    """What the customer said of the latest way round; None while it has not said."""
    said = [
        entry
        for event in (Event.WORKAROUND_OFFERED, Event.WORKAROUND_CONFIRMED, Event.WORKAROUND_REFUSED)
        if (entry := _last(at, event)) is not None
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
        promises.facts_of(at.ticket),
        reported_at=at.ticket.reported_at,
        region=at.ticket.region,
    )
    return tuple({language: f"{text} ({note.clause})" for language, text in note.text.items()} for note in notes)


def _asked(at: Scene) -> tuple[tuple[told.Texts, str], ...]:
    """What the contract had asked for at opening, as it was answered. Source: EM-20, EM-25."""
    answers = [(ask.label, at.ticket.asked.get(ask.id)) for ask in at.contract.asks]
    read = [(label, typed_text.read(at.session, at.ticket.team_id, text_id)) for label, text_id in answers if text_id]
    return tuple((label, text) for label, text in read if text)


def _last(at: Scene, event: Event) -> HistoryEntry | None:
    return history.last_of(at.session, at.ticket.team_id, at.ticket.number, event)


def _next_update(clocks: Sequence[told.ClockFacts]) -> datetime | None:
    for clock in clocks:
        if clock.kind is ClockKind.NEXT_UPDATE and clock.stopped_at is None:
            return clock.due_at
    return None


# Clocks


def clock_facts(at: Scene) -> tuple[told.ClockFacts, ...]:
    """Every clock that was not withdrawn, those that still count first."""
    waits = waits_of(at.session, at.ticket.team_id, at.ticket.number)
    clocks = [clock for clock in clocks_of(at.session, at.ticket.team_id, at.ticket.number) if _is_shown(clock)]
    clocks.sort(key=lambda clock: (not clock.counting, clock.due_at or at.now, clock.id))
    return tuple(clock_fact(at, clock, waits) for clock in clocks)


def _is_shown(clock: Clock) -> bool:
    """Whether people see it: not one that was withdrawn in time, that only pages, or that was never run."""
    if clock.state == ClockState.WITHDRAWN:
        return clock.late_at is not None
    if clock.state == ClockState.STOPPED:
        return clock.stopped_at is not None
    return clock.state == ClockState.PAUSED or clock.due_at is not None


def clock_fact(at: Scene, clock: Clock, waits: Sequence[Wait]) -> told.ClockFacts:
    """One clock as of now, or as of when it was stopped."""
    planned = promises.planned_for(at.contract, at.ticket, clock, waits)
    kinds = frozenset(map(str, planned.promise.paused_by)) | {promises.RESOLVED}
    stopped = pauses(list(waits), kinds)
    until = clock.stopped_at or at.now
    target, calendar, start = planned.promise.target, planned.calendar, planned.started_at
    whole = budget(calendar, start, target)
    used = spent(calendar, start, target, stopped, until)
    elapsed = isinstance(target, ClockTime)
    return told.ClockFacts(
        kind=ClockKind(clock.kind),
        strength=Strength(clock.strength),
        clause=clock.clause,
        due_at=clock.due_at,
        budget=whole,
        remaining=remaining(calendar, start, target, stopped, until),
        spent=min(1.0, used / whole) if whole else 1.0,
        elapsed=elapsed,
        zone=calendar.zone.key,
        starts_at=calendar.next_opening(start) if not elapsed else start,
        expected_at=clock.expected_at,
        expected_strength=planned.promise.expected_strength,
        stopped_at=clock.stopped_at,
        done_by=person_fact(at.session, at.ticket.team_id, clock.stopped_by),
        ahead_by=_between(planned, until, clock.due_at, elapsed=elapsed),
        breached=clock.late_at is not None,
        late_by=_between(planned, clock.late_at, until, elapsed=elapsed) if clock.late_at else None,
        escalated_to=_escalated_to(at, clock) if clock.late_at else (),
        paused=_standing_for(at.ticket, clock),
        paused_since=at.ticket.waiting_since if _standing_for(at.ticket, clock) else None,
        reading=_readings(at.contract, planned),
        where=_where(at.contract, clock.clause),
    )


def promised(contract: Contract, planned: Planned) -> told.ClockFacts:
    """A clock that would run: what is promised, before anything is stored."""
    promise = planned.promise
    elapsed = isinstance(promise.target, ClockTime)
    return told.ClockFacts(
        kind=promise.clock,
        strength=promise.strength,
        clause=promise.clause,
        due_at=planned.due,
        elapsed=elapsed,
        zone=planned.calendar.zone.key,
        starts_at=planned.started_at,
        expected_at=planned.expected,
        expected_strength=promise.expected_strength,
        reading=_readings(contract, planned),
        where=_where(contract, promise.clause),
    )


def _where(contract: Contract, clause: str) -> told.Texts | None:
    return contract.clauses[clause].where if clause in contract.clauses else None


def _standing_for(ticket: Ticket, clock: Clock) -> WaitKind | None:
    if clock.state != "paused" or ticket.waiting is None:
        return None
    return WaitKind(ticket.waiting)


def _between(planned: Planned, start: datetime | None, end: datetime | None, *, elapsed: bool) -> timedelta | None:
    if start is None or end is None or end < start:
        return None
    return end - start if elapsed else planned.calendar.elapsed(start, end)


def _readings(contract: Contract, planned: Planned) -> told.Texts | None:
    found = readings_for(contract, planned.promise, planned.calendar_name)
    return found[0].note if found else None


def _escalated_to(at: Scene, clock: Clock) -> tuple[told.RoleFact, ...]:
    roles: list[str] = []
    for entry in history.all_of(at.session, at.ticket.team_id, at.ticket.number, Event.ESCALATED):
        role = entry.facts.get("role")
        if entry.facts.get("clock") == clock.id and role and role not in roles:
            roles.append(role)
    return tuple(role_fact(at, role) for role in roles)


def role_fact(at: Scene, role: str) -> told.RoleFact:
    """A role at the ticket's desk and who holds it; the owner's is the ticket's own."""
    if role == Role.OWNER:
        owner = person_fact(at.session, at.ticket.team_id, at.ticket.owner_id)
        return told.RoleFact(Role.OWNER, (owner,) if owner else ())
    return told.RoleFact(Role(role), access.role_people(at.session, at.ticket, role))


# Lines, rows, accounts

LOG_KINDS: Mapping[str, told.LogKind] = {
    Event.OPENED: told.LogKind.OPENED,
    Event.WORK_STARTED: told.LogKind.STARTED,
    Event.REPLIED: told.LogKind.REPLIED,
    Event.ASSIGNED: told.LogKind.ASSIGNED,
    Event.WAITING: told.LogKind.WAITING,
    Event.RESUMED: told.LogKind.RESUMED,
    Event.STILL_WAITING: told.LogKind.STILL_WAITING,
    Event.WORKAROUND_OFFERED: told.LogKind.WORKAROUND_OFFERED,
    Event.WORKAROUND_CONFIRMED: told.LogKind.WORKAROUND_CONFIRMED,
    Event.WORKAROUND_REFUSED: told.LogKind.WORKAROUND_REFUSED,
    Event.SEVERITY_CONFIRMED: told.LogKind.SEVERITY_CONFIRMED,
    Event.SEVERITY_CHANGED: told.LogKind.SEVERITY_CHANGED,
    Event.TO_LEVEL_3: told.LogKind.TO_LEVEL_3,
    Event.NEEDS_MORE_WORK: told.LogKind.NEEDS_MORE_WORK,
    Event.RESOLVED: told.LogKind.RESOLVED,
    Event.REOPENED: told.LogKind.REOPENED,
    Event.CUSTOMER_CONFIRMED: told.LogKind.CONFIRMED,
    Event.CUSTOMER_WROTE: told.LogKind.MESSAGE,
    Event.AGENT_WROTE: told.LogKind.REPLIED,
    Event.MESSAGE_EDITED: told.LogKind.MESSAGE_EDITED,
    Event.MESSAGE_DELETED: told.LogKind.MESSAGE_DELETED,
    Event.ACCEPTED: told.LogKind.ACCEPTED,
    Event.REMINDED: told.LogKind.REMINDED,
    Event.WARNED: told.LogKind.REMINDED,
    Event.EXPECTED_PASSED: told.LogKind.EXPECTED_PASSED,
    Event.LATE: told.LogKind.BREACHED,
    Event.ESCALATED: told.LogKind.ESCALATED,
    Event.PAGED: told.LogKind.PAGED,
    Event.ACKNOWLEDGED: told.LogKind.ACKNOWLEDGED,
    Event.TARGET_RELEASE: told.LogKind.TARGET_RELEASE,
    Event.NEXT_OPENING: told.LogKind.NEXT_OPENING,
}
"""How each event is drawn in a thread."""


def log_facts(at: Scene, entry: HistoryEntry) -> told.LogFacts:
    """An event, for its line in a thread."""
    facts, session, team = entry.facts, at.session, at.ticket.team_id
    clock = _clock_told(at, entry)
    waits = waits_of(session, team, at.ticket.number) if clock else []
    as_of = replace(at, now=min(max(entry.at, clock.started_at), at.now)) if clock else at
    return told.LogFacts(
        kind=LOG_KINDS[entry.event],
        number=at.ticket.name,
        at=entry.at,
        now=at.now,
        by=person_fact(session, team, entry.actor_id),
        to=person_fact(session, team, facts.get("to")),
        text=typed_text.read(session, team, entry.text_id) or None,
        intake=at.ticket.intake,
        before=_class(at, facts.get("before")),
        after=_class(at, facts.get("after") or at.ticket.severity),
        wait=WaitKind(facts["wait"]) if facts.get("wait") in set(WaitKind) else None,
        clock=clock_fact(as_of, clock, waits) if clock else None,
        role=role_fact(at, facts["role"]) if facts.get("role") else None,
        links=tuple(told.LinkFact(**link) for link in facts.get("links", ())),
        other=facts.get("other"),
        next_update_at=_moment(facts.get("next_update_at")),
    )


def _clock_told(at: Scene, entry: HistoryEntry) -> Clock | None:
    """The clock that an event is about; of a new plan the one that counts now."""
    session, team = at.session, at.ticket.team_id
    if entry.event in {Event.SEVERITY_CHANGED, Event.REOPENED}:
        clocks = clocks_of(session, team, at.ticket.number)
        return next((clock for clock in clocks if clock.counting), None)
    return session.get(Clock, (team, entry.facts["clock"])) if entry.facts.get("clock") else None


def _class(at: Scene, severity_id: str | None) -> told.SeverityFact | None:
    return severity_fact(at.contract.severity(severity_id)) if severity_id else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def row_fact(at: Scene) -> told.RowFact:
    """A ticket in a list."""
    clocks = clock_facts(at)
    return told.RowFact(
        number=at.ticket.name,
        summary=typed_text.read(at.session, at.ticket.team_id, at.ticket.summary_id),
        customer=at.customer.name,
        severity=severity_fact(at.contract.severity(at.ticket.severity)),
        status=status_of(at.ticket),
        owner=person_fact(at.session, at.ticket.team_id, at.ticket.owner_id),
        clock=next((clock for clock in clocks if clock.stopped_at is None), None),
    )


def reminder_facts(at: Scene, clock: Clock) -> told.ReminderFacts:
    """A clock that falls due, for whoever is reminded of it."""
    waits = waits_of(at.session, at.ticket.team_id, at.ticket.number)
    row = row_fact(at)
    return told.ReminderFacts(
        number=row.number,
        summary=row.summary,
        customer=row.customer,
        severity=row.severity,
        clock=clock_fact(at, clock, waits),
        now=at.now,
        started=at.ticket.work_started_at is not None,
    )


def why_facts(at: Scene, language: str) -> told.WhyFacts:
    """The account of every clock that counts or counted."""
    ticket, session, team = at.ticket, at.session, at.ticket.team_id
    waits = waits_of(session, team, ticket.number)
    changed = _last(at, Event.SEVERITY_CHANGED)
    clocks = [c for c in clocks_of(session, team, ticket.number) if _is_accounted(at, c)]
    return told.WhyFacts(
        number=ticket.name,
        summary=typed_text.read(session, team, ticket.summary_id),
        severity=severity_fact(at.contract.severity(ticket.severity)),
        answers=answers_of(at.contract, ticket),
        ledgers=tuple(_account(at, clock, waits, language) for clock in clocks),
        now=at.now,
        severity_set_by=person_fact(session, team, changed.actor_id) if changed else None,
        severity_reason=typed_text.read(session, team, changed.text_id) if changed else None,
        best_effort=is_best_effort(at.contract, ticket.intake),
    )


def next_opening_for_page(at: Scene) -> datetime | None:
    """The next opening, for a class that only pages outside its hours and that came in then. Source: PI-06."""
    for clock in clocks_of(at.session, at.ticket.team_id, at.ticket.number):
        planned = promises.planned_for(at.contract, at.ticket, clock, ())
        if clock.counting and planned.paged:
            opening = planned.calendar.next_opening(at.now)
            return opening if opening > at.now else None
    return None


def why_it_waits(at: Scene) -> str | None:
    """What was said when it was left until the next opening."""
    entry = _last(at, Event.NEXT_OPENING)
    return typed_text.read(at.session, at.ticket.team_id, entry.text_id) if entry else None


def _is_accounted(at: Scene, clock: Clock) -> bool:
    """Whether there is a deadline to account for: not on one that only pages (PI-06)."""
    if clock.state == ClockState.WITHDRAWN or not _is_shown(clock):
        return False
    return not promises.planned_for(at.contract, at.ticket, clock, ()).paged


def _account(at: Scene, clock: Clock, waits: Sequence[Wait], language: str) -> told.LedgerFacts:
    planned = promises.planned_for(at.contract, at.ticket, clock, waits)
    kinds = frozenset(map(str, planned.promise.paused_by)) | {promises.RESOLVED}
    account = sla_ledger.ledger(
        planned.calendar,
        planned.started_at,
        planned.promise.target,
        pauses(list(waits), kinds),
        language=language,
    )
    return told.LedgerFacts(
        clock=clock_fact(at, clock, waits),
        target=planned.promise.target,
        counted=tuple(told.CountedSpan(c.start, c.end, c.amount) for c in account.counted),
        skipped=tuple(told.SkippedSpan(s.start, s.end, sla_ledger.words(s.reason, language)) for s in account.skipped),
        total=account.total,
    )


# Details and lists

LOG_PAGE = 20
LIST_PAGE = 15
SOON = timedelta(hours=4)
"""What the list of breaching tickets looks ahead."""


def details_facts(at: Scene, *, for_desk: bool, page: int) -> told.DetailsFacts:
    """A ticket with its log, a page at a time; the customer sees what it was told or wrote."""
    entries = [
        entry
        for entry in history.history_of(at.session, at.ticket.team_id, at.ticket.number)
        if for_desk or entry.event in SHOWN_TO_CUSTOMER
    ]
    pages = max(1, -(-len(entries) // LOG_PAGE))
    here = min(max(page, 0), pages - 1)
    shown = entries[here * LOG_PAGE : (here + 1) * LOG_PAGE]
    return told.DetailsFacts(
        ticket=ticket_facts(at),
        log=tuple(log_facts(at, entry) for entry in shown),
        for_desk=for_desk,
        page=here,
        pages=pages,
    )


SHOWN_TO_CUSTOMER = frozenset(
    {
        Event.OPENED,
        Event.WORK_STARTED,
        Event.REPLIED,
        Event.SEVERITY_CHANGED,
        Event.WORKAROUND_OFFERED,
        Event.WORKAROUND_CONFIRMED,
        Event.WORKAROUND_REFUSED,
        Event.NEEDS_MORE_WORK,
        Event.RESOLVED,
        Event.REOPENED,
        Event.CUSTOMER_CONFIRMED,
        Event.CUSTOMER_WROTE,
        Event.AGENT_WROTE,
    }
)
"""Events that a customer's own view of its ticket lists. Source: SO-03."""


def queue_of(session: Session, agreements: Agreements, team_id: str, *conditions: Any) -> Order:
    """The order in which tickets of one rank are taken, as their contracts have it."""
    orders = {}
    for ticket in one_of_each_contract(session, team_id, *conditions):
        customer = session.get(Customer, (team_id, ticket.customer_id))
        if customer is not None:
            orders[ticket.contract] = agreements.of_ticket(session, ticket, customer).queue.order
    return in_queue(
        by_arrival={contract for contract, order in orders.items() if "arrival" in order},
        support_first={contract for contract, order in orders.items() if "kind" in order},
    )


def list_facts(
    session: Session,
    agreements: Agreements,
    viewer: access.Viewer,
    listing: told.Listing,
    page: int,
    now: datetime,
) -> told.ListFacts:
    """A page of the tickets that the viewer may see."""
    reach = access.reach_of(viewer)
    conditions = [reach.covers()]
    if listing is told.Listing.MINE:
        conditions.append(reach.mine())
    if listing is told.Listing.BREACHING:
        conditions.append(late_by(now + SOON))
    total = count_open(session, viewer.team_id, *conditions)
    pages = max(1, -(-total // LIST_PAGE))
    here = min(max(page, 0), pages - 1)
    order = queue_of(session, agreements, viewer.team_id, *conditions)
    tickets = open_tickets(session, viewer.team_id, *conditions, order=order, limit=LIST_PAGE, offset=here * LIST_PAGE)
    rows = tuple(row_fact(scene(session, agreements, ticket, now)) for ticket in tickets)
    return told.ListFacts(listing=listing, rows=rows, total=total, now=now, page=here, pages=pages)
