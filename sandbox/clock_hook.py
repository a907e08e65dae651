"""The app's own clock, moved from the page: the sandbox steps it from due instant to due instant.

`GET hook` answers `{now, next_due, next_reminder, next_opening}` (ISO or null). `POST hook {to}` moves the app's time
there, lets it do and send everything due, and answers the same. The app's secret comes in `VAKT_CLOCK_HOOK_TOKEN`.
"""

import asyncio
import os
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import aiohttp

from sandbox.http_door import loopback
from sandbox.workspace import Json

if TYPE_CHECKING:
    from sandbox.world import World

TOKEN = "VAKT_CLOCK_HOOK_TOKEN"  # noqa: S105 - the variable's name
LONGEST_STEP = aiohttp.ClientTimeout(total=60)
MOST_STEPS = 10_000
CLOSE_ENOUGH = timedelta(seconds=2)


class HookError(Exception):
    """The app's clock could not be read or moved; the message says what it answered."""


class ClockHook:
    """Moves the app's time and the workspace's together."""

    def __init__(self, world: "World", url: str) -> None:
        """Remember the address; raises ValueError when it is not on this machine."""
        self._world = world
        self._url = loopback(url)
        self._client: aiohttp.ClientSession | None = None
        self._moving = asyncio.Lock()

    async def read(self) -> Json:
        """Return what the app's clock shows and what comes next; the workspace's clock follows it."""
        shown = await self._ask("GET", None)
        now = instant(shown.get("now"))
        if now is not None and not self._moving.locked() and abs(now - self._world.clock.now()) > CLOSE_ENOUGH:
            self._world.clock.set(now)
        return shown

    async def move_to(self, target: datetime) -> Json:
        """Go to `target`, stopping at every instant at which something falls due, so that messages carry it."""
        async with self._moving:
            shown = await self.read()
            for _ in range(MOST_STEPS):
                due = instant(shown.get("next_due"))
                if due is None or due > target:
                    break
                following = await self._step(max(due, self._world.clock.now()))
                if instant(following.get("next_due")) == due:
                    break
                shown = following
            return await self._step(max(target, self._world.clock.now()))

    async def _step(self, to: datetime) -> Json:
        self._world.clock.set(to)
        self._world.post_scheduled()
        return await self._ask("POST", {"to": to.isoformat()})

    async def _ask(self, verb: str, body: Json | None) -> Json:
        if self._client is None:
            self._client = aiohttp.ClientSession(trust_env=False)
        headers = {"Authorization": f"Bearer {os.environ.get(TOKEN, '')}"}
        try:
            async with self._client.request(
                verb, self._url, json=body, headers=headers, timeout=LONGEST_STEP
            ) as answer:
                if answer.status != 200:  # noqa: PLR2004
                    message = f"the app's clock answered {answer.status}"
                    raise HookError(message)
                shown: Json = await answer.json()
                return shown
        except (aiohttp.ClientError, TimeoutError) as error:
            message = f"the app's clock did not answer: {error}"
            raise HookError(message) from error

    async def close(self) -> None:
        """Let the connections go."""
        if self._client is not None:
            await self._client.close()


def instant(text: object) -> datetime | None:
    """Read an ISO instant; None stays None."""
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def shift(word: str) -> timedelta:
    """Read "15m", "1h" or "1d"; raises ValueError."""
    units = {"m": "minutes", "h": "hours", "d": "days"}
    if word[-1:] not in units or not word[:-1].isdigit():
        message = f"{word!r} is no length of time; write 15m, 1h or 1d"
        raise ValueError(message)
    return timedelta(**{units[word[-1]]: int(word[:-1])})
