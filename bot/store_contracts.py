"""Stores the contract files in a process of its own: `python -m bot.store_contracts TEAM NOW [FOLDER]`.

Reading them takes a schema of pydantic models and tables of holidays, which the process that serves
people would hold for as long as it lives and never use again.
"""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from bot import contracts
from bot.storage.database import Database
from models.sla.policy_files import PolicyError

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = "VAKT_DATABASE_URL"

MISTAKES = 3
"""The exit code when a contract file cannot be used; the mistakes are on standard error."""


def store_apart(database: Database, team_id: str, folder: Path | None, now: datetime) -> None:
    """Store what the contract files say, in a process that ends with it.

    Raises:
        PolicyError: every mistake of every file.
        OSError: the process could not do its work; with its last words.
    """
    words = [team_id, now.isoformat(), *([str(folder.resolve())] if folder else [])]
    child = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
        [sys.executable, "-P", "-m", "bot.store_contracts", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        # The address may hold a password, which other users could read on a command line.
        env=os.environ | {ADDRESS: database.url.render_as_string(hide_password=False), "PYTHONPATH": str(ROOT)},
    )
    if child.returncode == MISTAKES:
        raise PolicyError(child.stderr.strip().splitlines())
    if child.returncode != 0:
        message = f"the contracts could not be stored: {child.stderr.strip()[-2000:]}"
        raise OSError(message)


def main(team_id: str, now: str, folder: str | None = None) -> int:
    """Store them; gives the exit code."""
    database = Database(os.environ[ADDRESS])
    try:
        contracts.store_here(database, team_id, Path(folder) if folder else None, datetime.fromisoformat(now))
    except PolicyError as error:
        print(error, file=sys.stderr)  # noqa: T201 - what the parent reads
        return MISTAKES
    finally:
        database.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
