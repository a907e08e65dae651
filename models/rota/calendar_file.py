"""An iCalendar file or feed as the shifts of a layer: who is named by each event, and when it takes place.

Events repeat on the wall of their zone, ends included: a week from Monday 08:00 to Monday 08:00 stays one when the
clock is changed. Loads `icalendar`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from models.rota.calendar_text import Event, Unread, events_of
from models.rota.changes import FixedShift
from models.rota.hours import first_at_wall
from models.rota.recurrence import NeverFiresError, repeats
from models.rota.shift import RotaError
from models.sla.day_table import Span, instant, microseconds

MOST_SHIFTS = 20_000
_BREAKS = re.compile(r"[:;,/()\[\]<>|]|\s[-–—]\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a calendar is read: occurrences that touch [begin, end), whole days and floating times in `zone`.

    `people` maps what an event may call somebody (name, e-mail, handle) to the handle. An event whose title names one
    of `layers` is for that layer, any other for the first.
    """

    people: Mapping[str, str]
    layers: tuple[str, ...]
    zone: ZoneInfo
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Imported:
    """What a calendar came to: its shifts in order, the events that became none, and shifts that overlap another's."""

    shifts: tuple[FixedShift, ...]
    unread: tuple[Unread, ...]
    overlaps: tuple[tuple[FixedShift, FixedShift], ...]


def read_calendar(text: str, reading: Reading) -> Imported:
    """The shifts of a calendar's text.

    Raises RotaError when the text is no calendar, has a rule that never fires, or is larger than the bounds of
    `models.rota.calendar_text` and `MOST_SHIFTS`.
    """
    read = list(events_of(text, reading.zone))
    events = [each for each in read if isinstance(each, Event)]
    unread = [each for each in read if isinstance(each, Unread)]
    moved = {(each.uid, first_at_wall(each.zone, each.instead_of)) for each in events if each.instead_of}
    called = {_plain(name): handle for name, handle in reading.people.items()}
    found: list[FixedShift] = []
    for event in events:
        if event.cancelled:
            continue
        try:
            found += _shifts(event, reading, called, moved)
        except NeverFiresError as error:
            raise RotaError(f'the event "{event.summary}": RRULE {error}') from error
        except RotaError as error:
            unread.append(Unread(event.uid, event.summary, str(error)))
        if len(found) > MOST_SHIFTS:
            raise RotaError(f"the calendar has more than {MOST_SHIFTS:,} shifts in that time; ask for a shorter one")
    found.sort(key=lambda shift: (shift.since, shift.layer))
    return Imported(tuple(found), tuple(unread), tuple(_overlaps(found)))


def _shifts(event: Event, reading: Reading, called: Mapping[str, str], moved: set[tuple[str, int]]) -> list[FixedShift]:
    """The event's shifts that touch the span. RotaError says why it has none to give."""
    span = (microseconds(reading.begin), microseconds(reading.end))
    spans = list(_spans(event, moved, span))
    if not spans:
        return []
    words = [_plain(word) for word in _BREAKS.split(event.summary)]
    layer = next((layer for layer in reading.layers if _plain(layer) in words), reading.layers[0])
    person = _person(event, [_plain(event.summary), *words], called)
    return [FixedShift(person, layer, instant(start), instant(end), event.uid) for start, end in spans]


def _person(event: Event, words: list[str], called: Mapping[str, str]) -> str:
    """Whom the title names, else who is invited."""
    for names in (words, [_plain(address) for address in event.addresses]):
        found = sorted({called[name] for name in names if name in called})
        if len(found) > 1:
            raise RotaError(f"names {' and '.join(found)}; a shift is one person's")
        if found:
            return found[0]
    raise RotaError("names nobody who is known here, neither in its title nor as a guest")


def _spans(event: Event, moved: set[tuple[str, int]], span: Span) -> Iterator[Span]:
    length = event.end - event.start
    earliest = _wall(event, span[0]) - length - timedelta(days=1)
    for wall in sorted({wall for wall in _walls(event, span[1]) if wall >= earliest}):
        start, end = first_at_wall(event.zone, wall), first_at_wall(event.zone, wall + length)
        if event.instead_of is None and (wall in event.without or (event.uid, start) in moved):
            continue
        if start < end and start < span[1] and end > span[0]:
            yield start, end


def _walls(event: Event, high: int) -> Iterable[datetime]:
    yield event.start
    if event.instead_of is not None:
        return
    yield from event.further
    if event.rule:
        last = _wall(event, high) + timedelta(days=1)
        try:
            yield from takewhile(lambda wall: wall <= last, repeats(event.rule, event.start))
        except NeverFiresError:
            raise
        except RotaError as error:
            raise RotaError(f"RRULE {error}") from error


def _wall(event: Event, us: int) -> datetime:
    return instant(us).astimezone(event.zone).replace(tzinfo=None)


def _overlaps(shifts: list[FixedShift]) -> Iterator[tuple[FixedShift, FixedShift]]:
    """Each shift that begins before another of its layer has ended, beside the one that ends last."""
    reaching: dict[str, FixedShift] = {}
    for shift in shifts:
        before = reaching.get(shift.layer)
        if before and shift.since < before.until:
            yield before, shift
        if not before or shift.until > before.until:
            reaching[shift.layer] = shift


def _plain(name: str) -> str:
    """A name as it is compared: case, dashes and spaces around it do not count."""
    return " ".join(re.sub("[-_]", " ", name).split()).casefold()
