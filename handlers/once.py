"""Acting once: the work of a delivery and the note that it came are one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers.access import Viewer, viewer_of
from handlers.desk import Desk
from handlers.errors import AlreadyAnsweredError
from handlers.forms import Origin
from handlers.owed import Ledger
from models.received import Received, answer_before
from models.store import ConflictError, Session


@dataclass(slots=True)
class Work:
    """What one delivery does: its session, who sent it, when, and what is answered."""

    session: Session
    viewer: Viewer
    now: datetime
    machine_now: datetime
    answer: Any = field(default=None)

    @property
    def ledger(self) -> Ledger:
        """For what is owed after it."""
        return Ledger(self.session, self.machine_now)


@contextmanager
def once(desk: Desk, origin: Origin, *, look_first: bool = True) -> Iterator[Work]:
    """A transaction for a delivery that may come twice.

    Without `look_first` a second delivery is noticed when its note cannot be stored: right where
    the work itself would succeed again, and a look-up cheaper each time it comes but once.

    Raises:
        AlreadyAnsweredError: it came before; nothing was done, the stored answer is inside.
    """
    try:
        with desk.transaction() as session:
            if look_first:
                _refuse_second(session, origin)
            viewer = viewer_of(session, origin.team_id, origin.slack_user)
            session.add(viewer.person)
            work = Work(session, viewer, desk.now(), desk.machine_now())
            yield work
            session.add(
                Received(
                    team_id=origin.team_id,
                    key=origin.key,
                    answer=work.answer,
                    stored_at=work.machine_now,
                )
            )
    except ConflictError:
        # Two deliveries of one thing at the same moment: the other one has been stored.
        with desk.reading() as session:
            _refuse_second(session, origin)
        raise


def _refuse_second(session: Session, origin: Origin) -> None:
    before = answer_before(session, origin.team_id, origin.key)
    if before is not None:
        raise AlreadyAnsweredError(before.answer)
