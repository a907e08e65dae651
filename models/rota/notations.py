"""The small notations of a rota's document: "08:00", "mon", "Europe/Oslo", a wall time.

A ValueError says what stands there and what would be right; whoever reads the file adds the key.
"""

import re
from datetime import datetime
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from models.rota.recurrence import FIRST_YEAR, LAST_YEAR
from models.sla.policy_values import DAYS

_CLOCK = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)$")
_CALENDAR = re.compile(r"^[A-Za-z0-9_-]{1,40}/[A-Za-z0-9_-]{1,40}$")
MIDNIGHT = 24 * 60


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def known_zone(name: str) -> str:
    """The name of a time zone, if there is one of that name; ValueError says what would be right."""
    if name not in _zones():
        message = f'there is no time zone "{name}"; write one such as Europe/Oslo'
        raise ValueError(message)
    return name


def _shown(text: str) -> str:
    if not text.isprintable():
        message = f"{text!r} has a character that cannot be shown"
        raise ValueError(message)
    return text


def _wall(at: datetime) -> datetime:
    if at.tzinfo is not None:
        message = f"is {at.isoformat()}; leave out the offset, it is read in the rota's zone"
        raise ValueError(message)
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        message = f"is in {at.year}; the years are {FIRST_YEAR} to {LAST_YEAR}"
        raise ValueError(message)
    return at


def _clock(text: str) -> str:
    minutes_of(text)
    return text


def minutes_of(text: str) -> int:
    """Minutes of the day; ValueError says what would be right."""
    found = _CLOCK.match(text)
    if text != "24:00" and found is None:
        message = f'is "{text}"; write a time such as "08:00", or "24:00" for the end of the day'
        raise ValueError(message)
    return int(found[1]) * 60 + int(found[2]) if found else MIDNIGHT


def _day(text: str) -> str:
    if text not in DAYS:
        message = f'is "{text}"; the days are {", ".join(DAYS)}'
        raise ValueError(message)
    return text


def _calendar(text: str) -> str:
    if not _CALENDAR.match(text):
        message = f'is "{text}"; write contract and calendar such as "acme/support"'
        raise ValueError(message)
    return text


Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")]
Shown = Annotated[str, AfterValidator(_shown)]
"""A text that people read: no line ends, no control or direction characters."""
Name = Annotated[Shown, Field(min_length=1, max_length=80)]
Zone = Annotated[str, AfterValidator(known_zone)]
Wall = Annotated[datetime, AfterValidator(_wall)]
Clock = Annotated[str, AfterValidator(_clock)]
Day = Annotated[str, AfterValidator(_day)]
CalendarName = Annotated[str, AfterValidator(_calendar)]
