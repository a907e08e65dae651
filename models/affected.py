"""Who said that an outage affects them, and when: a customer's report of downtime. Source: PS-13."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, col, select

from models.record import BY_KEY, Record
from models.timer import look_for_claims


class Affected(Record, table=True):
    """A customer's report that an outage affects it: one for each of the two, and the first counts.

    `happening_id` is `Downtime.happening_id`: the name of the outage or the maintenance, or the downtime's own id.
    `registered_by` is the agent who noted what the customer said elsewhere. `further` are later presses.
    Instants are contract time.
    """

    __table_args__ = (BY_KEY,)

    team_id: str = Field(primary_key=True)
    happening_id: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True)
    person_id: str
    at: datetime
    channel_id: str | None = None
    registered_by: str | None = None
    further: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


def report_affected(session: Session, report: Affected) -> bool:
    """Take in a customer's report; False when the customer had said so before.

    An earlier time that becomes known later (told by phone, noted afterwards) becomes the one that
    counts; every other press is kept beside it.
    """
    first = _locked(session, report)
    if first is None:
        # Two who press at the same moment: the one that comes second is kept beside the first.
        with suppress(IntegrityError), session.begin_nested():
            session.add(report)
            session.flush()
            session.add(look_for_claims(report.team_id, report.happening_id, report.at))
            return True
        first = _locked(session, report)
    if first is not None:
        _keep_beside(first, report)
    return False


def look_if_reported(session: Session, team_id: str, happening_id: str, at: datetime) -> None:
    """Something ended: have somebody look who may claim for it, if anybody reported it. A later report looks itself."""
    query = select(Affected.customer_id).where(Affected.team_id == team_id, Affected.happening_id == happening_id)
    if session.exec(query.limit(1)).first() is not None:
        session.add(look_for_claims(team_id, happening_id, at))


def _locked(session: Session, report: Affected) -> Affected | None:
    key = (report.team_id, report.happening_id, report.customer_id)
    return session.get(Affected, key, with_for_update=True, populate_existing=True)


def _keep_beside(first: Affected, report: Affected) -> None:
    further = _press(report)
    if report.at < first.at:
        further = _press(first)
        for name in ("person_id", "at", "channel_id", "registered_by"):
            setattr(first, name, getattr(report, name))
    first.further = [*first.further, further]


def _press(report: Affected) -> dict[str, Any]:
    return {
        "person_id": report.person_id,
        "at": report.at.isoformat(),
        "channel_id": report.channel_id,
        "registered_by": report.registered_by,
    }


def report_of(session: Session, team_id: str, happening_id: str, customer_id: str) -> Affected | None:
    """A customer's report about an outage."""
    return session.get(Affected, (team_id, happening_id, customer_id))


def reports_of(session: Session, team_id: str, happening_id: str) -> list[Affected]:
    """Every customer's report about an outage, the first first."""
    query = select(Affected).where(Affected.team_id == team_id, Affected.happening_id == happening_id)
    return list(session.exec(query.order_by(col(Affected.at), col(Affected.customer_id))))
