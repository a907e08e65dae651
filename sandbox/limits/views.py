"""What Slack refuses in a view: a modal or the App Home.

Source: docs.slack.dev/surfaces/modals and /reference/views; the platform notes, sections 1.1 and 1.3.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sandbox.limits.blocks import Surface, block_problems
from sandbox.limits.shapes import Check, Problem, anything, boolean, choice, record, string
from sandbox.limits.text import plain_text

VIEW_BYTES = 250_000
_BUTTON = plain_text(24)
_SHARED: Mapping[str, Check] = {
    "private_metadata": string(0, 3000),
    "callback_id": string(0, 255),
    "external_id": string(0, 255),
}
_SHAPES: Mapping[Surface, Check] = {
    Surface.MODAL: record(
        {"type": choice("modal"), "title": plain_text(24), "blocks": anything},
        {
            **_SHARED,
            "submit": _BUTTON,
            "close": _BUTTON,
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    Surface.HOME: record({"type": choice("home"), "blocks": anything}, _SHARED),
}


def view_problems(view: object) -> list[Problem]:
    """Judge a view, JSON already read. Every problem of shape carries ``invalid_arguments``, as Slack's views do."""
    if isinstance(view, dict) and len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        return [Problem("/view", "greater than 250kb", "view_too_large")]
    return [replace(problem, code="invalid_arguments") for problem in _shape(view)]


def _shape(view: object) -> Iterator[Problem]:
    if not isinstance(view, dict):
        yield Problem("/view", "must provide an object")
        return
    kind = view.get("type")
    if kind is None:
        yield Problem("/view", "missing required field: type")
    elif kind not in list(_SHAPES):
        yield Problem("/view/type", f"unsupported type: {kind}")
    else:
        yield from _known_view(view, Surface(kind))


def _known_view(view: Mapping[str, object], surface: Surface) -> Iterator[Problem]:
    yield from _SHAPES[surface](view, "/view")
    if view.get("blocks") is not None:
        yield from block_problems(view["blocks"], "/view/blocks", surface)
    if surface is Surface.MODAL and view.get("submit") is None:
        yield from _inputs_without_submit(view.get("blocks"))


def _inputs_without_submit(blocks: object) -> Iterator[Problem]:
    for index, block in enumerate(blocks if isinstance(blocks, list) else []):
        if isinstance(block, dict) and block.get("type") == "input":
            at = f"/view/blocks/{index}/input"
            yield Problem(at, "must define `submit` to use an `input` block in modals")
