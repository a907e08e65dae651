"""Maintenance as iCalendar feeds: a desk's own with everything, a customer's and a channel's with what they were told.

Loads `icalendar`. What was moved keeps its UID under a higher SEQUENCE, what was cancelled is there as such.
Source: RFC 5545, 3.6.1, 3.8.1.11 and 3.8.7.4; RFC 7986, 5.1 and 5.7.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event
from sqlmodel import Session

from handlers import language
from handlers.access import Viewer, viewer_of
from handlers.maintenance_feed import CHANNEL, CUSTOMER, DESK
from handlers.maintenance_pictures import work_facts
from handlers.views.maintenance_cards import away, summary
from handlers.views.words import Words
from models.customer import Customer
from models.maintenance import Maintenance, Stage, maintenance_since
from models.person import Person
from models.stored_rota import OF_MAINTENANCE
from models.subscription import Topic, subscription_of

PRODUCT = "-//Vakt//Maintenance//EN"
REFRESH = timedelta(hours=1)
BEFORE = timedelta(days=31)
STATUS = {Stage.ASKED: "TENTATIVE", Stage.CANCELLED: "CANCELLED"}


def feed(session: Session, holder: Person, scope: str, now: datetime) -> bytes | None:
    """The calendar of a scope; None when its holder may not see it any more."""
    viewer = viewer_of(session, holder.team_id, holder.slack_user)
    kind, _, named = scope.removeprefix(OF_MAINTENANCE).partition(":")
    works = _seen(session, viewer, kind, named, now)
    if works is None:
        return None
    words = language.for_person(holder)
    return _written(session, works, words, now)


def _seen(session: Session, viewer: Viewer, kind: str, named: str, now: datetime) -> list[Maintenance] | None:
    since = now - BEFORE
    if kind == DESK and viewer.is_desk:
        return maintenance_since(session, viewer.team_id, sorted(viewer.roles), since, cancelled=True)
    if kind == CUSTOMER and named in viewer.customers:
        customer = session.get(Customer, (viewer.team_id, named))
        if customer is not None:
            works = maintenance_since(session, viewer.team_id, [customer.desk_id], since, cancelled=True)
            return [work for work in works if work.told_at is not None and named in work.customers]
    if kind == CHANNEL:
        row = subscription_of(session, viewer.team_id, named)
        if row is not None and row.ended_at is None and row.customer_id is None:
            works = maintenance_since(session, viewer.team_id, [row.desk_id], since, cancelled=True)
            told = [work for work in works if work.told_at is not None and work.only is None]
            return [work for work in told if row.hears_of(Topic.MAINTENANCE, work.services, ())]
    return None


def _written(session: Session, works: Iterable[Maintenance], words: Words, now: datetime) -> bytes:
    calendar = Calendar()
    title = words.plain("Maintenance")
    for name, value in (("prodid", PRODUCT), ("version", "2.0"), ("name", title), ("x-wr-calname", title)):
        calendar.add(name, value)
    calendar.add("refresh-interval", REFRESH)
    for work in works:
        calendar.add_component(_event(session, work, words, now))
    text: bytes = calendar.to_ical()
    return text


def _event(session: Session, work: Maintenance, words: Words, now: datetime) -> Event:
    facts, event = work_facts(session, work, now), Event()
    event.add("uid", f"{work.name}@{work.team_id}")
    event.add("sequence", work.entries)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", (work.began_at or work.starts_at).astimezone(UTC))
    event.add("dtend", (work.ended_at or work.ends_at).astimezone(UTC))
    event.add("summary", summary(facts, words))
    event.add(
        "description",
        "\n".join(part for part in (", ".join(facts.services), away(facts, words), facts.noticed) if part),
    )
    event.add("status", STATUS.get(work.stage, "CONFIRMED"))
    event.add("transp", "TRANSPARENT")
    return event
