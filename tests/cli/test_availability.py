"""`vakt availability`: what counted, what did not, and what it gives back, from the command line."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.contracts import read_contracts, store_contracts
from bot.demo_seed import TEAM
from bot.storage.database import Database
from models.customer import Customer
from models.desk import Desk
from models.downtime import (
    EVERYBODY,
    Change,
    DowntimeEvent,
    MaintenanceDowntime,
    NewDowntime,
    Scope,
    Source,
    exclude,
    open_downtime,
)
from tests.cli.conftest import ROOT, Vakt

FEBRUARY = datetime(2026, 2, 10, 9, tzinfo=UTC)
AFTER = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def database(well: Vakt) -> Iterator[Database]:
    """The shell's database with the contracts stored."""
    made = Database(well.database_url)
    with made.transaction() as session:
        store_contracts(session, TEAM["id"], read_contracts(None).values(), datetime(2026, 1, 1, tzinfo=UTC))
    yield made
    made.dispose()


def down(database: Database, begins: timedelta, lasts: timedelta, **more: Any) -> str:
    """Note downtime in February, in hours from the 10th, 10:00 in Oslo."""
    with database.transaction() as session:
        desk = session.exec(select(Desk)).one()
        limited = more.pop("customer", None)
        excluded = more.pop("excluded", None)
        if limited:
            more["customers"] = (session.exec(select(Customer.id).where(Customer.key == limited)).one(),)
        given = {"scope": Scope.ALL_USERS, "services": ("portal",)} | more
        row = open_downtime(
            session,
            NewDowntime(
                team_id=TEAM["id"],
                desk_id=desk.id,
                began_at=FEBRUARY + begins,
                ended_at=FEBRUARY + begins + lasts,
                source=Source.OUTAGE,
                **given,
            ),
            AFTER,
        )
        if excluded:
            exclude(row, EVERYBODY, excluded, Change(event=DowntimeEvent.EXCLUDED), AFTER)
        return row.id


