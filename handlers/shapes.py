"""The shape of what Slack sends, as far as anybody here or in Bolt reads it.

`readable` gives a payload in which every part that is named here has its type and every text can be
stored; a part that has another type is as if it had not been sent. Parts that are not named pass as
they are, so whoever begins to read another one names it here. What may be missing is no question of
shape: `handlers.payloads` refuses in words where something is needed.

Source: docs.slack.dev/interactivity/handling-user-interaction and /apis/events-api.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

Shape = Callable[[object], Any]
"""Gives a part as it may be read, None when it has another type."""

LONGEST_NAME = 255
"""Characters of an id, a type or a key; Slack's own have at most this."""

HIGHEST_NUMBER = 999_999_999
"""Of a ticket; more is no number anybody was given, nor one that a database takes."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ADDRESS = re.compile(r"https?://[^\s\x00-\x20]+")


def text(part: object) -> str | None:
    """A text, without what no database takes: NUL, and halves of a character."""
    return _UNSTORABLE.sub("\ufffd", part) if isinstance(part, str) else None


def name(part: object) -> str | None:
    """An id or a type: a text of Slack's own, so short and without anything odd."""
    return part if isinstance(part, str) and len(part) <= LONGEST_NAME and part.isprintable() else None


def address(part: object) -> str | None:
    """Where an answer may be sent."""
    return part if isinstance(part, str) and _ADDRESS.fullmatch(part) else None


def flag(part: object) -> bool | None:
    """True or false; as a form's text too."""
    return part if isinstance(part, bool) else {"true": True, "false": False}.get(str(part))


def scalar(part: object) -> str | int | None:
    """A text, or a whole number such as a chosen instant."""
    return part if isinstance(part, int) and not isinstance(part, bool) else text(part)


def number(part: object) -> int | None:
    """A ticket's number."""
    return part if isinstance(part, int) and not isinstance(part, bool) and 0 < part <= HIGHEST_NUMBER else None


def count(part: object) -> int | None:
    """How many there were."""
    return part if isinstance(part, int) and not isinstance(part, bool) and 0 <= part <= HIGHEST_NUMBER else None


