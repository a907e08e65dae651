"""The page's API: what the browser asks and does, and the live stream to it.

Everything under /sandbox demands the header `X-Sandbox: 1` and, when the browser says where it comes from, the same
origin; a foreign page can send neither. The acts are those of `acts.py`.
"""

import asyncio
import json
import mimetypes
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from sandbox import acts, page_acts, page_shapes
from sandbox.clock_hook import HookError, instant, shift
from sandbox.interactions import ActError
from sandbox.live import Watcher
from sandbox.workspace import Json, User

if TYPE_CHECKING:
    from sandbox.clock_hook import ClockHook
    from sandbox.world import World

FOLDER = Path(__file__).with_name("page")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
ROWS = 200
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PageApi:
    """Serves the page and what it asks for."""

    def __init__(self, world: "World", hook: "ClockHook | None") -> None:
        """Serve `world`; with a hook the clock is the app's."""
        self._world = world
        self._hook = hook

    def add_to(self, app: web.Application) -> None:
        """Add the page's addresses."""
        app.router.add_get("/", self.page)
        app.router.add_get("/page/{file:.+}", self.page)
        app.router.add_get("/sandbox/state", self._guarded(self.state))
        app.router.add_get("/sandbox/messages", self._guarded(self.messages))
        app.router.add_get("/sandbox/home", self._guarded(self.home))
        app.router.add_get("/sandbox/requests", self._guarded(self.requests))
        app.router.add_post("/sandbox/act", self._guarded(self.act))
        app.router.add_post("/sandbox/clock", self._guarded(self.clock))
        app.router.add_get("/sandbox/live", self.live)

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            if request.headers.get("X-Sandbox") != "1" or not self._same_origin(request):
                return web.json_response({"ok": False, "error": "not_from_this_page"}, status=403)
            try:
                response = await handler(request)
            except (KeyError, ValueError, TypeError) as error:
                response = web.json_response({"ok": False, "error": "bad_request", "detail": str(error)}, status=400)
            response.headers["Cache-Control"] = "no-store"
            return response

        return guarded

    def _same_origin(self, request: web.Request) -> bool:
        origin = request.headers.get("Origin")
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        return origin in {None, f"http://{request.host}"} and site in {"same-origin", "none"}

    async def page(self, request: web.Request) -> web.Response:
        """Give a file of the page."""
        path = (FOLDER / request.match_info.get("file", "index.html")).resolve()
        if not path.is_relative_to(FOLDER) or not path.is_file():
            raise web.HTTPNotFound
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        kind = "text/javascript" if path.suffix in {".js", ".mjs"} else kind
        return web.Response(
            body=path.read_bytes(),
            content_type=kind,
            charset="utf-8" if kind.startswith("text/") else None,
            headers=HEADERS,
        )

    def _viewer(self, request: web.Request) -> User:
        people = self._world.workspace.users
        if "as" in request.query:
            return people[request.query["as"]]
        return next((one for one in people.values() if not one.is_bot), self._world.workspace.bot)

    async def state(self, request: web.Request) -> web.Response:
        """Everything the left side and the strip show."""
        viewer = self._viewer(request)
        conversations = self._world.workspace.conversations.values()
        seen = [one for one in conversations if one.kind == "channel" or viewer.id in one.members]
        channels = [page_shapes.channel(one, viewer=viewer.id) for one in seen]
        clock = await self._clock()
        return web.json_response(
            {**page_shapes.team(self._world), "me": viewer.id, "channels": channels, "clock": clock}
        )

    async def messages(self, request: web.Request) -> web.Response:
        """One conversation's messages, or one thread's, private answers to the viewer among them."""
        viewer = self._viewer(request)
        where = self._world.workspace.conversations[request.query["channel"]]
        if where.kind != "channel" and viewer.id not in where.members:
            return web.json_response({"ok": False, "error": "channel_not_found"}, status=404)
        thread = request.query.get("thread")
        posts = where.thread(thread) if thread else [one for one in where.posts.values() if page_acts.in_main(one)]
        shown = [page_shapes.message(self._world, one.body, one) for one in posts]
        whispers = [one.body for one in where.ephemerals.values() if one.user == viewer.id and not one.deleted]
        shown += [page_shapes.message(self._world, body, None) for body in whispers if body.get("thread_ts") == thread]
        return web.json_response({"messages": sorted(shown, key=lambda one: one["ts"])})

    async def home(self, request: web.Request) -> web.Response:
        """The viewer's App Home as published last; the app hears that it was opened."""
        return web.json_response({"view": await acts.open_home(self._world, self._viewer(request))})

    async def requests(self, _: web.Request) -> web.Response:
        """The inspector's rows, newest first."""
        rows = [row.shown() for row in reversed(self._world.inspector.rows)]
        return web.json_response({"requests": rows[:ROWS]})

    async def act(self, request: web.Request) -> web.Response:
        """Do what a person does."""
        body = await request.json()
        person = self._world.workspace.users[body["as"]]
        try:
            return web.json_response({"ok": True, **await page_acts.perform(self._world, person, body)})
        except ActError as error:
            return web.json_response({"ok": False, "error": error.code})

    async def clock(self, request: web.Request) -> web.Response:
        """Move the clock: `by` a length, or `to` an instant, the next reminder or the next opening."""
        body = await request.json()
        try:
            shown = await self._clock()
            target = self._target(body, shown)
            if self._hook is not None:
                await self._hook.move_to(target)
            else:
                self._world.clock.set(target)
                self._world.post_scheduled()
            clock = await self._clock()
        except HookError as error:
            return web.json_response({"ok": False, "error": "clock_hook", "detail": str(error)}, status=502)
        self._world.live.tell({"type": "clock", "clock": clock})
        return web.json_response({"ok": True, "clock": clock})

    def _target(self, body: Json, shown: Json) -> datetime:
        if "by" in body:
            return self._world.clock.now() + shift(body["by"])
        named = shown.get(body["to"], body["to"])
        target = instant(named)
        if target is None or target.tzinfo is None:
            message = f"there is no instant {body['to']!r} to go to"
            raise ValueError(message)
        return target

    async def _clock(self) -> Json:
        shown: Json = {"now": self._world.clock.now().isoformat(), "hook": self._hook is not None}
        if self._hook is None:
            return shown
        try:
            app = await self._hook.read()
        except HookError as error:
            return {**shown, "error": str(error)}
        return {**shown, **{key: app.get(key) for key in ("next_due", "next_reminder", "next_opening")}}

    async def live(self, request: web.Request) -> web.StreamResponse:
        """Stream what changes to one open page."""
        user = request.query.get("as", "")
        if user not in self._world.workspace.users or not self._same_origin(request):
            raise web.HTTPForbidden
        ws = web.WebSocketResponse(heartbeat=20)
        await ws.prepare(request)
        watcher = Watcher(user)
        self._world.live.watchers.add(watcher)
        sending = asyncio.create_task(_send(ws, watcher))
        try:
            self._world.views.show(user)
            async for message in ws:
                if message.type == WSMsgType.ERROR:
                    break
        finally:
            self._world.live.watchers.discard(watcher)
            sending.cancel()
        return ws


async def _send(ws: web.WebSocketResponse, watcher: Watcher) -> None:
    while not ws.closed:
        note = await watcher.queue.get()
        try:
            await ws.send_str(json.dumps(note))
        except ConnectionError:
            return
