"""Outages: what is not working, since when, for whom, what is promised about it, and everything that happened."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index
from sqlmodel import Field, Session, col, select

from models.chronicle import Entry, Happening, entries_of, next_number, write_down
from models.record import BY_KEY, Record


class Gravity(StrEnum):
    """How much it takes with it. Source: EM-05."""

    OUTAGE = "outage"
    EMERGENCY = "emergency"
    """It hits the whole infrastructure or many users and needs repair at once."""
    LESSER = "lesser"


class Outage(Record, table=True):
    """One outage, named "O-3". Instants are contract time; texts are ids of `TypedText`, people ids of `Person`.

    Three beginnings are kept apart: `began_at` when it began, `detected_at` when the desk knew,
    `reported_at` when a customer first said so. `cause_id` None: being investigated. What is promised:
    `next_update_at` and `expected_end`. `announced_at` None: declared, and nobody outside was told yet.
    `entries` counts its history rows; `steps` what its readers were told: 0 is the announcement.
    """

    __table_args__ = (
        CheckConstraint("ended_at is null or ended_at >= began_at", name="outage_ends_after_it_began"),
        Index("outage_of_desk", "team_id", "desk_id", "number"),
        BY_KEY,
    )

    team_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    desk_id: str
    services: list[str] = Field(sa_column=Column(JSON, nullable=False))
    components: dict[str, list[str]] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )
    """By service, where only some of its components are meant."""
    scope: str
    gravity: str = Gravity.OUTAGE
    title_id: str
    cause_id: str | None = None
    latest_id: str | None = None
    latest_at: datetime | None = None
    began_at: datetime
    detected_at: datetime
    reported_at: datetime | None = None
    expected_end: datetime | None = None
    next_update_at: datetime | None = None
    declared_at: datetime
    declared_by: str
    announced_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    lead_id: str
    communications_id: str | None = None
    scribe_id: str | None = None
    asked: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What an agreement asks to be decided, by the ask's id: ids of texts. Source: EM-27."""
    channel_id: str | None = None
    entries: int = 0
    steps: int = 0

    @property
    def name(self) -> str:
        """What people call it."""
        return f"O-{self.number}"

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.ended_at is not None


class OutageEvent(StrEnum):
    """Everything that can happen to an outage."""

    DECLARED = "declared"
    ANNOUNCED = "announced"
    UPDATED = "updated"
    CORRECTED = "corrected"
    ROLES = "roles"
    AFFECTED = "affected"
    LINKED = "linked"
    REMINDED = "reminded"
    PROMISE_BROKEN = "promise_broken"
    MAILED = "mailed"
    ENDED = "ended"
    CHANNEL = "channel"
    JOINED = "joined"
    NOT_DONE = "not_done"
    """Slack refused something about its channel or its report."""
    PINNED = "pinned"
    """A message of its channel that belongs to its timeline; `facts["sent_at"]` is when it was written."""
    UNPINNED = "unpinned"
    ARCHIVED = "archived"
    REPORTED = "reported"
    FOLLOWED_UP = "followed_up"


class OutageEntry(Entry, table=True):
    """One event in an outage's history. Append only; it is evidence."""

    __tablename__ = "outage_entry"


class OutageTicket(Record, table=True):
    """A ticket that is about an outage; a ticket is about one at most."""

    __tablename__ = "outage_ticket"
    __table_args__ = (Index("outage_ticket_of", "team_id", "outage_number"), BY_KEY)

    team_id: str = Field(primary_key=True)
    ticket_number: int = Field(primary_key=True)
    outage_number: int
    linked_by: str
    linked_at: datetime


def change_outage(session: Session, outage: Outage, happening: Happening, **changes: Any) -> OutageEntry:
    """Write an event and what it changes on the outage: the only way one changes."""
    return write_down(session, outage, OutageEntry, happening, changes)


def next_outage_number(session: Session, team_id: str) -> int:
    """The number that the next one gets."""
    return next_number(session, Outage, team_id)


def outage_by_number(session: Session, team_id: str, number: int, *, lock: bool = False) -> Outage | None:
    """An outage; locked, as it is stored now, for whoever is about to change it."""
    return session.get(Outage, (team_id, number), with_for_update=lock or None, populate_existing=lock)


def open_outages(session: Session, team_id: str, desk_ids: Collection[str]) -> list[Outage]:
    """The outages of these desks that last, the newest first."""
    query = select(Outage).where(
        Outage.team_id == team_id, col(Outage.desk_id).in_(sorted(desk_ids)), col(Outage.ended_at).is_(None)
    )
    return list(session.exec(query.order_by(col(Outage.number).desc())))


def latest_outages(session: Session, team_id: str, desk_ids: Collection[str], limit: int) -> list[Outage]:
    """The outages of these desks, the newest first."""
    query = select(Outage).where(Outage.team_id == team_id, col(Outage.desk_id).in_(sorted(desk_ids)))
    return list(session.exec(query.order_by(col(Outage.number).desc()).limit(limit)))


def all_outages(session: Session, team_id: str, limit: int, *, lasting: bool = False) -> list[Outage]:
    """The outages of every desk, the newest first; only those that last when `lasting` asks."""
    query = select(Outage).where(Outage.team_id == team_id)
    if lasting:
        query = query.where(col(Outage.ended_at).is_(None))
    return list(session.exec(query.order_by(col(Outage.number).desc()).limit(limit)))


def outage_of_channel(session: Session, team_id: str, channel_id: str) -> Outage | None:
    """The outage whose channel that is. Few have one: no index is kept for it."""
    return session.exec(select(Outage).where(Outage.team_id == team_id, Outage.channel_id == channel_id)).first()


def outage_entry(session: Session, team_id: str, number: int, position: int) -> OutageEntry | None:
    """One event of an outage."""
    return session.get(OutageEntry, (team_id, number, position))


def outage_entries(session: Session, team_id: str, number: int) -> list[OutageEntry]:
    """Everything that happened to an outage, in order."""
    return entries_of(session, OutageEntry, team_id, number)


def told_at_step(session: Session, outage: Outage, step: int) -> OutageEntry | None:
    """The event that readers were told of as that step."""
    found = outage_entries(session, outage.team_id, outage.number)
    return next((entry for entry in found if entry.facts.get("step") == step), None)


def outage_of_ticket(session: Session, team_id: str, number: int) -> Outage | None:
    """The outage that a ticket is about."""
    link = session.get(OutageTicket, (team_id, number))
    return outage_by_number(session, team_id, link.outage_number) if link else None


def tickets_of_outage(session: Session, team_id: str, number: int) -> list[OutageTicket]:
    """The tickets that are about an outage, by number."""
    query = select(OutageTicket).where(OutageTicket.team_id == team_id, OutageTicket.outage_number == number)
    return list(session.exec(query.order_by(col(OutageTicket.ticket_number))))
