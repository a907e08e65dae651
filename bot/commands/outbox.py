"""`vakt outbox`: what is owed and what Slack refused, shown and put right."""
# ruff: noqa: FBT002 - Typer's flags are booleans

import json
from datetime import datetime
from typing import Annotated, Any

import typer

from bot.commands.opened import changing, looking
from bot.machine import MachineClock
from bot.plainly import fail
from models import mending
from models.outbox import Outgoing
from models.store import Session

Names = Annotated[list[str], typer.Argument(metavar="ID …", help="Ids or keys, as `vakt outbox list` shows them.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a message, for a program.")]


def register(app: typer.Typer) -> None:
    """Put `vakt outbox` on the command line."""
    outbox = typer.Typer(help="What is owed to Slack: list, retry, drop.", no_args_is_help=True)
    outbox.callback()(outbox_commands)
    outbox.command("list")(list_command)
    outbox.command("retry")(retry_command)
    outbox.command("drop")(drop_command)
    app.add_typer(outbox, name="outbox")


def outbox_commands() -> None:
    """What is owed to Slack, and what Slack refused."""


def list_command(
    everything: Annotated[bool, typer.Option("--all", help="Also what was said, dropped or expired.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what waits and what was refused, with the reason."""
    with looking() as (session, team_id):
        rows = mending.standing(session, team_id, everything=everything)
    if as_json:
        for row in rows:
            typer.echo(json.dumps(_as_json(row), ensure_ascii=False))
        return
    for row in rows:
        typer.echo(_line(row))
    if not rows:
        typer.echo("Nothing waits and nothing was refused.")


def retry_command(names: Annotated[list[str] | None, typer.Argument(metavar="[ID …]")] = None) -> None:
    """Send again what Slack refused, or the messages named, with what hangs under them."""
    with changing() as (session, team_id):
        rows = _named(session, team_id, names) if names else mending.refused(session, team_id)
        count = sum(mending.retry(session, row, MachineClock().now()) for row in rows)
    typer.echo(f"{count} {'message is' if count == 1 else 'messages are'} owed again.")


def drop_command(names: Names) -> None:
    """Never send the messages named, nor what hangs under them."""
    with changing() as (session, team_id):
        rows = _named(session, team_id, names)
        count = sum(mending.drop(session, row) for row in rows)
    left = len(rows) - count
    typer.echo(f"{count} dropped." + (f" {left} left alone: said, ended, or being sent." if left else ""))


def _named(session: Session, team_id: str, names: list[str]) -> list[Outgoing]:
    found = mending.rows_named(session, team_id, names)
    missing = set(names) - {row.id for row in found} - {row.key for row in found}
    if missing:
        fail(f"Nothing in the outbox is called {', '.join(sorted(missing))}. See: vakt outbox list --all")
    return found


def _as_json(row: Outgoing) -> dict[str, Any]:
    return {
        "id": row.id,
        "key": row.key,
        "kind": row.kind,
        "to": row.conversation,
        "ticket": f"T-{row.ticket_number}" if row.ticket_number else None,
        "state": row.state,
        "attempts": row.attempts,
        "next_attempt": _iso(row.ready_at) if row.state == "waiting" else None,
        "sent_at": _iso(row.sent_at),
        "reason": row.reason,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _line(row: Outgoing) -> str:
    """One message on one line, so that it can be searched and cut."""
    tried = f", {row.attempts} attempts" if row.attempts else ""
    why = f": {row.reason}" if row.reason else ""
    return f"{row.id}  {row.key} to {row.conversation}, {row.state}{tried}{why}"
