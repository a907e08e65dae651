"""The clock beside a minute walk that was written without it, and beside `workclock`."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import workclock
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.sla.clock import NextWorkingDay, Pause, SameWorkingDay, WorkingDays, WorkingTime, deadline
from tests.sla import minute_walk
from tests.sla.calendar_worlds import compiled, documents, whole_minutes
from tests.sla.clock_table import DOCUMENTS, at, calendar, hours

WALKS = settings(deadline=None, derandomize=True, max_examples=15)
WHOLE = st.integers(1, 900).map(lambda count: timedelta(minutes=count))


@WALKS
@given(documents(), whole_minutes(), WHOLE, st.lists(st.tuples(st.integers(0, 1500), WHOLE), max_size=3))
def test_working_time_with_pauses_is_due_where_a_minute_walk_ends(
    document: dict[str, Any], start: datetime, amount: timedelta, waits: list[tuple[int, timedelta]]
) -> None:
    spans = [(start + timedelta(minutes=after), start + timedelta(minutes=after) + length) for after, length in waits]
    expected = minute_walk.due(document, start, amount, spans)
    assume(expected is not None)
    pauses = [Pause(low, high) for low, high in spans]
    assert deadline(compiled(document), start, WorkingTime(amount), pauses) == expected


@WALKS
@given(documents(), whole_minutes(), st.integers(0, 6000))
def test_open_time_is_what_a_minute_walk_counts(document: dict[str, Any], start: datetime, length: int) -> None:
    end = start + timedelta(minutes=length)
    assert compiled(document).elapsed(start, end) == minute_walk.elapsed(document, start, end)


@WALKS
@given(documents(), whole_minutes(), st.integers(0, 4))
def test_day_targets_are_due_at_the_closing_a_minute_walk_finds(
    document: dict[str, Any], start: datetime, days: int
) -> None:
    expected = minute_walk.closing_after(document, start, days)
    assume(expected is not None)
    target = WorkingDays(days) if days else SameWorkingDay()
    assert deadline(compiled(document), start, target) == expected
    if days == 1:
        assert deadline(compiled(document), start, NextWorkingDay()) == expected


@pytest.mark.parametrize("name", ["foldtest-oslo", "nightshift-oslo", "nightshift-newyork"])
@pytest.mark.parametrize("night", ["2026-03-28", "2026-10-24", "2026-03-07", "2026-10-31"])
def test_every_quarter_hour_of_a_night_of_changing_clocks_counts_as_a_minute_walk_does(name: str, night: str) -> None:
    first = at(f"{night}T18:00:00+00:00")
    for quarter in range(60):
        start = first + timedelta(minutes=15 * quarter)
        expected = minute_walk.due(DOCUMENTS[name], start, timedelta(minutes=50))
        assert deadline(calendar(name), start, WorkingTime(timedelta(minutes=50))) == expected


def _pindena_for_workclock() -> workclock.Schedule:
    ours = calendar("pindena")
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(366 * 7)]
    closed = [day for day in days if day.weekday() < 5 and not ours.is_working_day(day)]
    rules: list[workclock.Rule] = [
        workclock.WorkDay(time(9), time(15)),
        workclock.Break(time(11, 30), time(12)),
        workclock.Holidays(closed),
    ]
    return workclock.Schedule(rules, time_zone="Europe/Oslo")


@settings(deadline=None, derandomize=True, max_examples=200)
@given(
    st.timedeltas(timedelta(), timedelta(days=1500)).map(lambda span: at("2025-01-01T00:00:00+00:00") + span),
    st.timedeltas(timedelta(microseconds=1), hours(600)),
)
def test_workclock_agrees_on_deadlines_and_on_open_time(start: datetime, amount: timedelta) -> None:
    theirs = SCHEDULE.add(start, amount)
    assert calendar("pindena").add(start, amount) == theirs
    assert calendar("pindena").elapsed(start, theirs) == SCHEDULE.between(start, theirs) == amount


SCHEDULE = _pindena_for_workclock()
