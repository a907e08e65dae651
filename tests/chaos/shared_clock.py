"""Contract time that every process of a run shows alike: eight bytes of a file, mapped by each."""

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FORM = "<q"


class SharedClock:
    """Stands still wherever it was set last, by whichever process."""

    def __init__(self, path: Path) -> None:
        """Map the file, which `create` has made."""
        with path.open("r+b") as file:
            self._bytes = mmap.mmap(file.fileno(), struct.calcsize(FORM))

    @classmethod
    def create(cls, path: Path, at: datetime) -> "SharedClock":
        """Make the file, showing `at`."""
        path.write_bytes(bytes(struct.calcsize(FORM)))
        clock = cls(path)
        clock.set(at)
        return clock

    def now(self) -> datetime:
        """The instant shown."""
        (microseconds,) = struct.unpack_from(FORM, self._bytes)
        return EPOCH + timedelta(microseconds=microseconds)

    def set(self, at: datetime) -> None:
        """Show `at` to every process."""
        struct.pack_into(FORM, self._bytes, 0, (at - EPOCH) // MICROSECOND)
