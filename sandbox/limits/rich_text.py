"""The rich_text block and everything that may stand in it.

Source: docs.slack.dev/reference/block-kit/blocks/rich-text-block. Empty lists of elements are accepted by Slack.
"""

from sandbox.limits.shapes import Check, array, boolean, choice, integer, record, string, tagged
from sandbox.limits.text import CHANNEL_ID, EXACT_ID, USER_ID, url

_STYLE = record(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "underline", "code", "highlight", "client_highlight", "unlink"),
        boolean,
    ),
)


def _leaf(kind: str, required: dict[str, Check], **optional: Check) -> tuple[str, Check]:
    return kind, record({"type": choice(kind), **required}, {**optional, "style": _STYLE})


LEAF = tagged(
    dict(
        [
            _leaf("text", {"text": string(1)}),
            _leaf("link", {"url": url()}, text=string(), unsafe=boolean),
            _leaf("emoji", {"name": string(1)}, unicode=string(1), skin_tone=integer(1, 6)),
            _leaf("user", {"user_id": USER_ID}),
            _leaf("usergroup", {"usergroup_id": string(1, pattern=r"S[A-Z0-9]+", words="must provide a usergroup id")}),
            _leaf("team", {"team_id": string(1)}),
            _leaf("channel", {"channel_id": CHANNEL_ID}),
            _leaf("broadcast", {"range": choice("here", "channel", "everyone")}),
            _leaf("color", {"value": string(1)}),
            _leaf("date", {"timestamp": integer(0), "format": string(1)}, url=url(), fallback=string()),
        ],
    ),
)
_LEAVES = array(LEAF)
_BORDER = choice(0, 1)
_SECTION = record({"type": choice("rich_text_section"), "elements": _LEAVES})
_LIST = record(
    {
        "type": choice("rich_text_list"),
        "style": choice("bullet", "ordered"),
        "elements": array(tagged({"rich_text_section": _SECTION}), 1),
    },
    {"indent": integer(0), "offset": integer(0), "border": _BORDER},
)
_PREFORMATTED = record(
    {"type": choice("rich_text_preformatted"), "elements": _LEAVES},
    {"border": _BORDER, "language": string(1)},
)
_QUOTE = record({"type": choice("rich_text_quote"), "elements": _LEAVES}, {"border": _BORDER})

RICH_TEXT_PARTS = {
    "rich_text_section": _SECTION,
    "rich_text_list": _LIST,
    "rich_text_preformatted": _PREFORMATTED,
    "rich_text_quote": _QUOTE,
}
RICH_TEXT = record(
    {"type": choice("rich_text"), "elements": array(tagged(RICH_TEXT_PARTS))},
    {"block_id": EXACT_ID},
)
