"""Laws that hold for every calendar, zone and instant."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from models.sla.calendar import Calendar, compile_calendar
from models.sla.calendar_document import parse_spec
from models.sla.clock import (
    AtOnce,
    ClockTime,
    NextWorkingDay,
    Pause,
    SameWorkingDay,
    Target,
    WorkingDays,
    WorkingTime,
    at_share,
    budget,
    deadline,
    remaining,
    spent,
)
from models.sla.ledger import ledger
from tests.sla.calendar_worlds import amounts, calendars, compiled, documents, instants, waits

LAWS = settings(deadline=None, derandomize=True, max_examples=30)
MICROSECOND = timedelta(microseconds=1)
NOTHING = timedelta()


def targets() -> st.SearchStrategy[Target]:
    return st.one_of(
        amounts().map(WorkingTime),
        amounts().map(ClockTime),
        amounts().map(AtOnce),
        st.just(SameWorkingDay()),
        st.sampled_from([NextWorkingDay("received"), NextWorkingDay("opening")]),
        st.builds(
            WorkingDays,
            st.integers(1, 12),
            st.sampled_from(["close", "same_time"]),
            st.sampled_from(["received", "opening"]),
        ),
    )


@LAWS
@given(calendars(), instants(), amounts())
def test_the_open_time_until_the_deadline_is_the_target_and_no_earlier_instant_will_do(
    calendar: Calendar, start: datetime, amount: timedelta
) -> None:
    due = calendar.add(start, amount)
    assert calendar.elapsed(start, due) == amount
    assert calendar.elapsed(start, due - MICROSECOND) == amount - MICROSECOND


@LAWS
@given(calendars(), instants(), amounts(), amounts())
def test_a_longer_target_is_never_due_earlier(
    calendar: Calendar, start: datetime, amount: timedelta, more: timedelta
) -> None:
    assert calendar.add(start, amount) < calendar.add(start, amount + more)


@LAWS
@given(calendars(), instants(), amounts(), targets())
def test_a_later_start_is_never_due_earlier(
    calendar: Calendar, start: datetime, later: timedelta, target: Target
) -> None:
    first, second = deadline(calendar, start, target), deadline(calendar, start + later, target)
    assert first is not None
    assert second is not None
    assert first <= second


@LAWS
@given(calendars(), instants(), amounts(), amounts())
def test_open_time_adds_up_over_any_cut(calendar: Calendar, start: datetime, one: timedelta, two: timedelta) -> None:
    middle, end = start + one, start + one + two
    assert calendar.elapsed(start, end) == calendar.elapsed(start, middle) + calendar.elapsed(middle, end)


@LAWS
@given(calendars(), instants())
def test_an_instant_is_open_exactly_when_its_microsecond_counts(calendar: Calendar, at: datetime) -> None:
    assert calendar.is_open(at) == (calendar.elapsed(at, at + MICROSECOND) == MICROSECOND)
    assert calendar.is_open(calendar.next_opening(at))
    assert (calendar.next_opening(at) == at) == calendar.is_open(at)


@LAWS
@given(calendars(), instants(), targets(), st.data())
def test_a_pause_outside_the_hours_changes_nothing(
    calendar: Calendar, start: datetime, target: Target, data: st.DataObject
) -> None:
    closing = calendar.next_closing(start)
    opening = calendar.next_opening(closing)
    length = data.draw(st.timedeltas(NOTHING, opening - closing))
    if not isinstance(target, ClockTime):
        assert deadline(calendar, start, target, [Pause(closing, closing + length)]) == deadline(
            calendar, start, target
        )


@LAWS
@given(calendars(), instants(), targets(), st.data())
def test_what_is_used_at_the_deadline_is_the_whole_budget(
    calendar: Calendar, start: datetime, target: Target, data: st.DataObject
) -> None:
    pauses = data.draw(waits(start))
    due = deadline(calendar, start, target, pauses)
    assert due is not None
    assert due >= (deadline(calendar, start, target) or due)
    assert spent(calendar, start, target, pauses, due) == budget(calendar, start, target)
    assert remaining(calendar, start, target, pauses, due) == NOTHING


@LAWS
@given(calendars(), instants(), targets(), st.data(), st.fractions(0, 1, max_denominator=20))
def test_a_share_is_reached_when_that_much_of_the_budget_is_used(
    calendar: Calendar, start: datetime, target: Target, data: st.DataObject, share: Fraction
) -> None:
    pauses = data.draw(waits(start))
    reached = at_share(calendar, start, target, pauses, share)
    assert reached is not None
    used = spent(calendar, start, target, pauses, reached) // MICROSECOND
    whole = budget(calendar, start, target) // MICROSECOND
    assert 0 <= used - whole * share < 1
    assert reached <= (deadline(calendar, start, target, pauses) or reached)


@LAWS
@given(calendars(), instants(), targets(), st.data())
def test_a_ledger_sums_to_the_budget_and_leaves_no_instant_out(
    calendar: Calendar, start: datetime, target: Target, data: st.DataObject
) -> None:
    pauses = data.draw(waits(start))
    account = ledger(calendar, start, target, pauses, language="en")
    assert account.due == deadline(calendar, start, target, pauses)
    assert account.total == account.budget == sum((one.amount for one in account.counted), NOTHING)
    at = start
    for low, high in sorted(
        [(one.start, one.end) for one in account.counted] + [(one.start, one.end or start) for one in account.skipped]
    ):
        assert low == at
        assert low < high
        at = high
    assert at == account.due
    assert all(one.text for one in account.skipped)


@LAWS
@given(documents("one"), documents("two"), instants(), amounts())
def test_a_union_is_never_due_later_than_its_earliest_member(
    one: dict[str, Any], two: dict[str, Any], start: datetime, amount: timedelta
) -> None:
    members = {"one": compiled(one), "two": compiled(two)}
    union = compile_calendar(parse_spec({"name": "both", "zone": one["zone"], "union": ["one", "two"]}), members)
    assert union.add(start, amount) <= min(member.add(start, amount) for member in members.values())
    assert union.is_open(start) == any(member.is_open(start) for member in members.values())
