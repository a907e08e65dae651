"""Rotas in the database: imported from the workspace file, asked who is on call, laid out anew when they change."""

import re
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError
from sqlalchemy import event
from sqlmodel import Session, col, select

from bot.contracts import read_contracts, store_contracts
from bot.storage.database import Database
from bot.workspace.file import Workspace, read, written
from bot.workspace.importing import export_workspace, import_workspace
from handlers.rotas import UnknownRotaError, desk_rota, people_on_call, rota_of
from models.desk import Desk
from models.escalation import Plan, Step, StepKind
from models.page import Escalation, Page
from models.person import Person
from models.rota.shift import RotaError
from models.stored_rota import ChangeKind, ChangeState, RotaChange, StoredRota, rota_by_key
from models.ticket import Team
from models.timer import OF_ROTAS, Timer
from tests.stories.conftest import DEMO, FURNISHED, TEAM, oslo

DRIFT = """
[[rotas]]
key = "drift"
name = "Drift"
zone = "Europe/Oslo"
owner = "per"

[[rotas.layers]]
name = "primary"
people = ["sara", "ola"]
starts = 2026-01-05T08:00:00
rotation = "FREQ=WEEKLY"

[[rotas.layers]]
name = "nights"
people = ["ingrid", "sara"]
starts = 2026-01-05T08:00:00
rotation = "FREQ=WEEKLY"
restrictions = [{ outside_hours_of = "softone/office" }]
"""
SARAS_WEEK, MADE = oslo("2026-01-05 12:00"), oslo("2026-01-01 12:00")


def with_rotas(rotas: str, **desk: Any) -> Workspace:
    """The demonstration's workspace with these rotas instead of its own."""
    document = tomllib.loads(DEMO.read_text("utf-8")) | tomllib.loads(rotas)
    document["desks"][0] = {key: value for key, value in document["desks"][0].items() if key != "on_call_rota"} | desk
    return Workspace.model_validate(document)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with the demonstration's people, the contracts, and the rota above, linked to the desk."""
    opened = Database(database_url)
    with opened.transaction() as session:
        session.add(Team(team_id=TEAM))
        session.flush()
        import_workspace(session, TEAM, with_rotas(DRIFT, on_call_rota="drift"))
        store_contracts(session, TEAM, read_contracts(None).values(), FURNISHED)
    yield opened
    opened.dispose()


def on_call(database: Database, at: datetime, rota: str = "drift") -> list[str]:
    """The handles of who is on call."""
    with database.reading() as session:
        return [person.handle for person in people_on_call(session, TEAM, rota, at)]


def test_who_is_on_call_comes_in_the_order_of_the_layers_each_once(database: Database) -> None:
    """The nights layer follows the hours of a contract's calendar, as stored."""
    assert on_call(database, SARAS_WEEK) == ["sara"]
    assert on_call(database, oslo("2026-01-05 20:00")) == ["sara", "ingrid"]
    assert on_call(database, oslo("2026-01-12 20:00")) == ["ola", "sara"]


def test_nobody_is_on_call_before_a_rota_starts(database: Database) -> None:
    assert on_call(database, oslo("2026-01-01 12:00")) == []


def test_a_rota_that_does_not_exist_is_named_with_those_that_do(database: Database) -> None:
    with pytest.raises(UnknownRotaError, match=re.escape('there is no rota "dag"; there is drift')):
        on_call(database, SARAS_WEEK, rota="dag")


def test_a_desk_says_which_rota_is_its_own(database: Database) -> None:
    with database.reading() as session:
        assert desk_rota(session, session.exec(select(Desk)).one()) == "drift"


def test_importing_a_rota_twice_changes_nothing_and_what_is_exported_says_the_same(database: Database) -> None:
    given = with_rotas(DRIFT, on_call_rota="drift")
    with database.transaction() as session:
        before = session.exec(select(StoredRota)).one().revision
        assert import_workspace(session, TEAM, given) == []
        exported = export_workspace(session, TEAM)
        assert exported.rotas == given.rotas
        assert exported.desks[0].on_call_rota == "drift"
        assert Workspace.model_validate(tomllib.loads(written(exported))) == exported
        assert session.exec(select(StoredRota)).one().revision == before


