"""What stands above an agent's tickets in App Home: maintenance of the next days, and outages that last."""

from datetime import datetime, timedelta

from handlers.access import Viewer
from handlers.maintenance_pictures import work_facts
from handlers.outage_pictures import row_fact
from handlers.views.facts.maintenance import MaintenanceFacts
from handlers.views.facts.outages import OutageRowFact
from models.maintenance import maintenance_to_come
from models.outage import open_outages
from models.store import Session

A_WEEK = timedelta(days=7)
SHOWN = 20


def this_week(session: Session, viewer: Viewer, now: datetime) -> tuple[MaintenanceFacts, ...]:
    """The maintenance of the next seven days, and what is under way."""
    works = maintenance_to_come(session, viewer.team_id, sorted(viewer.roles))
    return tuple(work_facts(session, work, now) for work in works if work.starts_at <= now + A_WEEK)[:SHOWN]


def lasting(session: Session, viewer: Viewer, now: datetime) -> tuple[OutageRowFact, ...]:
    """The outages that last, the newest first."""
    return tuple(row_fact(session, outage, now) for outage in open_outages(session, viewer.team_id, viewer.roles))
