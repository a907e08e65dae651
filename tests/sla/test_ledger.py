"""What a ledger tells a reader."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sla.clock import ClockTime, Pause, WorkingTime
from models.sla.ledger import Ledger, Reason, ReasonKind, ledger, words
from tests.sla.clock_table import at, calendar, hours


def _lines(account: Ledger) -> list[str]:
    def wall(at: datetime | None) -> str:
        return f"{at.astimezone(account.zone):%a %H:%M}" if at is not None else ""

    spans = [(one.start, one.end, str(one.amount)) for one in account.counted]
    told = [(start, f"{wall(start)}–{wall(end)} {text}") for start, end, text in spans]
    told += [(one.start, f"{wall(one.start)}–{wall(one.end)} {one.text}") for one in account.skipped]
    return [line for _, line in sorted(told)]


def test_the_account_of_the_worked_example() -> None:
    waits = [Pause(at("2026-11-23T09:10:00+01:00"), at("2026-11-23T10:00:00+01:00"), "access")]
    account = ledger(calendar("softone"), at("2026-11-20T15:30:00+01:00"), WorkingTime(hours(4)), waits, language="en")
    assert _lines(account) == [
        "Fri 15:30–Fri 17:00 1:30:00",
        "Fri 17:00–Mon 08:00 closed, weekend",
        "Mon 08:00–Mon 09:10 1:10:00",
        "Mon 09:10–Mon 10:00 waiting for access",
        "Mon 10:00–Mon 11:20 1:20:00",
    ]
    assert account.total == account.budget == hours(4)
    assert account.remaining == timedelta()


def test_in_minutes_it_adds_up_and_each_row_is_what_its_wall_clocks_show() -> None:
    """Opened at five seconds past: 3:19:55 and 0:40:05 are 3 h 20 min and 40 min, and not 3 h 19 min."""
    account = ledger(calendar("softone"), at("2026-11-23T13:40:05+01:00"), WorkingTime(hours(4)), language="en")
    assert account.in_minutes == (timedelta(hours=3, minutes=20), timedelta(minutes=40))


@given(seconds=st.integers(0, 100_000), waits=st.lists(st.tuples(st.integers(0, 100_000), st.integers(1, 20_000))))
def test_in_minutes_it_adds_up_to_the_promise_whenever_it_began_and_whoever_was_waited_for(
    seconds: int, waits: list[tuple[int, int]]
) -> None:
    """Each row is within a minute of what was counted."""
    start = at("2026-11-23T06:00:00+01:00") + timedelta(seconds=seconds)
    pauses = [
        Pause(start + timedelta(seconds=after), start + timedelta(seconds=after + lasts), "access")
        for after, lasts in waits
    ]
    account = ledger(calendar("softone"), start, WorkingTime(hours(4)), pauses, language="en")
    assert sum(account.in_minutes, timedelta()) == account.total == hours(4)
    for told, counted in zip(account.in_minutes, account.counted, strict=True):
        assert abs(told - counted.amount) < timedelta(minutes=1)


def test_lunch_and_a_holiday_are_called_by_their_names_in_norwegian() -> None:
    account = ledger(calendar("pindena"), at("2026-05-22T10:00:00+02:00"), WorkingTime(hours(7)), language="nb")
    assert _lines(account) == [
        "Fri 10:00–Fri 11:30 1:30:00",
        "Fri 11:30–Fri 12:00 lunsj",
        "Fri 12:00–Fri 15:00 3:00:00",
        "Fri 15:00–Tue 09:00 stengt, helg, Andre pinsedag",
        "Tue 09:00–Tue 11:30 2:30:00",
    ]
    assert [one.reason.kind for one in account.skipped] == [ReasonKind.LUNCH, ReasonKind.HOLIDAY]


def test_a_closure_tells_its_name() -> None:
    account = ledger(calendar("pindena"), at("2026-07-10T14:00:00+02:00"), WorkingTime(hours(2)), language="en")
    assert [one.text for one in account.skipped] == ["closed, weekend, to uker i juli"]


def test_a_half_day_tells_what_it_took() -> None:
    start = at("2026-12-24T11:00:00+01:00")
    account = ledger(calendar("pureservice-eves"), start, WorkingTime(hours(2)), language="en")
    assert [one.text for one in account.skipped] == ["closed, julaften, Første juledag, weekend"]


def test_an_extra_opening_on_a_saturday_is_counted_and_the_rest_of_it_closed() -> None:
    start = at("2026-11-27T15:00:00+01:00")
    account = ledger(calendar("pureservice-eves"), start, WorkingTime(hours(6)), language="sv")
    assert _lines(account) == [
        "Fri 15:00–Fri 16:00 1:00:00",
        "Fri 16:00–Sat 10:00 stängt",
        "Sat 10:00–Sat 14:00 4:00:00",
        "Sat 14:00–Mon 08:00 stängt, helg",
        "Mon 08:00–Mon 09:00 1:00:00",
    ]


def test_a_wait_over_closed_hours_is_told_in_the_hours_it_took() -> None:
    waits = [Pause(at("2026-11-23T16:00:00+01:00"), at("2026-11-24T09:00:00+01:00"))]
    account = ledger(calendar("softone"), at("2026-11-23T15:00:00+01:00"), WorkingTime(hours(2)), waits, language="sv")
    assert _lines(account) == [
        "Mon 15:00–Mon 16:00 1:00:00",
        "Mon 16:00–Mon 17:00 väntar på kunden",
        "Mon 17:00–Tue 08:00 stängt",
        "Tue 08:00–Tue 09:00 väntar på kunden",
        "Tue 09:00–Tue 10:00 1:00:00",
    ]


def test_touching_waits_for_the_same_thing_are_one_line_and_the_first_gives_its_label() -> None:
    start = at("2026-11-23T08:00:00+01:00")
    waits = [
        Pause(start + hours(1), start + hours(2)),
        Pause(start + hours(2), start + hours(3)),
        Pause(start + hours(2), start + hours(4), "a part from Oslo"),
    ]
    account = ledger(calendar("softone"), start, WorkingTime(hours(2)), waits, language="en")
    assert _lines(account) == [
        "Mon 08:00–Mon 09:00 1:00:00",
        "Mon 09:00–Mon 11:00 waiting for customer",
        "Mon 11:00–Mon 12:00 a part from Oslo",
        "Mon 12:00–Mon 13:00 1:00:00",
    ]


def test_while_a_wait_lasts_the_account_stops_there_with_what_is_left() -> None:
    start = at("2026-11-23T08:00:00+01:00")
    waits = [Pause(start - hours(9), start - hours(8)), Pause(start + hours(1), None, "access")]
    account = ledger(calendar("softone"), start, WorkingTime(hours(4)), waits, language="nb")
    assert account.due is None
    assert account.remaining == hours(3)
    assert _lines(account) == ["Mon 08:00–Mon 09:00 1:00:00", "Mon 09:00– venter på tilgang"]


def test_elapsed_time_is_one_span_whatever_the_hours() -> None:
    account = ledger(calendar("softone"), at("2026-11-27T12:00:00+01:00"), ClockTime(hours(48)), language="en")
    assert len(account.counted) == 1
    assert not account.skipped


def test_a_union_is_closed_when_every_office_is_and_names_each_of_their_holidays() -> None:
    start = at("2026-05-22T21:00:00+02:00")
    account = ledger(calendar("easymeeting-both"), start, WorkingTime(hours(2)), language="en")
    assert [one.text for one in account.skipped] == ["closed, weekend, Andre pinsedag, Memorial Day"]


@pytest.mark.parametrize("language", ["en", "nb", "sv", "fi"])
def test_every_kind_of_reason_has_words_in_every_language(language: str) -> None:
    assert all(words(Reason(kind), language) for kind in ReasonKind)


def test_a_name_in_several_languages_is_said_in_the_readers_own_or_in_english() -> None:
    reason = Reason(ReasonKind.CLOSURE, {"en": "Christmas closure", "nb": "romjul"})
    assert words(reason, "nb") == "romjul"
    assert words(reason, "sv") == "Christmas closure"
    assert words(Reason(ReasonKind.CLOSURE, {"fi": "joulu"}), "en") == "joulu"
    assert words([reason, reason], "nb") == "romjul"
