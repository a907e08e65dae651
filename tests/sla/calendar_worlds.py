"""Random calendars, zones and instants for the laws, as documents that also the oracle reads."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from models.sla.calendar import Calendar, compile_calendar
from models.sla.calendar_document import parse_spec
from models.sla.clock import Pause

ZONES = (
    "Europe/Oslo",
    "Europe/Stockholm",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Africa/Casablanca",  # another time in Ramadan
    "Atlantic/Azores",  # turns at midnight
    "America/Havana",  # turns at midnight
    "Pacific/Chatham",
    "Asia/Kathmandu",
    "UTC",
)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
TURNS = (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 3, 8, tzinfo=UTC))


@st.composite
def windows(draw: st.DrawFn) -> list[list[str]]:
    """One to three windows of a day, on quarters of an hour."""
    quarters = sorted(draw(st.sets(st.integers(0, 96), min_size=2, max_size=6)))
    texts = [f"{quarter // 4:02d}:{quarter % 4 * 15:02d}" for quarter in quarters]
    return [[texts[n], texts[n + 1]] for n in range(0, len(texts) - 1, 2)]


def monthdays() -> st.SearchStrategy[str]:
    """MM-DD."""
    return st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(lambda day: day.strftime("%m-%d"))


def dates() -> st.SearchStrategy[str]:
    """YYYY-MM-DD in the years the laws look at."""
    return st.dates(date(2026, 1, 1), date(2027, 6, 30)).map(date.isoformat)


@st.composite
def documents(draw: st.DrawFn, name: str = "random") -> dict[str, Any]:
    """A calendar with hours, holidays, closures, half days and extra openings."""
    closure = st.fixed_dictionaries({"name": st.just("closure"), "from": monthdays(), "to": monthdays()}).filter(
        # At most two months: one that ends earlier in its own month would be closed all year round.
        lambda one: (one["from"][:2] == one["to"][:2] and one["from"] < one["to"]) or _months(one) == 1
    )
    weeks = st.fixed_dictionaries({"name": st.just("weeks"), "iso_weeks": st.lists(st.integers(1, 53), max_size=2)})
    on = monthdays() | dates() | st.fixed_dictionaries({"easter": st.integers(-10, 60)})
    return {
        "name": name,
        "zone": draw(st.sampled_from(ZONES)),
        "weekly": draw(st.dictionaries(st.sampled_from(WEEKDAYS), windows(), min_size=1, max_size=7)),
        "holidays": draw(st.dictionaries(dates(), st.just("holiday"), max_size=8)),
        "closures": draw(st.lists(weeks | closure, max_size=1)),
        "limits": draw(
            st.lists(st.fixed_dictionaries({"name": st.just("half"), "on": on, "hours": windows()}), max_size=2)
        ),
        "extra": draw(
            st.lists(st.fixed_dictionaries({"name": st.just("extra"), "on": dates(), "hours": windows()}), max_size=2)
        ),
    }


def _months(closure: dict[str, str]) -> int:
    """From the month in which it begins to the one in which it ends."""
    return (int(closure["to"][:2]) - int(closure["from"][:2])) % 12


def compiled(document: dict[str, Any]) -> Calendar:
    """The calendar of a random document."""
    return compile_calendar(parse_spec(document))


def calendars() -> st.SearchStrategy[Calendar]:
    """Random calendars, compiled."""
    return documents().map(compiled)


def instants() -> st.SearchStrategy[datetime]:
    """Instants to the microsecond, a third of them near a change of summer time."""
    anywhere = st.timedeltas(timedelta(), timedelta(days=400)).map(lambda span: FIRST + span)
    near = st.tuples(st.sampled_from(TURNS), st.timedeltas(timedelta(days=-1), timedelta(days=1)))
    return anywhere | anywhere | near.map(sum_of)


def sum_of(pair: tuple[datetime, timedelta]) -> datetime:
    """The instant that much later."""
    return pair[0] + pair[1]


def whole_minutes() -> st.SearchStrategy[datetime]:
    """The same on whole minutes."""
    return instants().map(lambda at: at.replace(second=0, microsecond=0))


def amounts() -> st.SearchStrategy[timedelta]:
    """Working time to the microsecond, of up to 20 hours: years in a calendar that opens for a quarter a week."""
    return st.timedeltas(timedelta(microseconds=1), timedelta(hours=20))


@st.composite
def waits(draw: st.DrawFn, start: datetime) -> list[Pause]:
    """Up to four finished pauses around and after a start; they may overlap or be empty."""
    spans = st.tuples(
        st.timedeltas(timedelta(days=-1), timedelta(days=10)), st.timedeltas(timedelta(), timedelta(days=3))
    )
    pairs = draw(st.lists(spans, max_size=4))
    return [Pause(start + begin, start + begin + length, "access") for begin, length in pairs]
