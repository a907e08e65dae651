"""The worked cases of the project as values: calendars, targets, pauses."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from models.sla.calendar import Calendar, compile_calendar
from models.sla.calendar_document import parse_spec
from models.sla.clock import ClockTime, NextWorkingDay, Pause, SameWorkingDay, Target, WorkingDays, WorkingTime

FACTS: Mapping[str, list[dict[str, Any]]] = json.loads(
    Path(__file__).with_name("clock_cases.json").read_text(encoding="utf-8")
)
DOCUMENTS = {document["name"]: document for document in FACTS["calendars"]}


@cache
def calendar(name: str) -> Calendar:
    """That calendar of the table, compiled once for all tests."""
    document = DOCUMENTS[name]
    return compile_calendar(parse_spec(document), {member: calendar(member) for member in document.get("union", ())})


def at(text: str) -> datetime:
    """An instant as the table writes it."""
    return datetime.fromisoformat(text)


def hours(number: float) -> timedelta:
    """That many hours."""
    return timedelta(hours=number)


def target(facts: Mapping[str, Any]) -> Target:
    """A target as the table writes it."""
    match facts["kind"]:
        case "working_time":
            return WorkingTime(timedelta(seconds=facts["seconds"]))
        case "clock_time":
            return ClockTime(timedelta(seconds=facts["seconds"]))
        case "same_working_day":
            return SameWorkingDay()
        case "next_working_day":
            return NextWorkingDay(facts["anchor"])
        case _:
            return WorkingDays(facts["days"], facts["mode"], facts.get("anchor", "received"))


def pauses(facts: Mapping[str, Any]) -> list[Pause]:
    """The pauses of a case."""
    return [Pause(at(start), at(end) if end else None) for start, end in facts.get("pauses", ())]