def test_people_are_stored_by_who_they_are_not_by_what_they_are_called(database: Database) -> None:
    """Sara is called something else now, in Slack and in the file: nothing about the rota changes."""
    text = re.sub(r'"sara"', '"sara-h"', DRIFT)
    document = tomllib.loads(re.sub(r'"sara"', '"sara-h"', DEMO.read_text("utf-8"))) | tomllib.loads(text)
    document["desks"][0]["on_call_rota"] = "drift"
    with database.transaction() as session:
        changes = import_workspace(session, TEAM, Workspace.model_validate(document))
    assert [str(change) for change in changes] == ["~ person sara-h: handle"]
    assert on_call(database, SARAS_WEEK) == ["sara-h"]


def test_a_changed_rota_is_shown_key_by_key_and_holds_at_once(database: Database) -> None:
    assert on_call(database, SARAS_WEEK) == ["sara"]
    changed = DRIFT.replace('["sara", "ola"]', '["ingrid"]').replace('name = "Drift"', 'name = "Operations"')
    with database.transaction() as session:
        changes = import_workspace(session, TEAM, with_rotas(changed, on_call_rota="drift"))
    assert [str(change) for change in changes] == ["~ rota drift: name, layers"]
    assert on_call(database, SARAS_WEEK) == ["ingrid"]


def test_a_rota_that_the_file_names_no_more_is_retired_when_nothing_goes_by_it(database: Database) -> None:
    """What people changed about it stays as the account; of one that is used the answer says by what."""
    _override(database, "ingrid", SARAS_WEEK, oslo("2026-01-06 12:00"))
    policy = Plan(steps=(Step(kind=StepKind.ROTA, of="drift", wait=5),))
    with database.transaction() as session:
        session.add(Escalation(team_id=TEAM, key="night", document=policy.stored))
        desk = session.exec(select(Desk)).one()
        session.add(Page(team_id=TEAM, desk_id=desk.id, started_at=SARAS_WEEK, plan=policy.stored))
    with database.transaction() as session:
        changes = import_workspace(session, TEAM, with_rotas("rotas = []"))
    assert [str(change) for change in changes] == [
        "~ desk servicedesk: on_call_rota",
        "= rota drift is not in the file and is kept: escalation night, 1 open page still use it",
        "= escalation night is not in the file and is kept",
    ]
    assert on_call(database, SARAS_WEEK) == ["ingrid"]
    with database.transaction() as session:
        session.delete(session.exec(select(Escalation)).one())
        session.exec(select(Page)).one().ended_at = SARAS_WEEK
    with database.transaction() as session:
        changes = import_workspace(session, TEAM, with_rotas("rotas = []"))
    assert [str(change) for change in changes] == ["- rota drift, with its calendar addresses"]
    with database.reading() as session:
        assert not session.exec(select(StoredRota)).all()
        assert len(session.exec(select(RotaChange)).all()) == 1
        assert not session.exec(select(Timer).where(col(Timer.kind).in_(OF_ROTAS))).all()


def test_a_file_without_a_word_of_rotas_leaves_them_alone(database: Database) -> None:
    document = with_rotas("rotas = []").model_dump(exclude_unset=True, by_alias=True)
    silent = Workspace.model_validate({name: part for name, part in document.items() if name != "rotas"})
    with database.transaction() as session:
        changes = import_workspace(session, TEAM, silent)
    assert "= rota drift is not in the file and is kept" in [str(change) for change in changes]
    assert on_call(database, SARAS_WEEK) == ["sara"]


def test_a_later_import_keeps_what_people_changed(database: Database) -> None:
    _override(database, "ingrid", SARAS_WEEK, oslo("2026-01-06 12:00"))
    with database.transaction() as session:
        import_workspace(session, TEAM, with_rotas(DRIFT.replace('"Drift"', '"Operations"'), on_call_rota="drift"))
    assert on_call(database, SARAS_WEEK) == ["ingrid"]


