"""Days of notice: civil days in the agreement's zone, the earliest day, the latest moment."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sla.notice import (
    BreachAsk,
    BreachTerms,
    NoticeRule,
    TakesEffect,
    Timing,
    Verdict,
    earliest_day,
    judged,
    latest_to_tell,
)

OSLO = ZoneInfo("Europe/Oslo")


def rule(lead: int | None = None, effect: TakesEffect = TakesEffect.GIVEN, *, dated: bool = False) -> NoticeRule:
    return NoticeRule(topic="terms", clause="XX-01", lead_days=lead, takes_effect=effect, dated=dated)


def oslo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


# Told at any time on the 28th: four weeks later is the 26th of December, 90 days later the 26th of February.
EARLIEST = [
    (rule(28), oslo("2026-11-28 00:00"), date(2026, 12, 26)),
    (rule(28), oslo("2026-11-28 23:59"), date(2026, 12, 26)),
    (rule(90), oslo("2026-11-28 14:00"), date(2027, 2, 26)),
    # 23:30 UTC on the 28th is the 29th in Oslo.
    (rule(28), datetime(2026, 11, 28, 23, 30, tzinfo=UTC), date(2026, 12, 27)),
    # Over both changes of the clock a day stays a day.
    (rule(28), oslo("2026-03-15 12:00"), date(2026, 4, 12)),
    (rule(28), oslo("2026-10-10 12:00"), date(2026, 11, 7)),
    (rule(), oslo("2026-11-28 14:00"), date(2026, 11, 28)),
    (rule(effect=TakesEffect.WHEN_PUBLISHED), oslo("2026-11-28 14:00"), date(2026, 11, 28)),
    (rule(effect=TakesEffect.FIRST_OF_NEXT_MONTH), oslo("2026-11-28 14:00"), date(2026, 12, 1)),
    (rule(effect=TakesEffect.FIRST_OF_NEXT_MONTH), oslo("2026-12-01 00:00"), date(2027, 1, 1)),
    (rule(14, TakesEffect.FIRST_OF_NEXT_MONTH), oslo("2026-11-28 14:00"), date(2026, 12, 12)),
]


@pytest.mark.parametrize(("of", "told_at", "day"), EARLIEST)
def test_the_earliest_day_is_so_many_civil_days_after_it_was_told(of: NoticeRule, told_at: datetime, day: date) -> None:
    assert earliest_day(of, OSLO, told_at) == day


def test_the_latest_moment_to_tell_is_the_end_of_the_last_day() -> None:
    assert latest_to_tell(rule(28), OSLO, date(2026, 12, 26)) == oslo("2026-11-29 00:00")
    assert latest_to_tell(rule(effect=TakesEffect.FIRST_OF_NEXT_MONTH), OSLO, date(2027, 1, 15)) == oslo("2027-01-01")
    assert latest_to_tell(rule(), OSLO, date(2026, 12, 26)) is None


def test_a_wished_day_is_kept_or_too_soon_and_a_missing_one_follows_or_must_be_given() -> None:
    told_at = oslo("2026-11-28 14:00")
    tell_by = oslo("2026-11-29 00:00")
    assert judged(rule(28), OSLO, told_at, date(2026, 12, 26)) == Timing(
        Verdict.KEPT, date(2026, 12, 26), date(2026, 12, 26), tell_by
    )
    assert judged(rule(28), OSLO, told_at, date(2026, 12, 25)).verdict is Verdict.TOO_SOON
    assert judged(rule(28), OSLO, told_at, None).verdict is Verdict.DAY_MISSING
    assert judged(rule(dated=True), OSLO, told_at, None).verdict is Verdict.DAY_MISSING
    assert judged(rule(), OSLO, told_at, None) == Timing(Verdict.KEPT, None, date(2026, 11, 28))
    follows = judged(rule(effect=TakesEffect.FIRST_OF_NEXT_MONTH), OSLO, told_at, None)
    assert (follows.verdict, follows.effective) == (Verdict.KEPT, date(2026, 12, 1))


@given(
    lead=st.integers(1, 366),
    first=st.booleans(),
    minutes=st.integers(0, 2 * 365 * 24 * 60),
    ahead=st.integers(-40, 500),
)
def test_a_day_is_kept_exactly_when_it_is_told_before_the_latest_moment(
    lead: int, minutes: int, ahead: int, *, first: bool
) -> None:
    of = rule(lead, TakesEffect.FIRST_OF_NEXT_MONTH if first else TakesEffect.GIVEN)
    told_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    wished = told_at.date() + timedelta(days=ahead)
    timing = judged(of, OSLO, told_at, wished)
    assert timing.tell_by is not None
    assert (timing.verdict is Verdict.KEPT) is (told_at < timing.tell_by)


def test_what_is_blank_of_a_breach_is_named_in_order() -> None:
    asks = tuple(BreachAsk(name, {"en": name}) for name in ("kind", "affected", "measures"))
    terms = BreachTerms(clause="XX-02", asks=asks)
    assert [ask.id for ask in terms.blanks({"affected": "12 people", "measures": ""})] == ["kind", "measures"]
    assert not terms.blanks({"kind": "x", "affected": "y", "measures": "z"})
