"""Expected signs of life: when the next is due, and how many have not come."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, col, delete, select

from models.record import BY_KEY, Record
from models.timer import Timer, TimerKind


class Monitor(Record, table=True):
    """A beat that is expected. `document` is a `models.alerting.document.HeartbeatDocument`.

    Times are contract time. `expected_at` is the slot that is waited for, `due_at` that and the grace:
    there its timer stands. `missed` counts the slots since the last beat that nobody filled.
    """

    __tablename__ = "heartbeat_monitor"
    __table_args__ = (BY_KEY,)

    team_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    last_beat_at: datetime | None = None
    expected_at: datetime
    due_at: datetime
    missed: int = 0
    ticket_number: int | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.document["name"])


NO_TICKET = 0
"""The number in a timer that is about no ticket."""


def monitor_by_key(session: Session, team_id: str, key: str) -> Monitor | None:
    """The expected beat of that key, locked against other writers."""
    query = select(Monitor).where(Monitor.team_id == team_id, Monitor.key == key).with_for_update()
    return session.exec(query).first()


def monitors_of(session: Session, team_id: str) -> list[Monitor]:
    """Every expected beat of a team, by key."""
    return list(session.exec(select(Monitor).where(Monitor.team_id == team_id).order_by(col(Monitor.key))))


def timer_of(monitor: Monitor) -> Timer:
    """The one timer of an expected beat; its id is always the same, so there are never two."""
    return Timer(
        team_id=monitor.team_id,
        id=f"heartbeat:{monitor.key}",
        kind=TimerKind.HEARTBEAT,
        ticket_number=NO_TICKET,
        clock_id=monitor.key,
        due_at=monitor.due_at,
    )


def arm(session: Session, monitor: Monitor) -> None:
    """Set its timer anew."""
    disarm(session, monitor)
    session.add(timer_of(monitor))


def disarm(session: Session, monitor: Monitor) -> None:
    """Forget its timer."""
    session.execute(
        delete(Timer)
        .where(
            col(Timer.team_id) == monitor.team_id,
            col(Timer.ticket_number) == NO_TICKET,
            col(Timer.clock_id) == monitor.key,
            col(Timer.kind) == TimerKind.HEARTBEAT,
        )
        .execution_options(synchronize_session=False)
    )


def unarmed(session: Session, team_id: str) -> list[Monitor]:
    """Expected beats without a timer."""
    armed = select(Timer.clock_id).where(
        Timer.team_id == team_id, Timer.ticket_number == NO_TICKET, Timer.kind == TimerKind.HEARTBEAT
    )
    return list(session.exec(select(Monitor).where(Monitor.team_id == team_id, col(Monitor.key).not_in(armed))))
