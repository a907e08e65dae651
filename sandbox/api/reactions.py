"""reactions.*: emoji on messages."""

import re
from collections.abc import Callable

from sandbox import posts
from sandbox.api.call import ApiError, Call
from sandbox.api.pins import timestamp
from sandbox.workspace import Conversation, Json, Post

NAME = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


def _target(call: Call) -> tuple[Conversation, Post, str]:
    where = call.conversation()
    timestamp(call)
    post = call.post(where, "timestamp")
    name = call.text("name").strip(":")
    if not NAME.fullmatch(name):
        raise ApiError("invalid_name")
    return where, post, name


def _has(call: Call, post: Post, name: str) -> bool:
    return any(one["name"] == name and call.bot.id in one["users"] for one in post.body.get("reactions", ()))


def add(call: Call) -> Json:
    """reactions.add."""
    where, post, name = _target(call)
    if where.is_archived:
        raise ApiError("is_archived")
    if _has(call, post, name):
        raise ApiError("already_reacted")
    posts.reacted(call.world, where, post, user=call.bot.id, name=name, add=True)
    return {}


def remove(call: Call) -> Json:
    """reactions.remove."""
    where, post, name = _target(call)
    if not _has(call, post, name):
        raise ApiError("no_reaction")
    posts.reacted(call.world, where, post, user=call.bot.id, name=name, add=False)
    return {}


def get(call: Call) -> Json:
    """reactions.get."""
    where = call.conversation()
    timestamp(call)
    post = call.post(where, "timestamp")
    return {
        "type": "message",
        "channel": where.id,
        "message": {**post.body, "reactions": post.body.get("reactions", [])},
    }


METHODS: dict[str, Callable[[Call], Json]] = {"reactions.add": add, "reactions.remove": remove, "reactions.get": get}
