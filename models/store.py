"""The only words about storage that handlers may use.

The session they are handed, that the database could not be written, and that somebody else wrote
the same thing first.
"""

from sqlalchemy.exc import IntegrityError as ConflictError
from sqlmodel import Session

__all__ = ["BusyError", "ConflictError", "Session"]


class BusyError(Exception):
    """The database could not be written in time; nothing was stored. Try again in a moment."""
