"""Every count and length of an element or composition object holds at its limit, and is refused one above it."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.limits import Problem, message_problems, suggestion_problems, view_problems

Json = dict[str, Any]
Build = Callable[[int], Json]


def plain(length: int) -> Json:
    """Build a plain_text object of so many characters."""
    return {"type": "plain_text", "text": "x" * length}


def option(text: int = 1, value: int = 1, **more: object) -> Json:
    """Build an option with a text and a value of so many characters."""
    return {"text": plain(text), "value": "v" * value, **more}


def button(**fields: object) -> Json:
    """Build a button, with some fields replaced."""
    return {"type": "button", "text": plain(1), **fields}


def select(**fields: object) -> Json:
    """Build a static select."""
    return {"type": "static_select", "options": [option()], **fields}


def confirm(**fields: object) -> Json:
    """Build a button with a confirm dialog."""
    dialog = {"title": plain(1), "text": plain(1), "confirm": plain(1), "deny": plain(1), **fields}
    return button(confirm=dialog)


def groups(count: int, options: int = 1, label: int = 1) -> Json:
    """Build a select with option groups."""
    return {
        "type": "static_select",
        "option_groups": [{"label": plain(label), "options": [option()] * options}] * count,
    }


def in_actions(element: Json) -> list[Problem]:
    """Judge an element of an actions block."""
    return message_problems(text="said", blocks=[{"type": "actions", "elements": [element]}], attachments=None)


def in_accessory(element: Json) -> list[Problem]:
    """Judge a section's accessory."""
    section = {"type": "section", "text": plain(1), "accessory": element}
    return message_problems(text="said", blocks=[section], attachments=None)


def in_input(element: Json) -> list[Problem]:
    """Judge the element of an input block in a modal."""
    block = {"type": "input", "label": plain(1), "element": element}
    return view_problems({"type": "modal", "title": plain(1), "submit": plain(1), "blocks": [block]})


def listed(kind: str, **fields: object) -> Json:
    """Build radio buttons, checkboxes or an overflow menu."""
    return {"type": kind, "options": [option()], **fields}


LENGTHS: dict[str, tuple[Build, int, str]] = {
    "action_id": (lambda n: button(action_id="x" * n), 255, "/action_id"),
    "button.text": (lambda n: button(text=plain(n)), 75, "/text/text"),
    "button.value": (lambda n: button(value="x" * n), 2000, "/value"),
    "button.url": (lambda n: button(url="https://x.no/".ljust(n, "x")), 3000, "/url"),
    "button.accessibility_label": (lambda n: button(accessibility_label="x" * n), 75, "/accessibility_label"),
    "confirm.title": (lambda n: confirm(title=plain(n)), 100, "/confirm/title/text"),
    "confirm.text": (lambda n: confirm(text=plain(n)), 300, "/confirm/text/text"),
    "confirm.confirm": (lambda n: confirm(confirm=plain(n)), 30, "/confirm/confirm/text"),
    "confirm.deny": (lambda n: confirm(deny=plain(n)), 30, "/confirm/deny/text"),
    "placeholder": (lambda n: select(placeholder=plain(n)), 150, "/placeholder/text"),
    "option.text": (lambda n: select(options=[option(text=n)]), 75, "/options/0/text/text"),
    "option.value": (lambda n: select(options=[option(value=n)]), 150, "/options/0/value"),
    "option.description": (
        lambda n: select(options=[option(description=plain(n))]),
        75,
        "/options/0/description/text",
    ),
    "overflow url": (
        lambda n: listed("overflow", options=[option(url="https://x.no/".ljust(n, "x"))]),
        3000,
        "/options/0/url",
    ),
    "group label": (lambda n: groups(1, label=n), 75, "/option_groups/0/label/text"),
    "radio text": (lambda n: listed("radio_buttons", options=[option(text=n)]), 75, "/options/0/text/text"),
    "checkbox value": (lambda n: listed("checkboxes", options=[option(value=n)]), 150, "/options/0/value"),
}
COUNTS: dict[str, tuple[Build, int, str]] = {
    "select options": (lambda n: select(options=[option()] * n), 100, "/options"),
    "groups": (groups, 100, "/option_groups"),
    "options in a group": (lambda n: groups(1, options=n), 100, "/option_groups/0/options"),
    "multi select options": (
        lambda n: {"type": "multi_static_select", "options": [option()] * n},
        100,
        "/options",
    ),
    "radio options": (lambda n: listed("radio_buttons", options=[option()] * n), 10, "/options"),
    "checkbox options": (lambda n: listed("checkboxes", options=[option()] * n), 10, "/options"),
    "overflow options": (lambda n: listed("overflow", options=[option()] * n), 5, "/options"),
}


@pytest.mark.parametrize("name", LENGTHS)
def test_a_text_of_an_element_may_be_as_long_as_its_limit_and_no_longer(name: str) -> None:
    """At the limit nothing is said; one more and Slack names the limit plus one."""
    build, limit, at = LENGTHS[name]
    assert in_actions(build(limit)) == []
    refused = Problem(f"/blocks/0/elements/0{at}", f"must be less than {limit + 1} characters")
    assert refused in in_actions(build(limit + 1))


