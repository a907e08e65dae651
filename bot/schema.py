"""The schema of the database: which revision it has, and bringing it to ours.

Alembic is loaded only when there is something to do, in a process of its own: it is large, and
needed once.
"""

import subprocess
import sys
from pathlib import Path

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


class SchemaError(Exception):
    """The schema could not be brought to the revision that this version needs."""


def head() -> str:
    """The newest revision there is."""
    return max(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def revision_of(url: str) -> str | None:
    """The revision a database has, None for an empty one."""
    engine = create_engine(_driver(url))
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.execute(text("select version_num from alembic_version"))
            return str(found.scalar_one())
    finally:
        engine.dispose()


def upgrade(url: str) -> bool:
    """Bring a database to our revision; False when it was there already.

    Raises:
        SchemaError: with Alembic's own words.
    """
    at = _driver(url)
    path = make_url(at).database
    if at.startswith("sqlite") and path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        # The child works in another folder: a path relative to ours would be another file there.
        at = make_url(at).set(database=str(Path(path).resolve())).render_as_string(hide_password=False)
    if revision_of(url) == head():
        return False
    child = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
        [sys.executable, "-m", "bot.migrate", at],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd=FOLDER.parent,
    )
    if child.returncode != 0:
        raise SchemaError(child.stderr.strip()[-2000:])
    return True


def _driver(url: str) -> str:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed.render_as_string(hide_password=False)
