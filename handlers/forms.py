"""Payloads into frozen requests. What a person got wrong raises `UserError` with what to do."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from handlers.desk import Body, Sorry
from handlers.errors import UserError
from handlers.shapes import LONGEST_NAME, carried_by_views
from handlers.views import names
from handlers.views.facts import Refusal
from handlers.views.names import SUMMARY_LIMIT, TEXT_LIMIT, Field
from handlers.views.typed import as_typed, clean

Kinds = TypeVar("Kinds", bound=StrEnum)

LONGEST_PAGE = 6
"""Digits of a page's number."""

LONGEST_AGO, LONGEST_AHEAD = timedelta(days=366), timedelta(days=366)
"""How far from now a moment may be chosen: calendars are written out for some years only."""

_NUMBER = re.compile(r"^T-?([0-9]{1,9})$", re.IGNORECASE)
_EPOCH = re.compile(r"[0-9]{1,11}")
_TS = re.compile(r"[0-9]{1,11}\.[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Origin:
    """Who sent a payload, from where, and the key under which it is acted on once."""

    team_id: str
    slack_user: str
    key: str
    channel: str | None = None
    trigger_id: str | None = None
    response_url: str | None = None

    @property
    def sorry(self) -> Sorry:
        """Where a private answer reaches the person."""
        return Sorry(self.slack_user, self.channel, self.response_url)


def origin_of(body: Body) -> Origin:
    """Who and where, for any payload a person caused, and its key.

    Raises:
        UserError: it has no key, as only a foreign payload or an earlier version's can be.
    """
    return replace(sender_of(body), key=_key_of(body, str(body.get("trigger_id") or "")))


def sender_of(body: Body) -> Origin:
    """Who and where, without the key: enough to answer somebody privately."""
    user = _named(body, "user")
    channel = body.get("channel") or (body.get("container") or {}).get("channel_id")
    trigger = str(body.get("trigger_id") or "")
    return Origin(
        team_id=team_of(body),
        slack_user=str(body.get("user_id") or user.get("id") or ""),
        key="",
        channel=_channel_id(body, channel),
        trigger_id=trigger or None,
        response_url=body.get("response_url"),
    )


def team_of(body: Body) -> str:
    """The workspace in which Vakt is installed that a payload is about."""
    view = body.get("view") or {}
    team = _named(body, "team")
    return str(view.get("app_installed_team_id") or body.get("team_id") or team.get("id") or "")


def _named(body: Body, part: str) -> Mapping[str, Any]:
    """A part that Slack tells as an id or with more about it."""
    found = body.get(part) or {}
    return found if isinstance(found, Mapping) else {"id": found}


def _channel_id(body: Body, channel: object) -> str | None:
    if isinstance(channel, Mapping):
        return str(channel.get("id") or "") or None
    return str(body.get("channel_id") or channel or "") or None


def _key_of(body: Body, trigger: str) -> str:
    if body.get("type") == "view_submission":
        return f"view:{_nonce_of(body)}"
    if body.get("type") == "event_callback":
        return event_key(body)
    if not trigger:
        raise UserError(Refusal.UNREADABLE)
    return f"trigger:{trigger}"


def about(body: Body) -> dict[str, Any]:
    """What a request is about, for its lines in the log: the team, and the ticket where one is named."""
    number = _number_named(body)
    return {"team": team_of(body)} | ({"ticket": number} if number is not None else {})


def _number_named(body: Body) -> int | None:
    if "command" in body:
        return ticket_number(str(body.get("text") or "").rpartition(" ")[2])
    if body.get("type") == "view_submission":
        return _number_carried(body)
    action = next(iter(body.get("actions") or ()), None)
    if not isinstance(action, Mapping):
        return None
    named = names.ticket_in(str(action.get("block_id") or "")) or ""
    return ticket_number(str(action.get("value") or "")) or ticket_number(named)


def _number_carried(body: Body) -> int | None:
    try:
        number = metadata_of(body).get("ticket")
    except (AttributeError, ValueError):
        return None  # not our view; whoever handles it says so
    return number if isinstance(number, int) else None


def event_key(body: Body) -> str:
    """The key under which an event is acted on once.

    Raises:
        UserError: it has no id.
    """
    return f"event:{word_of(body, 'event_id')}"


def _nonce_of(body: Body) -> str:
    """What names a rendered step: two submissions of it are one."""
    nonce = metadata_of(body).get("nonce")
    if not isinstance(nonce, str) or not nonce:
        raise UserError(Refusal.OLD_WINDOW)
    return nonce[:LONGEST_NAME]


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


# Metadata of views


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
    """What a view carries along, with a fresh nonce: a rendered step is submitted once."""
    kept = {name: value for name, value in carried.items() if value is not None}
    return json.dumps({"nonce": secrets.token_hex(8), **kept}, separators=(",", ":"))


# Values of inputs


def state_of(body: Body) -> Mapping[str, Any]:
    """The values of a view's inputs, by block and action."""
    view = body.get("view") or {}
    found: Mapping[str, Any] = (view.get("state") or {}).get("values") or {}
    return found


def value_in(state: Mapping[str, Any], block: str) -> str | None:
    """What was typed or chosen in a block with one input; None when nothing was."""
    for element in (state.get(block) or {}).values():
        return _value(element)
    return None


def _value(element: Mapping[str, Any]) -> str | None:
    if element.get("selected_option"):
        return str(element["selected_option"].get("value") or "")
    if "selected_options" in element:
        return ",".join(str(option.get("value") or "") for option in element["selected_options"])
    for name in ("value", "selected_user", "selected_date_time", "selected_date"):
        if element.get(name) is not None:
            return str(element[name])
    return None


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


def ticket_number(text: str) -> int | None:
    """The number in "T-12", "t12" or "T12"; None for anything else."""
    found = _NUMBER.match(text.strip())
    return int(found[1]) if found else None


# The action that was taken


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


def ticket_of_click(body: Body) -> int:
    """The ticket a pressed element belongs to.

    Raises:
        UserError: it names none, as only a foreign payload can.
    """
    action = action_of(body)
    named = str(action.get("value") or "")
    number = ticket_number(named) or ticket_number(names.ticket_in(str(action.get("block_id") or "")) or "")
    if number is None:
        raise UserError(Refusal.UNKNOWN_TICKET, number=named or "?")
    return number


def chosen(body: Body) -> str:
    """The value of what was chosen in a select, menu or radio; a person's id for people."""
    return _value(action_of(body)) or ""


def one_of(kinds: type[Kinds], value: str) -> Kinds:
    """The kind that a pressed element names.

    Raises:
        UserError: there is none of that name now, as on a message of an earlier version.
    """
    try:
        return kinds(value)
    except ValueError as error:
        raise UserError(Refusal.OLD_BUTTON) from error


def page_in(value: str) -> tuple[str, int]:
    """What is turned and to which page, in "T-12:2", "open:0" or "2".

    Raises:
        UserError: that is no page, as only an earlier version or a foreign payload can say.
    """
    named, _, page = value.rpartition(":")
    if not page.isdecimal() or len(page) > LONGEST_PAGE:
        raise UserError(Refusal.OLD_BUTTON)
    return named, int(page)


# Opening a ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The opening view as filled in so far."""

    nonce: str = ""
    channel: str | None = None
    customer: str | None = None
    kind: str | None = None
    intake: str | None = None
    item: str | None = None
    product: str | None = None
    summary: str = ""
    details: str = ""
    received_at: datetime | None = None
    ordered_by: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    extras: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, str] | None = None
    reported_at: datetime | None = None
    author: str | None = None
    passed_on: bool = False
    """Whether it was sent to the super users. Source: PI-11."""
    view_id: str | None = None

    @property
    def carried(self) -> str:
        """What the next step of the view carries along."""
        return metadata(
            channel=self.channel,
            customer=self.customer,
            source=dict(self.source) if self.source else None,
            reported_at=self.reported_at.isoformat() if self.reported_at else None,
            author=self.author,
            passed_on=self.passed_on or None,
        )

    def changed(self, **values: Any) -> "Draft":
        """The draft with some values replaced."""
        return replace(self, **values)


