"""Names for rows: unique everywhere, and in the order in which they were made."""

from uuid_utils import uuid7


def new_id() -> str:
    """32 hexadecimal digits that sort by time (UUID version 7)."""
    return uuid7().hex
