"""Acting once: the work of a delivery and the note that it came are one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers.access import Viewer, viewer_of
from handlers.desk import Desk
from handlers.errors import AlreadyAnsweredError
from handlers.origins import Origin
from handlers.owed import Ledger
from models.person import is_new
from models.received import Received, answer_before
from models.record import Fresh
from models.store import ConflictError, Session


@dataclass(slots=True)
class Work:
    """What one delivery does: its session, who sent it, when, and what is answered.

    `fresh` takes rows that nothing else in the work looks for; they are stored at its end.
    """

    session: Session
    viewer: Viewer
    now: datetime
    machine_now: datetime
    answer: Any = field(default=None)
    fresh: Fresh = field(default_factory=Fresh)

    @property
    def ledger(self) -> Ledger:
        """For what is owed after it."""
        return Ledger(self.session, self.machine_now)


@contextmanager
def once(desk: Desk, origin: Origin, *, note_first: bool = True, seen: Viewer | None = None) -> Iterator[Work]:
    """A transaction for a delivery that may come twice, also twice at the same moment.

    The note that it came is stored first, so that the second delivery waits for the end of the first
    and then finds its answer. Without `note_first` it is stored last, which costs less: right where
    the work itself would succeed again. `seen` is the viewer as read a moment before, which keeps
    that reading out of the time in which nobody else can write.

    Raises:
        AlreadyAnsweredError: it came before; nothing was done, the stored answer is inside.
    """
    try:
        with desk.transaction() as session:
            note = Received(team_id=origin.team_id, key=origin.key, stored_at=desk.machine_now())
            if note_first:
                session.add(note)
                session.flush()
            known = seen is not None and not is_new(seen.person)
            viewer = seen if known and seen else viewer_of(session, origin.team_id, origin.slack_user)
            if is_new(viewer.person):
                session.add(viewer.person)
            work = Work(session, viewer, desk.now(), note.stored_at)
            yield work
            note.answer = work.answer
            if not note_first:
                work.fresh.add(note)
            work.fresh.store(session)
    except ConflictError:
        # The other one has been stored.
        with desk.reading() as session:
            _refuse_second(session, origin)
        raise


def _refuse_second(session: Session, origin: Origin) -> None:
    before = answer_before(session, origin.team_id, origin.key)
    if before is not None:
        raise AlreadyAnsweredError(before.answer)
