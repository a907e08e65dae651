"""What may be forgotten of alerts after a while: apart, because a process that takes in none needs none of it."""

from datetime import datetime

from sqlalchemy import delete, exists, or_
from sqlmodel import Session, col

from models.alert import AlertGroup
from models.ticket import Status, Ticket
from models.tidying import Place, Tidied, following, stretch, within


def tidy_alerts(session: Session, before: datetime, after: Place | None, size: int) -> Tidied:
    """Forget alerts that came last, and whose ticket ended, before that instant.

    One that still comes then opens a ticket of its own, as it would have anyhow: no route reopens for that long.
    """
    columns = (col(AlertGroup.team_id), col(AlertGroup.key))
    found = stretch(session, columns, after, size)
    if not found:
        return Tidied(0, None)
    ended = exists().where(
        col(Ticket.team_id) == AlertGroup.team_id,
        col(Ticket.number) == AlertGroup.ticket_number,
        col(Ticket.status).in_([Status.RESOLVED, Status.CLOSED]),
        or_(col(Ticket.resolved_at).is_(None), col(Ticket.resolved_at) < before),
    )
    gone = session.execute(
        delete(AlertGroup)
        .where(
            within(columns, found),
            col(AlertGroup.last_at) < before,
            or_(col(AlertGroup.ticket_number).is_(None), ended),
        )
        .execution_options(synchronize_session=False)
    )
    return Tidied(int(gone.rowcount), following(found, size))  # type: ignore[attr-defined]
