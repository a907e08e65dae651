"""Time in the demonstration: when it begins, and what the page's buttons jump to."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.workspace.file import Workspace
from models.sla.calendar import Calendar
from models.sla.contract import Contract

OSLO = ZoneInfo("Europe/Oslo")
EARLIEST, LATEST, BEGINS = time(8, 30), time(13, 30), time(9, 40)
"""When the tour can be taken as the day goes: later, its deadlines fall on the next day."""

LOOKED_AHEAD = 60
"""Days in which to look for one on which every contract's support is open."""


def calendars_of(workspace: Workspace, contracts: Mapping[str, Contract]) -> list[Calendar]:
    """The calendars in which the customers' promises are counted."""
    found = {}
    for customer in workspace.customers:
        contract = contracts[customer.contract]
        for promise in contract.promises:
            calendar = contract.calendar(promise.calendar, customer.region)
            found[calendar.name, customer.contract] = calendar
    return list(found.values())


def begins_at(now: datetime, calendars: Iterable[Calendar]) -> datetime:
    """Now, or the next working day at 09:40 in Oslo when the tour's hours are over."""
    kept, here = list(calendars), now.astimezone(OSLO)
    if EARLIEST <= here.time() < LATEST and all(each.is_working_day(here.date()) for each in kept):
        return now
    first = here.date() + timedelta(days=1 if here.time() >= BEGINS else 0)
    days = [first + timedelta(days=number) for number in range(LOOKED_AHEAD)]
    open_days = (day for day in days if all(each.is_working_day(day) for each in kept))
    day = next(open_days, next(day for day in days if day.weekday() < 5))  # noqa: PLR2004 - Saturday
    return datetime.combine(day, BEGINS, OSLO).astimezone(UTC)


def next_opening(now: datetime, calendars: Iterable[Calendar]) -> datetime | None:
    """The next instant at which a day's support opens; the end of a lunch break is none."""
    mornings = [morning for each in calendars if (morning := _morning(each, now))]
    return min(mornings, default=None)


def _morning(calendar: Calendar, now: datetime) -> datetime | None:
    """The first opening of the present day if it is still to come, else that of a later day."""
    midnight = datetime.combine(now.astimezone(calendar.zone).date(), time(), calendar.zone)
    opens = calendar.next_opening(midnight)
    if opens <= now:
        opens = calendar.next_opening(midnight + timedelta(days=1))
    never_closed = opens > now and calendar.is_open(opens - timedelta(microseconds=1))
    return None if never_closed else opens
