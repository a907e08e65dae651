"""The machine's pulse, stored, so that time that Vakt slept through is known afterwards."""

from datetime import datetime, timedelta

from sqlmodel import Field, Session

from models.record import Record


class Heartbeat(Record, table=True):
    """When a loop of some process last turned, in machine time and in contract time."""

    name: str = Field(primary_key=True)
    beat_at: datetime
    contract_at: datetime


def beat(session: Session, name: str, machine_now: datetime, now: datetime) -> None:
    """Note that the loop has just turned."""
    session.merge(Heartbeat(name=name, beat_at=machine_now, contract_at=now))


def slept_since(session: Session, name: str, machine_now: datetime, grace: timedelta) -> datetime | None:
    """The contract instant of the last beat when the machine was down for longer than `grace`."""
    last = session.get(Heartbeat, name)
    if last is None or machine_now - last.beat_at <= grace:
        return None
    return last.contract_at
