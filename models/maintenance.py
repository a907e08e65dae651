"""Maintenance: what is planned on which services, for whom, what was overridden, and everything that happened."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index
from sqlmodel import Field, Session, col, func, or_, select

from models.chronicle import Entry, Happening, entries_of, next_number, write_down
from models.record import BY_KEY, Record


class Stage(StrEnum):
    """How far it has come."""

    ASKED = "asked"
    """It waits for its approver; nobody outside hears of it."""
    PLANNED = "planned"
    RUNNING = "running"
    ENDED = "ended"
    CANCELLED = "cancelled"


class Maintenance(Record, table=True):
    """One maintenance, named "M-7". Instants are contract time; texts are ids of `TypedText`, people ids of `Person`.

    `only`: ids of the customers it was planned for, None for all that use the services; `without`:
    those left out; `customers`: all whom it concerned when it was last planned; `agreed`: those who
    agreed. `planned_at` is when its present time was decided. `latest_at` is the last moment at which
    telling keeps the agreements, `notice_at` when the notice goes out, `told_at` when this time was
    first told. `broken` names what was overridden: contract, rule and clause. `series` is the number
    of the first of several that were planned together. `entries` counts its history rows; `steps`
    what its readers were told: 0 is the announcement.
    """

    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="maintenance_ends_after_it_starts"),
        Index("maintenance_of_desk", "team_id", "desk_id", "starts_at"),
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
    kind: str
    downtime: bool
    title_id: str
    noticed_id: str | None = None
    starts_at: datetime
    ends_at: datetime
    only: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    without: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    customers: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    agreed: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    planned_at: datetime
    planned_by: str
    approver_id: str | None = None
    approved_at: datetime | None = None
    broken: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    override_id: str | None = None
    override_by: str | None = None
    latest_at: datetime | None = None
    notice_at: datetime | None = None
    told_at: datetime | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    cancelled_at: datetime | None = None
    series: int | None = None
    rule: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    """Of the first of a series that repeats: how, as `handlers.maintenance_series` reads it."""
    entries: int = 0
    steps: int = 0

    @property
    def name(self) -> str:
        """What people call it."""
        return f"M-{self.number}"

    @property
    def stage(self) -> Stage:
        """How far it has come."""
        if self.cancelled_at is not None:
            return Stage.CANCELLED
        if self.ended_at is not None:
            return Stage.ENDED
        if self.began_at is not None:
            return Stage.RUNNING
        return Stage.ASKED if self.approver_id is not None and self.approved_at is None else Stage.PLANNED

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.ended_at is not None or self.cancelled_at is not None

    def goes_on(self, now: datetime) -> bool:
        """Whether it is under way, or should be by what was planned."""
        if self.stage is Stage.RUNNING:
            return True
        return self.stage is Stage.PLANNED and self.starts_at <= now < self.ends_at

    def concerns(self, customer_id: str) -> bool:
        """Whether it is for that customer, as far as it was limited."""
        return customer_id not in self.without and (self.only is None or customer_id in self.only)


class MaintenanceEvent(StrEnum):
    """Everything that can happen to a maintenance."""

    PLANNED = "planned"
    OVERRIDDEN = "overridden"
    APPROVED = "approved"
    DECLINED = "declined"
    TOLD = "told"
    TOLD_AGAIN = "told_again"
    MOVED = "moved"
    CANCELLED = "cancelled"
    STARTED = "started"
    ENDED = "ended"
    NOT_STARTED = "not_started"
    OVERRUN = "overrun"
    MAILED = "mailed"
    EXTENDED = "extended"
    """Of a series: more of it was planned, as its rule says."""
    SKIPPED = "skipped"
    """Of a series: an occurrence would break an agreement, so nobody planned it."""


class MaintenanceEntry(Entry, table=True):
    """One event in a maintenance's history. Append only; it is evidence."""

    __tablename__ = "maintenance_entry"


class MutedAlert(Record, table=True):
    """An alert on a service under maintenance: kept with the maintenance, and no ticket.

    `key` names the alert on its route; `alert` is the alert as it came last. `ended_at`: it is over.
    """

    __tablename__ = "muted_alert"
    __table_args__ = (Index("muted_alert_of", "team_id", "maintenance_number"), BY_KEY)

    team_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    maintenance_number: int
    alert: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    count: int = 0
    first_at: datetime
    last_at: datetime
    ended_at: datetime | None = None


