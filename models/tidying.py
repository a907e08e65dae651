"""What may be forgotten after a while, in batches so short that no writer waits for one.

Each batch is a stretch of a table's own key, so that none looks through the whole table, and no
index is kept for it alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, or_, select, tuple_
from sqlmodel import Session, col

from models.outbox import ANNOUNCES, CARDS, ENDED, Kind, Outgoing, State
from models.received import Received
from models.ticket import Status, Ticket

PAGES = (Kind.PAGE, Kind.STEP_MAIL, Kind.STEP_WEBHOOK)
"""What the receipts of a ticket that is open refer to."""

Place = tuple[str, str]
"""Where a batch ended: a row's key."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """What a batch forgot, and where the next one begins; None after the last."""

    forgotten: int
    next_after: Place | None


def tidy_received(session: Session, before: datetime, after: Place | None, size: int) -> Tidied:
    """Forget deliveries that were stored before that machine instant: Slack repeats none of them any more."""
    columns = (col(Received.team_id), col(Received.key))
    found = stretch(session, columns, after, size)
    if not found:
        return Tidied(0, None)
    gone = session.execute(
        delete(Received)
        .where(within(columns, found), col(Received.stored_at) < before)
        .execution_options(synchronize_session=False)
    )
    count = int(gone.rowcount)  # type: ignore[attr-defined]
    return Tidied(count, following(found, size))


def tidy_outbox(session: Session, before: datetime, after: Place | None, size: int) -> Tidied:
    """Forget messages that were said, or ended, and were owed before that machine instant.

    A card stays as long as its ticket: an old ticket is reopened and written about, and the card is
    where its thread hangs. What was announced stays: it says when somebody was told. A page stays until
    its ticket has ended: it is edited as it is answered. What another row hangs under stays.
    """
    columns = (col(Outgoing.team_id), col(Outgoing.id))
    found = stretch(session, columns, after, size)
    if not found:
        return Tidied(0, None)
    forgotten = sum(_forget_of(session, team_id, found, before) for team_id in dict(found))
    return Tidied(forgotten, following(found, size))


def _forget_of(session: Session, team_id: str, stretch: Sequence[Place], before: datetime) -> int:
    """Forget one team's messages in a stretch.

    What hangs under them is asked first and by itself: as a condition on each row, SQLite answers
    it by reading the whole table each time.
    """
    ids = [row_id for team, row_id in stretch if team == team_id]
    mine = (col(Outgoing.team_id) == team_id, col(Outgoing.id).between(ids[0], ids[-1]))
    below = (col(Outgoing.team_id) == team_id, col(Outgoing.thread_of).between(ids[0], ids[-1]))
    parents = set(session.execute(select(col(Outgoing.thread_of)).where(*below)).scalars())
    over = session.execute(select(col(Outgoing.id)).where(*mine, *_over(before))).scalars()
    gone = [row_id for row_id in over if row_id not in parents]
    chosen = (col(Outgoing.team_id) == team_id, col(Outgoing.id).in_(gone))
    session.execute(delete(Outgoing).where(*chosen).execution_options(synchronize_session=False))
    return len(gone)


def _over(before: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions that a message is needed no more, whatever hangs under it."""
    return (
        col(Outgoing.created_at) < before,
        col(Outgoing.state).in_([State.SENT, *sorted(ENDED)]),
        or_(col(Outgoing.sent_at).is_(None), col(Outgoing.sent_at) < before),
        col(Outgoing.kind).not_in(sorted(CARDS | ANNOUNCES)),
        or_(col(Outgoing.kind).not_in(PAGES), col(Outgoing.ticket_number).is_(None), _ticket_ended()),
    )


def _ticket_ended() -> ColumnElement[bool]:
    return exists().where(
        col(Ticket.team_id) == Outgoing.team_id,
        col(Ticket.number) == Outgoing.ticket_number,
        col(Ticket.status).in_([Status.RESOLVED, Status.CLOSED]),
    )


def stretch(session: Session, columns: Sequence[Any], after: Place | None, size: int) -> list[Place]:
    """The keys of the next rows."""
    query: Select[Any] = select(*columns).order_by(*columns).limit(size)
    if after is not None:
        query = query.where(tuple_(*columns) > after)
    return [(row[0], row[1]) for row in session.execute(query)]


def within(columns: Sequence[Any], stretch: Sequence[Place]) -> ColumnElement[bool]:
    """The condition that a row is one of these."""
    return and_(tuple_(*columns) >= stretch[0], tuple_(*columns) <= stretch[-1])


def following(stretch: Sequence[Place], size: int) -> Place | None:
    """Where the next stretch begins; None after the last."""
    return stretch[-1] if len(stretch) == size else None
