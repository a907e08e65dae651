"""The sandbox as a process of its own: started, waited for, and never left behind."""

import importlib.util
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.clock_hook import TOKEN_VARIABLE

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("aiohttp", "yaml")
"""What the sandbox needs beside Vakt itself: the extra `demo`."""

LOOPBACK = "127.0.0.1"
GRACE_SECONDS = 5


class SandboxError(Exception):
    """The sandbox did not start; the message says why and what to do."""


def missing(needed: Iterable[str] = NEEDED) -> list[str]:
    """What the extra `demo` would have installed and is not there."""
    return [name for name in needed if importlib.util.find_spec(name) is None]


def is_free(port: int) -> bool:
    """Whether a port of this machine can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Address:
    """What the sandbox said when it was ready."""

    url: str
    api_url: str
    bot_token: str
    app_token: str
    signing_secret: str


class SandboxProcess:
    """`python -m sandbox`. It reads our end of a pipe, so it ends with us, however we end."""

    def __init__(self, arguments: Sequence[str], hook_token: str) -> None:
        """Start it; `ready` waits until it answers."""
        # A session of its own: Ctrl-C is for us, and we stop it when nobody talks to it any more.
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            [sys.executable, "-m", "sandbox", "--until-eof", *arguments],
            cwd=ROOT,
            env=_environment(hook_token),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        """It is running."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()

    def ready(self) -> Address:
        """Wait until it answers.

        Raises:
            SandboxError: it ended before.
        """
        line = self._child.stdout.readline() if self._child.stdout else ""
        if not line:
            raise SandboxError(f"The sandbox did not start (exit code {self._child.wait()}); its own words are above.")
        said: Mapping[str, str] = json.loads(line)
        return Address(**{name: said[name] for name in Address.__slots__})

    def has_ended(self) -> bool:
        """Whether it is gone although nobody stopped it."""
        return self._child.poll() is not None

    def stop(self) -> None:
        """Stop it and wait until it is gone."""
        self._child.terminate()
        try:
            self._child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                pipe.close()


def _environment(hook_token: str) -> dict[str, str]:
    """Ours, without what is secret in it, and with the clock's token."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
    return kept | {TOKEN_VARIABLE: hook_token}
