"""The windows of `/oncall`: opened by a command or a press, and submitted."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from handlers import language, rota_changes
from handlers.access import Viewer, viewer_of
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.fields import coming_moment_in, state_of, value_in
from handlers.oncall_pictures import Sight, overrides_ahead, sight, to_swap, to_take
from handlers.once import Work, once
from handlers.origins import Origin, origin_of
from handlers.payloads import metadata, metadata_of
from handlers.rota_changes import Wish, turn_of
from handlers.rota_reach import demand_change, eligible, one_rota
from handlers.views import oncall as views
from handlers.views import oncall_forms as windows
from handlers.views.blocks import ViewDict
from handlers.views.facts import PersonFact, Refusal
from handlers.views.facts.rotas import ChangeFormFacts
from handlers.views.names import EVERY_LAYER, Field, shift_in
from handlers.views.words import Words
from models.store import Session

Answer = Mapping[str, Any] | None
Window = Callable[[ChangeFormFacts, Words], ViewDict]
Offer = Callable[[Sight], ChangeFormFacts]

HOUR = timedelta(hours=1)

OVERRIDES_SHOWN = 20
"""In one window; the first to begin come first."""


def take_named(body: Body, named: str, desk: Desk) -> None:
    """`/oncall take`."""
    _open(body, desk, named, _shifts_to_take, windows.take_view)


def take(body: Body, desk: Desk) -> None:
    """*Take* on a shift: asked once more."""
    token = chosen(body)
    key, _ = turn_of(token)
    _open(body, desk, key, lambda at: _one_to_take(at, token), windows.take_view)


def _shifts_to_take(at: Sight) -> ChangeFormFacts:
    shifts = to_take(at)
    if not shifts:
        raise UserError(Refusal.NO_SHIFT_TO_TAKE, rota=at.stored.key)
    return _form(at, shifts=shifts)


def _one_to_take(at: Sight, token: str) -> ChangeFormFacts:
    """The shift that was pressed, if it is as it was shown."""
    found = next((each for each in to_take(at) if each.token == token), None)
    if found is None:
        _, turn = turn_of(token)
        person = at.people([turn.person]).get(turn.person, PersonFact(None, ""))
        if turn.until <= at.now:
            raise UserError(Refusal.SHIFT_OVER, at=turn.until)
        raise UserError(Refusal.SHIFT_GONE, person=person)
    return replace(_form(at, shifts=(found,), shift=token), chosen=token)


def swap_named(body: Body, named: str, desk: Desk) -> None:
    """`/oncall swap`."""
    _open(body, desk, named, _shifts_to_swap, windows.swap_view)


def swap(body: Body, desk: Desk) -> None:
    """*Swap*: of a rota, or of one's own shift in it."""
    value = chosen(body)
    named = shift_in(value)
    _open(body, desk, named[0] if named else value, _shifts_to_swap, windows.swap_view)


def _shifts_to_swap(at: Sight) -> ChangeFormFacts:
    mine, theirs = to_swap(at)
    if not mine or not theirs:
        raise UserError(Refusal.NO_SHIFT_TO_SWAP, rota=at.stored.key)
    return _form(at, mine=mine, shifts=theirs)


def override_named(body: Body, named: str, desk: Desk) -> None:
    """`/oncall override`."""
    _open(body, desk, named, _people_and_layers, windows.override_view)


def override(body: Body, desk: Desk) -> None:
    """*Override*."""
    _open(body, desk, chosen(body), _people_and_layers, windows.override_view)


def _people_and_layers(at: Sight) -> ChangeFormFacts:
    people = [person for person in eligible(at.session, at.stored) if person.left_at is None]
    begin = _full_hour(at.now)
    return replace(
        _form(at),
        people=tuple((person.id, PersonFact(person.slack_user, person.name)) for person in people),
        layers=at.rota.layers,
        reader=at.viewer.person.id,
        begin=begin,
        end=begin + 8 * HOUR,
        overrides=overrides_ahead(at)[:OVERRIDES_SHOWN],
    )


def _full_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) + HOUR


def _form(at: Sight, *, shift: str | None = None, **more: Any) -> ChangeFormFacts:
    carried = metadata(rota=at.stored.key, shift=shift)
    return ChangeFormFacts(metadata=carried, name=at.stored.name, now=at.now, **more)


