"""A rota laid out: for every layer and month the shifts in order, found by bisection.

A month is laid out when it is first asked about and kept. Overrides lie over what is planned (`models.rota.plan`),
which is kept when only they change.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property

from models.rota.changes import Changes, FixedShift, Override
from models.rota.plan import Piece, Plan, paint, plan_of, span_of
from models.rota.recurrence import FIRST_YEAR, LAST_YEAR
from models.rota.shift import RotaError, Shift
from models.rota.spec import RotaSpec
from models.rota.turns import HORIZON
from models.sla.day_table import Span, instant, microseconds
from models.sla.years import BeyondHorizonError


class Column:
    """The whole shifts of one layer that touch a month, in order and apart from each other; made when asked for."""

    __slots__ = ("_ends", "_layer", "_pieces", "_rota", "_shifts", "_starts")

    def __init__(self, rota: str, layer: str, pieces: list[Piece]) -> None:
        self._rota = rota
        self._layer = layer
        self._pieces = pieces
        self._starts = [piece.start for piece in pieces]
        self._ends = [piece.end for piece in pieces]
        self._shifts: list[Shift | None] = [None] * len(pieces)

    def at(self, us: int) -> Shift | None:
        """The shift that holds the instant."""
        index = bisect_right(self._starts, us) - 1
        return self._shift(index) if index >= 0 and us < self._ends[index] else None

    def touching(self, low: int, high: int) -> list[Shift]:
        """The shifts that touch [low, high)."""
        return [self._shift(index) for index in range(bisect_right(self._ends, low), bisect_left(self._starts, high))]

    def first_of(self, person: str, after: int) -> Shift | None:
        """The first shift of that person that begins after that instant."""
        indices = range(bisect_right(self._starts, after), len(self._pieces))
        found = next((index for index in indices if self._pieces[index].person == person), None)
        return None if found is None else self._shift(found)

    def _shift(self, index: int) -> Shift:
        shift = self._shifts[index]
        if shift is None:
            start, end, person, why, because = self._pieces[index]
            shift = Shift(self._rota, self._layer, person, instant(start), instant(end), why, because)
            self._shifts[index] = shift
        return shift


class Rota:
    """One rota with what people changed about it. Threads may share it."""

    def __init__(self, spec: RotaSpec, changes: Changes, plan: Plan) -> None:
        """Use `compile_rota`, or `changed` of the rota as it was."""
        self.spec = spec
        self.key = spec.key
        self.changes = changes
        self._plan = plan
        self._months: dict[int, dict[str, Column]] = {}

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """The names of the layers in order, then of temporary schedules that stand beside them."""
        beside = (each.layer.name for each in self.spec.temporary if each.replaces is None)
        return (*(layer.name for layer in self.spec.layers), *beside)

    @cached_property
    def strays(self) -> tuple[Override | FixedShift, ...]:
        """Changes of layers that the rota does not have (any more): they put nobody on call."""
        every: tuple[Override | FixedShift, ...] = (*self.changes.in_order, *self.changes.fixed)
        return tuple(each for each in every if each.layer is not None and each.layer not in self.layers)

    def changed(self, changes: Changes) -> "Rota":
        """The same rota under other changes; what was laid out of its rotations is kept."""
        return Rota(self.spec, changes, self._plan.changed(changes.departures, changes.fixed))

    def columns(self, month: int) -> dict[str, Column]:
        """The shifts of each layer that touch that month (UTC), as `month_of` counts them.

        Raises BeyondHorizonError outside the years 2000 to 2099, and those for which a calendar knows its holidays.
        """
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
        pieces = list(self._plan.pieces(layer, month))
        hull = _hull([*pieces, *(piece for piece in self._over[layer] if piece.touches(month))], month)
        for piece in self._over[layer]:
            if piece.touches(hull):
                paint(pieces, piece)
        pieces = [piece for piece in pieces if piece.touches(month)]
        return Column(self.key, layer, pieces)

    @cached_property
    def _over(self) -> dict[str, list[Piece]]:
        """The overrides of each layer as they were made; for a schedule beside the layers, while it is in force."""
        limits = {each.layer.name: span_of(each) for each in self.spec.temporary if each.replaces is None}
        found: dict[str, list[Piece]] = {layer: [] for layer in self.layers}
        for one in self.changes.in_order:
            whole = Piece(microseconds(one.since), microseconds(one.until), one.person, one.why, one.id)
            pieces = self._plan.until_departure(whole)
            for layer in self.layers if one.layer is None else {one.layer}.intersection(self.layers):
                found[layer] += [part for each in pieces for part in each.inside(limits.get(layer, (0, HORIZON)))]
        return found


def month_of(at: datetime) -> int:
    """The month of an instant in UTC, in months since the year 0."""
    utc = at.astimezone(UTC)
    return utc.year * 12 + utc.month - 1


def compile_rota(spec: RotaSpec, changes: Changes | None = None) -> Rota:
    """The rota of that description with its changes."""
    given = changes or Changes()
    return Rota(spec, given, plan_of(spec, given.departures, given.fixed))


def _hull(pieces: Sequence[Piece], month: Span) -> Span:
    """From the first start to the last end of pieces in any order."""
    return min((each.start for each in pieces), default=month[0]), max((each.end for each in pieces), default=month[1])


def _start_of(month: int) -> int:
    return microseconds(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC))
