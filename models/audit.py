"""What should have happened and did not: the questions the auditor asks, each bounded, and of one team."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, func, or_, select, update

from models.clock import Clock, ClockState
from models.desk import Desk
from models.outbox import Outgoing, State, note_changed
from models.page import Page
from models.ticket import Team, Ticket
from models.timer import LATE_AFTER, Timer, TimerKind, late

STUCK_AFTER = timedelta(minutes=2)
"""Machine time after the end of a lease by which any sender should have taken a row over."""

FAILED_OFTEN = 3
"""Failures after which a timer is told of: its handler has then failed for minutes."""


def late_timers(session: Session, team_id: str, now: datetime, machine_now: datetime, limit: int) -> list[Timer]:
    """Timers that were due for longer than a minute, not held back, and still stand."""
    free = or_(col(Timer.held_until).is_(None), col(Timer.held_until) < machine_now - LATE_AFTER)
    query = select(Timer).where(Timer.team_id == team_id, late(now), free)
    return list(session.exec(query.order_by(col(Timer.due_at)).limit(limit)))


def failing_timers(session: Session, team_id: str, now: datetime, limit: int) -> list[Timer]:
    """Timers whose handler has failed again and again."""
    query = select(Timer).where(Timer.team_id == team_id, late(now), Timer.attempts >= FAILED_OFTEN)
    return list(session.exec(query.order_by(col(Timer.due_at)).limit(limit)))


def stuck_messages(session: Session, team_id: str, machine_now: datetime, limit: int) -> list[Outgoing]:
    """Messages whose lease ended long ago, still owed, and taken over by nobody."""
    query = (
        select(Outgoing)
        .where(
            Outgoing.team_id == team_id,
            Outgoing.state == State.WAITING,
            Outgoing.ready_at <= machine_now,
            col(Outgoing.leased_until) < machine_now - STUCK_AFTER,
        )
        .order_by(col(Outgoing.ready_at))
        .limit(limit)
    )
    return list(session.exec(query))


def release(session: Session, stuck: Outgoing) -> bool:
    """End the lease of a row that stands still; what may have been said stays in question."""
    released = session.execute(
        update(Outgoing)
        .where(
            col(Outgoing.team_id) == stuck.team_id,
            col(Outgoing.id) == stuck.id,
            col(Outgoing.lease_token) == stuck.lease_token,
            col(Outgoing.leased_until) == stuck.leased_until,
        )
        .values(leased_until=None, lease_token=None, uncertain=True)
        .execution_options(synchronize_session=False)
    )
    note_changed(session)
    return bool(released.rowcount)  # type: ignore[attr-defined]


def unarmed_clocks(session: Session, team_id: str, after: int, upto: int) -> list[Clock]:
    """Counting clocks without a timer on the tickets numbered (after, upto].

    Not each is wrong: a clock whose last rung was dealt with needs none.
    """
    armed = select(Timer.clock_id).where(
        Timer.team_id == team_id,
        Timer.ticket_number > after,
        Timer.ticket_number <= upto,
        col(Timer.clock_id).is_not(None),
    )
    query = (
        select(Clock)
        .where(
            Clock.team_id == team_id,
            Clock.ticket_number > after,
            Clock.ticket_number <= upto,
            col(Clock.state).in_([ClockState.RUNNING, ClockState.PAUSED]),
            col(Clock.id).not_in(armed),
        )
        .order_by(col(Clock.ticket_number), col(Clock.id))
    )
    return list(session.exec(query))


def unarmed_pages(session: Session, team_id: str, limit: int) -> list[Page]:
    """Pages that are not over and have no timer: each would stand still with nobody awake."""
    armed = select(Timer.id).where(
        Timer.team_id == Page.team_id,
        Timer.ticket_number == func.coalesce(Page.ticket_number, 0),
        Timer.clock_id == Page.id,
        Timer.kind == TimerKind.PAGE,
    )
    query = select(Page).where(Page.team_id == team_id, col(Page.ended_at).is_(None), ~armed.exists())
    return list(session.exec(query.order_by(col(Page.id)).limit(limit)))


def last_number(session: Session, team_id: str) -> int:
    """The latest ticket number that was given."""
    team = session.get(Team, team_id)
    return team.next_number - 1 if team else 0


def desk_concerned(session: Session, team_id: str, number: int | None) -> Desk | None:
    """The desk of a ticket; for what belongs to none, the team's first desk."""
    if number is None:
        return session.exec(select(Desk).where(Desk.team_id == team_id).order_by(col(Desk.id)).limit(1)).first()
    query = (
        select(Desk)
        .join(Ticket, (col(Ticket.team_id) == Desk.team_id) & (col(Ticket.desk_id) == Desk.id))
        .where(Ticket.team_id == team_id, Ticket.number == number)
    )
    return session.exec(query).first()
