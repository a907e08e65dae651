"""Rotas into facts: who is on call and who is next, the days ahead, what may be taken or swapped."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from handlers.access import Viewer
from handlers.errors import UserError
from handlers.rotas import questions, rota_of
from handlers.views.facts import PersonFact, Refusal
from handlers.views.facts import rotas as told
from handlers.views.names import shift_token
from models.person import Person
from models.record import with_ids
from models.rota.shift import Gap, RotaError, Shift, Why
from models.store import Session
from models.stored_rota import ChangeKind, StoredRota, changes_that_hold

if TYPE_CHECKING:
    from models.rota.rota import Rota

WEEK = timedelta(days=7)
AHEAD = timedelta(days=42)
"""How far the next shift of a layer is looked for."""
SWAPPED_WITHIN = timedelta(days=28)
WEEK_PAGE = 14
"""Shifts on a page of the week: a day each, so a week of two layers."""
MENU = 100
CHANGED = frozenset({Why.OVERRIDE, Why.SWAP})


@dataclass(frozen=True, slots=True)
class Sight:
    """A rota as somebody looks at it, at an instant."""

    session: Session
    viewer: Viewer
    stored: StoredRota
    rota: "Rota"
    now: datetime

    def people(self, ids: Iterable[str]) -> dict[str, PersonFact]:
        """People by id, as views are told of them."""
        found = with_ids(self.session, Person, self.stored.team_id, sorted({each for each in ids if each}))
        return {person.id: PersonFact(person.slack_user, person.name) for person in found}


def sight(session: Session, viewer: Viewer, stored: StoredRota, now: datetime) -> Sight:
    """Lay a rota out for a look at it.

    Raises:
        UserError: it cannot be laid out as it is stored.
    """
    try:
        return Sight(session, viewer, stored, rota_of(session, stored.team_id, stored.key, now), now)
    except RotaError as error:
        raise UserError(Refusal.UNUSABLE_ROTA, why=str(error)[:300]) from error


def rota_fact(
    session: Session, viewer: Viewer, stored: StoredRota, now: datetime, *, may_change: bool
) -> told.RotaFact:
    """Who is on call in each layer, until when, and who is next."""
    try:
        at = sight(session, viewer, stored, now)
    except UserError as error:
        return told.RotaFact(key=stored.key, name=stored.name, unusable=str(error.values["why"]))
    by_layer = {layer: questions().shifts(at.rota, now, now + AHEAD, layer) for layer in at.rota.layers}
    own = questions().next_shift(at.rota, viewer.person.id, now)
    people = at.people(shift.person for found in by_layer.values() for shift in found)
    return told.RotaFact(
        key=stored.key,
        name=stored.name,
        layers=tuple(_layer_fact(layer, found, people, now) for layer, found in by_layer.items()),
        mine=shift_fact(own, people, viewer) if own else None,
        may_change=may_change,
    )


def _layer_fact(layer: str, found: tuple[Shift, ...], people: dict[str, PersonFact], now: datetime) -> told.LayerFact:
    on_call = next((shift for shift in found if shift.since <= now), None)
    then = next((shift for shift in found if shift.since > now), None)
    return told.LayerFact(
        layer=layer,
        on_call=shift_fact(on_call, people) if on_call else None,
        then=shift_fact(then, people) if then else None,
    )


def shift_fact(shift: Shift, people: dict[str, PersonFact], viewer: Viewer | None = None) -> told.ShiftFact:
    """A shift, for the views."""
    return told.ShiftFact(
        layer=shift.layer,
        person=people.get(shift.person, PersonFact(None, "")),
        since=shift.since,
        until=shift.until,
        token=shift_token(shift.rota, shift.layer, shift.person, shift.since, shift.until),
        mine=viewer is not None and shift.person == viewer.person.id,
        changed=shift.why in CHANGED,
    )


def week_facts(at: Sight, page: int, *, may_change: bool) -> told.WeekFacts:
    """A page of the next seven days."""
    rows = week_rows(at)
    pages = max(1, -(-len(rows) // WEEK_PAGE))
    here = min(max(page, 0), pages - 1)
    return told.WeekFacts(
        key=at.stored.key,
        name=at.stored.name,
        shifts=tuple(rows[here * WEEK_PAGE : (here + 1) * WEEK_PAGE]),
        now=at.now,
        may_change=may_change,
        page=here,
        pages=pages,
    )


def week_rows(at: Sight) -> list[told.ShiftFact]:
    """The shifts of the next seven days, cut by day, and where nobody is on call."""
    until = at.now + WEEK
    whole = questions().shifts(at.rota, at.now, until)
    found = [part for shift in whole for part in by_day(at.rota, shift, at.now, until)]
    people = at.people(shift.person for shift in found)
    rows = [shift_fact(shift, people, at.viewer) for shift in found]
    rows += [_gap_fact(at.rota, gap) for gap in questions().gaps(at.rota, at.now, until)]
    order = {layer: place for place, layer in enumerate(at.rota.layers)}
    return sorted(rows, key=lambda row: (row.since, order[row.layer]))


def _gap_fact(rota: "Rota", gap: Gap) -> told.ShiftFact:
    """Where nobody is on call, to be taken in the first layer."""
    layer = rota.layers[0]
    return told.ShiftFact(
        layer=layer,
        person=None,
        since=gap.since,
        until=gap.until,
        token=shift_token(rota.key, layer, "", gap.since, gap.until),
    )


def by_day(rota: "Rota", shift: Shift, begin: datetime, end: datetime) -> Iterator[Shift]:
    """The parts of a shift that touch [begin, end): a day each at most, from handover time to handover time."""
    since = shift.since
    for border in _borders(rota, shift):
        if since < end and border > begin:
            yield Shift(shift.rota, shift.layer, shift.person, since, border, shift.why, shift.because)
        since = border


def _borders(rota: "Rota", shift: Shift) -> Iterator[datetime]:
    """The ends of a shift's days, its own end last."""
    at = _handover_time(rota, shift)
    day = shift.since.astimezone(rota.spec.zone).date()
    for days in range((shift.until - shift.since).days + 2):
        border = datetime.combine(day + timedelta(days=days), at, rota.spec.zone).astimezone(UTC)
        if shift.since < border < shift.until:
            yield border
    yield shift.until


