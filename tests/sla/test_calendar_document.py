"""Calendars as documents: read, refused with words, stored and made again."""

import json
from datetime import date
from typing import Any

import pytest

from models.sla.calendar import BeyondHorizonError, SpecError, compile_calendar
from models.sla.calendar_document import expanded, parse_spec, restored
from tests.sla.clock_table import at, calendar, hours

OFFICE: dict[str, Any] = {
    "name": "office",
    "zone": "Europe/Oslo",
    "weekly": {"mon": [["08:00", "16:00"]], "tue": [["08:00", "24:00"]]},
    "holidays": {"country": "NO", "categories": ["public"], "language": "no"},
    "closures": [
        {"name": "juli", "iso_weeks": [29], "years": [2026]},
        {"name": "romjul", "from": "12-24", "to": "01-01"},
        {"name": "flytting", "from": "2026-09-01", "to": "2026-09-02"},
        {"name": "uke 8", "iso_weeks": [8]},
    ],
    "limits": [
        {"name": "påske", "on": {"easter": -6}, "hours": [["08:00", "12:00"]]},
        {"name": "dag", "on": "2026-10-05", "hours": [["08:00", "12:00"]]},
        {"name": "lille", "on": "12-22", "hours": [["08:00", "12:00"]]},
    ],
    "extra": [{"name": "vakt", "on": "2026-11-28", "hours": [["10:00", "14:00"]]}],
}


def test_a_stored_version_is_the_same_calendar_whatever_the_packages_later_say() -> None:
    office = compile_calendar(parse_spec(OFFICE))
    content = json.loads(json.dumps(expanded(office, range(2026, 2028))))
    again = restored(content)
    assert content["holidays"]["dates"]["2026-05-25"] == "2. pinsedag"
    assert set(content["versions"]) == {"holidays", "tzdata"}
    for month in range(1, 13):
        start = at(f"2026-{month:02d}-01T10:00:00+01:00")
        assert again.add(start, hours(40)) == office.add(start, hours(40))
    with pytest.raises(BeyondHorizonError):
        again.is_working_day(date(2028, 1, 3))
    assert expanded(again, range(2026, 2028)) == content


def test_a_stored_union_brings_its_members_along() -> None:
    both = calendar("easymeeting-both")
    again = restored(json.loads(json.dumps(expanded(both, range(2026, 2028)))))
    start = at("2026-12-24T15:00:00+01:00")
    assert again.add(start, hours(30)) == both.add(start, hours(30))


def test_a_stored_calendar_without_holidays_has_none() -> None:
    plain = compile_calendar(parse_spec({"name": "plain", "zone": "UTC", "weekly": OFFICE["weekly"]}))
    assert expanded(plain, range(2026, 2027))["holidays"] is None


def test_toml_dates_are_dates() -> None:
    spec = parse_spec(OFFICE | {"extra": [{"name": "vakt", "on": date(2026, 11, 28), "hours": [["10:00", "14:00"]]}]})
    assert spec.extra[0].on == date(2026, 11, 28)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"name": ""}, "needs a name"),
        ({"hours": {}}, "office: hours is no key"),
        ({"weekly": {"monday": []}}, "office: weekly.monday is no weekday"),
        ({"weekly": {"mon": [["8", "16:00"]]}}, "office: weekly.mon: .* is no window"),
        ({"weekly": {"mon": [["08:00"]]}}, "is no window"),
        ({"weekly": {"mon": [["08:00", "24:30"]]}}, "by 24:00"),
        ({"zone": "Europe/Olso"}, "zone 'Europe/Olso' is unknown"),
        ({"zone": ""}, "is unknown"),
        ({"holidays": {"country": "NO", "categories": ["public"]}}, "holidays needs language"),
        ({"holidays": {"country": "NO", "categories": ["public"], "language": "nb"}}, 'no language "nb"'),
        ({"holidays": {"2026-13-01": "x"}}, "'2026-13-01' is no date"),
        ({"closures": [{"name": "x", "from": "12-24", "to": "2026-01-01"}]}, "must both be"),
        ({"closures": [{"name": "x", "from": "2026-02-01", "to": "2026-01-01"}]}, "in their order"),
        ({"closures": [{"name": "x", "from": "02-30", "to": "03-01"}]}, "no day of the year"),
        ({"extra": [{"name": "x", "on": "12-24", "hours": []}]}, "is no date"),
    ],
)
def test_a_mistake_is_named_with_its_key_and_what_would_be_right(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(SpecError, match=complaint):
        parse_spec(OFFICE | change)
