"""`RENDER`: how each kind of owed message is drawn, from the state of the moment it is sent.

None means that it does not hold any more, and is dropped.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from handlers import language, log_pictures, pictures, undelivered
from handlers.errand import Errand
from handlers.later import Later
from handlers.present import Present
from handlers.scene import Scene, moment, person_fact, role_fact, scene
from handlers.views import alarms, cards, customer_cards, findings, log, notices, reminders
from handlers.views import facts as told
from handlers.views.beside import Plain
from handlers.views.blocks import Rendered, together
from handlers.views.words import Words
from models import typed_text
from models.channel import channel_by_id
from models.clock import Clock
from models.customer import Customer
from models.desk import Desk
from models.history import Event, HistoryEntry, entry_at
from models.outbox import Kind, Outgoing
from models.sla.contract import Role
from models.sla.ladder import RungKind


def render(row: Outgoing, here: Present) -> Rendered | Plain | Errand | None:
    """The message, or the errand, that a row owes, as things are."""
    return RENDER[Kind(row.kind)](row, here)


def _scene(row: Outgoing, here: Present) -> Scene | None:
    if row.ticket_number is None:
        return None
    ticket = here.ticket(row.team_id, row.ticket_number)
    return scene(here.session, here.agreements, ticket, here.now) if ticket else None


def _desk_card(row: Outgoing, here: Present) -> Rendered | None:
    at = _scene(row, here)
    if at is None:
        return None
    return cards.desk_card(pictures.ticket_facts(at), language.for_desk_channel(at.contract, at.desk))


def _customer_card(row: Outgoing, here: Present) -> Rendered | None:
    at = _scene(row, here)
    if at is None:
        return None
    return customer_cards.customer_card(pictures.ticket_facts(at), _customer_words(at, row))


def _customer_words(at: Scene, row: Outgoing) -> Words:
    channel = channel_by_id(at.session, row.team_id, row.conversation)
    return language.for_customer_channel(at.contract, at.customer, channel)


def _log_line(row: Outgoing, here: Present) -> Rendered | None:
    """The line of one event, or of several that had to wait."""
    at = _scene(row, here)
    if at is None:
        return None
    entries = [entry_at(here.session, row.team_id, at.ticket.number, position) for position in row.args["positions"]]
    return together([_line(at, entry, here) for entry in entries if entry is not None])


def _line(at: Scene, entry: HistoryEntry, here: Present) -> Rendered:
    words = language.for_desk_channel(at.contract, at.desk)
    if entry.event == Event.RESUMED and entry.facts.get("by_message"):
        return notices.wait_ended(log_pictures.log_facts(at, entry), words)
    clock = at.session.get(Clock, (at.ticket.team_id, entry.facts.get("clock") or ""))
    if clock is not None and entry.event == Event.LATE:
        return reminders.late(_reminder_facts(at, clock, here), words)
    if clock is not None and entry.event == Event.EXPECTED_PASSED:
        return reminders.expected_passed(_reminder_facts(at, clock, here), words)
    return log.log_line(log_pictures.log_facts(at, entry), words)


def _entry(row: Outgoing, here: Present) -> HistoryEntry | None:
    position = row.args.get("position")
    if row.ticket_number is None or position is None:
        return None
    return entry_at(here.session, row.team_id, row.ticket_number, position)


def _customer_line(row: Outgoing, here: Present) -> Rendered | None:
    at = _scene(row, here)
    entry = _entry(row, here)
    if at is None or entry is None:
        return None
    return TO_CUSTOMER[Event(entry.event)](at, entry, _customer_words(at, row))


def _reply(at: Scene, entry: HistoryEntry, words: Words) -> Rendered:
    return notices.reply(log_pictures.log_facts(at, entry), words)


def _class_changed(at: Scene, entry: HistoryEntry, words: Words) -> Rendered:
    return notices.class_changed(log_pictures.log_facts(at, entry), pictures.ticket_facts(at), words)


def _waiting(at: Scene, entry: HistoryEntry, words: Words) -> Rendered | None:
    if at.ticket.waiting is None:
        return None
    question = log_pictures.log_facts(at, entry).text or ""
    return notices.waiting_notice(pictures.ticket_facts(at), question, words)


def _workaround(at: Scene, entry: HistoryEntry, words: Words) -> Rendered:
    del entry
    return notices.workaround_notice(pictures.ticket_facts(at), words)


def _more_work(at: Scene, entry: HistoryEntry, words: Words) -> Rendered:
    return notices.needs_more_work(log_pictures.log_facts(at, entry), pictures.ticket_facts(at), words)


def _resolved(at: Scene, entry: HistoryEntry, words: Words) -> Rendered | None:
    del entry
    return notices.resolved_notice(pictures.ticket_facts(at), words) if at.ticket.ended else None


def _reopened(at: Scene, entry: HistoryEntry, words: Words) -> Rendered:
    return notices.reopened_notice(log_pictures.log_facts(at, entry), pictures.ticket_facts(at), words)


def _release(at: Scene, entry: HistoryEntry, words: Words) -> Rendered:
    return notices.release_planned(log_pictures.log_facts(at, entry), words)


def _late(at: Scene, entry: HistoryEntry, words: Words) -> Rendered | None:
    clock = log_pictures.log_facts(at, entry).clock
    return notices.late_notice(pictures.ticket_facts(at), clock, words) if clock else None


def _after_resolution(at: Scene, entry: HistoryEntry, words: Words) -> Rendered | None:
    del entry
    return notices.after_resolution(pictures.ticket_facts(at), words) if at.ticket.ended else None


TO_CUSTOMER: Mapping[Event, Callable[[Scene, HistoryEntry, Words], Rendered | None]] = {
    Event.REPLIED: _reply,
    Event.SEVERITY_CHANGED: _class_changed,
    Event.WAITING: _waiting,
    Event.WORKAROUND_OFFERED: _workaround,
    Event.NEEDS_MORE_WORK: _more_work,
    Event.RESOLVED: _resolved,
    Event.REOPENED: _reopened,
    Event.LATE: _late,
    Event.TARGET_RELEASE: _release,
    Event.CUSTOMER_WROTE: _after_resolution,
}
"""What the customer is told of an event, in its thread."""


def _reminder(row: Outgoing, here: Present) -> Rendered | None:
    """To the owner: those parts that still hold, together when there are several."""
    person = here.person(row.team_id, row.conversation)
    parts = [
        (part, found) for part in _latest(row.args["parts"]) if (found := _part(row.team_id, part, here)) is not None
    ]
    if person is None or not parts:
        return None
    words = language.for_person(person)
    kind = parts[0][0]["kind"]
    if len(parts) == 1 and "down_from" not in row.args and kind != RungKind.WARNING:
        return SINGLE.get(kind, reminders.reminder)(parts[0][1], words)
    return reminders.gathered(_gathered(row, parts, words, here.now), words)


def _latest(parts: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of each clock the last thing to say: what was to be said before it is stale when both are said at once."""
    return list({part["clock"]: part for part in parts}.values())