def told(well: Vakt, *words: str) -> list[dict[str, Any]]:
    done = well.says("availability", *words, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.clause("PS-09", "PS-10", "PS-11", "PS-12")
def test_a_customers_month_lists_what_counted_what_did_not_and_the_credit(well: Vakt, database: Database) -> None:
    # February has 672 hours: 5 of them are 99.256 %, below 99.5 % and not below 99 %.
    down(database, 0 * HOUR, 3 * HOUR)
    down(database, 2 * HOUR, 3 * HOUR)  # an hour of it was counted already
    down(database, 10 * HOUR, HOUR, scope=Scope.SOME_USERS)
    down(database, 20 * HOUR, HOUR, maintenance=MaintenanceDowntime.IN_WINDOW)
    down(database, 30 * HOUR, HOUR, excluded="beta_or_trial")
    down(database, 40 * HOUR, 9 * HOUR, customer="fjordvideo")  # of somebody else alone
    [row] = told(well, "bykommune", "--period", "2026-02")
    assert (row["downtime_seconds"], row["available_exactly"], row["met"]) == (5 * 3600, "667/672", False)
    assert (row["provisional"], row["credit"], row["credit_clause"]) == (False, 25.0, "PS-09")
    assert [(each["counts"], each["why"], each["clause"]) for each in row["intervals"]] == [
        (True, "counts", "PS-09"),
        (True, "counts", "PS-09"),
        (False, "scope", "PS-10"),
        (False, "maintenance", "PS-11"),
        (False, "excluded", "PS-12"),
    ]
    page = well.says("availability", "bykommune", "--period", "2026-02").stdout
    assert "Available 99.255 %: 5 h 00 min of 672 h 00 min down" in page
    assert "target 99.5 %, guaranteed (PS-09): below" in page
    assert "left out: beta or trial" in page
    assert "Credit: 25 % of the monthly fee (PS-09)" in page
    assert "one-off fees give nothing back (PS-13)" in page


@pytest.mark.clause("PI-04")
def test_experience_is_shown_with_and_without_maintenance(well: Vakt, database: Database) -> None:
    down(database, 0 * HOUR, HOUR)
    down(database, 10 * HOUR, HOUR, maintenance=MaintenanceDowntime.PLANNED)
    [row] = told(well, "nordkonf", "--period", "2026-02")
    assert (row["with_maintenance"], row["without_maintenance"]) == (99.702380, 99.851190)
    assert (row["strength"], row["credit"]) == ("usual", 0.0)
    page = well.says("availability", "nordkonf", "--period", "2026-02").stdout
    assert "With all maintenance counted 99.702 %, with none 99.851 %" in page
    assert "Nothing is credited (PI-04)." in page


@pytest.mark.clause("EM-13", "EM-15")
def test_each_service_of_a_contract_has_a_figure_and_a_year_gives_its_points(well: Vakt, database: Database) -> None:
    # 2026 has 8,760 hours: 234 are 2.67 %, 1.67 points below 99.
    down(database, 0 * HOUR, 234 * HOUR, services=("video",))
    down(database, 300 * HOUR, 9 * HOUR, services=("video",), maintenance=MaintenanceDowntime.UNPLANNED)
    rows = {row["service"]: row for row in told(well, "fjordvideo", "--period", "2026")}
    assert (rows["video"]["downtime_seconds"], rows["video"]["credit"]) == (234 * 3600, 2.5)
    assert (rows["portal"]["downtime_seconds"], rows["portal"]["credit"]) == (0, 0.0)
    assert [each["why"] for each in rows["video"]["intervals"]] == ["counts", "maintenance"]
    page = well.says("availability", "fjordvideo", "--period", "2026").stdout
    assert "1 point lost; counted the other way 5 %" in page


@pytest.mark.clause("HP-08")
def test_every_customer_of_a_contract_is_listed_and_planned_downtime_counts(well: Vakt, database: Database) -> None:
    down(database, 0 * HOUR, 2 * HOUR, services=("app",), maintenance=MaintenanceDowntime.PLANNED)
    [row] = told(well, "heartpace", "--period", "2026")
    assert (row["customer"], row["downtime_seconds"]) == ("talentia", 7200)
    shown = well.says("availability", "heartpace", "--period", "2026").stdout
    assert "Talentia" in shown
    assert "99.0 %" in shown


def test_what_cannot_be_measured_is_said_plainly(well: Vakt, database: Database) -> None:
    assert 'There is no customer "nobody"' in well.refuses("availability", "nobody")
    assert "softone promises nothing about availability" in well.refuses("availability", "acme")
    assert '"2026-13" is no period' in well.refuses("availability", "bykommune", "--period", "2026-13")
    assert "bykommune is under no contract on 2025-11-30" in well.refuses(
        "availability", "bykommune", "--period", "2025-11"
    )


def test_a_year_is_drawn_as_a_picture_with_its_words(well: Vakt, database: Database) -> None:
    down(database, 0 * HOUR, 5 * HOUR)
    done = well.says("availability", "bykommune", "--chart", "year.png")
    assert done.returncode == 0, done.stderr
    assert (well.folder / "year.png").read_bytes().startswith(b"\x89PNG")
    assert done.stdout.startswith("year.png: Bykommune, target 99.5 %; ")
    assert "name it by its key" in well.refuses("availability", "pureservice", "--chart", "year.png")
    assert "promises nothing about availability" in well.refuses("availability", "acme", "--chart", "year.png")


def test_without_matplotlib_it_says_what_to_install(well: Vakt, database: Database) -> None:
    missing = well.folder / "missing" / "matplotlib"
    missing.mkdir(parents=True)
    (missing / "__init__.py").write_text("raise ModuleNotFoundError('matplotlib')")
    well.launcher = None
    well.settings["PYTHONPATH"] = f"{missing.parent}:{ROOT}"
    said = well.refuses("availability", "bykommune", "--chart", "year.png")
    assert 'pip install "vakt[charts]"' in said
