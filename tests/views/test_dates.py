"""Days and months are written as Babel writes them."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from babel.dates import format_date

from handlers.views import dates

LOCALES = {"en": "en_GB", "nb": "nb_NO", "sv": "sv_SE"}
SHORT_DAY = {"en": "EEE d MMM", "nb": "EEE d. MMM", "sv": "EEE d MMM"}
A_YEAR = [date(2026, 1, 1) + timedelta(days=day) for day in range(365)]


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        (dates.weekday, "EEEE"),
        (dates.short_weekday, "EEE"),
        (dates.short_day, None),
        (dates.long_day, "long"),
        (dates.month, "LLLL y"),
        (dates.short_month, "LLL yy"),
    ],
)
def test_every_day_of_a_year_reads_as_babel_writes_it(
    written: Callable[[date, str], str], pattern: str | None, language: str
) -> None:
    babels = [format_date(day, pattern or SHORT_DAY[language], locale=LOCALES[language]) for day in A_YEAR]
    assert [written(day, language) for day in A_YEAR] == babels


def test_a_language_that_is_not_known_reads_english() -> None:
    assert dates.short_day(date(2026, 11, 23), "de") == "Mon 23 Nov"
