"""Worked cases in Oslo: handovers over both clock changes of 2026, restrictions, layers, temporary schedules."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.rota.changes import Changes, Departure, FixedShift
from models.rota.document import read_rota, spec_of
from models.rota.questions import gaps, next_shift, on_call, shifts, shifts_of
from models.rota.rota import compile_rota
from models.rota.shift import RotaError, Shift, Why
from models.sla.calendar import compile_calendar
from models.sla.calendar_document import parse_spec
from models.sla.day_table import NaiveInstantError
from models.sla.years import BeyondHorizonError
from tests.rota.worlds import SUPPORT, document, layer, oslo, override, rota, told

HOUR = timedelta(hours=1)
NIGHTS: list[dict[str, Any]] = [
    {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "17:00", "to": "08:00"},
    {"days": ["sat", "sun"], "from": "00:00", "to": "24:00"},
    {"days": ["mon"], "from": "00:00", "to": "08:00"},
]


def test_a_week_is_handed_over_on_monday_at_eight_over_the_clock_change_in_spring() -> None:
    found = shifts(rota(document()), oslo(3, 23, 9), oslo(4, 6, 9))
    assert told(found) == [
        "per Mon 23 Mar 08:00 - Mon 30 Mar 08:00",  # eleven weeks after Kari's first: 11 = 3 * 3 + 2
        "kari Mon 30 Mar 08:00 - Mon 06 Apr 08:00",
        "ola Mon 06 Apr 08:00 - Mon 13 Apr 08:00",
    ]
    assert found[0] == Shift(  # 08:00 is 07:00 UTC before the change and 06:00 after it: a week of 167 hours
        "drift",
        "primary",
        "per",
        datetime(2026, 3, 23, 7, tzinfo=UTC),
        datetime(2026, 3, 30, 6, tzinfo=UTC),
        Why.ROTATION,
    )


def test_the_week_of_the_clock_change_in_autumn_has_169_hours() -> None:
    found = shifts(rota(document()), oslo(10, 19, 9), oslo(10, 26, 8))
    assert told(found) == ["per Mon 19 Oct 08:00 - Mon 26 Oct 08:00"]
    assert [shift.until - shift.since for shift in found] == [169 * HOUR]


def test_a_skipped_handover_takes_place_when_the_clock_jumps() -> None:
    daily = layer("primary", "kari", "ola", starts=datetime(2026, 3, 27, 2, 30), rotation="FREQ=DAILY")
    assert told(shifts(rota(document(daily)), oslo(3, 28, 3), oslo(3, 30, 2))) == [
        "ola Sat 28 Mar 02:30 - Sun 29 Mar 03:00",
        "kari Sun 29 Mar 03:00 - Mon 30 Mar 02:30",
    ]


def test_a_repeated_handover_takes_place_the_first_time() -> None:
    daily = layer("primary", "kari", "ola", starts=datetime(2026, 10, 24, 2, 30), rotation="FREQ=DAILY")
    found = rota(document(daily))
    first, second = (oslo(10, 25, 2, 30, fold).astimezone(UTC) for fold in (0, 1))
    assert second - first == HOUR
    assert [shift.person for shift in on_call(found, first)] == ["ola"]
    assert [shift.person for shift in on_call(found, second - timedelta(minutes=1))] == ["ola"]
    assert shifts(found, first, oslo(10, 26, 2))[0].since == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_of_two_handovers_in_a_skipped_hour_the_later_one_counts() -> None:
    hourly = layer("primary", "kari", "ola", "per", starts=datetime(2026, 3, 29, 1), rotation="FREQ=HOURLY")
    assert told(shifts(rota(document(hourly)), oslo(3, 29, 1), oslo(3, 29, 5))) == [
        "kari Sun 29 Mar 01:00 - Sun 29 Mar 03:00",
        "per Sun 29 Mar 03:00 - Sun 29 Mar 04:00",  # Ola's hour, from 02:00, did not exist
        "kari Sun 29 Mar 04:00 - Sun 29 Mar 05:00",
    ]


def test_the_hourly_shift_of_the_repeated_hour_lasts_two() -> None:
    hourly = layer("primary", "kari", "ola", "per", starts=datetime(2026, 10, 25, 1), rotation="FREQ=HOURLY")
    found = shifts(rota(document(hourly)), oslo(10, 25, 1), oslo(10, 25, 4))
    assert [(shift.person, shift.until - shift.since) for shift in found] == [
        ("kari", HOUR),
        ("ola", 2 * HOUR),
        ("per", HOUR),
    ]


def test_a_shift_holds_its_first_microsecond_and_not_its_last_border() -> None:
    found = rota(document())
    handover, tick = oslo(1, 12, 8), timedelta(microseconds=1)
    assert [shift.person for shift in on_call(found, handover - tick)] == ["kari"]
    assert [shift.person for shift in on_call(found, handover)] == ["ola"]
    assert on_call(found, oslo(1, 5, 8) - tick) == ()


def test_the_first_person_begins_at_the_start_and_each_occurrence_after_it_brings_the_next() -> None:
    """The start is a Wednesday; the rule fires on Mondays and Fridays."""
    part = layer(starts=datetime(2026, 6, 3, 12), rotation="FREQ=WEEKLY;BYDAY=MO,FR;BYHOUR=8")
    found = rota(document(part))
    assert told(shifts(found, oslo(6, 1), oslo(6, 9))) == [
        "kari Wed 03 Jun 12:00 - Fri 05 Jun 08:00",
        "ola Fri 05 Jun 08:00 - Mon 08 Jun 08:00",
        "per Mon 08 Jun 08:00 - Fri 12 Jun 08:00",
    ]
    assert on_call(found, oslo(6, 3, 11, 59)) == ()


def test_one_person_alone_has_a_shift_from_each_handover_to_the_next() -> None:
    found = rota(document(layer("primary", "kari")))
    assert told(shifts(found, oslo(1, 6), oslo(1, 13))) == [
        "kari Mon 05 Jan 08:00 - Mon 12 Jan 08:00",
        "kari Mon 12 Jan 08:00 - Mon 19 Jan 08:00",
    ]


def test_nights_and_weekends_are_one_shift_where_their_windows_touch() -> None:
    found = rota(document(layer(restrictions=NIGHTS)))
    assert told(shifts(found, oslo(3, 26, 9), oslo(3, 31))) == [
        "per Thu 26 Mar 17:00 - Fri 27 Mar 08:00",
        "per Fri 27 Mar 17:00 - Mon 30 Mar 08:00",  # 62 hours, as the clock jumps on Sunday
        "kari Mon 30 Mar 17:00 - Tue 31 Mar 08:00",
    ]
    assert on_call(found, oslo(3, 27, 12)) == ()


def test_a_handover_inside_a_window_hands_over_the_rest_of_it() -> None:
    """The first turn begins on Tuesday at midnight, in the window that began on Monday."""
    part = layer(starts=datetime(2026, 1, 6), rotation="FREQ=DAILY", restrictions=NIGHTS)
    assert told(shifts(rota(document(part)), oslo(1, 5), oslo(1, 7, 9))) == [
        "kari Tue 06 Jan 00:00 - Tue 06 Jan 08:00",
        "kari Tue 06 Jan 17:00 - Wed 07 Jan 00:00",
        "ola Wed 07 Jan 00:00 - Wed 07 Jan 08:00",
    ]


def test_a_window_ends_at_the_first_pass_of_a_repeated_hour() -> None:
    night = [{"days": ["sat"], "from": "22:00", "to": "02:30"}]
    morning = [{"days": ["sun"], "from": "02:30", "to": "06:00"}]
    found = rota(document(layer("night", restrictions=night), layer("morning", restrictions=morning)))
    assert told(shifts(found, oslo(10, 24), oslo(10, 26))) == [
        "per Sat 24 Oct 22:00 - Sun 25 Oct 02:30",
        "per Sun 25 Oct 02:30 - Sun 25 Oct 06:00",
    ]
    assert gaps(found, oslo(10, 24, 22), oslo(10, 25, 6)) == ()


def test_outside_a_contracts_hours_are_its_nights_lunches_weekends_and_holidays() -> None:
    found = rota(document(layer(restrictions=[{"outside_hours_of": "acme/support"}])))
    assert told(shifts(found, oslo(4, 1, 9), oslo(4, 8))) == [
        "kari Wed 01 Apr 11:30 - Wed 01 Apr 12:00",
        "kari Wed 01 Apr 16:00 - Mon 06 Apr 08:00",  # Maundy Thursday to Easter Sunday
        "ola Mon 06 Apr 08:00 - Tue 07 Apr 08:00",  # Easter Monday, handed over at 08:00 as ever
        "ola Tue 07 Apr 11:30 - Tue 07 Apr 12:00",
        "ola Tue 07 Apr 16:00 - Wed 08 Apr 08:00",
    ]


def test_the_hours_of_a_contract_restrict_a_layer_to_them() -> None:
    found = rota(document(layer(restrictions=[{"hours_of": "acme/support"}])))
    assert told(shifts(found, oslo(4, 1), oslo(4, 7, 10))) == [
        "kari Wed 01 Apr 08:00 - Wed 01 Apr 11:30",
        "kari Wed 01 Apr 12:00 - Wed 01 Apr 16:00",
        "ola Tue 07 Apr 08:00 - Tue 07 Apr 11:30",
    ]


def test_a_calendar_that_knows_one_year_answers_for_all_of_it_and_for_no_other() -> None:
    frozen = compile_calendar(
        parse_spec(
            {
                "name": "frozen",
                "zone": "Europe/Oslo",
                "weekly": {"mon": [["08:00", "16:00"]]},
                "holidays": {"from_year": 2026, "to_year": 2026, "dates": {}},
            }
        )
    )
    part = layer(starts=datetime(2025, 12, 29, 8), restrictions=[{"outside_hours_of": "acme/frozen"}])
    found = compile_rota(spec_of(read_rota(document(part)), {"acme/frozen": frozen}))
    first, last = on_call(found, oslo(1, 1)), on_call(found, oslo(12, 31, 23))
    assert told((*first, *last)) == [
        "kari Thu 01 Jan 00:00 - Mon 05 Jan 08:00",
        "ola Mon 28 Dec 16:00 - Fri 01 Jan 00:00",
    ]
    with pytest.raises(BeyondHorizonError, match="acme/frozen is known for 2026 to 2026; the rota needs 2027"):
        on_call(found, datetime(2027, 3, 1, tzinfo=UTC))


def test_each_layer_that_has_somebody_answers_in_the_order_of_the_layers() -> None:
    found = rota(document(layer("primary"), layer("secondary", "siri", "kari"), layer("nights", restrictions=NIGHTS)))
    by_day = [(shift.layer, shift.person, shift.why) for shift in on_call(found, oslo(1, 14, 12))]
    assert by_day == [("primary", "ola", Why.ROTATION), ("secondary", "kari", Why.ROTATION)]
    assert [shift.layer for shift in on_call(found, oslo(1, 14, 20))] == ["primary", "secondary", "nights"]


def test_shifts_come_by_their_start_and_then_in_the_order_of_the_layers() -> None:
    found = rota(document(layer("z"), layer("a", starts=datetime(2026, 1, 7, 8))))
    order = [(shift.since.day, shift.layer) for shift in shifts(found, oslo(1, 5, 8), oslo(1, 14, 9))]
    assert order == [(5, "z"), (7, "a"), (12, "z"), (14, "a")]
    assert {shift.layer for shift in shifts(found, oslo(1, 5), oslo(1, 14), "a")} == {"a"}


def test_a_layer_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(RotaError, match=r'drift has no layer "tertiary"; it has primary'):
        shifts(rota(document()), oslo(1, 5), oslo(1, 6), "tertiary")


def test_a_temporary_schedule_takes_the_place_of_a_layer_and_keeps_its_name() -> None:
    july = {"name": "july", "from": datetime(2026, 7, 1), "until": datetime(2026, 7, 15), "replaces": "primary"}
    summer = {**july, "people": ["siri", "per"], "starts": datetime(2026, 6, 29, 8), "rotation": "FREQ=WEEKLY"}
    found = shifts(rota(document(temporary=[summer])), oslo(6, 30), oslo(7, 16))
    assert told(found) == [
        "ola Mon 29 Jun 08:00 - Wed 01 Jul 00:00",
        "siri Wed 01 Jul 00:00 - Mon 06 Jul 08:00",
        "per Mon 06 Jul 08:00 - Mon 13 Jul 08:00",
        "siri Mon 13 Jul 08:00 - Wed 15 Jul 00:00",
        "kari Wed 15 Jul 00:00 - Mon 20 Jul 08:00",  # as if it had never been
    ]
    assert {(shift.layer, shift.why, shift.because) for shift in found[1:4]} == {
        ("primary", Why.TEMPORARY, "july"),
    }


def test_a_temporary_schedule_may_stand_beside_the_layers() -> None:
    migration = {"name": "migration", "from": datetime(2026, 7, 4, 9), "until": datetime(2026, 7, 5, 9)}
    found = rota(document(temporary=[{**migration, "people": ["siri"]}]))
    assert [shift.layer for shift in on_call(found, oslo(7, 4, 9))] == ["primary", "migration"]
    assert [shift.layer for shift in on_call(found, oslo(7, 5, 9))] == ["primary"]
    everyone = found.changed(rota(document(), overrides=(override("per", oslo(7, 1), oslo(7, 9)),)).changes)
    assert told(shifts(everyone, oslo(7, 3), oslo(7, 6), "migration")) == ["per Sat 04 Jul 09:00 - Sun 05 Jul 09:00"]


def test_what_a_temporary_schedule_does_not_cover_is_a_gap() -> None:
    days = {"name": "days", "from": datetime(2026, 7, 1), "until": datetime(2026, 7, 2), "replaces": "primary"}
    short = {**days, "people": ["siri"], "restrictions": [{"days": ["wed"], "from": "08:00", "to": "16:00"}]}
    found = gaps(rota(document(temporary=[short])), oslo(6, 30), oslo(7, 3))
    assert [(gap.since, gap.until) for gap in found] == [(oslo(7, 1), oslo(7, 1, 8)), (oslo(7, 1, 16), oslo(7, 2))]


def test_gaps_are_asked_for_day_and_night_or_inside_the_hours_of_a_contract() -> None:
    found = rota(document(layer(restrictions=[{"days": ["mon", "tue", "wed"], "from": "09:00", "to": "24:00"}])))
    inside = gaps(found, oslo(4, 1), oslo(4, 9), SUPPORT)
    assert [(gap.since.astimezone(oslo(1, 1).tzinfo), gap.until.astimezone(oslo(1, 1).tzinfo)) for gap in inside] == [
        (oslo(4, 1, 8), oslo(4, 1, 9)),
        (oslo(4, 7, 8), oslo(4, 7, 9)),  # after Easter
        (oslo(4, 8, 8), oslo(4, 8, 9)),
    ]
    assert len(gaps(found, oslo(4, 1), oslo(4, 9))) == 4
    assert gaps(found, oslo(4, 1), oslo(4, 1)) == ()


def test_who_has_left_is_relieved_by_the_next_and_nobody_elses_turns_move() -> None:
    left = rota(document(), departures=(Departure("ola", oslo(1, 14, 12)),))
    assert told(shifts(left, oslo(1, 12, 9), oslo(2, 10))) == [
        "ola Mon 12 Jan 08:00 - Wed 14 Jan 12:00",
        "per Wed 14 Jan 12:00 - Mon 19 Jan 08:00",
        "per Mon 19 Jan 08:00 - Mon 26 Jan 08:00",
        "kari Mon 26 Jan 08:00 - Mon 02 Feb 08:00",
        "per Mon 02 Feb 08:00 - Mon 09 Feb 08:00",  # Ola's
        "per Mon 09 Feb 08:00 - Mon 16 Feb 08:00",
    ]


def test_a_departure_counts_in_a_rota_that_was_asked_before() -> None:
    before = rota(document())
    assert [shift.person for shift in on_call(before, oslo(1, 14, 12))] == ["ola"]
    after = before.changed(Changes(departures=(Departure("ola", oslo(1, 14, 12)),)))
    assert [shift.person for shift in on_call(after, oslo(1, 14, 12))] == ["per"]
    assert [shift.person for shift in on_call(before, oslo(1, 14, 12))] == ["ola"]


def test_when_everybody_has_left_nobody_is_on_call_and_it_is_a_gap() -> None:
    everybody = tuple(Departure(person, oslo(2, 4)) for person in ("kari", "ola", "per"))
    found = rota(document(), departures=everybody, overrides=(override("ola", oslo(2, 3), oslo(2, 8)),))
    assert on_call(found, oslo(2, 5)) == ()
    assert [gap.since for gap in gaps(found, oslo(2, 1), oslo(2, 20))] == [oslo(2, 4)]


def test_the_next_shift_is_one_that_has_not_begun() -> None:
    found = rota(document())
    upcoming = next_shift(found, "kari", oslo(1, 6))
    assert upcoming is not None
    assert told((upcoming,)) == ["kari Mon 26 Jan 08:00 - Mon 02 Feb 08:00"]
    assert next_shift(found, "kari", oslo(1, 5, 8)) == upcoming
    assert next_shift(found, "nobody", oslo(1, 6)) is None
    assert told(shifts_of(found, "kari", oslo(1, 6), oslo(1, 27))) == [
        "kari Mon 05 Jan 08:00 - Mon 12 Jan 08:00",
        "kari Mon 26 Jan 08:00 - Mon 02 Feb 08:00",
    ]


def test_a_turn_longer_than_a_month_is_one_shift() -> None:
    found = rota(document(layer(starts=datetime(2025, 1, 1), rotation="FREQ=YEARLY")))
    assert told(on_call(found, oslo(7, 1))) == ["ola Thu 01 Jan 00:00 - Fri 01 Jan 00:00"]
    assert len(shifts(found, oslo(2, 1), oslo(11, 1))) == 1


def test_the_shifts_of_a_calendar_are_as_they_are_and_the_later_begun_wins() -> None:
    fixed = (
        FixedShift("kari", "primary", oslo(5, 1), oslo(5, 4), "a@x"),
        FixedShift("ola", "primary", oslo(5, 3), oslo(5, 8), "b@x"),
        FixedShift("per", "gone", oslo(5, 3), oslo(5, 8), "c@x"),
    )
    found = rota(document({"name": "primary", "from_calendar": True}), fixed=fixed)
    lines = [(shift.person, shift.since, shift.until, shift.why, shift.because) for shift in shifts(
        found, oslo(5, 1), oslo(6, 1))]  # fmt: skip
    assert lines == [
        ("kari", oslo(5, 1), oslo(5, 3), Why.CALENDAR, "a@x"),
        ("ola", oslo(5, 3), oslo(5, 8), Why.CALENDAR, "b@x"),
    ]
    assert found.strays == (fixed[2],)


def test_instants_without_a_zone_and_years_nobody_knows_are_refused() -> None:
    found = rota(document())
    with pytest.raises(NaiveInstantError, match="has no zone"):
        on_call(found, datetime(2026, 1, 6))
    with pytest.raises(BeyondHorizonError, match="known for 2000 to 2099; not for 2101"):
        on_call(found, datetime(2101, 1, 6, tzinfo=UTC))
    assert shifts(found, oslo(2, 1), oslo(1, 1)) == ()
