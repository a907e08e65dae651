"""When a sign of life is expected again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.alerting.beats import EveryError, every, following
from models.alerting.document import HeartbeatDocument

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
