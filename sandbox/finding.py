"""Finding what a person means on a screen: a button by its text, a field by its label, an option by its words."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.block_kit import VALUE_KEYS, interactive
from sandbox.workspace import Json

if TYPE_CHECKING:
    from sandbox.world import World

Found = tuple[Json, Json]
ONE_OF_A_KIND = {
    "users_select": "users",
    "multi_users_select": "users",
    "conversations_select": "places",
    "multi_conversations_select": "places",
    "channels_select": "places",
    "multi_channels_select": "places",
}


class NotOnScreen(AssertionError):  # noqa: N818 - pytest reads it as a failed assertion
    """What a test wants to press, fill or read is not there; the message says what is."""


def words_of(node: object) -> str:
    """Return the words of a text object, or an empty text."""
    return str(node.get("text", "")) if isinstance(node, dict) else ""


def button(blocks: Sequence[Json], what: str) -> Json:
    """Return the action of pressing the button, or overflow option, called `what`; raises NotOnScreen."""
    for block, element in interactive(blocks):
        action = {"action_id": element["action_id"], "block_id": block["block_id"]}
        if element["type"] in {"button", "workflow_button"} and what in {
            words_of(element.get("text")),
            element["action_id"],
        }:
            return {**action, "value": element.get("value")}
        if element["type"] == "overflow" and (option := _option(element, what)):
            return {**action, "selected_option": option}
    raise NotOnScreen(f"there is no button {what!r}; there are {_buttons(blocks)}")


def _buttons(blocks: Sequence[Json]) -> list[str]:
    found = []
    for _, element in interactive(blocks):
        if element["type"] == "button":
            found.append(words_of(element.get("text")))
        elif element["type"] == "overflow":
            found += [words_of(one["text"]) for one in element["options"]]
    return found


def field_named(blocks: Sequence[Json], what: str) -> Found:
    """Return the (block, element) called `what`: label, placeholder, section text or id; raises NotOnScreen."""
    fields = [
        (block, element) for block, element in interactive(blocks) if element["type"] in {*VALUE_KEYS, "overflow"}
    ]
    for names in (_label, _section_text):
        for block, element in fields:
            if what in names(block, element):
                return block, element
    raise NotOnScreen(f"there is no field {what!r}; there are {[sorted(_label(*one)) for one in fields]}")


def _label(block: Json, element: Json) -> set[str]:
    names = {
        words_of(block.get("label")),
        words_of(element.get("placeholder")),
        block["block_id"],
        element["action_id"],
    }
    return names - {""}


def _section_text(block: Json, _: Json) -> set[str]:
    text = words_of(block.get("text"))
    return {text, text.strip("*: ")} if text else set()


def chosen(world: "World", found: Found, options: Sequence[str]) -> Json:
    """Return the action of choosing `options` in a field; raises NotOnScreen for one that is not offered."""
    block, element = found
    action = {"action_id": element["action_id"], "block_id": block["block_id"]}
    kind = element["type"]
    if kind == "overflow":
        return {**action, "selected_option": _wanted(element, options[0])}
    key = VALUE_KEYS[kind]
    values = [_value(world, element, one) for one in options]
    return {
        **action,
        key: values if kind.startswith("multi_") or kind == "checkboxes" else values[0] if values else None,
    }


def _value(world: "World", element: Json, what: str) -> Any:  # noqa: ANN401 - an option, an id, a date
    sort = ONE_OF_A_KIND.get(element["type"])
    if sort == "users":
        return _user(world, what)
    if sort == "places":
        return _place(world, what)
    if element["type"] in {"datepicker", "timepicker"}:
        return what
    if element["type"] == "datetimepicker":
        return int(datetime.fromisoformat(what).timestamp())
    if element["type"] in {"external_select", "multi_external_select"}:
        return {"text": {"type": "plain_text", "text": what, "emoji": True}, "value": what}
    return _wanted(element, what)


def _user(world: "World", what: str) -> str:
    named = (
        one for one in world.workspace.users.values() if what.removeprefix("@") in {one.id, one.name, one.real_name}
    )
    found = next(named, None)
    if found is None:
        raise NotOnScreen(f"there is nobody called {what!r}")
    return found.id


def _place(world: "World", what: str) -> str:
    found = world.workspace.conversations.get(what) or world.workspace.channel_named(what.removeprefix("#"))
    if found is None:
        raise NotOnScreen(f"there is no channel {what!r}")
    return found.id


def _options(element: Json) -> list[Json]:
    groups = [one for group in element.get("option_groups", ()) for one in group["options"]]
    return [*element.get("options", ()), *groups]


def _option(element: Json, what: str) -> Json | None:
    return next((one for one in _options(element) if what in {words_of(one["text"]), one.get("value")}), None)


def _wanted(element: Json, what: str) -> Json:
    found = _option(element, what)
    if found is None:
        raise NotOnScreen(f"{what!r} is not offered; these are: {[words_of(one['text']) for one in _options(element)]}")
    return found


def typed_value(element: Json, text: str) -> Json:
    """Return what an element holds after `text` was typed into it; an emptied field holds null."""
    key = VALUE_KEYS[element["type"]]
    if key == "rich_text_value":
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        return {key: {"type": "rich_text", "elements": [section]}}
    if key != "value" and element["type"] not in {"datepicker", "timepicker"}:
        raise NotOnScreen(f"{element['type']} is not typed into; use choose()")
    return {key: text or None}