def draft_of(body: Body) -> Draft:
    """The opening view as it stands, half filled in: nothing is refused yet."""
    carried, state = metadata_of(body), state_of(body)
    return Draft(
        nonce=str(carried.get("nonce", "")),
        channel=carried.get("channel"),
        customer=value_in(state, Field.CUSTOMER) or carried.get("customer"),
        kind=value_in(state, Field.KIND),
        intake=value_in(state, Field.INTAKE),
        item=value_in(state, Field.ITEM),
        product=value_in(state, Field.PRODUCT),
        summary=value_in(state, Field.SUMMARY) or "",
        details=value_in(state, Field.DETAILS) or "",
        received_at=chosen_moment(state, Field.RECEIVED_AT),
        ordered_by=clean(value_in(state, Field.ORDERED_BY) or "") or None,
        answers=_answers(state),
        extras=_extras(state),
        source=carried.get("source"),
        reported_at=carried.get("reported_at"),
        author=carried.get("author"),
        passed_on=bool(carried.get("passed_on")),
        view_id=(body.get("view") or {}).get("id"),
    )


def _answers(state: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for block in state:
        question = names.question_in(block)
        answer = value_in(state, block)
        if question is not None and answer is not None:
            found[question[1]] = answer
    return found


def _extras(state: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for block in state:
        extra = names.extra_in(block)
        text = value_in(state, block)
        if extra is not None and text:
            found[extra] = clean(text)
    return found


def checked(draft: Draft, body: Body, now: datetime) -> Draft:
    """The opening view as submitted: every text within its limits, no time in the future."""
    state = state_of(body)
    for block in (Field.ORDERED_BY, *(each for each in state if names.extra_in(each) is not None)):
        text_in(state, block)
    summary = text_in(state, Field.SUMMARY, missing=Refusal.SUMMARY_MISSING, limit=SUMMARY_LIMIT)
    return draft.changed(
        summary=" ".join(summary.split()),
        details=text_in(state, Field.DETAILS),
        received_at=moment_in(state, Field.RECEIVED_AT, now, Refusal.RECEIVED_IN_FUTURE),
    )


def summary_typed(text: str, names: Mapping[str, str]) -> str:
    """A Slack text as a summary: what Slack escaped is read back, and cut to the field's size."""
    return " ".join(clean(as_typed(text, names)).split())[:SUMMARY_LIMIT]
