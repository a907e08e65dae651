"""The addresses the sandbox serves, and the checks at each."""

import re
import urllib.parse
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox import payloads
from sandbox.http_door import loopback
from sandbox.page_api import PageApi
from sandbox.response_urls import Refused
from sandbox.web_api import WebApi, arguments

if TYPE_CHECKING:
    from sandbox.clock_hook import ClockHook
    from sandbox.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LARGEST = 64 * 1024 * 1024
LOCAL = re.compile(r"^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$")


def routes(world: "World", hook: "ClockHook | None") -> web.Application:
    """Return the application: Web API, sockets, response addresses, files, and the page."""
    app = web.Application(client_max_size=LARGEST, middlewares=[local_only])
    api, own = WebApi(world), OwnDoors(world)
    app.router.add_route("*", "/api/{method}", api.answer)
    app.router.add_get("/link/", world.dispatch.sockets.connect)
    app.router.add_post("/response/{secret}", own.respond)
    app.router.add_post("/upload/{file}", own.upload)
    app.router.add_get("/files/{file}/{name}", own.download)
    app.router.add_get("/archives/{channel}/{message}", own.permalink)
    app.router.add_get("/oauth/v2/authorize", own.authorise)
    PageApi(world, hook).add_to(app)
    return app


@web.middleware
async def local_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests that a foreign name led here (DNS rebinding)."""
    if not LOCAL.match(request.host):
        raise web.HTTPForbidden(text="the sandbox answers to 127.0.0.1 only")
    return await handler(request)


class OwnDoors:
    """The addresses that the sandbox itself gives out."""

    def __init__(self, world: "World") -> None:
        """Serve `world`."""
        self._world = world

    async def respond(self, request: web.Request) -> web.Response:
        """Take an answer sent to a response address."""
        body = await arguments(request)
        row = self._world.begin("response_url", "response_url", body)
        fault = self._world.faults.strike("response_url", body)
        if fault is not None and fault.kind in {"500", "503"}:
            self._world.end(row, status=int(fault.kind), error=fault.kind)
            return web.Response(status=int(fault.kind), text="fault")
        try:
            self._world.response_urls.receive(request.match_info["secret"], body)
        except Refused as refused:
            self._world.end(row, status=refused.status, error=refused.code)
            return self._refusal(refused)
        self._world.end(row, response="ok")
        return web.Response(text="ok")

    def _refusal(self, refused: Refused) -> web.Response:
        code, _, seconds = refused.code.partition(" ")
        headers = {"Retry-After": seconds} if seconds else {}
        return web.json_response({"ok": False, "error": code}, status=refused.status, headers=headers)

    async def upload(self, request: web.Request) -> web.Response:
        """Take a file's bytes (the second step of uploading)."""
        one = self._world.workspace.files.get(request.match_info["file"])
        if one is None:
            raise web.HTTPNotFound
        one.content = await _bytes(request)
        return web.Response(text=f"OK - {len(one.content)}")

    async def download(self, request: web.Request) -> web.Response:
        """Give a file back: as a download, which the page may show where it is a picture."""
        one = self._world.workspace.files.get(request.match_info["file"])
        if one is None:
            raise web.HTTPNotFound
        headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
        kind = payloads.PICTURES.get(payloads.suffix_of(one.name), "application/octet-stream")
        return web.Response(body=one.content, content_type=kind, headers=headers)

    async def permalink(self, request: web.Request) -> web.Response:
        """Lead a permalink to the page."""
        channel, message = request.match_info["channel"], request.match_info["message"]
        digits = message.removeprefix("p")
        raise web.HTTPFound(f"/?channel={channel}&ts={digits[:-6]}.{digits[-6:]}" if digits.isdigit() else "/")

    async def authorise(self, request: web.Request) -> web.Response:
        """Install the app at once, and lead back to it with a code; only to an address on this machine."""
        try:
            back = loopback(request.query.get("redirect_uri", ""))
        except ValueError as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        words = urllib.parse.urlencode({"code": self._world.new_code(), "state": request.query.get("state", "")})
        raise web.HTTPFound(f"{back}{'&' if '?' in back else '?'}{words}")


async def _bytes(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    form = await request.post()
    for value in form.values():
        if isinstance(value, web.FileField):
            return value.file.read()
    return b""
