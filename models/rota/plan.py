"""What is planned before anybody overrides it: rotations, temporary schedules, the shifts of a calendar, departures.

Laid out by layer and month as pieces, and kept as long as only overrides and swaps change.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from models.rota.changes import Departure, FixedShift
from models.rota.shift import Why
from models.rota.spec import Layer, RotaSpec, Temporary
from models.rota.turns import Turns
from models.sla.day_table import Span, microseconds, minus


class Piece(NamedTuple):
    """A shift before it is one: who is on call over [start, end), in microseconds, and why."""

    start: int
    end: int
    person: str
    why: Why
    because: str | None = None

    def touches(self, span: Span) -> bool:
        """Whether it has an instant in common with the span."""
        return self.start < span[1] and self.end > span[0]

    def cut(self, spans: Iterable[Span]) -> list["Piece"]:
        """The same over other spans."""
        return [self._replace(start=start, end=end) for start, end in spans]

    def inside(self, span: Span) -> list["Piece"]:
        """What of it is inside a span: one piece or none."""
        start, end = max(self.start, span[0]), min(self.end, span[1])
        return [self._replace(start=start, end=end)] if start < end else []


class Plan:
    """The pieces of each layer without overrides. Threads may share it."""

    def __init__(
        self,
        spec: RotaSpec,
        turns: dict[str, Turns],
        departures: tuple[Departure, ...],
        fixed: tuple[FixedShift, ...],
    ) -> None:
        """Use `plan_of`, or `changed` of the plan as it was."""
        self._spec = spec
        self._turns = turns
        self._given = departures, fixed
        self._leaves = {departure.person: microseconds(departure.at) for departure in departures}
        self._months: dict[tuple[str, Span], list[Piece]] = {}

    def changed(self, departures: tuple[Departure, ...], fixed: tuple[FixedShift, ...]) -> "Plan":
        """The plan under other departures and fixed shifts, itself when they are the same."""
        if self._given == (departures, fixed):
            return self
        return Plan(self._spec, self._turns, departures, fixed)

    def pieces(self, layer: str, month: Span) -> list[Piece]:
        """Whole pieces of that layer that touch the month, in order and apart from each other."""
        found = self._months.get((layer, month))
        if found is None:
            found = self._months[layer, month] = self._laid_out(layer, month)
        return found

    def until_departure(self, piece: Piece) -> list[Piece]:
        """The piece as long as its person is there."""
        leaves = self._leaves.get(piece.person)
        return [piece] if leaves is None else piece.inside((piece.start, leaves))

    def _laid_out(self, name: str, month: Span) -> list[Piece]:
        layer = next((each for each in self._spec.layers if each.name == name), None)
        instead = [each for each in self._spec.temporary if name in {each.replaces, each.layer.name}]
        pieces = self._of_layer(layer, month, Why.ROTATION) if layer else []
        if not instead:
            return pieces
        holes = sorted(span_of(each) for each in instead)
        cut = [part for piece in pieces for part in piece.cut(minus((piece.start, piece.end), holes))]
        for each in instead:
            within = span_of(each)
            cut += [part for one in self._of_layer(each.layer, month, Why.TEMPORARY) for part in one.inside(within)]
        return sorted(cut)

    def _of_layer(self, layer: Layer, month: Span, why: Why) -> list[Piece]:
        if layer.from_calendar:
            return [piece for piece in self._fixed.get(layer.name, ()) if piece.touches(month)]
        because = layer.name if why is Why.TEMPORARY else None
        return [
            Piece(start, end, person, why, because)
            for turn in self._turns[layer.name].touching(month)
            for start, end, person in self._present(layer.people, turn.number, turn.start, turn.end)
        ]

    def _present(self, people: Sequence[str], number: int, start: int, end: int) -> list[tuple[int, int, str]]:
        """Who has a turn: whose it is for as long as they are there, then the next who is."""
        found = []
        for step in range(len(people)):
            person = people[(number + step) % len(people)]
            leaves = min(self._leaves.get(person, end), end)
            if leaves > start:
                found.append((start, leaves, person))
                start = leaves
            if start == end:
                break
        return found

    @cached_property
    def _fixed(self) -> dict[str, list[Piece]]:
        """The shifts of a calendar by layer; the later begun lies over the earlier."""
        found: dict[str, list[Piece]] = {}
        for shift in sorted(self._given[1], key=lambda each: each.since):
            since, until = microseconds(shift.since), microseconds(shift.until)
            for piece in self.until_departure(Piece(since, until, shift.person, Why.CALENDAR, shift.uid)):
                paint(found.setdefault(shift.layer, []), piece)
        return found


def plan_of(spec: RotaSpec, departures: tuple[Departure, ...], fixed: tuple[FixedShift, ...]) -> Plan:
    """The plan of a rota, nothing of it laid out yet."""
    layers = (*spec.layers, *(each.layer for each in spec.temporary))
    turns = {layer.name: Turns(layer, spec.zone) for layer in layers if not layer.from_calendar}
    return Plan(spec, turns, departures, fixed)


def paint(pieces: list[Piece], over: Piece) -> None:
    """Lay one piece over others, which are in order and apart from each other, and stay so."""
    first = bisect_right(pieces, over.start, key=lambda piece: piece.end)
    last = bisect_left(pieces, over.end, key=lambda piece: piece.start)
    covered = pieces[first:last]
    left = [covered[0]._replace(end=over.start)] if covered and covered[0].start < over.start else []
    right = [covered[-1]._replace(start=over.end)] if covered and covered[-1].end > over.end else []
    pieces[first:last] = [*left, over, *right]


def span_of(temporary: Temporary) -> Span:
    """When a temporary schedule is in force."""
    return microseconds(temporary.since), microseconds(temporary.until)
