"""How fast is the clock? Deadlines on the Pindena calendar, beside three libraries that do the like.

    python benchmarks/clock.py            prints microseconds a call and the ratios
    python benchmarks/clock.py --check    and ends with 1 when a goal is missed

Goals: at 4 working hours at least 2.5 times the fastest of the others; at 1,000 working hours, and
for the working time in 365 elapsed days, at least 12 times; from 1 h to 1,000 h at most 1.2 times
the time. Every library first has to give our answers. Rounds are interleaved, the best of them
counts, and the median stands beside it: a machine shared with others only ever adds time.
"""

import argparse
import gc
import importlib
import statistics
import sys
import time as machine
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import cast
from zoneinfo import ZoneInfo

import businesstimedelta
import django
import pytz  # type: ignore[import-untyped]  # noqa: TID251 - businesstimedelta is made for its zones
import workclock
from django.conf import settings

from models.sla.calendar import Calendar, CalendarSpec, HolidayRule, compile_calendar
from models.sla.calendar_spec import Monthday, WeeksClosed, Window, YearlyClosed
from models.sla.clock import WorkingTime, deadline

OSLO = ZoneInfo("Europe/Oslo")
YEARS = range(2025, 2030)
OPENS, LUNCH, BACK, CLOSES = time(9), time(11, 30), time(12), time(15)
STARTS = tuple(
    datetime(2026, month, day, hour, 17, 3, tzinfo=OSLO)
    for month, day, hour in ((1, 5, 9), (3, 27, 14), (6, 9, 10), (7, 10, 13), (10, 23, 11), (11, 23, 8), (12, 22, 14))
)
YEAR = timedelta(days=365)
GOALS = {"4 h": 2.5, "1000 h": 12.0, "365 days": 12.0}
GROWTH = 1.2
SLOW = 5000.0  # microseconds a call
Due = Callable[[datetime], datetime]
Between = Callable[[datetime, datetime], timedelta]


@dataclass(frozen=True)
class Rival:
    """One library: what makes a question "when is so much working time over?", and how it measures it."""

    name: str
    due_after: Callable[[timedelta], Due]
    between: Between


def pindena() -> Calendar:
    """Monday to Friday 09:00-15:00, lunch, Norwegian holidays, ISO weeks 29 and 30, 24 December to 1 January."""
    hours = (Window(9 * 60, 11 * 60 + 30), Window(12 * 60, 15 * 60))
    closures = (
        WeeksClosed("to uker i juli", frozenset({29, 30})),
        YearlyClosed("romjul", Monthday(12, 24), Monthday(1, 1)),
    )
    return compile_calendar(
        CalendarSpec(
            name="pindena",
            zone=OSLO,
            weekly=dict.fromkeys(range(5), hours),
            holidays=HolidayRule("NO", ("public",), "no"),
            closures=closures,
        )
    )


def closed_dates(calendar: Calendar) -> list[date]:
    """Every weekday on which the calendar does not open: what the others are told as holidays."""
    first = date(YEARS[0], 1, 1)
    days = (first + timedelta(days=n) for n in range((date(YEARS[-1] + 1, 1, 1) - first).days))
    return [day for day in days if day.weekday() < 5 and not calendar.is_working_day(day)]  # noqa: PLR2004


def ours(calendar: Calendar) -> Rival:
    """Vakt."""

    def due_after(amount: timedelta) -> Due:
        return cast("Due", partial(deadline, calendar, target=WorkingTime(amount)))

    return Rival("vakt", due_after, calendar.elapsed)


def with_workclock(closed: Sequence[date]) -> Rival:
    """`workclock`: compiled, with the same closed dates."""
    rules = (workclock.WorkDay(OPENS, CLOSES), workclock.Break(LUNCH, BACK), workclock.Holidays(closed))
    schedule = workclock.Schedule(rules, time_zone="Europe/Oslo")
    return Rival("workclock", lambda amount: lambda start: schedule.add(start, amount), schedule.between)


def with_bizcal(closed: Sequence[date]) -> Rival:
    """`django-bizcal`: a Django application that works without a database."""
    settings.configure(USE_TZ=True, TIME_ZONE="Europe/Oslo", INSTALLED_APPS=["django_bizcal"])
    django.setup()
    bizcal = importlib.import_module("django_bizcal")  # reads Django's settings while it is imported
    hours = [(OPENS.isoformat("minutes"), LUNCH.isoformat("minutes")), (BACK.isoformat("minutes"), "15:00")]
    calendar = bizcal.WorkingCalendar(
        tz="Europe/Oslo", weekly_schedule=dict.fromkeys(range(5), hours), day_overrides=dict.fromkeys(closed, ())
    )
    add = calendar.add_business_time
    return Rival("django-bizcal", lambda amount: lambda start: add(start, amount), calendar.business_time_between)


