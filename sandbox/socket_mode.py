"""Socket Mode: one-time tickets, hello, up to ten sockets, envelopes and their acknowledgements.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from sandbox.envelopes import Answer, Envelope
from sandbox.ids import nonce
from sandbox.workspace import Json

if TYPE_CHECKING:
    from sandbox.world import World

LIFETIME = 18_060
HOST = "applink-sandbox"


@dataclass(eq=False)
class Socket:
    """One connection of the app. A `deaf` one is half open: nothing is read from it or answered."""

    ws: web.WebSocketResponse
    request: web.Request
    open: bool = True
    deaf: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    def cut(self) -> None:
        """Break the connection as a network does, without a word."""
        self.open = False
        self.gone.set()
        if self.request.transport is not None:
            self.request.transport.abort()


class SocketDoor:
    """The sockets of the app, and the envelopes that wait for their acknowledgement."""

    def __init__(self, world: "World") -> None:
        """Begin without sockets."""
        self._world = world
        self._tickets: set[str] = set()
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self.sockets: list[Socket] = []

    def ticket(self) -> str:
        """Return an address good for one connection."""
        ticket = nonce()
        self._tickets.add(ticket)
        address = self._world.url.replace("http://", "ws://")
        return f"{address}/link/?ticket={ticket}&app_id={self._world.workspace.app_id}"

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection for as long as it lasts."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=403)
        self._tickets.discard(ticket)
        ws = web.WebSocketResponse(autoping=True, max_msg_size=0)
        await ws.prepare(request)
        await self._serve(Socket(ws, request))
        return ws

    async def _serve(self, socket: Socket) -> None:
        if len(self.sockets) >= self._world.limits.sockets:
            await self._goodbye(socket, "too_many_websockets")
            return
        self.sockets.append(socket)
        pinging = asyncio.create_task(self._ping(socket))
        try:
            await self._greet(socket)
            self._world.live.stir()
            await self._listen(socket)
        except ConnectionError:
            socket.open = False
        finally:
            pinging.cancel()
            socket.open = False
            self.sockets.remove(socket)
            self._world.live.stir()

    async def _greet(self, socket: Socket) -> None:
        if self._world.faults.silences():
            socket.deaf.set()
        else:
            await socket.ws.send_json(self._hello())

    def _hello(self) -> Json:
        started = self._world.clock.now().strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        debug = {"host": HOST, "started": started, "build_number": 1, "approximate_connection_time": LIFETIME}
        info = {"app_id": self._world.workspace.app_id}
        return {"type": "hello", "num_connections": len(self.sockets), "connection_info": info, "debug_info": debug}

    async def _ping(self, socket: Socket) -> None:
        while socket.open and not socket.deaf.is_set():
            await asyncio.sleep(self._world.limits.ping)
            if socket.deaf.is_set():
                return
            try:
                await socket.ws.ping(b"sandbox")
            except ConnectionError:
                return

    async def _listen(self, socket: Socket) -> None:
        if socket.deaf.is_set():
            await self._stay_silent(socket)
            return
        reading = asyncio.create_task(self._read(socket))
        deafened = asyncio.create_task(socket.deaf.wait())
        try:
            await asyncio.wait({reading, deafened}, return_when=asyncio.FIRST_COMPLETED)
            if socket.deaf.is_set():
                reading.cancel()
                await self._stay_silent(socket)
        finally:
            reading.cancel()
            deafened.cancel()

    async def _stay_silent(self, socket: Socket) -> None:
        await socket.gone.wait()

    async def _read(self, socket: Socket) -> None:
        async for message in socket.ws:
            if message.type == WSMsgType.TEXT:
                self._acknowledged(message.data)

    def _acknowledged(self, text: str) -> None:
        try:
            body = json.loads(text)
        except ValueError:
            return
        waiting = self._waiting.get(body.get("envelope_id", "")) if isinstance(body, dict) else None
        if waiting is not None and not waiting.done():
            waiting.set_result(body.get("payload") or {})

    async def deliver(self, envelope: Envelope) -> Answer:
        """Send to one socket, chosen at random, and wait for the acknowledgement on any."""
        row = self._world.begin("socket", envelope.name, envelope.payload)
        answer = await self._deliver(envelope)
        self._world.end(row, status=200 if answer.ok else None, error=answer.reason or None, response=answer.body)
        return answer

    async def _deliver(self, envelope: Envelope) -> Answer:
        usable = [one for one in self.sockets if one.open]
        if not usable:
            return Answer(ok=False, reason="connection_failed")
        waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[envelope.id] = waiting
        try:
            async with asyncio.timeout(self._world.limits.ack):
                await secrets.choice(usable).ws.send_str(json.dumps(frame(envelope)))
                return Answer(ok=True, body=await waiting)
        except TimeoutError:
            return Answer(ok=False, reason="timeout")
        except ConnectionError:
            return Answer(ok=False, reason="connection_failed")
        finally:
            del self._waiting[envelope.id]

    async def _goodbye(self, socket: Socket, reason: str) -> None:
        """Tell one socket why it must go; all but a warning close it."""
        info = {"type": "disconnect", "reason": reason, "num_connections": len(self.sockets)}
        try:
            await socket.ws.send_json(
                {**info, "debug_info": {"host": HOST}, "connection_info": {"app_id": self._world.workspace.app_id}}
            )
            if reason != "warning":
                socket.open = False
                await socket.ws.close()
        except ConnectionError:
            socket.open = False

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask every socket to reconnect: "warning", "refresh_requested", "link_disabled" or "too_many_websockets"."""
        for socket in list(self.sockets):
            await self._goodbye(socket, reason)

    def drop(self, *, half_open: bool) -> None:
        """Break every connection, or leave it open and never answer again."""
        for socket in list(self.sockets):
            if half_open:
                socket.deaf.set()
            else:
                socket.cut()


def frame(envelope: Envelope) -> Json:
    """Return an envelope as it goes over the wire; only events say how often they were tried."""
    body: Json = {
        "envelope_id": envelope.id,
        "payload": envelope.payload,
        "type": envelope.kind,
        "accepts_response_payload": envelope.accepts_response,
    }
    if envelope.kind == "events_api":
        body |= {"retry_attempt": envelope.attempt, "retry_reason": envelope.reason}
    return body
