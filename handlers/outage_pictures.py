"""Outages as facts for the views."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from handlers.agreements import Agreements, NoAgreementError
from handlers.audiences import Heard
from handlers.scene import moment, person_fact
from handlers.views.facts.outages import OutageDeskFacts, OutageFacts, OutageLineFacts, OutageRowFact, ToldFact
from handlers.views.outage_desk import LATE
from models import outbox, typed_text
from models.affected import reports_of
from models.customer import Customer
from models.desk import Desk
from models.outage import Outage, OutageEntry, tickets_of_outage
from models.outbox import ENDED, Outgoing
from models.person import Person
from models.record import with_ids
from models.service import customers_on, names_with, services_with_keys
from models.sla.outage_rules import NoticeRule, told_by
from models.store import Session
from models.told import NoticeContact, Told, Way, count_told, mails_at, tellings_of


def outage_facts(session: Session, outage: Outage, now: datetime, *, repeated: bool = False) -> OutageFacts:
    """An outage as its readers see it."""
    return OutageFacts(
        name=outage.name,
        title=typed_text.read(session, outage.team_id, outage.title_id),
        services=service_names(session, outage),
        scope=outage.scope,
        cause=typed_text.read(session, outage.team_id, outage.cause_id) or None,
        began_at=outage.began_at,
        now=now,
        expected_end=outage.expected_end,
        next_update_at=outage.next_update_at,
        latest=typed_text.read(session, outage.team_id, outage.latest_id) or None,
        latest_at=outage.latest_at,
        ended_at=outage.ended_at,
        repeated=repeated,
        templates=desk_texts(session, outage.team_id, outage.desk_id),
    )


def desk_texts(session: Session, team_id: str, desk_id: str) -> Mapping[str, Mapping[str, str]]:
    """What the desk says of outages in its own words."""
    desk = session.get(Desk, (team_id, desk_id))
    return (desk.texts if desk else None) or {}


def service_names(session: Session, outage: Outage) -> tuple[str, ...]:
    """What its services are called."""
    return names_with(services_with_keys(session, outage.team_id, outage.services), outage.components)


def desk_facts(session: Session, agreements: Agreements, outage: Outage, now: datetime) -> OutageDeskFacts:
    """An outage as its desk sees it."""
    rows = outbox.rows_of(session, outage.team_id, f"{outage.name}:card:")
    rule = None if outage.announced_at else strictest(session, agreements, outage, now)
    return OutageDeskFacts(
        outage=outage_facts(session, outage, now),
        gravity=outage.gravity,
        detected_at=outage.detected_at,
        reported_at=outage.reported_at,
        lead=person_fact(session, outage.team_id, outage.lead_id),
        communications=person_fact(session, outage.team_id, outage.communications_id),
        scribe=person_fact(session, outage.team_id, outage.scribe_id),
        announced=outage.announced_at is not None,
        places=count_told(session, outage.team_id, outage.name),
        refused=sum(row.ts is None and row.state in ENDED for row in rows),
        affected=_affected(session, outage),
        tickets=tuple(f"T-{link.ticket_number}" for link in tickets_of_outage(session, outage.team_id, outage.number)),
        tell_by=rule[1] if rule else None,
        tell_clause=rule[0].clause if rule else None,
        channel=outage.channel_id,
    )


def strictest(
    session: Session, agreements: Agreements, outage: Outage, now: datetime
) -> tuple[NoticeRule, datetime] | None:
    """Of the notices that agreements ask for, the one that is due first. Source: EM-05."""
    services = services_with_keys(session, outage.team_id, outage.services)
    found: list[tuple[NoticeRule, datetime]] = []
    for using in customers_on(session, outage.team_id, services, now.date()):
        try:
            contract = agreements.under_contract(session, using.customer, using.contract, now).contract
        except NoAgreementError:
            continue
        rule = contract.outage.notice(outage.gravity)
        if rule is not None:
            calendar = contract.calendar(rule.calendar, using.customer.region)
            found.append((rule, told_by(rule, calendar, outage.began_at)))
    return min(found, key=lambda pair: pair[1]) if found else None


def _affected(session: Session, outage: Outage) -> tuple[str, ...]:
    reports = reports_of(session, outage.team_id, outage.name)
    customers = with_ids(session, Customer, outage.team_id, [report.customer_id for report in reports])
    names = {customer.id: customer.name for customer in customers}
    return tuple(names.get(report.customer_id, "?") for report in reports)


def row_fact(session: Session, outage: Outage, now: datetime) -> OutageRowFact:
    """One line of a list."""
    return OutageRowFact(
        outage=outage_facts(session, outage, now), places=count_told(session, outage.team_id, outage.name)
    )


def heard_facts(heard: Heard) -> dict[str, Any]:
    """What is kept in the history about an audience."""
    return {
        "places": len(heard.readers),
        "languages": heard.languages,
        "unreached": [using.customer.id for using in heard.unreached],
    }


def line_facts(session: Session, outage: Outage, entry: OutageEntry, now: datetime) -> OutageLineFacts:
    """An event, for its line."""
    facts, team_id = entry.facts, outage.team_id
    step = facts.get("step")
    mails = mails_at(session, team_id, outage.name, int(step)) if step is not None else []
    return OutageLineFacts(
        name=outage.name,
        event=entry.event,
        at=entry.at,
        now=now,
        by=person_fact(session, team_id, entry.actor_id),
        text=typed_text.read(session, team_id, entry.text_id) or None,
        places=int(facts.get("places", 0)),
        languages=tuple(facts.get("languages", {}).items()),
        customer=_customer_name(session, team_id, facts.get("customer")),
        ticket=f"T-{facts['ticket']}" if facts.get("ticket") else None,
        promise=facts.get("promise"),
        promised_at=moment(facts.get("promised_at")),
        clause=facts.get("clause"),
        late=LATE.get(str(facts.get("late"))),
        changes=tuple(
            (what, moment(change["before"]), moment(change["after"]))
            for what, change in facts.get("changes", {}).items()
        ),
        roles=tuple((role, person_fact(session, team_id, who)) for role, who in facts.get("roles", {}).items()),
        mails=_addresses(session, mails),
        mail_text=typed_text.read(session, team_id, mails[0].text_id) if mails else None,
        mail_step=int(step) if step is not None else None,
        mails_sent=bool(mails) and all(mail.sent_at is not None for mail in mails),
        channel=facts.get("channel"),
        step=facts.get("refused"),
        error=facts.get("error"),
        unreached=tuple(
            name for key in facts.get("unreached", ()) if (name := _customer_name(session, team_id, key)) is not None
        ),
    )


def _addresses(session: Session, mails: Sequence[Told]) -> tuple[str, ...]:
    """To whom: the register's entries, else the users of a customer."""
    found = []
    for mail in mails:
        entry = session.get(NoticeContact, (mail.team_id, mail.receiver))
        if entry is not None:
            found.append(f"{entry.name} <{entry.email}>" if entry.email else entry.name)
        else:
            found.append(_customer_name(session, mail.team_id, mail.customer_id) or "?")
    return tuple(found)