def _handover_time(rota: "Rota", shift: Shift) -> time:
    """The time of day at which the shift's layer hands over."""
    layers = [*rota.spec.layers, *(each.layer for each in rota.spec.temporary)]
    found = next((layer for layer in layers if layer.name == shift.layer and not layer.from_calendar), None)
    return (found.starts if found else shift.since.astimezone(rota.spec.zone)).time()


def to_take(at: Sight) -> tuple[told.ShiftFact, ...]:
    """What the viewer may take in the next seven days, a day at a time: others' shifts, and gaps."""
    return tuple(row for row in week_rows(at) if not row.mine)[:MENU]


def to_swap(at: Sight) -> tuple[tuple[told.ShiftFact, ...], tuple[told.ShiftFact, ...]]:
    """The viewer's shifts of the next weeks, and the others'."""
    found = questions().shifts(at.rota, at.now, at.now + SWAPPED_WITHIN)
    people = at.people(shift.person for shift in found)
    rows = [shift_fact(shift, people, at.viewer) for shift in found]
    return tuple(row for row in rows if row.mine)[:MENU], tuple(row for row in rows if not row.mine)[:MENU]


def overrides_ahead(at: Sight) -> tuple[told.ShiftFact, ...]:
    """The overrides that are not over, the first to begin first; the token is the id of each."""
    found = changes_that_hold(at.session, at.stored.team_id, at.stored.id)
    rows = sorted(
        (each for each in found if each.kind == ChangeKind.OVERRIDE and each.until > at.now),
        key=lambda each: (each.since, each.id),
    )
    people = at.people(each.person_id for each in rows)
    return tuple(
        told.ShiftFact(
            layer=each.layer or "",
            person=people.get(each.person_id, PersonFact(None, "")),
            since=each.since,
            until=each.until,
            token=each.id,
        )
        for each in rows
    )
