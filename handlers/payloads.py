"""Parts of payloads. What is not there, as only a foreign payload can lack it, raises `UserError`."""

import json
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from handlers.desk import Body
from handlers.errors import UserError
from handlers.shapes import carried_by_views
from handlers.views.facts import Refusal

_NUMBER = re.compile(r"^T-?([0-9]{1,9})$", re.IGNORECASE)


_TS = re.compile(r"[0-9]{1,11}\.[0-9]{1,6}")


def part_of(whole: Mapping[str, Any], part: str) -> Mapping[str, Any]:
    """A part of a payload that has parts itself.

    Raises:
        UserError: it is not there, as only a foreign payload can be.
    """
    found: Mapping[str, Any] | None = whole.get(part)
    if found is None:
        raise UserError(Refusal.UNREADABLE)
    return found


def word_of(whole: Mapping[str, Any], word: str) -> str:
    """An id or a time stamp in a payload.

    Raises:
        UserError: it is not there, as only a foreign payload can be.
    """
    found = whole.get(word)
    if not found:
        raise UserError(Refusal.UNREADABLE)
    return str(found)


def sent_at(ts: str) -> datetime:
    """When a message was sent, by its time stamp.

    Raises:
        UserError: it is none.
    """
    if not _TS.fullmatch(ts):
        raise UserError(Refusal.UNREADABLE)
    return datetime.fromtimestamp(float(ts), UTC)


def metadata_of(body: Body) -> dict[str, Any]:
    """What a view carries along, as we wrote it.

    Raises:
        UserError: we never wrote that.
    """
    raw = (body.get("view") or {}).get("private_metadata") or "{}"
    try:
        found = carried_by_views(json.loads(raw))
    except (ValueError, RecursionError) as error:
        raise UserError(Refusal.OLD_WINDOW) from error
    if found is None:
        raise UserError(Refusal.OLD_WINDOW)
    return found


def metadata(**carried: Any) -> str:
    """What a view carries along, with a fresh nonce unless one is given: it is submitted once."""
    kept = {name: value for name, value in carried.items() if value is not None}
    return json.dumps({"nonce": secrets.token_hex(8), **kept}, separators=(",", ":"), ensure_ascii=False)


def ticket_number(text: str) -> int | None:
    """The number in "T-12", "t12" or "T12"; None for anything else."""
    found = _NUMBER.match(text.strip())
    return int(found[1]) if found else None


def action_of(body: Body) -> Mapping[str, Any]:
    """The one action of a click.

    Raises:
        UserError: there is none.
    """
    actions = body.get("actions") or ()
    if not actions:
        raise UserError(Refusal.UNREADABLE)
    found: Mapping[str, Any] = actions[0]
    return found