def _customer_name(session: Session, team_id: str, customer_id: str | None) -> str | None:
    customer = session.get(Customer, (team_id, customer_id)) if customer_id else None
    return customer.name if customer else None


def told_facts(session: Session, outage: Outage) -> list[ToldFact]:
    """Who was told of it: where, in which step, in which language, and whether it went out."""
    told = tellings_of(session, outage.team_id, outage.name)
    names = _receivers(session, outage.team_id, [each.receiver for each, _ in told if each.way != Way.CHANNEL])
    rows = with_ids(session, Outgoing, outage.team_id, [each.row_id for each, _ in told if each.row_id])
    reasons = {row.id: row.reason for row in rows if row.state in ENDED and row.ts is None}
    return [
        ToldFact(
            channel=each.receiver if each.way == Way.CHANNEL else None,
            name=names.get(each.receiver, "?"),
            step=each.step,
            language=each.language,
            at=each.owed_at,
            sent=sent_at is not None,
            refused=reasons.get(each.row_id or ""),
        )
        for each, sent_at in told
    ]


def _receivers(session: Session, team_id: str, ids: Sequence[str]) -> dict[str, str]:
    """People, entries of the register and customers by name."""
    names = {person.id: person.name for person in with_ids(session, Person, team_id, ids)}
    names |= {entry.id: entry.name for entry in with_ids(session, NoticeContact, team_id, ids)}
    return names | {customer.id: customer.name for customer in with_ids(session, Customer, team_id, ids)}
