"""The years of one calendar, laid out when they are first asked about and kept.

A table covers whole years without a hole between them, so a question needs one look to know
whether it is answered. Growing makes a new table: whoever reads the old one is not disturbed.
"""

from collections.abc import Callable
from datetime import date
from threading import Lock
from zoneinfo import ZoneInfo

from models.sla.day_table import DAY, Span, Table, ZoneTurns, instant

MAX_GAP = 366 * DAY
_FIRST_TABLE = range(2026, 2028)


class NeverOpensError(ValueError):
    """The calendar is closed for more than 366 days on end: no deadline can be promised in it."""


class NeverClosesError(ValueError):
    """The calendar is open for more than 366 days on end: it has no closing to speak of."""


class BeyondHorizonError(ValueError):
    """The question needs a year for which nobody knows the holidays."""


class Years:
    """Lays out tables for the years inside `horizon` (first and last year). Threads may share it."""

    def __init__(
        self, name: str, zone: ZoneInfo, horizon: tuple[int, int], open_spans: Callable[[int], list[Span]]
    ) -> None:
        """Lay out two years at once, so that a calendar that never opens is refused when it is made."""
        self.horizon = horizon
        self._name = name
        self._zone = zone
        self._open_spans = open_spans
        self._spans: dict[int, list[Span]] = {}
        self._lock = Lock()
        first, last = (min(max(year, horizon[0]), horizon[1]) for year in (_FIRST_TABLE[0], _FIRST_TABLE[-1]))
        self.table = self._laid_out(range(first, last + 1))

    def covering(self, us: int) -> Table:
        """A table that covers that instant."""
        table = self.table
        if table.start <= us < table.end:
            return table
        return self._with_year(self._year_of(us))

    def covering_day(self, day: date) -> Table:
        """A table that covers that civil day."""
        return self.table if day.year in self.table.years else self._with_year(day.year)

    def stretched(self, table: Table, *, after: bool) -> Table:
        """A table that reaches further than this one: twice as many years, up to the horizon."""
        first, last = self.horizon
        reach = len(table.years)
        year = min(table.years[-1] + reach, last) if after else max(table.years[0] - reach, first)
        if year in table.years:
            raise self._beyond(year + 1 if after else year - 1)
        return self._with_year(year)

    def _year_of(self, us: int) -> int:
        """The civil year of an instant, by a zone whose turns in that year are looked up."""
        try:
            guess = instant(us).year
            turns = ZoneTurns(self._zone, range(guess, guess + 1))
            return date.fromordinal(turns.day_of(us)).year
        except (OverflowError, ValueError) as error:
            raise BeyondHorizonError(f"{self._name}: the instant lies outside the calendar's years") from error

    def _with_year(self, year: int) -> Table:
        first, last = self.horizon
        if not first <= year <= last:
            raise self._beyond(year)
        with self._lock:
            years = self.table.years
            if year not in years:
                self.table = self._laid_out(range(min(year, years[0]), max(year, years[-1]) + 1))
            return self.table

    def _beyond(self, year: int) -> BeyondHorizonError:
        first, last = self.horizon
        return BeyondHorizonError(f"{self._name} is known for {first} to {last}; the question needs {year}")

    def _laid_out(self, years: range) -> Table:
        for year in years:
            if year not in self._spans:
                self._spans[year] = self._open_spans(year)
        table = Table(self._zone, years, (span for year in years for span in self._spans[year]))
        start, end = table.longest_gap()
        if not table.opens or end - start > MAX_GAP:
            raise NeverOpensError(
                f"{self._name} does not open between {date.fromordinal(table.turns.day_of(start))} and "
                f"{date.fromordinal(table.turns.day_of(end))}; a calendar opens at least once in 366 days"
            )
        return table
