"""Timers: what must be looked at, at an instant of contract time. Rows, so they survive us."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Index, bindparam
from sqlmodel import Field, Session, col, delete, or_, select

from models.driver import Statement
from models.ids import new_id
from models.record import BY_KEY, Record


class TimerKind(StrEnum):
    """What a due timer asks about. `handlers.timers.ON_DUE` answers each."""

    CLOCK = "clock"
    ACCESS = "access"
    PAGE = "page"
    """`clock_id` is the page's id, None to begin one; `ticket_number` is 0 for one without a ticket."""
    ROTA = "rota"
    """A rota, or what people changed about it, is another: its other timers are set anew."""
    HANDOVER = "handover"
    GAPS = "gaps"
    HEARTBEAT = "heartbeat"
    """`clock_id` is the key of the expected beat, and `ticket_number` 0."""
    ANNOUNCED = "announced"
    """`clock_id` is an announcement's name and what is looked at ("O-3:next_update"); `ticket_number` is 0."""

    CLAIM = "claim"
    """`clock_id` is what customers were affected by, or the id of a claim; `ticket_number` is 0."""

    REPORT = "report"
    """`clock_id` is the id of a desk whose reports about availability are looked at; `ticket_number` is 0."""


OF_ROTAS = frozenset({TimerKind.ROTA, TimerKind.HANDOVER, TimerKind.GAPS})
"""Timers of no ticket: their number is 0, and `clock_id` is the id of a rota."""

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""When something is due that is to be looked at as soon as anybody looks."""


class Timer(Record, table=True):
    """One instant to look at something.

    `due_at` is contract time. `held_until` is machine time: a timer whose handler failed is pushed
    ahead, further each time, and never stops the others.
    """

    __table_args__ = (
        Index("timer_due", "team_id", "due_at"),
        Index("timer_of_ticket", "team_id", "ticket_number"),
        BY_KEY,
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    kind: str
    ticket_number: int
    clock_id: str | None = None
    due_at: datetime
    args: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    attempts: int = 0
    held_until: datetime | None = None
    failure: str | None = None

    @property
    def about(self) -> str:
        """What it is about, in a word."""
        if self.kind in OF_ROTAS:
            return "a rota"
        if self.kind == TimerKind.ANNOUNCED:
            return (self.clock_id or "").partition(":")[0]
        if self.kind == TimerKind.CLAIM:
            return "a claim"
        if self.kind == TimerKind.REPORT:
            return "reports"
        return f"T-{self.ticket_number}" if self.ticket_number else "a page"


LATE_AFTER = timedelta(minutes=1)
"""Contract time after which a due timer should long have been looked at."""


def due_timers(session: Session, team_id: str, now: datetime, machine_now: datetime, limit: int) -> list[Timer]:
    """Claim a team's timers that are due, the earliest first; another process skips those we hold."""
    query = (
        select(Timer)
        .where(Timer.team_id == team_id, Timer.due_at <= now, _free(machine_now))
        .order_by(col(Timer.due_at), col(Timer.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.exec(query))


def next_due(session: Session, team_id: str, machine_now: datetime) -> datetime | None:
    """The contract instant of a team's earliest timer that is not held back."""
    found: datetime | None = session.execute(_NEXT_DUE, {"team": team_id, "at": machine_now}).scalar_one_or_none()
    return found


def _free(machine_now: datetime) -> ColumnElement[bool]:
    """The condition that a timer is not held back, or not any more."""
    return or_(col(Timer.held_until).is_(None), col(Timer.held_until) <= machine_now)


_NEXT_DUE = (
    select(col(Timer.due_at))
    .where(
        col(Timer.team_id) == bindparam("team"),
        or_(col(Timer.held_until).is_(None), col(Timer.held_until) <= bindparam("at")),
    )
    .order_by(col(Timer.due_at))
    .limit(1)
)
# Asked at every turn: a statement that is made once is compiled and keyed once.


def disarm(session: Session, team_id: str, number: int, clock_ids: list[str]) -> None:
    """Forget the timers of these clocks."""
    session.execute(
        delete(Timer).where(
            col(Timer.team_id) == team_id,
            col(Timer.ticket_number) == number,
            col(Timer.clock_id).in_(clock_ids),
        )
    )


def look_at_rota(session: Session, team_id: str, rota_id: str, at: datetime = LONG_AGO) -> None:
    """Have a rota's timers set anew, by whoever turns timers."""
    session.add(Timer(team_id=team_id, kind=TimerKind.ROTA, ticket_number=0, clock_id=rota_id, due_at=at))


def look_at_reports(session: Session, team_id: str, desk_id: str) -> None:
    """Have somebody look when a desk's next reports are due."""
    session.add(Timer(team_id=team_id, kind=TimerKind.REPORT, ticket_number=0, clock_id=desk_id, due_at=LONG_AGO))


def timers_of_reports(session: Session, team_id: str, desk_id: str | None = None) -> list[Timer]:
    """The timers of a desk's reports, or of every desk's."""
    query = select(Timer).where(
        Timer.team_id == team_id, col(Timer.ticket_number) == 0, col(Timer.kind) == TimerKind.REPORT
    )
    return list(session.exec(query.where(col(Timer.clock_id) == desk_id) if desk_id is not None else query))


def disarm_reports(session: Session, team_id: str, desk_id: str) -> None:
    """Forget when a desk's reports are looked at."""
    session.execute(
        delete(Timer)
        .where(
            col(Timer.team_id) == team_id,
            col(Timer.ticket_number) == 0,
            col(Timer.kind) == TimerKind.REPORT,
            col(Timer.clock_id) == desk_id,
        )
        .execution_options(synchronize_session=False)
    )


def disarm_rota(session: Session, team_id: str, rota_id: str) -> None:
    """Forget what was set for a rota; that it is to be looked at stays, for somebody may just have said so again."""
    session.execute(
        delete(Timer)
        .where(
            col(Timer.team_id) == team_id,
            col(Timer.ticket_number) == 0,
            col(Timer.clock_id) == rota_id,
            col(Timer.kind).in_([TimerKind.HANDOVER, TimerKind.GAPS]),
        )
        .execution_options(synchronize_session=False)
    )


def disarm_kind(session: Session, team_id: str, number: int, kind: TimerKind) -> None:
    """Forget a ticket's timers of one kind."""
    session.execute(
        delete(Timer)
        .where(col(Timer.team_id) == team_id, col(Timer.ticket_number) == number, col(Timer.kind) == kind)
        .execution_options(synchronize_session=False)
    )


def disarm_page(session: Session, team_id: str, number: int, page_id: str) -> None:
    """Forget a page's timer; `number` is its ticket's, 0 without one."""
    session.execute(
        delete(Timer)
        .where(
            col(Timer.team_id) == team_id,
            col(Timer.ticket_number) == number,
            col(Timer.clock_id) == page_id,
            col(Timer.kind) == TimerKind.PAGE,
        )
        .execution_options(synchronize_session=False)
    )


def disarm_announced(session: Session, team_id: str, name: str, what: str) -> None:
    """Forget an announcement's timer of one kind."""
    session.execute(
        delete(Timer)
        .where(
            col(Timer.team_id) == team_id,
            col(Timer.ticket_number) == 0,
            col(Timer.clock_id) == f"{name}:{what}",
            col(Timer.kind) == TimerKind.ANNOUNCED,
        )
        .execution_options(synchronize_session=False)
    )


def look_for_claims(team_id: str, happening_id: str, at: datetime) -> Timer:
    """Have somebody look who may claim for what happened. Several such timers do no more than one."""
    return Timer(team_id=team_id, kind=TimerKind.CLAIM, ticket_number=0, clock_id=happening_id, due_at=at)


def look_at_claim(team_id: str, about: str, at: datetime, **args: str) -> Timer:
    """Have somebody look at one customer's claim; here too several do no more than one."""
    return Timer(team_id=team_id, kind=TimerKind.CLAIM, ticket_number=0, clock_id=about, due_at=at, args=args)


def let_go_of(session: Session, timers: Sequence[Timer]) -> None:
    """Forget timers that were dealt with."""
    _DONE.many(session, [{"of_team": timer.team_id, "of_id": timer.id} for timer in timers])


_DONE = Statement(delete(Timer).where(col(Timer.team_id) == bindparam("of_team"), col(Timer.id) == bindparam("of_id")))


LONGEST_HOLD = timedelta(hours=1)


def hold_back(timer: Timer, machine_now: datetime, failure: str) -> None:
    """Push a timer ahead after its handler failed: 1, 2, 4, 8, 16, 32 minutes, then an hour each time."""
    timer.attempts += 1
    timer.held_until = machine_now + min(timedelta(minutes=2 ** min(timer.attempts - 1, 6)), LONGEST_HOLD)
    timer.failure = failure[:500]


def let_go(timer: Timer) -> None:
    """Try a timer again at once, as if its handler had never failed."""
    timer.attempts, timer.held_until, timer.failure = 0, None, None


def waiting_timers(session: Session, team_id: str, *conditions: ColumnElement[bool], limit: int) -> list[Timer]:
    """A team's timers, the earliest first."""
    query = select(Timer).where(Timer.team_id == team_id, *conditions)
    return list(session.exec(query.order_by(col(Timer.due_at), col(Timer.id)).limit(limit)))


def failing() -> ColumnElement[bool]:
    """The condition that a timer's handler has failed since it was armed."""
    return col(Timer.attempts) > 0


def late(now: datetime) -> ColumnElement[bool]:
    """The condition that a timer was due for longer than `LATE_AFTER`."""
    return col(Timer.due_at) < now - LATE_AFTER
