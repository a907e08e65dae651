"""What is promised about an outage, and when each promise is looked at."""

from datetime import datetime, timedelta

from handlers import announcing
from handlers.outage_handling import Handling, about
from handlers.outage_pictures import strictest
from models.outage import (
    Outage,
)
from models.store import Session

BEFORE = timedelta(minutes=15)
"""How long before a promise falls due the lead is reminded."""

SOON, LATE = "soon", "late"
NEXT_UPDATE, EXPECTED_END, TELL = "next_update", "expected_end", "tell"
PROMISES = (NEXT_UPDATE, EXPECTED_END, TELL)


def arm(session: Session, outage: Outage) -> None:
    """Have what its readers were promised looked at: a quarter of an hour before, and when it falls due."""
    promised = {NEXT_UPDATE: outage.next_update_at, EXPECTED_END: outage.expected_end}
    for promise, at in promised.items():
        if at is None or outage.ended_at is not None or outage.announced_at is None:
            announcing.forget(session, about(outage), f"{promise}_{SOON}", f"{promise}_{LATE}")
        else:
            arm_promise(session, outage, promise, at)


def arm_promise(session: Session, outage: Outage, promise: str, at: datetime) -> None:
    """Have one promise looked at before and when it falls due."""
    stated = at.isoformat()
    announcing.look_again(session, about(outage), f"{promise}_{SOON}", at - BEFORE, promise=promise, at=stated)
    announcing.look_again(session, about(outage), f"{promise}_{LATE}", at, promise=promise, at=stated)


def arm_telling(at: Handling) -> None:
    """Nobody was told yet: the agreements say by when somebody usually is. Source: EM-05."""
    found = strictest(at.session, at.agreements, at.outage, at.work.now)
    if found is not None:
        arm_promise(at.session, at.outage, TELL, found[1])


def promised_at(outage: Outage, promise: str) -> datetime | None:
    """What is promised now; None where it was taken back or kept."""
    if promise == TELL:
        return None if outage.announced_at else outage.began_at
    found: datetime | None = getattr(outage, f"{promise}_at" if promise == NEXT_UPDATE else promise)
    return found
