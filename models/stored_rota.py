"""Rotas as they are stored: the document, what people changed about it, and the addresses of its feeds."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint, bindparam
from sqlmodel import Field, Session, col, select

from models.ids import new_id
from models.record import BY_KEY, Record


class StoredRota(Record, table=True):
    """One rota. `document` is a `models.rota.document.RotaDocument` that names people by their id.

    `revision` is a new one whenever the document or what people changed about it becomes another, in
    any database there is: what was laid out under one may be kept and trusted.
    `calendar` are the shifts of its layers `from_calendar`, as they were read last.
    """

    __tablename__ = "rota"
    __table_args__ = (UniqueConstraint("team_id", "key"), BY_KEY)

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    key: str
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    calendar: list[dict[str, Any]] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )
    revision: str = Field(default_factory=new_id)

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.document["name"])

    @property
    def owner(self) -> str:
        """Who hears about gaps, by id."""
        return str(self.document["owner"])

    @property
    def people(self) -> frozenset[str]:
        """Everybody who may be on call by it, by id."""
        parts = (*self.document.get("layers", ()), *self.document.get("temporary", ()))
        return frozenset(person for part in parts for person in part.get("people", ()))

    def touch(self) -> None:
        """Note that the rota, or what people changed about it, is another now."""
        self.revision = new_id()


class ChangeKind(StrEnum):
    """What people change about a rota."""

    OVERRIDE = "override"
    SWAP = "swap"


class ChangeState(StrEnum):
    """Whether it holds. Only a swap is ever asked for."""

    ASKED = "asked"
    HOLDS = "holds"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


class RotaChange(Record, table=True):
    """An override, or a swap. Rows are kept: they are the account of who changed what.

    `person_id` is on call over [since, until) in `layer` (None: in every one). Of a swap these are the
    shift of the one who asks, and `other` is the other's: "person", "layer", "since", "until".
    `settled_at` is when a swap was accepted or declined, or a change taken back, by `settled_by`.
    """

    __tablename__ = "rota_change"
    __table_args__ = (Index("rota_change_of_rota", "team_id", "rota_id"), BY_KEY)

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    rota_id: str
    kind: str
    state: str
    person_id: str
    layer: str | None = None
    since: datetime
    until: datetime
    other: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    made_by: str
    made_at: datetime
    settled_by: str | None = None
    settled_at: datetime | None = None


FEED_PATH, FEED_ENDING = "/feeds/", ".ics"
"""What stands before and after the secret in the address of a feed."""


OF_MAINTENANCE = "maintenance:"


class RotaFeed(Record, table=True):
    """A secret address at which one person reads a rota as a calendar; without a rota, their own shifts.

    A `rota_id` that begins with `OF_MAINTENANCE` names a calendar of maintenance: `bot.doors.maintenance_feed`.
    Of the secret only its hash (SHA-256) is stored.
    """

    __tablename__ = "rota_feed"

    team_id: str = Field(primary_key=True)
    hash: str = Field(primary_key=True)
    person_id: str
    rota_id: str | None = None
    made_at: datetime


def rota_revision(session: Session, team_id: str, key: str) -> tuple[str, str] | None:
    """The id and the revision of the rota of that key; None when there is none."""
    found = session.execute(_REVISION, {"team": team_id, "key": key}).first()
    return (found[0], found[1]) if found else None


_REVISION = select(StoredRota.id, StoredRota.revision).where(
    StoredRota.team_id == bindparam("team"), StoredRota.key == bindparam("key")
)
# Asked for every page: a statement that is made once is compiled and keyed once.


def rotas_of(session: Session, team_id: str) -> list[StoredRota]:
    """Every rota of a team, by key."""
    return list(session.exec(select(StoredRota).where(StoredRota.team_id == team_id).order_by(col(StoredRota.key))))


def rota_by_id(session: Session, team_id: str, rota_id: str, *, lock: bool = False) -> StoredRota | None:
    """The rota of that id; with `lock` as `rota_by_key`."""
    query = select(StoredRota).where(StoredRota.team_id == team_id, StoredRota.id == rota_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.exec(query).first()


def has_any_rota(session: Session, team_id: str) -> bool:
    """Whether a team has rotas at all."""
    return session.exec(select(StoredRota.id).where(StoredRota.team_id == team_id).limit(1)).first() is not None


def rota_by_key(session: Session, team_id: str, key: str, *, lock: bool = False) -> StoredRota | None:
    """The rota of that key; locked, and read as it is now, for whoever is about to change something about it."""
    query = select(StoredRota).where(StoredRota.team_id == team_id, StoredRota.key == key)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.exec(query).first()


def change_of(session: Session, team_id: str, change_id: str) -> RotaChange | None:
    """The change of that id, as it is now."""
    return session.get(RotaChange, (team_id, change_id), populate_existing=True)


def changes_that_hold(session: Session, team_id: str, rota_id: str) -> list[RotaChange]:
    """The overrides and accepted swaps of a rota, as they were made."""
    query = (
        select(RotaChange)
        .where(RotaChange.team_id == team_id, RotaChange.rota_id == rota_id, RotaChange.state == ChangeState.HOLDS)
        .order_by(col(RotaChange.made_at), col(RotaChange.id))
    )
    return list(session.exec(query))


def feeds_of(session: Session, team_id: str, person_id: str) -> list[RotaFeed]:
    """The addresses that somebody holds."""
    return list(session.exec(select(RotaFeed).where(RotaFeed.team_id == team_id, RotaFeed.person_id == person_id)))