def _open(body: Body, desk: Desk, named: str, offer: Offer, window: Window) -> None:
    """Open a window about a rota that the viewer may change."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer, at = _seen(session, origin, named, desk.now())
        view = window(offer(at), language.for_person(viewer.person))
    desk.aside.open_view(origin.team_id, origin.trigger_id or "", view, origin.sorry)


def _seen(session: Session, origin: Origin, named: str, now: datetime) -> tuple[Viewer, Sight]:
    viewer = viewer_of(session, origin.team_id, origin.slack_user)
    stored = one_rota(session, viewer, named)
    demand_change(session, viewer, stored)
    return viewer, sight(session, viewer, stored, now)


def taken(body: Body, desk: Desk) -> Answer:
    """A shift was taken: the one that was pressed, else the one that was chosen."""
    token = metadata_of(body).get("shift") or _needed(body, Field.SHIFT, Refusal.SHIFT_MISSING)
    return _changed(body, desk, lambda work: rota_changes.take(work, token, Field.SHIFT))


def overridden(body: Body, desk: Desk) -> Answer:
    """Somebody was put on call."""
    state, now = state_of(body), desk.now()
    since, until = coming_moment_in(state, Field.FROM, now), coming_moment_in(state, Field.UNTIL, now)
    if since is None or until is None:
        raise UserError(Refusal.MOMENT_MISSING, Field.FROM if since is None else Field.UNTIL)
    layer = _needed(body, Field.LAYER, Refusal.NO_SUCH_CHOICE)
    wish = Wish(
        person_id=_needed(body, Field.WHO, Refusal.NO_SUCH_CHOICE),
        since=since,
        until=until,
        layer=None if layer == EVERY_LAYER else layer,
    )
    return _changed(body, desk, lambda work: rota_changes.override(work, _carried_rota(body), wish))


def take_back(body: Body, desk: Desk) -> None:
    """*Take back* on an override."""
    origin = origin_of(body)
    with once(desk, origin) as work:
        facts = rota_changes.take_back(work, chosen(body))
    view = views.taken_back_view(facts, language.for_person(work.viewer.person))
    shown = body.get("view") or {}
    desk.aside.update_view(origin.team_id, str(shown.get("id") or ""), view, shown.get("hash"))
    desk.log("override_taken_back", rota=facts.name, since=facts.since.isoformat(), until=facts.until.isoformat())


def _changed(body: Body, desk: Desk, change: Callable[[Work], Any]) -> Answer:
    with once(desk, origin_of(body)) as work:
        facts = change(work)
        view = views.changed_view(facts, language.for_person(work.viewer.person))
        work.answer = {"response_action": "update", "view": view}
    desk.log("rota_changed", rota=facts.name, since=facts.since.isoformat(), until=facts.until.isoformat())
    answer: Answer = work.answer
    return answer


def swap_asked(body: Body, desk: Desk) -> Answer:
    """A swap was asked for."""
    mine = _needed(body, Field.MY_SHIFT, Refusal.SHIFT_MISSING)
    theirs = _needed(body, Field.SHIFT, Refusal.SHIFT_MISSING)
    with once(desk, origin_of(body)) as work:
        facts = rota_changes.ask_swap(work, mine, theirs)
        view = views.swap_asked_view(facts, language.for_person(work.viewer.person))
        work.answer = {"response_action": "update", "view": view}
    desk.log("swap_asked", swap=facts.id)
    answer: Answer = work.answer
    return answer


def accept_swap(body: Body, desk: Desk) -> None:
    """*Accept*."""
    _answer_swap(body, desk, accept=True)


def decline_swap(body: Body, desk: Desk) -> None:
    """*Decline*."""
    _answer_swap(body, desk, accept=False)


def _answer_swap(body: Body, desk: Desk, *, accept: bool) -> None:
    with once(desk, origin_of(body)) as work:
        rota_changes.answer_swap(work, chosen(body), accept=accept)
    desk.log("swap_accepted" if accept else "swap_declined", swap=chosen(body)[:40])


def _needed(body: Body, field: Field, missing: Refusal) -> str:
    """What was chosen in a field.

    Raises:
        UserError: nothing was.
    """
    found = value_in(state_of(body), field)
    if not found:
        raise UserError(missing, field)
    return found


def _carried_rota(body: Body) -> str:
    found = metadata_of(body).get("rota")
    if not isinstance(found, str):
        raise UserError(Refusal.OLD_WINDOW)
    return found


def have_it(body: Body, desk: Desk) -> None:
    """*I have it* under a handover."""
    with once(desk, origin_of(body)) as work:
        rota_changes.accept_handover(work, chosen(body))
