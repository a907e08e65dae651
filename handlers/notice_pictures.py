"""A notice as views are told of it: for one reader, for the desk, and as an account of who was told."""

from collections.abc import Sequence
from datetime import date, datetime

from handlers import notice_audience
from handlers.agreements import Agreements
from handlers.notice_audience import Addressed, Terms
from handlers.scene import person_fact
from handlers.views.facts import Texts
from handlers.views.facts.announcements import (
    NoticeAccountFacts,
    NoticeDeskFacts,
    NoticeFacts,
    NoticeLineFacts,
    NoticeRowFact,
    ObjectionFact,
    ReachFact,
    TellingFact,
    TermsFact,
)
from models import typed_text
from models.customer import Customer
from models.notice import Notice, NoticeEntry, NoticeState, notice_entries, objections_to
from models.person import Person
from models.record import with_ids
from models.service import services_with_keys
from models.sla.contract import Contract
from models.store import Session
from models.told import NoticeContact, Way, count_told, mails_left, tellings_of

SHOWN = 60
"""Tellings in one account."""


def notice_facts(
    session: Session, notice: Notice, terms: Terms | None, customer_id: str | None, language: str, now: datetime
) -> NoticeFacts:
    """What one reader is told."""
    rule = terms.rule if terms else None
    mine = [entry for entry in objections_to(session, notice) if entry.facts.get("customer") == customer_id]
    return NoticeFacts(
        name=notice.name,
        topic=notice.topic,
        title=typed_text.read(session, notice.team_id, notice.title_id),
        text=text_in(session, notice, language),
        now=now,
        services=service_names(session, notice),
        effective=terms.timing.effective if terms and terms.timing else notice.effective,
        clause=clause_texts(terms.contract, rule.clause) if terms and rule else None,
        may_object=bool(rule and rule.may_object and customer_id),
        use_is_acceptance=bool(rule and rule.use_is_acceptance),
        customer=customer_id,
        objections=tuple(objection_fact(session, entry) for entry in mine),
        corrected_at=notice.corrected_at,
        withdrawn_at=notice.withdrawn_at if notice.state == NoticeState.WITHDRAWN else None,
        withdrawal=typed_text.read(session, notice.team_id, notice.withdrawal_id),
    )


def text_in(session: Session, notice: Notice, language: str) -> str:
    """The text in a language, else as it was first written."""
    chosen = notice.texts.get(language) or next(iter(notice.texts.values()), None)
    return typed_text.read(session, notice.team_id, chosen)


def clause_texts(contract: Contract, clause: str) -> Texts:
    """Where a customer finds a clause in its agreement; its id where the agreement gives no place."""
    known = contract.clauses.get(clause)
    return known.where if known and known.where else {"en": clause}


def service_names(session: Session, notice: Notice) -> tuple[str, ...]:
    """What it is about."""
    return tuple(service.name for service in services_with_keys(session, notice.team_id, notice.services))


def objection_fact(session: Session, entry: NoticeEntry) -> ObjectionFact:
    """One objection."""
    customer = session.get(Customer, (entry.team_id, str(entry.facts.get("customer"))))
    by_desk = bool(entry.facts.get("registered"))
    person = person_fact(session, entry.team_id, entry.actor_id)
    return ObjectionFact(
        person=None if by_desk else person,
        customer=customer.name if customer else "",
        at=entry.at,
        reason=typed_text.read(session, entry.team_id, entry.text_id),
        by=person if by_desk else None,
    )


def reach_fact(found: Addressed) -> ReachFact:
    """Whom it reaches."""
    ways = [reader.way for reader in found.readers]
    languages: dict[str, int] = {}
    for reader in found.readers:
        languages[reader.language] = languages.get(reader.language, 0) + 1
    return ReachFact(
        channels=ways.count(Way.CHANNEL),
        people=ways.count(Way.DIRECT),
        mails=ways.count(Way.MAIL),
        languages=languages,
        unreached=tuple(using.customer.name for using in found.unreached),
    )


def terms_facts(found: Addressed, *, reported: bool) -> tuple[TermsFact, ...]:
    """What each agreement says, one line for the customers for whom the same holds."""
    groups: dict[tuple[str, str, date], list[Terms]] = {}
    for terms in found.terms.values():
        if terms.rule is not None and terms.timing is not None:
            key = (terms.contract.id, terms.rule.clause, terms.timing.earliest)
            groups.setdefault(key, []).append(terms)
    return tuple(_terms_fact(group, reported=reported) for group in groups.values())


def _terms_fact(group: Sequence[Terms], *, reported: bool) -> TermsFact:
    first = group[0]
    if first.rule is None or first.timing is None:
        message = "terms without a rule are not shown"
        raise LookupError(message)
    return TermsFact(
        contract=first.contract.vendor,
        clause=first.rule.clause,
        customers=len(group),
        verdict=first.timing.verdict,
        effective=first.timing.effective,
        earliest=first.timing.earliest,
        tell_by=first.timing.tell_by,
        lead_days=first.rule.lead_days,
        held=reported and first.rule.held_when_reported,
    )


