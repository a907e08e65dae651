"""A bot as a child process: how long until it is ready, how much memory it holds, how much processor it uses.

Linux only: the figures come from /proc. PSS counts a page shared by n processes as 1/n in each, so that the sum over a
bot and its own children is what they really hold.
"""

import asyncio
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks._door import Door

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 30.0
_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy"})


class DiedError(Exception):
    """The bot ended, or was not ready in time; the message ends with what it last said."""


@dataclass
class Bot:
    """A running bot, its door, and how many seconds passed from its start until its socket was open."""

    process: asyncio.subprocess.Process
    door: Door
    ready_seconds: float

    async def stop(self, *, close: bool = True) -> None:
        """Ask it to end, insist after five seconds, and close its door unless others use it."""
        if self.process.returncode is None:
            self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), 5)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()
        if close:
            await self.door.close()

    def pss_megabytes(self) -> float:
        """Return the memory of the bot and its children, in MB of 10^6 bytes."""
        return sum(_pss_kilobytes(pid) for pid in _family(self.process.pid)) * 1024 / 1e6

    async def idle_share(self, seconds: float) -> float:
        """Return the share of one core it uses over some seconds in which nobody asks it anything."""
        before, started = self._processor_seconds(), time.perf_counter()
        await asyncio.sleep(seconds)
        return (self._processor_seconds() - before) / (time.perf_counter() - started)

    def _processor_seconds(self) -> float:
        return sum(_ticks(pid) for pid in _family(self.process.pid)) / os.sysconf("SC_CLK_TCK")


async def start(argv: Sequence[str], env: Mapping[str, str], log: Path, door: Door | None = None) -> Bot:
    """Start a bot against a door of its own, or the one given, and return once its socket is open.

    The bot finds the door in ``SLACK_API_URL``. What it prints goes to ``log``.

    Raises:
        DiedError: it was not ready within 30 s.
    """
    door = door or Door()
    await door.open()
    started = time.perf_counter()
    process = await _spawn(argv, {**clean_environment(), **env, "SLACK_API_URL": f"{door.url}/api/"}, log)
    bot = Bot(process, door, await _until_ready(process, door, started))
    if process.returncode is not None or bot.ready_seconds >= READY_SECONDS:
        await bot.stop()
        raise DiedError(f"{' '.join(argv)} opened no socket within {READY_SECONDS:g} s:\n{_last_words(log)}")
    return bot


async def _until_ready(process: asyncio.subprocess.Process, door: Door, started: float) -> float:
    """Wait until the bot's socket is open, it has ended, or it took too long; return the seconds since ``started``."""
    waits = {asyncio.create_task(door.connected()), asyncio.create_task(process.wait())}
    await asyncio.wait(waits, timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    seconds = time.perf_counter() - started
    for each in waits:
        each.cancel()
    return seconds


async def _spawn(argv: Sequence[str], env: Mapping[str, str], log: Path) -> asyncio.subprocess.Process:
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        return await asyncio.create_subprocess_exec(*argv, cwd=log.parent, env=env, stdout=output, stderr=output)
    finally:
        os.close(output)


def _last_words(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]


def python(*arguments: str) -> tuple[str, ...]:
    """Return the command line that runs this very Python."""
    return (sys.executable, *arguments)


def clean_environment() -> dict[str, str]:
    """Return this process's environment without proxies (slack_sdk uses them even on loopback) and Slack's names."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in _PROXIES and not name.startswith(("SLACK_", "VAKT_"))
    }
    tokens = {"SLACK_BOT_TOKEN": "xoxb-bench", "SLACK_APP_TOKEN": "xapp-bench", "SLACK_SIGNING_SECRET": "bench"}
    # Compiled modules are kept, as they are of an installed package.
    return {**kept, **tokens, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}


def _family(pid: int) -> Iterator[int]:
    """Yield a process and all its descendants."""
    yield pid
    for child in _children(pid):
        yield from _family(child)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        found += map(int, listed.read_text().split())
    return found


def _pss_kilobytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def _ticks(pid: int) -> int:
    """Return user and system time. The name in brackets may hold spaces, so fields are counted from its end."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
