"""Block Kit, built: the only place that spells its dictionaries.

Text is cut to what Slack takes, with an ellipsis; mrkdwn is always `verbatim`, so Slack links
nothing by itself; plain text shows no emoji codes as pictures.
Source: docs.slack.dev/reference/block-kit.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from handlers.views.typed import Mrkdwn, clean, escape, one_line, shorten

Block: TypeAlias = dict[str, object]
Blocks: TypeAlias = tuple[Block, ...]
ViewDict: TypeAlias = dict[str, object]

TEXT, FIELD, HEADER, BUTTON, OPTION, TITLE, HINT, PLACEHOLDER = 3000, 2000, 150, 75, 75, 24, 2000, 150
OPTION_VALUE, BUTTON_VALUE, NOTICE, METADATA, URL = 150, 2000, 4000, 3000, 3000
MESSAGE_BLOCKS, VIEW_BLOCKS, CONTEXT_ELEMENTS, FIELDS, RADIOS, OPTIONS = 50, 100, 10, 10, 10, 100


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message: `text` says it all in a sentence, for push notices and screen readers."""

    text: Mrkdwn
    blocks: Blocks = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that is handed over; `alt` is what a picture says to those who do not see it."""

    name: str
    content: bytes
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose; `value` comes back."""

    text: str
    value: str
    description: str | None = None


def rendered(text: str, blocks: Sequence[Block] = ()) -> Rendered:
    """A message within Slack's limits; `text` that is not Mrkdwn is escaped."""
    return Rendered(Mrkdwn(shorten(escape(text), NOTICE)), tuple(blocks[:MESSAGE_BLOCKS]))


def together(messages: Sequence[Rendered]) -> Rendered | None:
    """Several messages as one, in their order; None of none."""
    if len(messages) <= 1:
        return messages[0] if messages else None
    text = "\n".join(each.text for each in messages)
    return rendered(Mrkdwn(text), [block for each in messages for block in each.blocks or (section(each.text),)])


# Text objects


def plain(text: str, limit: int = TEXT) -> Block:
    """Plain text, as typed: no mentions, no formatting, no emoji codes."""
    return {"type": "plain_text", "text": shorten(clean(text), limit) or "–", "emoji": False}


def mrkdwn(text: str, limit: int = TEXT) -> Block:
    """Our own mrkdwn; what is not Mrkdwn is escaped first. Cut before a token, never inside."""
    return {"type": "mrkdwn", "text": _cut(escape(text), limit) or "–", "verbatim": True}


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    opened, amp = kept.rfind("<"), kept.rfind("&")
    if opened > kept.rfind(">"):
        kept = kept[:opened]
    elif amp > kept.rfind(";"):
        kept = kept[:amp]
    return kept.rstrip() + "…"


# Blocks


def header(text: str) -> Block:
    """A title, in plain text on one line."""
    return {"type": "header", "text": plain(one_line(text, HEADER), HEADER)}


def section(text: str, *, block_id: str | None = None, accessory: Block | None = None) -> Block:
    """A paragraph of mrkdwn, with a button or menu beside it."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    return _with(block, block_id=block_id, accessory=accessory)


def quote(text: str) -> Block:
    """A paragraph that someone typed, exactly as typed."""
    return {"type": "section", "text": plain(text)}


def fields(*texts: str) -> Block:
    """Two columns of short mrkdwn, row by row; at most ten."""
    return {"type": "section", "fields": [mrkdwn(text, FIELD) for text in texts[:FIELDS]]}


def context(*texts: str) -> Block:
    """Small print in mrkdwn; at most ten pieces."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts[:CONTEXT_ELEMENTS]]}


def small_quote(text: str) -> Block:
    """Small print that someone typed."""
    return {"type": "context", "elements": [plain(text)]}


def divider() -> Block:
    """A line across."""
    return {"type": "divider"}


def actions(*elements: Block | None, block_id: str | None = None) -> Block:
    """A row of buttons and menus; None is left out."""
    return _with({"type": "actions", "elements": [e for e in elements if e]}, block_id=block_id)


