"""What is due and what is owed at this moment, counted: a few indexed rows, whatever the tables hold."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, literal
from sqlmodel import Session, col, func, select

from models.outbox import Outgoing, State
from models.timer import Timer


@dataclass(frozen=True, slots=True)
class DueTimers:
    """Timers whose instant has come: how many, how many since before `late`, how many put off, the oldest."""

    due: int
    late: int
    held: int
    oldest_at: datetime | None


def timers_due(session: Session, team_id: str, now: datetime, late: datetime) -> DueTimers:
    """A team's timers due at a contract instant; those put off after a failure are only in `held`.

    Reads the timers that are due and no others.
    """
    waits = col(Timer.held_until).is_(None)
    query = select(
        func.count(case((waits, 1))),
        func.count(case((waits & (col(Timer.due_at) <= late), 1))),
        func.count(case((~waits, 1))),
        func.min(case((waits, col(Timer.due_at)))),
    ).where(Timer.team_id == team_id, Timer.due_at <= now)
    due, late_ones, held, oldest = session.exec(query).one()
    return DueTimers(due, late_ones, held, oldest)


def owed_by_kind(session: Session, team_id: str) -> dict[str, tuple[int, datetime]]:
    """Messages that a team is owed, by kind: how many, and the machine instant since which the oldest is ready.

    Reads the rows that wait and no others: the state is written into the statement, so that the
    index of waiting rows is seen to fit.
    """
    waiting = literal(State.WAITING.value, literal_execute=True)
    query = (
        select(Outgoing.kind, func.count(), func.min(Outgoing.ready_at))
        .where(Outgoing.team_id == team_id, col(Outgoing.state) == waiting)
        .group_by(col(Outgoing.kind))
    )
    return {kind: (number, ready_at) for kind, number, ready_at in session.exec(query)}
