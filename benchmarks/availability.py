"""How long does the availability of many customers take.

    python benchmarks/availability.py            prints what it measures
    python benchmarks/availability.py --check    and ends with 1 when a goal is missed

1,000 customers of one desk under one contract, each of the last twelve months, over 10,000 intervals: half of them
concern everybody, half one customer each. Goal: all 12,000 figures in under 2 s, reading included, from a SQLite file.

Beside it, in the same run: joining each customer's intervals anew for each month with nothing kept, on a part of the
customers, as a plain query would do it; its figures must be ours. Machine time, best of the rounds, the median beside
it.
"""

import argparse
import random
import statistics
import sys
import time as machine
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.contracts import agreements, read_contracts, store_contracts
from bot.storage import schema
from bot.storage.database import Database
from handlers.availability import Ground, figures, last_instant, terms_under
from models.customer import Agreement, Customer, customers_under
from models.desk import Desk
from models.downtime import Between, Downtime, Scope, Source
from models.record import Fresh
from models.sla.periods import Period, months_until
from models.ticket import Team

TEAM = "T0VAKT"
CONTRACT = "pureservice"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
CUSTOMERS, INTERVALS, GOAL = 1_000, 10_000, 2.0
COMPARED = 20
"""Customers whose figures are computed the plain way too; the ratio is for each customer."""


def fill(url: str) -> None:
    """The desk, its customers and their downtime: the same each time."""
    schema.upgrade(url)
    database, draw = Database(url), random.Random(5)
    with database.transaction() as session:
        session.add(Team(team_id=TEAM))
        store_contracts(session, TEAM, read_contracts(None).values(), datetime(2025, 1, 1, tzinfo=UTC))
        fresh = Fresh()
        desk = Desk(team_id=TEAM, key="desk", name="Desk", channel_id="C1")
        fresh.add(desk)
        for number in range(CUSTOMERS):
            fresh.add(Customer(team_id=TEAM, id=f"{number:04}", key=f"c{number}", name=f"C {number}", desk_id=desk.id))
            fresh.add(Agreement(team_id=TEAM, customer_id=f"{number:04}", since=date(2025, 1, 1), contract=CONTRACT))
        for number in range(INTERVALS):
            fresh.add(downtime(draw, desk.id, None if number % 2 else f"{draw.randrange(CUSTOMERS):04}"))
        fresh.store(session)
    database.dispose()


def downtime(draw: random.Random, desk_id: str, customer: str | None) -> Downtime:
    """An interval of up to two hours in the year."""
    begins = NOW - YEAR + timedelta(seconds=draw.randrange(int(YEAR.total_seconds()) - 7200))
    return Downtime(
        team_id=TEAM,
        desk_id=desk_id,
        services=["portal"],
        customers=None if customer is None else [customer],
        began_at=begins,
        ended_at=begins + timedelta(seconds=draw.randrange(1, 7200)),
        scope=draw.choice([Scope.ALL_USERS, Scope.ALL_USERS, Scope.SOME_USERS]),
        source=Source.MONITOR,
    )


def everybody(database: Database) -> dict[str, list[Fraction]]:
    """Every customer's twelve shares, as `vakt availability` computes them."""
    known, found = agreements(), {}
    with database.reading() as session:
        customers = customers_under(session, TEAM, CONTRACT, NOW.date())
        months = months_until(known.in_force(session, customers[0][0], NOW).contract.zone, NOW)
        span = Between(months[0].begins, months[-1].ends)
        ground = Ground(session, TEAM, customers[0][0].desk_id, span, NOW)
        for customer, agreement in customers:
            terms = terms_under(session, known, customer, agreement, last_instant(months[-1], NOW))
            found[customer.id] = [each.share for each in figures(ground, customer, terms, months)]
    return found


def plainly(database: Database) -> dict[str, list[Fraction]]:
    """Some customers' shares, each month's intervals looked for and joined anew."""
    found = {}
    with database.reading() as session:
        customers = [customer for customer, _ in customers_under(session, TEAM, CONTRACT, NOW.date())]
        zone = agreements().in_force(session, customers[0], NOW).contract.zone
        months = months_until(zone, NOW)
        ground = Ground(session, TEAM, customers[0].desk_id, Between(months[0].begins, months[-1].ends), NOW)
        for customer in customers[:COMPARED]:
            mine = [row for row in ground.rows.values() if row.concerns(customer.id)]
            found[customer.id] = [_plain_share(mine, month) for month in months]
    return found


def _plain_share(rows: Sequence[Downtime], month: Period) -> Fraction:
    down, upto = timedelta(), month.begins
    for row in sorted(rows, key=lambda each: each.began_at):
        if row.scope == Scope.ALL_USERS:
            begins = max(row.began_at, upto)
            ends = min(row.ended_at or NOW, month.ends)
            if begins < ends:
                down, upto = down + ends - begins, ends
    microsecond = timedelta(microseconds=1)
    return 1 - Fraction(down // microsecond, (month.ends - month.begins) // microsecond)


def measured(work: Callable[[], object], rounds: int) -> list[float]:
    """Seconds of each round."""
    took = []
    for _ in range(rounds):
        began = machine.perf_counter()
        work()
        took.append(machine.perf_counter() - began)
    return took


def main() -> int:
    """Measure, print, and judge when asked to."""
    parser = argparse.ArgumentParser(description="How fast is availability computed for many customers?")
    parser.add_argument("--check", action="store_true", help="end with 1 when the goal is missed")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, the best of which counts")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'vakt.db'}"
        fill(url)
        database = Database(url)
        ours, plain = everybody(database), plainly(database)
        wrong = [customer for customer, shares in plain.items() if shares != ours[customer]]
        if wrong:
            print("the plain way does not agree about", *wrong[:5])
            return 1
        quick = measured(lambda: everybody(database), options.rounds)
        slow = measured(lambda: plainly(database), options.rounds)
        database.dispose()
    print(f"{CUSTOMERS:,} customers, 12 months, {INTERVALS:,} intervals; on {COMPARED} of them the plain way agrees.")
    print(f"all figures: best {min(quick):.2f} s, median {statistics.median(quick):.2f} s; goal {GOAL} s")
    each, plain_each = min(quick) / CUSTOMERS, min(slow) / COMPARED
    print(f"the plain way / vakt, for each customer: {plain_each / each:.0f}x")
    return 1 if options.check and min(quick) >= GOAL else 0


if __name__ == "__main__":
    sys.exit(main())
