"""The questions about a rota. Instants go in with any zone and come out in UTC; intervals are half open.

Shifts come whole, not cut at the ends of the span asked about: what somebody is on call for does not depend on
who asks. Every question about an instant is O(log n) in the shifts of its month.
"""

from collections.abc import Iterator
from datetime import datetime

from models.rota.rota import Rota, month_of
from models.rota.shift import Gap, OnCall, Shift
from models.sla.calendar import Calendar
from models.sla.day_table import Span, instant, merged, microseconds, minus

MONTHS_AHEAD = 36


def on_call(rota: Rota, at: datetime) -> tuple[OnCall, ...]:
    """Who is on call at that instant: one for each layer that has somebody, in the order of the layers."""
    us = microseconds(at)
    found = (column.at(us) for column in rota.columns(month_of(at)).values())
    return tuple(shift for shift in found if shift)


def shifts(rota: Rota, begin: datetime, end: datetime, layer: str | None = None) -> tuple[Shift, ...]:
    """The shifts that touch [begin, end), of one layer or all, by their start and then in the order of the layers.

    Raises RotaError for a layer that the rota does not have.
    """
    layers = rota.layers if layer is None else (rota.named(layer),)
    found = [shift for name in layers for shift in _of_layer(rota, name, begin, end)]
    return tuple(sorted(found, key=lambda shift: shift.since))


def shifts_of(rota: Rota, person: str, begin: datetime, end: datetime) -> tuple[Shift, ...]:
    """The shifts of one person that touch [begin, end)."""
    return tuple(shift for shift in shifts(rota, begin, end) if shift.person == person)


def next_shift(rota: Rota, person: str, after: datetime) -> Shift | None:
    """The first shift of that person that begins after that instant; None when none does within three years."""
    us = microseconds(after)
    for month in range(month_of(after), month_of(after) + MONTHS_AHEAD):
        found = [column.first_of(person, us) for column in rota.columns(month).values()]
        if any(found):
            return min((shift for shift in found if shift), key=lambda shift: shift.since)
    return None


def gaps(rota: Rota, begin: datetime, end: datetime, needed: Calendar | None = None) -> tuple[Gap, ...]:
    """Where in [begin, end) no layer has anybody, cut at its ends; only inside the opening hours `needed`, if given."""
    low, high = microseconds(begin), microseconds(end)
    manned = merged((microseconds(each.since), microseconds(each.until)) for each in shifts(rota, begin, end))
    wanted: list[Span] = needed.spans_us(low, high) if needed else [(low, high)]
    empty = (hole for span in wanted for hole in minus(span, manned))
    return tuple(Gap(instant(start), instant(stop)) for start, stop in empty)


def _of_layer(rota: Rota, layer: str, begin: datetime, end: datetime) -> Iterator[Shift]:
    """The shifts of one layer; one that goes on into the next month is in two columns and comes once."""
    low, high = microseconds(begin), microseconds(end)
    last = None
    for month in range(month_of(begin), month_of(instant(high - 1)) + 1) if low < high else ():
        for shift in rota.columns(month)[layer].touching(low, high):
            if last is None or shift.since > last:
                yield shift
                last = shift.since
