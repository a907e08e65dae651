"""Breaches, counted when they are stored: a promise noted as late, once its transaction has committed.

Lateness is noted in more than one place (a due timer, an act that comes too late), and what is
noted may still be undone with its savepoint or its transaction. So the count hangs on the storage
itself: it hears of clocks as they are written and counts them at the commit.
"""

from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Mapper, SessionTransaction, object_session
from sqlalchemy.orm.attributes import get_history
from sqlmodel import Session

from bot.tally import BREACHES, Count
from models.clock import Clock

NOTED = "breaches"
"""Where a session keeps what it has noted: the strength, and the savepoint in which it was."""

_counting: WeakKeyDictionary[Engine, Count] = WeakKeyDictionary()


def watch(engine: Engine, count: Count) -> None:
    """Count the breaches that are stored through this engine."""
    _counting[engine] = count


@event.listens_for(Clock, "after_insert")
@event.listens_for(Clock, "after_update")
def _note(_mapper: Mapper[Any], _connection: Connection, clock: Clock) -> None:
    if clock.late_at is None:
        return
    history, session = get_history(clock, "late_at"), object_session(clock)
    newly = any(history.added) and not any(history.deleted)
    if newly and session is not None:
        session.info.setdefault(NOTED, []).append((clock.strength, session.get_nested_transaction()))


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, undone: SessionTransaction) -> None:
    noted = session.info.get(NOTED)
    if noted:
        session.info[NOTED] = [each for each in noted if undone.nested and each[1] is not undone]


@event.listens_for(Session, "after_commit")
def _count(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.get(NOTED):
        return
    engine = session.get_bind()
    count = _counting.get(engine) if isinstance(engine, Engine) else None
    for strength, _ in session.info.pop(NOTED):
        if count is not None:
            count(BREACHES, strength)
