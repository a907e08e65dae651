"""What every act on maintenance stands on: who does it, the event that is noted, the planner who is reminded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers import announcing
from handlers.agreements import Agreements
from handlers.announcing import About
from handlers.maintenance_guard import Guard, Plan
from handlers.owed import Ledger
from models.chronicle import Happening
from models.maintenance import (
    Maintenance,
    MaintenanceEntry,
    MaintenanceEvent,
    change_maintenance,
)
from models.person import Person
from models.sla.maintenance_rules import MaintenanceKind
from models.store import Session


@dataclass(frozen=True, slots=True)
class Doing:
    """What an act on maintenance needs: who does it (None: Vakt), when, and where what is owed goes."""

    ledger: Ledger
    agreements: Agreements
    now: datetime
    by: Person | None = None

    @property
    def session(self) -> Session:
        """The session."""
        return self.ledger.session


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A plan that was checked, and what was said with it."""

    judged: Guard
    title: str
    noticed: str = ""
    approver: Person | None = None
    reason: str = ""
    overrider: Person | None = None
    """Who took on what it breaks, where that is somebody else than who plans it."""


def about_of(work: Maintenance) -> About:
    """As an announcement."""
    return About(work.team_id, work.name, work.desk_id)


def plan_of(work: Maintenance) -> Plan:
    """As it was planned, to be judged anew."""
    return Plan(
        team_id=work.team_id,
        desk_id=work.desk_id,
        services=tuple(work.services),
        kind=MaintenanceKind(work.kind),
        downtime=work.downtime,
        starts_at=work.starts_at,
        ends_at=work.ends_at,
        only=None if work.only is None else frozenset(work.only),
        without=frozenset(work.without),
        agreed=bool(work.agreed),
        approved=work.approver_id is not None,
        moving=work.number,
        components=work.components,
    )


def note(
    doing: Doing,
    work: Maintenance,
    event: MaintenanceEvent,
    facts: dict[str, Any] | None = None,
    *,
    text_id: str | None = None,
    **changes: Any,
) -> MaintenanceEntry:
    """Write an event with what it changes, and owe its line in the desk's thread."""
    actor = doing.by.id if doing.by else None
    happening = Happening(event=event, at=doing.now, actor_id=actor, text_id=text_id, facts=facts or {})
    entry = change_maintenance(doing.session, work, happening, **changes)
    urgent = event in {MaintenanceEvent.NOT_STARTED, MaintenanceEvent.OVERRUN}
    announcing.log_line(doing.ledger, about_of(work), entry.position, urgent=urgent)
    announcing.redraw_desk(doing.ledger, about_of(work))
    return entry


def remind_planner(doing: Doing, work: Maintenance, what: str) -> None:
    """A direct message to who planned it; the desk's channel where that one has left."""
    key = f"{what}:{work.starts_at.isoformat()}"
    announcing.remind(doing.ledger, about_of(work), [work.planned_by], key, {"what": what})
