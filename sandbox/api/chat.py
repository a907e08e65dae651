"""chat.*: posting, changing, deleting and whispering messages.

Sources: https://docs.slack.dev/reference/methods/chat.postMessage and its siblings.
"""

from collections.abc import Callable
from functools import partial

from sandbox import block_kit, payloads, posts
from sandbox.api.call import ApiError, Call, refuse
from sandbox.limits import Problem, ephemeral_problems, kept_text, message_problems, update_problems
from sandbox.workspace import Conversation, Json

Judge = Callable[..., list[Problem]]


def content_of(call: Call, judge: Judge = message_problems) -> Json:
    """Return a message's content, as Slack keeps it: text, blocks, attachments; raises ApiError for what it refuses."""
    parts = call.content()
    text = call.text("text") if call.given("text") else None
    markdown = call.text("markdown_text") if call.given("markdown_text") else None
    shown = {"blocks": parts.get("blocks"), "attachments": parts.get("attachments")}
    refuse(judge(text=text, **shown, metadata=call.metadata(), markdown_text=markdown))
    if markdown is not None:
        return kept({"blocks": [{"type": "markdown", "text": markdown}]}) | {"text": markdown}
    if text is None:
        return kept(parts)
    text, warnings = kept_text(text)
    call.warnings += warnings
    return kept(parts) | {"text": text}


def kept(parts: Json) -> Json:
    """Return blocks and attachments as Slack stores them."""
    found = dict(parts)
    if found.get("blocks"):
        found["blocks"] = block_kit.as_kept(found["blocks"])
    if found.get("attachments"):
        found["attachments"] = [_attachment(number, one) for number, one in enumerate(found["attachments"], 1)]
    return found


def _attachment(number: int, one: Json) -> Json:
    blocks = {"blocks": block_kit.as_kept(one["blocks"])} if one.get("blocks") else {}
    return {"id": number, "fallback": "[no preview available]", **one, **blocks}


def target(call: Call) -> Conversation:
    """Return where a message goes: a channel, or a person's direct message for a user id; raises ApiError."""
    person = call.workspace.users.get(call.text("channel"))
    if person is not None:
        return call.world.direct(call.bot.id, person.id)
    where = call.conversation()
    if where.is_archived:
        raise ApiError("is_archived")
    if call.bot.id not in where.members and "chat:write.public" not in call.world.manifest.scopes:
        raise ApiError("not_in_channel")
    if where.kind == "im" and not call.world.manifest.messages_tab:
        raise ApiError("messages_tab_disabled")
    return where


def thread_of(call: Call, where: Conversation) -> Json:
    """Return the `thread_ts` of a reply; a reply's own ts is led to its parent, an unknown one is kept as given."""
    ts = call.text("thread_ts")
    if not ts:
        return {}
    parent = where.posts.get(ts)
    if parent is None:
        raise ApiError("cannot_reply_to_message")
    return {"thread_ts": parent.thread_ts if parent.is_reply else ts}


def post_message(call: Call) -> Json:
    """chat.postMessage."""
    where = target(call)
    content = content_of(call) | thread_of(call, where)
    if call.flag("reply_broadcast") and "thread_ts" in content:
        content["subtype"] = "thread_broadcast"
    if "chat:write.customize" in call.world.manifest.scopes and call.given("username"):
        content["username"] = call.text("username")
    post = posts.publish(call.world, where, posts.as_bot(call.world, content), metadata=call.metadata())
    return {"channel": where.id, "ts": post.ts, "message": payloads.message(post, metadata=True)}


def update(call: Call) -> Json:
    """chat.update: blocks without text keep the text, text without blocks drops the blocks."""
    where = call.conversation()
    if where.is_archived:
        raise ApiError("is_inactive")
    post = call.post(where)
    if post.body.get("bot_id") != call.workspace.bot_id:
        raise ApiError("cant_update_message")
    metadata = call.metadata()
    content = content_of(call, partial(update_problems, old_blocks=post.body.get("blocks")))
    if "text" in content and "blocks" not in content:
        post.body.pop("blocks", None)
    if metadata is not None:
        post.metadata = metadata or None
    posts.edit(call.world, where, post, content, silent="blocks" in content)
    return {
        "channel": where.id,
        "ts": post.ts,
        "text": post.body.get("text", ""),
        "message": payloads.message(post, metadata=True),
    }


def delete(call: Call) -> Json:
    """chat.delete: the bot's own messages only."""
    where = call.conversation()
    post = call.post(where)
    if post.body.get("bot_id") != call.workspace.bot_id:
        raise ApiError("cant_delete_message")
    posts.delete(call.world, where, post)
    return {"channel": where.id, "ts": post.ts}


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral: to a member of the channel only."""
    where = call.conversation(member="chat:write.public" not in call.world.manifest.scopes)
    if where.is_archived:
        raise ApiError("is_archived")
    user = call.text("user")
    if user not in where.members:
        raise ApiError("user_not_in_channel")
    content = content_of(call, _judge_ephemeral)
    thread = thread_of(call, where).get("thread_ts")
    whispered = posts.whisper(call.world, where, user, content, thread_ts=thread)
    return {"message_ts": whispered.body["ts"]}


def _judge_ephemeral(*, text: str | None, blocks: object, attachments: object, **rest: object) -> list[Problem]:
    if rest.get("markdown_text") is not None:
        return message_problems(text=text, blocks=blocks, attachments=attachments, markdown_text=rest["markdown_text"])
    return ephemeral_problems(text=text, blocks=blocks, attachments=attachments)


def get_permalink(call: Call) -> Json:
    """chat.getPermalink; the address leads to the sandbox's own page, never to Slack."""
    where = call.conversation()
    post = call.post(where, "message_ts")
    return {"channel": where.id, "permalink": permalink(call.world.url, where, post.ts, post.thread_ts)}


def permalink(url: str, where: Conversation, ts: str, thread_ts: str | None) -> str:
    """Return the address of a message."""
    address = f"{url}/archives/{where.id}/p{ts.replace('.', '')}"
    return f"{address}?thread_ts={thread_ts}&cid={where.id}" if thread_ts and thread_ts != ts else address


def unfurl(call: Call) -> Json:
    """chat.unfurl: attaches previews to a message's links."""
    where = call.find(call.text("channel"))
    if where is None:
        raise ApiError("cannot_find_channel")
    post = call.post(where, "ts", "cannot_find_message")
    unfurls = call.json("unfurls", "invalid_unfurls_format")
    if not isinstance(unfurls, dict) or not unfurls:
        raise ApiError("missing_unfurls")
    attachments = [{**one, "from_url": url, "is_app_unfurl": True} for url, one in unfurls.items()]
    posts.edit(call.world, where, post, kept({"attachments": attachments}), silent=True)
    return {}


METHODS: dict[str, Callable[[Call], Json]] = {
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.getPermalink": get_permalink,
    "chat.unfurl": unfurl,
}
