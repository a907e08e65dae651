"""`vakt timers`: what is going to be looked at, what is late, what fails, and trying it again."""
# ruff: noqa: FBT002 - Typer's flags are booleans

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy import ColumnElement

from bot.commands.opened import changing, looking
from bot.machine import SystemClock
from bot.plainly import fail
from models.timer import Timer, failing, late, let_go, waiting_timers


def register(app: typer.Typer) -> None:
    """Put `vakt timers` on the command line."""
    timers = typer.Typer(help="The timers: what is due, late or failing.", no_args_is_help=True)
    timers.callback()(timer_commands)
    timers.command("list")(list_command)
    timers.command("retry")(retry_command)
    app.add_typer(timers, name="timers")


def timer_commands() -> None:
    """The timers: what is due, late or failing."""


def list_command(
    only_late: Annotated[bool, typer.Option("--late", help="Only those due for longer than a minute.")] = False,
    only_failing: Annotated[bool, typer.Option("--failing", help="Only those that failed when looked at.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, the earliest first.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a timer, for a program.")] = False,
) -> None:
    """List timers, the earliest first: id, ticket, kind, when it is due, and what went wrong."""
    now = SystemClock().now()
    conditions: list[ColumnElement[bool]] = [late(now)] if only_late else []
    conditions += [failing()] if only_failing else []
    with looking() as (session, team_id):
        found = waiting_timers(session, team_id, *conditions, limit=limit)
    for timer in found:
        typer.echo(json.dumps(_shape(timer, now), ensure_ascii=False) if as_json else _line(timer, now))
    if not as_json:
        _count(found, limit)


def retry_command(
    timer_id: Annotated[str, typer.Argument(metavar="ID", help="The timer's id, as vakt timers list shows it.")],
) -> None:
    """Look at a timer again at once, as if it had never failed. Vakt does so within seconds when it runs."""
    with changing() as (session, team_id):
        timer = session.get(Timer, (team_id, timer_id))
        if timer is None:
            fail(f"There is no timer {timer_id}. See: vakt timers list")
        let_go(timer)
        about = timer.about
    typer.echo(f"Timer {timer_id} of {about} is looked at again.")


def _shape(timer: Timer, now: datetime) -> dict[str, Any]:
    return {
        "id": timer.id,
        "ticket": timer.about if timer.ticket_number else None,
        "kind": str(timer.kind),
        "due": timer.due_at.isoformat(),
        "late_seconds": max(0, int((now - timer.due_at).total_seconds())),
        "attempts": timer.attempts,
        "held_until": timer.held_until.isoformat() if timer.held_until else None,
        "failure": timer.failure,
    }


def _line(timer: Timer, now: datetime) -> str:
    """One timer in words; how long it is late in whole minutes."""
    minutes = int((now - timer.due_at).total_seconds() // 60)
    line = f"{timer.id}  {timer.about}  {timer.kind}  due {timer.due_at:%Y-%m-%d %H:%M} UTC"
    if minutes > 0:
        line += f", {minutes} min ago"
    if timer.attempts:
        held = f", again {timer.held_until:%Y-%m-%d %H:%M} UTC" if timer.held_until else ""
        line += f"\n    failed {timer.attempts} times{held}: {timer.failure}"
    return line


def _count(found: Sequence[Timer], limit: int) -> None:
    if not found:
        typer.echo("No timers.")
    elif len(found) == limit:
        typer.echo(f"Shown: the earliest {limit}. See more with --limit.")
