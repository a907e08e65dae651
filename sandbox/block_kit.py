"""Blocks as Slack keeps them: ids filled in, defaults written out, and which elements hold a value."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from sandbox.ids import short_id
from sandbox.workspace import Json

VALUE_KEYS = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "file_input": "files",
}
"""Elements that hold a value, and the key under which `state.values` shows it."""
INITIAL_KEYS = {
    "value": "initial_value",
    "rich_text_value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
    "files": "initial_files",
}
LISTS = frozenset(key for key in INITIAL_KEYS if key.endswith("s") and key != "selected_option")
INTERACTIVE = frozenset({*VALUE_KEYS, "button", "overflow", "workflow_button", "icon_button", "feedback_buttons"})


def as_kept(blocks: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Return the blocks as Slack gives them back: ids where none were given, defaults of text and inputs."""
    kept = [_block(deepcopy(dict(block))) for block in blocks]
    for _, element in interactive(kept):
        element.setdefault("action_id", short_id())
    return kept


def _block(block: Json) -> Json:
    block.setdefault("block_id", short_id())
    if block.get("type") == "input":
        block.setdefault("optional", False)
        block.setdefault("dispatch_action", False)
    _text_defaults(block)
    return block


def _text_defaults(node: object) -> None:
    if isinstance(node, dict):
        if node.get("type") == "plain_text":
            node.setdefault("emoji", True)
        elif node.get("type") == "mrkdwn":
            node.setdefault("verbatim", False)
        for value in node.values():
            _text_defaults(value)
    elif isinstance(node, list):
        for one in node:
            _text_defaults(one)


def interactive(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield every (block, element) a person can act on, top to bottom."""
    for block in blocks:
        candidates = [block.get("element"), block.get("accessory"), *_elements(block)]
        for element in candidates:
            if isinstance(element, dict) and element.get("type") in INTERACTIVE:
                yield block, element


def _elements(block: Json) -> list[Any]:
    elements = block.get("elements")
    return elements if block.get("type") in {"actions", "context_actions"} and isinstance(elements, list) else []


def state_values(blocks: Sequence[Json], given: Mapping[str, Mapping[str, Json]]) -> Json:
    """Return `state.values`: every element that holds a value, empty ones included, as the person left them.

    `given` is what she typed or chose: block id → action id → the value's own keys.
    """
    values: Json = {}
    for block, element in interactive(blocks):
        kind = element["type"]
        if kind in VALUE_KEYS:
            chosen = given.get(block["block_id"], {}).get(element["action_id"])
            shown = {"type": kind, **(chosen if chosen is not None else _initial(element))}
            values.setdefault(block["block_id"], {})[element["action_id"]] = shown
    return values


def _initial(element: Json) -> Json:
    key = VALUE_KEYS[element["type"]]
    return {key: element.get(INITIAL_KEYS[key], [] if key in LISTS else None)}


def still_there(
    old: Sequence[Json], new: Sequence[Json], given: Mapping[str, Mapping[str, Json]]
) -> dict[str, dict[str, Json]]:
    """Return what stays typed after an update: where block id, action id and type are unchanged.

    Source: https://docs.slack.dev/surfaces/modals (updating views)
    """
    before = {(block["block_id"], element["action_id"]): element["type"] for block, element in interactive(old)}
    kept: dict[str, dict[str, Json]] = {}
    for block, element in interactive(new):
        place = (block["block_id"], element["action_id"])
        value = given.get(place[0], {}).get(place[1])
        if value is not None and before.get(place) == element["type"]:
            kept.setdefault(place[0], {})[place[1]] = value
    return kept
