"""Who hears of what, and who is to be notified: facts for the windows and lists of `/subscribe`."""

from dataclasses import dataclass

from handlers.views.facts.tickets import PersonFact


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionFact:
    """What one channel hears of. Empty `services` or `topics`: all. `trouble`: why Slack refused the last post."""

    channel: str
    customer: str | None
    services: tuple[str, ...]
    topics: tuple[str, ...]
    audience: str
    language: str | None
    said: bool
    """Whether somebody subscribed it; a customer's own channel hears of its services without."""
    ended: bool = False
    trouble: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionsFacts:
    """A list of them, and of the register where one customer is meant."""

    rows: tuple[SubscriptionFact, ...]
    entries: tuple["EntryFact", ...] | None = None
    customer: str | None = None
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribeFormFacts:
    """The window in which a channel subscribes."""

    metadata: str
    row: SubscriptionFact
    services: tuple[tuple[str, str], ...]
    """Key and name of what may be chosen."""
    chosen: tuple[str, ...]
    for_desk: bool
    customers: tuple[tuple[str, str], ...] = ()
    customer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFact:
    """Somebody to be notified."""

    id: str
    person: PersonFact | None
    name: str
    email: str | None
    signatory: bool
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFacts:
    """A customer's register, to read and to change."""

    metadata: str
    customer: str
    entries: tuple[EntryFact, ...]
