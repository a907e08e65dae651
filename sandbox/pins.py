"""Pinning a message to its channel, by the app or by a person."""

from typing import TYPE_CHECKING

from sandbox import events, payloads
from sandbox.workspace import Conversation, Post

if TYPE_CHECKING:
    from sandbox.world import World


def pin(world: "World", where: Conversation, post: Post, *, by: str) -> None:
    """Pin it; who subscribed hears pin_added."""
    address = f"{world.url}/archives/{where.id}/p{post.ts.replace('.', '')}"
    if post.is_reply:
        address += f"?thread_ts={post.thread_ts}&cid={where.id}"
    post.body["pinned_to"] = [where.id]
    message = payloads.message(post) | {"permalink": address}
    now = int(world.clock.seconds())
    where.pins[post.ts] = {
        "type": "message",
        "created": now,
        "created_by": by,
        "channel": where.id,
        "message": message,
    }
    events.pin(world, "pin_added", where, where.pins[post.ts], user=by)


def unpin(world: "World", where: Conversation, post: Post, *, by: str) -> None:
    """Take it off; who subscribed hears pin_removed."""
    post.body.pop("pinned_to", None)
    events.pin(world, "pin_removed", where, where.pins.pop(post.ts), user=by)
