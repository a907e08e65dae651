"""The only words about storage that handlers may use.

The session they are handed, that the database could not be written, that somebody else wrote the
same thing first, and that nothing can be had of it at all.
"""

from sqlalchemy.exc import IntegrityError as ConflictError
from sqlalchemy.exc import SQLAlchemyError as StorageError
from sqlmodel import Session

__all__ = ["BusyError", "ConflictError", "Session", "StorageError"]


class BusyError(Exception):
    """The database could not be written in time; nothing was stored. Try again in a moment."""
