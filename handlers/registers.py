"""A customer's register of whom to notify: shown, added to, and taken from. Source: PS-08."""

import re
from collections.abc import Mapping
from typing import Any

from handlers import language
from handlers.access import Viewer, viewer_of
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.fields import state_of, text_in, value_in, values_in
from handlers.once import Work, once
from handlers.origins import origin_of
from handlers.payloads import metadata, metadata_of
from handlers.readers import words_for
from handlers.subscribing_reach import demand_here, entries_of, some_of
from handlers.views import subscribing as views
from handlers.views.facts import Refusal
from handlers.views.facts.subscribing import (
    RegisterFacts,
)
from handlers.views.names import Field
from models.customer import Customer
from models.person import Person, person_by_slack_id
from models.store import Session
from models.subscription import Topic
from models.told import NoticeContact

Answer = Mapping[str, Any] | None
EMAIL = re.compile(r"[^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+\.[^\s@<>,;:\"()]+")


def opened(body: Body, desk: Desk) -> None:
    """The window of the register of the customer whose channel it is."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        customer = _customer_of(session, viewer, origin.channel or "")
        view = views.register_view(_register_facts(session, customer), words_for(session, viewer, origin))
    desk.aside.open_view(origin.team_id, origin.trigger_id or "", view, origin.sorry)


def _customer_of(session: Session, viewer: Viewer, channel_id: str) -> Customer:
    """The customer whose channel it is, for its own people and its desk.

    Raises:
        UserError: it is no customer's, or not the viewer's to change.
    """
    customer = demand_here(session, viewer, channel_id)
    if customer is None:
        raise UserError(Refusal.NO_CUSTOMER_HERE)
    return customer


def _register_facts(session: Session, customer: Customer) -> RegisterFacts:
    return RegisterFacts(
        metadata=metadata(customer=customer.id), customer=customer.name, entries=entries_of(session, customer)
    )


def registered(body: Body, desk: Desk) -> Answer:
    """*Add*: somebody more is notified from now on."""
    state = state_of(body)
    slack_user, name = value_in(state, Field.PERSON), text_in(state, Field.NAME, limit=80)
    email = text_in(state, Field.EMAIL, limit=254)
    if not slack_user and not (name and EMAIL.fullmatch(email)):
        raise UserError(Refusal.NOBODY_NAMED, Field.EMAIL if name or email else Field.PERSON)
    topics = some_of(values_in(state, Field.TOPICS), tuple(Topic))
    with once(desk, origin_of(body)) as work:
        customer = _carried_customer(work, body)
        person = _known_person(work, slack_user) if slack_user else None
        entry = NoticeContact(
            team_id=customer.team_id,
            customer_id=customer.id,
            person_id=person.id if person else None,
            name="" if person else name,
            email=None if person else email,
            topics=topics,
            made_by=work.viewer.person.id,
            made_at=work.now,
        )
        work.session.add(entry)
        work.session.flush()
        work.answer = _updated(work, customer)
    desk.log("register_added", customer=customer.id)
    answer: Answer = work.answer
    return answer


def _known_person(work: Work, slack_user: str) -> Person:
    """Somebody of this Slack; kept by id, so that nothing else needs to be known yet."""
    found = person_by_slack_id(work.session, work.viewer.team_id, slack_user)
    if found is None:
        found = Person(team_id=work.viewer.team_id, slack_user=slack_user, name="")
        work.session.add(found)
    return found


def remove(body: Body, desk: Desk) -> None:
    """*Remove* beside an entry: it is notified no more; that it was stays."""
    origin = origin_of(body)
    with once(desk, origin) as work:
        entry = work.session.get(NoticeContact, (origin.team_id, chosen(body)), with_for_update=True)
        if entry is None or entry.ended_at is not None:
            raise UserError(Refusal.NO_ENTRY)
        customer = _demand_customer(work, entry.customer_id)
        entry.ended_by, entry.ended_at = work.viewer.person.id, work.now
        work.session.flush()
        view = views.register_view(
            _register_facts(work.session, customer), words_for(work.session, work.viewer, origin)
        )
    desk.log("register_removed", customer=customer.id)
    shown = body.get("view") or {}
    desk.aside.update_view(origin.team_id, str(shown.get("id") or ""), view, shown.get("hash"))


def _carried_customer(work: Work, body: Body) -> Customer:
    return _demand_customer(work, str(metadata_of(body).get("customer") or ""))


def _demand_customer(work: Work, customer_id: str) -> Customer:
    customer = work.session.get(Customer, (work.viewer.team_id, customer_id))
    if customer is None or not (customer.id in work.viewer.customers or customer.desk_id in work.viewer.roles):
        raise UserError(Refusal.NOT_YOUR_CHANNEL)
    return customer


def _updated(work: Work, customer: Customer) -> dict[str, Any]:
    words = language.for_person(work.viewer.person)
    return {
        "response_action": "update",
        "view": views.register_view(_register_facts(work.session, customer), words),
    }
