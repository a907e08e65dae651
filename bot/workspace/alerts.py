"""Routes and expected beats between the workspace file and the database.

A file without any of one leaves them as they are stored; a file with some has all of them.
"""

from collections.abc import Iterator

from sqlmodel import Session

from bot.workspace.file import Change, Workspace
from models.alert import AlertRoutes, routes_stored
from models.alerting.document import HeartbeatDocument, RouteDocument
from models.ids import new_id
from models.monitor import Monitor, arm, disarm, monitors_of
from models.timer import LONG_AGO


def import_alerts(session: Session, team_id: str, workspace: Workspace) -> Iterator[Change]:
    """Make the database say what the file says of alerts; gives what was changed."""
    if workspace.routes is not None:
        yield from _routes(session, team_id, workspace.routes)
    if workspace.heartbeats is not None:
        yield from _beats(session, team_id, workspace.heartbeats)
    session.flush()


def _routes(session: Session, team_id: str, routes: list[RouteDocument]) -> Iterator[Change]:
    """The order counts too: the first that takes an alert has it."""
    row = routes_stored(session, team_id)
    before = {each["key"]: each for each in row.routes} if row else {}
    after = {route.key: route.stored for route in routes}
    changes = [
        *(Change("+", f"route {key}") for key in after if key not in before),
        *(Change("~", f"route {key}") for key in after if key in before and before[key] != after[key]),
        *(Change("-", f"route {key}") for key in before if key not in after),
    ]
    if not changes and list(before) != list(after):
        changes.append(Change("~", "routes: their order"))
    if changes:
        row = row or AlertRoutes(team_id=team_id)
        row.routes, row.revision = list(after.values()), new_id()
        session.add(row)
    yield from changes


def _beats(session: Session, team_id: str, beats: list[HeartbeatDocument]) -> Iterator[Change]:
    held = {monitor.key: monitor for monitor in monitors_of(session, team_id)}
    for beat in beats:
        monitor = held.pop(beat.key, None)
        if monitor is not None and monitor.document == beat.stored:
            continue
        yield Change("~" if monitor else "+", f"heartbeat {beat.key}")
        _expect(session, team_id, monitor, beat)
    for key, monitor in held.items():
        disarm(session, monitor)
        session.delete(monitor)
        yield Change("-", f"heartbeat {key}")


def _expect(session: Session, team_id: str, monitor: Monitor | None, beat: HeartbeatDocument) -> None:
    """Its first interval begins when a running Vakt sees it."""
    if monitor is None:
        monitor = Monitor(team_id=team_id, key=beat.key, document=beat.stored, expected_at=LONG_AGO, due_at=LONG_AGO)
        session.add(monitor)
    monitor.document, monitor.expected_at, monitor.due_at = beat.stored, LONG_AGO, LONG_AGO
    session.flush()
    arm(session, monitor)


def stored_routes(session: Session, team_id: str) -> list[RouteDocument] | None:
    """The routes, as the file would say them."""
    row = routes_stored(session, team_id)
    return [RouteDocument.model_validate(each) for each in row.routes] if row and row.routes else None


def stored_beats(session: Session, team_id: str) -> list[HeartbeatDocument] | None:
    """The expected beats, as the file would say them."""
    return [HeartbeatDocument.model_validate(each.document) for each in monitors_of(session, team_id)] or None
