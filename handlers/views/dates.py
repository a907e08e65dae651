"""Days and months as the three languages write them.

The names and patterns are CLDR's, for en_GB, nb_NO and sv_SE; a test holds them to Babel's. Babel's own would cost a
running process 5 MB at the first date, most of it about territories and currencies that nobody asks for.

Source: https://cldr.unicode.org, by way of Babel.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Names:
    """One language: weekdays from Monday, months from January, and what stands after the number of a day."""

    days: tuple[str, ...]
    short_days: tuple[str, ...]
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    months_alone: tuple[str, ...]
    """Short, where no day stands before them."""
    of_day: str


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ENGLISH = Names(
    days=_names("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    short_days=_names("Mon Tue Wed Thu Fri Sat Sun"),
    months=_names("January February March April May June July August September October November December"),
    short_months=_names("Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec"),
    months_alone=_names("Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec"),
    of_day="",
)
_NORWEGIAN = Names(
    days=_names("mandag tirsdag onsdag torsdag fredag lørdag søndag"),
    short_days=_names("man. tir. ons. tor. fre. lør. søn."),
    months=_names("januar februar mars april mai juni juli august september oktober november desember"),
    short_months=_names("jan. feb. mars apr. mai juni juli aug. sep. okt. nov. des."),
    months_alone=_names("jan feb mar apr mai jun jul aug sep okt nov des"),
    of_day=".",
)
_SWEDISH = Names(
    days=_names("måndag tisdag onsdag torsdag fredag lördag söndag"),
    short_days=_names("mån tis ons tors fre lör sön"),
    months=_names("januari februari mars april maj juni juli augusti september oktober november december"),
    short_months=_names("jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec."),
    months_alone=_names("jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec."),
    of_day="",
)
_IN: Mapping[str, Names] = {"en": _ENGLISH, "nb": _NORWEGIAN, "sv": _SWEDISH}


def _in(language: str) -> Names:
    return _IN.get(language, _ENGLISH)


def weekday(day: date, language: str) -> str:
    """ "Monday"."""
    return _in(language).days[day.weekday()]


def short_weekday(day: date, language: str) -> str:
    """ "Mon"."""
    return _in(language).short_days[day.weekday()]


def short_day(day: date, language: str) -> str:
    """ "Mon 23 Nov"."""
    names = _in(language)
    return f"{names.short_days[day.weekday()]} {day.day}{names.of_day} {names.short_months[day.month - 1]}"


def long_day(day: date, language: str) -> str:
    """ "23 November 2026"."""
    names = _in(language)
    return f"{day.day}{names.of_day} {names.months[day.month - 1]} {day.year}"


def month(day: date, language: str) -> str:
    """ "November 2026"."""
    return f"{_in(language).months[day.month - 1]} {day.year}"


def short_month(day: date, language: str) -> str:
    """ "Nov 26"."""
    return f"{_in(language).months_alone[day.month - 1]} {day.year % 100:02}"
