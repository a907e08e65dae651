"""Blocks, the surfaces they may stand on, and the rules that hold over all blocks of one message or view together.

Source: docs.slack.dev/reference/block-kit/blocks; the platform notes, sections 1.1 and 5.2.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from sandbox.limits.elements import AS_ACCESSORY, BUTTON, IN_ACTIONS, IN_CONTEXT_ACTIONS, IN_INPUT, in_context
from sandbox.limits.rich_text import RICH_TEXT, RICH_TEXT_PARTS
from sandbox.limits.shapes import (
    Check,
    Problem,
    Rule,
    anything,
    array,
    boolean,
    choice,
    either,
    integer,
    nullable,
    record,
    rule,
    string,
    tagged,
)
from sandbox.limits.text import EXACT_ID, IMAGE, SLACK_FILE, any_text, plain_text, url

MARKDOWN = 12_000


class Surface(StrEnum):
    """Where blocks are shown."""

    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


MOST_BLOCKS = {Surface.MESSAGE: 50, Surface.MODAL: 100, Surface.HOME: 100}

_ID: Mapping[str, Check] = {"block_id": EXACT_ID}


def _block(kind: str, required: Mapping[str, Check], optional: Mapping[str, Check], *rules: Rule) -> Check:
    return record({"type": choice(kind), **required}, {**_ID, **optional}, rules=rules)


_SECTION = _block(
    "section",
    {},
    {"text": any_text(3000), "fields": array(any_text(2000), 1, 10), "accessory": AS_ACCESSORY, "expand": boolean},
    rule(
        lambda block: block.get("text") is not None or block.get("fields") is not None,
        "must define either `text` or `fields`",
        "type",
    ),
)
_IMAGE = _block(
    "image",
    {"alt_text": string(1, 2000)},
    {"image_url": url(), "slack_file": SLACK_FILE, "title": plain_text(2000)},
    either("image_url", "slack_file"),
)


def _file_input_asks_alone(block: Mapping[str, object]) -> bool:
    element = block.get("element")
    return not (isinstance(element, dict) and element.get("type") == "file_input" and block.get("dispatch_action"))


_INPUT = _block(
    "input",
    {"label": plain_text(2000), "element": IN_INPUT},
    {"hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
    rule(_file_input_asks_alone, "must not be true for a `file_input` element", "dispatch_action"),
)
_CELL = tagged(
    {
        "raw_text": record({"type": choice("raw_text"), "text": string(1)}),
        "raw_number": record({"type": choice("raw_number"), "value": anything}, {"text": string(1)}),
        "rich_text": record({"type": choice("rich_text"), "elements": array(tagged(RICH_TEXT_PARTS))}),
    },
)
_COLUMN = record({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})
_TABLE = _block(
    "table",
    {"rows": array(array(_CELL, 1, 20), 1, 100)},
    {"column_settings": array(nullable(_COLUMN), 0, 20)},
)
_CARD = _block(
    "card",
    {},
    {
        "hero_image": IMAGE,
        "icon": IMAGE,
        "slack_icon": record({"name": string(1)}, {"type": choice("icon")}),
        "title": any_text(150),
        "subtitle": any_text(150),
        "body": any_text(200),
        "subtext": any_text(200),
        "actions": array(tagged({"button": BUTTON}), 1, 2),
    },
    rule(
        lambda card: any(card.get(name) is not None for name in ("hero_image", "title", "actions", "body")),
        "must define at least one of `hero_image`, `title`, `actions` or `body`",
    ),
)
_VIDEO = _block(
    "video",
    {"alt_text": string(1), "title": plain_text(199), "thumbnail_url": url(), "video_url": url()},
    {
        "title_url": url(),
        "description": plain_text(),
        "provider_icon_url": url(),
        "provider_name": string(),
        "author_name": string(0, 49),
    },
)
_SIMPLE: Mapping[str, Check] = {
    "section": _SECTION,
    "header": _block("header", {"text": plain_text(150)}, {"level": integer(1, 4)}),
    "divider": _block("divider", {}, {}),
    "context": _block("context", {"elements": array(in_context, 1, 10)}, {}),
    "actions": _block("actions", {"elements": array(IN_ACTIONS, 1, 25)}, {}),
    "image": _IMAGE,
    "rich_text": RICH_TEXT,
    "input": _INPUT,
    "video": _VIDEO,
    "table": _TABLE,
}
_CONTAINER = _block(
    "container",
    {"child_blocks": array(tagged(_SIMPLE), 1, 10)},
    {
        "title": plain_text(150),
        "rich_text_title": RICH_TEXT,
        "subtitle": any_text(150),
        "icon": IMAGE,
        "width": choice("narrow", "standard", "wide", "full"),
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
    },
)
BLOCKS: Mapping[str, Check] = {
    **_SIMPLE,
    "context_actions": _block("context_actions", {"elements": array(IN_CONTEXT_ACTIONS, 1, 5)}, {}),
    "markdown": _block("markdown", {"text": string(1, MARKDOWN)}, {}),
    "alert": _block(
        "alert", {"text": any_text(200)}, {"level": choice("default", "info", "warning", "error", "success")}
    ),
    "card": _CARD,
    "carousel": _block("carousel", {"elements": array(tagged({"card": _CARD}), 1, 10)}, {}),
    "container": _CONTAINER,
    "plan": anything,
    "task_card": anything,
    "data_table": anything,
    "data_visualization": anything,
}
"""Every block an app may send; the last four exist, but their inside is not judged here.

