"""Putting messages into conversations, changing and removing them; what everyone then sees and which events follow."""

from typing import TYPE_CHECKING

from sandbox import events, page_shapes, payloads
from sandbox.expectations import Heard
from sandbox.workspace import Conversation, Ephemeral, Json, Post, User

if TYPE_CHECKING:
    from sandbox.world import World


def as_bot(world: "World", content: Json) -> Json:
    """Return what a message by the app's bot carries besides its content."""
    place = world.workspace
    who = {"user": place.bot_user_id, "type": "message", "bot_id": place.bot_id, "app_id": place.app_id}
    return {**who, "text": "", **content, "team": place.team.id, "bot_profile": payloads.bot_profile(world)}


def publish(
    world: "World", where: Conversation, body: Json, *, metadata: Json | None = None, quiet: bool = False
) -> Post:
    """Store a message, show it, and tell the app; returns it with its `ts`. `quiet` keeps it from the events."""
    ts = where.next_ts(world.clock.seconds())
    body = {**body, "ts": ts}
    post = Post(body, metadata)
    where.posts[ts] = post
    if post.is_reply:
        _under_parent(world, where, post)
    if body.get("bot_id") == world.workspace.bot_id:
        world.heard.append(Heard(where.id, post))
    world.live.tell(_note(world, "message", where, body), to=set(where.members))
    if not quiet:
        events.message(world, where, {**payloads.message(post), "event_ts": ts})
    return post


def publish_webhook(world: "World", where: Conversation, content: Json, *, thread_ts: str | None = None) -> Json:
    """Post what came by a response address for the whole channel; such messages are of subtype `bot_message`."""
    body = {**as_bot(world, content), "subtype": "bot_message", "username": world.manifest.bot_name}
    if thread_ts:
        body["thread_ts"] = thread_ts
    return publish(world, where, body).body


def _under_parent(world: "World", where: Conversation, post: Post) -> None:
    parent = where.posts.get(post.thread_ts or "")
    if parent is None:
        return
    parent.replies.append(post.ts)
    post.body["parent_user_id"] = parent.body.get("user")
    count_replies(where, parent)
    if post.body.get("subtype") == "thread_broadcast":
        post.body["root"] = dict(parent.body)
    world.live.tell(_note(world, "message_changed", where, parent.body), to=set(where.members))


def count_replies(where: Conversation, parent: Post) -> None:
    """Bring a parent's `reply_…` fields up to date with its thread."""
    replies = [where.posts[ts] for ts in parent.replies if ts in where.posts]
    users = list(dict.fromkeys(one.body.get("user") or one.body.get("bot_id") for one in replies))
    parent.body |= {
        "thread_ts": parent.ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "latest_reply": replies[-1].ts if replies else "0000000000.000000",
        "reply_users": users[:5],
        "is_locked": False,
        "subscribed": "bot_id" in parent.body,
    }


def edit(world: "World", where: Conversation, post: Post, content: Json, *, silent: bool = False) -> None:
    """Change a message. `silent` leaves out the mark "(edited)", as updates by blocks and response addresses do."""
    before = payloads.message(post)
    post.body |= content
    ts = where.next_ts(world.clock.seconds())
    if not silent:
        post.body["edited"] = {"user": post.body.get("user"), "ts": ts}
    world.live.tell(_note(world, "message_changed", where, post.body), to=set(where.members))
    after = payloads.message(post)
    events.message(
        world,
        where,
        {
            "type": "message",
            "subtype": "message_changed",
            "message": {**after, "source_team": world.workspace.team.id, "user_team": world.workspace.team.id},
            "previous_message": before,
            "hidden": True,
            "ts": ts,
            "event_ts": ts,
        },
    )


def delete(world: "World", where: Conversation, post: Post) -> None:
    """Remove a message; a parent with replies stays as a tombstone."""
    before = payloads.message(post)
    ts = where.next_ts(world.clock.seconds())
    if any(one in where.posts for one in post.replies):
        post.body = {
            **post.body,
            "subtype": "tombstone",
            "text": "This message was deleted.",
            "user": "USLACKBOT",
            "hidden": True,
        }
        for key in ("blocks", "attachments", "bot_id", "bot_profile", "app_id", "files"):
            post.body.pop(key, None)
        post.metadata = None
    else:
        del where.posts[post.ts]
        where.pins.pop(post.ts, None)
        if post.is_reply and (parent := where.posts.get(post.thread_ts or "")):
            count_replies(where, parent)
    _forget(world, where, post)
    world.live.tell(_note(world, "message_deleted", where, {"ts": post.ts}, plain=True), to=set(where.members))
    body = {"type": "message", "subtype": "message_deleted", "previous_message": before, "hidden": True}
    events.message(world, where, {**body, "deleted_ts": post.ts, "ts": ts, "event_ts": ts})


