"""Starts `vakt` commands from a process that has loaded Vakt already: a command is a fork of it.

Loading a thousand modules takes longer than most commands do. What is forked is a process like any
other, with its own pid, environment, folder, output and signals; that a bare `python -m bot.cli`
does the same is tested beside it.
"""

import contextlib
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot import cli

TEXT = 65_536
"""Bytes of one order at most."""


class Launcher:
    """The process that is forked; it ends with this one."""

    def __init__(self, root: Path) -> None:
        """Start it, from the checkout's root."""
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.cli.launcher", str(theirs.fileno())],
                cwd=root,
                env=os.environ | {"PYTHONPATH": str(root)},
                pass_fds=[theirs.fileno()],
            )

    def start(self, words: Sequence[str], folder: Path, environment: Mapping[str, str], out: int, err: int) -> "Child":
        """Run `vakt` with these words there, writing to these two descriptors."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            order = json.dumps([list(words), str(folder), dict(environment)]).encode()
            socket.send_fds(self._ours, [order], [out, err, theirs.fileno()])
        return Child(ours)

    def stop(self) -> None:
        """End it."""
        self._ours.close()
        self._process.wait(30)


class Child:
    """A command that was started."""

    def __init__(self, line: socket.socket) -> None:
        """`line` says its pid, and later its exit code."""
        self._line = line
        self.pid = int(line.recv(64))
        self.returncode: int | None = None

    def send_signal(self, how: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, how)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float) -> int:
        """Its exit code; minus the signal's number for one that a signal ended.

        Raises:
            TimeoutError: it goes on.
        """
        if self.returncode is None:
            self._line.settimeout(timeout)
            self.returncode = int(self._line.recv(64))
            self._line.close()
        return self.returncode


def serve(orders: socket.socket) -> Sequence[str] | None:
    """Fork for each order; gives the words in the process that is to run them, None at the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        order, handed, _, _ = socket.recv_fds(orders, TEXT, 3)
        if not order:
            return None
        if os.fork() == 0:
            orders.close()
            words, folder, environment = json.loads(order)
            return _fork(words, folder, environment, handed)
        for each in handed:
            os.close(each)


def _fork(words: Sequence[str], folder: str, environment: dict[str, str], handed: Sequence[int]) -> Sequence[str]:
    """Wait here for a process of its own, which returns; this one tells how it ended."""
    out, err, line = handed
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        os.dup2(out, 1)
        os.dup2(err, 2)
        for each in handed:
            os.close(each)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        return words
    os.close(out)
    os.close(err)
    with socket.socket(fileno=line) as told:
        told.send(str(pid).encode())
        _, status = os.waitpid(pid, 0)
        with contextlib.suppress(BrokenPipeError):
            told.send(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


if __name__ == "__main__":
    for part in (*cli.PARTS.values(), cli.CORRECT_PART, cli.TICKET_PART, "models.sla.policy"):
        importlib.import_module(part)
    to_run = serve(socket.socket(fileno=int(sys.argv[1])))
    if to_run is not None:
        sys.argv = ["vakt", *to_run]
        cli.main()
