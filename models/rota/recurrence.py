"""RRULEs that are safe to ask: what they may contain, and that asking them always ends.

Source: RFC 5545, 3.3.10; python-dateutil's `rrule`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise, takewhile
from typing import NoReturn

from dateutil.rrule import rrulestr

from models.rota.shift import RotaError

FREQUENCIES = ("HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
PARTS = frozenset({
    "FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYSETPOS", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO",
    "BYDAY", "BYHOUR", "BYMINUTE",
})  # fmt: skip
LONGEST_RULE = 200
FIRST_YEAR, LAST_YEAR = 2000, 2099
SOON = timedelta(days=3653)
CLOSEST = timedelta(hours=1)
PERIOD = {"HOURLY": timedelta(hours=1), "DAILY": timedelta(days=1), "WEEKLY": timedelta(weeks=1)}
"""What a rule counts its intervals in. Months and years are few, and not all as long."""
_LOOKED_AT = 1500
_VALUE = re.compile(r"^[A-Z0-9,+-]+\Z", re.ASCII)
_INTERVAL = re.compile(r"^([1-9][0-9]{0,2}|1000)\Z", re.ASCII)

# The Gregorian calendar repeats every 400 years, weekdays included. dateutil looks for the next occurrence
# until the year 9999: a rule for the 30th of February is given up 20 times sooner when it is asked late.
_LATER = 19 * 400


class NeverFiresError(RotaError):
    """A rule for a day that no calendar has. Finding out is slow, so whoever reads many stops at the first."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule and the wall time it starts at. Made by `handovers` or `repeats`."""

    text: str
    starts: datetime

    def __iter__(self) -> Iterator[datetime]:
        """The wall times of the occurrences, in order; from `starts` on, which is one only if the rule says so."""
        return self._from(self.starts)

    def since(self, wall: datetime) -> Iterator[datetime]:
        """The same from shortly before a wall time on: an hourly rule that began years ago is not counted through.

        The start moves by whole intervals of the rule, so every occurrence after it is the one that it was.
        """
        parts = _parts(self.text)
        period = PERIOD.get(parts["FREQ"])
        if period is None or "COUNT" in parts:
            return iter(self)
        interval = period * int(parts.get("INTERVAL", "1"))
        return self._from(self.starts + interval * max(0, (wall - self.starts) // interval - 1))

    def _from(self, starts: datetime) -> Iterator[datetime]:
        for at in rrulestr(_moved(self.text), dtstart=_late(starts)):
            yield at.replace(year=at.year - _LATER)


@lru_cache(maxsize=1024)
def handovers(text: str, starts: datetime) -> Recurrence:
    """The rule by which a rotation hands over.

    Raises RotaError, without the key, for one that cannot be read, that ends by itself, that does not fire
    within ten years, or that fires more often than once an hour.
    """
    parts = _parts(text)
    for part in sorted(parts.keys() & {"COUNT", "UNTIL"}):
        _refuse(text, f"a rotation does not end by itself: leave out {part}, and end a temporary schedule with `until`")
    rule = _readable(text, starts)
    looked_at = _LOOKED_AT if "BYMINUTE" in parts else 2  # nothing else comes twice an hour
    found = list(islice(takewhile(lambda at: at <= starts + SOON, rule), looked_at))
    if not any(at > starts for at in found[:2]):
        _refuse(text, f"does not fire within ten years of {starts:%Y-%m-%d %H:%M}; write one such as FREQ=WEEKLY")
    close = next(((one, other) for one, other in pairwise([starts, *found]) if starts < other < one + CLOSEST), None)
    if close:
        _refuse(text, f"fires at {close[0]:%H:%M} and {close[1]:%H:%M}; a handover is at most once an hour")
    return rule


def repeats(text: str, starts: datetime) -> Recurrence:
    """The rule of a calendar's event, which may end; an UNTIL is read as wall time.

    Raises RotaError when it cannot be read, NeverFiresError when no occurrence would ever come.
    """
    parts = _parts(text)
    if parts["FREQ"] == "HOURLY" or "," in parts.get("BYHOUR", "") + parts.get("BYMINUTE", ""):
        _refuse(text, "an event repeats at the time of its start, daily or less often")
    endless = ";".join(f"{name}={value}" for name, value in parts.items() if name not in {"COUNT", "UNTIL"})
    if next(iter(_readable(endless, starts)), None) is None:
        raise NeverFiresError(f'is "{endless}": never fires')
    return _readable(text, starts)


def _parts(text: str) -> dict[str, str]:
    """The rule's parts by name, each of them one that we know to end."""
    if len(text) > LONGEST_RULE:
        raise RotaError(f"is {len(text)} characters long; a rule has at most {LONGEST_RULE}")
    parts = {}
    for part in text.upper().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not _VALUE.match(value) or name not in PARTS or name in parts:
            _refuse(
                text,
                f'"{" ".join(part.split())}" is not understood; write parts such as FREQ=WEEKLY;INTERVAL=2;BYDAY=MO',
            )
        parts[name] = value
    if parts.get("FREQ") not in FREQUENCIES:
        _refuse(text, f"FREQ must be one of {', '.join(FREQUENCIES)}")
    if not _INTERVAL.match(parts.get("INTERVAL", "1")):
        _refuse(text, "INTERVAL must be a number from 1 to 1000")
    return parts


def _readable(text: str, starts: datetime) -> Recurrence:
    if starts.tzinfo is not None:
        raise RotaError(f"starts at {starts.isoformat()}; write the wall time without an offset")
    if not FIRST_YEAR <= starts.year <= LAST_YEAR:
        raise RotaError(f"starts in {starts.year}; the years are {FIRST_YEAR} to {LAST_YEAR}")
    rule = Recurrence(text.upper().removeprefix("RRULE:"), starts)
    try:
        next(iter(rule), None)
    except (ValueError, TypeError, IndexError, KeyError, AttributeError) as error:
        raise RotaError(f'is "{text}": {error}; write an RRULE such as FREQ=WEEKLY;BYDAY=MO') from error
    return rule


def _late(at: datetime) -> datetime:
    return at.replace(year=at.year + _LATER)


def _moved(text: str) -> str:
    """The rule with its UNTIL, which is wall time here, as late as everything else."""
    parts = []
    for part in text.split(";"):
        name, _, value = part.partition("=")
        later = f"{int(value[:4]) + _LATER}{value[4:].removesuffix('Z')}" if name == "UNTIL" else value
        parts.append(f"{name}={later}")
    return ";".join(parts)


def _refuse(text: str, what: str) -> NoReturn:
    raise RotaError(f'is "{" ".join(text.split())}": {what}')
