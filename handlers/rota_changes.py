"""What people change about a rota: a shift taken, somebody put on call, two shifts swapped.

Each locks the rota, asks it as it is now, stores the change, and owes those whom it concerns a word.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from handlers.errors import UserError
from handlers.oncall_pictures import Sight, sight
from handlers.once import Work
from handlers.owed import directly
from handlers.rota_reach import demand_change, demand_eligible
from handlers.rotas import people_on_call, questions, swap_of, swapping
from handlers.views.facts import PersonFact, Refusal
from handlers.views.facts import rotas as told
from handlers.views.names import Field, shift_in
from models import outbox
from models.outbox import Kind, Priority
from models.person import Person
from models.rota.changes import Turn
from models.store import Session
from models.stored_rota import ChangeKind, ChangeState, RotaChange, StoredRota, change_of, rota_by_id, rota_by_key
from models.timer import look_at_rota


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Somebody on call over [since, until), in one layer or (None) in every one."""

    person_id: str
    since: datetime
    until: datetime
    layer: str | None


def turn_of(token: str) -> tuple[str, Turn]:
    """The rota and the shift that a press names; the person is empty where nobody is on call.

    Raises:
        UserError: it names none, as only an earlier version's or a foreign payload can.
    """
    found = shift_in(token)
    if found is None:
        raise UserError(Refusal.OLD_BUTTON)
    rota, layer, person, since, until = found
    return rota, Turn(person, layer, since, until)


def at_work(work: Work, key: str) -> Sight:
    """A rota, locked and looked at, for somebody who may change it.

    Raises:
        UserError: it is gone, cannot be laid out, or is not the viewer's to change.
    """
    stored = rota_by_key(work.session, work.viewer.team_id, key, lock=True)
    if stored is None:
        raise UserError(Refusal.UNKNOWN_ROTA, rota=key, rotas="–")
    demand_change(work.session, work.viewer, stored)
    return sight(work.session, work.viewer, stored, work.now)


def take(work: Work, token: str, field: str | None = None) -> told.ChangedFacts:
    """The viewer takes a shift, or what is left of it.

    Raises:
        UserError: it is over, the viewer's already, or not that person's any more.
    """
    key, turn = turn_of(token)
    at = at_work(work, key)
    if turn.person == work.viewer.person.id:
        raise UserError(Refusal.SHIFT_YOURS, field)
    if turn.until <= work.now:
        raise UserError(Refusal.SHIFT_OVER, field, at=turn.until)
    if turn.layer not in at.rota.layers or not _as_seen(at, turn):
        raise UserError(Refusal.SHIFT_GONE, field, person=_named(work.session, at.stored, turn.person))
    person = demand_eligible(work.session, at.stored, work.viewer.person)
    since = max(turn.since, work.now)
    return put_on_call(work, at, Wish(person_id=person.id, since=since, until=turn.until, layer=turn.layer))


def _as_seen(at: Sight, turn: Turn) -> bool:
    if turn.person:
        return bool(swapping().all_theirs(at.rota, turn, at.now))
    return not questions().shifts(at.rota, max(turn.since, at.now), turn.until)


def override(work: Work, key: str, wish: Wish) -> told.ChangedFacts:
    """Somebody is put on call.

    Raises:
        UserError: they may not be, it is over, or it ends before it begins.
    """
    at = at_work(work, key)
    person = demand_eligible(work.session, at.stored, work.session.get(Person, (at.stored.team_id, wish.person_id)))
    if wish.until <= wish.since:
        raise UserError(Refusal.UNTIL_BEFORE_FROM, Field.UNTIL, since=wish.since, until=wish.until)
    if wish.until <= work.now:
        raise UserError(Refusal.OVERRIDE_OVER, Field.UNTIL, at=wish.until)
    if wish.layer is not None and wish.layer not in at.rota.layers:
        raise UserError(Refusal.NO_SUCH_CHOICE, Field.LAYER)
    since = max(wish.since, work.now)
    return put_on_call(work, at, Wish(person_id=person.id, since=since, until=wish.until, layer=wish.layer))


