"""A PostgreSQL database as one file of one moment, and back, by PostgreSQL's own tools."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import URL, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from bot.storage import schema
from bot.storage.backup_file import BackupError

COPY = re.compile(r"COPY public\.(alembic_version|schema_floor) ")

LOCK_PATIENCE = 30_000
"""Milliseconds to wait for whoever uses a table that is to be replaced."""


def back_up(url: URL, partial: Path) -> None:
    """Dump what one snapshot sees; writers go on meanwhile."""
    _run(
        [_tool("pg_dump", url), "--format=custom", "--no-owner", "--no-privileges", f"--file={partial}", _named(url)],
        url,
    )


def restore(file: Path, url: URL) -> None:
    """Put what was dumped in the place of every table there is, in one transaction.

    Raises:
        BackupError: a tool is missing, or it refuses; nothing was changed.
        TooOldError: it is of a newer Vakt.
    """
    reader, writer = _tool("pg_restore", url), _tool("psql", url)
    with tempfile.TemporaryDirectory(prefix="vakt-restore-") as folder:
        gone, come = Path(folder, "gone.sql"), Path(folder, "come.sql")
        try:
            _run([reader, "--no-owner", "--no-privileges", f"--file={come}", str(file)], url)
        except BackupError as error:
            raise BackupError(f"{file} cannot be read as a backup: {error}") from error
        levels = _levels(come)
        if levels.revision is None:
            raise BackupError(
                f"{file} is no backup of Vakt: it has no alembic_version. Name one that vakt backup wrote"
            )
        levels.demand(schema.head())
        gone.write_text(_dropping(_tables(url)), "utf-8")
        whole = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
        _run([writer, *whole, f"--file={gone}", f"--file={come}", _named(url)], url)


def _levels(script: Path) -> schema.Levels:
    """What the dumped tables of the schema's level say: the last column of the row after their heads."""
    found: dict[str, str] = {}
    with script.open(encoding="utf-8") as lines:
        for line in lines:
            head = COPY.match(line)
            if head is not None:
                found[head[1]] = next(lines).rstrip("\n").rpartition("\t")[2]
    return schema.Levels(found.get("alembic_version"), found.get("schema_floor"))


def _tables(url: URL) -> list[str]:
    engine = create_engine(url.set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
    engine.dispose()
    return names


def _dropping(tables: Iterable[str]) -> str:
    return "".join(f'drop table if exists "{name}" cascade;\n' for name in tables)


def _named(url: URL) -> str:
    """The database for a tool, without the password: other users see command lines."""
    bare = url.set(drivername="postgresql", password=None)
    return f"--dbname={bare.render_as_string(hide_password=False)}"


def _tool(name: str, url: URL) -> str:
    """Where a tool is: beside the server when that is on this machine, as it is of the same version, else on PATH.

    Raises:
        BackupError: it is in neither place.
    """
    found = next((place for place in _beside_server(name, url) if place.is_file()), None) or shutil.which(name)
    if found is None:
        raise BackupError(
            f"{name} was found neither on PATH nor beside the server. Install PostgreSQL's client programs of the"
            " server's version"
        )
    return str(found)


def _beside_server(name: str, url: URL) -> list[Path]:
    engine = create_engine(url.set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            folder = connection.execute(text("select setting from pg_config where name = 'BINDIR'")).scalar_one()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != "42501":  # not everybody may ask
            raise
        return []
    finally:
        engine.dispose()
    return [Path(folder) / name]


def _run(command: list[str], url: URL) -> None:
    environment = {**os.environ, "PGOPTIONS": f"-c lock_timeout={LOCK_PATIENCE}"}
    if url.password is not None:
        environment["PGPASSWORD"] = str(url.password)
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own tools, no shell
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[0]
        raise BackupError(f"{said}. Nothing was changed")
