"""Where a delivery comes from: the workspace, the person, the place, and the key under which it is done once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from handlers.desk import Body, Sorry
from handlers.errors import UserError
from handlers.payloads import metadata_of, ticket_number, word_of
from handlers.shapes import LONGEST_NAME
from handlers.views import names
from handlers.views.facts import Refusal


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
