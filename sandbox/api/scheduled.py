"""chat.scheduleMessage and what belongs to it. The messages are posted as the workspace's clock reaches them.

Source: https://docs.slack.dev/reference/methods/chat.scheduleMessage
"""

from collections.abc import Callable

from sandbox.api.call import ApiError, Call
from sandbox.api.chat import content_of, target, thread_of
from sandbox.pace import DAY_OF_SECONDS
from sandbox.workspace import Json, Scheduled

FARTHEST = 120 * DAY_OF_SECONDS
WINDOW = 300
MOST_IN_WINDOW = 30
TOO_LATE = 60


def schedule(call: Call) -> Json:
    """chat.scheduleMessage: at most 120 days ahead, 30 a channel in five minutes. With metadata it is never posted."""
    where = target(call)
    content = content_of(call) | thread_of(call, where)
    post_at = _moment(call)
    near = [
        one
        for one in call.workspace.scheduled.values()
        if one.channel == where.id and abs(one.post_at - post_at) < WINDOW
    ]
    if len(near) >= MOST_IN_WINDOW:
        raise ApiError("restricted_too_many")
    now = int(call.world.clock.seconds())
    one = Scheduled(call.world.ids.new("Q"), where.id, post_at, now, content, call.metadata() is not None)
    call.workspace.scheduled[one.id] = one
    message = {"type": "delayed_message", "text": content.get("text", ""), "user": call.bot.id}
    message |= {"bot_id": call.workspace.bot_id, "team": call.workspace.team.id}
    return {"scheduled_message_id": one.id, "channel": where.id, "post_at": post_at, "message": message}


def _moment(call: Call) -> int:
    try:
        post_at = int(float(call.text("post_at")))
    except ValueError:
        raise ApiError("invalid_time") from None
    now = call.world.clock.seconds()
    if post_at <= now:
        raise ApiError("time_in_past")
    if post_at > now + FARTHEST:
        raise ApiError("time_too_far")
    return post_at


def unschedule(call: Call) -> Json:
    """chat.deleteScheduledMessage: no longer possible within the last minute."""
    one = call.workspace.scheduled.get(call.text("scheduled_message_id"))
    where = call.conversation()
    if one is None or one.channel != where.id or one.post_at - call.world.clock.seconds() < TOO_LATE:
        raise ApiError("invalid_scheduled_message_id")
    del call.workspace.scheduled[one.id]
    return {}


def listing(call: Call) -> Json:
    """chat.scheduledMessages.list."""
    wanted = call.text("channel")
    if wanted and call.find(wanted) is None:
        raise ApiError("invalid_channel")
    shown = [one for one in call.workspace.scheduled.values() if wanted in {"", one.channel}]
    page, metadata = call.page(sorted(shown, key=lambda one: one.post_at))
    lines = [
        {
            "id": one.id,
            "channel_id": one.channel,
            "post_at": one.post_at,
            "date_created": one.created,
            "text": one.body.get("text", ""),
        }
        for one in page
    ]
    return {"scheduled_messages": lines, "response_metadata": metadata}


METHODS: dict[str, Callable[[Call], Json]] = {
    "chat.scheduleMessage": schedule,
    "chat.deleteScheduledMessage": unschedule,
    "chat.scheduledMessages.list": listing,
}
