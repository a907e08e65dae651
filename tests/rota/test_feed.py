"""Rotas as iCalendar, out and in."""

import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from models.rota.calendar_file import Imported, Reading, read_calendar
from models.rota.feed import Heading, written
from models.rota.questions import on_call, shifts, shifts_of
from models.rota.rota import Rota
from models.rota.shift import RotaError, Shift, label
from tests.house.tree import ROOT
from tests.rota.test_laws import World, compiled
from tests.rota.worlds import OSLO, document, layer, oslo, override, rota, told, worlds

NAMES = {"kari": "Kari Nordmann", "ola": "Ola Dunk", "per": "Per Spelmann", "siri": "Siri Li"}
PEOPLE = {name: handle for handle, name in NAMES.items()} | {"kari@example.com": "kari", "ola": "ola"}
STAMP = oslo(1, 4, 12)
BEGIN, END = oslo(1, 1), oslo(12, 31)
HEADING = Heading(title="Drift", names=NAMES, stamp=STAMP)


def reading(begin: datetime = BEGIN, end: datetime = END, *layers: str) -> Reading:
    return Reading(people=PEOPLE, layers=layers or ("primary", "secondary"), zone=OSLO, begin=begin, end=end)


def event(*lines: str, uid: str = "u1") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT"])


def calendar(*events: str) -> str:
    return "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *events, "END:VCALENDAR", ""])


def once(summary: str, *more: str, uid: str = "u1") -> str:
    return event("DTSTART:20260105T070000Z", "DTEND:20260112T070000Z", f"SUMMARY:{summary}", *more, uid=uid)


def imported(*events: str, **asked: Any) -> Imported:
    return read_calendar(calendar(*events), reading(**asked))


def lines(found: Imported) -> list[str]:
    """As `told`, with the layer in front."""
    shown = [Shift("drift", one.layer, one.person, one.since, one.until, None) for one in found.shifts]  # type: ignore[arg-type]
    return [f"{one.layer} {told((one,))[0]}" for one in shown]


# -- out ------------------------------------------------------------------------------------------


def test_a_feed_has_an_event_for_each_shift_in_utc_with_layer_and_name() -> None:
    text = written(shifts(rota(document()), oslo(3, 24), oslo(3, 31)), HEADING).decode()
    first = text.split("BEGIN:VEVENT")[1].split("\r\n")
    assert {
        "UID:drift.primary.20260323T070000Z@vakt",
        "DTSTAMP:20260104T110000Z",
        "DTSTART:20260323T070000Z",
        "DTEND:20260330T060000Z",
        "SUMMARY:Primary: Per Spelmann",
        "TRANSP:TRANSPARENT",
    } <= set(first)
    assert "NAME:Drift" in text.split("\r\n")


def test_a_shift_keeps_its_uid_when_it_is_somebody_elses_or_ends_otherwise() -> None:
    before = rota(document())
    after = rota(document(), overrides=(override("siri", oslo(1, 12, 8), oslo(1, 15)),))

    def uids(found: Rota) -> list[str]:
        parsed = Calendar.from_ical(written(shifts(found, oslo(1, 12, 9), oslo(1, 20)), HEADING))
        return [str(each["UID"]) for each in parsed.walk("VEVENT")]

    assert uids(before) == ["drift.primary.20260112T070000Z@vakt", "drift.primary.20260119T070000Z@vakt"]
    assert set(uids(before)) <= set(uids(after))


def test_a_persons_feed_has_their_shifts_in_all_their_rotas() -> None:
    other = rota(document(layer("night-shift", "per", "kari"), key="natt"))
    both = [each for one in (rota(document()), other) for each in shifts_of(one, "kari", oslo(1, 5), oslo(1, 19))]
    parsed = Calendar.from_ical(written(both, HEADING))
    assert [str(each["SUMMARY"]) for each in parsed.walk("VEVENT")] == [
        "Primary: Kari Nordmann",
        "Night shift: Kari Nordmann",
    ]


def test_somebody_without_a_name_is_called_by_the_handle() -> None:
    text = written(shifts(rota(document(layer("primary", "eva"))), oslo(1, 5), oslo(1, 6)), HEADING)
    assert b"SUMMARY:Primary: eva" in text


