"""Where what no test keeps is kept: in memory, where there is room for it."""

import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3
"""Bytes that must be free."""


def roomy() -> Path:
    """A folder in memory, else the usual one on the disk.

    A story commits dozens of times and waits for the disk at each; a PostgreSQL database is three hundred files.
    """
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if has_room else Path(tempfile.gettempdir())