@pytest.mark.parametrize("name", COUNTS)
def test_a_menu_offers_as_many_options_as_its_limit_and_no_more(name: str) -> None:
    """From one option up to the limit."""
    build, limit, at = COUNTS[name]
    assert in_actions(build(limit)) == []
    assert in_actions(build(limit + 1)) == [Problem(f"/blocks/0/elements/0{at}", f"no more than {limit} items allowed")]
    assert in_actions(build(0)) == [Problem(f"/blocks/0/elements/0{at}", "must provide at least 1 items")]


NUMBERS: dict[str, tuple[Build, int, int, str]] = {
    "min_length": (lambda n: {"type": "plain_text_input", "min_length": n}, 0, 3000, "min_length"),
    "max_length": (lambda n: {"type": "plain_text_input", "max_length": n}, 1, 3000, "max_length"),
    "max_files": (lambda n: {"type": "file_input", "max_files": n}, 1, 10, "max_files"),
    "datetime": (
        lambda n: {"type": "datetimepicker", "initial_date_time": n},
        1_000_000_000,
        9_999_999_999,
        "initial_date_time",
    ),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_of_an_input_stays_in_its_range(name: str) -> None:
    """Both ends are allowed, one beyond either is not."""
    build, low, high, at = NUMBERS[name]
    assert in_input(build(low)) == in_input(build(high)) == []
    pointer = f"/view/blocks/0/element/{at}"
    code = "invalid_arguments"
    assert in_input(build(low - 1)) == [Problem(pointer, f"must be greater than {low - 1}", code)]
    assert in_input(build(high + 1)) == [Problem(pointer, f"must be less than {high + 1}", code)]


@pytest.mark.parametrize(
    "kind",
    ["multi_users_select", "multi_conversations_select", "multi_channels_select", "multi_external_select"],
)
def test_a_multi_select_lets_at_least_one_be_chosen(kind: str) -> None:
    """``max_selected_items`` starts at one."""
    assert in_actions({"type": kind, "max_selected_items": 1}) == []
    (problem,) = in_actions({"type": kind, "max_selected_items": 0})
    assert problem.pointer.endswith("/max_selected_items")


CHOSEN: list[Json] = [
    select(initial_option=option()),
    {"type": "multi_static_select", "options": [option()], "initial_options": [option()]},
    {"type": "users_select", "initial_user": "U1"},
    {"type": "conversations_select", "default_to_current_conversation": True, "filter": {"include": ["im"]}},
    {"type": "channels_select", "initial_channel": "C1"},
    {"type": "multi_users_select", "initial_users": ["U1", "W2"]},
    {"type": "multi_conversations_select", "initial_conversations": ["D1"]},
    {"type": "multi_channels_select", "initial_channels": ["C1"]},
    {"type": "external_select", "min_query_length": 0},
    {"type": "multi_external_select", "min_query_length": 2},
    listed("radio_buttons", initial_option=option()),
    listed("checkboxes", initial_options=[option()]),
    {"type": "datepicker", "initial_date": "2026-11-22"},
    {"type": "timepicker", "initial_time": "23:59", "timezone": "Europe/Oslo"},
]
TYPED: list[Json] = [
    {"type": "plain_text_input", "multiline": True, "min_length": 3, "max_length": 3},
    {"type": "number_input", "is_decimal_allowed": False, "min_value": "-1", "max_value": "2.5"},
    {"type": "email_text_input"},
    {"type": "url_text_input"},
    {"type": "rich_text_input", "initial_value": {"type": "rich_text", "elements": []}},
    {"type": "file_input"},
]
PRESSED: list[Json] = [button(), listed("overflow")]
DATETIME: Json = {"type": "datetimepicker"}
IMAGE: Json = {"type": "image", "alt_text": "a", "slack_file": {"id": "F1"}}


@pytest.mark.parametrize("element", CHOSEN, ids=[element["type"] for element in CHOSEN])
def test_menus_and_pickers_stand_among_actions_beside_a_section_and_in_an_input(element: Json) -> None:
    """What is chosen may stand in all three places."""
    assert in_actions(element) == in_accessory(element) == in_input(element) == []


@pytest.mark.parametrize("element", TYPED, ids=[element["type"] for element in TYPED])
def test_what_is_typed_stands_in_an_input_only(element: Json) -> None:
    """Elsewhere it is an unsupported type."""
    assert in_input(element) == []
    for found in (in_actions(element), in_accessory(element)):
        assert found[0].message == f"unsupported type: {element['type']}"


@pytest.mark.parametrize("element", PRESSED, ids=[element["type"] for element in PRESSED])
def test_what_is_pressed_stands_anywhere_but_in_an_input(element: Json) -> None:
    """Buttons and overflow menus are no fields."""
    assert in_actions(element) == in_accessory(element) == []
    assert in_input(element)[0].message == f"unsupported type: {element['type']}"


def test_a_datetimepicker_is_no_accessory_and_an_image_is_nothing_else() -> None:
    """The two exceptions to the table above."""
    assert in_actions(DATETIME) == in_input(DATETIME) == in_accessory(IMAGE) == []
    assert in_accessory(DATETIME)[0].message == "unsupported type: datetimepicker"
    assert in_actions(IMAGE)[0].message == "unsupported type: image"


BAD: dict[str, tuple[Json, str]] = {
    "mrkdwn on a button": (button(text={"type": "mrkdwn", "text": "x"}), "unsupported type: mrkdwn"),
    "a style that is no style": (button(style="default"), "must be a valid enum value"),
    "a button without text": ({"type": "button"}, "missing required field: text"),
    "a disabled button": (button(disabled=True), "invalid additional property: disabled"),
    "a confirm without deny": (confirm(deny=None), "missing required field: deny"),
    "options and groups": (
        select(option_groups=[{"label": plain(1), "options": [option()]}]),
        "must define exactly one of `options` or `option_groups`",
    ),
    "neither options nor groups": (
        {"type": "static_select"},
        "must define exactly one of `options` or `option_groups`",
    ),
    "an initial option that is not offered": (
        select(initial_option=option(value=2)),
        "must match one of the provided options",
    ),
    "an initial option that no group offers": (
        {**groups(1), "initial_option": option(value=2)},
        "must match one of the provided options",
    ),
    "initial options that are not offered": (
        listed("checkboxes", initial_options=[option(), option(value=2)]),
        "must match the provided options",
    ),
    "no initial options": (listed("checkboxes", initial_options=[]), "must provide at least 1 items"),
    "mrkdwn in a menu's option": (
        select(options=[{"text": {"type": "mrkdwn", "text": "x"}, "value": "v"}]),
        "unsupported type: mrkdwn",
    ),
    "an address in a menu's option": (
        select(options=[option(url="https://x.no")]),
        "invalid additional property: url",
    ),
    "a date that is none": ({"type": "datepicker", "initial_date": "2026-13-01"}, "must provide a date as YYYY-MM-DD"),
    "a time that is none": ({"type": "timepicker", "initial_time": "24:00"}, "must provide a time as HH:mm"),
    "a person that is a channel": ({"type": "users_select", "initial_user": "C1"}, "must provide a user id"),
    "a channel that is a person": ({"type": "channels_select", "initial_channel": "U1"}, "must provide a channel id"),
}


@pytest.mark.parametrize("name", BAD)
def test_an_element_that_breaks_a_rule_is_refused(name: str) -> None:
    """Each rule beside the limits."""
    element, message = BAD[name]
    assert message in [problem.message for problem in in_actions(element)]


BAD_INPUTS: dict[str, tuple[Json, str]] = {
    "a number input that does not say whether decimals": (
        {"type": "number_input"},
        "missing required field: is_decimal_allowed",
    ),
    "a number that is no string": (
        {"type": "number_input", "is_decimal_allowed": True, "min_value": 1},
        "must provide a string",
    ),
    "a least number above the most": (
        {"type": "number_input", "is_decimal_allowed": True, "min_value": "10", "max_value": "9.5"},
        "must not be greater than `max_value`",
    ),
    "a least length above the most": (
        {"type": "plain_text_input", "min_length": 4, "max_length": 3},
        "must not be greater than `max_length`",
    ),
    "three triggers of dispatch": (
        {
            "type": "plain_text_input",
            "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"] * 3},
        },
        "no more than 2 items allowed",
    ),
    "a length that is a word": ({"type": "plain_text_input", "max_length": "9"}, "must provide an integer"),
    "a first value that is too long": (
        {"type": "plain_text_input", "initial_value": "x" * 3001},
        "must be less than 3001 characters",
    ),
}


