"""The sandbox as a program: a thread with a loop of its own, one port on this machine, and the doors on it."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from aiohttp import web

from sandbox.clock import Clock
from sandbox.clock_hook import ClockHook
from sandbox.doors import routes
from sandbox.http_door import HttpDoor
from sandbox.manifest import load_manifest
from sandbox.pace import Limits
from sandbox.seed import Seed
from sandbox.workspace import Json
from sandbox.world import World

T = TypeVar("T")
LOOPBACK = "127.0.0.1"
PATIENCE = 30.0


@dataclass(frozen=True)
class _Started:
    thread: threading.Thread
    loop: asyncio.AbstractEventLoop
    runner: web.AppRunner


class Running:
    """A workspace that listens on a port of this machine, for other threads than its own."""

    def __init__(
        self,
        manifest: Path | Json = Path("manifest.yml"),
        *,
        clock: Clock | None = None,
        seed: Seed | None = None,
        port: int = 0,
        http_target: str | None = None,
        limits: Limits | None = None,
        clock_hook: str | None = None,
    ) -> None:
        """Make the workspace; nothing listens until `start()`. Raises ManifestError and ValueError."""
        self.clock = clock or Clock()
        seed = seed or Seed()
        self.world = World(load_manifest(manifest), self.clock, limits or Limits(), seed.team)
        self.hook = ClockHook(self.world, clock_hook) if clock_hook else None
        self._port = port
        self._http_target = http_target
        self._started: _Started | None = None
        seed.plant(self.world)

    @property
    def url(self) -> str:
        """The address of the page and of everything else, e.g. http://127.0.0.1:41234."""
        return self.world.url

    @property
    def api_url(self) -> str:
        """The `base_url` for a WebClient."""
        return f"{self.world.url}/api/"

    @property
    def bot_token(self) -> str:
        """The bot's token."""
        return self.world.tokens.bot

    @property
    def app_token(self) -> str:
        """The app-level token, for Socket Mode."""
        return self.world.tokens.app

    @property
    def signing_secret(self) -> str:
        """The secret of signed requests."""
        return self.world.tokens.signing

    @property
    def team_id(self) -> str:
        """The workspace's id."""
        return self.world.workspace.team.id

    @property
    def bot_user_id(self) -> str:
        """The bot's user id."""
        return self.world.workspace.bot_user_id

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def start(self) -> None:
        """Listen on a port of this machine; returns when it does. Raises OSError when the port is taken."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=_run, args=(loop,), name="sandbox", daemon=True)
        thread.start()
        try:
            runner = asyncio.run_coroutine_threadsafe(self._listen(), loop).result(PATIENCE)
        except BaseException:
            loop.call_soon_threadsafe(loop.stop)
            raise
        self._started = _Started(thread, loop, runner)
        self.deliver_by(HttpDoor(self.world, self._http_target) if self._http_target else None)

    async def _listen(self) -> web.AppRunner:
        runner = web.AppRunner(routes(self.world, self.hook), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, LOOPBACK, self._port)
        await site.start()
        port: int = runner.addresses[0][1]
        self.world.url = f"http://{LOOPBACK}:{port}"
        self.world.in_background(self.world.scheduled_posts())
        return runner

    def stop(self) -> None:
        """Close every connection and the port."""
        started, self._started = self._started, None
        if started is None:
            return
        asyncio.run_coroutine_threadsafe(self._close(started.runner), started.loop).result(PATIENCE)
        started.loop.call_soon_threadsafe(started.loop.stop)
        started.thread.join(PATIENCE)

    async def _close(self, runner: web.AppRunner) -> None:
        self.world.dispatch.sockets.drop(half_open=False)
        if self.world.dispatch.http is not None:
            await self.world.dispatch.http.close()
        if self.hook is not None:
            await self.hook.close()
        await self.world.rest()
        await runner.cleanup()

    def run(self, work: Coroutine[Any, Any, T], timeout: float = PATIENCE) -> T:
        """Do `work` on the sandbox's loop and return its result."""
        if self._started is None:
            work.close()
            message = "the sandbox is not running; call start() or use it in a with statement"
            raise RuntimeError(message)
        return asyncio.run_coroutine_threadsafe(work, self._started.loop).result(timeout)

    def do(self, work: Callable[[], T]) -> T:
        """Do something short on the sandbox's loop (or here, before it runs) and return its result."""

        async def there() -> T:
            return work()

        return self.run(there()) if self._started else work()

    def until(self, predicate: Callable[[], T | None], timeout: float) -> T | None:
        """Wait until `predicate`, asked on the loop after every change, is true; None after `timeout` seconds."""
        return self.run(self.world.live.until(predicate, timeout), timeout + PATIENCE)

    def deliver_by(self, door: HttpDoor | None) -> None:
        """Deliver by this door from now on, by sockets with None."""

        async def there() -> None:
            before, self.world.dispatch.http = self.world.dispatch.http, door
            if before is not None:
                await before.close()

        self.run(there())


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        loop.run_until_complete(_end_the_rest())
    finally:
        loop.close()


async def _end_the_rest() -> None:
    """Let what is still under way end: a task that is forgotten is complained of by whoever collects it."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
