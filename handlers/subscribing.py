"""`/subscribe` and `/unsubscribe`: what a channel hears of, and a customer's register of whom to notify."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from handlers import registers
from handlers.access import Viewer, viewer_of
from handlers.agreements import NoAgreementError
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.fields import is_ticked, state_of, value_in, values_in
from handlers.once import Work, once
from handlers.origins import origin_of
from handlers.payloads import metadata, metadata_of
from handlers.readers import words_for
from handlers.subscribing_reach import demand_here, entries_of, some_of
from handlers.views import subscribing as views
from handlers.views.blocks import Rendered
from handlers.views.facts import Refusal
from handlers.views.facts.subscribing import (
    SubscribeFormFacts,
    SubscriptionFact,
    SubscriptionsFacts,
)
from handlers.views.names import Field
from handlers.views.words import LANGUAGES, Words
from models.channel import Channel, channel_by_id
from models.customer import Customer, customers_at
from models.record import with_ids
from models.service import Service, services_of, services_used_by
from models.store import Session
from models.subscription import Audience, Subscription, Topic, subscription_of, subscriptions_of

Answer = Mapping[str, Any] | None
SHOWN = 40


def subscribe(body: Body, desk: Desk) -> Rendered | None:
    """The command."""
    first = str(body.get("text") or "").strip().lower()
    subcommand = SUBCOMMANDS.get(first)
    if subcommand is None:
        raise UserError(Refusal.SUBSCRIBE_WHAT)
    return subcommand(body, desk)


def _help(body: Body, desk: Desk) -> Rendered:
    origin = origin_of(body)
    with desk.reading() as session:
        return views.help_message(words_for(session, viewer_of(session, origin.team_id, origin.slack_user), origin))


# What a channel hears of


def _open(body: Body, desk: Desk) -> None:
    """The window for the channel in which it was typed."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        channel_id = origin.channel or ""
        customer = demand_here(session, viewer, channel_id)
        view = views.subscribe_view(
            _form(session, viewer, channel_id, customer, desk), words_for(session, viewer, origin)
        )
    desk.aside.open_view(origin.team_id, origin.trigger_id or "", view, origin.sorry)


def _form(
    session: Session, viewer: Viewer, channel_id: str, customer: Customer | None, desk: Desk
) -> SubscribeFormFacts:
    held = subscription_of(session, viewer.team_id, channel_id)
    services = _services_for(session, viewer, customer, desk)
    customers = customers_at(session, viewer.team_id, sorted(viewer.roles)) if viewer.is_desk else []
    of_channel = held.customer_id if held else customer.id if customer else None
    return SubscribeFormFacts(
        metadata=metadata(channel=channel_id),
        row=_fact(session, channel_id, held, customer),
        services=tuple((service.key, service.name) for service in services),
        chosen=tuple(held.services) if held else (),
        for_desk=viewer.is_desk,
        customers=tuple((each.id, each.name) for each in customers[:100]),
        customer=of_channel,
    )


def _services_for(session: Session, viewer: Viewer, customer: Customer | None, desk: Desk) -> Sequence[Service]:
    if viewer.is_desk or customer is None:
        return services_of(session, viewer.team_id, sorted(viewer.roles))
    try:
        force = desk.agreements.in_force(session, customer, desk.now())
    except NoAgreementError:
        return ()
    return services_used_by(session, customer, force.contract.id)


def submitted(body: Body, desk: Desk) -> Answer:
    """*Subscribe*: stored; whether the channel is shared with others is found out afterwards."""
    origin, state = origin_of(body), state_of(body)
    channel_id = value_in(state, Field.CHANNEL) or str(metadata_of(body).get("channel") or "")
    with once(desk, origin) as work:
        customer = demand_here(work.session, work.viewer, channel_id)
        row = _subscribed(work, channel_id, customer, state)
        names = {each.key: each.name for each in services_of(work.session, origin.team_id, [row.desk_id])}
        fact = _fact(work.session, channel_id, row, customer)
        words = words_for(work.session, work.viewer, origin)
    there = replace(origin.sorry, channel=channel_id, response_url=None)
    desk.log("subscribed", channel=channel_id)
    desk.aside.tell(origin.team_id, there, views.subscribed(fact, names, words))
    desk.aside.look_at_channel(
        origin.team_id, channel_id, there, lambda found: _unfit(desk, origin.team_id, channel_id, found, words)
    )
    return None


def _unfit(desk: Desk, team_id: str, channel_id: str, found: Mapping[str, Any], words: Words) -> Rendered | None:
    """What stands in the way of announcing in a channel, as Slack tells of it; noted, and told whoever subscribed."""
    shared = bool(found.get("is_ext_shared"))
    with desk.transaction() as session:
        row = subscription_of(session, team_id, channel_id, lock=True)
        if row is None or row.ended_at is not None:
            return None
        if shared and not row.shared:
            row.ended_at = desk.now()
            return views.shared_unsaid(channel_id, words)
        if not found.get("is_member", True):
            row.trouble, row.trouble_at = "not_in_channel", desk.now()
            return views.not_there(channel_id, words)
    return None


