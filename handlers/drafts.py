"""A ticket as somebody is typing it, before it is opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from handlers.desk import Body
from handlers.fields import chosen_moment, moment_in, state_of, text_in, value_in
from handlers.payloads import metadata, metadata_of
from handlers.views import names
from handlers.views.facts import Refusal
from handlers.views.names import SUMMARY_LIMIT, Field
from handlers.views.typed import as_typed, clean


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
    follow_up: str | None = None
    """Which follow-up of an outage it is, as "O-3:<id>"."""
    view_id: str | None = None

    @property
    def carried(self) -> str:
        """What the view carries along when it is drawn anew: what is submitted stays one act, however often.

        Whoever hears nothing presses again, and the view may have been drawn anew in between.
        """
        return metadata(
            nonce=self.nonce or None,
            channel=self.channel,
            customer=self.customer,
            source=dict(self.source) if self.source else None,
            reported_at=self.reported_at.isoformat() if self.reported_at else None,
            author=self.author,
            passed_on=self.passed_on or None,
            follow_up=self.follow_up,
        )

    def changed(self, **values: Any) -> "Draft":
        """The draft with some values replaced; itself when they are what it has."""
        if all(getattr(self, name) == value for name, value in values.items()):
            return self
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
        follow_up=carried.get("follow_up"),
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
