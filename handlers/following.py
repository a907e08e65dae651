"""`FOLLOW`: what is stored when something owed was done, or refused, and more follows from it."""

from collections.abc import Mapping
from datetime import datetime

from handlers.later import Later
from models.outbox import Kind, Outgoing
from models.store import Session

OF_AN_OUTAGE = Later("incident_news", "followed")

FOLLOW: Mapping[Kind, Later] = {
    Kind.INCIDENT_STEP: OF_AN_OUTAGE,
    Kind.INCIDENT_CARD: OF_AN_OUTAGE,
    Kind.INCIDENT_SUMMARY: OF_AN_OUTAGE,
    Kind.PAGE_GROUP: Later("page_groups", "followed"),
}
"""By kind; a test holds it to `models.outbox.FOLLOWED`."""


def followed(session: Session, row: Outgoing, machine_now: datetime, now: datetime) -> None:
    """Store what follows from a row, in the transaction that notes what became of it."""
    FOLLOW[Kind(row.kind)](session, row, machine_now, now)
