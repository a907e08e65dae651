"""`vakt hooks`: the addresses that alerts and heartbeats are sent to, made and revoked by whoever runs Vakt."""
# ruff: noqa: FBT002 - Typer's flags are booleans

import json
from collections.abc import Iterator
from typing import Annotated

import typer
from sqlmodel import Session

from bot.commands.opened import changing
from bot.machine import SystemClock
from bot.plainly import fail
from models.hook import NAME, Hook, Opened, hook_named, hooks_of, new_hook
from models.monitor import monitors_of

Name = Annotated[str, typer.Argument(help="What the hook is called in histories, such as prometheus.")]


def register(app: typer.Typer) -> None:
    """Put `vakt hooks` on the command line."""
    hooks = typer.Typer(help="Addresses for alerts and heartbeats.", no_args_is_help=True)
    hooks.command("create")(create_command)
    hooks.command("list")(list_command)
    hooks.command("revoke")(revoke_command)
    app.add_typer(hooks, name="hooks")


def create_command(
    name: Name,
    heartbeat: Annotated[
        str | None, typer.Option("--heartbeat", help="Take signs of life for this one of [[heartbeats]], not alerts.")
    ] = None,
    signed: Annotated[bool, typer.Option("--signed", help="Take only what is signed; a secret is shown once.")] = False,
) -> None:
    """Make a hook and show its key: once, for only a hash of it is kept."""
    if not NAME.match(name):
        fail(f'"{name}" is no name for a hook; write up to 41 of a-z, 0-9, - and _, such as prometheus')
    with changing() as (session, team_id):
        if hook_named(session, team_id, name) is not None:
            fail(f"There is a hook {name}. A name is used once, since histories tell by it: choose another.")
        _demand_expected(session, team_id, heartbeat)
        opened = new_hook(team_id, name, SystemClock().now(), heartbeat=heartbeat, signed=signed)
        session.add(opened.hook)
    for line in _told(opened):
        typer.echo(line)


def _demand_expected(session: Session, team_id: str, heartbeat: str | None) -> None:
    expected = [monitor.key for monitor in monitors_of(session, team_id)]
    if heartbeat is not None and heartbeat not in expected:
        there = ", ".join(expected) or "none"
        fail(f"No heartbeat {heartbeat} is expected; there is {there}. Add it to workspace.toml, and import that.")


def _told(opened: Opened) -> Iterator[str]:
    yield f"Hook {opened.hook.name}. Its key is shown now and never again:"
    yield from (f"  /hooks/{kind}/{opened.key}" for kind in opened.hook.takes)
    if opened.secret:
        yield f"Sign with this secret, as Standard Webhooks has it: {opened.secret}"


def list_command(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a hook, for a program.")] = False,
) -> None:
    """List the hooks; keys are not known any more."""
    with changing() as (session, team_id):
        hooks = hooks_of(session, team_id)
    for hook in hooks:
        typer.echo(json.dumps(_shape(hook)) if as_json else _line(hook))
    if not hooks and not as_json:
        typer.echo("There is no hook. Make one: vakt hooks create NAME")


def _line(hook: Hook) -> str:
    takes = f"heartbeat {hook.heartbeat}" if hook.heartbeat else "alerts"
    signed = ", signed" if hook.sealed else ""
    since = f"revoked {hook.revoked_at:%Y-%m-%d %H:%M}" if hook.revoked_at else f"since {hook.created_at:%Y-%m-%d}"
    return f"{hook.name}: {takes}{signed}, {since}"


def _shape(hook: Hook) -> dict[str, object]:
    return {
        "name": hook.name,
        "heartbeat": hook.heartbeat,
        "signed": hook.sealed is not None,
        "created_at": hook.created_at.isoformat(),
        "revoked_at": hook.revoked_at.isoformat() if hook.revoked_at else None,
    }


def revoke_command(name: Name) -> None:
    """Take a hook's key back: whatever is sent with it is refused from now on."""
    with changing() as (session, team_id):
        hook = hook_named(session, team_id, name)
        if hook is None:
            fail(f"There is no hook {name}. vakt hooks list names those there are.")
        if hook.revoked_at is not None:
            fail(f"{name} was revoked {hook.revoked_at:%Y-%m-%d %H:%M}.")
        hook.revoked_at = SystemClock().now()
        session.add(hook)
    typer.echo(f"Revoked {name}.")
