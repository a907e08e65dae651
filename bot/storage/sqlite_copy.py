"""A SQLite database as one file of one moment, and back, while others read and write it."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.storage import schema
from bot.storage.backup_file import BackupError

PATIENCE = 30.0
"""Seconds to wait for whoever is writing."""


def back_up(database: Path, partial: Path) -> None:
    """Copy every page in one step, which is one moment; writers go on meanwhile."""
    if not database.is_file():
        raise BackupError(f"There is no database at {database}. Look at VAKT_DATABASE_URL")
    with closing(sqlite3.connect(database, timeout=PATIENCE)) as ours, closing(sqlite3.connect(partial)) as copy:
        ours.backup(copy)
        # Write-ahead logging would want companions beside the copy.
        copy.execute("PRAGMA journal_mode = DELETE")
        _demand_sound(copy, partial)


def restore(file: Path, database: Path) -> None:
    """Put the copy in the database's place in one transaction.

    Raises:
        BackupError: it is no sound copy of a database of Vakt.
        TooOldError: it is of a newer Vakt.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            _demand_sound(copy, file)
            schema.levels_of(f"sqlite:///{file.resolve()}").demand(schema.head())
            with closing(sqlite3.connect(database, timeout=PATIENCE)) as ours:
                copy.backup(ours)
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{file} cannot be restored to {database}: {error}") from error
    os.sync()


def _demand_sound(copy: sqlite3.Connection, file: Path) -> None:
    found = copy.execute("PRAGMA quick_check").fetchone()[0]
    if found != "ok":
        raise BackupError(f"{file} is damaged: {found}. Use another backup")
    tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
    if "alembic_version" not in tables:
        raise BackupError(f"{file} is no backup of Vakt: it has no alembic_version. Name a file that vakt backup wrote")
