"""What one civil day is: its windows of wall time, and why they are what they are.

Order, first match wins: extra opening, public holiday, closure, half-day limit, week.
Source: docs/counting.md, 12.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from models.sla.calendar_spec import CalendarSpec, Window
from models.sla.reasons import CLOSED, LUNCH, WEEKEND, Reason, ReasonKind

_SATURDAY = 5
_LUNCH_STARTS = range(10 * 60, 14 * 60 + 1)
_LUNCH_AT_MOST = 2 * 60


class DayPlan(NamedTuple):
    """One civil day. `reasons` is empty on an ordinary working day, the main reason comes first."""

    windows: tuple[Window, ...]
    reasons: tuple[Reason, ...]


class DayRules:
    """The rules of one calendar, asked day by day."""

    def __init__(self, spec: CalendarSpec) -> None:
        """Index the extra openings; holidays are fetched per year when asked for."""
        self._spec = spec
        self._extra = {extra.on: extra for extra in spec.extra}
        self._holidays = lru_cache(maxsize=256)(spec.holidays.names) if spec.holidays else None

    def plan(self, day: date) -> DayPlan:
        """The windows of that civil day and the reasons for what differs from an ordinary one."""
        extra = self._extra.get(day)
        if extra is not None:
            return DayPlan(extra.hours, (Reason(ReasonKind.EXTRA, extra.name),))
        weekly = self._spec.weekly.get(day.weekday(), ())
        closing = self._closing(day)
        if not weekly:
            usual = WEEKEND if day.weekday() >= _SATURDAY else CLOSED
            return DayPlan((), (usual, *closing))
        if closing:
            return DayPlan((), closing)
        return self._limited(day, weekly)

    def _closing(self, day: date) -> tuple[Reason, ...]:
        """The public holiday on that day, or else the closures over it."""
        holiday = self._names(day.year).get(day)
        if holiday is not None:
            return (Reason(ReasonKind.HOLIDAY, holiday),)
        return tuple(Reason(ReasonKind.CLOSURE, closure.name) for closure in self._spec.closures if closure.covers(day))

    def _names(self, year: int) -> Mapping[date, str]:
        return self._holidays(year) if self._holidays else {}

    def _limited(self, day: date, weekly: tuple[Window, ...]) -> DayPlan:
        windows = weekly
        reasons = []
        for limit in self._spec.limits:
            if limit.covers(day):
                windows = _both(windows, limit.hours)
                reasons.append(Reason(ReasonKind.HALF_DAY, limit.name))
        return DayPlan(windows, tuple(reasons))

    def closed_reasons(self, day: date, start: int, end: int) -> tuple[Reason, ...]:
        """Why the minutes [start, end) of the day are not open (ask only for such)."""
        plan = self.plan(day)
        if not plan.windows:
            return plan.reasons[:1] or (CLOSED,)
        weekly = self._spec.weekly.get(day.weekday(), ())
        borders = (border for window in weekly for border in window if start < border < end)
        return tuple(_closed_at(plan, weekly, minute) for minute in (start, *borders))


def _closed_at(plan: DayPlan, weekly: tuple[Window, ...], minute: int) -> Reason:
    """Why that minute is closed on a day with windows.

    A gap of at most two hours that begins between 10:00 and 14:00 is called lunch. What a half day
    takes from the week's hours carries the half day's name.
    """
    before = max((window.closes for window in plan.windows if window.closes <= minute), default=None)
    after = min((window.opens for window in plan.windows if window.opens > minute), default=None)
    if before is not None and after is not None and before in _LUNCH_STARTS and after - before <= _LUNCH_AT_MOST:
        return LUNCH
    half_day = next((reason for reason in plan.reasons if reason.kind is ReasonKind.HALF_DAY), None)
    taken = any(window.opens <= minute < window.closes for window in weekly)
    return half_day if half_day and taken else CLOSED


def _both(left: tuple[Window, ...], right: tuple[Window, ...]) -> tuple[Window, ...]:
    cuts = (Window(max(a.opens, b.opens), min(a.closes, b.closes)) for a in left for b in right)
    return tuple(cut for cut in cuts if cut.opens < cut.closes)