def _subscribed(work: Work, channel_id: str, customer: Customer | None, state: Mapping[str, Any]) -> Subscription:
    viewer, session = work.viewer, work.session
    if viewer.is_desk and (named := value_in(state, Field.FOR_CUSTOMER)):
        customer = session.get(Customer, (viewer.team_id, named))
        if customer is None or customer.desk_id not in viewer.roles:
            raise UserError(Refusal.NO_SUCH_CHOICE, Field.FOR_CUSTOMER)
    desk_id = customer.desk_id if customer else min(viewer.roles)
    held = subscription_of(session, viewer.team_id, channel_id, lock=True)
    row = held or Subscription(
        team_id=viewer.team_id, channel_id=channel_id, desk_id=desk_id, made_by=viewer.person.id, made_at=work.now
    )
    row.customer_id, row.desk_id = customer.id if customer else None, desk_id
    row.services = _known(values_in(state, Field.SERVICES), session, viewer.team_id, desk_id)
    row.topics = some_of(values_in(state, Field.TOPICS), tuple(Topic))
    row.audience = _audience(state, row) if viewer.is_desk else row.audience
    spoken = value_in(state, Field.LANGUAGE)
    row.language = spoken if spoken in LANGUAGES else None
    row.shared = is_ticked(state, Field.SHARED)
    row.made_by, row.made_at, row.ended_at = viewer.person.id, work.now, None
    row.trouble = row.trouble_at = None
    session.add(row)
    return row


def _known(keys: Sequence[str], session: Session, team_id: str, desk_id: str) -> list[str]:
    there = {service.key for service in services_of(session, team_id, [desk_id])}
    if not set(keys) <= there:
        raise UserError(Refusal.NO_SUCH_CHOICE, Field.SERVICES)
    return sorted(keys)


def _audience(state: Mapping[str, Any], row: Subscription) -> str:
    found = value_in(state, Field.AUDIENCE)
    if found is not None and found not in set(Audience):
        raise UserError(Refusal.NO_SUCH_CHOICE, Field.AUDIENCE)
    return found or row.audience


def unsubscribe(body: Body, desk: Desk) -> Rendered:
    """The command: nothing more is announced in this channel. A customer's own channel is kept as one that said so."""
    origin = origin_of(body)
    channel_id = origin.channel or ""
    with once(desk, origin) as work:
        customer = demand_here(work.session, work.viewer, channel_id)
        row = subscription_of(work.session, origin.team_id, channel_id, lock=True)
        if (row is None and customer is None) or (row is not None and row.ended_at is not None):
            raise UserError(Refusal.NOT_SUBSCRIBED)
        row = row or Subscription(
            team_id=origin.team_id,
            channel_id=channel_id,
            customer_id=customer.id if customer else None,
            desk_id=customer.desk_id if customer else min(work.viewer.roles),
            made_by=work.viewer.person.id,
            made_at=work.now,
        )
        row.ended_at = work.now
        work.session.add(row)
        words = words_for(work.session, work.viewer, origin)
    desk.log("unsubscribed", channel=channel_id)
    return views.unsubscribed(channel_id, words)


def _list(body: Body, desk: Desk) -> Rendered:
    """What this channel hears of; in a channel of no customer, for the desk: every one."""
    origin = origin_of(body)
    channel_id = origin.channel or ""
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        customer = demand_here(session, viewer, channel_id)
        names = {each.key: each.name for each in services_of(session, origin.team_id)}
        facts = _of_customer(session, channel_id, customer) if customer else _of_desks(session, viewer)
        return views.subscriptions_message(facts, names, words_for(session, viewer, origin))


def _of_customer(session: Session, channel_id: str, customer: Customer) -> SubscriptionsFacts:
    row = subscription_of(session, customer.team_id, channel_id)
    return SubscriptionsFacts(
        rows=(_fact(session, channel_id, row, customer),),
        entries=entries_of(session, customer),
        customer=customer.name,
    )


def _of_desks(session: Session, viewer: Viewer) -> SubscriptionsFacts:
    rows = subscriptions_of(session, viewer.team_id, sorted(viewer.roles))
    customers = with_ids(session, Customer, viewer.team_id, {row.customer_id for row in rows if row.customer_id})
    by_id = {customer.id: customer for customer in customers}
    shown = tuple(_fact(session, row.channel_id, row, by_id.get(row.customer_id or "")) for row in rows[:SHOWN])
    return SubscriptionsFacts(rows=shown, more=max(0, len(rows) - SHOWN))


def _fact(session: Session, channel_id: str, row: Subscription | None, customer: Customer | None) -> SubscriptionFact:
    own: Channel | None = channel_by_id(session, customer.team_id, channel_id) if customer else None
    return SubscriptionFact(
        channel=channel_id,
        customer=customer.name if customer else None,
        services=tuple(row.services) if row else (),
        topics=tuple(row.topics) if row else (),
        audience=row.audience if row else Audience.CUSTOMER,
        language=row.language if row else None,
        said=row is not None or own is None or own.customer_id is None,
        ended=row is not None and row.ended_at is not None,
        trouble=row.trouble if row else None,
    )


SUBCOMMANDS: Mapping[str, Callable[[Body, Desk], Rendered | None]] = {
    "": _open,
    "list": _list,
    "register": registers.opened,
    "help": _help,
}
"""What may stand after `/subscribe`."""
