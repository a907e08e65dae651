"""The Web API at `/api/<method>`: everything between a request and the method that answers it.

In order: arguments read (query, form, JSON or multipart), faults, token, method, rate, scope, required arguments, and
then the method itself. Answers are HTTP 200 with `ok` true or false; only a rate limit is 429.
Source: https://docs.slack.dev/apis/web-api
"""

import asyncio
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.api import METHODS
from sandbox.api.call import ApiError, Call
from sandbox.api.scopes import missing_scope
from sandbox.ids import nonce
from sandbox.methods import Method, methods
from sandbox.workspace import Json

if TYPE_CHECKING:
    from sandbox.faults import Fault
    from sandbox.inspector import Row
    from sandbox.world import World

APP_METHODS = frozenset({"apps.connections.open", "apps.event.authorizations.list"})
OPEN_METHODS = frozenset({"api.test", "blocks.validate", "oauth.v2.access"})


class WebApi:
    """Answers an app's calls."""

    def __init__(self, world: "World") -> None:
        """Serve `world`."""
        self._world = world

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        name = request.match_info["method"]
        args = await arguments(request)
        row = self._world.begin("web_api", name, {key: value for key, value in args.items() if key != "token"})
        self._world.busy += 1
        try:
            return await self._answer(request, name, args, row)
        finally:
            self._world.busy -= 1
            if row.ms is None:
                self._world.end(row, status=None, error="connection_reset")
            self._world.live.stir()

    async def _answer(self, request: web.Request, name: str, args: Json, row: "Row") -> web.StreamResponse:
        fault = self._world.faults.strike(name, args)
        if fault is not None and (response := await self._before(fault, request)) is not None:
            self._world.end(row, status=response.status, error=fault.kind)
            return response
        token = bearer(request) or str(args.pop("token", "") or "")
        args.pop("token", None)
        status, body = self._outcome(name, token, args)
        self._world.end(row, status=status, error=body.get("error"), response=body)
        if fault is not None and fault.kind == "lost_answer":
            row.error = "lost_answer"
            cut(request)
        return self._response(status, body, name)

    async def _before(self, fault: "Fault", request: web.Request) -> web.Response | None:
        """Carry out a fault that comes before the work; None lets the call go on."""
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        elif fault.kind == "ratelimited":
            return limited(fault.retry_after)
        elif fault.kind in {"500", "502", "503", "504"}:
            return web.Response(status=int(fault.kind), text="fault")
        elif fault.kind == "timeout":
            await asyncio.sleep(self._world.limits.fault_timeout)
            cut(request)
        elif fault.kind == "reset":
            cut(request)
        elif fault.kind != "lost_answer":
            return web.json_response({"ok": False, "error": fault.kind})
        return None

    def _outcome(self, name: str, token: str, args: Json) -> tuple[int, Json]:
        try:
            method = self._method(name)
            self._check_token(name, token)
            retry_after = self._world.rates.refuse(method, str(args.get("channel", "")))
            if retry_after is not None:
                return 429, {"ok": False, "error": "ratelimited", "retry_after": retry_after}
            return 200, self._call(method, args)
        except ApiError as error:
            self._note_code(name, error.code)
            return 200, {"ok": False, "error": error.code, **error.details}

    def _method(self, name: str) -> Method:
        method = methods().get(name)
        if method is None or name not in METHODS:
            raise ApiError("unknown_method", req_method=name)
        return method

    def _check_token(self, name: str, token: str) -> None:
        if name in OPEN_METHODS:
            return
        if not token:
            raise ApiError("not_authed")
        tokens = self._world.tokens
        if token not in {tokens.bot, tokens.app}:
            raise ApiError("invalid_auth")
        if (token == tokens.app) != (name in APP_METHODS):
            raise ApiError("not_allowed_token_type")

    def _call(self, method: Method, args: Json) -> Json:
        call = Call(self._world, method, args)
        refused = missing_scope(call)
        if refused is not None:
            raise ApiError("missing_scope", needed=refused, provided=",".join(self._world.manifest.scopes))
        absent = [name for name in method.required if args.get(name) in (None, "")]
        if absent:
            messages = [f"[ERROR] missing required field: {name}" for name in absent]
            raise ApiError("invalid_arguments", response_metadata={"messages": messages})
        body = {"ok": True, **METHODS[method.name](call)}
        if call.warnings:
            metadata = {**body.get("response_metadata", {}), "warnings": call.warnings}
            body |= {"warning": ",".join(call.warnings), "response_metadata": metadata}
        return body

    def _note_code(self, name: str, code: str) -> None:
        method = methods().get(name)
        if method is not None and not method.may_answer(code):
            self._world.undocumented.add((name, code))

    def _response(self, status: int, body: Json, name: str) -> web.Response:
        if status == web.HTTPTooManyRequests.status_code:
            return limited(body["retry_after"])
        method = methods().get(name)
        headers = {
            "x-oauth-scopes": ",".join(self._world.manifest.scopes),
            "x-accepted-oauth-scopes": ",".join(method.scopes) if method else "",
            "x-slack-req-id": nonce(),
        }
        return web.json_response(body, headers=headers)


def limited(retry_after: int) -> web.Response:
    """Return the answer to a call that came too early."""
    return web.json_response(
        {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(retry_after)}
    )


def cut(request: web.Request) -> None:
    """Reset the connection under a request."""
    if request.transport is not None:
        request.transport.abort()
    raise ConnectionResetError


def bearer(request: web.Request) -> str:
    """Return the token of the Authorization header, or an empty text."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


async def arguments(request: web.Request) -> Json:
    """Return a call's arguments, wherever they are: query, form, multipart, or a JSON body."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        text = await request.text()
        body: Any = _parsed(text)
        return args | (body if isinstance(body, dict) else {})
    if request.can_read_body:
        args |= dict(await request.post())
    return args


def _parsed(text: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(text or "{}")
    except ValueError:
        return {}
