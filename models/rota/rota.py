"""A rota laid out: for every layer and month the shifts in order, found by bisection.

A month is laid out when it is first asked about and kept. What people change (`Changes`) lies over the rotation, which
is kept when only they change. Overrides lie over temporary schedules, and those over the rotation.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import NamedTuple

from models.rota.changes import Changes, FixedShift, Override
from models.rota.recurrence import FIRST_YEAR, LAST_YEAR
from models.rota.shift import RotaError, Shift, Why
from models.rota.spec import Layer, RotaSpec, Temporary
from models.rota.turns import HORIZON, Turns
from models.sla.day_table import Span, instant, microseconds, minus
from models.sla.years import BeyondHorizonError


class Piece(NamedTuple):
    """A shift before it is one: who is on call over [start, end), and why."""

    start: int
    end: int
    person: str
    why: Why
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """The whole shifts of one layer that touch a month, in order and apart from each other."""

    starts: list[int]
    ends: list[int]
    shifts: list[Shift]

    def at(self, us: int) -> Shift | None:
        """The shift that holds the instant."""
        index = bisect_right(self.starts, us) - 1
        return self.shifts[index] if index >= 0 and us < self.ends[index] else None

    def touching(self, low: int, high: int) -> list[Shift]:
        """The shifts that touch [low, high)."""
        return self.shifts[bisect_right(self.ends, low) : bisect_left(self.starts, high)]


class Rota:
    """One rota with what people changed about it. Threads may share it."""

    def __init__(self, spec: RotaSpec, changes: Changes, turns: dict[str, Turns]) -> None:
        """Use `compile_rota`, or `changed` of the rota as it was."""
        self.spec = spec
        self.key = spec.key
        self.changes = changes
        self._turns = turns
        self._overrides = changes.in_order
        self._departures = {departure.person: microseconds(departure.at) for departure in changes.departures}
        self._months: dict[int, dict[str, Column]] = {}

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """The names of the layers in order, then of temporary schedules that stand beside them."""
        beside = (each.layer.name for each in self.spec.temporary if each.replaces is None)
        return (*(layer.name for layer in self.spec.layers), *beside)

    @cached_property
    def strays(self) -> tuple[Override | FixedShift, ...]:
        """Changes of layers that the rota does not have (any more): they put nobody on call."""
        every: tuple[Override | FixedShift, ...] = (*self._overrides, *self.changes.fixed)
        return tuple(each for each in every if each.layer is not None and each.layer not in self.layers)

    def changed(self, changes: Changes) -> "Rota":
        """The same rota under other changes; what was laid out of its rotations is kept."""
        return Rota(self.spec, changes, self._turns)

    def columns(self, month: int) -> dict[str, Column]:
        """The shifts of each layer that touch that month (UTC), as `month_of` counts them."""
        found = self._months.get(month)
        if found is None:
            if not FIRST_YEAR <= month // 12 <= LAST_YEAR:
                raise BeyondHorizonError(f"{self.key} is known for {FIRST_YEAR} to {LAST_YEAR}; not for {month // 12}")
            span = _start_of(month), _start_of(month + 1)
            found = self._months[month] = {layer: self._column(layer, span) for layer in self.layers}
        return found

    def named(self, layer: str) -> str:
        """That layer, if there is one."""
        if layer not in self.layers:
            raise RotaError(f'{self.key} has no layer "{layer}"; it has {", ".join(self.layers)}')
        return layer

    def _column(self, layer: str, month: Span) -> Column:
        """The pieces that touch the month, whole: what overlaps them outside the month is painted too."""
        pieces = self._planned(layer, month)
        over = [piece for piece in self._over(layer) if _touches(piece, month)]
        hull = _hull([*pieces, *over], month)
        for piece in self._over(layer):
            if _touches(piece, hull):
                paint(pieces, piece)
        kept = [piece for piece in pieces if _touches(piece, month)]
        shifts = [self._shift(layer, piece) for piece in kept]
        return Column([piece.start for piece in kept], [piece.end for piece in kept], shifts)

    def _shift(self, layer: str, piece: Piece) -> Shift:
        since, until = instant(piece.start), instant(piece.end)
        return Shift(self.key, layer, piece.person, since, until, piece.why, piece.because)

    # -- what is planned: the rotation, temporary schedules, a calendar's shifts --------------------

    def _planned(self, name: str, month: Span) -> list[Piece]:
        """What is on call in a layer without overrides, as whole pieces that touch the month."""
        layer = next((each for each in self.spec.layers if each.name == name), None)
        instead = [each for each in self.spec.temporary if name in {each.replaces, each.layer.name}]
        pieces = self._rotated(layer, month, Why.ROTATION) if layer else []
        holes = sorted(_span(each) for each in instead)
        cut = [part for piece in pieces for part in _cut(piece, minus((piece.start, piece.end), holes))]
        for each in instead:
            low, high = _span(each)
            rotated = self._rotated(each.layer, month, Why.TEMPORARY)
            cut += [part for piece in rotated for part in _cut(piece, _inside(piece, low, high))]
        return sorted(cut)

    def _rotated(self, layer: Layer, month: Span, why: Why) -> list[Piece]:
        if layer.from_calendar:
            return [piece for piece in self._fixed.get(layer.name, ()) if _touches(piece, month)]
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
            leaves = min(self._departures.get(person, end), end)
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
        for shift in sorted(self.changes.fixed, key=lambda each: each.since):
            for piece in self._stays(shift, Why.CALENDAR, shift.uid):
                paint(found.setdefault(shift.layer, []), piece)
        return found

    # -- what lies over it --------------------------------------------------------------------------

    def _over(self, layer: str) -> list[Piece]:
        """The overrides of a layer as they were made."""
        return self._painted_over.setdefault(layer, [])

    @cached_property
    def _painted_over(self) -> dict[str, list[Piece]]:
        limits = {each.layer.name: _span(each) for each in self.spec.temporary if each.replaces is None}
        found: dict[str, list[Piece]] = {layer: [] for layer in self.layers}
        for override in self._overrides:
            for layer in self.layers if override.layer is None else (override.layer,):
                low, high = limits.get(layer, (0, HORIZON))
                for piece in self._stays(override, override.why, override.id):
                    found.setdefault(layer, []).extend(_cut(piece, _inside(piece, low, high)))
        return found

    def _stays(self, change: Override | FixedShift, why: Why, because: str) -> list[Piece]:
        """That person's piece until they leave."""
        start = microseconds(change.since)
        until = microseconds(change.until)
        end = min(until, self._departures.get(change.person, until))
        return [Piece(start, end, change.person, why, because)] if start < end else []