@settings(deadline=None, derandomize=True, max_examples=15)
@given(worlds(), st.integers(1, 30))
def test_a_feed_read_back_is_the_same_shifts(world: World, days: int) -> None:
    found, begin = compiled(world), world[2]
    end = begin + timedelta(days=days)
    sent = shifts(found, begin, end)
    back = read_calendar(written(sent, HEADING).decode(), reading(begin, end, *found.layers))
    assert back.unread == ()
    assert back.overlaps == ()
    assert sorted((one.layer, one.since, one.person, one.until) for one in back.shifts) == sorted(
        (one.layer, one.since, one.person, one.until) for one in sent
    )


def test_a_feed_read_back_is_a_rota_that_answers_the_same() -> None:
    """Also where a night shift is named in Norwegian and begins in the repeated hour."""
    original = rota(document(layer("primary"), layer("secondary", "siri", "per")))
    sent = written(shifts(original, oslo(10, 1), oslo(11, 1)), HEADING).decode()
    parts = [{"name": name, "from_calendar": True} for name in original.layers]
    copy = rota(document(*parts), fixed=read_calendar(sent, reading()).shifts)
    for hours in range(0, 30 * 24, 7):
        at = oslo(10, 1).astimezone(UTC) + timedelta(hours=hours)
        assert [(one.layer, one.person, one.since) for one in on_call(copy, at)] == [
            (one.layer, one.person, one.since) for one in on_call(original, at)
        ]


# -- in: who --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("Kari Nordmann", "primary kari"),
        ("KARI  nordmann", "primary kari"),
        ("Secondary: Kari Nordmann", "secondary kari"),
        ("On call - Kari Nordmann - secondary", "secondary kari"),
        ("kari@example.com", "primary kari"),
        ("Vakt (ola)", "primary ola"),
        ("[secondary] Ola Dunk", "secondary ola"),
    ],
)
def test_an_events_title_names_the_person_and_the_layer(summary: str, expected: str) -> None:
    found = imported(once(summary))
    assert [f"{one.layer} {one.person}" for one in found.shifts] == [expected]
    assert found.unread == ()


