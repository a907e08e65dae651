"""Channels Vakt works in: a channel belongs to one customer, or to one desk."""

from sqlalchemy import bindparam
from sqlmodel import Field, Session, and_, col, select

from models.desk import Desk
from models.record import Record


class Channel(Record, table=True):
    """A Slack channel. Exactly one of `customer_id` and `desk_id` is set."""

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    customer_id: str | None = Field(default=None, index=True)
    desk_id: str | None = None
    language: str | None = None


def channel_by_id(session: Session, team_id: str, channel_id: str) -> Channel | None:
    """The channel, or None when it belongs to nobody Vakt knows."""
    return session.get(Channel, (team_id, channel_id))


def channels_of(session: Session, team_id: str, desk_id: str, customer_id: str) -> tuple[str, str | None] | None:
    """Where a desk works and where a customer reads; None when there is no such desk."""
    asked = {"team": team_id, "desk": desk_id, "customer": customer_id}
    found = session.exec(_CHANNELS, params=asked).first()
    return (found[0], found[1]) if found else None


_CHANNELS = (
    select(Desk.channel_id, Channel.id)
    .outerjoin(
        Channel,
        and_(col(Channel.team_id) == Desk.team_id, col(Channel.customer_id) == bindparam("customer")),
    )
    .where(Desk.team_id == bindparam("team"), Desk.id == bindparam("desk"))
)
