"""What the browser page is sent: the workspace as one person sees it."""

from typing import TYPE_CHECKING

from sandbox.workspace import Conversation, Json, Post, User

if TYPE_CHECKING:
    from sandbox.world import World

COPIED = (
    "text",
    "blocks",
    "attachments",
    "thread_ts",
    "reply_count",
    "reply_users",
    "latest_reply",
    "edited",
    "files",
    "subtype",
)


def message(world: "World", body: Json, post: Post | None) -> Json:
    """Return a message for the page. `post` is None for an ephemeral one."""
    shape: Json = {name: body.get(name) for name in COPIED}
    bot = body.get("username") or world.manifest.bot_name if "bot_id" in body else None
    return {
        "ts": body["ts"],
        "user": body.get("user"),
        "bot": bot,
        **shape,
        "reactions": body.get("reactions", []),
        "ephemeral": bool(body.get("is_ephemeral")),
        "metadata": post.metadata if post else None,
    }


def person(one: User) -> Json:
    """Return someone for the page's list of people; `name` is the handle."""
    shape = {"id": one.id, "name": one.name, "real_name": one.real_name, "title": one.title, "tz": one.tz}
    return {**shape, "locale": one.locale, "is_bot": one.is_bot, "color": one.color}


def channel(one: Conversation, *, viewer: str) -> Json:
    """Return a conversation for the page's left side."""
    kind = "private" if one.kind == "mpim" else one.kind
    shape: Json = {
        "id": one.id,
        "name": one.name,
        "kind": kind,
        "member": viewer in one.members,
        "unread": unread(one, viewer),
    }
    shape |= {"topic": one.topic["value"], "purpose": one.purpose["value"]}
    return {**shape, "user": one.other(viewer)} if one.kind == "im" else shape


def unread(one: Conversation, viewer: str) -> int:
    """Count the messages by others since `viewer` last read the conversation (replies in threads aside)."""
    since = one.read.get(viewer, "0")
    return sum(
        1 for post in one.posts.values() if post.ts > since and post.body.get("user") != viewer and not post.is_reply
    )


def team(world: "World") -> Json:
    """Return what does not depend on who is looking."""
    place = world.workspace
    return {
        "team": {"id": place.team.id, "name": place.team.name, "domain": place.team.domain},
        "app": {"name": world.manifest.name, "bot_user_id": place.bot_user_id, "home_tab": world.manifest.home_tab},
        "people": [person(one) for one in place.users.values()],
        "commands": [
            {"command": one.command, "description": one.description, "usage_hint": one.usage_hint}
            for one in world.manifest.commands
        ],
        "shortcuts": [
            {"callback_id": one.callback_id, "name": one.name, "type": one.type, "description": one.description}
            for one in world.manifest.shortcuts
        ],
    }


def show_channel(world: "World", where: Conversation) -> None:
    """Tell every open page how a conversation now looks to its person."""
    for watcher in list(world.live.watchers):
        if where.kind == "channel" or watcher.user in where.members:
            world.live.tell({"type": "channel", "channel": channel(where, viewer=watcher.user)}, to={watcher.user})
