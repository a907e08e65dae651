"""conversations.*: finding channels, their members, and opening direct messages."""

from collections.abc import Callable

from sandbox import payloads
from sandbox.api.call import ApiError, Call
from sandbox.api.users import wanted
from sandbox.workspace import Conversation, Json

MOST_IN_DIRECT = 8


def info(call: Call) -> Json:
    """conversations.info."""
    where = call.conversation()
    shape = payloads.conversation(call.world, where, viewer=call.bot.id, members=call.flag("include_num_members"))
    return {"channel": {**shape, "locale": "en-US"} if call.flag("include_locale") else shape}


def listing(call: Call) -> Json:
    """conversations.list: what the bot may see of the kinds asked for."""
    known = [one for one in call.workspace.conversations.values() if wanted(call, one.kind)]
    known = [one for one in known if one.kind == "channel" or call.bot.id in one.members]
    known = [one for one in known if not (one.is_archived and call.flag("exclude_archived"))]
    page, metadata = call.page(known)
    channels = [payloads.conversation(call.world, one, viewer=call.bot.id, members=True) for one in page]
    return {"channels": channels, "response_metadata": metadata}


def members(call: Call) -> Json:
    """conversations.members."""
    page, metadata = call.page(call.conversation().members)
    return {"members": list(page), "response_metadata": metadata}


def open_direct(call: Call) -> Json:
    """conversations.open: the direct message with one person, or several."""
    where = call.conversation() if call.given("channel") else _among(call, call.names("users"))
    full = payloads.conversation(call.world, where, viewer=call.bot.id)
    return {"channel": full if call.flag("return_im") else {"id": where.id}}


def _among(call: Call, users: list[str]) -> Conversation:
    if not users:
        raise ApiError("users_list_not_supplied")
    if len(users) > MOST_IN_DIRECT:
        raise ApiError("too_many_users")
    if any(one not in call.workspace.users for one in users):
        raise ApiError("user_not_found")
    if any(call.workspace.users[one].deleted for one in users):
        raise ApiError("user_disabled")
    everyone = {call.bot.id, *users}
    found = call.workspace.direct(everyone)
    if found is not None:
        return found
    if len(users) == 1:
        return call.world.direct(call.bot.id, users[0])
    name = "mpdm-" + "--".join(call.workspace.users[one].name for one in [call.bot.id, *users]) + "-1"
    return call.world.add_conversation(name, "mpim", [call.bot.id, *users], creator=call.bot.id)


METHODS: dict[str, Callable[[Call], Json]] = {
    "conversations.info": info,
    "conversations.list": listing,
    "conversations.members": members,
    "conversations.open": open_direct,
}
