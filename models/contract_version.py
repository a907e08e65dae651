"""Contracts and calendars as they were: a ticket refers to what was in force when it was opened."""

from datetime import date, datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, Session, col, select

from models.ids import new_id
from models.record import BY_KEY, Record


class ContractVersion(Record, table=True):
    """The whole text of one version of a contract. Never changed after it was stored."""

    __tablename__ = "contract_version"
    __table_args__ = (UniqueConstraint("team_id", "contract", "hash"), BY_KEY)

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    contract: str
    hash: str
    content: str = Field(sa_type=Text)
    published: date
    effective: date
    stored_at: datetime


class CalendarVersion(Record, table=True):
    """The calendars of one contract version, their days written out.

    A newer one for the same version comes with a year, or with new tables of holidays and zones.
    """

    __tablename__ = "calendar_version"
    __table_args__ = (UniqueConstraint("team_id", "contract", "hash"), BY_KEY)

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    contract: str
    contract_hash: str
    hash: str
    content: str = Field(sa_type=Text)
    stored_at: datetime


def version_in_force(session: Session, team_id: str, contract: str, day: date) -> ContractVersion | None:
    """The version whose effective day came last, on a civil day. Source: SO-09, EM-22."""
    query = (
        select(ContractVersion)
        .where(
            ContractVersion.team_id == team_id,
            ContractVersion.contract == contract,
            ContractVersion.effective <= day,
        )
        .order_by(col(ContractVersion.effective).desc(), col(ContractVersion.stored_at).desc())
    )
    return session.exec(query).first()


def latest_calendars(session: Session, version: ContractVersion) -> CalendarVersion | None:
    """The calendars of a contract version as they were stored last."""
    query = (
        select(CalendarVersion)
        .where(
            CalendarVersion.team_id == version.team_id,
            CalendarVersion.contract == version.contract,
            CalendarVersion.contract_hash == version.hash,
        )
        .order_by(col(CalendarVersion.stored_at).desc(), col(CalendarVersion.id).desc())
    )
    return session.exec(query).first()


def calendars_in_force(session: Session, team_id: str, contract: str, day: date) -> str | None:
    """The id of the calendars of the version in force on a civil day, without reading what they hold."""
    version = select(ContractVersion.hash).where(
        ContractVersion.team_id == team_id, ContractVersion.contract == contract, ContractVersion.effective <= day
    )
    newest = version.order_by(col(ContractVersion.effective).desc(), col(ContractVersion.stored_at).desc()).limit(1)
    query = (
        select(CalendarVersion.id)
        .where(
            CalendarVersion.team_id == team_id,
            CalendarVersion.contract == contract,
            CalendarVersion.contract_hash == newest.scalar_subquery(),
        )
        .order_by(col(CalendarVersion.stored_at).desc(), col(CalendarVersion.id).desc())
    )
    return session.exec(query).first()
