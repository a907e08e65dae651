"""`vakt calendar correct`: refused without a reason, nothing to do, and the clocks that would move."""

import json
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from bot.contracts import agreements, read_contracts, store_contracts
from bot.machine import SystemClock
from bot.storage.database import Database
from handlers import counting, promises
from models.contract_version import ContractVersion, latest_calendars
from models.customer import Customer
from models.record import Fresh
from models.sla.plan import plans
from models.ticket import Ticket
from tests.cli.conftest import ROOT, Vakt

OWN = "own"
"""A contract of somebody's own folder: the bundled ones are not ours to change in a test."""


@pytest.fixture
def at_work(well: Vakt) -> Vakt:
    """A shell whose database has an open ticket under a contract from a further folder."""
    folder = well.folder / "policies"
    folder.mkdir()
    text = (ROOT / "policies" / "softone.toml").read_text("utf-8").replace('id = "softone"', f'id = "{OWN}"', 1)
    (folder / "own.toml").write_text(text, "utf-8")
    well.settings["VAKT_POLICIES"] = str(folder)
    database, now = Database(well.database_url), SystemClock().now()
    with database.transaction() as session:
        acme = session.exec(select(Customer).where(Customer.key == "acme")).one()
        store_contracts(session, acme.team_id, [read_contracts(folder)[OWN]], now)
        session.flush()
        version = session.exec(select(ContractVersion)).one()
        calendars = latest_calendars(session, version)
        assert calendars is not None
        fresh = Fresh()
        ticket = Ticket(
            team_id=acme.team_id,
            number=1,
            desk_id=acme.desk_id,
            customer_id=acme.id,
            contract=OWN,
            contract_version_id=version.id,
            calendar_version_id=calendars.id,
            kind="fault",
            intake="mail",
            severity="P5",
            proposed_severity="P5",
            reported_at=now,
            opened_at=now,
            opened_by="anna",
            requester_id="anna",
        )
        fresh.add(ticket)
        planned = plans(agreements().under(acme, version, calendars), counting.facts_of(ticket), now)
        promises.first_clocks(fresh, ticket, [promises.Start(each, each.due) for each in planned])
        fresh.store(session)
    database.dispose()
    return well


def _closed_this_week(vakt: Vakt) -> None:
    days = [(SystemClock().now() + timedelta(days=n)).date().isoformat() for n in range(7)]
    path = vakt.folder / "policies" / "own.toml"
    closure = f"""
[[calendars.office.closures]]
id = "flood"
dates = [{", ".join(days)}]
name = {{ en = "flood", nb = "flom", sv = "översvämning" }}
"""
    path.write_text(path.read_text("utf-8") + closure, "utf-8")


def test_a_correction_shows_what_it_would_move_and_then_moves_it(at_work: Vakt) -> None:
    _closed_this_week(at_work)
    shown = at_work.says("calendar", "correct", OWN, "--json")
    row = json.loads(shown.stdout)
    assert (row["ticket"], row["clock"]) == ("T-1", "start_of_work"), shown.stderr
    assert datetime.fromisoformat(row["before"]) < datetime.fromisoformat(row["after"])
    moved = at_work.says("calendar", "correct", OWN, "--yes", "--reason", "the office is flooded")
    assert "Moved: 1." in moved.stdout, moved.stderr


def test_a_correction_without_a_reason_or_of_no_contract_is_refused(well: Vakt) -> None:
    assert "say why: --reason" in well.refuses("calendar", "correct", "softone", "--yes")
    assert 'there is no contract "softtwo"; there is' in well.refuses("calendar", "correct", "softtwo")
