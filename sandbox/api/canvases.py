"""Canvases, as far as a test may want to know that they were made and changed."""

from collections.abc import Callable

from sandbox.api.call import ApiError, Call, invalid_arguments
from sandbox.workspace import Json


def _content(call: Call) -> Json:
    content = call.json("document_content") or {"type": "markdown", "markdown": ""}
    if not isinstance(content, dict) or content.get("type") != "markdown":
        raise invalid_arguments("must be a valid document [json-pointer:/document_content]")
    return content


def create(call: Call) -> Json:
    """canvases.create: it stands by itself; with a channel it is a tab there."""
    where = call.find(call.text("channel_id")) if call.text("channel_id") else None
    if call.text("channel_id") and (where is None or call.bot.id not in where.members):
        raise ApiError("restricted_action")
    identity = call.world.ids.new("F")
    call.workspace.canvases[identity] = {
        "title": call.text("title"),
        "content": [_content(call)],
        "channel": None,
        "tab": where.id if where else None,
    }
    return {"canvas_id": identity}


def create_in_channel(call: Call) -> Json:
    """conversations.canvases.create: one canvas a channel."""
    where = call.find(call.text("channel_id"))
    if where is None or call.bot.id not in where.members:
        raise ApiError("restricted_action")
    if any(one["channel"] == where.id for one in call.workspace.canvases.values()):
        raise ApiError("channel_canvas_already_exists")
    answer = create(call)
    call.workspace.canvases[answer["canvas_id"]] |= {"channel": where.id, "tab": None}
    return answer


def edit(call: Call) -> Json:
    """canvases.edit: the changes are kept, one after the other."""
    canvas = call.workspace.canvases.get(call.text("canvas_id"))
    if canvas is None:
        raise ApiError("canvas_not_found")
    changes = call.json("changes")
    if not isinstance(changes, list) or not changes:
        raise ApiError("canvas_editing_failed")
    canvas["content"] += changes
    return {}


METHODS: dict[str, Callable[[Call], Json]] = {
    "canvases.create": create,
    "canvases.edit": edit,
    "conversations.canvases.create": create_in_channel,
}
