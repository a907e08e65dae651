"""Who an announcement is for: channels by subscription, people by the register, mail where neither is in Slack."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from handlers.agreements import Agreements, NoAgreementError
from handlers.views.words import LANGUAGES
from models.channel import Channel
from models.customer import contacts_of
from models.desk import Desk
from models.person import Person
from models.record import with_ids
from models.service import Service, Using, customers_on, services_of, services_with_keys
from models.sla.contract import Contract
from models.store import Session
from models.subscription import Audience, Subscription, Topic, subscriptions_of
from models.timer import LONG_AGO
from models.told import NoticeContact, Way, register_of

OF_THE_DESK = ZoneInfo("Europe/Oslo")

FORMAL = frozenset({Topic.TERMS, Topic.SUB_PROCESSOR, Topic.TRANSFER})
"""What is owed to the register whatever channel a customer reads. Source: PS-08, PS-18, PS-28."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which announcement is to reach whom.

    `services` by key, none: everything the desk keeps, so everybody under a contract. `audiences` none: all.
    `only` and `without`: ids of customers. `register`: those whom the register names are told besides.
    """

    team_id: str
    desk_id: str
    topic: Topic
    services: tuple[str, ...] = ()
    audiences: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    register: bool = False

    def takes(self, customer_id: str) -> bool:
        """Whether a customer is not left out."""
        return customer_id not in self.without and (self.only is None or customer_id in self.only)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is told: where, for which customer, in which language and zone.

    `receiver` is the channel's id, the person's, or that of the register's entry; `address` where it goes.
    """

    way: Way
    receiver: str
    address: str
    customer_id: str | None
    language: str
    zone: str


@dataclass(frozen=True, slots=True)
class Heard:
    """The audience: its readers, the customers affected, and those of them whom nothing reaches."""

    readers: tuple[Reader, ...] = ()
    customers: tuple[Using, ...] = ()
    unreached: tuple[Using, ...] = ()
    contracts: dict[str, Contract] = field(default_factory=dict)
    """Of the customers affected, by the customer's id."""

    @property
    def channels(self) -> int:
        """How many channels."""
        return sum(reader.way is Way.CHANNEL for reader in self.readers)

    @property
    def languages(self) -> dict[str, int]:
        """How many readers a language, the most first."""
        return dict(Counter(reader.language for reader in self.readers).most_common())


def audience_of(session: Session, agreements: Agreements, wanted: Wanted, now: datetime) -> Heard:
    """Everybody whom an announcement is for, as things are."""
    return _Search(session, agreements, wanted, now).heard()


