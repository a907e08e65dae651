"""`vakt import` and `vakt export`: desks, customers and people, as a file."""
# ruff: noqa: FBT002 - Typer's flags are booleans

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.opened import looking, opened
from bot.contracts import read_contracts
from bot.plainly import fail, plain_errors, read_settings
from bot.storage.database import Database
from bot.workspace.file import Change, Workspace, WorkspaceError, read, written
from bot.workspace.importing import export_workspace, import_workspace

KEPT = "="
"""The sign of a line that tells of something that stays as it is."""

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a difference, for a program.")]


class _OnlyLookedError(Exception):
    """Undoes a transaction that was only to show what would change."""


def register(app: typer.Typer) -> None:
    """Put `vakt import` and `vakt export` on the command line."""
    app.command("import")(import_command)
    app.command("export")(export_command)


def import_command(
    file: Annotated[Path, typer.Argument(help="The workspace file, such as workspace.toml.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Change the database; without it the differences are shown.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make the database say what a workspace file says: the differences first, then, with --yes, the change."""
    said: Mapping[type[Exception], str] = {WorkspaceError: "{error}"}
    with plain_errors(said):
        workspace = read(file, read_contracts(read_settings().vakt_policies))
    with opened(said) as (database, team_id):
        changes = _import(database, team_id, workspace, keep=yes)
    _say(changes, kept=yes, as_json=as_json)


def _import(database: Database, team_id: str, workspace: Workspace, *, keep: bool) -> list[Change]:
    """What differs; stored only with `keep`."""
    changes: list[Change] = []
    with suppress(_OnlyLookedError), database.transaction() as session:
        changes += import_workspace(session, team_id, workspace)
        if not keep:
            raise _OnlyLookedError
    return changes


def _say(changes: Sequence[Change], *, kept: bool, as_json: bool) -> None:
    """The differences, then what became of them."""
    for change in changes:
        line = json.dumps({"sign": change.sign, "what": change.what}, ensure_ascii=False) if as_json else str(change)
        typer.echo(line)
    if as_json:
        return
    differences = sum(change.sign != KEPT for change in changes)
    if not differences:
        typer.echo("Nothing to change.")
    elif kept:
        typer.echo(f"Changed: {differences}.")
    else:
        typer.echo(f"Nothing was changed. With --yes these {differences} changes are made.")


def export_command(
    file: Annotated[Path | None, typer.Argument(help="Where to write; standard output when none is named.")] = None,
) -> None:
    """Write what is stored as a workspace file. Importing it changes nothing."""
    with looking() as (session, team_id):
        text = written(export_workspace(session, team_id))
    if file is None:
        typer.echo(text, nl=False)
        return
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}")