SINGLE: Mapping[str, Callable[[told.ReminderFacts, Words], Rendered]] = {
    RungKind.DUE: reminders.late,
    RungKind.EXPECTED: reminders.expected_passed,
}
"""How one that is said alone is drawn, when it is not a plain reminder."""


def _part(team_id: str, part: Mapping[str, Any], here: Present) -> told.ReminderFacts | None:
    ticket = here.ticket(team_id, part["number"])
    clock = here.session.get(Clock, (team_id, part["clock"]))
    if ticket is None or clock is None or not clock.counting:
        return None
    at = scene(here.session, here.agreements, ticket, here.now)
    return _reminder_facts(at, clock, here)


def _reminder_facts(at: Scene, clock: Clock, here: Present) -> told.ReminderFacts:
    return log_pictures.reminder_facts(at, clock, here.waits_of(at.ticket.team_id, at.ticket.number))


def _gathered(
    row: Outgoing,
    parts: list[tuple[Any, told.ReminderFacts]],
    words: Words,
    now: datetime,
) -> told.GatheredFacts:
    why, first = told.Gathered.TOGETHER, parts[0][0]
    if "down_from" in row.args:
        why = told.Gathered.WHILE_DOWN
    elif all(part["kind"] == RungKind.WARNING for part, _ in parts):
        why = told.Gathered.AFTER_OPENING
    reason = first.get("reason")
    return told.GatheredFacts(
        why=why,
        reminders=tuple(facts for _, facts in parts),
        now=now,
        opening_at=moment(first.get("opening_at")),
        closing_at=moment(first.get("closing_at")),
        closed_on=_day(first.get("reason_day"), words),
        closed_because=words.pick(reason) if reason else None,
        down_from=moment(row.args.get("down_from")),
        down_to=moment(row.args.get("down_to")),
    )


def _day(text: str | None, words: Words) -> datetime | None:
    """Noon of a civil day, so that it is the same day for the reader."""
    return datetime.combine(date.fromisoformat(text), time(12), words.zone) if text else None


def _escalation(row: Outgoing, here: Present) -> Rendered | None:
    at = _scene(row, here)
    entry = _entry(row, here)
    if at is None or entry is None:
        return None
    facts = log_pictures.log_facts(at, entry)
    picture = pictures.ticket_facts(at)
    clock = here.session.get(Clock, (row.team_id, entry.facts.get("clock") or ""))
    counting = clock is not None and clock.counting
    return alarms.escalation(
        told.EscalationFacts(
            number=picture.number,
            summary=picture.summary,
            customer=picture.customer,
            severity=picture.severity,
            role=facts.role or role_fact(at, Role.SENIOR),
            why=_why_told(entry, clock),
            now=here.now,
            clock=facts.clock if counting else None,
            owner=picture.owner,
            text=facts.text,
            by=facts.by,
            clause=entry.facts.get("clause"),
        ),
        language.for_desk_channel(at.contract, at.desk),
    )


