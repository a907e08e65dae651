"""`vakt claims`: who may claim what, and the evidence as files."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.contracts import agreements, read_contracts, store_contracts
from bot.demo_seed import TEAM
from bot.storage.database import Database
from handlers.claims import Claimant, cases_in, make
from models.affected import Affected, report_affected
from models.customer import Customer
from models.desk import Desk
from models.downtime import NewDowntime, Scope, Source, open_downtime
from models.person import Person
from models.sla.periods import parse_period
from tests.cli.conftest import Vakt

BEGAN = datetime(2026, 2, 10, 9, tzinfo=UTC)
CLAIMED = datetime(2026, 2, 12, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def database(well: Vakt) -> Iterator[Database]:
    """The shell's database with the contracts stored."""
    made = Database(well.database_url)
    with made.transaction() as session:
        store_contracts(session, TEAM["id"], read_contracts(None).values(), datetime(2026, 1, 1, tzinfo=UTC))
    yield made
    made.dispose()


@pytest.fixture
def claim(database: Database) -> str:
    """Bykommune's claim for February: five hours of 672, reported half an hour after they began."""
    with database.transaction() as session:
        desk = session.exec(select(Desk)).one()
        customer = session.exec(select(Customer).where(Customer.key == "bykommune")).one()
        nina = session.exec(select(Person.id).where(Person.handle == "nina")).one()
        new = NewDowntime(
            team_id=TEAM["id"],
            desk_id=desk.id,
            services=("portal",),
            began_at=BEGAN,
            ended_at=BEGAN + 5 * HOUR,
            scope=Scope.ALL_USERS,
            source=Source.OUTAGE,
            outage_id="O-7",
        )
        open_downtime(session, new, CLAIMED)
        report = Affected(
            team_id=TEAM["id"], happening_id="O-7", customer_id=customer.id, person_id=nina, at=BEGAN + HOUR / 2
        )
        report_affected(session, report)
        session.flush()
        known = agreements()
        zone = known.in_force(session, customer, CLAIMED).contract.zone
        [case] = cases_in(session, known, customer, parse_period("2026-02", zone, CLAIMED), CLAIMED)
        return make(session, case, Claimant(nina, None), CLAIMED, CLAIMED).id


def test_without_any_there_is_nothing_to_list(well: Vakt, database: Database) -> None:
    assert well.says("claims", "list").stdout == "No claims.\n"
    assert 'There is no claim "x"' in well.refuses("claims", "export", "x")


@pytest.mark.clause("PS-13")
def test_claims_are_listed_with_how_they_stand(well: Vakt, claim: str) -> None:
    assert (
        f"{claim}  bykommune 2026-02  claimed 2026-02-12T08:00, 25 % of the monthly fee"
        in well.says("claims", "list").stdout
    )
    row = json.loads(well.says("claims", "list", "--json").stdout)
    assert (row["state"], row["credit"], len(row["covers"]), row["lapsed"]) == ("claimed", 25.0, 1, [])
    assert row["lapses"] == "2026-03-10T23:00:00+00:00"


@pytest.mark.clause("PS-13", "PS-09")
def test_the_evidence_is_a_file_to_read_and_one_to_compute_with(well: Vakt, claim: str) -> None:
    done = well.says("claims", "export", claim, "--folder", "out", "--language", "en")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["out/claim-bykommune-2026-02.md", "out/claim-bykommune-2026-02.csv"]
    said = (well.folder / "out" / "claim-bykommune-2026-02.md").read_text("utf-8")
    assert said.startswith("# Bykommune: February 2026\n")
    assert "- Claimed Thu 12 Feb 09:00 CET by Nina Moe" in said
    assert "- O-7 reported Tue 10 Feb 10:30 CET by Nina Moe" in said
    assert "- Down 5 h of 672 h" in said
    assert "- Provisional credit: 25 % of the monthly fee · PS-09" in said
    assert "- 99.255952 % is below 99.5 %." in said
    assert "- PS-13: A credit is at most the monthly fee" in said
    assert (
        "| Tue 10 Feb 10:00 CET | Tue 10 Feb 15:00 CET | 5 h | Customer portal: nobody could use it · PS-09 | O-7 |"
        in said
    )
    assert "may be claimed (Tue 10 Mar 24:00)" in said
    assert "to the desk: that it was claimed" in said
    with (well.folder / "out" / "claim-bykommune-2026-02.csv").open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["seconds"], row["clause"], row["standing"], row["outage"]) == ("18000", "PS-09", "claimable", "O-7")
    assert row["lapses_at"] == "2026-03-10T23:00:00+00:00"
