"""Words: what a person reads in a message or view, and what her own words become when she sends them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sandbox.ids import short_id
from sandbox.workspace import Json, Workspace

TOKEN = re.compile(
    r"<@(?P<user>[UW][A-Z0-9]+)(?:\|[^>]*)?>"
    r"|<#(?P<channel>[CG][A-Z0-9]+)(?:\|[^>]*)?>"
    r"|(?<![\w<|/])@(?P<handle>[a-z0-9][\w.-]*\w|[a-z0-9])"
    r"|(?<![\w<|/&])#(?P<name>[a-z0-9][a-z0-9_-]*)"
    r"|(?P<url>https?://[^\s<>|]+[^\s<>|.,;:!?)])",
)
BROADCASTS = frozenset({"here", "channel", "everyone"})


def escape(text: str) -> str:
    """Escape the three characters that Slack escapes, and no others."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo `escape`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def elements_of(text: str, workspace: Workspace) -> list[Json]:
    """Split what a person typed into rich text elements: words, people, channels, links, broadcasts."""
    found: list[Json] = []
    end = 0
    for match in TOKEN.finditer(text):
        element = _element(match, workspace)
        if element is None:
            continue
        if match.start() > end:
            found.append({"type": "text", "text": text[end : match.start()]})
        found.append(element)
        end = match.end()
    if end < len(text):
        found.append({"type": "text", "text": text[end:]})
    return found


def _element(match: re.Match[str], workspace: Workspace) -> Json | None:
    if match["url"]:
        return {"type": "link", "url": match["url"]}
    if match["handle"] in BROADCASTS:
        return {"type": "broadcast", "range": match["handle"]}
    return _person(match, workspace) or _channel(match, workspace) or _group(match, workspace)


def _person(match: re.Match[str], workspace: Workspace) -> Json | None:
    user = workspace.users.get(match["user"] or "") or workspace.user_named(match["handle"] or "")
    return {"type": "user", "user_id": user.id} if user else None


def _channel(match: re.Match[str], workspace: Workspace) -> Json | None:
    channel = workspace.conversations.get(match["channel"] or "") or workspace.channel_named(match["name"] or "")
    return {"type": "channel", "channel_id": channel.id} if channel else None


def _group(match: re.Match[str], workspace: Workspace) -> Json | None:
    handle = match["handle"]
    group = next((one for one in workspace.groups.values() if handle and one.handle == handle), None)
    return {"type": "usergroup", "usergroup_id": group.id} if group else None


def typed(text: str, workspace: Workspace) -> tuple[str, list[Json]]:
    """Return the stored `text` and the rich text `blocks` of what a person typed and sent."""
    elements = elements_of(text, workspace)
    section = {"type": "rich_text_section", "elements": elements}
    blocks = [{"type": "rich_text", "block_id": short_id(), "elements": [section]}]
    return "".join(_stored(one) for one in elements), blocks


def _stored(element: Json) -> str:
    kind = element["type"]
    if kind == "text":
        return escape(element["text"])
    if kind == "link":
        return f"<{escape(element['url'])}>"
    if kind == "broadcast":
        return f"<!{element['range']}>"
    if kind == "user":
        return f"<@{element['user_id']}>"
    if kind == "usergroup":
        return f"<!subteam^{element['usergroup_id']}>"
    return f"<#{element['channel_id']}>"


def command_text(text: str, workspace: Workspace, *, should_escape: bool) -> str:
    """Return the `text` of a slash command: as typed, or with people, groups, channels and links as tokens.

    Private channels are named without their name, `<#C123|>`.
    Source: https://docs.slack.dev/interactivity/implementing-slash-commands
    """
    if not should_escape:
        return text
    return "".join(_in_command(one, workspace) for one in elements_of(text, workspace))


def _in_command(element: Json, workspace: Workspace) -> str:
    if element["type"] == "usergroup":
        return f"<!subteam^{element['usergroup_id']}|@{workspace.groups[element['usergroup_id']].handle}>"
    if element["type"] != "channel":
        return _stored(element)
    channel = workspace.conversations[element["channel_id"]]
    return f"<#{channel.id}|{channel.name if channel.kind == 'channel' else ''}>"


def visible(thing: Mapping[str, Any]) -> str:
    """Return every word a person can read in a message or view, one piece a line, top to bottom."""
    pieces = [unescape(str(thing.get("text") or ""))] if isinstance(thing.get("text"), str) else []
    for key in ("title", "submit", "close"):
        if isinstance(thing.get(key), Mapping):
            pieces += _pieces(thing[key])
    for key in ("blocks", "attachments"):
        pieces += _pieces(thing.get(key) or [])
    return "\n".join(piece for piece in pieces if piece)


def _pieces(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        yield from _pieces_of_mapping(node)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for one in node:
            yield from _pieces(one)


def _pieces_of_mapping(node: Mapping[str, Any]) -> Iterator[str]:
    if node.get("type") in {"rich_text_section", "rich_text_preformatted", "rich_text_quote"}:
        yield "".join(_said(one) for one in node.get("elements") or ())
        return
    for key, value in node.items():
        if key in {"text", "alt_text", "fallback", "pretext", "initial_value"} and isinstance(value, str):
            yield unescape(value)
        elif key not in {"confirm", "metadata"}:
            yield from _pieces(value)


def _said(element: Json) -> str:
    return unescape(_stored(element)) if element["type"] != "emoji" else f":{element['name']}:"