class _Search:
    """One look for an audience."""

    def __init__(self, session: Session, agreements: Agreements, wanted: Wanted, now: datetime) -> None:
        self._session, self._agreements, self._wanted, self._now = session, agreements, wanted, now
        self._subscriptions = {
            each.channel_id: each for each in subscriptions_of(session, wanted.team_id, [wanted.desk_id])
        }
        self._contracts: dict[str, Contract] = {}

    def heard(self) -> Heard:
        wanted = self._wanted
        affected = self._affected()
        customers = tuple(using for using in affected.values() if wanted.takes(using.customer.id))
        for using in affected.values():
            contract = self._contract_of(using)
            if contract is not None:
                self._contracts[using.customer.id] = contract
        readers = [*self._own_channels(customers), *self._other_channels(affected)]
        reached = {reader.customer_id for reader in readers}
        reached |= self._chose_otherwise(customers)
        missing = [using for using in customers if using.customer.id not in reached and self._may_hear()]
        formal = wanted.register or wanted.topic in FORMAL
        readers += self._registered(customers if formal else missing)
        reached = {reader.customer_id for reader in readers}
        readers += self._contacts([using for using in missing if using.customer.id not in reached])
        reached = {reader.customer_id for reader in readers}
        unreached = tuple(using for using in missing if using.customer.id not in reached)
        return Heard(_once(readers), customers, unreached, self._contracts)

    def _may_hear(self) -> bool:
        """Whether customers are among the audiences at all."""
        return not self._wanted.audiences or bool(self._wanted.audiences & {Audience.CUSTOMER, Audience.ADMINISTRATORS})

    def _affected(self) -> dict[str, Using]:
        """Who hangs on the services, left out or not, by the customer's id; a customer's first channel is its own."""
        wanted, day = self._wanted, self._now.date()
        services = (
            services_with_keys(self._session, wanted.team_id, wanted.services)
            if wanted.services
            else [_everything(wanted), *services_of(self._session, wanted.team_id, [wanted.desk_id])]
        )
        found = customers_on(self._session, wanted.team_id, services, day)
        return {key: next(group) for key, group in groupby(found, lambda using: using.customer.id)}

    def _contract_of(self, using: Using) -> Contract | None:
        try:
            force = self._agreements.under_contract(self._session, using.customer, using.contract, self._now)
        except NoAgreementError:
            return None  # its contract was taken away; what it says of language is not known
        return force.contract

    def _own_channels(self, customers: Iterable[Using]) -> list[Reader]:
        """A customer's own channel hears of it unless it said that it does not."""
        found = []
        for using in customers:
            channel = using.channel
            if channel is None:
                continue
            subscription = self._subscriptions.get(channel.id) or _unsaid(using, channel)
            if self._hears(subscription, using):
                found.append(self._in_channel(channel.id, subscription, using, channel))
        return found

    def _chose_otherwise(self, customers: Iterable[Using]) -> set[str]:
        """Customers whose own channel subscribes and chose not to hear of this: nobody else is told in its place.

        One that listens as another audience made no such choice. Source: HP-11.
        """
        return {
            using.customer.id
            for using in customers
            if using.channel is not None
            and (held := self._subscriptions.get(using.channel.id)) is not None
            and held.ended_at is None
            and not self._hears(held, using, whoever=True)
        }

    def _other_channels(self, affected: dict[str, Using]) -> list[Reader]:
        """Channels that subscribe: of customers that are affected, and of nobody (partners, resellers)."""
        own = {using.channel.id for using in affected.values() if using.channel is not None}
        found = []
        for subscription in self._subscriptions.values():
            if subscription.channel_id in own:
                continue
            using = affected.get(subscription.customer_id or "")
            if subscription.customer_id is not None and (using is None or not self._wanted.takes(using.customer.id)):
                continue
            if self._hears(subscription, using):
                found.append(self._in_channel(subscription.channel_id, subscription, using, None))
        return found

    def _hears(self, subscription: Subscription, using: Using | None, *, whoever: bool = False) -> bool:
        services = using.services if using is not None and self._wanted.services else self._wanted.services
        audiences = frozenset[str]() if whoever else self._wanted.audiences
        return subscription.hears_of(self._wanted.topic, services, audiences)

    def _in_channel(
        self, channel_id: str, subscription: Subscription, using: Using | None, channel: Channel | None
    ) -> Reader:
        wanted_language = subscription.language or (channel.language if channel else None)
        customer_id = using.customer.id if using else None
        return Reader(Way.CHANNEL, channel_id, channel_id, customer_id, *self._reads(using, wanted_language))

    def _reads(self, using: Using | None, wanted: str | None) -> tuple[str, str]:
        """Language and zone. What the contract forces comes first. Source: PS-05."""
        contract = self._contracts.get(using.customer.id) if using else None
        if contract is None:
            desk = self._session.get(Desk, (self._wanted.team_id, self._wanted.desk_id))
            return spoken(wanted or (desk.language if desk else None)), OF_THE_DESK.key
        own = using.customer.language if using else None
        return spoken(contract.forced_language or wanted or own or contract.language), contract.zone.key

    def _registered(self, customers: Sequence[Using]) -> list[Reader]:
        """Whom the register names for these customers."""
        by_id = {using.customer.id: using for using in customers}
        entries = [
            entry
            for entry in register_of(self._session, self._wanted.team_id, list(by_id))
            if entry.hears_of(self._wanted.topic)
        ]
        people = self._people(entry.person_id for entry in entries if entry.person_id)
        return [self._by_register(entry, by_id[entry.customer_id], people) for entry in entries]

    def _by_register(self, entry: NoticeContact, using: Using, people: dict[str, Person]) -> Reader:
        person = people.get(entry.person_id or "")
        if person is not None and person.left_at is None:
            return self._directly(person, using)
        reads = self._reads(using, None)
        return Reader(Way.MAIL, entry.id, entry.email or entry.name, using.customer.id, *reads)

    def _contacts(self, customers: Iterable[Using]) -> list[Reader]:
        """Where a customer has neither a channel nor an entry: whoever speaks for it."""
        return [
            self._directly(person, using)
            for using in customers
            for person in contacts_of(self._session, self._wanted.team_id, using.customer.id)
            if person.left_at is None
        ]

    def _directly(self, person: Person, using: Using) -> Reader:
        reads = self._reads(using, person.language)
        return Reader(Way.DIRECT, person.id, person.slack_user, using.customer.id, *reads)

    def _people(self, ids: Iterable[str]) -> dict[str, Person]:
        found = with_ids(self._session, Person, self._wanted.team_id, set(ids))
        return {person.id: person for person in found}


def _everything(wanted: Wanted) -> Service:
    """What every customer of the desk uses: the desk itself."""
    return Service(team_id=wanted.team_id, key="", desk_id=wanted.desk_id, name="")


def _unsaid(using: Using, channel: Channel) -> Subscription:
    """What a customer's own channel hears of when nobody ever said."""
    return Subscription(
        team_id=channel.team_id,
        channel_id=channel.id,
        customer_id=using.customer.id,
        desk_id=using.customer.desk_id,
        made_by="",
        made_at=LONG_AGO,
    )


def _once(readers: Iterable[Reader]) -> tuple[Reader, ...]:
    """Each place once, the first time it is named."""
    return tuple({(reader.way, reader.receiver): reader for reader in reversed(list(readers))}.values())[::-1]


def spoken(language: str | None) -> str:
    """A language that Vakt speaks."""
    return language if language in LANGUAGES else "en"
