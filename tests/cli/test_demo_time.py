"""When the demonstration begins, and what *next opening* means in it."""

from datetime import datetime

import pytest

from bot.contracts import read_contracts
from bot.demo import WORKSPACE
from bot.demo_time import OSLO, begins_at, calendars_of, next_opening
from bot.workspace.file import read
from models.sla.calendar import Calendar


@pytest.fixture(scope="module")
def calendars() -> list[Calendar]:
    contracts = read_contracts(None)
    return calendars_of(read(WORKSPACE, contracts), contracts)


def _oslo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        ("2026-11-23 10:15", "2026-11-23 10:15"),  # a Monday in working hours: as it is
        ("2026-11-23 08:00", "2026-11-23 09:40"),  # early: the same day
        ("2026-11-23 13:30", "2026-11-24 09:40"),  # late: the next day
        ("2026-11-20 22:00", "2026-11-23 09:40"),  # Friday night: Monday
        ("2026-11-22 03:00", "2026-11-23 09:40"),  # Sunday night: Monday
        ("2026-05-17 11:00", "2026-05-18 09:40"),  # Norway's day, a Sunday
        ("2026-12-24 11:00", "2027-01-04 09:40"),  # closed over Christmas by one contract or another
    ],
)
def test_the_demonstration_begins_while_every_desk_is_open(calendars: list[Calendar], now: str, begins: str) -> None:
    assert begins_at(_oslo(now), calendars) == _oslo(begins)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-23 09:40", "2026-11-24 08:00"),  # not after lunch: the next morning
        ("2026-11-23 07:00", "2026-11-23 08:00"),
        ("2026-11-24 08:00", "2026-11-24 09:00"),  # another desk's
        ("2026-11-20 17:30", "2026-11-23 08:00"),
    ],
)
def test_the_next_opening_is_a_morning(calendars: list[Calendar], now: str, opens: str) -> None:
    assert next_opening(_oslo(now), calendars) == _oslo(opens)


def test_no_calendar_opens_never() -> None:
    assert next_opening(_oslo("2026-11-23 09:40"), []) is None
