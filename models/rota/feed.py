"""Shifts as an iCalendar feed, of a rota or of a person in all their rotas. Loads `icalendar`.

Source: RFC 5545, 3.6.1; RFC 7986, 5.1 and 5.7.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from models.rota.shift import Shift, label

PRODUCT = "-//Vakt//On call//EN"
REFRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a feed says of itself: its title, people's names by handle, and when it was made (DTSTAMP).

    `source` ends every UID, so that the feeds of two workspaces do not meet in one reader's calendar.
    """

    title: str
    names: Mapping[str, str]
    stamp: datetime
    source: str = "vakt"


def written(shifts: Iterable[Shift], heading: Heading) -> bytes:
    """The feed, one event for each shift, in UTC. A shift keeps its UID as long as its layer and start are the same."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("name", heading.title)
    calendar.add("x-wr-calname", heading.title)
    calendar.add("refresh-interval", REFRESH)
    for shift in shifts:
        calendar.add_component(_event(shift, heading))
    text: bytes = calendar.to_ical()
    return text


def _event(shift: Shift, heading: Heading) -> Event:
    event = Event()
    event.add("uid", f"{shift.rota}.{shift.layer}.{shift.since.astimezone(UTC):%Y%m%dT%H%M%SZ}@{heading.source}")
    event.add("dtstamp", heading.stamp.astimezone(UTC))
    event.add("dtstart", shift.since.astimezone(UTC))
    event.add("dtend", shift.until.astimezone(UTC))
    event.add("summary", f"{label(shift.layer)}: {heading.names.get(shift.person, shift.person)}")
    event.add("transp", "TRANSPARENT")  # being on call does not make anybody busy
    return event
