"""What people typed, made safe to show: cleaned, shortened, escaped, never interpreted.

Source: docs.slack.dev/messaging/formatting-message-text: only `&`, `<` and `>` are escaped.
"""

import re
from collections.abc import Mapping

ELLIPSIS = "…"

# Control characters and the marks that turn text around; tabs and line ends stay.
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_PAIR = re.compile(r"(?<!\w)([*_~`])(?=\S)(.*?\S)\1(?!\w)")
_MARKUP = re.compile("[&<>*_~`]")
_LOOKALIKE = {"*": "\u2217", "_": "\u02cd", "~": "\u223c", "`": "\u02cb"}
_TOKEN = re.compile(r"<([^<>]*)>")


class Mrkdwn(str):
    """Text that is already safe in a mrkdwn object; everything else is escaped before it gets there."""

    __slots__ = ()


def clean(text: str) -> str:
    """Without control and direction characters, one kind of line end, nothing around it."""
    if text.isprintable():  # nearly always: then nothing of that is in it
        return text.strip()
    return _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, the last one an ellipsis when something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def one_line(text: str, limit: int = 150) -> str:
    """Cleaned and on one line, for titles and for the middle of a sentence."""
    return shorten(" ".join(clean(text).split()), limit)


def escape(text: str) -> Mrkdwn:
    """Safe in the middle of our own mrkdwn.

    Pairs of formatting marks become look-alikes, because Slack has no escape for them and a
    `*` of the customer's must not turn our sentence bold.
    """
    if isinstance(text, Mrkdwn):
        return text
    plain = clean(text)
    if _MARKUP.search(plain) is None:
        return Mrkdwn(plain)
    safe = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Mrkdwn(_PAIR.sub(_unmarked, safe))


def fill(pattern: str, /, **values: str) -> Mrkdwn:
    """A pattern without words, as "*{name}*", filled; values are escaped unless they are Mrkdwn."""
    return Mrkdwn(pattern.format_map({name: escape(value) for name, value in values.items()}))


def _unmarked(pair: re.Match[str]) -> str:
    mark = _LOOKALIKE[pair[1]]
    return f"{mark}{pair[2]}{mark}"


def as_typed(text: str, names: Mapping[str, str] | None = None) -> str:
    """The plain text behind a message's or command's Slack text.

    `<@U1>` becomes "@" and the name in `names` (ids of people, channels and groups), `<url|label>`
    becomes "label (url)", `<!channel>` becomes "@channel"; then the three escapes are undone.
    The result is plain text: escape it again before it meets mrkdwn.
    """
    known = names or {}
    plain = _TOKEN.sub(lambda token: _word(token[1], known), text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _word(token: str, names: Mapping[str, str]) -> str:
    target, _, label = token.partition("|")
    if target.startswith("@"):
        return "@" + names.get(target[1:], label or target[1:])
    if target.startswith("#"):
        return "#" + names.get(target[1:], label or target[1:])
    if target.startswith("!subteam^"):
        return names.get(target.removeprefix("!subteam^"), label or "@group")
    if target.startswith("!date^"):
        return label
    if target.startswith("!"):
        return label or "@" + target[1:]
    address = target.removeprefix("mailto:")
    return address if label in {"", address, target} else f"{label} ({address})"
