"""Overrides and swaps over a weekly rotation in Oslo: Kari from 5 January, Ola from the 12th, Per from the 19th."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from models.rota.changes import Changes, Departure, FixedShift, Override, Swap, Turn
from models.rota.questions import gaps, on_call, shifts
from models.rota.rota import Rota
from models.rota.shift import RotaError, Why
from models.rota.swapping import SwapError, accepted
from tests.rota.worlds import document, layer, oslo, override, rota, told


def test_an_override_over_a_handover_covers_the_end_of_one_shift_and_the_begin_of_the_next() -> None:
    found = rota(document(), overrides=(override("siri", oslo(1, 18, 20), oslo(1, 19, 20), reason="training"),))
    assert told(shifts(found, oslo(1, 12, 9), oslo(1, 20))) == [
        "ola Mon 12 Jan 08:00 - Sun 18 Jan 20:00",
        "siri Sun 18 Jan 20:00 - Mon 19 Jan 20:00",
        "per Mon 19 Jan 20:00 - Mon 26 Jan 08:00",
    ]
    (one,) = on_call(found, oslo(1, 19))
    assert (one.why, one.because) == (Why.OVERRIDE, "o-siri")


def test_of_overlapping_overrides_the_later_made_wins_whatever_the_order_they_come_in() -> None:
    early = override("siri", oslo(1, 13), oslo(1, 17), made_at=oslo(1, 2))
    late = override("per", oslo(1, 14), oslo(1, 15), made_at=oslo(1, 3))
    expected = [
        "ola Mon 12 Jan 08:00 - Tue 13 Jan 00:00",
        "siri Tue 13 Jan 00:00 - Wed 14 Jan 00:00",
        "per Wed 14 Jan 00:00 - Thu 15 Jan 00:00",
        "siri Thu 15 Jan 00:00 - Sat 17 Jan 00:00",
        "ola Sat 17 Jan 00:00 - Mon 19 Jan 08:00",
    ]
    for both in ((early, late), (late, early)):
        assert told(shifts(rota(document(), overrides=both), oslo(1, 12, 9), oslo(1, 19))) == expected


def test_of_overrides_made_at_once_the_one_given_later_wins() -> None:
    both = (override("siri", oslo(1, 13), oslo(1, 15)), override("per", oslo(1, 13), oslo(1, 15)))
    assert [shift.person for shift in on_call(rota(document(), overrides=both), oslo(1, 14))] == ["per"]


def test_an_override_of_one_layer_leaves_the_others_and_one_of_the_rota_is_in_all() -> None:
    two = document(layer("primary"), layer("secondary", "per", "kari"))
    one = rota(two, overrides=(override("siri", oslo(1, 13), oslo(1, 15), layer="secondary"),))
    assert [shift.person for shift in on_call(one, oslo(1, 14))] == ["ola", "siri"]
    whole = rota(two, overrides=(override("siri", oslo(1, 13), oslo(1, 15)),))
    assert [shift.person for shift in on_call(whole, oslo(1, 14))] == ["siri", "siri"]


def test_an_override_fills_a_gap() -> None:
    days = document(layer(restrictions=[{"days": ["tue"], "from": "08:00", "to": "16:00"}]))
    assert len(gaps(rota(days), oslo(1, 13), oslo(1, 14))) == 2
    assert gaps(rota(days, overrides=(override("siri", oslo(1, 13), oslo(1, 14)),)), oslo(1, 13), oslo(1, 14)) == ()


def test_an_override_over_new_years_night_is_one_shift() -> None:
    found = rota(document(), overrides=(override("siri", oslo(12, 20), oslo(12, 20) + timedelta(days=60)),))
    (one,) = shifts(found, oslo(12, 21), oslo(12, 21) + timedelta(days=50))
    assert told((one,)) == ["siri Sun 20 Dec 00:00 - Thu 18 Feb 00:00"]


def test_an_override_of_somebody_who_has_left_ends_with_their_departure() -> None:
    over = (override("siri", oslo(1, 13), oslo(1, 17)),)
    found = rota(document(), overrides=over, departures=(Departure("siri", oslo(1, 14)),))
    assert [shift.person for shift in on_call(found, oslo(1, 13, 12))] == ["siri"]
    assert [shift.person for shift in on_call(found, oslo(1, 14))] == ["ola"]


def test_an_override_of_a_layer_that_is_gone_puts_nobody_on_call_and_is_found() -> None:
    gone = override("siri", oslo(1, 13), oslo(1, 17), layer="tertiary")
    found = rota(document(), overrides=(gone,))
    assert [shift.person for shift in on_call(found, oslo(1, 14))] == ["ola"]
    assert found.strays == (gone,)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: override("siri", oslo(1, 13), oslo(1, 13)), "override o-siri: until is .*; it must be after"),
        (lambda: override("siri", oslo(1, 13), oslo(1, 12)), "must be after 2026-01-13"),
        (lambda: override("siri", datetime(2026, 1, 1), oslo(1, 12)), "2026-01-01T00:00:00 has no zone"),
        (lambda: override("siri", oslo(1, 1), oslo(1, 2), made_at=datetime(2026, 1, 1)), "has no zone"),
        (lambda: Turn("kari", "primary", oslo(1, 2), oslo(1, 1)), "the shift of kari: until is"),
        (lambda: Departure("kari", datetime(2026, 1, 1)), "the departure of kari: .* has no zone"),
        (lambda: FixedShift("kari", "primary", oslo(1, 2), oslo(1, 2), "u1"), "the shift u1 of kari: until is"),
    ],
)
def test_a_change_that_means_no_time_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(RotaError, match=message):
        make()


# -- swaps ----------------------------------------------------------------------------------------


def turn(found: Rota, at: datetime, name: str = "primary") -> Turn:
    return next(Turn.of(shift) for shift in on_call(found, at) if shift.layer == name)


def swap(found: Rota, one: datetime, other: datetime, now: datetime) -> Swap:
    return Swap(id="s1", one=turn(found, one), other=turn(found, other), accepted_at=now)


def test_a_swap_is_two_overrides() -> None:
    found = rota(document())
    agreed = swap(found, oslo(1, 13), oslo(1, 20), oslo(1, 8))
    first, second = accepted(found, agreed)
    assert (first.person, first.since, first.until, first.layer) == ("per", oslo(1, 12, 8), oslo(1, 19, 8), "primary")
    assert (second.person, second.since, second.until) == ("ola", oslo(1, 19, 8), oslo(1, 26, 8))
    after = found.changed(Changes(swaps=(agreed,)))
    assert told(shifts(after, oslo(1, 12, 9), oslo(1, 27))) == [
        "per Mon 12 Jan 08:00 - Mon 19 Jan 08:00",
        "ola Mon 19 Jan 08:00 - Mon 26 Jan 08:00",
        "kari Mon 26 Jan 08:00 - Mon 02 Feb 08:00",
    ]
    assert {(shift.why, shift.because) for shift in on_call(after, oslo(1, 14))} == {(Why.SWAP, "s1")}
    as_rows = found.changed(Changes(overrides=(first, second)))
    assert shifts(as_rows, oslo(1, 1), oslo(3, 1)) == shifts(after, oslo(1, 1), oslo(3, 1))


def test_a_shift_that_has_begun_is_taken_over_from_the_acceptance_on() -> None:
    found = rota(document())
    after = found.changed(Changes(swaps=(swap(found, oslo(1, 13), oslo(1, 20), oslo(1, 15, 12)),)))
    assert told(shifts(after, oslo(1, 12, 9), oslo(1, 19))) == [
        "ola Mon 12 Jan 08:00 - Thu 15 Jan 12:00",
        "per Thu 15 Jan 12:00 - Mon 19 Jan 08:00",
    ]


def test_a_swap_accepted_twice_is_refused_as_the_shifts_are_no_longer_theirs() -> None:
    found = rota(document())
    agreed = swap(found, oslo(1, 13), oslo(1, 20), oslo(1, 8))
    after = found.changed(Changes(swaps=(agreed,)))
    with pytest.raises(SwapError, match=r"the shift of ola in primary from 2026-01-12.* is not all ola's any more"):
        accepted(after, agreed)


def test_a_shift_of_which_a_part_was_given_away_is_refused() -> None:
    found = rota(document())
    agreed = swap(found, oslo(1, 13), oslo(1, 20), oslo(1, 8))
    after = found.changed(Changes(overrides=(override("kari", oslo(1, 22), oslo(1, 23)),)))
    with pytest.raises(SwapError, match="is not all per's any more"):
        accepted(after, agreed)


def test_two_nights_with_a_day_between_them_are_not_one_shift() -> None:
    nights = [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "17:00", "to": "08:00"}]
    found = rota(document(layer(restrictions=nights)))
    both = Turn("ola", "primary", oslo(1, 13, 17), oslo(1, 15, 8))
    with pytest.raises(SwapError, match="is not all ola's any more"):
        accepted(found, Swap(id="s1", one=both, other=turn(found, oslo(1, 20, 20)), accepted_at=oslo(1, 8)))


def test_what_is_left_of_a_running_shift_is_enough() -> None:
    """Ola gave away Tuesday; on Thursday he swaps what is left of the week, which is all his."""
    found = rota(document(), overrides=(override("kari", oslo(1, 13), oslo(1, 14)),))
    rest = Turn("ola", "primary", oslo(1, 12, 8), oslo(1, 19, 8))
    agreed = Swap(id="s1", one=rest, other=turn(found, oslo(1, 20)), accepted_at=oslo(1, 15))
    assert [one.person for one in accepted(found, agreed)] == ["per", "ola"]


@pytest.mark.parametrize(
    ("one", "other", "now", "message"),
    [
        (oslo(1, 6), oslo(1, 13), oslo(1, 12, 8), "the shift of kari .* is over; choose one that is not"),
        (oslo(1, 6), oslo(1, 27), oslo(1, 2), "kari cannot swap with themselves; choose a shift of somebody else"),
    ],
)
def test_a_shift_that_is_over_or_ones_own_is_refused(
    one: datetime, other: datetime, now: datetime, message: str
) -> None:
    found = rota(document())
    with pytest.raises(SwapError, match=message):
        accepted(found, swap(found, one, other, now))


def test_shifts_that_overlap_are_refused() -> None:
    found = rota(document(layer("primary"), layer("secondary", "siri", "per")))
    both = Swap(
        id="s1",
        one=turn(found, oslo(1, 6)),
        other=turn(found, oslo(1, 6), "secondary"),
        accepted_at=oslo(1, 2),
    )
    with pytest.raises(SwapError, match="overlap; one person cannot have both"):
        accepted(found, both)


def test_a_swap_of_a_layer_that_is_not_there_is_refused() -> None:
    found = rota(document())
    gone = Turn("ola", "tertiary", oslo(1, 12, 8), oslo(1, 19, 8))
    with pytest.raises(RotaError, match='has no layer "tertiary"'):
        accepted(found, Swap(id="s1", one=gone, other=turn(found, oslo(1, 20)), accepted_at=oslo(1, 2)))


def test_changes_are_kept_in_the_order_in_which_they_were_made() -> None:
    found = rota(document())
    agreed = swap(found, oslo(1, 13), oslo(1, 20), oslo(1, 8))
    late = override("siri", oslo(1, 13), oslo(1, 14), made_at=oslo(1, 9))
    early: Override = override("siri", oslo(1, 15), oslo(1, 16), made_at=oslo(1, 7))
    after = found.changed(Changes(overrides=(late, early), swaps=(agreed,)))
    assert told(shifts(after, oslo(1, 12, 9), oslo(1, 19))) == [
        "per Mon 12 Jan 08:00 - Tue 13 Jan 00:00",
        "siri Tue 13 Jan 00:00 - Wed 14 Jan 00:00",
        "per Wed 14 Jan 00:00 - Mon 19 Jan 08:00",  # over the earlier override
    ]