def moment(part: object) -> datetime | None:
    """An instant as we wrote it."""
    try:
        at = datetime.fromisoformat(part) if isinstance(part, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None


def whole(*keys: str) -> Shape:
    """A mapping of names that has all of these keys."""

    def read(part: object) -> dict[str, str] | None:
        kept = each(name)(part) or {}
        return kept if kept.keys() >= set(keys) else None

    return read


def many(shape: Shape) -> Shape:
    """A list; what does not fit is left out."""

    def read(part: object) -> list[Any] | None:
        return [kept for each in part if (kept := shape(each)) is not None] if isinstance(part, list) else None

    return read


def each(shape: Shape) -> Shape:
    """A mapping with names for keys; what does not fit is left out."""

    def read(part: object) -> dict[str, Any] | None:
        if not isinstance(part, dict):
            return None
        return {key: kept for key, value in part.items() if name(key) and (kept := shape(value)) is not None}

    return read


def parts(**shapes: Shape) -> Shape:
    """A mapping with these parts; others pass."""

    def read(part: object) -> dict[str, Any] | None:
        if not isinstance(part, dict):
            return None
        kept = {}
        for key, value in part.items():
            if key not in shapes:
                kept[key] = value
            elif (fitting := shapes[key](value)) is not None:
                kept[key] = fitting
        return kept

    return read


def either(*shapes: Shape) -> Shape:
    """The first shape that fits."""

    def read(part: object) -> object:
        return next((kept for shape in shapes if (kept := shape(part)) is not None), None)

    return read


_option = parts(value=text)
_element: dict[str, Shape] = {
    "type": name,
    "value": text,
    "selected_option": _option,
    "selected_options": many(_option),
    "selected_user": name,
    "selected_conversation": name,
    "selected_date": name,
    "selected_date_time": scalar,
}
_team = either(name, parts(id=name, enterprise_id=name))
_place = either(name, parts(id=name))
_person = either(name, parts(id=name, team_id=name))
_file = parts(title=text, name=text, permalink=address)
_message: dict[str, Shape] = {
    "type": name,
    "subtype": name,
    "ts": name,
    "thread_ts": name,
    "text": text,
    "user": name,
    "bot_id": name,
    "files": many(_file),
}
_view = parts(
    id=name,
    hash=name,
    type=name,
    callback_id=name,
    team_id=name,
    app_installed_team_id=name,
    private_metadata=text,
    state=parts(values=each(each(parts(**_element)))),
)
_any_event = parts(
    **_message
    | {
        "user": _person,
        "channel": _place,
        "tab": name,
        "deleted_ts": name,
        "parent_user_id": name,
        "event_ts": name,
        "team": _team,
        "team_id": name,
        "enterprise_id": name,
        "user_id": name,
        "user_team": name,
        "channel_id": name,
        "message": parts(**_message),
        "previous_message": parts(**_message),
        "item": parts(channel=_place, channel_id=name, message=parts(**_message)),
        "assistant_thread": parts(channel_id=name, thread_ts=name, user_id=name),
        "function_execution_id": name,
        "bot_access_token": name,
        "inputs": each(lambda part: part),
    }
)
_heard = parts(user=name, channel=name)
"""A message, and a look at App Home, name both by id; other events tell of them in full."""


def _event(part: object) -> dict[str, Any] | None:
    event: dict[str, Any] | None = _any_event(part)
    if event is not None and event.get("type") in {"message", "app_home_opened"}:
        event = _heard(event)
    return event


_authorization = parts(
    enterprise_id=name, team_id=name, user_id=name, is_enterprise_install=flag, is_bot=flag, enterprise=_place
)

_payload = parts(
    type=name,
    command=name,
    text=text,
    token=text,
    challenge=text,
    ssl_check=name,
    team=_team,
    team_id=name,
    enterprise=_place,
    enterprise_id=name,
    is_enterprise_install=flag,
    is_ext_shared_channel=flag,
    authorizations=many(_authorization),
    user=_person,
    user_id=name,
    channel=_place,
    channel_id=name,
    container=parts(channel_id=name, type=name, message_ts=name),
    trigger_id=name,
    response_url=address,
    response_urls=many(parts(response_url=address)),
    callback_id=name,
    action_id=name,
    block_id=name,
    actions=many(parts(action_id=name, block_id=name, **_element)),
    view=_view,
    message=parts(**_message),
    event_id=name,
    event=_event,
    thread_ts=name,
    item=parts(channel=_place, channel_id=name),
    assistant_thread=parts(channel_id=name, thread_ts=name),
    previous_message=parts(**_message),
    function_execution_id=name,
    function_data=parts(execution_id=name, inputs=each(lambda part: part)),
    bot_access_token=name,
)


_carried = parts(
    nonce=name,
    ticket=number,
    severity=name,
    wait=name,
    channel=name,
    customer=name,
    author=name,
    source=whole("channel", "ts"),
    reported_at=moment,
    rota=name,
    shift=name,
    outage=number,
    seen=number,
    follow_up=name,
    draft=parts(
        title=text,
        services=many(name),
        components=each(many(text)),
        scope=name,
        gravity=name,
        cause=text,
        began_at=moment,
        expected_end=moment,
        next_update_at=moment,
        announce=flag,
        asked=each(text),
        ticket=number,
    ),
    maintenance=name,
    turn=number,
    left_out=many(name),
    parts=many(whole("starts", "ends")),
    override=flag,
    split=flag,
    downtime=name,
    notice=name,
    claim=name,
    decisions=count,
)


def carried_by_views(metadata: object) -> dict[str, Any] | None:
    """What a view of ours carries along, as it may be read; None when it is nothing of ours."""
    kept: dict[str, Any] | None = _carried(metadata)
    return kept


def readable(payload: Mapping[str, Any] | object) -> dict[str, Any] | None:
    """A payload as it may be read; None when it is none that Vakt listens to, or not whole."""
    kept: dict[str, Any] | None = _payload(payload)
    if kept is None:
        return None
    if "command" in kept:
        kept.pop("type", None)
        return kept
    needed = WHOLE.get(kept.get("type", ""))
    return kept if needed is not None and needed(kept) else None


def _is_click(payload: Mapping[str, Any]) -> bool:
    return bool(payload.get("actions")) and "action_id" in payload["actions"][0]


def _is_of_view(payload: Mapping[str, Any]) -> bool:
    view = payload.get("view") or {}
    return "callback_id" in view and view.get("type") in {"modal", "home"}


def _is_event(payload: Mapping[str, Any]) -> bool:
    # Workflow steps are no more; Bolt still looks into them.
    named = str((payload.get("event") or {}).get("type") or "workflow_step")
    return not named.startswith("workflow_step")


def _is_named(payload: Mapping[str, Any]) -> bool:
    return "callback_id" in payload


WHOLE: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "block_actions": _is_click,
    "view_submission": _is_of_view,
    "view_closed": _is_of_view,
    "shortcut": _is_named,
    "message_action": _is_named,
    "event_callback": _is_event,
    "url_verification": lambda payload: "challenge" in payload,
}
"""What Vakt listens to beside commands, and without what it could not even be told apart."""
