"""The register: whom a customer wants to be notified, and who was told what, when, with which text.

Source: PS-08.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, Session, col, func, select

from models.ids import new_id
from models.outbox import Outgoing
from models.record import BY_KEY, Record


class NoticeContact(Record, table=True):
    """Somebody to be notified for a customer: a person in Slack, else a name and a mail address.

    `signatory`: whoever signed, the default entry. Empty `topics` mean: all. Entries are ended, never
    removed: the register of a day can be shown afterwards.
    """

    __tablename__ = "notice_contact"
    __table_args__ = (Index("notice_contact_of", "team_id", "customer_id"), BY_KEY)

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    customer_id: str
    person_id: str | None = None
    name: str = ""
    email: str | None = None
    signatory: bool = False
    topics: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    made_by: str | None = None
    made_at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None

    def hears_of(self, topic: str) -> bool:
        """Whether a notice of that topic is for it."""
        return self.ended_at is None and (not self.topics or topic in self.topics)


class Way(StrEnum):
    """How somebody is told."""

    CHANNEL = "channel"
    DIRECT = "direct"
    MAIL = "mail"
    """By the desk: a ready text and a task, for Vakt sends no such mail."""


class Told(Record, table=True):
    """One telling: of what, by which step (0 is the announcement, later ones its updates), to whom, which text.

    `about` is the announcement's name, as "O-3". `owed_at` is contract time; `row_id` is the outbox's
    row, whose `sent_at` says when Slack had it. Of a mail `sent_at` is when the desk said that it went
    out.
    """

    __table_args__ = (
        Index("told_about", "team_id", "about", "step"),
        Index("told_to", "team_id", "customer_id"),
        BY_KEY,
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    about: str
    step: int
    customer_id: str | None = None
    way: str
    receiver: str
    """A channel's id, a person's id, or the id of the register's entry with the mail address."""
    language: str
    text_id: str
    owed_at: datetime
    row_id: str | None = None
    sent_at: datetime | None = None
    sent_by: str | None = None


def register_of(session: Session, team_id: str, customer_ids: Collection[str]) -> list[NoticeContact]:
    """The entries in force for these customers, the signatory first, then as they were made."""
    if not customer_ids:
        return []
    query = select(NoticeContact).where(
        NoticeContact.team_id == team_id,
        col(NoticeContact.customer_id).in_(sorted(customer_ids)),
        col(NoticeContact.ended_at).is_(None),
    )
    return list(session.exec(query.order_by(col(NoticeContact.signatory).desc(), col(NoticeContact.id))))


def tellings_of(session: Session, team_id: str, about: str) -> list[tuple[Told, datetime | None]]:
    """Everything that was told of an announcement, in order, each with when it went out (None: not yet, or refused)."""
    query = (
        select(Told, Outgoing.sent_at)
        .outerjoin(Outgoing, (col(Outgoing.team_id) == Told.team_id) & (col(Outgoing.id) == Told.row_id))
        .where(Told.team_id == team_id, Told.about == about)
        .order_by(col(Told.step), col(Told.id))
    )
    return [(told, told.sent_at or sent_at) for told, sent_at in session.exec(query)]


def mails_at(session: Session, team_id: str, about: str, step: int, *, lock: bool = False) -> list[Told]:
    """The mails of one step, sent or not."""
    query = select(Told).where(Told.team_id == team_id, Told.about == about, Told.step == step, Told.way == Way.MAIL)
    query = query.order_by(col(Told.id))
    return list(session.exec(query.with_for_update() if lock else query))


def count_told(session: Session, team_id: str, about: str) -> int:
    """To how many places an announcement went."""
    query = select(func.count()).where(Told.team_id == team_id, Told.about == about, Told.step == 0)
    return int(session.exec(query).one())


def mails_of(session: Session, team_id: str, about: str) -> list[Told]:
    """Every mail of an announcement, those that the desk has not said to have sent first."""
    query = select(Told).where(Told.team_id == team_id, Told.about == about, Told.way == Way.MAIL)
    return list(session.exec(query.order_by(col(Told.sent_at).is_not(None), col(Told.step), col(Told.id))))


def mails_left(session: Session, team_id: str, about: str) -> int:
    """How many mails of an announcement the desk has not said to have sent."""
    query = select(func.count()).where(
        Told.team_id == team_id, Told.about == about, Told.way == Way.MAIL, col(Told.sent_at).is_(None)
    )
    return int(session.exec(query).one())


def mailed(session: Session, team_id: str, about: str) -> set[str]:
    """The entries of the register that have the announcement itself by mail."""
    query = select(Told.receiver).where(
        Told.team_id == team_id, Told.about == about, Told.step == 0, Told.way == Way.MAIL
    )
    return set(session.exec(query))