def put_on_call(work: Work, at: Sight, wish: Wish) -> told.ChangedFacts:
    """Store an override, and owe everybody whom it concerns a word."""
    before = questions().shifts(at.rota, wish.since, wish.until, wish.layer)
    displaced = sorted({shift.person for shift in before} - {wish.person_id})
    over = [
        each
        for each in at.rota.changes.in_order
        if (each.layer is None or wish.layer is None or each.layer == wish.layer)
        and each.since < wish.until
        and wish.since < each.until
    ]
    change = RotaChange(
        team_id=at.stored.team_id,
        rota_id=at.stored.id,
        kind=ChangeKind.OVERRIDE,
        state=ChangeState.HOLDS,
        person_id=wish.person_id,
        layer=wish.layer,
        since=wish.since,
        until=wish.until,
        made_by=work.viewer.person.id,
        made_at=work.now,
    )
    store(work, at.stored, change)
    tell(work, change, displaced)
    people = at.people([wish.person_id, *displaced, *(each.person for each in over)])
    return replace(
        changed_facts(work.session, at.stored, change, work.now),
        instead_of=tuple(people[each] for each in displaced if each in people),
        over=tuple(
            told.ShiftFact(
                layer=each.layer or at.rota.layers[0],
                person=people.get(each.person),
                since=each.since,
                until=each.until,
            )
            for each in over
        ),
    )


def take_back(work: Work, change_id: str) -> told.ChangedFacts:
    """An override is taken back: who would be on call without it is again. What of it has passed stays as it was.

    Raises:
        UserError: it is none, it is over, or the rota is not the viewer's to change.
    """
    change = change_of(work.session, work.viewer.team_id, change_id)
    found = rota_by_id(work.session, work.viewer.team_id, change.rota_id) if change else None
    if change is None or found is None or change.kind != ChangeKind.OVERRIDE:
        raise UserError(Refusal.OLD_BUTTON)
    stored = at_work(work, found.key).stored
    change = change_of(work.session, work.viewer.team_id, change_id) or change  # as it is under the lock
    if change.state != ChangeState.HOLDS or change.until <= work.now:
        raise UserError(Refusal.OVERRIDE_OVER, at=change.settled_at or change.until)
    left = Wish(person_id=change.person_id, since=max(change.since, work.now), until=change.until, layer=change.layer)
    if change.since < work.now:
        change.until = work.now
    else:
        change.state = ChangeState.TAKEN_BACK
    change.settled_by, change.settled_at = work.viewer.person.id, work.now
    stored.touch()
    work.session.flush()
    look_at_rota(work.session, stored.team_id, stored.id, work.now)
    return _tell_taken_back(work, sight(work.session, work.viewer, stored, work.now), change, left)


def _tell_taken_back(work: Work, at: Sight, change: RotaChange, left: Wish) -> told.ChangedFacts:
    """Owe a word to who is not on call any more, and to those who are again."""
    again = {shift.person for shift in questions().shifts(at.rota, left.since, left.until, left.layer)}
    back = sorted(again - {left.person_id})
    facts = {"taken_back": True, "since": left.since.isoformat(), "until": left.until.isoformat()}
    for person_id in [left.person_id, *back]:
        _owe(work, Kind.SHIFT_CHANGED, change, person_id, {**facts, "on_call": person_id != left.person_id})
    people = at.people(back)
    return replace(
        changed_facts(work.session, at.stored, change, work.now),
        by=_named(work.session, at.stored, work.viewer.person.id),
        since=left.since,
        until=left.until,
        instead_of=tuple(people[each] for each in back if each in people),
    )


def store(work: Work, rota: StoredRota, change: RotaChange) -> None:
    """Store a change that holds from now on."""
    work.session.add(change)
    rota.touch()
    look_at_rota(work.session, rota.team_id, rota.id, work.now)


