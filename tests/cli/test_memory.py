"""Threads share pools of memory."""

import platform
import subprocess
import sys

import pytest

POOLS = """
import sys, threading
from pathlib import Path
from bot import memory

if sys.argv[1] == "shared":
    memory.share_pools()
everyone = threading.Barrier(17)

def hold():
    kept = bytearray(100_000)
    everyone.wait()
    everyone.wait()
    return kept

for _ in range(16):
    threading.Thread(target=hold).start()
everyone.wait()
starts = [int(line.split("-")[0], 16) for line in Path("/proc/self/maps").read_text().splitlines()]
print(sum(start % 2**26 == 0 for start in starts))
everyone.wait()
"""
"""Counts the pools: glibc puts each but the first where an address is a multiple of 64 MiB."""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no such pools")
def test_threads_share_two_pools_of_memory() -> None:
    """Without it there is one for nearly each of them."""
    own, shared = (_pools(how) for how in ("own", "shared"))
    assert own > 4
    assert shared <= 1


def _pools(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", POOLS, how], capture_output=True, text=True, check=True)
    return int(done.stdout)
