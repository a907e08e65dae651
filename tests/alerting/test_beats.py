"""When a sign of life is expected again."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.alerting.beats import EveryError, every, following
from models.alerting.document import HeartbeatDocument
from models.rota.recurrence import handovers
from models.rota.shift import RotaError

INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given UTC


@given(INSTANTS, st.integers(1, 12))
def test_a_month_later_is_the_same_day_or_the_last_of_a_shorter_month(at: datetime, months: int) -> None:
    later = every(f"{months}mo").after(at)
    assert (later.year * 12 + later.month) - (at.year * 12 + at.month) == months
    assert later.day == at.day or (later + timedelta(days=1)).month != later.month
    assert later.timetz() == at.timetz()


@given(INSTANTS, st.sampled_from([("90m", 5_400), ("3h", 10_800), ("7d", 604_800), ("2w", 1_209_600)]))
def test_an_interval_is_a_stretch_of_time(at: datetime, given_: tuple[str, int]) -> None:
    text, seconds = given_
    assert every(text).after(at) - at == timedelta(seconds=seconds)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - given UTC
def test_a_rules_next_slot_is_after_and_at_its_wall_time(at: datetime) -> None:
    slot = following("FREQ=DAILY", "Europe/Oslo", datetime(2025, 12, 1, 2, 30))(at)  # noqa: DTZ001 - wall time
    assert at < slot <= at + timedelta(hours=49)


RULES = (
    "FREQ=HOURLY",
    "FREQ=HOURLY;INTERVAL=5",
    "FREQ=HOURLY;INTERVAL=7;BYDAY=MO,TH",
    "FREQ=HOURLY;BYHOUR=2,3,4;BYMINUTE=30",
    "FREQ=HOURLY;INTERVAL=3;BYMONTH=3,10",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=DAILY;BYHOUR=8,20",
    "FREQ=DAILY;INTERVAL=2;BYMONTHDAY=1,2,3,31",
    "FREQ=DAILY;BYHOUR=3,9,21;BYSETPOS=-1",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO",
    "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,MO;WKST=SU",
    "FREQ=MONTHLY;INTERVAL=5;BYDAY=-1FR",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=20;BYDAY=MO",
)
YEAR = st.datetimes(datetime(2024, 1, 1), datetime(2025, 1, 1))  # noqa: DTZ001 - wall time


@settings(max_examples=400)
@given(st.sampled_from(RULES), YEAR, st.timedeltas(timedelta(days=-30), timedelta(days=500)))
def test_a_rule_asked_from_near_the_instant_gives_what_counting_from_its_start_gives(
    text: str, starts: datetime, later: timedelta
) -> None:
    """Through summer time, leap days and intervals that are counted from the start."""
    starts, there = starts.replace(second=0, microsecond=0), ZoneInfo("Europe/Oslo")
    at = (starts + later).replace(tzinfo=there).astimezone(UTC)
    try:
        rule = handovers(text, starts)
    except RotaError:
        reject()
    naive = next(one for wall in rule if (one := wall.replace(tzinfo=there).astimezone(UTC)) > at)
    assert following(text, "Europe/Oslo", starts)(at) == naive


def test_a_rule_that_began_long_ago_is_not_counted_through() -> None:
    """Of a quarter of a century of hours a few are looked at."""
    rule, wall = handovers("FREQ=HOURLY;INTERVAL=5", datetime(2001, 1, 1, 7)), datetime(2026, 11, 28)  # noqa: DTZ001
    first = next(rule.since(wall))
    assert wall - timedelta(hours=10) <= first <= wall
    assert (first - datetime(2001, 1, 1, 7)) % timedelta(hours=5) == timedelta(0)  # noqa: DTZ001 - wall time


@pytest.mark.parametrize("text", ["", "3", "h", "0h", "13mo", "401d", "3 h", "-1h", "1.5h", "٣h", "999999h"])
def test_what_is_no_interval_is_refused(text: str) -> None:
    with pytest.raises(EveryError):
        every(text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"every": "FREQ=DAILY"},
        {"every": "FREQ=SECONDLY", "starts": "2026-01-01T02:00:00"},
        {"every": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "starts": "2026-01-01T02:00:00"},
        {"every": "3h", "starts": "2026-01-01T02:00:00"},
        {"grace": "soon"},
        {"grace": "1mo"},
        {"name": "\u202eabc"},
    ],
)
def test_a_beat_that_cannot_be_expected_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        HeartbeatDocument.model_validate({"key": "a", "name": "A", "every": "3h", "customer": "b", **wrong})
