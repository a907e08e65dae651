"""How the C library keeps the memory that threads ask it for."""

import ctypes
import sys

M_ARENA_MAX = -8
"""Source: mallopt(3) of glibc."""

POOLS = 2


def share_pools() -> None:
    """Let threads share two pools of memory.

    By default glibc gives each of our twenty threads one of its own, which keeps what was freed in
    it. They hold the interpreter's lock one at a time anyhow, so none waits for a pool.
    """
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "mallopt"):
        library.mallopt(M_ARENA_MAX, POOLS)
