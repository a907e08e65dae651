"""The Events API: which events the app hears, and how each is shaped.

An event reaches the app only when its manifest subscribes to it, and, for events of a conversation, only when its bot
is a member there. The bot's own messages are delivered like everyone's; Bolt filters them.
Source: https://docs.slack.dev/apis/events-api
"""

from typing import TYPE_CHECKING

from sandbox import payloads
from sandbox.workspace import Conversation, Json, Post, User

if TYPE_CHECKING:
    from sandbox.world import World

MESSAGE_EVENTS = {
    "channel": "message.channels",
    "private": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}


def emit(world: "World", body: Json, *, where: Conversation | None = None, name: str | None = None) -> None:
    """Deliver `body` when the app subscribed to `name` (default: its type) and its bot is in `where`."""
    if (name or body["type"]) not in world.manifest.events:
        return
    if where is not None and world.workspace.bot_user_id not in where.members:
        return
    envelope = payloads.event(
        world, body, channel=where.id if where else None, shared=bool(where and where.is_ext_shared)
    )
    world.dispatch.tell(envelope)


def stamp(world: "World") -> str:
    """Return an `event_ts` for an event that no message gives one."""
    seconds = world.clock.seconds()
    return f"{seconds:.6f}"


def message(world: "World", where: Conversation, body: Json) -> None:
    """Deliver a message event, and an app_mention when a person names the bot in a channel."""
    placed = {**body, "channel": where.id, "channel_type": payloads.CHANNEL_TYPES[where.kind]}
    placed = {key: value for key, value in placed.items() if key not in {"pinned_to", "reactions"}}
    emit(world, placed, where=where, name=MESSAGE_EVENTS[where.kind])
    mentioned = f"<@{world.workspace.bot_user_id}" in str(body.get("text", ""))
    if mentioned and where.kind != "im" and "bot_id" not in body and "subtype" not in body:
        mention = {key: value for key, value in placed.items() if key != "channel_type"}
        emit(world, {**mention, "type": "app_mention"}, where=where)


def joined(world: "World", where: Conversation, who: User, *, inviter: str | None = None) -> None:
    """Deliver member_joined_channel."""
    emit(
        world,
        {**_member(world, "member_joined_channel", where, who), **({"inviter": inviter} if inviter else {})},
        where=where,
    )


def left(world: "World", where: Conversation, who: User) -> None:
    """Deliver member_left_channel; the bot hears of its own leaving too."""
    body = _member(world, "member_left_channel", where, who)
    if who.id == world.workspace.bot_user_id:
        emit(world, body)
    else:
        emit(world, body, where=where)


def _member(world: "World", kind: str, where: Conversation, who: User) -> Json:
    letter = {"channel": "C", "private": "G"}.get(where.kind, "D")
    place = {"channel": where.id, "channel_type": letter, "team": who.team_id}
    return {"type": kind, "user": who.id, **place, "event_ts": stamp(world)}


def reaction(world: "World", kind: str, where: Conversation, post: Post, *, user: str, name: str) -> None:
    """Deliver reaction_added or reaction_removed."""
    item = {"type": "message", "channel": where.id, "ts": post.ts}
    body = {"type": kind, "user": user, "reaction": name, "item": item, "item_user": post.body.get("user")}
    emit(world, {**body, "event_ts": stamp(world)}, where=where)


def pin(world: "World", kind: str, where: Conversation, item: Json, *, user: str) -> None:
    """Deliver pin_added or pin_removed."""
    facts = {"user": user, "channel_id": where.id, "item": item, "item_user": item["message"].get("user")}
    count = {
        "pin_count": len(where.pins),
        "pinned_info": {"channel": where.id, "pinned_by": user, "pinned_ts": item["created"]},
    }
    emit(world, {"type": kind, **facts, **count, "event_ts": stamp(world)}, where=where)


def channel_changed(world: "World", kind: str, where: Conversation, *, user: str) -> None:
    """Deliver channel_archive, channel_unarchive, channel_rename or channel_created (group_… for private ones)."""
    prefix = "group" if where.kind == "private" else "channel"
    facts: Json = {"channel": where.id, "user": user}
    if kind == "archive":
        facts["is_moved"] = 0
    if kind in {"rename", "created"}:
        names = {"name": where.name, "name_normalized": where.name, "created": where.created}
        facts = {"channel": {"id": where.id, "is_channel": where.kind == "channel", "is_mpim": False, **names}}
    if kind == "created":
        facts["channel"]["creator"] = user
    member = where if kind != "created" else None
    emit(world, {"type": f"{prefix}_{kind}", **facts, "event_ts": stamp(world)}, where=member)


def home_opened(world: "World", who: User, direct: Conversation, *, tab: str) -> None:
    """Deliver app_home_opened, with the view that was published last."""
    body: Json = {"type": "app_home_opened", "user": who.id, "channel": direct.id, "tab": tab, "event_ts": stamp(world)}
    stored = world.views.homes.get(who.id)
    if stored is not None and tab == "home":
        body["view"] = payloads.view(world, stored)
    emit(world, body)


def user_changed(world: "World", who: User) -> None:
    """Deliver user_change."""
    now = world.clock.seconds()
    emit(
        world,
        {"type": "user_change", "user": payloads.user(world, who), "cache_ts": int(now), "event_ts": stamp(world)},
    )


def group_members(world: "World", group_id: str, *, added: list[str], removed: list[str]) -> None:
    """Deliver subteam_members_changed."""
    now = int(world.clock.seconds())
    when = {"date_previous_update": now, "date_update": now}
    members = {"added_users": added, "added_users_count": len(added)}
    gone = {"removed_users": removed, "removed_users_count": len(removed)}
    body = {"type": "subteam_members_changed", "subteam_id": group_id, "team_id": world.workspace.team.id}
    emit(world, {**body, **when, **members, **gone, "event_ts": stamp(world)})
