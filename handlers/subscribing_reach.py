"""Who may say what a channel hears of, and in whose words they read; what both windows of `/subscribe` share."""

from collections.abc import Iterable, Sequence

from handlers.access import Viewer
from handlers.errors import UserError
from handlers.views.facts import PersonFact, Refusal
from handlers.views.facts.subscribing import (
    EntryFact,
)
from handlers.views.names import Field
from models.channel import channel_by_id
from models.customer import Customer
from models.person import Person
from models.record import with_ids
from models.store import Session
from models.told import register_of


def demand_here(session: Session, viewer: Viewer, channel_id: str) -> Customer | None:
    """The customer whose channel it is, for somebody who may say what it hears of.

    Raises:
        UserError: the viewer neither works at a desk nor speaks for that customer.
    """
    channel = channel_by_id(session, viewer.team_id, channel_id)
    customer = session.get(Customer, (viewer.team_id, channel.customer_id or "")) if channel else None
    if customer is not None and customer.desk_id in viewer.roles:
        return customer
    if customer is None and viewer.is_desk:
        return None
    if customer is None or customer.id not in viewer.customers:
        raise UserError(Refusal.NOT_YOUR_CHANNEL)
    return customer


def some_of(given: Iterable[str], every: Sequence[str]) -> list[str]:
    """What was ticked, in order; all of them is the same as none. Nothing at all is a mistake."""
    kept = [each for each in every if each in set(given)]
    if not kept:
        raise UserError(Refusal.NOBODY_NAMED, Field.TOPICS)
    return [] if len(kept) == len(every) else [str(each) for each in kept]


def entries_of(session: Session, customer: Customer) -> tuple[EntryFact, ...]:
    rows = register_of(session, customer.team_id, [customer.id])
    found = with_ids(session, Person, customer.team_id, {row.person_id for row in rows if row.person_id})
    people = {person.id: PersonFact(person.slack_user, person.name) for person in found}
    return tuple(
        EntryFact(
            id=row.id,
            person=people.get(row.person_id or ""),
            name=row.name,
            email=row.email,
            signatory=row.signatory,
            topics=tuple(row.topics),
        )
        for row in rows
    )
