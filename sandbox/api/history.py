"""conversations.history and conversations.replies: reading back what was said."""

from collections.abc import Callable

from sandbox import payloads
from sandbox.api.call import ApiError, Call
from sandbox.workspace import Json, Post

LONGEST_REPLIES = 1000


def _bound(call: Call, name: str, missing: str) -> str:
    value = call.text(name)
    if not value:
        return missing
    try:
        return f"{float(value):017.6f}"
    except ValueError:
        raise ApiError(f"invalid_ts_{name}") from None


def _within(call: Call, posts: list[Post]) -> list[Post]:
    oldest, latest = _bound(call, "oldest", "0"), _bound(call, "latest", "9" * 17)
    if call.flag("inclusive"):
        return [one for one in posts if oldest <= one.ts <= latest]
    return [one for one in posts if oldest < one.ts < latest]


def history(call: Call) -> Json:
    """conversations.history: newest first, replies left out unless broadcast."""
    where = call.conversation(member=True)
    shown = [one for one in where.posts.values() if not one.is_reply or one.body.get("subtype") == "thread_broadcast"]
    found = sorted(_within(call, shown), key=lambda one: one.ts, reverse=True)
    page, metadata = call.page(found, most=call.world.limits.history)
    messages = [payloads.message(one, metadata=call.flag("include_all_metadata")) for one in page]
    more = bool(metadata["next_cursor"])
    rest = {"response_metadata": metadata} if more else {}
    return {"messages": messages, "has_more": more, "pin_count": len(where.pins), **rest}


def replies(call: Call) -> Json:
    """conversations.replies: the parent, then its replies, oldest first."""
    where = call.conversation()
    if call.bot.id not in where.members:
        raise ApiError("channel_not_found")
    asked = where.posts.get(call.text("ts"))
    if asked is None:
        raise ApiError("thread_not_found")
    parent, *rest = where.thread(asked.thread_ts or asked.ts)
    found = [parent, *_within(call, rest)]
    page, metadata = call.page(found, default=LONGEST_REPLIES)
    messages = [payloads.message(one, metadata=call.flag("include_all_metadata")) for one in page]
    more = bool(metadata["next_cursor"])
    return {"messages": messages, "has_more": more, **({"response_metadata": metadata} if more else {})}


METHODS: dict[str, Callable[[Call], Json]] = {"conversations.history": history, "conversations.replies": replies}