def _forget(world: "World", where: Conversation, post: Post) -> None:
    world.heard[:] = [one for one in world.heard if not (one.channel == where.id and one.thing is post)]


def whisper(
    world: "World",
    where: Conversation,
    user: str,
    content: Json,
    *,
    thread_ts: str | None = None,
    expected: bool = False,
) -> Ephemeral:
    """Show a message to one person only."""
    ts = where.next_ts(world.clock.seconds())
    body = {**as_bot(world, content), "ts": ts, "is_ephemeral": True}
    if thread_ts:
        body["thread_ts"] = thread_ts
    one = Ephemeral(user, body)
    where.ephemerals[ts] = one
    world.heard.append(Heard(where.id, one, expected=expected))
    world.live.tell(_note(world, "ephemeral", where, body), to={user})
    return one


def rewhisper(world: "World", where: Conversation, ts: str, content: Json) -> None:
    """Change a private message in place."""
    one = where.ephemerals.get(ts)
    if one is None or one.deleted:
        return
    for key in ("text", "blocks", "attachments"):
        one.body.pop(key, None)
    one.body |= {"text": "", **content}
    world.live.tell(_note(world, "ephemeral_changed", where, one.body), to={one.user})


def unwhisper(world: "World", where: Conversation, ts: str) -> None:
    """Take a private message away."""
    one = where.ephemerals.get(ts)
    if one is None:
        return
    one.deleted = True
    world.heard[:] = [heard for heard in world.heard if heard.thing is not one]
    world.live.tell(_note(world, "ephemeral_deleted", where, {"ts": ts}, plain=True), to={one.user})


def _note(world: "World", kind: str, where: Conversation, body: Json, *, plain: bool = False) -> Json:
    shown = body if plain else page_shapes.message(world, body, where.posts.get(body["ts"]))
    return {"type": kind, "channel": where.id, "message": shown}


def reacted(world: "World", where: Conversation, post: Post, *, user: str, name: str, add: bool) -> None:
    """Put one person's reaction on a message, or take it off; the caller has checked that it changes something."""
    reactions: list[Json] = post.body.setdefault("reactions", [])
    entry = next((one for one in reactions if one["name"] == name), None)
    if entry is None:
        entry = {"name": name, "users": [], "count": 0}
        reactions.append(entry)
    entry["users"] = [*entry["users"], user] if add else [one for one in entry["users"] if one != user]
    entry["count"] = len(entry["users"])
    post.body["reactions"] = [one for one in reactions if one["count"]]
    note = {"type": "reaction", "channel": where.id, "ts": post.ts, "reactions": post.body["reactions"]}
    world.live.tell(note, to=set(where.members))
    events.reaction(world, "reaction_added" if add else "reaction_removed", where, post, user=user, name=name)


def join(world: "World", where: Conversation, who: User, *, inviter: str | None = None) -> None:
    """Make someone a member, with the line that says so."""
    if who.id in where.members:
        return
    where.members.append(who.id)
    body: Json = {
        "type": "message",
        "subtype": "channel_join",
        "user": who.id,
        "text": f"<@{who.id}> has joined the channel",
    }
    body |= {"team": who.team_id} | ({"inviter": inviter} if inviter else {})
    publish(world, where, body)
    page_shapes.show_channel(world, where)
    events.joined(world, where, who, inviter=inviter)


def leave(world: "World", where: Conversation, who: User) -> None:
    """Take someone out, with the line that says so."""
    body: Json = {
        "type": "message",
        "subtype": "channel_leave",
        "user": who.id,
        "text": f"<@{who.id}> has left the channel",
    }
    publish(world, where, {**body, "team": who.team_id})
    events.left(world, where, who)
    where.members.remove(who.id)
    page_shapes.show_channel(world, where)
