"""Sees to it that every desk's reports about availability are looked at: also those of before there were any."""

from sqlmodel import Session, col, select

from bot.storage.database import Database, Lane
from models.desk import Desk, Reporting
from models.timer import Timer, TimerKind, look_at_reports


def arm_reports(database: Database, team_id: str) -> int:
    """Arm what is not armed of a team; gives how many that was. Nothing is written where all are."""
    with database.reading() as session:
        if not _unarmed(session, team_id):
            return 0
    with database.transaction(Lane.LOOP) as session:
        found = _unarmed(session, team_id)
        for desk in found:
            look_at_reports(session, desk.team_id, desk.id)
        return len(found)


def _unarmed(session: Session, team_id: str) -> list[Desk]:
    timers = select(Timer.clock_id).where(
        Timer.team_id == team_id, col(Timer.ticket_number) == 0, col(Timer.kind) == TimerKind.REPORT
    )
    armed = set(session.exec(timers))
    desks = session.exec(select(Desk).where(Desk.team_id == team_id))
    return [desk for desk in desks if desk.id not in armed and not Reporting.of(desk).off]
