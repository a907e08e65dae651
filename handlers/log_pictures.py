"""Events as lines of a thread, clocks as reminders, and the account of every deadline."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from handlers import counting
from handlers.clock_pictures import clock_fact, is_shown
from handlers.pictures import answers_of, is_best_effort
from handlers.scene import NOBODY, Scene, last, moment, person_fact, role_fact, severity_fact
from handlers.views import facts as told
from models import typed_text
from models.clock import Clock, ClockState, clocks_of
from models.escalation import Why
from models.history import Event, HistoryEntry
from models.product import Product
from models.sla import ledger as sla_ledger
from models.sla.contract import WaitKind
from models.wait import Wait, pauses, waits_of

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
    Event.CALLED_OUT: told.LogKind.CALLED_OUT,
    Event.ASKED_AGAIN: told.LogKind.ASKED_AGAIN,
    Event.ACKNOWLEDGED: told.LogKind.ACKNOWLEDGED,
    Event.TARGET_RELEASE: told.LogKind.TARGET_RELEASE,
    Event.NEXT_OPENING: told.LogKind.NEXT_OPENING,
    Event.CALENDAR_CORRECTED: told.LogKind.CALENDAR_CORRECTED,
    Event.ALERTED_AGAIN: told.LogKind.ALERTED_AGAIN,
    Event.ALERT_ENDED: told.LogKind.ALERT_ENDED,
    Event.BREACH_TOLD: told.LogKind.BREACH_TOLD,
    Event.BREACH_CHECKED: told.LogKind.BREACH_CHECKED,
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
        other=_other(at, entry),
        clause=facts.get("clause"),
        next_update_at=moment(facts.get("next_update_at")),
        moved=tuple(
            (datetime.fromisoformat(move["before"]), datetime.fromisoformat(move["after"]))
            for move in facts.get("moves", ())
        ),
        passed_on=Why(facts["why"]) if facts.get("passed_on_from") else None,
        passed_on_from=tuple(person_fact(session, team, each) or NOBODY for each in facts.get("passed_on_from", ())),
        goes_on=bool(facts.get("runs")),
        group=facts.get("group"),
        members=tuple(person_fact(session, team, each) or NOBODY for each in facts.get("people", ())),
        left_out=int(facts.get("left_out", 0)),
        way=facts.get("step") if entry.event == Event.PAGED else None,
        last=bool(facts.get("last")),
        count=int(facts.get("count", 0)),
        closed=_closed(facts),
        closed_on=date.fromisoformat(facts["reason_day"]) if facts.get("reason_day") else None,
        closed_because=facts["reason"] if facts.get("reason_day") else None,
    )


def _closed(facts: Mapping[str, Any]) -> tuple[datetime, datetime] | None:
    closing, opening = moment(facts.get("closing_at")), moment(facts.get("opening_at"))
    return (closing, opening) if closing and opening else None


def _other(at: Scene, entry: HistoryEntry) -> str | None:
    """Whom or what else it is about: the address that was paged, the product, a name."""
    facts = entry.facts
    if entry.event == Event.PAGED and facts.get("step"):
        return str(facts["at"])
    if not facts.get("product"):
        return facts.get("other")
    product = at.session.get(Product, (at.ticket.team_id, facts["product"]))
    return product.name if product else None


def _clock_told(at: Scene, entry: HistoryEntry) -> Clock | None:
    """The clock that an event is about; of a new plan the one that counts now."""
    session, team = at.session, at.ticket.team_id
    if entry.event in {Event.SEVERITY_CHANGED, Event.REOPENED}:
        clocks = clocks_of(session, team, at.ticket.number)
        return next((clock for clock in clocks if clock.counting), None)
    return session.get(Clock, (team, entry.facts["clock"])) if entry.facts.get("clock") else None


def _class(at: Scene, severity_id: str | None) -> told.SeverityFact | None:
    return severity_fact(at.contract.severity(severity_id)) if severity_id else None


def reminder_facts(at: Scene, clock: Clock, waits: Sequence[Wait]) -> told.ReminderFacts:
    """A clock that falls due, for whoever is reminded of it."""
    return told.ReminderFacts(
        number=at.ticket.name,
        summary=typed_text.read(at.session, at.ticket.team_id, at.ticket.summary_id),
        customer=at.customer.name,
        severity=severity_fact(at.contract.severity(at.ticket.severity)),
        clock=clock_fact(at, clock, waits),
        now=at.now,
        started=at.ticket.work_started_at is not None,
    )


def why_facts(at: Scene, language: str) -> told.WhyFacts:
    """The account of every clock that counts or counted."""
    ticket, session, team = at.ticket, at.session, at.ticket.team_id
    waits = waits_of(session, team, ticket.number)
    changed = last(at, Event.SEVERITY_CHANGED)
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
        planned = counting.planned_for(at.contract, at.ticket, clock, ())
        if clock.counting and planned.paged:
            opening = planned.calendar.next_opening(at.now)
            return opening if opening > at.now else None
    return None


def why_it_waits(at: Scene) -> str | None:
    """What was said when it was left until the next opening."""
    entry = last(at, Event.NEXT_OPENING)
    return typed_text.read(at.session, at.ticket.team_id, entry.text_id) if entry else None


def _is_accounted(at: Scene, clock: Clock) -> bool:
    """Whether there is a deadline to account for: not on one that only pages (PI-06)."""
    if clock.state == ClockState.WITHDRAWN or not is_shown(clock):
        return False
    return not counting.planned_for(at.contract, at.ticket, clock, ()).paged


def _account(at: Scene, clock: Clock, waits: Sequence[Wait], language: str) -> told.LedgerFacts:
    planned = counting.planned_for(at.contract, at.ticket, clock, waits)
    kinds = frozenset(map(str, planned.promise.paused_by)) | {counting.RESOLVED}
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
        chosen_by=person_fact(at.session, at.ticket.team_id, clock.chosen_by),
        counted=tuple(
            told.CountedSpan(c.start, c.end, minutes)
            for c, minutes in zip(account.counted, account.in_minutes, strict=True)
        ),
        skipped=tuple(told.SkippedSpan(s.start, s.end, sla_ledger.words(s.reason, language)) for s in account.skipped),
        total=sum(account.in_minutes, timedelta()),
    )
