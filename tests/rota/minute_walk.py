"""An oracle that shares no code with the rota: it walks minute by minute and reads the document.

A wall time has come once the wall has shown it or a later one: so it comes when a clock jumps over it, and does not
come again when a clock is put back.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from models.rota.changes import Changes
from tests.rota.worlds import CALENDARS

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE = timedelta(minutes=1)
WARM_UP = timedelta(days=2)
Said = dict[str, str]


def walk(document: dict[str, Any], changes: Changes, begin: datetime, minutes: int) -> Iterator[tuple[datetime, Said]]:
    """Who is on call in each layer, by its name, in every minute from `begin` on."""
    zone = ZoneInfo(document["zone"])
    last = begin + minutes * MINUTE
    handovers = {each["name"]: _handovers(each, last) for each in _layers(document)}
    reached = datetime.min
    at = (begin - WARM_UP).astimezone(UTC)
    while at < last:
        reached = max(reached, at.astimezone(zone).replace(tzinfo=None))
        if at >= begin:
            yield at, _said(document, changes, handovers, at, reached)
        at += MINUTE


def _layers(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [*document["layers"], *document["temporary"]]


def _handovers(layer: dict[str, Any], last: datetime) -> list[datetime]:
    starts = layer.get("starts") or layer["from"]
    rule = rrulestr(layer["rotation"], dtstart=starts)
    return [starts, *(at for at in rule.between(starts, last.replace(tzinfo=None) + timedelta(days=2)) if at > starts)]


def _said(
    document: dict[str, Any], changes: Changes, handovers: dict[str, list[datetime]], at: datetime, reached: datetime
) -> Said:
    said = {}
    cover = next((each for each in document["temporary"] if each["from"] <= reached < each["until"]), None)
    places = {each["name"]: each for each in document["layers"]}
    if cover:
        places[cover["replaces"] or cover["name"]] = cover
    gone = {each.person for each in changes.departures if at >= each.at}
    for place, layer in places.items():
        person = _overriding(changes, place, at, gone) or _rotated(layer, handovers[layer["name"]], at, reached, gone)
        if person:
            said[place] = person
    return said


def _overriding(changes: Changes, place: str, at: datetime, gone: set[str]) -> str | None:
    over = [
        (each.made_at, number, each.person)
        for number, each in enumerate(changes.overrides)
        if each.since <= at < each.until and each.layer in {None, place} and each.person not in gone
    ]
    return max(over)[2] if over else None


def _rotated(
    layer: dict[str, Any], handovers: list[datetime], at: datetime, reached: datetime, gone: set[str]
) -> str | None:
    number = bisect_right(handovers, reached) - 1
    if number < 0 or not _holds(layer["restrictions"], at, reached):
        return None
    people = layer["people"]
    turns = (people[(number + step) % len(people)] for step in range(len(people)))
    return next((person for person in turns if person not in gone), None)


def _holds(restrictions: list[dict[str, Any]], at: datetime, reached: datetime) -> bool:
    return not restrictions or any(_one_holds(each, at, reached) for each in restrictions)


def _one_holds(restriction: dict[str, Any], at: datetime, reached: datetime) -> bool:
    if "hours_of" in restriction:
        return CALENDARS[restriction["hours_of"]].is_open(at)
    if "outside_hours_of" in restriction:
        return not CALENDARS[restriction["outside_hours_of"]].is_open(at)
    today = reached.replace(hour=0, minute=0)
    for midnight in (today - timedelta(days=1), today):
        opens, closes = midnight + _time(restriction["from"]), midnight + _time(restriction["to"])
        closes += timedelta(days=closes <= opens)
        if DAYS[midnight.weekday()] in restriction["days"] and opens <= reached < closes:
            return True
    return False


def _time(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))
