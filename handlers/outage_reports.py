"""The report after an outage: what was, as facts; stored when somebody writes it, owed as a file and as a canvas."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from handlers import incident
from handlers.agreements import Agreements
from handlers.errand import Step
from handlers.outage_handling import Handling, about
from handlers.outage_pictures import line_facts, outage_facts, strictest
from handlers.scene import moment, person_fact
from handlers.views.facts.incidents import FollowUpFact, MomentFact, PromiseFact, ReportFacts, ReportToldFact
from models import outbox, typed_text
from models.affected import reports_of
from models.customer import Customer
from models.outage import Outage, OutageEntry, OutageEvent, outage_entries, tickets_of_outage
from models.person import Person
from models.record import with_ids
from models.store import Session
from models.told import NoticeContact, Way, tellings_of

TELLING = frozenset({OutageEvent.ANNOUNCED, OutageEvent.UPDATED, OutageEvent.ENDED})
SAID_ELSEWHERE = frozenset({OutageEvent.PINNED, OutageEvent.UNPINNED, OutageEvent.REPORTED, OutageEvent.JOINED})
"""Events that the timeline does not list: pinned messages stand there as what was said."""


def report_facts(session: Session, agreements: Agreements, outage: Outage, now: datetime) -> ReportFacts:
    """Everything that the report says."""
    entries = outage_entries(session, outage.team_id, outage.number)
    written = next((entry for entry in reversed(entries) if entry.event == OutageEvent.REPORTED), None)
    return ReportFacts(
        outage=outage_facts(session, outage, now),
        gravity=outage.gravity,
        detected_at=outage.detected_at,
        reported_at=outage.reported_at,
        announced_at=outage.announced_at,
        lead=person_fact(session, outage.team_id, outage.lead_id),
        communications=person_fact(session, outage.team_id, outage.communications_id),
        scribe=person_fact(session, outage.team_id, outage.scribe_id),
        promises=tuple(sorted(_promises(session, agreements, outage, entries), key=lambda each: each.at)),
        told=tuple(_told(session, outage)),
        affected=tuple(_affected(session, outage)),
        tickets=tuple(f"T-{link.ticket_number}" for link in tickets_of_outage(session, outage.team_id, outage.number)),
        timeline=tuple(sorted(_timeline(session, outage, entries, now), key=lambda each: each.at)),
        causes=typed_text.read(session, outage.team_id, written.text_id) if written else "",
        follow_ups=tuple(follow_ups(session, outage)),
        written_by=person_fact(session, outage.team_id, written.actor_id) if written else None,
        written_at=written.at if written else None,
    )


def _promises(
    session: Session, agreements: Agreements, outage: Outage, entries: Sequence[OutageEntry]
) -> Iterator[PromiseFact]:
    """What was promised, and whether it was kept: told by the moment named, or over by then."""
    rule = strictest(session, agreements, outage, outage.declared_at)
    if rule is not None:
        yield PromiseFact("tell", rule[1], _by_then(outage.announced_at, rule[1]), rule[0].clause)
    telling = [entry for entry in entries if entry.event in TELLING and "step" in entry.facts]
    for entry, after in zip(telling, [*telling[1:], None], strict=True):
        promised = entry.facts.get("promised") or {}
        at = moment(promised.get("next_update"))
        if at is not None:
            yield PromiseFact("next_update", at, _by_then(after.at if after else None, at))
        at = moment(promised.get("expected_end"))
        if at is not None and (after is None or after.at > at or after.event == OutageEvent.ENDED):
            yield PromiseFact("expected_end", at, _by_then(outage.ended_at, at))


def _by_then(done_at: datetime | None, promised_at: datetime) -> bool | None:
    """Whether it was done by then; None while nobody can say."""
    return done_at <= promised_at if done_at is not None else None


def _told(session: Session, outage: Outage) -> Iterator[ReportToldFact]:
    """Who was told when, in order: a step of 0 is the announcement."""
    found = tellings_of(session, outage.team_id, outage.name)
    receivers = [told.receiver for told, _ in found if told.way != Way.CHANNEL]
    names = {person.id: person.name for person in with_ids(session, Person, outage.team_id, receivers)}
    names |= {entry.id: entry.name for entry in with_ids(session, NoticeContact, outage.team_id, receivers)}
    customers = with_ids(session, Customer, outage.team_id, {told.customer_id for told, _ in found if told.customer_id})
    of = {customer.id: customer.name for customer in customers}
    for told, sent_at in found:
        yield ReportToldFact(
            customer=of.get(told.customer_id or ""),
            way=told.way,
            receiver=told.receiver if told.way == Way.CHANNEL else names.get(told.receiver, ""),
            step=told.step,
            language=told.language,
            sent_at=_in_contract_time(sent_at, told.owed_at),
        )


def _in_contract_time(sent_at: datetime | None, owed_at: datetime) -> datetime | None:
    """When it was told: the instant it was owed, for when Slack had it is machine time."""
    return owed_at if sent_at is not None else None


def _affected(session: Session, outage: Outage) -> Iterator[MomentFact]:
    reports = reports_of(session, outage.team_id, outage.name)
    customers = with_ids(session, Customer, outage.team_id, {report.customer_id for report in reports})
    names = {customer.id: customer.name for customer in customers}
    for report in reports:
        by = person_fact(session, outage.team_id, report.person_id)
        yield MomentFact(report.at, by, names.get(report.customer_id, "?"))


def _timeline(session: Session, outage: Outage, entries: Sequence[OutageEntry], now: datetime) -> Iterator[MomentFact]:
    """The history, and what was pinned in the channel, each at its own moment."""
    for entry in entries:
        if entry.event not in SAID_ELSEWHERE:
            yield MomentFact(entry.at, None, line=line_facts(session, outage, entry, now))
    for at, author, text_id in pins_of(session, outage).values():
        by = person_fact(session, outage.team_id, author)
        yield MomentFact(at, by, typed_text.read(session, outage.team_id, text_id), pinned=True)


def pins_of(session: Session, outage: Outage) -> dict[str, tuple[datetime, str | None, str | None]]:
    """What is pinned in its channel, by time stamp: when it was written, by whom, and its text; ids."""
    found: dict[str, tuple[datetime, str | None, str | None]] = {}
    for entry in outage_entries(session, outage.team_id, outage.number):
        ts = str(entry.facts.get("ts"))
        if entry.event == OutageEvent.PINNED:
            found[ts] = (datetime.fromisoformat(entry.facts["sent_at"]), entry.facts.get("author"), entry.text_id)
        elif entry.event == OutageEvent.UNPINNED:
            found.pop(ts, None)
    return found


def follow_ups(session: Session, outage: Outage) -> list[FollowUpFact]:
    """What is to be done after it, as written last; each with the ticket that was opened for it."""
    entries = outage_entries(session, outage.team_id, outage.number)
    written = next((entry for entry in reversed(entries) if entry.event == OutageEvent.REPORTED), None)
    opened = {
        entry.text_id: f"T-{entry.facts['ticket']}" for entry in entries if entry.event == OutageEvent.FOLLOWED_UP
    }
    kept: Mapping[str, Any] = written.facts if written else {}
    return [
        FollowUpFact(typed_text.read(session, outage.team_id, text_id), opened.get(text_id), text_id)
        for text_id in kept.get("follow_ups", ())
    ]


# Writing it


def write_report(at: Handling, causes: str, wanted: Sequence[str]) -> None:
    """Store causes and follow-ups, and owe the report where the outage was handled.

    A follow-up that stood before keeps its ticket.
    """
    before = {each.text: each.id for each in follow_ups(at.session, at.outage)}
    ids = [before.get(text) or str(at.keep(text)) for text in wanted]
    entries = outage_entries(at.session, at.outage.team_id, at.outage.number)
    revision = sum(entry.event == OutageEvent.REPORTED for entry in entries) + 1
    entry = at.note(OutageEvent.REPORTED, text_id=at.keep(causes), facts={"follow_ups": ids})
    incident.owe_step(at.ledger, at.outage, Step.UPLOAD, entry.position, revision=revision)
    incident.owe_step(at.ledger, at.outage, Step.CANVAS, entry.position)


def place_of_file(session: Session, outage: Outage) -> tuple[str, str]:
    """Where the file goes: the outage's channel while it is open, else the thread of the desk's card."""
    if outage.channel_id is not None and not incident.is_archived(session, outage):
        return outage.channel_id, ""
    card = outbox.seen_of_key(session, outage.team_id, about(outage).desk_key)
    return (card.channel or card.conversation, card.ts or "") if card else ("", "")


def canvas_before(session: Session, outage: Outage) -> str:
    """The id of the canvas that an earlier report became; empty without one."""
    rows = outbox.rows_of(session, outage.team_id, f"{incident.step_key(outage, Step.CANVAS)}:")
    return next((row.ts for row in rows if row.ts), "")
