"""Alerts that are or were tickets: one row for what is one ticket, and one for what a route has seen of late."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, bindparam
from sqlmodel import Field, Session, col, func, select

from models.at_once import among
from models.record import BY_KEY, Record
from models.ticket import Team


class AlertGroup(Record, table=True):
    """Alerts that are one ticket, under the key that makes them one; its being unique keeps a second ticket out.

    `firing` names the alerts of it that are not over. `told_at` is when the ticket's thread was last told
    that it goes on, `told_count` what it was told. `storm` is the key of the storm whose ticket it is part of.
    A route's own row (`models.alerting.route.storm_key`) has in `recent` when its last new alerts came.
    """

    __tablename__ = "alert"
    __table_args__ = (Index("alert_of_ticket", "team_id", "ticket_number"), BY_KEY)

    team_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    route: str
    hook: str
    ticket_number: int | None = None
    count: int = 0
    firing: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    recent: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    first_at: datetime
    last_at: datetime
    told_at: datetime | None = None
    told_count: int = 0
    resolved_at: datetime | None = None
    storm: str | None = None


class AlertRoutes(Record, table=True):
    """A team's routes, in their order: each a `models.alerting.document.RouteDocument`."""

    __tablename__ = "alert_routes"

    team_id: str = Field(primary_key=True)
    routes: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    revision: str = ""


def one_at_a_time(session: Session, team_id: str) -> int | None:
    """Let no other process take in alerts of the team until this transaction ends; gives its roster's number.

    Tickets are numbered one after the other under the same lock, so this makes nobody wait who would not.
    """
    return session.exec(_LOCKED, params={"team": team_id}).first()


_LOCKED = select(Team.roster).where(Team.team_id == bindparam("team")).with_for_update()


def group_by_key(session: Session, team_id: str, key: str) -> AlertGroup | None:
    """The group of a key."""
    return session.get(AlertGroup, (team_id, key))


def groups_with_keys(session: Session, team_id: str, keys: Collection[str]) -> list[AlertGroup]:
    """The groups of these keys."""
    query = select(AlertGroup).where(AlertGroup.team_id == team_id, among(session, AlertGroup.key, sorted(keys)))
    return list(session.exec(query))


def firing_under(session: Session, team_id: str, number: int) -> int:
    """How many groups of a ticket are not over."""
    query = select(func.count()).where(
        col(AlertGroup.team_id) == team_id,
        col(AlertGroup.ticket_number) == number,
        col(AlertGroup.storm).is_not(None),
        col(AlertGroup.resolved_at).is_(None),
    )
    return int(session.exec(query).one())


def routes_revision(session: Session, team_id: str) -> str | None:
    """Which routes a team has: another word whenever they change. None while there are none."""
    return session.exec(select(AlertRoutes.revision).where(AlertRoutes.team_id == team_id)).first()


def routes_stored(session: Session, team_id: str) -> AlertRoutes | None:
    """A team's routes."""
    return session.get(AlertRoutes, team_id)
