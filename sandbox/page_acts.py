"""The page's acts by name: what `POST /sandbox/act` may say, each carried out by `acts.py`."""

import base64
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from sandbox import acts, page_shapes, payloads
from sandbox.interactions import ActError, Surface, surface
from sandbox.modals import View
from sandbox.submissions import Submitted
from sandbox.workspace import Json, Post, User

if TYPE_CHECKING:
    from sandbox.world import World

Act = Callable[["World", User, Json], Awaitable[Json]]


async def perform(world: "World", person: User, body: Json) -> Json:
    """Carry out one act; raises ActError, and KeyError when the body lacks what the act needs."""
    act = ACTS.get(body["act"])
    if act is None:
        raise ActError("unknown_act")
    return await act(world, person, body)


def in_main(post: Post) -> bool:
    """Say whether a message shows in the conversation itself, not only in a thread."""
    return not post.is_reply or post.body.get("subtype") == "thread_broadcast"


async def _post(world: "World", person: User, body: Json) -> Json:
    post = await acts.post(world, person, body["channel"], body["text"], thread_ts=body.get("thread_ts"))
    return {"ts": post.ts}


async def _command(world: "World", person: User, body: Json) -> Json:
    result = await acts.command(world, person, body["channel"], body["text"])
    return {"error": result.error} if result.error else {}


async def _edit(world: "World", person: User, body: Json) -> Json:
    await acts.edit(world, person, body["channel"], body["ts"], body["text"])
    return {}


async def _delete(world: "World", person: User, body: Json) -> Json:
    await acts.delete(world, person, body["channel"], body["ts"])
    return {}


async def _react(world: "World", person: User, body: Json) -> Json:
    await acts.react(world, person, body["channel"], body["ts"], body["name"])
    return {}


def _surface(world: "World", person: User, body: Json) -> Surface:
    view_id = body.get("view_id")
    if body.get("home") and not view_id:
        home = world.views.homes.get(person.id)
        view_id = home.id if home else ""
    return surface(world, person, view_id=view_id, channel=body.get("channel"), ts=body.get("ts"))


async def _action(world: "World", person: User, body: Json) -> Json:
    error = await acts.act(world, person, _surface(world, person, body), body["action"], body.get("state"))
    return {"error": error} if error else {}


async def _suggest(world: "World", person: User, body: Json) -> Json:
    return await acts.suggest(world, person, _surface(world, person, body), body)


def _own_view(world: "World", person: User, body: Json) -> View:
    view = world.views.find(body["view_id"])
    if view is None or view.user != person.id:
        raise ActError("view_not_found")
    return view


async def _submit(world: "World", person: User, body: Json) -> Json:
    result: Submitted = await acts.submit(world, person, _own_view(world, person, body), body.get("state"))
    if result.error:
        return {"ok": False, "error": result.error}
    top = world.views.top(person.id)
    shape: Json = {"response_action": result.response_action, "errors": result.errors}
    return {**shape, "view": payloads.view(world, top) if top else None}


async def _close(world: "World", person: User, body: Json) -> Json:
    await acts.close(world, person, _own_view(world, person, body), everything=bool(body.get("all")))
    return {}


async def _shortcut(world: "World", person: User, body: Json) -> Json:
    error = await acts.shortcut(world, person, body["callback_id"])
    return {"error": error} if error else {}


async def _message_shortcut(world: "World", person: User, body: Json) -> Json:
    error = await acts.message_shortcut(world, person, body["callback_id"], body["channel"], body["ts"])
    return {"error": error} if error else {}


async def _open_dm(world: "World", person: User, body: Json) -> Json:
    where = await acts.open_direct(world, person, body["user"])
    return {"channel": page_shapes.channel(where, viewer=person.id)}


async def _upload(world: "World", person: User, body: Json) -> Json:
    post = await acts.upload(
        world, person, body["channel"], body["name"], base64.b64decode(body["content"]), thread_ts=body.get("thread_ts")
    )
    return {"ts": post.ts}


async def _read(world: "World", person: User, body: Json) -> Json:
    await acts.read(world, person, body["channel"])
    return {}


async def _join(world: "World", person: User, body: Json) -> Json:
    await acts.join(world, person, body["channel"])
    return {}


ACTS: dict[str, Act] = {
    "post": _post,
    "command": _command,
    "edit": _edit,
    "delete": _delete,
    "react": _react,
    "action": _action,
    "suggest": _suggest,
    "submit": _submit,
    "close": _close,
    "shortcut": _shortcut,
    "message_shortcut": _message_shortcut,
    "open_dm": _open_dm,
    "upload": _upload,
    "read": _read,
    "join": _join,
}