Not ``file``, which only Slack makes, nor ``call``, which is another product.
"""

_ONLY_IN_MESSAGES = {"markdown", "table", "context_actions", "plan", "task_card", "data_table", "data_visualization"}
_NOT_ON: Mapping[Surface, frozenset[str]] = {
    Surface.MESSAGE: frozenset({"alert"}),
    Surface.MODAL: frozenset(_ONLY_IN_MESSAGES | {"card", "carousel", "container"}),
    Surface.HOME: frozenset(_ONLY_IN_MESSAGES | {"alert"}),
}
ON_SURFACE: Mapping[Surface, Check] = {
    surface: tagged({kind: check for kind, check in BLOCKS.items() if kind not in _NOT_ON[surface]})
    for surface in Surface
}


def block_problems(blocks: object, pointer: str, surface: Surface) -> Iterator[Problem]:
    """Yield what Slack refuses in a list of blocks, each by itself and all together."""
    yield from array(ON_SURFACE[surface], 0, MOST_BLOCKS[surface])(blocks, pointer)
    known = list(_numbered(blocks, pointer))
    yield from _repeated_block_ids(known)
    for block, at in known:
        yield from _repeated_action_ids(block, at)
    yield from _markdown_sum(known, pointer)
    yield from _several_focused(known)
    if surface is not Surface.MODAL:
        yield from _files_asked(known)


def tables(blocks: object) -> int:
    """Count the tables in a list of blocks, those in containers included."""
    found = 0
    for block, _ in _numbered(blocks, ""):
        found += block.get("type") in ("table", "data_table")
        found += tables(block.get("child_blocks"))
    return found


def _numbered(blocks: object, pointer: str) -> Iterator[tuple[dict[str, object], str]]:
    for index, block in enumerate(blocks if isinstance(blocks, list) else []):
        if isinstance(block, dict):
            yield block, f"{pointer}/{index}"


def _elements(block: Mapping[str, object], at: str) -> Iterator[tuple[dict[str, object], str]]:
    """Yield the elements of a block with their pointers: those listed, the accessory, the input's own."""
    if block.get("type") != "rich_text":
        yield from _numbered(block.get("elements"), f"{at}/elements")
    yield from _numbered(block.get("actions"), f"{at}/actions")
    for name in ("accessory", "element"):
        element = block.get(name)
        if isinstance(element, dict):
            yield element, f"{at}/{name}"


def _repeats(values: list[tuple[object, str]], name: str) -> Iterator[Problem]:
    seen: set[object] = set()
    for value, at in values:
        if isinstance(value, str) and value in seen:
            yield Problem(f"{at}/{name}", f'`{name}` "{value}" already exists')
        elif isinstance(value, str):
            seen.add(value)


def _repeated_block_ids(known: list[tuple[dict[str, object], str]]) -> Iterator[Problem]:
    return _repeats([(block.get("block_id"), at) for block, at in known], "block_id")


def _repeated_action_ids(block: Mapping[str, object], at: str) -> Iterator[Problem]:
    return _repeats([(element.get("action_id"), where) for element, where in _elements(block, at)], "action_id")


def _markdown_sum(known: list[tuple[dict[str, object], str]], pointer: str) -> Iterator[Problem]:
    texts = [
        text for block, _ in known if block.get("type") == "markdown" and isinstance(text := block.get("text"), str)
    ]
    if sum(map(len, texts)) > MARKDOWN and all(len(text) <= MARKDOWN for text in texts):
        yield Problem(pointer, f"`markdown` blocks together must be less than {MARKDOWN + 1} characters")


def _several_focused(known: list[tuple[dict[str, object], str]]) -> Iterator[Problem]:
    focused = [
        where for block, at in known for element, where in _elements(block, at) if element.get("focus_on_load") is True
    ]
    for where in focused[1:]:
        yield Problem(f"{where}/focus_on_load", "only one element may set `focus_on_load`")


def _files_asked(known: list[tuple[dict[str, object], str]]) -> Iterator[Problem]:
    for block, at in known:
        element = block.get("element")
        if isinstance(element, dict) and element.get("type") == "file_input":
            yield Problem(f"{at}/element/type", "unsupported type: file_input")
