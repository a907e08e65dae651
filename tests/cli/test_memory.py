"""Threads share pools of memory."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

HOLD = """
import ctypes, sys, threading
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
library = ctypes.CDLL(None)
library.fopen.restype = ctypes.c_void_p
account = ctypes.c_void_p(library.fopen(sys.argv[2].encode(), b"w"))
library.malloc_info(0, account)
library.fclose(account)
everyone.wait()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no such pools")
def test_threads_share_two_pools_of_memory(tmp_path: Path) -> None:
    """Without it there is one for nearly each of them."""
    assert _pools("own", tmp_path / "own.xml") > 4
    assert _pools("shared", tmp_path / "shared.xml") == 2


def _pools(how: str, account: Path) -> int:
    """How many the C library's own account names."""
    subprocess.run([sys.executable, "-c", HOLD, how, str(account)], check=True)
    return account.read_text("ascii").count("<heap nr=")
