"""Laws that hold for every rota, and an oracle that walks minute by minute."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from models.rota.changes import Changes
from models.rota.questions import gaps, next_shift, on_call, shifts, shifts_of
from models.rota.rota import Rota
from tests.rota.minute_walk import walk
from tests.rota.worlds import PEOPLE, SUPPORT, overrides, rota, worlds

LAWS = settings(deadline=None, derandomize=True, max_examples=20)
MINUTE = timedelta(minutes=1)
World = tuple[dict[str, Any], Changes, datetime]


def compiled(world: World) -> Rota:
    written, changes, _ = world
    return rota(written, overrides=changes.overrides, departures=changes.departures)


def said(found: Rota, at: datetime) -> dict[str, str]:
    return {shift.layer: shift.person for shift in on_call(found, at)}


@settings(LAWS, max_examples=12)
@given(worlds())
def test_every_minute_is_answered_as_by_an_oracle_that_walks_them(world: World) -> None:
    written, changes, begin = world
    found = compiled(world)
    for at, expected in walk(written, changes, begin, 26 * 60):
        assert said(found, at) == expected, at


@LAWS
@given(worlds(), st.integers(0, 60 * 24 * 60))
def test_who_is_on_call_is_who_has_a_shift(world: World, minute: int) -> None:
    found, at = compiled(world), world[2] + minute * MINUTE
    held = [shift for shift in shifts(found, at, at + MINUTE) if shift.since <= at < shift.until]
    assert sorted(held, key=str) == sorted(on_call(found, at), key=str)


@LAWS
@given(worlds(), st.integers(1, 90))
def test_the_shifts_of_a_layer_do_not_overlap_and_come_whole_whoever_asks(world: World, days: int) -> None:
    found, begin = compiled(world), world[2]
    for name in found.layers:
        of_layer = shifts(found, begin, begin + timedelta(days=days), name)
        assert all(one.until <= other.since for one, other in pairwise(of_layer))
        for shift in of_layer:
            assert shifts(found, shift.since, shift.until, name) == (shift,)


@LAWS
@given(worlds())
def test_new_years_night_cuts_no_shift(world: World) -> None:
    found = compiled(world)
    eve, later = datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    before = {shift for shift in on_call(found, eve) if shift.until > later}
    assert before <= set(on_call(found, later))
    assert len(set(shifts(found, eve, later + MINUTE))) == len(shifts(found, eve, later + MINUTE))


@LAWS
@given(worlds(), st.data())
def test_an_override_changes_nothing_outside_its_interval(world: World, data: st.DataObject) -> None:
    _, changes, begin = world
    one = data.draw(overrides(begin))
    before = compiled(world)
    after = before.changed(Changes(overrides=(*changes.overrides, one), departures=changes.departures))
    edges = [one.since - MINUTE, one.until, one.until + MINUTE]
    spread = [begin + timedelta(minutes=n) for n in data.draw(st.lists(st.integers(-3000, 9000), max_size=20))]
    for at in (at for at in (*edges, *spread) if not one.since <= at < one.until):
        assert said(before, at) == said(after, at)


@LAWS
@given(worlds(), st.integers(1, 40))
def test_shifts_and_gaps_together_are_the_span(world: World, days: int) -> None:
    found, begin = compiled(world), world[2]
    end = begin + timedelta(days=days)
    empty = gaps(found, begin, end)
    assert all(not on_call(found, gap.since) and not on_call(found, gap.until - MINUTE) for gap in empty)
    spans = [(max(each.since, begin), min(each.until, end)) for each in shifts(found, begin, end)]
    spans += [(gap.since, gap.until) for gap in empty]
    reached = begin
    for since, until in sorted(spans):
        assert since <= reached
        reached = max(reached, until)
    assert reached == end


@LAWS
@given(worlds(), st.integers(1, 40))
def test_gaps_of_a_calendar_are_the_gaps_inside_its_hours(world: World, days: int) -> None:
    found, begin = compiled(world), world[2]
    end = begin + timedelta(days=days)
    inside = gaps(found, begin, end, SUPPORT)
    assert all(SUPPORT.elapsed(gap.since, gap.until) == gap.until - gap.since for gap in inside)
    total = sum((SUPPORT.elapsed(gap.since, gap.until) for gap in gaps(found, begin, end)), timedelta())
    assert total == sum((gap.until - gap.since for gap in inside), timedelta())


@LAWS
@given(worlds(), st.sampled_from(PEOPLE))
def test_the_next_shift_is_the_first_of_that_person_to_begin(world: World, person: str) -> None:
    found, begin = compiled(world), world[2]
    following = next_shift(found, person, begin)
    until = following.since if following else begin + timedelta(days=365)
    assert [shift for shift in shifts_of(found, person, begin, until) if shift.since > begin] == []
    assert following is None or (following.person == person and following in on_call(found, following.since))
