"""The one place where failures become answers, each by its kind of payload.

Command: 200 with the text. View: `errors` on the field, else the view updated to say it. Click or
shortcut: an empty ack and a private answer. Event: 503 while nothing is stored, so that Slack
delivers it again; 200 when the refusal is final. A bug gets a reference that is also in the log.
"""

import json
import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from slack_bolt import BoltResponse

from handlers import language
from handlers.access import viewer_of
from handlers.desk import Body, Desk
from handlers.errors import AlreadyAnsweredError, NotYetError, UserError
from handlers.fields import state_of
from handlers.origins import Origin, sender_of
from handlers.views import refusals
from handlers.views.blocks import Rendered, ViewDict
from handlers.views.facts import Refusal, RefusalFacts
from handlers.views.words import Words
from models.channel import channel_by_id
from models.store import FullError, NotStoredError, StorageError, UnknownOutcomeError, UnwritableError

UNSTORED: tuple[tuple[type[Exception], Refusal], ...] = (
    (FullError, Refusal.FULL),
    (UnwritableError, Refusal.UNWRITABLE),
    (UnknownOutcomeError, Refusal.UNCERTAIN),
    (NotStoredError, Refusal.BUSY),
)
"""What a person is told when the database did not do its part, the special case before the general."""


class Payload(StrEnum):
    """What Slack sent, by how it can be answered."""

    COMMAND = "command"
    VIEW = "view"
    CLICK = "click"
    EVENT = "event"


OUTCOMES: Mapping[type[Exception], str] = {
    AlreadyAnsweredError: "repeated",
    NotYetError: "not_yet",
    **{kind: str(refusal) for kind, refusal in UNSTORED},
    UserError: "refused",
}
"""How a request that failed is counted; what is not here is a bug."""


def kind_of(body: Body) -> Payload:
    """Which kind of payload this is."""
    if "command" in body:
        return Payload.COMMAND
    if body.get("type") == "view_submission":
        return Payload.VIEW
    if body.get("type") == "event_callback":
        return Payload.EVENT
    return Payload.CLICK


def done(body: Body, answer: object) -> BoltResponse:
    """The answer to what went well. A command's is a message, a view's a response action."""
    del body
    if isinstance(answer, Rendered):
        return _json({"response_type": "ephemeral", **message(answer)})
    return _json(answer) if isinstance(answer, Mapping) else BoltResponse(status=200, body="")


def message(rendered: Rendered) -> dict[str, Any]:
    """A message as Slack takes it."""
    return {"text": rendered.text, "blocks": list(rendered.blocks)}


def failed(error: Exception, body: Body, desk: Desk) -> BoltResponse:
    """The answer to what went wrong, whatever it was."""
    desk.notes(outcome=_outcome(error))
    if isinstance(error, AlreadyAnsweredError):
        return done(body, error.answer)
    kind = kind_of(body)
    if isinstance(error, NotYetError):
        return BoltResponse(status=503, body="")
    if isinstance(error, NotStoredError | UnknownOutcomeError):
        return _unstored(error, body, desk, kind)
    if isinstance(error, UserError):
        return _refuse(error, body, desk, kind)
    return _bug(error, body, desk, kind)


def _outcome(error: Exception) -> str:
    return next((outcome for kind, outcome in OUTCOMES.items() if isinstance(error, kind)), "bug")


def _json(answer: Mapping[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(answer), headers={"content-type": "application/json"})


def _unstored(error: Exception, body: Body, desk: Desk, kind: Payload) -> BoltResponse:
    why = next(refusal for one, refusal in UNSTORED if isinstance(error, one))
    desk.log(str(why), payload=str(kind), why=str(error))
    if kind is Payload.EVENT:
        return BoltResponse(status=503, body="")
    return _refuse(UserError(why), body, desk, kind)


def _refuse(error: UserError, body: Body, desk: Desk, kind: Payload) -> BoltResponse:
    if kind is Payload.EVENT:
        return BoltResponse(status=200, body="")
    origin, words = sender_of(body), _words_if_any(body, desk)
    facts = error.facts(desk.now())
    if kind is Payload.COMMAND:
        return done(body, refusals.refusal_message(facts, words))
    if kind is Payload.VIEW:
        return _view_refusal(error, facts, body, words)
    _tell(body, desk, origin, refusals.refusal_message(facts, words), facts, words)
    return BoltResponse(status=200, body="")


def _view_refusal(error: UserError, facts: RefusalFacts, body: Body, words: Words) -> BoltResponse:
    if error.field is not None and error.field in state_of(body):
        return _json(
            {
                "response_action": "errors",
                "errors": {error.field: refusals.field_error(facts, words)},
            }
        )
    return _update(refusals.refusal_view(facts, words))


def _update(view: ViewDict) -> BoltResponse:
    return _json({"response_action": "update", "view": view})


def _tell(
    body: Body,
    desk: Desk,
    origin: Origin,
    said: Rendered,
    facts: RefusalFacts | None,
    words: Words,
) -> None:
    """A click in a modal is answered by a modal on top, any other privately where it was made."""
    inside_modal = (body.get("view") or {}).get("type") == "modal"
    if inside_modal and facts is not None:
        view = refusals.refusal_view(facts, words)
        desk.aside.push_view(origin.team_id, origin.trigger_id or "", view, origin.sorry)
    else:
        desk.aside.tell(origin.team_id, origin.sorry, said)


def _bug(error: Exception, body: Body, desk: Desk, kind: Payload) -> BoltResponse:
    reference = secrets.token_hex(4)
    desk.log("bug", reference=reference, payload=str(kind), exc_info=error)
    if kind is Payload.EVENT:
        return BoltResponse(status=503, body="")
    words = _words_if_any(body, desk)
    if kind is Payload.COMMAND:
        return done(body, refusals.bug_message(reference, words))
    if kind is Payload.VIEW:
        return _update(refusals.bug_view(reference, words))
    origin = sender_of(body)
    desk.aside.tell(origin.team_id, origin.sorry, refusals.bug_message(reference, words))
    return BoltResponse(status=200, body="")


def _words_if_any(body: Body, desk: Desk) -> Words:
    """The reader's words; English when the bug keeps even that from being known."""
    try:
        return _words(body, desk)
    except (StorageError, NotStoredError):
        return language.UNKNOWN_READER


def _words(body: Body, desk: Desk) -> Words:
    origin = sender_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        channel = channel_by_id(session, origin.team_id, origin.channel or "")
        return language.for_person(viewer.person, channel_language=channel.language if channel else None)


def expired(desk: Desk, team_id: str, slack_user: str) -> Rendered:
    """What somebody is told whose window could not be opened in time."""
    with desk.reading() as session:
        viewer = viewer_of(session, team_id, slack_user)
        words = language.for_person(viewer.person)
    return refusals.refusal_message(RefusalFacts(Refusal.WINDOW_EXPIRED, desk.now()), words)
