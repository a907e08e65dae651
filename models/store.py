"""The only words about storage that handlers may use.

The session they are handed, why something was not stored, that somebody else wrote the same thing
first, and that nothing can be had of it at all.
"""

from sqlalchemy.exc import IntegrityError as ConflictError
from sqlalchemy.exc import SQLAlchemyError as StorageError
from sqlmodel import Session

__all__ = [
    "BrokenOffError",
    "BusyError",
    "ConflictError",
    "FullError",
    "NotStoredError",
    "Session",
    "StorageError",
    "UnknownOutcomeError",
    "UnwritableError",
]


class NotStoredError(Exception):
    """Nothing was stored, and that is certain."""


class BusyError(NotStoredError):
    """The database could not be written in time; nothing was stored. Try again in a moment."""


class BrokenOffError(BusyError):
    """The database broke the work off, for a reason that passes; nothing was stored.

    A deadlock, a failed serialisation, a connection cut before the commit. The same work may be
    done again from its beginning, at once.
    """


class UnwritableError(NotStoredError):
    """The database cannot be written until somebody mends it; nothing was stored."""


class FullError(UnwritableError):
    """There is no room left where the database is kept; nothing was stored."""


class UnknownOutcomeError(Exception):
    """The connection broke while the work was being committed: it may be stored, or not.

    Work that stores a unique key with itself may be done again: the key tells.
    """