def changed_facts(
    session: Session, rota: StoredRota, change: RotaChange, now: datetime, *, reader_is_on_call: bool = False
) -> told.ChangedFacts:
    """An override, for the views."""
    return told.ChangedFacts(
        name=rota.name,
        person=_named(session, rota, change.person_id),
        since=change.since,
        until=change.until,
        now=now,
        layer=change.layer,
        by=_named(session, rota, change.made_by),
        reader_is_on_call=reader_is_on_call,
    )


def tell(work: Work, change: RotaChange, displaced: Collection[str]) -> None:
    """Owe a word to who is on call by it, and to those who are not any more."""
    for person_id in [change.person_id, *displaced]:
        _owe(work, Kind.SHIFT_CHANGED, change, person_id, {"on_call": person_id == change.person_id})


def _owe(work: Work, kind: Kind, change: RotaChange, person_id: str, args: dict[str, Any]) -> None:
    person = work.session.get(Person, (change.team_id, person_id))
    if person is None or person.left_at is not None:
        return
    row = directly(
        work.machine_now,
        change.team_id,
        kind=kind,
        key=f"rota:{change.id}:{kind}:{person_id}{':back' if args.get('taken_back') else ''}",
        slack_user=person.slack_user,
        priority=Priority.REMINDER,
        args={"change": change.id, **args},
    )
    outbox.owe(work.session, row)


def ask_swap(work: Work, mine: str, theirs: str) -> told.SwapFacts:
    """Ask somebody to swap shifts; nothing is changed until they accept.

    Raises:
        UserError: the shifts cannot be swapped as things are.
    """
    key, one = turn_of(mine)
    other_key, other = turn_of(theirs)
    if key != other_key:
        raise UserError(Refusal.OLD_BUTTON)
    at = at_work(work, key)
    if one.person != work.viewer.person.id:
        raise UserError(
            Refusal.SHIFT_GONE, Field.MY_SHIFT, person=_named(work.session, at.stored, work.viewer.person.id)
        )
    change = RotaChange(
        team_id=at.stored.team_id,
        rota_id=at.stored.id,
        kind=ChangeKind.SWAP,
        state=ChangeState.ASKED,
        person_id=one.person,
        layer=one.layer,
        since=one.since,
        until=one.until,
        other={
            "person": other.person,
            "layer": other.layer,
            "since": other.since.isoformat(),
            "until": other.until.isoformat(),
        },
        made_by=work.viewer.person.id,
        made_at=work.now,
    )
    _check(at, change, work.now, asking=True)
    demand_eligible(work.session, at.stored, work.session.get(Person, (at.stored.team_id, other.person)))
    work.session.add(change)
    work.session.flush()
    _owe(work, Kind.SWAP, change, other.person, {})
    return swap_facts(work.session, at.stored, change, work.now)


def _check(at: Sight, change: RotaChange, now: datetime, *, asking: bool) -> None:
    """Refuse a swap that is not possible now, in the reader's words."""
    core = swapping()
    swap = swap_of(change, now)
    if swap.one.layer not in at.rota.layers or swap.other.layer not in at.rota.layers:
        raise UserError(Refusal.SHIFT_GONE, person=_named(at.session, at.stored, swap.other.person))
    try:
        core.accepted(at.rota, swap)
    except core.SwapError as error:
        field = (Field.MY_SHIFT if error.turn == swap.one else Field.SHIFT) if asking else None
        if error.hindrance == core.Hindrance.ONESELF:
            raise UserError(Refusal.SHIFT_YOURS, Field.SHIFT if asking else None) from error
        if error.hindrance == core.Hindrance.OVERLAP:
            raise UserError(Refusal.SHIFTS_OVERLAP, Field.SHIFT if asking else None) from error
        if error.hindrance == core.Hindrance.OVER:
            raise UserError(Refusal.SHIFT_OVER, field, at=error.turn.until) from error
        raise UserError(Refusal.SHIFT_GONE, field, person=_named(at.session, at.stored, error.turn.person)) from error


