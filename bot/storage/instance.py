"""One process on one SQLite file: a lock beside it, which the kernel opens when its holder dies.

PostgreSQL takes several processes, so there nobody is kept out and nobody is known to be alone.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

SUFFIX = ".lock"


class TakenError(Exception):
    """Another process works on the same SQLite file."""


@contextmanager
def alone(url: str) -> Iterator[bool]:
    """Keep others off the database until the end; True when nobody else can be at work on it.

    Raises:
        TakenError: somebody else holds it, or the lock cannot be made.
    """
    path = file_of(url)
    if path is None:
        yield False
        return
    lock = _opened(path)
    try:
        _take(lock, path)
        yield True
    finally:
        os.close(lock)


def file_of(url: str) -> Path | None:
    """The SQLite file an address names; None for a server, and for memory."""
    parsed = make_url(url)
    named = parsed.get_backend_name() == "sqlite" and parsed.database not in {None, "", ":memory:"}
    return Path(str(parsed.database)) if named else None


def _opened(path: Path) -> int:
    place = path.with_name(path.name + SUFFIX)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise TakenError(
            f"The database's lock {place} cannot be made: {error.strerror}. Look at VAKT_DATABASE_URL and its folder."
        ) from error


def _take(lock: int, path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(lock, 20, 0).decode("ascii", "replace").strip()
        raise TakenError(
            f"Another process ({holder or 'unknown'}) already works on {path}. Stop it first; for several at once,"
            " use PostgreSQL (VAKT_DATABASE_URL)."
        ) from error
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode("ascii"), 0)
