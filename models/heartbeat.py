"""The machine's pulse, stored, so that time that Vakt slept through is known afterwards."""

from contextlib import suppress
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session

from models.record import Record


class Heartbeat(Record, table=True):
    """When a loop of some process last turned, in machine time and in contract time."""

    name: str = Field(primary_key=True)
    beat_at: datetime
    contract_at: datetime


def beat(session: Session, name: str, machine_now: datetime, now: datetime) -> None:
    """Note that the loop has just turned. A stored beat never goes back."""
    last = last_beat(session, name)
    if last is None:
        # Replicas that start together beat for the first time together: one of them is enough.
        with suppress(IntegrityError), session.begin_nested():
            session.add(Heartbeat(name=name, beat_at=machine_now, contract_at=now))
    else:
        last.beat_at, last.contract_at = max(last.beat_at, machine_now), now


def last_beat(session: Session, name: str) -> Heartbeat | None:
    """The latest beat of any process, None when there never was one."""
    return session.get(Heartbeat, name)
