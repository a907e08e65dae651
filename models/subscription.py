"""Subscriptions: which channel hears of what, for which services, as which audience, in which language."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, col, select

from models.outbox import ANNOUNCES, Outgoing
from models.record import BY_KEY, Record


class Topic(StrEnum):
    """What is announced."""

    OUTAGE = "outage"
    MAINTENANCE = "maintenance"
    RELEASE = "release"
    SECURITY = "security"
    VULNERABILITY = "vulnerability"
    TERMS = "terms"
    SUB_PROCESSOR = "sub_processor"
    TRANSFER = "transfer"


class Audience(StrEnum):
    """As what a channel listens. Source: EM-06, HP-11."""

    CUSTOMER = "customer"
    PARTNER = "partner"
    RESELLER = "reseller"
    ADMINISTRATORS = "administrators"


class Subscription(Record, table=True):
    """What a channel hears of. Empty `services` or `topics` mean: all.

    A customer's own channel hears of that customer's services without a subscription; one with
    `ended_at` says that it wants nothing. `trouble` is why Slack last refused a post there and
    `trouble_at` since when, in machine time; the next announcement tries it all the same, and one that it
    takes clears both. `shared`: it was said expressly that a
    channel shared with another organisation is meant.
    """

    __table_args__ = (BY_KEY,)

    team_id: str = Field(primary_key=True)
    channel_id: str = Field(primary_key=True)
    customer_id: str | None = None
    desk_id: str
    services: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    topics: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    audience: str = Audience.CUSTOMER
    language: str | None = None
    shared: bool = False
    made_by: str
    made_at: datetime
    ended_at: datetime | None = None
    trouble: str | None = None
    trouble_at: datetime | None = None

    def hears_of(self, topic: str, services: Collection[str], audiences: Collection[str]) -> bool:
        """Whether an announcement about these services to these audiences (none given: all) is for it."""
        return (
            self.ended_at is None
            and (not self.topics or topic in self.topics)
            and (not self.services or not services or any(key in services for key in self.services))
            and (not audiences or self.audience in audiences)
        )


def subscription_of(session: Session, team_id: str, channel_id: str, *, lock: bool = False) -> Subscription | None:
    """What a channel hears of; None when nobody ever said."""
    return session.get(Subscription, (team_id, channel_id), with_for_update=lock or None)


def subscriptions_of(session: Session, team_id: str, desk_ids: Collection[str] | None = None) -> list[Subscription]:
    """Every subscription, ended ones too, by channel; of some desks only when they are given."""
    query = select(Subscription).where(Subscription.team_id == team_id)
    if desk_ids is not None:
        query = query.where(col(Subscription.desk_id).in_(sorted(desk_ids)))
    return list(session.exec(query.order_by(col(Subscription.channel_id))))


def note_trouble(session: Session, team_id: str, channel_id: str, why: str, machine_now: datetime) -> None:
    """Note that Slack refused a post to a channel that subscribes."""
    row = subscription_of(session, team_id, channel_id, lock=True)
    if row is not None:
        row.trouble, row.trouble_at = why, row.trouble_at or machine_now


def clear_troubles(session: Session, rows: Collection[Subscription]) -> None:
    """Forget the trouble of channels that have taken a post since."""
    for row in rows:
        if row.trouble_at is not None and _taken_since(session, row, row.trouble_at):
            row.trouble = row.trouble_at = None


def _taken_since(session: Session, row: Subscription, since: datetime) -> bool:
    query = select(Outgoing.id).where(
        Outgoing.team_id == row.team_id,
        Outgoing.conversation == row.channel_id,
        col(Outgoing.kind).in_(sorted(ANNOUNCES)),
        col(Outgoing.sent_at) > since,
    )
    return session.exec(query.limit(1)).first() is not None
