"""How fast is "who is on call?" answered.

    python benchmarks/rotas.py            prints what it measures
    python benchmarks/rotas.py --check    and ends with 1 when a goal is missed

500 rotas of three layers each (a week by weekdays and time, nights and weekends every other week, outside a contract's
hours daily), with overrides. Goals: who is on call at an instant in one of them under 1 ms, also when that month has to
be laid out first, and when the rota is stored in a database, persons included; a year of one rota's shifts, laid out
from nothing, under 100 ms.

Beside it, in the same run and over the same rotas: asking `dateutil.rrule` each time for the last handover before the
instant, which is all that a rota without restrictions, overrides and daylight saving would need. Its answers for the
first layer must be ours. Machine time, best of the rounds, the median beside it.
"""

import argparse
import gc
import random
import statistics
import sys
import time as machine
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from sqlmodel import Session

from bot import contracts
from bot.storage import schema
from bot.storage.database import Database
from bot.workspace.importing import stored_document
from handlers.rotas import people_on_call
from models.person import Person
from models.rota.changes import Changes, Override
from models.rota.document import RotaDocument, read_rota, spec_of
from models.rota.questions import on_call, shifts
from models.rota.rota import Rota, compile_rota
from models.rota.spec import RotaSpec
from models.sla.calendar import Calendar, CalendarSpec, HolidayRule, compile_calendar
from models.sla.calendar_spec import Window
from models.stored_rota import ChangeKind, ChangeState, RotaChange, StoredRota
from models.ticket import Team

OSLO = ZoneInfo("Europe/Oslo")
ROTAS = 500
PEOPLE = ("kari", "ola", "per", "siri", "eva", "nils")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2027, 1, 1, tzinfo=UTC)
HOURS = "softone/office"
TEAM = "T0VAKT"
STARTS = datetime(2024, 1, 1, 8)  # noqa: DTZ001 - wall time
RULE = "FREQ=WEEKLY"
GOALS = {
    "an instant": 1.0,
    "an instant, month not laid out": 1.0,
    "an instant, stored": 1.0,
    "a year of shifts from nothing": 100.0,
}  # milliseconds
NIGHTS = [
    {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "17:00", "to": "08:00"},
    {"days": ["sat", "sun"], "from": "00:00", "to": "24:00"},
]


def support() -> Calendar:
    """Monday to Friday 08:00-16:00 with Norwegian holidays."""
    week = dict.fromkeys(range(5), (Window(8 * 60, 16 * 60),))
    return compile_calendar(
        CalendarSpec(name="support", zone=OSLO, weekly=week, holidays=HolidayRule("NO", ("public",), "no"))
    )


def spec(number: int, calendar: Calendar) -> RotaSpec:
    """One of the rotas."""
    return spec_of(document(number), {HOURS: calendar})


def document(number: int) -> RotaDocument:
    """One of the rotas, as it is written; each begins its turns with somebody else."""
    people = [PEOPLE[(number + n) % len(PEOPLE)] for n in range(len(PEOPLE))]
    plain = {"people": people, "starts": STARTS}
    written = {
        "key": f"rota-{number}",
        "name": f"Rota {number}",
        "zone": "Europe/Oslo",
        "owner": people[0],
        "layers": [
            {**plain, "name": "primary", "rotation": RULE},
            {**plain, "name": "nights", "rotation": "FREQ=WEEKLY;INTERVAL=2", "restrictions": NIGHTS},
            {**plain, "name": "outside", "rotation": "FREQ=DAILY", "restrictions": [{"outside_hours_of": HOURS}]},
        ],
    }
    return read_rota(written)


def overrides(number: int) -> tuple[Override, ...]:
    """Twenty a year and rota, twelve hours each, in the nights."""
    first = BEGIN + timedelta(hours=number % 24)
    return tuple(
        Override(
            id=f"{number}-{n}",
            person="nils",
            since=first + timedelta(days=18 * n),
            until=first + timedelta(days=18 * n, hours=12),
            made_at=BEGIN,
            layer="nights",
        )
        for n in range(20)
    )


def naively(number: int, at: datetime) -> str:
    """Who is on call in the first layer, asking dateutil for each handover since the start."""
    wall = at.astimezone(OSLO).replace(tzinfo=None)
    handovers = rrulestr(RULE, dtstart=STARTS).between(STARTS, wall, inc=True)
    return PEOPLE[(number + len(handovers) - 1) % len(PEOPLE)]


def measured(ask: Callable[[], int], rounds: int) -> list[float]:
    """Milliseconds of each answer, one figure a round; `ask` gives how many answers a round has."""
    times = []
    gc.disable()
    for _ in range(rounds):
        begins = machine.perf_counter()
        answers = ask()
        times.append((machine.perf_counter() - begins) * 1000 / answers)
    gc.enable()
    return times


def shown(name: str, times: list[float]) -> float:
    """Print one line; the best in milliseconds."""
    best, goal = min(times), GOALS.get(name)
    print(
        f"{name:36}{best * 1000:>12.1f} µs   median {statistics.median(times) * 1000:>10.1f} µs"
        + (f"   goal {goal:g} ms" if goal else "")
    )
    return best