def _override(database: Database, handle: str, since: datetime, until: datetime, *, made_at: datetime = MADE) -> None:
    with database.transaction() as session:
        person = session.exec(select(Person).where(Person.handle == handle)).one()
        rota = rota_by_key(session, TEAM, "drift")
        assert rota is not None
        rota.touch()
        session.add(
            RotaChange(
                team_id=TEAM,
                rota_id=rota.id,
                kind=ChangeKind.OVERRIDE,
                state=ChangeState.HOLDS,
                person_id=person.id,
                layer="primary",
                since=since,
                until=until,
                made_by=person.id,
                made_at=made_at,
            )
        )


def test_of_overlapping_overrides_the_later_wins(database: Database) -> None:
    until = oslo("2026-01-06 12:00")
    _override(database, "ingrid", SARAS_WEEK, until)
    _override(database, "ola", oslo("2026-01-05 18:00"), until, made_at=oslo("2026-01-02 12:00"))
    assert on_call(database, SARAS_WEEK) == ["ingrid"]
    assert on_call(database, oslo("2026-01-05 19:00"))[0] == "ola"


def test_somebody_who_left_is_passed_over(database: Database) -> None:
    with database.transaction() as session:
        sara = session.exec(select(Person).where(Person.handle == "sara")).one()
        sara.left_at = oslo("2026-01-01 12:00")
        rota = rota_by_key(session, TEAM, "drift")
        assert rota is not None
        rota.touch()
    assert on_call(database, SARAS_WEEK) == ["ola"]
    assert on_call(database, oslo("2026-01-12 20:00")) == ["ola", "ingrid"]


def test_a_contract_that_is_not_in_force_is_named(database: Database) -> None:
    """A page asks the next step then; see `people_on_call`."""
    with pytest.raises(RotaError, match="the calendar office of softone, which is not in force on 1999-01-01"):
        on_call(database, datetime(1999, 1, 1, tzinfo=ZoneInfo("Europe/Oslo")))


def test_asking_again_reads_one_row_and_lays_nothing_out(database: Database) -> None:
    statements: list[str] = []
    with database.reading() as session:
        event.listen(session.get_bind(), "before_cursor_execute", lambda *given: statements.append(given[2]))
        first = _asked(session)
        statements.clear()
        assert _asked(session) is first
    assert len(statements) == 1


def _asked(session: Session) -> object:
    return rota_of(session, TEAM, "drift", SARAS_WEEK)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('owner = "per"', 'owner = "nobody"', "rotas.drift names nobody, which this file does not have"),
        ('people = ["sara", "ola"]', 'people = ["sara", "olav"]', "rotas.drift names olav"),
        ('people = ["sara", "ola"]', 'people = ["sara", "anna"]', "drift, which names anna without a role"),
        ('people = ["sara", "ola"]', "people = []", "people is empty"),
        ('key = "drift"', 'key = "vakt"', "desks.servicedesk.on_call_rota names drift"),
        ("Europe/Oslo", "Europe/Olso", 'there is no time zone "Europe/Olso"'),
        ("FREQ=WEEKLY", "FREQ=SECONDLY", "FREQ must be one of"),
        ("FREQ=WEEKLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "does not fire within ten years"),
    ],
)
def test_a_rota_that_cannot_be_kept_is_refused_with_its_key(before: str, after: str, words: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(words)):
        with_rotas(DRIFT.replace(before, after, 1), on_call_rota="drift")


def test_rotas_of_the_same_key_are_refused() -> None:
    with pytest.raises(ValidationError, match="rotas: drift is there twice"):
        with_rotas(DRIFT + DRIFT)


def test_a_calendar_that_no_contract_has_is_named_with_those_there_are(tmp_path: Path) -> None:
    path = tmp_path / "workspace.toml"
    path.write_text(written(with_rotas(DRIFT)).replace("softone/office", "softone/odd"), "utf-8")
    with pytest.raises(Exception, match=r"rotas\.drift: there is no calendar softone/odd; there is .*softone/office"):
        read(path, read_contracts(None))