def _why_told(entry: HistoryEntry, clock: Clock | None) -> told.EscalationReason:
    """Somebody said so; the class asks for it at once; it is late; or it is still not done."""
    if entry.actor_id is not None or clock is None:
        return told.EscalationReason.MANUAL
    if entry.at <= clock.started_at:
        return told.EscalationReason.URGENT
    if clock.counting and clock.late_at is not None:
        return told.EscalationReason.LATE
    return told.EscalationReason.UNTOUCHED


def _undelivered(row: Outgoing, here: Present) -> Rendered:
    return undelivered.news(here.session, row)


def _finding(row: Outgoing, here: Present) -> Rendered | None:
    desk = here.session.get(Desk, (row.team_id, row.args["desk"]))
    if desk is None:
        return None
    facts = told.FindingFacts(
        told.FindingKind(row.args["finding"]),
        int(row.args["count"]),
        mended=bool(row.args["mended"]),
        tickets=tuple(f"T-{number}" for number in row.args["tickets"]),
    )
    return findings.finding(facts, language.spoken(desk.language))


def _unrouted(row: Outgoing, here: Present) -> Rendered | None:
    desk = here.session.get(Desk, (row.team_id, row.args["desk"]))
    if desk is None:
        return None
    args = row.args
    facts = told.UnroutedFacts(args["hook"], args["summary"], tuple(args["labels"]), args["route"])
    return findings.unrouted(facts, language.spoken(desk.language))


def _question(row: Outgoing, here: Present) -> Rendered | None:
    """To a super user: what somebody of the same customer asks. Source: PI-11."""
    session, team_id, args = here.session, row.team_id, row.args
    customer = session.get(Customer, (team_id, args["customer"]))
    asker = person_fact(session, team_id, args["asked_by"])
    summary = typed_text.read(session, team_id, args["summary"])
    if customer is None or asker is None or not summary:
        return None
    reader = here.person(team_id, row.conversation)
    facts = told.PassedOnFacts(
        by=asker,
        customer=customer.name,
        summary=summary,
        details=typed_text.read(session, team_id, args["details"]),
        clause=args["clause"],
    )
    return notices.question_passed_on(facts, language.for_person(reader) if reader else language.UNKNOWN_READER)


ANNOUNCED = Later("announcing", "drawn")

RENDER: Mapping[Kind, Callable[[Outgoing, Present], Rendered | Plain | Errand | None]] = {
    Kind.DESK_CARD: _desk_card,
    Kind.CUSTOMER_CARD: _customer_card,
    Kind.LOG_LINE: _log_line,
    Kind.CUSTOMER_LINE: _customer_line,
    Kind.REMINDER: _reminder,
    Kind.ESCALATION: _escalation,
    Kind.PAGE: Later("page_news", "page"),
    Kind.PAGE_MAIL: Later("page_news", "beside"),
    Kind.PAGE_WEBHOOK: Later("page_news", "beside"),
    Kind.STEP_MAIL: Later("page_news", "to_address"),
    Kind.STEP_WEBHOOK: Later("page_news", "to_address"),
    Kind.PAGE_GROUP: Later("page_groups", "look"),
    Kind.CALL_OUT: Later("page_news", "call_out"),
    Kind.UNDELIVERED: _undelivered,
    Kind.FINDING: _finding,
    Kind.QUESTION: _question,
    Kind.SHIFT_CHANGED: Later("oncall_news", "changed"),
    Kind.SWAP: Later("oncall_news", "swap"),
    Kind.HANDOVER: Later("oncall_news", "handover"),
    Kind.GAPS: Later("oncall_news", "gaps"),
    Kind.GROUP_REFUSED: Later("oncall_news", "group_refused"),
    Kind.UNROUTED: _unrouted,
    Kind.ANNOUNCEMENT: ANNOUNCED,
    Kind.ANNOUNCED: ANNOUNCED,
    Kind.ANNOUNCED_DESK: ANNOUNCED,
    Kind.ANNOUNCED_LOG: ANNOUNCED,
    Kind.ANNOUNCED_REMINDER: ANNOUNCED,
    Kind.CLAIM: Later("claim_news", "claim"),
    Kind.CLAIMED: Later("claim_news", "claimed"),
    Kind.CLAIM_DECIDED: Later("claim_news", "decided"),
    Kind.REPORT_LIST: Later("report_news", "listed"),
    Kind.REPORT: Later("report_news", "report"),
    Kind.REPORT_CHART: Later("report_news", "chart"),
    Kind.INCIDENT_STEP: Later("incident_news", "step"),
    Kind.INCIDENT_CARD: Later("incident_news", "card"),
    Kind.INCIDENT_SUMMARY: Later("incident_news", "summary"),
    Kind.INCIDENT_LINE: Later("incident_news", "line"),
}
"""How each kind of owed message is drawn."""
