"""Values of a view's inputs. What a person got wrong raises `UserError` with what to do."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.desk import Body
from handlers.errors import UserError
from handlers.views import names
from handlers.views.facts import Refusal
from handlers.views.names import TEXT_LIMIT
from handlers.views.typed import clean

LONGEST_AGO, LONGEST_AHEAD = timedelta(days=366), timedelta(days=366)
"""How far from now a moment may be chosen: calendars are written out for some years only."""


_EPOCH = re.compile(r"[0-9]{1,11}")


def state_of(body: Body) -> Mapping[str, Any]:
    """The values of a view's inputs, by block and action."""
    view = body.get("view") or {}
    found: Mapping[str, Any] = (view.get("state") or {}).get("values") or {}
    return found


def value_in(state: Mapping[str, Any], block: str) -> str | None:
    """What was typed or chosen in a block with one input; None when nothing was."""
    for element in (state.get(block) or {}).values():
        return value_of(element)
    return None


def value_of(element: Mapping[str, Any]) -> str | None:
    if element.get("selected_option"):
        return str(element["selected_option"].get("value") or "")
    if "selected_options" in element:
        return ",".join(str(option.get("value") or "") for option in element["selected_options"])
    for name in ("value", "selected_user", "selected_conversation", "selected_date_time", "selected_date"):
        if element.get(name) is not None:
            return str(element[name])
    return None


def values_in(state: Mapping[str, Any], block: str) -> tuple[str, ...]:
    """Everything that was chosen in a block where several may be."""
    return tuple(each for each in (value_in(state, block) or "").split(",") if each)


def text_in(
    state: Mapping[str, Any],
    field_id: str,
    *,
    missing: Refusal | None = None,
    limit: int = TEXT_LIMIT,
) -> str:
    """A typed text, cleaned. `missing` says what to raise when it is required and empty.

    Raises:
        UserError: it is required and empty, or longer than `limit`.
    """
    text = clean(value_in(state, field_id) or "")
    if missing is not None and not text:
        raise UserError(missing, field_id)
    if len(text) > limit:
        too_long = Refusal.TEXT_TOO_LONG if limit == TEXT_LIMIT else Refusal.SUMMARY_TOO_LONG
        raise UserError(too_long, field_id, length=len(text), limit=limit)
    return text


def moment_in(state: Mapping[str, Any], field_id: str, now: datetime, in_future: Refusal) -> datetime | None:
    """A chosen instant, never in the future, nor longer ago than anything is counted from.

    Raises:
        UserError: it lies elsewhere.
    """
    at = chosen_moment(state, field_id)
    if at is None:
        return None
    if at > now:
        raise UserError(in_future, field_id, at=at)
    if now - at > LONGEST_AGO:
        raise UserError(Refusal.TOO_LONG_AGO, field_id, at=at)
    return at


def coming_moment_in(state: Mapping[str, Any], field_id: str, now: datetime) -> datetime | None:
    """A chosen instant that may be promised for.

    Raises:
        UserError: it lies farther ahead than anything is promised.
    """
    at = chosen_moment(state, field_id)
    if at is not None and at - now > LONGEST_AHEAD:
        raise UserError(Refusal.TOO_FAR_AHEAD, field_id, at=at)
    return at


def chosen_moment(state: Mapping[str, Any], field_id: str) -> datetime | None:
    """The instant chosen in a field.

    Raises:
        UserError: what is there is no instant.
    """
    raw = value_in(state, field_id)
    if not raw:
        return None
    if not _EPOCH.fullmatch(raw):
        raise UserError(Refusal.NO_MOMENT, field_id)
    return datetime.fromtimestamp(int(raw), UTC)


def is_ticked(state: Mapping[str, Any], field_id: str) -> bool:
    """Whether the one box of a checkbox is ticked."""
    return names.YES in (value_in(state, field_id) or "").split(",")
