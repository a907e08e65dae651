"""Desks: the people who keep a contract, the channel they work in, and their roles."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint, bindparam
from sqlmodel import Field, Session, col, select

from models.ids import new_id
from models.person import Person
from models.record import BY_KEY, Record


class Desk(Record, table=True):
    """A support desk. Its cards stand in `channel_id`; its posts are in `language`.

    `on_call_rota` is the key of the rota that says who is on call for it; without one the people with
    that role are, in their order. `escalation` is the key of the policy by which it pages, and
    `escalations_for` that of tickets which their answers flag so ("security_breach"). A customer is
    reminded `claim_reminder_days` before a right to a credit lapses: three where None, never where 0.
    `texts` are its own words about outages: by what they are for, then by language, with places such as
    "{title}". `report` is how its reports about availability go out, as `models.desk.Reporting` reads it.
    """

    __table_args__ = (UniqueConstraint("team_id", "key"), BY_KEY)

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    key: str
    name: str
    channel_id: str
    language: str = "en"
    on_call_rota: str | None = None
    escalation: str | None = None
    escalations_for: dict[str, str] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )
    claim_reminder_days: int | None = None
    texts: dict[str, dict[str, str]] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )
    report: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))


@dataclass(frozen=True, slots=True)
class Reporting:
    """How a desk's reports about availability go out, on the first working morning after a period.

    `hour` is by the wall where the agreement is; `customers`: to the customer's own channel too.
    """

    off: bool = False
    hour: int = 8
    customers: bool = False

    @classmethod
    def of(cls, desk: Desk) -> "Reporting":
        """As the desk says it; without a word at eight, to the desk alone."""
        return cls(**(desk.report or {}))


class DeskRole(Record, table=True):
    """One role of one person at one desk; `position` orders the on-call list."""

    __tablename__ = "desk_role"

    team_id: str = Field(primary_key=True)
    desk_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    position: int = 0


def a_desk(session: Session, team_id: str) -> Desk | None:
    """The team's first desk: who is told of what concerns no ticket."""
    return session.exec(select(Desk).where(Desk.team_id == team_id).order_by(col(Desk.key))).first()


def desks_of(session: Session, team_id: str) -> list[Desk]:
    """A team's desks, by key."""
    return list(session.exec(select(Desk).where(Desk.team_id == team_id).order_by(col(Desk.key))))


def desks_with_rota(session: Session, team_id: str, key: str) -> list[Desk]:
    """The desks whose on-call role a rota fills, by key."""
    return list(
        session.exec(select(Desk).where(Desk.team_id == team_id, Desk.on_call_rota == key).order_by(col(Desk.key)))
    )


def people_of_desks(session: Session, team_id: str, desk_ids: Collection[str]) -> list[Person]:
    """Everybody who holds any role at one of these desks, by name."""
    held = select(DeskRole.person_id).where(DeskRole.team_id == team_id, col(DeskRole.desk_id).in_(sorted(desk_ids)))
    query = select(Person).where(Person.team_id == team_id, col(Person.id).in_(held))
    return list(session.exec(query.order_by(col(Person.name))))


def people_with_role(session: Session, team_id: str, desk_id: str, role: str) -> list[Person]:
    """Everybody who holds a role at a desk, in the desk's own order."""
    return list(session.exec(_WITH_ROLE, params={"team": team_id, "desk": desk_id, "held": str(role)}))


_WITH_ROLE = (
    select(Person)
    .join(DeskRole, col(DeskRole.person_id) == Person.id)
    .where(
        DeskRole.team_id == bindparam("team"),
        Person.team_id == bindparam("team"),
        DeskRole.desk_id == bindparam("desk"),
        DeskRole.role == bindparam("held"),
    )
    .order_by(col(DeskRole.position), col(Person.name))
)
