"""The schema of the database: which revision it has, and bringing it to ours.

Alembic is loaded only when there is something to do, in a process of its own: it is large, and
needed once.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


class SchemaError(Exception):
    """The schema could not be brought to the revision that this version needs."""


class TooOldError(SchemaError):
    """The database needs newer code than this."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Where a database's schema stands, and the oldest code that works with it.

    `revision` is None for an empty database, `floor` for one made before there was a floor.
    """

    revision: str | None
    floor: str | None = None

    def fits(self, ours: str) -> bool:
        """Whether code of our level works with it as it is: level, or ahead but with a floor below."""
        return self.revision == ours or (self.is_ahead(ours) and self.floor is not None and self.floor <= ours)

    def is_ahead(self, ours: str) -> bool:
        """Whether newer code than ours has upgraded it."""
        return self.revision is not None and self.revision > ours

    def demand(self, ours: str) -> None:
        """Raise TooOldError when code of our level would not work with it, however it is upgraded."""
        if self.is_ahead(ours) and not self.fits(ours):
            raise TooOldError(
                f"it is at revision {self.revision} and works with code from revision {self.floor or self.revision}"
                f" on; this Vakt is at {ours}. Install the newer Vakt, or restore a backup from before its upgrade"
            )


def head() -> str:
    """The newest revision there is."""
    return max(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def revision_of(url: str) -> str | None:
    """The revision a database has, None for an empty one."""
    return levels_of(url).revision


def levels_of(url: str) -> Levels:
    """Where a database's schema stands."""
    engine = create_engine(_driver(url))
    try:
        with engine.connect() as connection:
            look = inspect(connection)
            if not look.has_table("alembic_version"):
                return Levels(None)
            revision = connection.execute(text("select version_num from alembic_version")).scalar_one_or_none()
            if not look.has_table("schema_floor"):
                return Levels(revision)
            return Levels(revision, connection.execute(text("select revision from schema_floor")).scalar_one())
    finally:
        engine.dispose()


def upgrade(url: str) -> bool:
    """Bring a database to our revision; False when it was there already, or is further and takes our code.

    Several processes may do so at once: one does it, the others wait for it.

    Raises:
        TooOldError: it was upgraded by newer code, and does not work with ours.
        SchemaError: with Alembic's own words.
    """
    at = _driver(url)
    path = make_url(at).database
    if at.startswith("sqlite") and path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        # The child works in another folder: a path relative to ours would be another file there.
        at = make_url(at).set(database=str(Path(path).resolve())).render_as_string(hide_password=False)
    levels, ours = levels_of(url), head()
    if levels.fits(ours):
        return False
    levels.demand(ours)
    child = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
        [sys.executable, "-m", "bot.storage.migrate", at],
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
