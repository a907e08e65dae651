"""When a layer hands over, as instants: laid out from its start as far as somebody asks, and kept."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Lock
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.rota.hours import covered, first_at_wall
from models.rota.recurrence import LAST_YEAR
from models.rota.spec import Layer
from models.sla.day_table import Span, microseconds

HORIZON = microseconds(datetime(LAST_YEAR + 2, 1, 1, tzinfo=UTC))


class Stretch(NamedTuple):
    """Time in which a layer is on call and nobody hands over; `number` counts the handovers since its start."""

    start: int
    end: int
    number: int


class Turns:
    """The turns of one layer. Threads may share it."""

    def __init__(self, layer: Layer, zone: ZoneInfo) -> None:
        """Begin with the start; handovers are found when they are needed."""
        self._layer = layer
        self._zone = zone
        self._handovers = [first_at_wall(zone, layer.starts)]
        self._further = self._found()
        self._months: dict[Span, list[Stretch]] = {}
        self._lock = Lock()

    def touching(self, span: Span) -> list[Stretch]:
        """Whole stretches that touch the span, in order and apart from each other."""
        with self._lock:
            if span not in self._months:
                self._months[span] = self._laid_out(*span)
            return self._months[span]

    def _laid_out(self, low: int, high: int) -> list[Stretch]:
        while self._handovers[-1] < high:
            self._handovers.append(next(self._further, HORIZON))
        first = max(bisect_right(self._handovers, low) - 1, 0)
        last = bisect_left(self._handovers, high)
        borders = self._handovers[first : last + 1]
        if not last or borders[0] == borders[-1]:
            return []
        whole = (borders[0], borders[-1])
        open_spans = covered(self._layer.restrictions, self._zone, whole)
        return [one for one in _crossed(borders, first, open_spans) if one.end > low and one.start < high]

    def _found(self) -> Iterator[int]:
        for wall in self._layer.rotation or ():
            if wall > self._layer.starts:
                yield first_at_wall(self._zone, wall)


def _crossed(borders: list[int], number: int, spans: list[Span]) -> Iterator[Stretch]:
    """The spans, cut at the borders inside them."""
    index = 0
    for start, end in spans:
        while borders[index + 1] <= start:
            index += 1
        at = index
        while at + 1 < len(borders) and borders[at] < end:
            low, high = max(start, borders[at]), min(end, borders[at + 1])
            if low < high:
                yield Stretch(low, high, number + at)
            at += 1