def with_businesstimedelta(closed: Sequence[date]) -> Rival:
    """`businesstimedelta`: given pytz zones, as it was made for."""
    zone = pytz.timezone("Europe/Oslo")
    rules = businesstimedelta.Rules(
        [
            businesstimedelta.WorkDayRule(start_time=OPENS, end_time=CLOSES, working_days=[*range(5)], tz=zone),
            businesstimedelta.LunchTimeRule(start_time=LUNCH, end_time=BACK, working_days=[*range(5)], tz=zone),
            businesstimedelta.HolidayRule(list(closed), tz=zone),
        ]
    )

    def due_after(amount: timedelta) -> Due:
        time_left = businesstimedelta.BusinessTimeDelta(rules, timedelta=amount)
        return lambda start: start + time_left

    def between(start: datetime, end: datetime) -> timedelta:
        amount: timedelta = rules.difference(start, end).timedelta
        return amount

    return Rival("businesstimedelta", due_after, between)


def questions(rival: Rival, starts: Sequence[datetime]) -> dict[str, Callable[[], list[object]]]:
    """What is measured, by its name: each answers for every start."""

    def adds(hours: int) -> Callable[[], list[object]]:
        due = rival.due_after(timedelta(hours=hours))
        return lambda: [due(start) for start in starts]

    def year() -> list[object]:
        return [rival.between(start, start + YEAR) for start in starts]

    return {"1 h": adds(1), "4 h": adds(4), "1000 h": adds(1000), "365 days": year}


def disagreements(rivals: Sequence[Rival]) -> list[str]:
    """Every answer of another library that is not ours."""
    mine = {name: ask() for name, ask in questions(rivals[0], STARTS).items()}
    return [
        f"{rival.name} on {name} from {start:%Y-%m-%d %H:%M}: {theirs}, vakt: {our}"
        for rival in rivals[1:]
        for name, ask in questions(rival, STARTS).items()
        for start, our, theirs in zip(STARTS, mine[name], ask(), strict=True)
        if our != theirs
    ]


def measured(rivals: Sequence[Rival], starts: Sequence[datetime], rounds: int) -> dict[tuple[str, str], list[float]]:
    """Microseconds a call, of each library and question, for every round; libraries take turns within a round."""
    asks = {(rival.name, name): ask for rival in rivals for name, ask in questions(rival, starts).items()}
    loops = {key: _loops(ask) for key, ask in asks.items()}
    times: dict[tuple[str, str], list[float]] = {key: [] for key in asks}
    gc.disable()
    for turn in range(rounds):
        for key in sorted(asks, key=lambda key: key[1]):
            if turn and times[key][0] > SLOW:
                continue  # a hundred times off: once is enough
            times[key].append(_time(asks[key], loops[key]) / len(starts))
    gc.enable()
    return times


def _time(ask: Callable[[], object], loops: int) -> float:
    begins = machine.perf_counter()
    for _ in range(loops):
        ask()
    return (machine.perf_counter() - begins) / loops * 1e6


def _loops(ask: Callable[[], object]) -> int:
    """How often to ask in one round, so that it takes about 4 ms."""
    return max(int(4000 / _time(ask, 1)), 1)


def report(rivals: Sequence[Rival], times: dict[tuple[str, str], list[float]]) -> list[str]:
    """Print the table and the ratios; the goals that were missed."""
    missed = []
    names = [rival.name for rival in rivals]
    print(f"{'':10}" + "".join(f"{name:>28}" for name in names) + f"{'fastest other / vakt':>24}{'goal':>8}")
    for question in ("1 h", "4 h", "1000 h", "365 days"):
        best = {name: min(times[name, question]) for name in names}
        shown = "".join(f"{best[name]:>12.2f} µs ({statistics.median(times[name, question]):>8.2f})" for name in names)
        ratio = min(best[name] for name in names[1:]) / best["vakt"]
        goal = GOALS.get(question)
        print(f"{question:10}{shown}{ratio:>23.1f}x{f'{goal:.1f}x' if goal else '':>8}")
        if goal and ratio < goal:
            missed.append(f"{question}: {ratio:.2f} times the fastest other, the goal is {goal}")
    growth = min(times["vakt", "1000 h"]) / min(times["vakt", "1 h"])
    print(f"from 1 h to 1000 h: {growth:.2f} times the time, goal at most {GROWTH}")
    if growth > GROWTH:
        missed.append(f"growth from 1 h to 1000 h is {growth:.2f}, the goal is {GROWTH}")
    return missed


def main() -> int:
    """Compare the answers, then the times."""
    parser = argparse.ArgumentParser(description="The clock's speed beside other libraries.")
    parser.add_argument("--check", action="store_true", help="end with 1 when a goal is missed")
    parser.add_argument("--rounds", type=int, default=25, help="interleaved rounds, the best of which counts")
    options = parser.parse_args()
    calendar = pindena()
    closed = closed_dates(calendar)
    rivals = [ours(calendar), with_workclock(closed), with_bizcal(closed), with_businesstimedelta(closed)]
    wrong = disagreements(rivals)
    if wrong:
        print("The libraries do not agree:", *wrong, sep="\n  ")
        return 1
    print(f"All agree on {len(STARTS)} starts. Microseconds a call, best of {options.rounds} rounds (median).")
    print("Starts in Europe/Oslo:")
    missed = report(rivals, measured(rivals, STARTS, options.rounds))
    print("Starts in UTC, as Vakt stores them:")
    missed += report(rivals, measured(rivals, [start.astimezone(UTC) for start in STARTS], options.rounds))
    print(*(f"missed: {goal}" for goal in missed), sep="\n", end="\n" if missed else "")
    return 1 if missed and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
