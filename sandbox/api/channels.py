"""conversations.*: making, naming, filling and closing channels."""

import re
from collections.abc import Callable

from sandbox import events, page_shapes, payloads, posts
from sandbox.api.call import ApiError, Call
from sandbox.workspace import Conversation, Json, User

LONGEST_NAME = 80
LONGEST_TOPIC = 250
NAME = re.compile(r"[\w-]+")
MOST_INVITED = 100
REAL = frozenset({"channel", "private"})


def _checked_name(call: Call, *, besides: Conversation | None = None) -> str:
    """Return a channel name. Source: https://docs.slack.dev/reference/methods/conversations.create."""
    name = call.text("name").removeprefix("#")
    if not name:
        raise ApiError("invalid_name_required")
    if len(name) > LONGEST_NAME:
        raise ApiError("invalid_name_maxlength")
    if not name.strip("-_"):
        raise ApiError("invalid_name_punctuation")
    if not NAME.fullmatch(name) or name != name.lower():
        raise ApiError("invalid_name_specials")
    other = call.workspace.channel_named(name)
    if other is not None and other is not besides:
        raise ApiError("name_taken")
    return name


def _real(call: Call, *, member: bool = False) -> Conversation:
    where = call.conversation()
    if where.kind not in REAL:
        raise ApiError("method_not_supported_for_channel_type")
    return call.conversation(member=True) if member else where


def _open(call: Call, *, member: bool = False) -> Conversation:
    where = _real(call, member=member)
    if where.is_archived:
        raise ApiError("is_archived")
    return where


def _shown(call: Call, where: Conversation) -> Json:
    return {"channel": payloads.conversation(call.world, where, viewer=call.bot.id)}


def create(call: Call) -> Json:
    """conversations.create."""
    name = _checked_name(call)
    kind = "private" if call.flag("is_private") else "channel"
    where = call.world.add_conversation(
        name, "private" if kind == "private" else "channel", [call.bot.id], creator=call.bot.id
    )
    events.channel_changed(call.world, "created", where, user=call.bot.id)
    return _shown(call, where)


def join(call: Call) -> Json:
    """conversations.join: public channels only."""
    where = call.conversation()
    if where.kind != "channel":
        raise ApiError("method_not_supported_for_channel_type")
    if where.is_archived:
        raise ApiError("is_archived")
    if call.bot.id in where.members:
        call.warnings.append("already_in_channel")
    posts.join(call.world, where, call.bot)
    return _shown(call, where)


def invite(call: Call) -> Json:
    """conversations.invite: up to 100 people; with `force` those who can be invited are."""
    where = _open(call, member=True)
    users = call.names("users")
    if not users or len(users) > MOST_INVITED:
        raise ApiError("no_user")
    problems = [
        {"ok": False, "error": code, "user": one} for one in users if (code := _cannot_invite(call, where, one))
    ]
    if problems and not (call.flag("force") and len(problems) < len(users)):
        raise ApiError(str(problems[0]["error"]), errors=problems)
    refused = {one["user"] for one in problems}
    for one in users:
        if one not in refused:
            posts.join(call.world, where, call.workspace.users[one], inviter=call.bot.id)
    return _shown(call, where) | ({"errors": problems} if problems else {})


def _cannot_invite(call: Call, where: Conversation, user: str) -> str | None:
    if user not in call.workspace.users:
        return "user_not_found"
    if user == call.bot.id:
        return "cant_invite_self"
    return "already_in_channel" if user in where.members else None


def kick(call: Call) -> Json:
    """conversations.kick."""
    where = _real(call, member=True)
    who = call.user()
    if who.id == call.bot.id:
        raise ApiError("cant_kick_self")
    if who.id not in where.members:
        raise ApiError("user_not_found")
    if where.is_general:
        raise ApiError("cant_kick_from_general")
    posts.leave(call.world, where, who)
    return {"errors": {}}


def leave(call: Call) -> Json:
    """conversations.leave."""
    where = _open(call)
    if where.is_general:
        raise ApiError("cant_leave_general")
    if call.bot.id not in where.members:
        return {"not_in_channel": True}
    posts.leave(call.world, where, call.bot)
    return {}


def archive(call: Call) -> Json:
    """conversations.archive."""
    where = _real(call, member=True)
    if where.is_archived:
        raise ApiError("already_archived")
    if where.is_general:
        raise ApiError("cant_archive_general")
    where.is_archived = True
    _changed(call, where, "archive")
    return {}


def unarchive(call: Call) -> Json:
    """conversations.unarchive."""
    where = _real(call)
    if not where.is_archived:
        raise ApiError("not_archived")
    where.is_archived = False
    _changed(call, where, "unarchive")
    return {}


def rename(call: Call) -> Json:
    """conversations.rename."""
    where = _open(call, member=True)
    name = _checked_name(call, besides=where)
    where.previous_names.append(where.name)
    where.name = name
    _changed(call, where, "rename")
    return _shown(call, where)


def close(call: Call) -> Json:
    """conversations.close: direct messages only."""
    if call.conversation().kind in REAL:
        raise ApiError("method_not_supported_for_channel_type")
    return {"no_op": True, "already_closed": True}


def set_topic(call: Call) -> Json:
    """conversations.setTopic."""
    where = _described(call, "topic")
    return _shown(call, where) | {"topic": where.topic["value"]}


def set_purpose(call: Call) -> Json:
    """conversations.setPurpose."""
    where = _described(call, "purpose")
    return _shown(call, where) | {"purpose": where.purpose["value"]}


def _described(call: Call, what: str) -> Conversation:
    where = _open(call, member=True)
    text = call.text(what)
    if len(text) > LONGEST_TOPIC:
        raise ApiError("too_long")
    value = {"value": text, "creator": call.bot.id, "last_set": int(call.world.clock.seconds())}
    setattr(where, what, value)
    body = {"subtype": f"channel_{what}", what: text, "text": f"<@{call.bot.id}> set the channel {what}: {text}"}
    _said_by(call, where, call.bot, body)
    page_shapes.show_channel(call.world, where)
    return where


def _said_by(call: Call, where: Conversation, who: User, body: Json) -> None:
    posts.publish(call.world, where, {"type": "message", "user": who.id, "team": who.team_id, **body})


def _changed(call: Call, where: Conversation, kind: str) -> None:
    events.channel_changed(call.world, kind, where, user=call.bot.id)
    page_shapes.show_channel(call.world, where)


METHODS: dict[str, Callable[[Call], Json]] = {
    "conversations.create": create,
    "conversations.join": join,
    "conversations.invite": invite,
    "conversations.kick": kick,
    "conversations.leave": leave,
    "conversations.archive": archive,
    "conversations.unarchive": unarchive,
    "conversations.rename": rename,
    "conversations.close": close,
    "conversations.setTopic": set_topic,
    "conversations.setPurpose": set_purpose,
}
