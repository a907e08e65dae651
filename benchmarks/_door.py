"""The smallest Slack that can be a door: Socket Mode out, acknowledgements back, and a yes to every Web API call.

It is leaner than the sandbox on purpose. The sandbox checks scopes, limits and rates and keeps an inspector, all of
which would be measured along with the bot; here a request costs one ``json.dumps`` and one frame.
"""

import asyncio
import itertools
import json
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

Json = dict[str, Any]
ACK_SECONDS = 30.0
OTHER_ANSWERS: Mapping[str, Json] = {
    "conversations.open": {"channel": {"id": "D0KARI"}},
    "conversations.history": {"messages": [], "has_more": False},
    "conversations.replies": {"messages": [], "has_more": False},
}
TEAM, BOT, PERSON, CHANNEL = "T0BENCH", "U0BOT", "U0KARI", "C0DESK"


class NotAcknowledgedError(Exception):
    """The bot did not acknowledge, or refused. A benchmark of refusals measures nothing."""


@dataclass(frozen=True, slots=True)
class Acked:
    """An acknowledged envelope: how long it took (seconds), and what the bot answered."""

    seconds: float
    answer: Json


@dataclass
class Door:
    """One bot's Slack, on a port of its own. Replicas of a bot share one, and take turns."""

    url: str = ""
    calls: dict[str, int] = field(default_factory=dict)
    """How often each Web API method was called."""
    _sockets: list[web.WebSocketResponse] = field(default_factory=list)
    _connected: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    _runner: web.AppRunner | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def open(self) -> None:
        """Listen on a free port of this machine; one that listens already waits for its next bot."""
        self._connected.clear()
        if self._runner is not None:
            return
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_get("/link/", self._link)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def connected(self) -> None:
        """Wait until the bot's socket is open."""
        await self._connected.wait()

    async def submit(self, payload: Json) -> Acked:
        """Send an interactive payload and wait for its acknowledgement.

        Raises:
            NotAcknowledgedError: there was none in 30 s, or it carried errors.
        """
        if not self._sockets:
            raise NotAcknowledgedError("no socket is open")
        envelope_id = str(uuid.uuid4())
        envelope = {"envelope_id": envelope_id, "type": "interactive", "accepts_response_payload": True}
        frame = json.dumps({**envelope, "payload": payload})
        waiting = self._waiting[envelope_id] = asyncio.get_running_loop().create_future()
        started = time.perf_counter()
        self._sockets.append(self._sockets.pop(0))
        await self._sockets[0].send_str(frame)
        try:
            answer = await asyncio.wait_for(waiting, ACK_SECONDS)
        except TimeoutError:
            raise NotAcknowledgedError(f"no acknowledgement within {ACK_SECONDS:g} s") from None
        finally:
            del self._waiting[envelope_id]
        if answer.get("response_action") == "errors":
            raise NotAcknowledgedError(f"refused: {answer['errors']}")
        return Acked(time.perf_counter() - started, answer)

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        hello = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0BENCH"}, "debug_info": {}}
        await socket.send_json(hello)
        self._sockets.append(socket)
        self._connected.set()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self._acknowledged(json.loads(message.data))
        self._sockets.remove(socket)
        return socket

    def _acknowledged(self, body: Json) -> None:
        waiting = self._waiting.get(body.get("envelope_id", ""))
        if waiting is not None and not waiting.done():
            waiting.set_result(body.get("payload") or {})

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls[method] = self.calls.get(method, 0) + 1
        written = request.content_type == "application/json"
        asked = json.loads(await request.text() or "{}") if written else await request.post()
        return web.json_response(self._answer(method, asked), headers={"x-oauth-scopes": "chat:write,commands"})

    def _answer(self, method: str, asked: Mapping[str, Any]) -> Json:
        number = next(self._numbers)
        channel = str(asked.get("channel", CHANNEL))
        ts = str(asked.get("ts", f"{1_700_000_000 + number}.000100"))
        match method:
            case "apps.connections.open":
                return {"ok": True, "url": f"{self.url.replace('http', 'ws')}/link/?ticket={number}"}
            case "auth.test":
                ids = {"team_id": TEAM, "user_id": BOT, "bot_id": "B0BENCH", "team": "Bench", "user": "vakt"}
                return {"ok": True, "url": "https://bench.slack.com/", **ids}
            case "chat.postMessage" | "chat.update":
                return {"ok": True, "channel": channel, "ts": ts, "message": {"ts": ts, "user": BOT}}
            case "users.info":
                person = {"id": str(asked.get("user", PERSON)), "team_id": TEAM, "name": "kari"}
                return {"ok": True, "user": {**person, "locale": "en-US", "tz": "Europe/Oslo", "profile": {}}}
            case _:
                return {"ok": True, **OTHER_ANSWERS.get(method, {})}