def earliest_for_all(found: Addressed) -> date | None:
    """The first day that keeps every agreement; None when none says anything."""
    days = [terms.timing.earliest for terms in found.terms.values() if terms.timing is not None]
    return max(days, default=None)


def desk_facts(session: Session, agreements: Agreements, notice: Notice, now: datetime) -> NoticeDeskFacts:
    """The desk's card."""
    team_id = notice.team_id
    found = notice_audience.addressed(session, agreements, notice, now)
    rule = found.holding if notice.state == NoticeState.HELD else None
    return NoticeDeskFacts(
        name=notice.name,
        topic=notice.topic,
        title=typed_text.read(session, team_id, notice.title_id),
        text=text_in(session, notice, ""),
        state=notice.state,
        now=now,
        made_by=person_fact(session, team_id, notice.made_by),
        services=service_names(session, notice),
        terms=terms_facts(found, reported=notice.reported),
        told=count_told(session, team_id, notice.name),
        mails_left=mails_left(session, team_id, notice.name),
        send_at=notice.send_at,
        sent_at=notice.sent_at,
        held_by=rule.clause if rule else None,
        overridden_by=person_fact(session, team_id, notice.overridden_by),
        override=typed_text.read(session, team_id, notice.override_id),
        objections=tuple(objection_fact(session, entry) for entry in objections_to(session, notice)),
        may_object=any(terms.rule is not None and terms.rule.may_object for terms in found.terms.values()),
        corrected_at=notice.corrected_at,
        withdrawn_at=notice.withdrawn_at,
        withdrawal=typed_text.read(session, team_id, notice.withdrawal_id),
    )


def line_facts(session: Session, notice: Notice, entry: NoticeEntry, now: datetime) -> NoticeLineFacts:
    """One event, for the log."""
    facts, team_id = entry.facts, entry.team_id
    customer = session.get(Customer, (team_id, str(facts.get("customer") or "")))
    moment, day = facts.get("send_at"), facts.get("day")
    return NoticeLineFacts(
        event=entry.event,
        name=notice.name,
        at=entry.at,
        now=now,
        by=person_fact(session, team_id, entry.actor_id),
        text=typed_text.read(session, team_id, entry.text_id),
        count=int(facts.get("count") or 0),
        clause=facts.get("clause"),
        customer=customer.name if customer else "",
        person=person_fact(session, team_id, facts.get("person")),
        send_at=datetime.fromisoformat(moment) if moment else None,
        day=date.fromisoformat(day) if day else None,
    )


def row_fact(session: Session, notice: Notice) -> NoticeRowFact:
    """A line of a list."""
    return NoticeRowFact(
        name=notice.name,
        topic=notice.topic,
        title=typed_text.read(session, notice.team_id, notice.title_id),
        state=notice.state,
        at=notice.withdrawn_at or notice.sent_at or notice.send_at or notice.made_at,
        objections=len(objections_to(session, notice)),
    )


def account_facts(session: Session, notice: Notice, now: datetime) -> NoticeAccountFacts:
    """Who was told, when and with which text. Source: PS-08."""
    team_id, told = notice.team_id, tellings_of(session, notice.team_id, notice.name)
    text_ids = list(dict.fromkeys(each.text_id for each, _ in told))
    shown = told[:SHOWN]
    people = {each.id: each for each in with_ids(session, Person, team_id, {row.receiver for row, _ in shown})}
    entries = {each.id: each for each in with_ids(session, NoticeContact, team_id, {row.receiver for row, _ in shown})}
    customers = with_ids(session, Customer, team_id, {row.customer_id for row, _ in shown if row.customer_id})
    names = {customer.id: customer.name for customer in customers}
    return NoticeAccountFacts(
        row=row_fact(session, notice),
        now=now,
        tellings=tuple(
            TellingFact(
                step=each.step,
                way=each.way,
                to=_receiver(each.way, each.receiver, people, entries),
                customer=names.get(each.customer_id or "", ""),
                sent_at=sent_at,
                text=text_ids.index(each.text_id) + 1,
            )
            for each, sent_at in shown
        ),
        texts=tuple(typed_text.read(session, team_id, each) for each in text_ids),
        objections=tuple(objection_fact(session, entry) for entry in objections_to(session, notice)),
        more=len(told) - len(shown),
    )


def _receiver(way: str, receiver: str, people: dict[str, Person], entries: dict[str, NoticeContact]) -> str:
    if way == Way.CHANNEL:
        return receiver
    if receiver in people:
        return people[receiver].name
    entry = entries.get(receiver)
    return f"{entry.name} <{entry.email}>" if entry else receiver


def step_entry(session: Session, notice: Notice, step: int) -> NoticeEntry | None:
    """The event that readers were told of as that step."""
    return next((each for each in notice_entries(session, notice) if each.facts.get("step") == step), None)