@dataclass(frozen=True)
class World:
    """The rotas, what they were made of, and the questions: which rota, which instant."""

    specs: list[RotaSpec]
    changes: list[Changes]
    rotas: list[Rota]
    asked: list[tuple[int, datetime]]
    database: Database

    def instants(self) -> int:
        """Who is on call, of many rotas at many instants, all laid out before."""
        for number, at in self.asked:
            on_call(self.rotas[number], at)
        return len(self.asked)

    def everybody(self) -> int:
        """Who is on call in each rota, at one instant."""
        for rota in self.rotas:
            on_call(rota, self.asked[0][1])
        return 1

    def fresh(self) -> int:
        """The same after an override was made in each: its month is laid out again."""
        for rota, change in zip(self.rotas, self.changes, strict=True):
            on_call(rota.changed(change), self.asked[0][1])
        return len(self.rotas)

    def naive(self) -> int:
        """A part of the questions, by dateutil."""
        for number, at in self.asked[:200]:
            naively(number, at)
        return 200

    def stored(self) -> int:
        """As a page asks: the rota looked up in a SQLite file, its persons fetched."""
        with self.database.reading() as session:
            for number, at in self.asked:
                people_on_call(session, TEAM, f"rota-{number}", at)
        return len(self.asked)

    def years(self) -> int:
        """A year of the shifts of some rotas, compiled for the purpose."""
        for one, change in zip(self.specs[:5], self.changes, strict=False):
            shifts(compile_rota(one, change), BEGIN, END)
        return 5


@contextmanager
def stored_rotas(folder: Path) -> Iterator[Database]:
    """The rotas in a database of their own, their contract's calendar with them."""
    url = f"sqlite:///{folder / 'rotas.db'}"
    schema.upgrade(url)
    database = Database(url)
    with database.transaction() as session:
        session.add(Team(team_id=TEAM))
        contracts.store_contracts(session, TEAM, contracts.read_contracts(None).values(), BEGIN)
        people = {name: Person(team_id=TEAM, slack_user=f"U{name.upper()}", name=name) for name in PEOPLE}
        session.add_all(people.values())
        for number in range(ROTAS):
            _store(session, number, {name: person.id for name, person in people.items()})
    yield database
    database.dispose()


def _store(session: Session, number: int, ids: dict[str, str]) -> None:
    row = StoredRota(team_id=TEAM, key=f"rota-{number}", document=stored_document(document(number), ids))
    session.add(row)
    for each in overrides(number):
        session.add(
            RotaChange(
                team_id=TEAM,
                rota_id=row.id,
                kind=ChangeKind.OVERRIDE,
                state=ChangeState.HOLDS,
                person_id=ids[each.person],
                layer=each.layer,
                since=each.since,
                until=each.until,
                made_by=ids[each.person],
                made_at=each.made_at,
            )
        )


def world(database: Database) -> World:
    """The same each time."""
    calendar = support()
    specs = [spec(number, calendar) for number in range(ROTAS)]
    changes = [Changes(overrides=overrides(number)) for number in range(ROTAS)]
    rotas = [compile_rota(one, change) for one, change in zip(specs, changes, strict=True)]
    draw = random.Random(7)
    asked = [(draw.randrange(ROTAS), BEGIN + timedelta(minutes=draw.randrange(365 * 24 * 60))) for _ in range(2000)]
    return World(specs, changes, rotas, asked, database)


def main() -> int:
    """Measure, print, and judge when asked to."""
    parser = argparse.ArgumentParser(description="How fast is the answer to who is on call?")
    parser.add_argument("--check", action="store_true", help="end with 1 when a goal is missed")
    parser.add_argument("--rounds", type=int, default=7, help="rounds, the best of which counts")
    options = parser.parse_args()
    with TemporaryDirectory() as folder, stored_rotas(Path(folder)) as database:
        missed = judged(world(database), options.rounds)
    return 1 if missed is None or (missed and options.check) else 0


def judged(ours: World, rounds: int) -> list[str] | None:
    """Measure and print; gives the goals that were missed, None when dateutil does not agree with us."""
    wrong = [one for one in ours.asked if on_call(ours.rotas[one[0]], one[1])[0].person != naively(*one)]
    if wrong:
        print("dateutil does not agree:", *wrong[:5], sep="\n  ")
        return None
    print(f"{ROTAS} rotas of three layers, 20 overrides each; {len(ours.asked)} instants, on which dateutil agrees.")
    asks = {
        "an instant": ours.instants,
        "an instant, all rotas in turn": ours.everybody,
        "an instant, month not laid out": ours.fresh,
        "an instant, stored": ours.stored,
        "an instant, dateutil each time": ours.naive,
        "a year of shifts from nothing": ours.years,
    }
    best = {name: shown(name, measured(ask, rounds)) for name, ask in asks.items()}
    print(f"A year of one rota is {len(shifts(ours.rotas[0], BEGIN, END))} shifts.")
    print(f"dateutil each time / vakt: {best['an instant, dateutil each time'] / best['an instant']:.0f}x")
    missed = [name for name, goal in GOALS.items() if best[name] >= goal]
    print(*(f"missed: {name}" for name in missed), sep="\n", end="\n" if missed else "")
    return missed


if __name__ == "__main__":
    sys.exit(main())
