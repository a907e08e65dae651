"""When a sign of life is expected again."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Protocol
from zoneinfo import ZoneInfo

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=400)
_EVERY = re.compile(r"([1-9][0-9]{0,4})(m|h|d|w|mo)\Z", re.ASCII)
_MOST_MONTHS = 12


class EveryError(ValueError):
    """An interval or a rule that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Every:
    """An interval: a stretch of time, or so many months of the calendar (UTC)."""

    span: timedelta
    months: int = 0

    def after(self, at: datetime) -> datetime:
        """One interval later. The 31st becomes the last day of a shorter month."""
        if not self.months:
            return at + self.span
        month = at.month - 1 + self.months
        year, month = at.year + month // 12, month % 12 + 1
        following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        last = (following - timedelta(days=1)).day
        return at.replace(year=year, month=month, day=min(at.day, last))


def every(text: str) -> Every:
    """An interval such as "3h", "7d", "1mo".

    Raises:
        EveryError: it is none, or shorter than a minute or longer than 400 days.
    """
    found = _EVERY.match(text)
    if found is None:
        raise EveryError(f'is "{text}"; write one such as "30m", "3h", "7d", "2w", "1mo"')
    amount, unit = int(found[1]), found[2]
    if unit == "mo":
        if amount > _MOST_MONTHS:
            raise EveryError(f'is "{text}"; {_MOST_MONTHS}mo is the most')
        return Every(timedelta(), amount)
    if not SHORTEST <= amount * UNITS[unit] <= LONGEST:
        raise EveryError(f'is "{text}"; write something from 1m to 400d')
    return Every(amount * UNITS[unit])


class Rule(Protocol):
    """A rule's occurrences, as wall times."""

    def since(self, wall: datetime) -> Iterator[datetime]:
        """From shortly before a wall time on, in order."""
        ...


def is_rule(text: str) -> bool:
    """Whether it is an RRULE, and not an interval."""
    return "=" in text


def following(text: str, zone: str, starts: datetime | None) -> Callable[[datetime], datetime]:
    """What gives the slot after an instant: an interval later, or the rule's next wall time in that zone.

    Raises:
        EveryError: neither can be read.
    """
    if not is_rule(text):
        return every(text).after
    if starts is None:
        raise EveryError("is a rule, which counts from starts, such as starts = 2026-01-01T02:00:00")
    # python-dateutil is loaded for whoever writes a rule.
    recurrence = import_module("models.rota.recurrence")
    shift = import_module("models.rota.shift")
    try:
        rule: Rule = recurrence.handovers(text, starts)
    except shift.RotaError as error:
        raise EveryError(str(error)) from error
    there = ZoneInfo(zone)

    def after(at: datetime) -> datetime:
        # A day before, for where the wall's clock was set back since.
        walls = rule.since(at.astimezone(there).replace(tzinfo=None) - timedelta(days=1))
        instants = (wall.replace(tzinfo=there).astimezone(UTC) for wall in walls)
        return next(instant for instant in instants if instant > at)

    return after
