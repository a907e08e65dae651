"""Files that one of the processes makes, and the others find."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

Make = Callable[[Path], None]


def made_once(factory: pytest.TempPathFactory, name: str, make: Make) -> Path:
    """The file of that name, made by whichever of the test processes asks first; nobody changes it afterwards."""
    base = factory.getbasetemp()
    path = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            growing = path.with_suffix(".growing")
            growing.unlink(missing_ok=True)
            make(growing)
            growing.rename(path)
    return path
