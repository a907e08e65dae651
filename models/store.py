"""The only words about storage that handlers may use: the session they are handed, and that the
database could not be written."""

from sqlmodel import Session

__all__ = ["BusyError", "Session"]


class BusyError(Exception):
    """The database could not be written in time; nothing was stored. Try again in a moment."""