def answer_swap(work: Work, change_id: str, *, accept: bool) -> None:
    """Who was asked accepts or declines; the one who asked is told.

    Raises:
        UserError: it is not theirs to answer, it was answered before, or the shifts are not what they were.
    """
    change = change_of(work.session, work.viewer.team_id, change_id)
    stored = rota_by_id(work.session, work.viewer.team_id, change.rota_id, lock=True) if change else None
    if change is None or stored is None or change.kind != ChangeKind.SWAP:
        raise UserError(Refusal.SWAP_GONE)
    change = change_of(work.session, work.viewer.team_id, change_id) or change  # as it is under the lock
    asked = str((change.other or {})["person"])
    if work.viewer.person.id != asked:
        raise UserError(Refusal.SWAP_NOT_YOURS, person=_named(work.session, stored, asked))
    if change.state != ChangeState.ASKED:
        settled = _named(work.session, stored, change.settled_by or asked)
        raise UserError(Refusal.SWAP_SETTLED, person=settled, at=change.settled_at or work.now)
    if accept:
        _check(sight(work.session, work.viewer, stored, work.now), change, work.now, asking=False)
        stored.touch()
        look_at_rota(work.session, stored.team_id, stored.id, work.now)
    change.state = ChangeState.HOLDS if accept else ChangeState.DECLINED
    change.settled_by, change.settled_at = asked, work.now
    work.session.flush()
    _redraw(work, change, asked)
    _owe(work, Kind.SWAP, change, change.person_id, {"to_asker": True})


def _redraw(work: Work, change: RotaChange, asked: str) -> None:
    row = outbox.row_of_key(work.session, change.team_id, f"rota:{change.id}:{Kind.SWAP}:{asked}")
    if row is not None:
        outbox.redraw(row, {}, work.machine_now)


def accept_handover(work: Work, row_id: str) -> None:
    """Whoever takes over says so; the post shows it.

    Raises:
        UserError: somebody did before, or the shift is not the viewer's.
    """
    row = outbox.row_of_id(work.session, work.viewer.team_id, row_id)
    if row is None or row.kind != Kind.HANDOVER:
        raise UserError(Refusal.OLD_BUTTON)
    stored = work.session.get(StoredRota, (row.team_id, row.args["rota"]))
    if stored is None:
        raise UserError(Refusal.OLD_BUTTON)
    if row.args.get("accepted_by"):
        at = datetime.fromisoformat(row.args["accepted_at"])
        raise UserError(Refusal.HANDOVER_TAKEN, person=_named(work.session, stored, row.args["accepted_by"]), at=at)
    on_call = people_on_call(work.session, stored.team_id, stored.key, work.now)
    if work.viewer.person.id not in {row.args["incoming"], *(person.id for person in on_call)}:
        raise UserError(Refusal.HANDOVER_NOT_YOURS, person=_named(work.session, stored, row.args["incoming"]))
    answer = {"accepted_by": work.viewer.person.id, "accepted_at": work.now.isoformat()}
    outbox.redraw(row, answer, work.machine_now)


def swap_facts(
    session: Session, rota: StoredRota, change: RotaChange, now: datetime, *, to_asker: bool = False
) -> told.SwapFacts:
    """A swap, for the views."""
    swap = swap_of(change, now)
    asker, asked = (_named(session, rota, turn.person) for turn in (swap.one, swap.other))
    return told.SwapFacts(
        id=change.id,
        name=rota.name,
        asker=asker,
        asked=asked,
        one=told.ShiftFact(layer=swap.one.layer, person=asker, since=swap.one.since, until=swap.one.until),
        other=told.ShiftFact(layer=swap.other.layer, person=asked, since=swap.other.since, until=swap.other.until),
        now=now,
        state=change.state,
        settled_at=change.settled_at,
        to_asker=to_asker,
    )


def _named(session: Session, rota: StoredRota, person_id: str) -> PersonFact:
    person = session.get(Person, (rota.team_id, person_id)) if person_id else None
    return PersonFact(person.slack_user, person.name) if person else PersonFact(None, "")
