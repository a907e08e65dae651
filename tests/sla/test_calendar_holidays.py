"""The holidays the contracts rest on, as lists of our own: an update of the package must not move them."""

from datetime import date, timedelta

import pytest
from dateutil.easter import easter as dateutil_easter

from models.sla.calendar_spec import easter
from models.sla.holiday_dates import FrozenHolidays, HolidayRule

NORWAY = HolidayRule("NO", ("public",), "no")
SWEDEN = HolidayRule("SE", ("public", "de_facto"), "sv")
AMERICA = HolidayRule("US", ("public",), "en_US")

# Easter Sunday by year; the movable days are counted from it.
EASTER = {2024: (3, 31), 2025: (4, 20), 2026: (4, 5), 2027: (3, 28), 2028: (4, 16), 2029: (4, 1), 2030: (4, 21)}
MIDSUMMER_DAY = {2024: 22, 2025: 21, 2026: 20, 2027: 26, 2028: 24, 2029: 23, 2030: 22}  # the Saturday of 20-26 June
ALL_SAINTS = {
    2024: (11, 2),
    2025: (11, 1),
    2026: (10, 31),
    2027: (11, 6),
    2028: (11, 4),
    2029: (11, 3),
    2030: (11, 2),
}


@pytest.mark.parametrize("year", EASTER)
def test_norway_has_twelve_named_public_holidays_and_no_eves(year: int) -> None:
    sunday = date(year, *EASTER[year])
    expected = {
        date(year, 1, 1): "1. nyttårsdag",
        sunday - timedelta(3): "Skjærtorsdag",
        sunday - timedelta(2): "Langfredag",
        sunday: "1. påskedag",
        sunday + timedelta(1): "2. påskedag",
        date(year, 5, 1): "Arbeidernes dag",
        date(year, 5, 17): "Grunnlovsdag",
        sunday + timedelta(39): "Kristi himmelfartsdag",
        sunday + timedelta(49): "1. pinsedag",
        sunday + timedelta(50): "2. pinsedag",
        date(year, 12, 25): "1. juledag",
        date(year, 12, 26): "2. juledag",
    }
    if year == 2027:  # both on 17 May
        expected[date(2027, 5, 17)] = "2. pinsedag; Grunnlovsdag"
    assert dict(NORWAY.names(year)) == expected


@pytest.mark.parametrize("year", EASTER)
def test_sweden_has_its_public_holidays_and_the_three_eves_and_no_sundays(year: int) -> None:
    sunday = date(year, *EASTER[year])
    midsummer = date(year, 6, MIDSUMMER_DAY[year])
    assert dict(SWEDEN.names(year)) == {
        date(year, 1, 1): "Nyårsdagen",
        date(year, 1, 6): "Trettondedag jul",
        sunday - timedelta(2): "Långfredagen",
        sunday: "Påskdagen",
        sunday + timedelta(1): "Annandag påsk",
        date(year, 5, 1): "Första maj",
        sunday + timedelta(39): "Kristi himmelsfärdsdag",
        sunday + timedelta(49): "Pingstdagen",
        date(year, 6, 6): "Nationaldagen",
        midsummer - timedelta(1): "Midsommarafton",
        midsummer: "Midsommardagen",
        date(year, *ALL_SAINTS[year]): "Alla helgons dag",
        date(year, 12, 24): "Julafton",
        date(year, 12, 25): "Juldagen",
        date(year, 12, 26): "Annandag jul",
        date(year, 12, 31): "Nyårsafton",
    }


def test_american_holidays_are_observed_also_over_new_year() -> None:
    assert AMERICA.names(2027)[date(2027, 12, 31)] == "New Year's Day (observed)"
    assert AMERICA.names(2028)[date(2028, 1, 1)] == "New Year's Day"
    assert AMERICA.names(2026)[date(2026, 7, 3)] == "Independence Day (observed)"
    assert date(2026, 11, 27) not in AMERICA.names(2026)  # the Friday after Thanksgiving is not federal


def test_a_subdivision_adds_its_own_days() -> None:
    island = HolidayRule("US", ("public",), "en_US", "RI")
    assert "Victory" in island.names(2026)[date(2026, 8, 10)]


@pytest.mark.parametrize(
    ("country", "categories", "language", "subdivision", "complaint"),
    [
        ("XX", ("public",), "en", None, 'country "XX"'),
        ("NO", ("public",), "nb", None, 'no language "nb"'),
        ("NO", ("de_facto",), "no", None, 'no category "de_facto"'),
        ("NO", (), "no", None, "at least one category"),
        ("US", ("public",), "en_US", "Mars", 'no subdivision "Mars"'),
    ],
)
def test_what_the_package_would_silently_answer_otherwise_is_refused(
    country: str, categories: tuple[str, ...], language: str, subdivision: str | None, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        HolidayRule(country, categories, language, subdivision)


def test_frozen_dates_answer_for_their_year_in_order() -> None:
    frozen = FrozenHolidays({date(2026, 5, 2): "b", date(2026, 5, 1): "a", date(2027, 1, 1): "c"})
    assert list(frozen.names(2026).items()) == [(date(2026, 5, 1), "a"), (date(2026, 5, 2), "b")]


def test_easter_is_the_one_everybody_else_keeps() -> None:
    assert all(easter(year) == dateutil_easter(year) for year in range(1900, 2200))