def test_a_guest_is_the_person_when_the_title_names_nobody() -> None:
    found = imported(once("On call", "ATTENDEE;CN=Kari:MAILTO:Kari@Example.com", "ATTENDEE:mailto:desk@example.com"))
    assert [one.person for one in found.shifts] == ["kari"]


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (once("Somebody else"), "names nobody who is known here, neither in its title nor as a guest"),
        (once("Kari Nordmann, Ola Dunk"), "names kari and ola; a shift is one person's"),
        (event("SUMMARY:ola"), "DTSTART is missing"),
        (event("DTSTART:20260105T070000Z", "SUMMARY:ola"), "ends at 2026-01-05T07:00:00, which is not after its start"),
        (event("DTSTART:20260105T070000Z", "DTEND:20260105T070000Z", "SUMMARY:ola"), "which is not after its start"),
        (event("DTSTART:yesterday", "SUMMARY:ola"), "DTSTART cannot be read"),
        (event("DTSTART;TZID=Mars/Base:20260105T070000", "DURATION:P1D", "SUMMARY:ola"), 'no time zone "Mars/Base"'),
        (event("DTSTART;VALUE=DATE:00010101", "SUMMARY:ola"), "is not in the years 1971 to 2199"),
        (once("ola", "RRULE:FREQ=SECONDLY"), 'RRULE is "FREQ=SECONDLY": FREQ must be one of'),
        (once("ola", "RRULE:FREQ=HOURLY"), "repeats at the time of its start, daily or less often"),
        (once("ola", "RRULE:FREQ=DAILY;BYHOUR=1,2"), "repeats at the time of its start, daily or less often"),
        (
            event("DTSTART:19991231T070000Z", "DURATION:PT1H", "RRULE:FREQ=YEARLY", "SUMMARY:ola"),
            "RRULE starts in 1999; the years are 2000 to 2099",
        ),
        (once("ola", "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), "RRULE is there more than once"),
        (once("ola", "RDATE;VALUE=PERIOD:20260201T070000Z/PT5H"), "is no date or time"),
        (once("ola", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260105T070000Z"), "changes all that follow"),
    ],
)
def test_an_event_that_becomes_no_shift_is_told_with_the_reason(one: str, why: str) -> None:
    found = imported(one, once("Kari Nordmann", uid="u2"))
    assert [(each.uid, why in each.why) for each in found.unread] == [("u1", True)], found.unread
    assert [each.uid for each in found.shifts] == ["u2"]


def test_an_event_outside_the_time_asked_for_is_nobodys_business() -> None:
    assert imported(once("Somebody else"), begin=oslo(2, 1)) == Imported((), (), ())
    assert imported(once("ola", "STATUS:CANCELLED")) == Imported((), (), ())


def test_shifts_that_overlap_in_a_layer_are_told() -> None:
    later = event("DTSTART:20260111T070000Z", "DURATION:P2D", "SUMMARY:ola", uid="u2")
    found = imported(once("Kari Nordmann"), later, once("Secondary: ola", uid="u3"))
    assert [(one.uid, other.uid) for one, other in found.overlaps] == [("u1", "u2")]


# -- in: when -------------------------------------------------------------------------------------


def test_an_event_repeats_at_the_same_wall_time_over_the_clock_change() -> None:
    weekly = event(
        "DTSTART;TZID=Europe/Oslo:20260316T080000",
        "DTEND;TZID=Europe/Oslo:20260323T080000",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3",
        "SUMMARY:Kari Nordmann",
    )
    assert lines(imported(weekly)) == [
        "primary kari Mon 16 Mar 08:00 - Mon 23 Mar 08:00",
        "primary kari Mon 30 Mar 08:00 - Mon 06 Apr 08:00",
        "primary kari Mon 13 Apr 08:00 - Mon 20 Apr 08:00",
    ]


def test_a_rule_until_the_end_of_time_has_no_end() -> None:
    daily = event("DTSTART:20260105T070000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=99991231T235959Z", "SUMMARY:ola")
    assert len(imported(daily, end=oslo(1, 15)).shifts) == 10


@pytest.mark.parametrize("until", ["20260330T060000Z", "20260330T080000", "20260330"])
def test_a_rule_ends_with_the_occurrence_at_its_until(until: str) -> None:
    weekly = event(
        "DTSTART;TZID=Europe/Oslo:20260316T080000", "DURATION:P1D", f"RRULE:FREQ=WEEKLY;UNTIL={until}", "SUMMARY:ola"
    )
    assert [one.since for one in imported(weekly).shifts] == [oslo(3, 16, 8), oslo(3, 23, 8), oslo(3, 30, 8)]


def test_exceptions_further_dates_and_moved_occurrences_count() -> None:
    weekly = event(
        "DTSTART;TZID=Europe/Oslo:20260302T080000",
        "DTEND;TZID=Europe/Oslo:20260302T200000",
        "RRULE:FREQ=WEEKLY;COUNT=4",
        "EXDATE;TZID=Europe/Oslo:20260309T080000",
        "RDATE;TZID=Europe/Oslo:20260311T080000",
        "SUMMARY:ola",
    )
    moved = event(
        "RECURRENCE-ID:20260316T070000Z",
        "DTSTART:20260317T070000Z",
        "DTEND:20260317T190000Z",
        "SUMMARY:Kari Nordmann",
    )
    cancelled = event("RECURRENCE-ID:20260323T070000Z", "DTSTART:20260323T070000Z", "DURATION:PT1H",
                      "SUMMARY:ola", "STATUS:CANCELLED")  # fmt: skip
    assert lines(imported(weekly, moved, cancelled)) == [
        "primary ola Mon 02 Mar 08:00 - Mon 02 Mar 20:00",
        "primary ola Wed 11 Mar 08:00 - Wed 11 Mar 20:00",
        "primary kari Tue 17 Mar 08:00 - Tue 17 Mar 20:00",
    ]


def test_whole_days_and_floating_times_are_the_rotas() -> None:
    days = event("DTSTART;VALUE=DATE:20260328", "DTEND;VALUE=DATE:20260330", "SUMMARY:ola")
    day = event("DTSTART;VALUE=DATE:20260401", "SUMMARY:ola", uid="u2")
    floating = event("DTSTART:20260402T080000", "DURATION:PT8H", "SUMMARY:ola", uid="u3")
    assert lines(imported(days, day, floating)) == [
        "primary ola Sat 28 Mar 00:00 - Mon 30 Mar 00:00",
        "primary ola Wed 01 Apr 00:00 - Thu 02 Apr 00:00",
        "primary ola Thu 02 Apr 08:00 - Thu 02 Apr 16:00",
    ]


def test_a_zone_is_known_by_its_name_and_not_by_the_rules_a_file_brings() -> None:
    """As Outlook writes it; its rules here would be wrong, and would take for ever to expand."""
    zone = ["BEGIN:VTIMEZONE", "TZID:W. Europe Standard Time", "BEGIN:STANDARD", "DTSTART:16010101T000000",
            "TZOFFSETFROM:+0900", "TZOFFSETTO:+0900", "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "END:STANDARD",
            "END:VTIMEZONE"]  # fmt: skip
    one = event("DTSTART;TZID=W. Europe Standard Time:20260105T080000", "DURATION:P1D", "SUMMARY:ola")
    assert [each.since for each in imported(*zone, one).shifts] == [oslo(1, 5, 8)]


def test_folded_lines_and_parts_that_do_not_matter_are_no_obstacle() -> None:
    alarm = "BEGIN:VALARM\nTRIGGER:-PT15M\nSUMMARY:wake up\nEND:VALARM"
    folded = once("Kari Nord\n mann", "DESCRIPTION:BEGIN:VEVENT", "X-ODD;;;:?", alarm)
    todo = "BEGIN:VTODO\nSUMMARY:ola\nEND:VTODO"
    found = read_calendar("\ufeff" + calendar(todo, folded).replace("\n", "\r\n"), reading())
    assert [one.person for one in found.shifts] == ["kari"]


# -- in: hostile ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "this is no iCalendar file: it does not begin with BEGIN:VCALENDAR"),
        ("<html>", "this is no iCalendar file"),
        ("BEGIN:VEVENT\nEND:VEVENT\n", "this is no iCalendar file"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", "this is no iCalendar file"),
        (calendar() * 2, "this is no iCalendar file: .* multiple"),
        (calendar("X" * 1_000_001), r"the calendar is 1,000,\d+ characters long; at most 1,000,000 are read"),
        (calendar(*["BEGIN:VEVENT\nEND:VEVENT"] * 5_001), "the calendar has 5,001 events; at most 5,000 are read"),
        (calendar("BEGIN:VEVENT\n" * 6_000, "END:VEVENT\n" * 6_000), "the calendar has 6,000 events"),
        (calendar(event(*["UID:1"] * 40_001)), r"the calendar has 40,\d+ lines that matter; at most 40,000 are read"),
        (calendar(*[once("ola", "RRULE:FREQ=DAILY")] * 101), "the calendar has 101 events that repeat; at most 100"),
        (
            calendar(once("ola", "RRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30")),
            'the event "ola": RRULE is "FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2": never fires',
        ),
        (calendar(*[once("ola", "RRULE:FREQ=DAILY")] * 80), "more than 20,000 shifts in that time; ask for a shorter"),
    ],
    ids=range(12),
)
def test_a_calendar_that_is_none_or_too_much_is_refused(text: str, message: str) -> None:
    with pytest.raises(RotaError, match=message):
        read_calendar(text, reading())


@settings(deadline=None, derandomize=True, max_examples=80)
@given(
    st.lists(
        st.one_of(
            st.sampled_from([
                "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "SUMMARY:ola", "UID:1",
                "DTSTART:20260105T070000Z", "DTSTART;VALUE=DATE:20260105", "DTEND:20260106T070000Z", "DURATION:-P1D",
                "DURATION:P99999999D", "RRULE:FREQ=WEEKLY", "RRULE:FREQ=DAILY;UNTIL=0", "RRULE:", "EXDATE:x",
                "RRULE:FREQ=YEARLY;COUNT=-1", "RECURRENCE-ID:20260105T070000Z", "RDATE:20260105", "DTEND:20260106",
                "DTSTART;TZID=../../etc/passwd:20260105T070000", "DTSTART:99991231T235959Z",
                "RRULE:FREQ=WEEKLY;UNTIL=99999999T000000Z",
            ]),
            st.text(max_size=20),
        ),
        max_size=14,
    )
)  # fmt: skip
def test_whatever_a_calendar_holds_is_read_or_refused_in_words(content: list[str]) -> None:
    with suppress(RotaError):
        found = read_calendar(calendar("BEGIN:VEVENT", *content, "END:VEVENT"), reading())
        assert all(one.since < one.until for one in found.shifts)
        assert all(each.why for each in found.unread)


def test_a_process_that_asks_who_is_on_call_does_not_load_icalendar() -> None:
    modules = "document, questions, rota, swapping"
    code = f"import sys; from models.rota import {modules}; sys.exit('icalendar' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60).returncode == 0


def test_a_layer_is_called_as_people_read_it() -> None:
    assert [label(name) for name in ("primary", "day-shift", "late_night")] == ["Primary", "Day shift", "Late night"]