@pytest.mark.parametrize("name", BAD_INPUTS)
def test_an_input_that_breaks_a_rule_is_refused(name: str) -> None:
    """Each rule of what is typed."""
    element, message = BAD_INPUTS[name]
    assert message in [problem.message for problem in in_input(element)]


def test_text_in_radio_buttons_and_checkboxes_may_be_mrkdwn() -> None:
    """They are the only options that may."""
    bold = {"text": {"type": "mrkdwn", "text": "*x*"}, "value": "v"}
    assert in_actions(listed("radio_buttons", options=[bold])) == []
    assert in_actions(listed("checkboxes", options=[bold])) == []
    assert in_actions(listed("overflow", options=[bold])) != []


def test_feedback_buttons_stand_in_context_actions() -> None:
    """Both buttons are needed, each with text and value."""
    half = {"text": plain(75), "value": "x" * 2000}
    both = {"type": "feedback_buttons", "positive_button": half, "negative_button": half}
    block = {"type": "context_actions", "elements": [both]}
    assert message_problems(text=None, blocks=[block], attachments=None) == []
    assert in_actions(both)[0].message == "unsupported type: feedback_buttons"


def test_a_suggestion_answers_with_at_most_a_hundred_options() -> None:
    """None at all is a fine answer too."""
    assert suggestion_problems({"options": []}) == suggestion_problems({"options": [option()] * 100}) == []
    assert suggestion_problems({"options": [option()] * 101}) == [Problem("/options", "no more than 100 items allowed")]
    assert suggestion_problems({})[0].message == "must define exactly one of `options` or `option_groups`"
