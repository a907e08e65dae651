"""`vakt maintenance`: what the agreements make of a plan, from the command line."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.contracts import read_contracts, store_contracts
from bot.demo_seed import TEAM
from bot.machine import SystemClock
from bot.storage.database import Database
from models import typed_text
from models.desk import Desk
from models.maintenance import Maintenance
from tests.cli.conftest import Vakt


@pytest.fixture
def database(well: Vakt) -> Iterator[Database]:
    """The shell's database with the contracts stored."""
    made = Database(well.database_url)
    with made.transaction() as session:
        store_contracts(session, TEAM["id"], read_contracts(None).values(), datetime(2026, 1, 1, tzinfo=UTC))
    yield made
    made.dispose()


def saturday(weeks: int) -> datetime:
    """20:00 in Oslo's winter on a Saturday some weeks ahead."""
    today = SystemClock().now().replace(hour=19, minute=0, second=0, microsecond=0)
    return today + timedelta(days=(5 - today.weekday()) % 7 + 7 * weeks)


@pytest.mark.clause("PI-05")
def test_a_plan_that_breaks_an_agreement_is_judged_clause_by_clause_and_ends_with_1(
    well: Vakt, database: Database
) -> None:
    start = saturday(4)
    words = ("portal", "--start", start.isoformat(), "--end", (start + timedelta(hours=2)).isoformat())
    done = well.says("maintenance", "check", *words, "--kind", "upgrade_major", "--approved", "--json")
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    judged = {(each["clause"], each["limit"]): each["verdict"] for each in told["clauses"]}
    assert judged["PI-05", "longest"] == "broken"
    assert judged["PI-05", "outside"] == "kept"
    assert judged["EM-03", "planned_days"] == judged["EM-03", "approval"] == "kept"
    assert judged["PS-11", "windows"] == "kept"
    assert (told["blocked"], told["leave_out"], told["slots"]) == (["PI-05"], ["pindena"], [])
    assert told["without_them"]["start"] == start.isoformat()
    assert len(told["parts"]) == 4
    shown = well.says("maintenance", "check", *words, "--kind", "upgrade_major", "--approved").stdout
    assert "No slot of that length keeps PI-05." in shown
    assert "at most 30 min" in shown


def test_a_plan_that_keeps_everything_ends_with_0(well: Vakt, database: Database) -> None:
    start = saturday(4)
    words = ("portal", "--start", start.isoformat(), "--end", (start + timedelta(minutes=30)).isoformat())
    done = well.says("maintenance", "check", *words, "--kind", "upgrade_major", "--approved", "--json")
    assert done.returncode == 0, done.stdout
    assert not json.loads(done.stdout)["blocked"]


def test_mistakes_are_said_plainly(well: Vakt, database: Database) -> None:
    start = saturday(4).isoformat()

    def refused(service: str, begin: str, end: str) -> str:
        return well.refuses("maintenance", "check", service, "--start", begin, "--end", end)

    assert 'no service "nowhere"' in refused("nowhere", start, "2099-01-01T00:00Z")
    assert "write day, time and offset" in refused("portal", "soon", start)
    assert "not after --start" in refused("portal", start, start)


def test_what_another_desk_has_planned_is_listed_too_unless_one_is_named(well: Vakt, database: Database) -> None:
    start = saturday(4)
    with database.transaction() as session:
        other = Desk(team_id=TEAM["id"], key="another", name="Another desk", channel_id="C0ANOTHER")
        session.add(other)
        for number, desk in enumerate([session.exec(select(Desk).where(Desk.key == "servicedesk")).one(), other], 1):
            session.add(
                Maintenance(
                    team_id=TEAM["id"],
                    number=number,
                    desk_id=desk.id,
                    services=["portal"],
                    kind="planned",
                    downtime=True,
                    title_id="",
                    starts_at=start,
                    ends_at=start + timedelta(hours=1),
                    planned_at=start - timedelta(days=20),
                    planned_by="",
                )
            )

    def listed(*words: str) -> list[tuple[str, str]]:
        lines = well.says("maintenance", "list", "--json", *words).stdout.splitlines()
        return [(row["name"], row["desk"]) for row in map(json.loads, lines)]

    assert listed() == [("M-1", "servicedesk"), ("M-2", "another")]
    assert listed("--desk", "another") == [("M-2", "another")]
    assert 'no desk "nowhere"; there is another, servicedesk' in well.refuses(
        "maintenance", "list", "--desk", "nowhere"
    )


def test_what_is_planned_is_listed(well: Vakt, database: Database) -> None:
    assert "No maintenance is planned." in well.says("maintenance", "list").stdout
    start = saturday(4)
    with database.transaction() as session:
        desk = session.exec(select(Desk)).one()
        session.add(
            Maintenance(
                team_id=TEAM["id"],
                number=1,
                desk_id=desk.id,
                services=["portal"],
                kind="planned",
                downtime=True,
                title_id=typed_text.keep(session, TEAM["id"], None, "Portal upgrade") or "",
                starts_at=start,
                ends_at=start + timedelta(hours=1),
                planned_at=start - timedelta(days=20),
                planned_by="",
            )
        )
    assert "Portal upgrade" in well.says("maintenance", "list").stdout
    [row] = [json.loads(line) for line in well.says("maintenance", "list", "--json").stdout.splitlines()]
    assert (row["name"], row["stage"], row["start"]) == ("M-1", "planned", start.isoformat())
