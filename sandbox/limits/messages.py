"""What Slack refuses in a message: text, blocks, attachments and metadata, posted, updated or ephemeral.

Source: the platform notes, sections 1.1 and 1.2; docs.slack.dev/reference/methods/chat.postMessage and chat.update.
Two numbers are our readings, since Slack publishes none: 100,000 characters of blocks (what ``blocks.validate``
takes), and 16 KB of metadata.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sandbox.limits.blocks import MARKDOWN, Surface, block_problems, tables
from sandbox.limits.shapes import Problem

KEPT_TEXT = 40_000
UPDATED_TEXT = 4_000
ATTACHMENTS = 100
BLOCKS_SIZE = 100_000
METADATA_BYTES = 16_384
TRUNCATED = "message_truncated"


@dataclass(frozen=True, slots=True)
class _Draft:
    """The four parts of a message as an app sent them."""

    text: object
    blocks: object
    attachments: object
    metadata: object
    markdown_text: object


def message_problems(
    *, text: object, blocks: object, attachments: object, metadata: object = None, markdown_text: object = None
) -> list[Problem]:
    """Judge a message to be posted. Values are JSON already read; None is "not given".

    Text over 40,000 characters is no problem but cut short: see ``kept_text``.
    """
    return list(_any_message(_Draft(text, blocks, attachments, metadata, markdown_text)))


def update_problems(
    *,
    text: object,
    blocks: object,
    attachments: object,
    metadata: object = None,
    markdown_text: object = None,
    old_blocks: object = None,
) -> list[Problem]:
    """Judge a message to be updated: its text ends at 4,000 characters, and rich text stays rich.

    ``old_blocks`` are those the message was posted with, when the caller knows them.
    """
    found = list(_too_long(text, UPDATED_TEXT))
    found += _any_message(_Draft(text, blocks, attachments, metadata, markdown_text))
    if _rich(old_blocks) and blocks and not _rich(blocks):
        found.append(Problem("", "rich text cannot become other blocks", "block_mismatch"))
    return found


def ephemeral_problems(*, text: object, blocks: object, attachments: object) -> list[Problem]:
    """Judge an ephemeral message: its text is refused where a posted one would be cut short."""
    found = list(_too_long(text, KEPT_TEXT))
    return found + list(_any_message(_Draft(text, blocks, attachments, None, None)))


def kept_text(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text Slack keeps, and the warnings its answer carries."""
    return (text, ()) if len(text) <= KEPT_TEXT else (text[:KEPT_TEXT], (TRUNCATED,))


def _any_message(draft: _Draft) -> Iterator[Problem]:
    yield from _markdown_text(draft)
    if not any((draft.text, draft.blocks, draft.attachments, draft.markdown_text)):
        yield Problem("", "No message text provided.", "no_text")
    yield from _message_blocks(draft.blocks)
    yield from _attachments(draft.attachments)
    if tables(draft.blocks) + _tables_attached(draft.attachments) > 1:
        yield Problem("", "only_one_table_allowed", "invalid_attachments")
    yield from _metadata(draft.metadata)


def _too_long(text: object, most: int) -> Iterator[Problem]:
    if isinstance(text, str) and len(text) > most:
        yield Problem("/text", f"must be less than {most + 1} characters", "msg_too_long")


def _markdown_text(draft: _Draft) -> Iterator[Problem]:
    if draft.markdown_text and (draft.text or draft.blocks):
        yield Problem("/markdown_text", "cannot be used with `blocks` or `text`", "markdown_text_conflict")
    if isinstance(draft.markdown_text, str) and len(draft.markdown_text) > MARKDOWN:
        yield Problem("/markdown_text", f"must be less than {MARKDOWN + 1} characters", "msg_too_long")


def _message_blocks(blocks: object) -> Iterator[Problem]:
    if blocks is None:
        return
    if not isinstance(blocks, list):
        yield Problem("/blocks", "must provide an array", "invalid_blocks_format")
        return
    if len(_compact(blocks)) > BLOCKS_SIZE:
        yield Problem("/blocks", "too long in total", "msg_blocks_too_long")
    yield from block_problems(blocks, "/blocks", Surface.MESSAGE)


def _attachments(attachments: object) -> Iterator[Problem]:
    if attachments is None:
        return
    if not isinstance(attachments, list):
        yield Problem("/attachments", "must provide an array", "invalid_attachments")
        return
    if len(attachments) > ATTACHMENTS:
        yield Problem("/attachments", f"no more than {ATTACHMENTS} items allowed", "too_many_attachments")
    for index, each in enumerate(attachments):
        yield from _attachment(each, f"/attachments/{index}")


def _attachment(attachment: object, pointer: str) -> Iterator[Problem]:
    if not isinstance(attachment, dict):
        yield Problem(pointer, "must provide an object", "invalid_attachments")
    elif attachment.get("blocks") is not None:
        for problem in block_problems(attachment["blocks"], f"{pointer}/blocks", Surface.MESSAGE):
            yield replace(problem, code="invalid_attachments")


def _tables_attached(attachments: object) -> int:
    listed = attachments if isinstance(attachments, list) else []
    return sum(tables(each.get("blocks")) for each in listed if isinstance(each, dict))


def _rich(blocks: object) -> bool:
    return (
        isinstance(blocks, list)
        and bool(blocks)
        and all(isinstance(block, dict) and block.get("type") == "rich_text" for block in blocks)
    )


def _metadata(metadata: object) -> Iterator[Problem]:
    """Judge metadata; an empty object is allowed, since with it an update removes what was there."""
    if metadata is None or metadata == {}:
        return
    if not isinstance(metadata, dict) or not _well_formed(metadata):
        yield Problem("/metadata", "must hold `event_type` and `event_payload`", "invalid_metadata_format")
    elif not _flat_enough(metadata.get("event_payload", {})):
        yield Problem("/metadata/event_payload", "must hold scalars or flat objects", "invalid_metadata_schema")
    elif len(_compact(metadata).encode()) > METADATA_BYTES:
        yield Problem("/metadata", f"must be less than {METADATA_BYTES + 1} bytes", "metadata_too_large")


def _well_formed(metadata: Mapping[str, object]) -> bool:
    if set(metadata) == {"entities"}:
        return isinstance(metadata["entities"], list)
    kind = metadata.get("event_type")
    return isinstance(kind, str) and bool(kind) and isinstance(metadata.get("event_payload"), dict)


def _flat_enough(payload: object) -> bool:
    """Tell whether a payload holds scalars, flat objects, and lists of flat objects, and nothing deeper."""
    values = payload.values() if isinstance(payload, dict) else ()
    return all(
        all(map(_flat, value)) if isinstance(value, list) else _scalar(value) or _flat(value) for value in values
    )


def _flat(value: object) -> bool:
    return isinstance(value, dict) and all(map(_scalar, value.values()))


def _scalar(value: object) -> bool:
    return isinstance(value, str | int | float)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
