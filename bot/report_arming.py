"""Sees to it that every desk's reports about availability are looked at: also those of before there were any."""

from sqlmodel import Session, col, select

from bot.database import Database, Lane
from models.desk import Desk, Reporting
from models.timer import Timer, TimerKind, look_at_reports


def arm_reports(database: Database) -> int:
    """Arm what is not armed; gives how many that was. Nothing is written where all are."""
    with database.reading() as session:
        if not _unarmed(session):
            return 0
    with database.transaction(Lane.LOOP) as session:
        found = _unarmed(session)
        for desk in found:
            look_at_reports(session, desk.team_id, desk.id)
        return len(found)


def _unarmed(session: Session) -> list[Desk]:
    armed = set(
        session.exec(
            select(Timer.team_id, Timer.clock_id).where(
                col(Timer.ticket_number) == 0, col(Timer.kind) == TimerKind.REPORT
            )
        )
    )
    return [
        desk
        for desk in session.exec(select(Desk))
        if (desk.team_id, desk.id) not in armed and not Reporting.of(desk).off
    ]
