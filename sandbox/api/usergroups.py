"""usergroups.*: groups such as @support. The workspace is on a paid plan."""

from collections.abc import Callable

from sandbox import events, payloads
from sandbox.api.call import ApiError, Call
from sandbox.workspace import Json, UserGroup

LONGEST_NAME = 128
LONGEST_DESCRIPTION = 140


def _checked(call: Call, besides: UserGroup | None = None) -> None:
    others = [one for one in call.workspace.groups.values() if one is not besides]
    if len(call.text("name")) > LONGEST_NAME:
        raise ApiError("name_too_long")
    if len(call.text("description")) > LONGEST_DESCRIPTION:
        raise ApiError("description_too_long")
    if any(one.name == call.text("name") for one in others):
        raise ApiError("name_already_exists")
    if any(one.handle == call.text("handle") for one in others):
        raise ApiError("handle_already_exists")


def create(call: Call) -> Json:
    """usergroups.create."""
    name = call.text("name")
    if not name:
        raise ApiError("missing_subteam_name")
    _checked(call)
    handle = call.text("handle") or name.lower().replace(" ", "-")
    now = int(call.world.clock.seconds())
    one = UserGroup(call.world.ids.new("S"), name, handle, call.bot.id, now, call.text("description"))
    one.channels = call.names("channels")
    call.workspace.groups[one.id] = one
    return {"usergroup": payloads.group(call.world, one, users=False)}


def _known(call: Call, code: str) -> UserGroup:
    one = call.workspace.groups.get(call.text("usergroup"))
    if one is None:
        raise ApiError(code)
    return one


def update(call: Call) -> Json:
    """usergroups.update."""
    one = _known(call, "permission_denied")
    for name in ("name", "handle", "description"):
        if call.given(name):
            setattr(one, name, call.text(name))
    if call.given("channels"):
        one.channels = call.names("channels")
    one.updated, one.updated_by = int(call.world.clock.seconds()), call.bot.id
    return {"usergroup": payloads.group(call.world, one, users=False)}


def listing(call: Call) -> Json:
    """usergroups.list."""
    groups = [one for one in call.workspace.groups.values() if not one.deleted or call.flag("include_disabled")]
    return {"usergroups": [payloads.group(call.world, one, users=call.flag("include_users")) for one in groups]}


def users(call: Call) -> Json:
    """usergroups.users.list."""
    return {"users": list(_known(call, "no_such_subteam").users)}


def set_users(call: Call) -> Json:
    """usergroups.users.update: replaces the whole list; a group cannot be emptied."""
    one = _known(call, "permission_denied")
    wanted = call.names("users")
    if not wanted:
        raise ApiError("no_users_provided")
    if any(user not in call.workspace.users for user in wanted):
        raise ApiError("invalid_users")
    added = [user for user in wanted if user not in one.users]
    removed = [user for user in one.users if user not in wanted]
    one.users = list(dict.fromkeys(wanted))
    one.updated, one.updated_by = int(call.world.clock.seconds()), call.bot.id
    if added or removed:
        events.group_members(call.world, one.id, added=added, removed=removed)
    return {"usergroup": payloads.group(call.world, one, users=True)}


METHODS: dict[str, Callable[[Call], Json]] = {
    "usergroups.create": create,
    "usergroups.update": update,
    "usergroups.list": listing,
    "usergroups.users.list": users,
    "usergroups.users.update": set_users,
}
