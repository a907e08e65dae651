"""Alerts on services under maintenance: kept with it, no ticket, nobody paged; what fires on after it opens one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from handlers.alert_tickets import Automatic
from models.alerting.alert import Alert
from models.alerting.route import Route, member_key, services_of
from models.customer import customer_by_key
from models.maintenance import Maintenance, MutedAlert, maintenance_at, muted_alerts
from models.store import Session

GOING_ON = "maintenance going on"


def mutes(at: Automatic, alert: Alert, route: Route) -> bool:
    """Whether an alert is muted; it is kept then. One that is over is noted, and goes its way."""
    services = services_of(alert, route)
    if not services:
        return False
    key = f"{route.key}:{member_key(alert)}"
    kept = at.session.get(MutedAlert, (at.team_id, key)) if _going_on(at) or not alert.firing else None
    if not alert.firing:
        if kept is not None:
            kept.ended_at = at.now
        return False
    work = _work_on(at, services, route)
    if work is None:
        return False
    row = kept or MutedAlert(
        team_id=at.team_id, key=key, maintenance_number=work.number, alert={}, first_at=at.now, last_at=at.now
    )
    row.maintenance_number, row.alert = work.number, _stored(alert)
    row.count, row.last_at, row.ended_at = row.count + 1, at.now, None
    at.session.add(row)
    return True


def _going_on(at: Automatic) -> Sequence[Maintenance]:
    """What goes on now, asked once in a transaction."""
    known: Mapping[Any, Any] = at.session.info
    if GOING_ON not in known:
        at.session.info[GOING_ON] = maintenance_at(at.session, at.team_id, at.now)
    found: Sequence[Maintenance] = known[GOING_ON]
    return found


def _work_on(at: Automatic, services: Sequence[str], route: Route) -> Maintenance | None:
    works = [work for work in _going_on(at) if set(work.services) & set(services)]
    customer = customer_by_key(at.session, at.team_id, route.customer) if works else None
    if customer is None:
        return None
    return next((work for work in works if customer.id in work.customers), None)


def _stored(alert: Alert) -> dict[str, Any]:
    return {
        "key": alert.key,
        "labels": dict(alert.labels),
        "summary": alert.summary,
        "details": alert.details,
        "link": alert.link,
    }


def let_go(session: Session, team_id: str, number: int, now: datetime) -> list[Alert]:
    """The alerts that still fire now that a maintenance mutes them no more. Each is given once."""
    found = []
    for row in muted_alerts(session, team_id, number):
        if row.ended_at is None:
            row.ended_at = now
            found.append(Alert(firing=True, **row.alert))
    return found
