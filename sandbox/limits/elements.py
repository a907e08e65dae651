"""Block elements: buttons, menus, pickers and inputs, and which of them may stand in which block.

Source: docs.slack.dev/reference/block-kit/block-elements; the platform notes, section 1.1.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from sandbox.limits.rich_text import RICH_TEXT
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
    record,
    rule,
    string,
    tagged,
)
from sandbox.limits.text import (
    CHANNEL_ID,
    CONFIRM,
    DISPATCH_CONFIG,
    EXACT_ID,
    FILTER,
    IMAGE,
    LABEL,
    LISTED_OPTION,
    LISTED_OPTIONS,
    OPTION,
    OPTION_GROUP,
    OPTIONS,
    OVERFLOW_OPTION,
    OVERFLOW_OPTIONS,
    PLACEHOLDER,
    TEXT,
    USER_ID,
    any_text,
    plain_text,
    url,
)

VALUE = 2000
_STYLE = choice("primary", "danger")
_COMMON: Mapping[str, Check] = {"action_id": EXACT_ID, "confirm": CONFIRM}
_FIELD: Mapping[str, Check] = {**_COMMON, "focus_on_load": boolean}
_MENU: Mapping[str, Check] = {**_FIELD, "placeholder": PLACEHOLDER}
_MULTI: Mapping[str, Check] = {**_MENU, "max_selected_items": integer(1)}
_TYPED: Mapping[str, Check] = {
    "action_id": EXACT_ID,
    "focus_on_load": boolean,
    "placeholder": PLACEHOLDER,
    "dispatch_action_config": DISPATCH_CONFIG,
}
_NUMBER = string(1, pattern=r"-?\d+(\.\d+)?", words="must provide a number as a string")


def _options(element: Mapping[str, object]) -> list[object]:
    """Return every option of a menu, those inside groups included."""
    groups = element.get("option_groups")
    inside = [group.get("options") for group in groups if isinstance(group, dict)] if isinstance(groups, list) else []
    lists = [element.get("options"), *inside]
    return [option for each in lists if isinstance(each, list) for option in each]


def _initial_is_offered(value: Mapping[str, object], pointer: str) -> Iterator[Problem]:
    offered = _options(value)
    single, several = value.get("initial_option"), value.get("initial_options")
    if single is not None and single not in offered:
        yield Problem(f"{pointer}/initial_option", "must match one of the provided options")
    if isinstance(several, list) and any(each not in offered for each in several):
        yield Problem(f"{pointer}/initial_options", "must match the provided options")


def _element(kind: str, required: Mapping[str, Check], optional: Mapping[str, Check], *rules: Rule) -> Check:
    return record({"type": choice(kind), **required}, optional, rules=rules)


def _static(kind: str, initial: Mapping[str, Check], shared: Mapping[str, Check]) -> Check:
    lists = {"options": array(OPTION, 1, OPTIONS), "option_groups": array(OPTION_GROUP, 1, 100)}
    return _element(kind, {}, {**shared, **lists, **initial}, either("options", "option_groups"), _initial_is_offered)


BUTTON = _element(
    "button",
    {"text": plain_text(LABEL)},
    {
        **_COMMON,
        "url": url(),
        "value": string(0, VALUE),
        "style": _STYLE,
        "accessibility_label": string(1, LABEL),
        "agent_prompt": string(1, 4000),
        "agent_prompt_display": anything,
        "visible_to_user_ids": array(USER_ID),
    },
)
_WORKFLOW_BUTTON = _element(
    "workflow_button",
    {"text": plain_text(LABEL), "workflow": anything, "action_id": EXACT_ID},
    {"style": _STYLE, "accessibility_label": string(1, LABEL)},
)
_OVERFLOW = _element("overflow", {"options": array(OVERFLOW_OPTION, 1, OVERFLOW_OPTIONS)}, _COMMON)
_LISTED: Mapping[str, Check] = {"options": array(LISTED_OPTION, 1, LISTED_OPTIONS)}
_RADIO = _element("radio_buttons", _LISTED, {**_FIELD, "initial_option": LISTED_OPTION}, _initial_is_offered)
_CHECKBOXES = _element(
    "checkboxes", _LISTED, {**_FIELD, "initial_options": array(LISTED_OPTION, 1)}, _initial_is_offered
)
_DATE = string(pattern=r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", words="must provide a date as YYYY-MM-DD")
_TIME = string(pattern=r"([01]\d|2[0-3]):[0-5]\d", words="must provide a time as HH:mm")
_DATEPICKER = _element("datepicker", {}, {**_MENU, "initial_date": _DATE})
_TIMEPICKER = _element("timepicker", {}, {**_MENU, "initial_time": _TIME, "timezone": string(1)})
_DATETIMEPICKER = _element("datetimepicker", {}, {**_FIELD, "initial_date_time": integer(1_000_000_000, 9_999_999_999)})

MENUS: Mapping[str, Check] = {
    "static_select": _static("static_select", {"initial_option": OPTION}, _MENU),
    "external_select": _element(
        "external_select", {}, {**_MENU, "initial_option": OPTION, "min_query_length": integer(0)}
    ),
    "users_select": _element("users_select", {}, {**_MENU, "initial_user": USER_ID}),
    "conversations_select": _element(
        "conversations_select",
        {},
        {
            **_MENU,
            "initial_conversation": string(1),
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": FILTER,
        },
    ),
    "channels_select": _element(
        "channels_select", {}, {**_MENU, "initial_channel": CHANNEL_ID, "response_url_enabled": boolean}
    ),
    "multi_static_select": _static("multi_static_select", {"initial_options": array(OPTION, 1)}, _MULTI),
    "multi_external_select": _element(
        "multi_external_select", {}, {**_MULTI, "initial_options": array(OPTION, 1), "min_query_length": integer(0)}
    ),
    "multi_users_select": _element("multi_users_select", {}, {**_MULTI, "initial_users": array(USER_ID, 1)}),
    "multi_conversations_select": _element(
        "multi_conversations_select",
        {},
        {
            **_MULTI,
            "initial_conversations": array(string(1), 1),
            "default_to_current_conversation": boolean,
            "filter": FILTER,
        },
    ),
    "multi_channels_select": _element(
        "multi_channels_select", {}, {**_MULTI, "initial_channels": array(CHANNEL_ID, 1)}
    ),
}
_CHOSEN: Mapping[str, Check] = {
    **MENUS,
    "radio_buttons": _RADIO,
    "checkboxes": _CHECKBOXES,
    "datepicker": _DATEPICKER,
    "timepicker": _TIMEPICKER,
}


def _ordered(low: str, high: str) -> Rule:
    """Demand that the number in ``low`` is not above the one in ``high``, when both are given."""

    def holds(element: Mapping[str, object]) -> bool:
        least, most = element.get(low), element.get(high)
        return least is None or most is None or Decimal(str(least)) <= Decimal(str(most))

    return rule(holds, f"must not be greater than `{high}`", low)


TYPED: Mapping[str, Check] = {
    "plain_text_input": _element(
        "plain_text_input",
        {},
        {
            **_TYPED,
            "initial_value": string(0, TEXT),
            "multiline": boolean,
            "min_length": integer(0, TEXT),
            "max_length": integer(1, TEXT),
        },
        _ordered("min_length", "max_length"),
    ),
    "number_input": _element(
        "number_input",
        {"is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": _NUMBER, "min_value": _NUMBER, "max_value": _NUMBER},
        _ordered("min_value", "max_value"),
    ),
    "email_text_input": _element("email_text_input", {}, {**_TYPED, "initial_value": string()}),
    "url_text_input": _element("url_text_input", {}, {**_TYPED, "initial_value": string()}),
    "rich_text_input": _element(
        "rich_text_input", {}, {**_TYPED, "initial_value": RICH_TEXT, "min_lines": integer(1), "max_lines": integer(1)}
    ),
    "file_input": _element(
        "file_input", {}, {"action_id": EXACT_ID, "filetypes": array(string(1), 1), "max_files": integer(1, 10)}
    ),
}

_FEEDBACK = record(
    {"text": plain_text(LABEL), "value": string(1, VALUE)},
    {"accessibility_label": string(1, LABEL)},
)
_FEEDBACK_BUTTONS = _element(
    "feedback_buttons", {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {"action_id": EXACT_ID}
)
_ICON_BUTTON = _element(
    "icon_button",
    {"icon": choice("trash"), "text": plain_text(LABEL)},
    {
        **_COMMON,
        "value": string(0, VALUE),
        "accessibility_label": string(1, LABEL),
        "visible_to_user_ids": array(USER_ID),
    },
)

IN_ACTIONS = tagged(
    {
        "button": BUTTON,
        "workflow_button": _WORKFLOW_BUTTON,
        "overflow": _OVERFLOW,
        "datetimepicker": _DATETIMEPICKER,
        **_CHOSEN,
    },
)
AS_ACCESSORY = tagged(
    {"button": BUTTON, "workflow_button": _WORKFLOW_BUTTON, "overflow": _OVERFLOW, "image": IMAGE, **_CHOSEN},
)
IN_INPUT = tagged({"datetimepicker": _DATETIMEPICKER, **_CHOSEN, **TYPED})
IN_CONTEXT_ACTIONS = tagged({"feedback_buttons": _FEEDBACK_BUTTONS, "icon_button": _ICON_BUTTON})


def in_context(value: object, pointer: str) -> Iterator[Problem]:
    """Accept what a context block may hold: an image, or text of either kind."""
    if isinstance(value, dict) and value.get("type") == "image":
        return IMAGE(value, pointer)
    return any_text()(value, pointer)
