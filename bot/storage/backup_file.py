"""The file of a backup: whole under its name, or not there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class BackupError(Exception):
    """The backup or the restoring could not be done; nothing was changed."""


@contextmanager
def written_whole(file: Path) -> Iterator[Path]:
    """A path to write to; what is there at the end takes the file's name at once, on the disk.

    Raises:
        BackupError: it cannot be written there.
    """
    partial = file.with_name(f"{file.name}.part")
    try:
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield partial
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.replace(file)
    except OSError as error:
        raise BackupError(f"{file} cannot be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
