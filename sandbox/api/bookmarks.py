"""bookmarks.*: the links above a channel."""

from collections.abc import Callable

from sandbox.api.call import ApiError, Call, invalid_arguments
from sandbox.workspace import Conversation, Json

LONGEST_TITLE = 256
LONGEST_LINK = 2048
MOST = 100


def _place(call: Call) -> Conversation:
    where = call.find(call.text("channel_id"))
    if where is None or call.bot.id not in where.members:
        raise ApiError("channel_not_found")
    return where


def _title_and_link(call: Call) -> None:
    if len(call.text("title")) > LONGEST_TITLE:
        raise invalid_arguments("must be less than 257 characters [json-pointer:/title]")
    link = call.text("link")
    if link and (len(link) > LONGEST_LINK or not link.startswith(("https://", "http://"))):
        raise ApiError("invalid_link")


def add(call: Call) -> Json:
    """bookmarks.add: links only."""
    where = _place(call)
    if call.text("type") != "link":
        raise ApiError("invalid_bookmark_type")
    if not call.given("link"):
        raise ApiError("invalid_link")
    _title_and_link(call)
    if len(where.bookmarks) >= MOST:
        raise ApiError("too_many_bookmarks")
    now = int(call.world.clock.seconds())
    one = {
        "id": call.world.ids.new("Bk"),
        "channel_id": where.id,
        "title": call.text("title"),
        "link": call.text("link"),
        "emoji": call.text("emoji"),
        "icon_url": None,
        "type": "link",
        "entity_id": None,
        "date_created": now,
        "date_updated": 0,
        "rank": f"{len(where.bookmarks):03d}",
        "last_updated_by_user_id": call.bot.id,
        "last_updated_by_team_id": call.workspace.team.id,
        "shortcut_id": None,
        "app_id": call.workspace.app_id,
        "app_action_id": None,
    }
    where.bookmarks[str(one["id"])] = one
    return {"bookmark": one}


def _known(call: Call, where: Conversation) -> Json:
    one = where.bookmarks.get(call.text("bookmark_id"))
    if one is None:
        raise ApiError("not_found")
    return one


def edit(call: Call) -> Json:
    """bookmarks.edit."""
    where = _place(call)
    one = _known(call, where)
    _title_and_link(call)
    one |= {name: call.text(name) for name in ("title", "link", "emoji") if call.given(name)}
    one["date_updated"] = int(call.world.clock.seconds())
    return {"bookmark": one}


def remove(call: Call) -> Json:
    """bookmarks.remove."""
    where = _place(call)
    del where.bookmarks[_known(call, where)["id"]]
    return {}


def listing(call: Call) -> Json:
    """bookmarks.list."""
    return {"bookmarks": list(_place(call).bookmarks.values())}


METHODS: dict[str, Callable[[Call], Json]] = {
    "bookmarks.add": add,
    "bookmarks.edit": edit,
    "bookmarks.remove": remove,
    "bookmarks.list": listing,
}