def field(
    block_id: str,
    label: str,
    element: Block,
    *,
    optional: bool = False,
    hint: str | None = None,
    dispatch: bool = False,
) -> Block:
    """An input; `dispatch` tells us at once when it changes."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, HINT),
        "element": element,
        "optional": optional,
    }
    if dispatch:
        block["dispatch_action"] = True
    return _with(block, hint=plain(hint, HINT) if hint else None)


def canvas_document(text: str) -> Block:
    """A canvas, as Markdown. Source: docs.slack.dev/surfaces/canvases."""
    return {"type": "markdown", "markdown": text}


# Elements


def button(
    text: str,
    action: str,
    value: str = "",
    *,
    style: str | None = None,
    url: str | None = None,
    confirm: Block | None = None,
    label: str | None = None,
) -> Block:
    """A verb to press; `style` is "primary" or "danger", `label` a longer name read aloud."""
    element: Block = {"type": "button", "text": plain(text, BUTTON), "action_id": action}
    return _with(
        element,
        value=value[:BUTTON_VALUE] or None,
        style=style,
        url=url[:URL] if url else None,
        confirm=confirm,
        accessibility_label=shorten(label, BUTTON) if label else None,
    )


def confirm(title: str, text: str, yes: str, no: str) -> Block:
    """Asked before a press counts."""
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }


def people_menu(action: str, placeholder: str, chosen: str | None = None) -> Block:
    """Choose one person of the workspace; `chosen` is a Slack user id."""
    element: Block = {"type": "users_select", "action_id": action, "placeholder": plain(placeholder, PLACEHOLDER)}
    return _with(element, initial_user=chosen)


def menu(action: str, placeholder: str, options: Iterable[Option], chosen: str | None = None) -> Block:
    """Choose one of at most a hundred."""
    element: Block = {
        "type": "static_select",
        "action_id": action,
        "placeholder": plain(placeholder, PLACEHOLDER),
    }
    return _choices(element, list(options)[:OPTIONS], chosen)


def multi_menu(action: str, placeholder: str, options: Iterable[Option], chosen: Collection[str] = ()) -> Block:
    """Choose some of at most a hundred."""
    element: Block = {
        "type": "multi_static_select",
        "action_id": action,
        "placeholder": plain(placeholder, PLACEHOLDER),
    }
    return _several(element, list(options)[:OPTIONS], chosen)


def ticks(action: str, options: Iterable[Option], chosen: Collection[str] = ()) -> Block:
    """Tick some of at most ten, all visible."""
    return _several({"type": "checkboxes", "action_id": action}, list(options)[:RADIOS], chosen)


def channel_menu(action: str, placeholder: str, chosen: str | None = None) -> Block:
    """Choose one channel of the workspace."""
    element: Block = {
        "type": "conversations_select",
        "action_id": action,
        "placeholder": plain(placeholder, PLACEHOLDER),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return _with(element, initial_conversation=chosen)


def radio(action: str, options: Iterable[Option], chosen: str | None = None) -> Block:
    """Choose one of at most ten, all visible."""
    return _choices({"type": "radio_buttons", "action_id": action}, list(options)[:RADIOS], chosen)


def tick(action: str, option: Option, *, ticked: bool) -> Block:
    """One box to tick."""
    boxes = [_option(option)]
    element: Block = {"type": "checkboxes", "action_id": action, "options": boxes}
    return _with(element, initial_options=boxes if ticked else None)


def overflow(action: str, options: Sequence[Option]) -> Block | None:
    """The menu behind three dots: one to five options, None without any."""
    shown = [_option(option) for option in options[:5]]
    return {"type": "overflow", "action_id": action, "options": shown} if shown else None


def text_input(
    action: str,
    *,
    typed: str = "",
    lines: bool = False,
    limit: int = TEXT,
    placeholder: str | None = None,
    focus: bool = False,
) -> Block:
    """A field to type in, filled in with `typed` as far as it fits."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": action,
        "multiline": lines,
        "max_length": limit,
    }
    return _with(
        element,
        initial_value=shorten(clean(typed) if lines else one_line(typed, limit), limit) or None,
        placeholder=plain(placeholder, PLACEHOLDER) if placeholder else None,
        focus_on_load=True if focus else None,
    )


def moment_input(action: str, at: datetime | None = None) -> Block:
    """A day and time, in the zone of the reader's device."""
    element: Block = {"type": "datetimepicker", "action_id": action}
    return _with(element, initial_date_time=int(at.timestamp()) if at else None)


def day_input(action: str, day: date | None = None) -> Block:
    """A civil day."""
    return _with({"type": "datepicker", "action_id": action}, initial_date=day.isoformat() if day else None)


# Views


def modal(
    callback: str,
    title: str,
    blocks: Sequence[Block],
    *,
    close: str,
    submit: str | None = None,
    metadata: str = "",
) -> ViewDict:
    """A modal; what goes beyond a hundred blocks is left out, so page before."""
    view: ViewDict = {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, TITLE),
        "close": plain(close, TITLE),
        "blocks": list(blocks[:VIEW_BLOCKS]),
        "private_metadata": metadata[:METADATA],
    }
    return _with(view, submit=plain(submit, TITLE) if submit else None)


def home(callback: str, blocks: Sequence[Block], metadata: str = "") -> ViewDict:
    """An App Home."""
    return {
        "type": "home",
        "callback_id": callback,
        "blocks": list(blocks[:VIEW_BLOCKS]),
        "private_metadata": metadata[:METADATA],
    }


def _option(option: Option) -> Block:
    shown: Block = {"text": plain(option.text, OPTION), "value": option.value[:OPTION_VALUE]}
    return _with(shown, description=plain(option.description, OPTION) if option.description else None)


def _choices(element: Block, options: Sequence[Option], chosen: str | None) -> Block:
    shown = [_option(option) for option in options]
    picked = next((o for o in shown if chosen is not None and o["value"] == chosen[:OPTION_VALUE]), None)
    return _with({**element, "options": shown}, initial_option=picked)


def _several(element: Block, options: Sequence[Option], chosen: Collection[str]) -> Block:
    shown = [_option(option) for option in options]
    picked = [option for option in shown if option["value"] in chosen]
    return _with({**element, "options": shown}, initial_options=picked or None)


def _with(block: Block, **extras: object) -> Block:
    return block | {key: value for key, value in extras.items() if value is not None}
