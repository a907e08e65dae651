"""`vakt outages`: which there were, and the report of one."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.contracts import read_contracts, store_contracts
from bot.demo_seed import TEAM
from bot.storage.database import Database
from models import typed_text
from models.chronicle import Happening
from models.desk import Desk
from models.outage import Outage, OutageEvent, change_outage
from models.person import Person
from tests.cli.conftest import Vakt

BEGAN = datetime(2026, 11, 23, 8, 40, tzinfo=UTC)
ENDED = BEGAN + timedelta(minutes=38)


@pytest.fixture
def well_with_outages(well: Vakt) -> Vakt:
    """One that is over, and one that lasts."""
    database = Database(well.database_url)
    with database.transaction() as session:
        store_contracts(session, TEAM["id"], read_contracts(None).values(), datetime(2026, 1, 1, tzinfo=UTC))
        desk = session.exec(select(Desk)).one()
        person = session.exec(select(Person).where(Person.handle == "ola")).one()
        for number, title in ((1, "Signing in fails"), (2, "Sound is poor")):
            outage = Outage(
                team_id=TEAM["id"],
                number=number,
                desk_id=desk.id,
                services=[],
                scope="all_users",
                title_id=str(typed_text.keep(session, TEAM["id"], person.id, title)),
                began_at=BEGAN,
                detected_at=BEGAN,
                declared_at=BEGAN,
                declared_by=person.id,
                lead_id=person.id,
            )
            session.add(outage)
            session.flush()
            declared = Happening(event=OutageEvent.DECLARED, at=BEGAN, actor_id=person.id)
            change_outage(session, outage, declared)
            if number == 1:
                ended = Happening(event=OutageEvent.ENDED, at=ENDED, actor_id=person.id, facts={"step": 1})
                change_outage(session, outage, ended, ended_at=ENDED, ended_by=person.id)
    database.dispose()
    return well


def test_the_list_is_for_people_and_for_programs(well_with_outages: Vakt) -> None:
    said = well_with_outages.says("outages", "list")
    assert [line.split("  ")[0] for line in said.stdout.splitlines()] == ["O-2", "O-1"]
    assert "lasts" in said.stdout.splitlines()[0]
    shapes = [
        json.loads(line) for line in well_with_outages.says("outages", "list", "--open", "--json").stdout.splitlines()
    ]
    assert [shape["outage"] for shape in shapes] == ["O-2"]
    assert shapes[0]["began"] == BEGAN.isoformat()


def test_one_is_shown_with_its_history(well_with_outages: Vakt) -> None:
    said = well_with_outages.says("outages", "show", "o-1", "--language", "nb").stdout
    assert "Signing in fails" in said
    assert "Ola Hansen" in said.splitlines()[1]


def test_the_report_is_markdown(well_with_outages: Vakt) -> None:
    said = well_with_outages.says("outages", "report", "O-1").stdout
    assert said.startswith("# O-1 · Signing in fails\n")
    assert "- **Lasted:** 38 min\n" in said
    assert "Nobody outside." in said


def test_an_outage_that_is_not_there_is_named(well_with_outages: Vakt) -> None:
    assert "There is no outage O-9" in well_with_outages.refuses("outages", "report", "O-9")
