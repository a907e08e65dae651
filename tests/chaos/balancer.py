"""A balancer as it stands before several `vakt run --http`: in turn, past those who do not listen."""

from collections.abc import Sequence
from itertools import count

import aiohttp
from aiohttp import web

UNHEARD = {"host", "content-length", "transfer-encoding", "connection"}


class Balancer:
    """Passes each request on once. One that broke off on its way is not repeated: it may have been heard."""

    def __init__(self, ports: Sequence[int]) -> None:
        """To these ports of this machine."""
        self._ports = ports
        self._turn = count()
        self.url = ""

    async def start(self) -> None:
        """Listen on a free port; `url` is where."""
        app = web.Application(client_max_size=10_000_000)
        app.router.add_post("/slack/events", self._pass_on)
        self._client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True), trust_env=False)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/slack/events"

    async def stop(self) -> None:
        """Listen no more."""
        await self._client.close()
        await self._runner.cleanup()

    async def _pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name: value for name, value in request.headers.items() if name.lower() not in UNHEARD}
        first = next(self._turn)
        for index in range(len(self._ports)):
            port = self._ports[(first + index) % len(self._ports)]
            try:
                return await self._ask(port, body, headers)
            except aiohttp.ClientConnectorError:
                continue
            except aiohttp.ClientError:
                return web.Response(status=502)
        return web.Response(status=503)

    async def _ask(self, port: int, body: bytes, headers: dict[str, str]) -> web.Response:
        url = f"http://127.0.0.1:{port}/slack/events"
        async with self._client.post(url, data=body, headers=headers) as answer:
            kind = answer.headers.get("Content-Type", "text/plain")
            return web.Response(status=answer.status, body=await answer.read(), headers={"Content-Type": kind})
