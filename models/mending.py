"""The outbox as whoever runs Vakt looks at it: what stands, why, and putting it right by hand."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from models import joining
from models.outbox import ENDED, Outgoing, State, end_under, hangs

BY_HAND = "dropped by hand"


def standing(session: Session, team_id: str, *, everything: bool = False, limit: int = 200) -> list[Outgoing]:
    """What waits or was refused, the most urgent first; `everything` adds what was said, dropped or expired."""
    query = select(Outgoing).where(Outgoing.team_id == team_id)
    if not everything:
        query = query.where(col(Outgoing.state).in_([State.WAITING, State.REFUSED]))
    ordered = query.order_by(col(Outgoing.priority), col(Outgoing.created_at), col(Outgoing.id))
    return list(session.exec(ordered.limit(limit)))


def rows_named(session: Session, team_id: str, names: Collection[str]) -> list[Outgoing]:
    """The rows with these ids or keys."""
    named = or_(col(Outgoing.id).in_(names), col(Outgoing.key).in_(names))
    return list(session.exec(select(Outgoing).where(Outgoing.team_id == team_id, named).with_for_update()))


def refused(session: Session, team_id: str) -> list[Outgoing]:
    """What Slack refused by itself; what ended with the message it hangs under comes back with that."""
    rows = _rows(session, team_id, col(Outgoing.state) == State.REFUSED)
    return [row for row in rows if not hangs(row)]


def retry(session: Session, row: Outgoing, machine_now: datetime) -> int:
    """Try again now, with what hangs under it; gives how many are owed again.

    What is being sent at this moment is left alone, and what was said is not said again.
    """
    if row.state == State.SENT or (row.state == State.WAITING and row.lease_token is not None):
        return 0
    if row.expires_at is not None and row.expires_at <= machine_now:
        row.expires_at = None
    if row.state in ENDED:
        joining.loosen(session, row)
    row.state, row.ready_at, row.attempts, row.reason = State.WAITING, machine_now, 0, None
    below = _rows(session, row.team_id, col(Outgoing.thread_of) == row.id, col(Outgoing.state).in_(ENDED))
    return 1 + sum(retry(session, each, machine_now) for each in below if hangs(each))


def drop(session: Session, row: Outgoing) -> bool:
    """Never say it, nor what hangs under it; False for what was said or is being sent."""
    if row.state != State.WAITING or row.lease_token is not None:
        return False
    row.state, row.reason = State.DROPPED, BY_HAND
    joining.loosen(session, row)
    if row.ts is None:
        session.flush()
        end_under(session, row)
    return True


def _rows(session: Session, team_id: str, *conditions: ColumnElement[bool]) -> list[Outgoing]:
    query = select(Outgoing).where(Outgoing.team_id == team_id, *conditions)
    return list(session.exec(query.order_by(col(Outgoing.created_at), col(Outgoing.id)).with_for_update()))
