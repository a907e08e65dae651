"""Notices: what a desk announces beside outages and maintenance, when it takes effect, and everything that happened."""

import re
from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column
from sqlmodel import Field, Session, col, select

from models.chronicle import Entry, Happening, entries_of, next_number, write_down
from models.record import BY_KEY, Record
from models.typed_text import text_by_id


class NoticeState(StrEnum):
    """Where a notice stands."""

    DRAFT = "draft"
    """Written, and not yet confirmed by whoever wrote it: nothing will be told."""
    PLANNED = "planned"
    """Told at `send_at`."""
    HELD = "held"
    """Told once somebody says that it is mended. Source: PS-24."""
    SENT = "sent"
    WITHDRAWN = "withdrawn"


class Notice(Record, table=True):
    """One notice, named "N-4". Instants are contract time; texts are ids of `TypedText`, people ids of `Person`.

    `services` empty: it is about none in particular, so for everybody under a contract. `audiences` empty:
    as each agreement says. `texts` by language, one at least. `effective` is the day that was wished; what
    holds for a customer follows from its agreement. `overridden_by` told it although an agreement asks for
    more notice. `steps` counts what its readers were told: 0 is the announcement.
    """

    __table_args__ = (
        CheckConstraint("state in ('draft', 'planned', 'held', 'sent', 'withdrawn')", name="notice_state"),
        BY_KEY,
    )

    team_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    desk_id: str
    topic: str
    services: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    audiences: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    title_id: str
    texts: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    effective: date | None = None
    reported: bool = False
    state: str = NoticeState.DRAFT
    send_at: datetime | None = None
    made_by: str
    made_at: datetime
    sent_at: datetime | None = None
    overridden_by: str | None = None
    override_id: str | None = None
    corrected_at: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawal_id: str | None = None
    entries: int = 0
    steps: int = 0

    @property
    def name(self) -> str:
        """What people call it."""
        return f"N-{self.number}"

    @property
    def waits(self) -> bool:
        """Whether it is confirmed and was not told yet."""
        return self.state in {NoticeState.PLANNED, NoticeState.HELD}


class NoticeEvent(StrEnum):
    """Everything that can happen to a notice."""

    PLANNED = "planned"
    HELD = "held"
    MENDED = "mended"
    OVERRIDDEN = "overridden"
    SENT = "sent"
    NOT_SENT = "not_sent"
    """Its moment came, and telling it then would have broken an agreement."""
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"
    MAILED = "mailed"


class NoticeEntry(Entry, table=True):
    """One event in a notice's history. Append only; it is evidence."""

    __tablename__ = "notice_entry"


def change_notice(session: Session, notice: Notice, happening: Happening, **changes: Any) -> NoticeEntry:
    """Write an event and what it changes on the notice: the only way a confirmed one changes."""
    return write_down(session, notice, NoticeEntry, happening, changes)


NAME = re.compile(r"N-?([0-9]{1,9})", re.IGNORECASE)


def notice_number(name: str) -> int | None:
    """The number in "N-4" or "n4"; None for anything else."""
    found = NAME.fullmatch(name.strip())
    return int(found[1]) if found else None


def next_notice_number(session: Session, team_id: str) -> int:
    """The number that the next one gets."""
    return next_number(session, Notice, team_id)


def notice_by_number(session: Session, team_id: str, number: int, *, lock: bool = False) -> Notice | None:
    """A notice; locked, as it is stored now, for whoever is about to change it."""
    return session.get(Notice, (team_id, number), with_for_update=lock or None, populate_existing=lock)


def forget_drafts(session: Session, team_id: str, person_id: str) -> None:
    """Forget what somebody wrote and never confirmed: a person has one draft at a time."""
    query = select(Notice).where(
        Notice.team_id == team_id, Notice.state == NoticeState.DRAFT, Notice.made_by == person_id
    )
    for draft in session.exec(query):
        for text_id in (draft.title_id, *draft.texts.values()):
            text = text_by_id(session, team_id, text_id)
            if text is not None:
                session.delete(text)
        session.delete(draft)
    session.flush()


def notices_at(session: Session, team_id: str, desk_ids: Collection[str] | None, limit: int) -> list[Notice]:
    """The confirmed notices of these desks (of every desk when None), the newest first."""
    query = select(Notice).where(Notice.team_id == team_id, Notice.state != NoticeState.DRAFT)
    if desk_ids is not None:
        query = query.where(col(Notice.desk_id).in_(sorted(desk_ids)))
    return list(session.exec(query.order_by(col(Notice.number).desc()).limit(limit)))


def notice_entry(session: Session, team_id: str, number: int, position: int) -> NoticeEntry | None:
    """One event of a notice."""
    return session.get(NoticeEntry, (team_id, number, position))


def notice_entries(session: Session, notice: Notice) -> list[NoticeEntry]:
    """Everything that happened to a notice, in order."""
    return entries_of(session, NoticeEntry, notice.team_id, notice.number)


def objections_to(session: Session, notice: Notice) -> list[NoticeEntry]:
    """Every objection, in order; `facts["customer"]` says for whom. Source: PS-18."""
    return [entry for entry in notice_entries(session, notice) if entry.event == NoticeEvent.OBJECTED]
