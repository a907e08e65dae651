"""What a person can do in the workspace. Tests (by `people.py`) and the page (by `page_api.py`) both come this way."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox import events, payloads, pins, posts, submissions, words
from sandbox.ids import message_id
from sandbox.interactions import ActError, act, suggest
from sandbox.submissions import close, submit
from sandbox.workspace import Conversation, File, Json, Post, User

if TYPE_CHECKING:
    from sandbox.world import World

__all__ = [
    "ActError",
    "CommandResult",
    "act",
    "close",
    "command",
    "delete",
    "edit",
    "invite_bot",
    "join",
    "leave",
    "message_shortcut",
    "open_direct",
    "open_home",
    "pin",
    "post",
    "react",
    "read",
    "shortcut",
    "submit",
    "suggest",
    "upload",
]


@dataclass(frozen=True)
class CommandResult:
    """How a command went: `error` is what the person is shown, `body` the answer in the acknowledgement."""

    error: str | None = None
    body: Json | None = None


def place(world: "World", person: User, channel: str) -> Conversation:
    """Return a conversation the person is in; raises ActError."""
    where = world.workspace.conversations.get(channel)
    if where is None or (person.id not in where.members and where.kind != "channel"):
        raise ActError("channel_not_found")
    if person.id not in where.members:
        raise ActError("not_in_channel")
    if where.is_archived:
        raise ActError("is_archived")
    return where


async def post(world: "World", person: User, channel: str, text: str, *, thread_ts: str | None = None) -> Post:
    """Write a message. Raises ActError `no_text`, `channel_not_found`, `not_in_channel`, `is_archived`."""
    where = place(world, person, channel)
    if not text.strip():
        raise ActError("no_text")
    return posts.publish(world, where, _by(world, person, text, _parent(where, thread_ts)))


def _parent(where: Conversation, ts: str | None) -> str | None:
    """Return the parent of the thread that `ts` is in; raises ActError."""
    if ts is None:
        return None
    found = where.posts.get(ts)
    if found is None:
        raise ActError("thread_not_found")
    return found.thread_ts or ts


def _by(world: "World", person: User, text: str, thread_ts: str | None) -> Json:
    stored, blocks = words.typed(text, world.workspace)
    body: Json = {"user": person.id, "type": "message", "client_msg_id": message_id(), "text": stored}
    body |= {"team": person.team_id, "blocks": blocks if text else []}
    if person.team_id != world.workspace.team.id:
        body |= {"user_team": person.team_id, "source_team": person.team_id}
    return body | ({"thread_ts": thread_ts} if thread_ts else {})


def _own(world: "World", person: User, channel: str, ts: str) -> tuple[Conversation, Post]:
    where = place(world, person, channel)
    found = where.posts.get(ts)
    if found is None:
        raise ActError("message_not_found")
    if found.body.get("user") != person.id:
        raise ActError("cant_update_message")
    return where, found


async def edit(world: "World", person: User, channel: str, ts: str, text: str) -> None:
    """Change one's own message."""
    where, found = _own(world, person, channel, ts)
    stored, blocks = words.typed(text, world.workspace)
    posts.edit(world, where, found, {"text": stored, "blocks": blocks})


async def delete(world: "World", person: User, channel: str, ts: str) -> None:
    """Remove one's own message."""
    where, found = _own(world, person, channel, ts)
    posts.delete(world, where, found)


async def react(world: "World", person: User, channel: str, ts: str, name: str) -> None:
    """Put a reaction on a message, or take it off again."""
    where = place(world, person, channel)
    found = where.posts.get(ts)
    if found is None:
        raise ActError("message_not_found")
    name = name.strip(":")
    present = any(one["name"] == name and person.id in one["users"] for one in found.body.get("reactions", []))
    posts.reacted(world, where, found, user=person.id, name=name, add=not present)


async def pin(world: "World", person: User, channel: str, ts: str, *, add: bool = True) -> None:
    """Pin a message to its channel, or take it off again. Raises ActError."""
    where = place(world, person, channel)
    found = where.posts.get(ts)
    if found is None:
        raise ActError("message_not_found")
    if (ts in where.pins) == add:
        raise ActError("already_pinned" if add else "no_pin")
    pins.pin(world, where, found, by=person.id) if add else pins.unpin(world, where, found, by=person.id)


