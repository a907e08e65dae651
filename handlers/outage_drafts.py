"""An outage as it is typed in a window: read, checked, and carried from the window to its preview."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from handlers.desk import Body
from handlers.errors import UserError
from handlers.fields import (
    coming_moment_in,
    is_ticked,
    moment_in,
    text_in,
    value_in,
    values_in,
)
from handlers.outages import Draft
from handlers.payloads import metadata_of
from handlers.views import outage_forms as windows
from handlers.views.facts import Refusal
from handlers.views.facts.outages import (
    OutageFacts,
)
from handlers.views.names import Field
from models.downtime import Scope
from models.outage import (
    Gravity,
)
from models.service import Service, names_with


def draft_of(state: Mapping[str, Any], ticket: object, now: datetime) -> Draft:
    """What was typed, checked.

    Raises:
        UserError: at the field that is wrong.
    """
    began = moment_in(state, Field.BEGAN_AT, now, Refusal.BEGAN_IN_FUTURE) or now
    scope = value_in(state, Field.SCOPE) or Scope.ALL_USERS
    gravity = value_in(state, Field.GRAVITY) or Gravity.OUTAGE
    if scope not in set(Scope):
        raise UserError(Refusal.NO_SUCH_CHOICE, Field.SCOPE)
    if gravity not in set(Gravity):
        raise UserError(Refusal.NO_SUCH_CHOICE, Field.GRAVITY)
    services = values_in(state, Field.SERVICES)
    if not services:
        raise UserError(Refusal.SERVICES_MISSING, Field.SERVICES)
    announce = is_ticked(state, Field.ANNOUNCE)
    expected_end, next_update = promises_in(state, now, needed=announce)
    return Draft(
        title=" ".join(text_in(state, Field.TITLE, missing=Refusal.TEXT_MISSING).split())[: windows.TITLE_LIMIT],
        services=services,
        scope=scope,
        gravity=gravity,
        cause=text_in(state, Field.CAUSE, limit=windows.CAUSE_LIMIT),
        began_at=began,
        expected_end=expected_end,
        next_update_at=next_update,
        announce=announce,
        asked=_asked(state),
        ticket=ticket if isinstance(ticket, int) else None,
    )


def _asked(state: Mapping[str, Any]) -> dict[str, str]:
    blocks = [block for block in state if block.startswith("extra:")]
    typed = {block.removeprefix("extra:"): text_in(state, block, limit=windows.ASK_LIMIT) for block in blocks}
    return {ask: text for ask, text in typed.items() if text}


def promises_in(state: Mapping[str, Any], now: datetime, *, needed: bool) -> tuple[datetime | None, datetime | None]:
    """The expected end and the next update; one of the two is needed. Source: HP-07."""
    expected_end = coming_moment_in(state, Field.EXPECTED_END, now)
    next_update = coming_moment_in(state, Field.NEXT_UPDATE, now)
    for field, at in ((Field.EXPECTED_END, expected_end), (Field.NEXT_UPDATE, next_update)):
        if at is not None and at <= now:
            raise UserError(Refusal.PROMISE_PASSED, field, at=at)
    if needed and expected_end is None and next_update is None:
        raise UserError(Refusal.PROMISE_MISSING, Field.NEXT_UPDATE)
    return expected_end, next_update


def carried(draft: Draft) -> dict[str, Any]:
    """What the preview carries of it."""
    kept = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(draft).items()}
    return {name: value for name, value in kept.items() if value not in (None, "", {})}


def uncarried(body: Body) -> Draft:
    """The draft that the preview carries.

    Raises:
        UserError: it is none of ours.
    """
    carried = metadata_of(body).get("draft")
    if not isinstance(carried, dict) or not carried.get("title") or not carried.get("services"):
        raise UserError(Refusal.OLD_WINDOW)
    began = carried.get("began_at")
    if not isinstance(began, datetime):
        raise UserError(Refusal.OLD_WINDOW)
    return Draft(
        title=carried["title"],
        services=tuple(carried["services"]),
        scope=str(carried.get("scope")),
        gravity=str(carried.get("gravity")),
        cause=str(carried.get("cause") or ""),
        began_at=began,
        expected_end=carried.get("expected_end"),
        next_update_at=carried.get("next_update_at"),
        announce=bool(carried.get("announce")),
        asked=dict(carried.get("asked") or {}),
        ticket=carried.get("ticket"),
        components=carried.get("components"),
    )


def as_facts(
    draft: Draft, services: Sequence[Service], now: datetime, templates: Mapping[str, Mapping[str, str]]
) -> OutageFacts:
    """As its readers will see it; `templates` are the desk's own words."""
    return OutageFacts(
        name="O-…",
        title=draft.title,
        services=names_with(services, draft.components),
        scope=draft.scope,
        cause=draft.cause or None,
        began_at=draft.began_at,
        now=now,
        expected_end=draft.expected_end,
        next_update_at=draft.next_update_at,
        templates=templates,
    )
