"""Maintenance as facts for the views."""

from datetime import datetime, timedelta

from handlers.views.facts import PersonFact
from handlers.views.facts.maintenance import MaintenanceFacts, MaintenanceLine, SlotFact
from models import typed_text
from models.maintenance import Maintenance, MaintenanceEntry, count_muted
from models.person import Person
from models.service import names_with, services_with_keys
from models.store import Session
from models.told import NoticeContact, Told, count_told, mails_at


def work_facts(session: Session, work: Maintenance, now: datetime) -> MaintenanceFacts:
    """One maintenance as it stands."""
    services = services_with_keys(session, work.team_id, work.services)
    return MaintenanceFacts(
        name=work.name,
        now=now,
        title=typed_text.read(session, work.team_id, work.title_id),
        services=names_with(services, work.components),
        kind=work.kind,
        downtime=work.downtime,
        stage=work.stage,
        slot=SlotFact(work.starts_at, work.ends_at),
        noticed=typed_text.read(session, work.team_id, work.noticed_id),
        planned_by=_person(session, work, work.planned_by),
        approver=_person(session, work, work.approver_id),
        approved_at=work.approved_at,
        began_at=work.began_at,
        ended_at=work.ended_at,
        latest_at=work.latest_at,
        notice_at=work.notice_at,
        told_at=work.told_at,
        customers=len(work.customers),
        places=count_told(session, work.team_id, work.name) if work.told_at else 0,
        overridden=tuple(dict.fromkeys(each["clause"] for each in work.broken)),
        override_by=_person(session, work, work.override_by),
        override_reason=typed_text.read(session, work.team_id, work.override_id),
        muted=count_muted(session, work.team_id, work.number) if work.began_at or work.starts_at <= now else 0,
        series=f"M-{work.series}" if work.series is not None else None,
    )


def line_facts(session: Session, work: Maintenance, entry: MaintenanceEntry, now: datetime) -> MaintenanceLine:
    """One event of it."""
    facts, step = entry.facts, entry.facts.get("step")
    mails = mails_at(session, work.team_id, work.name, int(step)) if step is not None else []
    was = (facts.get("starts_at"), facts.get("ends_at"))
    return MaintenanceLine(
        event=entry.event,
        at=entry.at,
        work=work_facts(session, work, now),
        by=_person(session, work, entry.actor_id),
        text=typed_text.read(session, work.team_id, entry.text_id),
        slot=SlotFact(*(datetime.fromisoformat(at) for at in was)) if all(was) else None,  # type: ignore[arg-type]
        off=timedelta(seconds=float(facts.get("off", 0))),
        clauses=tuple(facts.get("clauses", ())),
        count=int(facts.get("count", 0)),
        mails=tuple(_address(session, mail) for mail in mails),
        mail_text=typed_text.read(session, work.team_id, mails[0].text_id) if mails else "",
        mail_step=int(step or 0),
        mails_sent=bool(mails) and all(mail.sent_at is not None for mail in mails),
    )


def _address(session: Session, mail: Told) -> str:
    entry = session.get(NoticeContact, (mail.team_id, mail.receiver))
    if entry is None:
        return "?"
    return f"{entry.name} <{entry.email}>" if entry.email else entry.name


def _person(session: Session, work: Maintenance, person_id: str | None) -> PersonFact | None:
    person = session.get(Person, (work.team_id, person_id)) if person_id else None
    return PersonFact(person.slack_user, person.name) if person else None
