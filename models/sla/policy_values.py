"""The small notations of a policy file: "2h", "08:00-16:00", "mon-fri", "12-24".

Each function reads one; a ValueError says what stands there and what would be right, and is
completed with file and key by `models.sla.policy`.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field

Written = TypeVar("Written")
HUNDRED = 100
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_AMOUNT = re.compile(r"^(?:(\d+)h)?(?:(\d+)m)?$")
_DAY_RANGE = re.compile(rf"^({'|'.join(DAYS)})(?:-({'|'.join(DAYS)}))?$")
_WINDOW = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$")
_MONTH_DAY = re.compile(r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")


def parse_amount(text: str) -> timedelta:
    """Hours and minutes such as "2h", "90m" or "1h30m", as a duration; ValueError otherwise."""
    found = _AMOUNT.match(text)
    if not text or found is None:
        message = f'is "{text}"; write hours and minutes such as "2h", "90m" or "1h30m"'
        raise ValueError(message)
    return timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))


def _share(number: float) -> float:
    if not 0 < number < 1:
        message = f"is {number}; a reminder is a share between 0 and 1, such as 0.75"
        raise ValueError(message)
    return number


def parse_percent(number: float) -> Fraction:
    """A percentage such as 99.5 as a share of 1, exactly as it was written; ValueError outside (0, 100]."""
    if not 0 < number <= HUNDRED:  # not a number is refused too
        message = f"is {number}; write a percentage above 0, at most 100, such as 99.5"
        raise ValueError(message)
    return Fraction(str(number)) / HUNDRED


def parse_window(text: str) -> tuple[int, int]:
    """Opening and closing as minutes of the day: "08:00-16:00" is (480, 960); 24:00 may close."""
    found = _WINDOW.match(text)
    if found is None:
        message = f'is "{text}"; write opening and closing such as "08:00-16:00"'
        raise ValueError(message)
    opens, closes = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if not opens < closes <= 24 * 60:
        message = f'is "{text}"; it must close after it opens, at 24:00 at the latest'
        raise ValueError(message)
    return opens, closes


def parse_days(text: str) -> tuple[str, ...]:
    """The weekdays of "mon-fri" or "sat"; ValueError when it is neither."""
    found = _DAY_RANGE.match(text)
    if found is None or (found[2] and DAYS.index(found[1]) > DAYS.index(found[2])):
        message = f'has "{text}"; write a day or a range such as "mon-fri" or "sat"'
        raise ValueError(message)
    return DAYS[DAYS.index(found[1]) : DAYS.index(found[2] or found[1]) + 1]


def _month_day(text: str) -> str:
    if not _MONTH_DAY.match(text):
        message = f'is "{text}"; write month and day such as "12-24"'
        raise ValueError(message)
    return text


def _days(weekly: dict[str, list[str]]) -> dict[str, list[str]]:
    for key in weekly:
        parse_days(key)
    return weekly


def _checked(read: Callable[[Written], object]) -> AfterValidator:
    """A validator that keeps the value as written once `read` has understood it."""

    def check(written: Written) -> Written:
        read(written)
        return written

    return AfterValidator(check)


Amount = Annotated[str, _checked(parse_amount)]
Window = Annotated[str, _checked(parse_window)]
MonthDay = Annotated[str, AfterValidator(_month_day)]
Weekly = Annotated[dict[str, list[Window]], AfterValidator(_days)]
Percent = Annotated[float, Field(strict=True), _checked(parse_percent)]
Share = Annotated[float, AfterValidator(_share)]
Line = Annotated[str, Field(min_length=1, max_length=1000)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,40}$")]
Language = Literal["en", "nb", "sv"]