def change_maintenance(session: Session, work: Maintenance, happening: Happening, **changes: Any) -> MaintenanceEntry:
    """Write an event and what it changes on the maintenance: the only way one changes."""
    return write_down(session, work, MaintenanceEntry, happening, changes)


def next_maintenance_number(session: Session, team_id: str) -> int:
    """The number that the next one gets."""
    return next_number(session, Maintenance, team_id)


def maintenance_by_number(session: Session, team_id: str, number: int, *, lock: bool = False) -> Maintenance | None:
    """A maintenance; locked, as it is stored now, for whoever is about to change it."""
    return session.get(Maintenance, (team_id, number), with_for_update=lock or None, populate_existing=lock)


def maintenance_since(
    session: Session, team_id: str, desk_ids: Collection[str], since: datetime, *, cancelled: bool = False
) -> list[Maintenance]:
    """What starts at that instant or later at these desks, in order; what was cancelled only when it is asked for."""
    query = select(Maintenance).where(
        Maintenance.team_id == team_id,
        col(Maintenance.desk_id).in_(sorted(desk_ids)),
        Maintenance.starts_at >= since,
    )
    if not cancelled:
        query = query.where(col(Maintenance.cancelled_at).is_(None))
    return list(session.exec(query.order_by(col(Maintenance.starts_at), col(Maintenance.number))))


def maintenance_to_come(session: Session, team_id: str, desk_ids: Collection[str]) -> list[Maintenance]:
    """What these desks have planned or under way, in order."""
    query = select(Maintenance).where(
        Maintenance.team_id == team_id,
        col(Maintenance.desk_id).in_(sorted(desk_ids)),
        col(Maintenance.cancelled_at).is_(None),
        col(Maintenance.ended_at).is_(None),
    )
    return list(session.exec(query.order_by(col(Maintenance.starts_at), col(Maintenance.number))))


def maintenance_in_series(
    session: Session, team_id: str, desk_id: str, number: int, *, lock: bool = False
) -> list[Maintenance]:
    """Everything that was planned together with the first of a series, in order; locked for whoever changes it."""
    query = select(Maintenance).where(
        Maintenance.team_id == team_id, Maintenance.desk_id == desk_id, Maintenance.series == number
    )
    query = query.order_by(col(Maintenance.starts_at), col(Maintenance.number))
    return list(session.exec(query.with_for_update() if lock else query))


def maintenance_at(session: Session, team_id: str, now: datetime) -> list[Maintenance]:
    """What is under way at that instant, or should be, at any desk."""
    query = select(Maintenance).where(
        Maintenance.team_id == team_id,
        col(Maintenance.cancelled_at).is_(None),
        col(Maintenance.ended_at).is_(None),
        or_(col(Maintenance.starts_at) <= now, col(Maintenance.began_at).is_not(None)),
    )
    return [work for work in session.exec(query.order_by(col(Maintenance.number))) if work.goes_on(now)]


def maintenance_entry(session: Session, team_id: str, number: int, position: int) -> MaintenanceEntry | None:
    """One event of a maintenance."""
    return session.get(MaintenanceEntry, (team_id, number, position))


def maintenance_entries(session: Session, team_id: str, number: int) -> list[MaintenanceEntry]:
    """Everything that happened to a maintenance, in order."""
    return entries_of(session, MaintenanceEntry, team_id, number)


def entry_at_step(session: Session, work: Maintenance, step: int) -> MaintenanceEntry | None:
    """The event that readers were told of as that step."""
    found = maintenance_entries(session, work.team_id, work.number)
    return next((entry for entry in found if entry.facts.get("step") == step), None)


def muted_alerts(session: Session, team_id: str, number: int) -> list[MutedAlert]:
    """The alerts that a maintenance muted, the first first."""
    query = select(MutedAlert).where(MutedAlert.team_id == team_id, MutedAlert.maintenance_number == number)
    return list(session.exec(query.order_by(col(MutedAlert.first_at), col(MutedAlert.key))))


def count_muted(session: Session, team_id: str, number: int) -> int:
    """How many alerts a maintenance muted."""
    query = select(func.count()).where(MutedAlert.team_id == team_id, MutedAlert.maintenance_number == number)
    return int(session.exec(query).one())
