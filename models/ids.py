"""Names for rows, unique everywhere and in the order in which they were made; and what is stored of a secret."""

import hashlib

from uuid_utils import uuid7


def new_id() -> str:
    """32 hexadecimal digits that sort by time (UUID version 7)."""
    return uuid7().hex


def hash_of(secret: str) -> str:
    """What is stored of a secret of 256 random bits, and what it is found by."""
    return hashlib.sha256(secret.encode()).hexdigest()
