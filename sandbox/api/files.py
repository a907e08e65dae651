"""The two calls of a file upload; the bytes go in between, to the address the first one gives.

Source: https://docs.slack.dev/messaging/working-with-files
"""

from collections.abc import Callable

from sandbox import payloads, posts
from sandbox.api.call import ApiError, Call
from sandbox.api.chat import thread_of
from sandbox.workspace import Conversation, File, Json


def upload_url(call: Call) -> Json:
    """files.getUploadURLExternal."""
    length = call.number("length", 0)
    if length <= 0:
        raise ApiError("missing_argument")
    name = call.text("filename")
    one = File(call.world.ids.new("F"), name, name, call.bot.id, int(call.world.clock.seconds()), length)
    one.alt = call.text("alt_txt")
    call.workspace.files[one.id] = one
    return {"upload_url": f"{call.world.url}/upload/{one.id}", "file_id": one.id}


def complete(call: Call) -> Json:
    """files.completeUploadExternal: shares what was uploaded, or keeps it private without a channel."""
    listed = call.json("files")
    if not isinstance(listed, list) or not listed:
        raise ApiError("file_not_found")
    files = [_uploaded(call, one) for one in listed]
    named = [call.text("channel_id")] if call.given("channel_id") else call.names("channels")
    for where in [_place(call, one) for one in named if one]:
        _share(call, where, files)
    for one in files:
        one.complete = True
    return {"files": [payloads.file(call.world, one) for one in files]}


def _uploaded(call: Call, one: Json) -> File:
    file = call.workspace.files.get(str(one.get("id")))
    if file is None or file.complete or len(file.content) != file.length:
        raise ApiError("file_not_found")
    file.title = str(one.get("title") or file.name)
    return file


def _place(call: Call, named: str) -> Conversation:
    where = call.find(named)
    if where is None:
        raise ApiError("channel_not_found")
    if call.bot.id not in where.members:
        raise ApiError("not_in_channel")
    return where


def _share(call: Call, where: Conversation, files: list[File]) -> None:
    for one in files:
        one.channels.append(where.id)
    shared = {"files": [payloads.file(call.world, one) for one in files], "upload": False, "display_as_bot": False}
    content = {"text": call.text("initial_comment"), **shared, **thread_of(call, where)}
    posts.publish(call.world, where, {**posts.as_bot(call.world, content), "subtype": "file_share"})


METHODS: dict[str, Callable[[Call], Json]] = {
    "files.getUploadURLExternal": upload_url,
    "files.completeUploadExternal": complete,
}
