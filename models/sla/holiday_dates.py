"""Which days are public holidays, and what they are called.

The `holidays` package knows the laws. Its defaults have moved under its users three times, so
country, categories, language and years are always given, and the answer is frozen per year.
Source: docs/counting.md, 12.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType

FIRST_YEAR, LAST_YEAR = 1971, 2099
"""Before 1953 (Sweden) and after 2100 the package silently knows no holidays at all."""

_SPOKEN = {
    "no": (
        (re.compile(r"\bFørste (?=(?:nyttårs|påske|pinse|jule)dag)"), "1. "),
        (re.compile(r"\bAndre (?=(?:påske|pinse|jule)dag)"), "2. "),
    ),
}


@dataclass(frozen=True, slots=True)
class HolidayRule:
    """A country's holidays. `language` is the package's code for the names: Norwegian is "no"."""

    country: str
    categories: tuple[str, ...]
    language: str
    subdivision: str | None = None

    def __post_init__(self) -> None:
        """Refuse what the package would silently answer with something else."""
        _known(self)

    @property
    def years(self) -> tuple[int, int]:
        """The first and last year the rule may be asked for."""
        return FIRST_YEAR, LAST_YEAR

    def names(self, year: int) -> Mapping[date, str]:
        """Every holiday of that year by name, observed days included, in the order of the dates."""
        return _names(self, year)


@dataclass(frozen=True)
class FrozenHolidays:
    """Holidays as dates, as a stored calendar version has them.

    `first_year` and `last_year` say which years the dates are complete for; questions that need
    other years are refused. Without them the dates given are all there are, in any year.
    """

    dates: Mapping[date, str]
    first_year: int = FIRST_YEAR
    last_year: int = LAST_YEAR

    @property
    def years(self) -> tuple[int, int]:
        """The first and last year the dates are complete for."""
        return self.first_year, self.last_year

    def names(self, year: int) -> Mapping[date, str]:
        """Every holiday of that year by name, in the order of the dates."""
        return {day: self.dates[day] for day in sorted(self.dates) if day.year == year}


@cache
def _package() -> ModuleType:
    """The `holidays` package, loaded when first asked.

    It brings 250 modules and 8 MB, and a calendar that was stored with its dates needs none of it.
    """
    return import_module("holidays")


def _known(rule: HolidayRule) -> None:
    holidays = _package()
    country = holidays.list_supported_countries(include_aliases=False).get(rule.country)
    if country is None:
        raise ValueError(f'no holidays are known for country "{rule.country}"; use a code such as NO, SE or US')
    probe = holidays.country_holidays(rule.country, years=[2026], categories=("public",), language=rule.language)
    for what, asked, known in (
        ("category", rule.categories, probe.supported_categories),
        ("language", (rule.language,), probe.supported_languages),
        ("subdivision", (rule.subdivision,) if rule.subdivision else (), country),
    ):
        for value in asked:
            if value not in known:
                raise ValueError(f'holidays of {rule.country} have no {what} "{value}": {", ".join(sorted(known))}')
    if not rule.categories:
        raise ValueError(f"holidays of {rule.country} need at least one category, such as public")


@lru_cache(maxsize=1024)
def _names(rule: HolidayRule, year: int) -> Mapping[date, str]:
    # A day observed for a holiday of the next year (31 December) is found with the years around it.
    found = _package().country_holidays(
        rule.country,
        subdiv=rule.subdivision,
        years=range(year - 1, year + 2),
        categories=rule.categories,
        language=rule.language,
        observed=True,
        expand=False,
    )
    return {day: _spoken(name, rule.language) for day, name in sorted(found.items()) if day.year == year}


def _spoken(name: str, language: str) -> str:
    """Norwegians write "2. pinsedag" where the package has "Andre pinsedag"."""
    for pattern, short in _SPOKEN.get(language, ()):
        name = pattern.sub(short, name)
    return name
