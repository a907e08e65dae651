"""Rotas for the tests: ways to write them shortly, and random ones as documents that the oracle reads too."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from models.rota.changes import Changes, Departure, Override
from models.rota.document import read_rota, spec_of
from models.rota.rota import Rota, compile_rota
from models.rota.shift import Shift
from models.sla.calendar import Calendar, compile_calendar
from models.sla.calendar_document import parse_spec

OSLO = ZoneInfo("Europe/Oslo")
SUPPORT: Calendar = compile_calendar(
    parse_spec({
        "name": "support",
        "zone": "Europe/Oslo",
        "weekly": {day: [["08:00", "11:30"], ["12:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        "holidays": {"2026-04-02": "skjærtorsdag", "2026-04-03": "langfredag", "2026-04-06": "2. påskedag"},
    })
)  # fmt: skip
CALENDARS: Mapping[str, Calendar] = {"acme/support": SUPPORT}

ZONES = ("Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Pacific/Chatham", "UTC")
TURNS = (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 3, 8, tzinfo=UTC))
PEOPLE = ("kari", "ola", "per", "siri")
RULES = (
    "FREQ=WEEKLY",
    "FREQ=DAILY",
    "FREQ=WEEKLY;BYDAY=MO,FR",
    "FREQ=DAILY;BYHOUR=2,14",
    "FREQ=HOURLY;INTERVAL=5",
    "FREQ=HOURLY",
    "FREQ=MONTHLY;BYDAY=1MO",
    "RRULE:FREQ=WEEKLY;INTERVAL=2",
)


def oslo(month: int, day: int, hour: int = 0, minute: int = 0, fold: int = 0) -> datetime:
    """An instant of 2026 by the clock on a wall in Oslo."""
    return datetime(2026, month, day, hour, minute, tzinfo=OSLO, fold=fold)


def layer(name: str = "primary", *people: str, **more: Any) -> dict[str, Any]:
    """A layer that hands over on Mondays at 08:00, first on 5 January 2026, unless `more` says otherwise."""
    plain = {"starts": datetime(2026, 1, 5, 8), "rotation": "FREQ=WEEKLY"}
    return {"name": name, "people": list(people or ("kari", "ola", "per")), **plain, **more}


def document(*layers: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A rota in Oslo owned by Kari."""
    plain = {"key": "drift", "name": "Drift", "zone": "Europe/Oslo", "owner": "kari"}
    return {**plain, "layers": list(layers) or [layer()], **more}


def rota(written: Mapping[str, Any], **changes: Any) -> Rota:
    """The rota of a document, with `overrides`, `swaps`, `departures` and `fixed`."""
    return compile_rota(spec_of(read_rota(written), CALENDARS), Changes(**changes))


def override(person: str, since: datetime, until: datetime, **more: Any) -> Override:
    """An override of the whole rota, made on New Year's Day, unless `more` says otherwise."""
    plain: dict[str, Any] = {"id": f"o-{person}", "made_at": oslo(1, 1)}
    return Override(person=person, since=since, until=until, **{**plain, **more})


def told(shifts: tuple[Shift, ...]) -> list[str]:
    """Shifts as lines in Oslo's time: "kari Mon 30 Mar 08:00 - Mon 06 Apr 08:00"."""
    return [
        f"{one.person} {one.since.astimezone(OSLO):%a %d %b %H:%M} - {one.until.astimezone(OSLO):%a %d %b %H:%M}"
        for one in shifts
    ]


# -- random ones ----------------------------------------------------------------------------------


def clocks() -> st.SearchStrategy[str]:
    """Times of day, more often near the hours that clocks skip and repeat."""
    return st.one_of(
        st.sampled_from(["00:00", "01:30", "02:00", "02:30", "03:00", "08:00"]),
        st.integers(0, 95).map(lambda n: f"{n // 4:02d}:{n % 4 * 15:02d}"),
    )


@st.composite
def restrictions(draw: st.DrawFn) -> dict[str, Any]:
    """A weekly window, or a calendar's inside or outside."""
    kind = draw(st.sampled_from(["window", "window", "hours_of", "outside_hours_of"]))
    if kind != "window":
        return {kind: "acme/support"}
    days = draw(st.lists(st.sampled_from(["mon", "tue", "fri", "sat", "sun"]), min_size=1, max_size=3, unique=True))
    start = draw(clocks())
    end = draw((clocks() | st.just("24:00")).filter(lambda text: text != start))
    return {"days": days, "from": start, "to": end}


def walls() -> st.SearchStrategy[datetime]:
    """Wall times in the months before the turns."""
    return st.builds(
        lambda day, clock: datetime(2026, 1, 1) + timedelta(days=day, hours=int(clock[:2]), minutes=int(clock[3:])),
        st.integers(0, 80),
        clocks(),
    )


@st.composite
def layers(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """A layer with people, a rotation and perhaps restrictions."""
    return {
        "name": name,
        "people": draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4)),
        "starts": draw(walls()),
        "rotation": draw(st.sampled_from(RULES)),
        "restrictions": draw(st.lists(restrictions(), max_size=2)),
    }


@st.composite
def temporaries(draw: st.DrawFn, begin: datetime) -> dict[str, Any]:
    """A temporary schedule around that instant."""
    start = begin.replace(tzinfo=None) + timedelta(minutes=15 * draw(st.integers(-96, 96)))
    return {
        "name": "cover",
        "from": start,
        "until": start + timedelta(minutes=15 * draw(st.integers(1, 200))),
        "replaces": draw(st.sampled_from([None, "primary", "secondary"])),
        "people": draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2)),
        "rotation": draw(st.sampled_from(["FREQ=HOURLY;INTERVAL=7", "FREQ=DAILY"])),
        "restrictions": draw(st.lists(restrictions(), max_size=1)),
    }


@st.composite
def overrides(draw: st.DrawFn, begin: datetime) -> Override:
    """An override near that instant, of one layer or all."""
    since = begin + timedelta(minutes=draw(st.integers(-1500, 3000)))
    return Override(
        id=draw(st.sampled_from("abc")),
        person=draw(st.sampled_from(PEOPLE)),
        since=since,
        until=since + timedelta(minutes=draw(st.integers(1, 3000))),
        made_at=begin + timedelta(minutes=draw(st.integers(0, 3))),
        layer=draw(st.sampled_from([None, "primary", "secondary", "cover"])),
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[str, Any], Changes, datetime]:
    """A rota's document, its changes, and an instant around which much of it happens."""
    begin = draw(st.sampled_from(TURNS)) + timedelta(hours=draw(st.integers(-20, 8)))
    written = document(zone=draw(st.sampled_from(ZONES)))
    written["layers"] = [draw(layers("primary")), draw(layers("secondary"))]
    written["temporary"] = draw(st.lists(temporaries(begin), max_size=1))
    departures = st.builds(
        Departure, st.sampled_from(PEOPLE), st.integers(-600, 3000).map(lambda n: begin + timedelta(minutes=n))
    )
    changes = Changes(
        overrides=tuple(draw(st.lists(overrides(begin), max_size=4))),
        departures=tuple(draw(st.lists(departures, max_size=2, unique_by=lambda each: each.person))),
    )
    return written, changes, begin