def month_of(at: datetime) -> int:
    """The month of an instant in UTC, in months since the year 0."""
    utc = at.astimezone(UTC)
    return utc.year * 12 + utc.month - 1


def compile_rota(spec: RotaSpec, changes: Changes | None = None) -> Rota:
    """The rota of that description with its changes."""
    layers = (*spec.layers, *(each.layer for each in spec.temporary))
    turns = {layer.name: Turns(layer, spec.zone) for layer in layers if not layer.from_calendar}
    return Rota(spec, changes or Changes(), turns)


def paint(pieces: list[Piece], over: Piece) -> None:
    """Lay one piece over others, which are in order and apart from each other, and stay so."""
    first = bisect_right(pieces, over.start, key=lambda piece: piece.end)
    last = bisect_left(pieces, over.end, key=lambda piece: piece.start)
    covered = pieces[first:last]
    left = [covered[0]._replace(end=over.start)] if covered and covered[0].start < over.start else []
    right = [covered[-1]._replace(start=over.end)] if covered and covered[-1].end > over.end else []
    pieces[first:last] = [*left, over, *right]


def _hull(pieces: Sequence[Piece], month: Span) -> Span:
    """From the first start to the last end of pieces in any order."""
    return min((each.start for each in pieces), default=month[0]), max((each.end for each in pieces), default=month[1])


def _touches(piece: Piece, span: Span) -> bool:
    return piece.start < span[1] and piece.end > span[0]


def _inside(piece: Piece, low: int, high: int) -> list[Span]:
    start, end = max(piece.start, low), min(piece.end, high)
    return [(start, end)] if start < end else []


def _cut(piece: Piece, spans: Iterable[Span]) -> list[Piece]:
    return [piece._replace(start=start, end=end) for start, end in spans]


def _span(temporary: Temporary) -> Span:
    return microseconds(temporary.since), microseconds(temporary.until)


def _start_of(month: int) -> int:
    return microseconds(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC))
