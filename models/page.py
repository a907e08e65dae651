"""Pages: who is woken for what, in which order, and what they answered; and the policies that say so."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ColumnElement, Index, and_, bindparam, case, or_
from sqlmodel import Field, Session, col, func, select

from models.ids import new_id
from models.record import BY_KEY, Record


class Escalation(Record, table=True):
    """An escalation policy. `document` is a `models.escalation.Plan` as it is stored, with people by id."""

    team_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class PageState(StrEnum):
    """Somebody is being looked for, somebody is on it, or it is over."""

    PAGING = "paging"
    ACKNOWLEDGED = "acknowledged"
    ENDED = "ended"


class Page(Record, table=True):
    """One page, for a ticket or for a text that somebody typed. Instants are contract time.

    `plan` was frozen when it started: editing a policy changes no page. `round` and `step` say where it
    stands (a step after the last one is the last resort, told `resorts` times so far), `waiting` who of
    that step is still to be asked. `calls` are the receipts: each names whom ("to"), in which round and
    step, since when ("at") and until when, why it went on, and the outbox's row. `waits_for` is who is
    waited for now; of several who were paged together, the first. A running page has one timer, due
    at `next_at`.
    """

    __table_args__ = (
        CheckConstraint("state in ('paging', 'acknowledged', 'ended')", name="page_state"),
        Index("page_of_ticket", "team_id", "ticket_number"),
        BY_KEY,
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    ticket_number: int | None = None
    desk_id: str
    text_id: str | None = None
    started_at: datetime
    started_by: str | None = None
    waits_for: str | None = None
    plan: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    state: str = PageState.PAGING
    round: int = 1
    step: int = -1
    waiting: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    resorts: int = 0
    calls: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    next_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    asked_again_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    ended_why: str | None = None

    @property
    def name(self) -> str:
        """What its buttons call it when it has no ticket."""
        return f"{AD_HOC}{self.id}"

    @property
    def open_calls(self) -> list[dict[str, Any]]:
        """Who is waited for now."""
        return [call for call in self.calls if call["until"] is None]


AD_HOC = "P-"
"""How the name of a page without a ticket begins."""


def running_page(session: Session, team_id: str, number: int) -> Page | None:
    """The page of a ticket that is not over, locked; at most one is."""
    return session.exec(_RUNNING, params={"team": team_id, "number": number}).first()


_RUNNING = (
    select(Page)
    .where(Page.team_id == bindparam("team"), Page.ticket_number == bindparam("number"), col(Page.ended_at).is_(None))
    .order_by(col(Page.started_at).desc(), col(Page.id).desc())
    .with_for_update()
)


def page_by_id(session: Session, team_id: str, page_id: str) -> Page | None:
    """A page, locked, as it is stored now."""
    return session.get(Page, (team_id, page_id), with_for_update=True, populate_existing=True)


def pages_of_ticket(session: Session, team_id: str, number: int) -> list[Page]:
    """Every page of a ticket, the first first."""
    query = select(Page).where(Page.team_id == team_id, Page.ticket_number == number)
    return list(session.exec(query.order_by(col(Page.started_at), col(Page.id))))


def running_pages(session: Session, team_id: str) -> list[Page]:
    """Every page that is not over, the oldest first."""
    query = select(Page).where(Page.team_id == team_id, col(Page.ended_at).is_(None))
    return list(session.exec(query.order_by(col(Page.id))))


def open_pages_to(session: Session, team_id: str, person_id: str, limit: int) -> list[Page]:
    """The pages that wait for somebody, the newest first."""
    return list(session.exec(_OPEN_TO, params={"team": team_id, "person": person_id, "most": limit}))


def count_open_to(session: Session, team_id: str, person_id: str) -> int:
    """How many pages wait for somebody."""
    return int(session.exec(_COUNT_OPEN_TO, params={"team": team_id, "person": person_id}).one())


_WAITS_FOR = and_(
    col(Page.team_id) == bindparam("team"), col(Page.waits_for) == bindparam("person"), col(Page.ended_at).is_(None)
)
_OPEN_TO = select(Page).where(_WAITS_FOR).order_by(col(Page.id).desc()).limit(bindparam("most"))
_COUNT_OPEN_TO = select(func.count()).where(_WAITS_FOR)


@dataclass(frozen=True, slots=True)
class PagesAt:
    """The pages that run at these desks, and those that wait for somebody, whosever they are."""

    team_id: str
    desks: frozenset[str]
    person_id: str

    def stretch(self, session: Session, *, limit: int, offset: int) -> list[Page]:
        """Some of them: first those that wait for that person, then the newest."""
        mine = case((col(Page.waits_for) == self.person_id, 0), else_=1)
        query = select(Page).where(*self._conditions()).order_by(mine, col(Page.id).desc())
        return list(session.exec(query.limit(limit).offset(offset)))

    def count(self, session: Session) -> int:
        """How many there are."""
        return int(session.exec(select(func.count()).where(*self._conditions())).one())

    def _conditions(self) -> tuple[ColumnElement[bool], ...]:
        theirs = or_(col(Page.desk_id).in_(sorted(self.desks)), col(Page.waits_for) == self.person_id)
        return (col(Page.team_id) == self.team_id, col(Page.ended_at).is_(None), theirs)


def latest_pages(session: Session, team_id: str, limit: int) -> list[Page]:
    """Pages, the newest first."""
    query = select(Page).where(Page.team_id == team_id)
    return list(session.exec(query.order_by(col(Page.id).desc()).limit(limit)))


def escalation_by_key(session: Session, team_id: str, key: str) -> Escalation | None:
    """The policy of that key."""
    return session.get(Escalation, (team_id, key))


def escalations_of(session: Session, team_id: str) -> list[Escalation]:
    """Every policy of a team, by key."""
    return list(session.exec(select(Escalation).where(Escalation.team_id == team_id).order_by(col(Escalation.key))))


def among(calls: Collection[dict[str, Any]], person_id: str) -> bool:
    """Whether somebody is among those called."""
    return any(call["to"] == person_id for call in calls)
