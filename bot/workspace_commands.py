"""`vakt import` and `vakt export`: desks, customers and people, as a file."""
# ruff: noqa: FBT002 - Typer's flags are booleans

import json
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session, select

from bot import logs, schema
from bot.app import build
from bot.contracts import read_contracts
from bot.database import Database
from bot.plainly import fail, need, plain_errors, read_settings
from bot.running import SAID, go_straight_to_this_machine
from bot.settings import Settings
from bot.workspace_file import Change, Workspace, WorkspaceError, read, written
from bot.workspace_import import export_workspace, import_workspace
from models.ticket import Team

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
    settings = read_settings()
    logs.configure(settings.vakt_log, logging.WARNING)
    with plain_errors({**SAID, WorkspaceError: "{error}"}):
        workspace = read(file, read_contracts(settings.vakt_policies))
        schema_is_ours(settings.vakt_database_url)
        database = Database(settings.vakt_database_url)
        changes = _import(database, team_of(database, settings), workspace, keep=yes)
        database.dispose()
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
    settings = read_settings()
    logs.configure(settings.vakt_log, logging.WARNING)
    with plain_errors(SAID):
        schema_is_ours(settings.vakt_database_url)
        database = Database(settings.vakt_database_url)
        team_id = team_of(database, settings)
        with database.reading() as session:
            text = written(export_workspace(session, team_id))
        database.dispose()
    if file is None:
        typer.echo(text, nl=False)
        return
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}")


def schema_is_ours(url: str) -> None:
    """Make the schema of an empty database; end when there is another than ours."""
    levels = schema.levels_of(url)
    if levels.revision is None or levels.is_ahead(schema.head()):
        schema.upgrade(url)
    elif not levels.fits(schema.head()):
        fail(f"The database's schema is {levels.revision}, this version needs {schema.head()}. Run: vakt db upgrade")


def team_of(database: Database, settings: Settings) -> str:
    """The workspace meant: the token's, else the only one that is stored."""
    if settings.slack_bot_token.get_secret_value():
        need(settings, "slack_bot_token")
        go_straight_to_this_machine(settings, os.environ)
        vakt = build(settings)
        vakt.stop()
        return vakt.team.team_id
    with database.reading() as session:
        stored = _stored_teams(session)
    if len(stored) != 1:
        need(settings, "slack_bot_token")
    return stored[0]


def _stored_teams(session: Session) -> list[str]:
    return list(session.exec(select(Team.team_id)))