async def command(world: "World", person: User, channel: str, text: str) -> CommandResult:
    """Type a slash command and wait for the app's acknowledgement (three seconds at most)."""
    where = place(world, person, channel)
    name, _, rest = text.strip().partition(" ")
    known = world.manifest.command(name)
    if known is None:
        return _command_failed(world, person, where, f"{name} is not a valid command", "unknown_command")
    payload = payloads.command(
        world,
        person,
        where,
        command=name,
        text=words.command_text(rest.strip(), world.workspace, should_escape=known.should_escape),
        response_url=world.response_urls.give(person.id, where.id),
        trigger_id=world.triggers.give(person.id, channel=where.id),
    )
    answer = await world.dispatch.ask("slash_commands", payload)
    if not answer.ok:
        error = submissions.failure(answer)
        return _command_failed(world, person, where, f"{name} failed with the error “{error}”", error)
    if answer.body.get("response_type") == "in_channel":
        posts.publish(world, where, _by(world, person, text, None))
    return CommandResult(body=world.response_urls.answer(person.id, where.id, answer.body))


def _command_failed(world: "World", person: User, where: Conversation, text: str, error: str) -> CommandResult:
    world.live.tell({"type": "notice", "text": text, "channel": where.id}, to={person.id})
    return CommandResult(error=error)


async def shortcut(world: "World", person: User, callback_id: str) -> str | None:
    """Use a global shortcut; returns what the person is shown when it failed."""
    _known(world, callback_id, "global")
    trigger = world.triggers.give(person.id)
    shape = {**payloads.interaction(world, "shortcut", person), "callback_id": callback_id, "trigger_id": trigger}
    shape |= {"action_ts": events.stamp(world), "user": _without_name(person)}
    del shape["api_app_id"]
    return await submissions.told(world, person, await world.dispatch.ask("interactive", shape))


def _without_name(person: User) -> Json:
    return {key: value for key, value in payloads.actor(person).items() if key != "name"}


def _known(world: "World", callback_id: str, kind: str) -> None:
    known = world.manifest.shortcut(callback_id)
    if known is None or known.type != kind:
        raise ActError("unknown_shortcut")


async def message_shortcut(world: "World", person: User, callback_id: str, channel: str, ts: str) -> str | None:
    """Use a shortcut on a message."""
    _known(world, callback_id, "message")
    where = place(world, person, channel)
    found = where.posts.get(ts)
    if found is None:
        raise ActError("message_not_found")
    shape = {
        **payloads.interaction(world, "message_action", person),
        "action_ts": events.stamp(world),
        "callback_id": callback_id,
        "trigger_id": world.triggers.give(person.id, channel=where.id),
        "channel": {"id": where.id, "name": payloads.channel_name(where)},
        "message_ts": ts,
        "message": payloads.message(found),
        "response_url": world.response_urls.give(person.id, where.id, ts=ts),
        "user": {key: value for key, value in payloads.actor(person).items() if key != "username"},
    }
    del shape["api_app_id"]
    return await submissions.told(world, person, await world.dispatch.ask("interactive", shape))


async def open_home(world: "World", person: User, *, tab: str = "home") -> Json | None:
    """Open the app's home; returns the view published last, None when there is none yet."""
    direct = world.direct(world.workspace.bot_user_id, person.id)
    events.home_opened(world, person, direct, tab=tab)
    stored = world.views.homes.get(person.id)
    return payloads.view(world, stored) if stored else None


async def open_direct(world: "World", person: User, other: str) -> Conversation:
    """Open the direct message with someone; with the app's bot this also opens its messages tab."""
    if other not in world.workspace.users:
        raise ActError("user_not_found")
    where = world.direct(person.id, other)
    if other == world.workspace.bot_user_id:
        events.home_opened(world, person, where, tab="messages")
    return where


async def upload(
    world: "World", person: User, channel: str, name: str, content: bytes, *, thread_ts: str | None = None
) -> Post:
    """Share a file."""
    where = place(world, person, channel)
    now = int(world.clock.seconds())
    one = File(
        world.ids.new("F"), name, name, person.id, now, len(content), content, complete=True, channels=[where.id]
    )
    world.workspace.files[one.id] = one
    body = {
        **_by(world, person, "", _parent(where, thread_ts)),
        "subtype": "file_share",
        "files": [payloads.file(world, one)],
        "upload": False,
    }
    return posts.publish(world, where, {**body, "display_as_bot": False})


async def read(world: "World", person: User, channel: str) -> None:
    """Mark a conversation read to its end."""
    where = world.workspace.conversations.get(channel)
    if where is not None and where.posts:
        where.read[person.id] = max(where.posts)


async def join(world: "World", person: User, channel: str) -> None:
    """Join a public channel."""
    where = world.workspace.conversations.get(channel)
    if where is None or where.kind != "channel":
        raise ActError("channel_not_found")
    posts.join(world, where, person)


async def leave(world: "World", person: User, channel: str) -> None:
    """Leave a channel."""
    posts.leave(world, place(world, person, channel), person)


async def invite_bot(world: "World", person: User, channel: str) -> None:
    """Invite the app's bot into a channel one is in."""
    posts.join(world, place(world, person, channel), world.workspace.bot, inviter=person.id)
