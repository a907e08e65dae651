"""`vakt backup` and `vakt restore`: the whole database as one file of one moment, and back."""
# ruff: noqa: FBT002 - Typer's flags are booleans

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url
from sqlmodel import select

from bot import logs
from bot.machine import MachineClock
from bot.plainly import fail, plain_errors, read_settings, shown
from bot.storage import instance, postgresql_dump, schema, sqlite_copy
from bot.storage.backup_file import BackupError, written_whole
from bot.storage.database import Database
from models import outbox
from models.heartbeat import Heartbeat

SAID: Mapping[type[Exception], str] = {BackupError: "{error}.", instance.TakenError: "{error}"}

LATELY = timedelta(seconds=90)
"""Since a heartbeat: a process that runs stores one every 30 s."""

OF_THE_SCHEMA = frozenset({"alembic_version", "schema_floor"})
"""Tables that hold rows in an empty database too."""

Replace = Annotated[bool, typer.Option("--replace", help="Overwrite what is there.")]


def register(app: typer.Typer) -> None:
    """Put both on the command line."""
    app.command("backup")(backup_command)
    app.command("restore")(restore_command)


def backup_command(
    file: Annotated[Path, typer.Argument(help="Where to write the backup, such as vakt-monday.backup.")],
    replace: Replace = False,
) -> None:
    """Write the whole database, as it is at one moment, to a file; Vakt may go on running."""
    settings = read_settings()
    if file.exists() and not replace:
        fail(f"{file} is there already. Name another file, or add --replace.")
    with plain_errors(SAID), written_whole(file) as partial:
        path = instance.file_of(settings.vakt_database_url)
        if path is None:
            postgresql_dump.back_up(make_url(settings.vakt_database_url), partial)
        else:
            sqlite_copy.back_up(path, partial)
    typer.echo(f"Backed up to {shown(file)} ({file.stat().st_size} bytes).")


def restore_command(
    file: Annotated[Path, typer.Argument(help="A file that vakt backup wrote.", exists=True, dir_okay=False)],
    replace: Replace = False,
    force: Annotated[bool, typer.Option("--force", help="Also when a vakt run was at work a moment ago.")] = False,
) -> None:
    """Make the database what it was when the backup was written. Stop Vakt first."""
    settings = read_settings()
    logs.configure(settings.vakt_log, logging.WARNING)
    url = settings.vakt_database_url
    with plain_errors(SAID), instance.alone(url):
        _demand_nobody_and_nothing(url, replace=replace, force=force)
        path = instance.file_of(url)
        if path is None:
            postgresql_dump.restore(file, make_url(url))
        else:
            sqlite_copy.restore(file, path)
        schema.upgrade(url)
        waiting = _doubt_what_waits(url)
        typer.echo(f"Restored from {shown(file)}; the schema is at {schema.revision_of(url)}.")
        typer.echo(f"Messages that were waiting: {waiting}. Vakt looks each up in Slack before it says it.")


def _demand_nobody_and_nothing(url: str, *, replace: bool, force: bool) -> None:
    """End when somebody is at work on the database, or when there is something in it.

    A database whose schema was never made is empty, and nobody's.
    """
    path = instance.file_of(url)
    if (path is not None and not path.exists()) or schema.revision_of(url) is None:
        return
    database = Database(url)
    try:
        beat = _last_beat(database)
        if not force and beat is not None and MachineClock().now() - beat < LATELY:
            fail(
                f"A vakt run was at work on this database at {beat:%H:%M:%S} UTC. Stop it and try again in"
                f" {LATELY.seconds} s, or add --force when you know that none is left."
            )
        holding = None if replace else _something(database)
        if holding:
            fail(f"The database is not empty (there is something in {holding}). Add --replace to lose what is there.")
    finally:
        database.dispose()


def _last_beat(database: Database) -> datetime | None:
    with database.reading() as session:
        return max(session.exec(select(Heartbeat.beat_at)), default=None)


def _something(database: Database) -> str | None:
    """A table that has a row."""
    with database.reading() as session:
        names = sorted(set(inspect(session.connection()).get_table_names()) - OF_THE_SCHEMA)
        # The names are the database's own.
        return next((name for name in names if session.execute(text(f'select 1 from "{name}"')).first()), None)  # noqa: S608


def _doubt_what_waits(url: str) -> int:
    """Between the backup and now it may have been said."""
    database = Database(url)
    with database.transaction() as session:
        waiting = outbox.doubt_waiting(session)
    database.dispose()
    return waiting
