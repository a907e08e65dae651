"""`vakt route test`: which route the alerts of a file take, and what would be opened. Nothing is stored."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands.opened import looking
from bot.contracts import read_contracts
from bot.machine import SystemClock
from bot.plainly import fail, plain_errors, read_settings
from bot.workspace.file import CustomerEntry, Workspace, WorkspaceError, read
from bot.workspace.importing import export_workspace
from handlers.alert_tickets import option_of, severity_of
from models.alerting.alert import HOOK, Alert, AlertError, read_alertmanager, read_generic
from models.alerting.route import Route, group_key, route_of
from models.sla.contract import Contract
from models.sla.plan import Facts, plans
from models.sla.policy import with_overrides

NO_ROUTE = 1


def register(app: typer.Typer) -> None:
    """Put `vakt route` on the command line."""
    route = typer.Typer(help="Which way alerts go.", no_args_is_help=True)
    route.callback()(route_commands)
    route.command("test")(try_command)
    app.add_typer(route, name="route")


def route_commands() -> None:
    """Which way alerts go."""


@dataclass(frozen=True, slots=True)
class _World:
    """What alerts are tried on."""

    workspace: Workspace
    contracts: Mapping[str, Contract]
    now: datetime

    @property
    def routes(self) -> tuple[Route, ...]:
        return tuple(document.route for document in self.workspace.routes or [])

    def customer(self, key: str) -> CustomerEntry:
        return next(each for each in self.workspace.customers if each.key == key)


def try_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An alert as it is sent: Alertmanager's JSON, or ours.")],
    workspace: Annotated[
        Path | None, typer.Option("--workspace", help="Try the routes of this file; without it those that are stored.")
    ] = None,
    hook: Annotated[str, typer.Option("--hook", help="The name of the hook it comes by.")] = "test",
) -> None:
    """Show which route each alert takes, and the ticket it would open, with class and deadline.

    Ends with 1 when an alert takes no route.
    """
    alerts = [alert.under(hook) for alert in _read(file)]
    with plain_errors({WorkspaceError: "{error}"}):
        contracts = read_contracts(read_settings().vakt_policies)
        found = read(workspace, contracts) if workspace else _stored()
        world = _World(found, contracts, SystemClock().now())
        routed = [route_of(alert, world.routes) for alert in alerts]
        for alert, route in zip(alerts, routed, strict=True):
            for line in _told(alert, route, world):
                typer.echo(line)
    if None in routed:
        raise typer.Exit(NO_ROUTE)


def _read(file: Path) -> Sequence[Alert]:
    try:
        document: Any = json.loads(file.read_text("utf-8"))
        is_ours = isinstance(document, dict) and "dedup_key" in document
        return read_generic(document) if is_ours else read_alertmanager(document)
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")
    except (ValueError, RecursionError, AlertError) as error:
        fail(f"{file}: {error}")


def _stored() -> Workspace:
    with looking() as (session, team_id):
        return export_workspace(session, team_id)


def _told(alert: Alert, route: Route | None, world: _World) -> Iterator[str]:
    labels = ", ".join(f"{name}={value}" for name, value in sorted(alert.labels.items()) if name != HOOK)
    yield f"{alert.summary} ({labels})"
    if route is None:
        yield f"  no route takes it; there is {', '.join(each.key for each in world.routes) or 'none'}"
        return
    yield f"  route {route.key}, {'fires' if alert.firing else 'resolved: opens nothing'}"
    yield from _ticket(alert, route, world)


def _ticket(alert: Alert, route: Route, world: _World) -> Iterator[str]:
    entry = world.customer(route.customer)
    contract = with_overrides(world.contracts[entry.contract], entry.overrides, entry.options)
    option, severity = option_of(contract, route.kind), severity_of(contract, route.severity)
    if option is None or severity is None:
        yield f"  {contract.id} has no kind {route.kind} or no class {route.severity}"
        return
    yield f"  a ticket of {entry.name}, {contract.id}, {option.id}, class {contract.severity(severity).name}"
    facts = Facts(kind=option.kind, severity=severity, intake=contract.slack_is, item=route.item)
    for each in plans(contract, facts, world.now, entry.region):
        at = each.due.astimezone(contract.zone) if each.due else None
        yield f"  {each.promise.clock}: {f'{at:%a %Y-%m-%d %H:%M %Z}' if at else 'pages'} ({each.promise.clause})"
    by = ", ".join(route.dedup_by) or "the alert itself"
    yield f"  one ticket by {by} ({group_key(alert, route)[:12]}){', and pages' if route.page else ''}"
