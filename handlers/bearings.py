"""What is read before a ticket is opened: who asks, for which customers, under what, and where it is shown.

It rests on the roster and on the contracts in force alone, so what was read once serves until one of
them changes: the transaction that stores a ticket checks the roster's number and begins anew where
it was raised.
"""

import threading
import time
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from handlers.access import Viewer, viewer_of
from handlers.agreements import ASK_AGAIN, Agreements, Force, NoAgreementError
from handlers.errors import UserError
from handlers.views.facts import Refusal
from models.channel import Channel, channel_by_id, channels_of
from models.customer import Customer, customers_at, super_users_of
from models.desk import people_with_role
from models.person import Person, is_new
from models.product import Product, products_of
from models.roster import roster_number
from models.sla.contract import Role
from models.store import Session

KEPT = 2_000
"""How many are kept at most."""

QUARTER = 900
"""Seconds; a civil day begins at a quarter of an hour in every zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFrom:
    """From where, and for whom if that was chosen, a ticket is opened."""

    team_id: str
    slack_user: str
    channel: str | None
    customer: str | None

    def key(self, now: datetime) -> Hashable:
        """What was read here holds for this long at most: contracts change at midnight."""
        return self, quarter_of(now)


def quarter_of(now: datetime) -> int:
    """The quarter of an hour in which an instant falls, counted."""
    return int(now.timestamp()) // QUARTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearings:
    """What was read. `customer` and what follows from it are None while it is not chosen."""

    viewer: Viewer
    roster: int | None
    customers: tuple[Customer, ...]
    channel_language: str | None = None
    customer: Customer | None = None
    force: Force | None = None
    channels: tuple[str, str | None] | None = None
    """Where the desk works, and where the customer reads."""
    super_users: tuple[Person, ...] = ()
    """Those whom the customer's other people ask first; none for the desk and for super users. Source: PI-11."""
    products: tuple[Product, ...] = ()
    """What the customer holds. Source: SO-02."""
    seniors: frozenset[str] = frozenset()
    """The desk's senior people, where a specialist may have to be one. Source: PI-09."""

    @property
    def on_behalf(self) -> bool:
        """Whether one of the customer's desk opens for it."""
        return self.customer is not None and self.customer.desk_id in self.viewer.roles


def read_bearings(session: Session, place: OpenedFrom, agreements: Agreements, now: datetime) -> Bearings:
    """Read everything.

    Raises:
        UserError: no ticket can be opened from here.
    """
    roster = roster_number(session, place.team_id)
    viewer = viewer_of(session, place.team_id, place.slack_user)
    channel = channel_by_id(session, place.team_id, place.channel) if place.channel else None
    customers = _customers(session, viewer, channel, from_channel=place.channel is not None)
    language = channel.language if channel else None
    chosen = [customer for customer in customers if customer.id == place.customer]
    if not chosen and len(customers) > 1:
        return Bearings(viewer=viewer, roster=roster, customers=customers, channel_language=language)
    customer = chosen[0] if chosen else customers[0]
    try:
        force = agreements.in_force(session, customer, now)
    except NoAgreementError as error:
        raise UserError(Refusal.NO_CUSTOMER_HERE) from error
    return Bearings(
        viewer=viewer,
        roster=roster,
        customers=customers,
        channel_language=language,
        customer=customer,
        force=force,
        channels=channels_of(session, place.team_id, customer.desk_id, customer.id),
        super_users=_super_users(session, viewer, customer, force),
        products=products_of(session, customer),
        seniors=_seniors(session, customer, force),
    )


def _customers(
    session: Session, viewer: Viewer, channel: Channel | None, *, from_channel: bool
) -> tuple[Customer, ...]:
    """The customers a ticket may be opened for from here: one in a customer's channel."""
    if channel is not None and channel.customer_id is not None:
        return (_of_channel(session, viewer, channel, channel.customer_id),)
    if viewer.is_desk:
        found = customers_at(session, viewer.team_id, sorted(viewer.roles))
    else:
        mine = [session.get(Customer, (viewer.team_id, key)) for key in sorted(viewer.customers)]
        found = [customer for customer in mine if customer is not None]
    if not found:
        raise UserError(Refusal.NO_CUSTOMER_HERE if from_channel else Refusal.STRANGER)
    return tuple(found)


def _of_channel(session: Session, viewer: Viewer, channel: Channel, customer_id: str) -> Customer:
    customer = session.get(Customer, (channel.team_id, customer_id))
    elsewhere = bool(viewer.customers) and customer_id not in viewer.customers
    if customer is None or elsewhere:
        raise UserError(Refusal.STRANGER)
    return customer


def _super_users(session: Session, viewer: Viewer, customer: Customer, force: Force) -> tuple[Person, ...]:
    if customer.desk_id in viewer.roles or force.contract.levels is None or viewer.customers.get(customer.id):
        return ()
    return tuple(super_users_of(session, customer.team_id, customer.id))


def _seniors(session: Session, customer: Customer, force: Force) -> frozenset[str]:
    if not customer.products or force.contract.assignment is None:
        return frozenset()
    seniors = people_with_role(session, customer.team_id, customer.desk_id, Role.SENIOR)
    return frozenset(person.id for person in seniors)


class Kept:
    """What was read, by place; for no longer than the contracts in force are remembered."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._lock = threading.Lock()
        self._kept: dict[Hashable, tuple[float, Bearings]] = {}

    def at(self, key: Hashable) -> Bearings | None:
        """What was read there, if it may still be used."""
        kept_at, bearings = self._kept.get(key, (0.0, None))
        return bearings if time.monotonic() - kept_at < ASK_AGAIN else None

    def keep(self, key: Hashable, bearings: Bearings) -> None:
        """Keep what was read. Of somebody who was never stored there is nothing to keep."""
        if is_new(bearings.viewer.person):
            return
        with self._lock:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[key] = (time.monotonic(), bearings)

    def forget(self) -> None:
        """The roster changed: nothing that was read counts any more."""
        with self._lock:
            self._kept.clear()
