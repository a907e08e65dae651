"""`vakt pages` and `vakt rehearse`: who was told, and who would be."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.contracts import read_contracts, store_contracts
from bot.demo import WORKSPACE
from bot.demo_seed import TEAM
from bot.storage.database import Database
from models.desk import Desk
from models.escalation import Plan, Step, StepKind, Why
from models.outbox import Kind, Outgoing, State
from models.page import Page, PageState
from models.person import Person
from tests.cli.conftest import Vakt

AT = datetime(2026, 11, 28, 22, 0, tzinfo=UTC)
POLICY = """
[[escalations]]
key = "night"
repeats = 1
steps = [
    { role = "on_call", wait = 5, outside_hours_of = "pindena/work" },
    { role = "manager", hours_of = "pindena/work" },
    { channel = "C0DESK", wait = 10 },
]
"""
ELSEWHERE = """
[[escalations]]
key = "night"
steps = [
    { group = "@night", wait = 10 },
    { mail = "drift@desk.example" },
    { webhook = "https://gateway.example/sms?key=s3cret", wait = 3 },
]
"""


@pytest.fixture
def database(well: Vakt) -> Iterator[Database]:
    """The shell's database, with the contracts stored and two pages: one that was taken, one that runs."""
    made = Database(well.database_url)
    with made.transaction() as session:
        store_contracts(session, TEAM["id"], read_contracts(None).values(), datetime(2026, 1, 1, tzinfo=UTC))
        ids = {person.handle: person.id for person in session.exec(select(Person))}
        desk = session.exec(select(Desk)).one()
        plan = Plan(steps=(Step(kind=StepKind.ROLE, of="on_call", wait=5),)).stored
        row = Outgoing(
            team_id=TEAM["id"],
            key="page:1",
            kind=Kind.PAGE,
            conversation="U0SARA",
            state=State.SENT,
            channel="D1",
            ts=f"{AT.timestamp():.6f}",
            ready_at=AT,
            created_at=AT,
        )
        session.add(row)
        call = {"to": ids["sara"], "round": 1, "step": 0, "at": AT.isoformat(), "row": row.id, "again": False}
        later = (AT + timedelta(minutes=5)).isoformat()
        given = {"team_id": TEAM["id"], "desk_id": desk.id, "plan": plan, "started_at": AT, "step": 0}
        session.add(
            Page(
                id="1",
                ticket_number=7,
                state=PageState.ENDED,
                calls=[{**call, "until": later, "why": str(Why.NO_ANSWER)}],
                ended_at=AT + timedelta(minutes=8),
                ended_by=ids["ola"],
                ended_why=str(Why.STARTED),
                **given,
            )
        )
        running = {**call, "until": None, "why": None, "row": "gone"}
        session.add(Page(id="2", calls=[running], next_at=AT + timedelta(minutes=5), **given))
    yield made
    made.dispose()


def test_pages_are_listed_with_whom_they_woke_when_it_was_sent_and_why_they_went_on(
    well: Vakt, database: Database
) -> None:
    said = well.says("pages", "list")
    assert said.returncode == 0, said.stderr
    assert "1  T-7  2026-11-28 22:00 UTC  ended 22:08 by Ola Hansen: started" in said.stdout
    assert "Sara Holm (on_call): queued 22:00:00, sent 22:00:00 (1795903200.000000), no answer 22:05" in said.stdout
    assert "2  ad hoc  2026-11-28 22:00 UTC  nobody has answered, goes on 2026-11-28 22:05 UTC" in said.stdout
    rows = [json.loads(line) for line in well.says("pages", "list", "--open", "--json").stdout.splitlines()]
    assert [(row["id"], row["state"], row["ticket"]) for row in rows] == [("2", "paging", None)]
    assert rows[0]["calls"][0]["person"] == "Sara Holm"


def _rehearsed(well: Vakt, *more: str, at: str = "2026-12-24T23:00", severity: str = "critical") -> list[str]:
    told = ("--at", at, "--contract", "pindena", "--severity", severity, *more)
    done = well.says("rehearse", "oncall", *told)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.clause("PI-06")
def test_a_rehearsal_tells_who_would_be_paged_when_if_nobody_answers(well: Vakt, database: Database) -> None:
    assert _rehearsed(well) == [
        "Nordkonf (pindena), critical, Thu 2026-12-24 23:00: desk servicedesk, whoever is on call, then managers",
        "  Thu 23:00  Ingrid Berg (rota support), waits 5 min",
        "  Thu 23:05  Ola Hansen (rota support), waits 5 min",
        "  Thu 23:10  Per Lind (role manager), waits 15 min",
        "  Thu 23:25  last resort: the desk's channel is told, and again an hour later",
    ]
    assert "By itself this class pages nobody then" in "\n".join(_rehearsed(well, severity="minor"))
    assert well.refuses("rehearse", "oncall", "--at", "2026-12-24T23:00", "--contract", "pindena", "--severity", "bad")
    assert "no customer is under nothing" in well.refuses(
        "rehearse", "oncall", "--at", "2026-12-24", "--contract", "nothing", "--severity", "critical"
    )


def test_a_policy_of_the_file_is_imported_rehearsed_and_exported(well: Vakt, database: Database) -> None:
    text = WORKSPACE.read_text("utf-8").replace('channel = "C0DESK"', 'channel = "C0DESK"\nescalation = "night"', 1)
    (well.folder / "workspace.toml").write_text(text + POLICY, "utf-8")
    shown = well.says("import", "workspace.toml", "--yes").stdout.splitlines()
    assert shown == ["+ escalation night", "~ desk servicedesk: escalation", "Changed: 2."]
    assert well.says("import", "workspace.toml", "--yes").stdout.strip() == "Nothing to change."
    assert well.says("export", "out.toml").returncode == 0
    assert well.says("import", "out.toml", "--yes").stdout.strip() == "Nothing to change."
    by_day = [line.split("  ")[-1] for line in _rehearsed(well, at="2026-11-30T10:00")[1:]]
    assert by_day[0].startswith("Per Lind (role manager), waits 15 min")
    assert by_day[1] == "channel C0DESK is told"
    rows = [json.loads(line) for line in _rehearsed(well, "--json")]
    assert [row["people"] for row in rows] == [["sara"], ["ingrid"], [], ["sara"], ["ingrid"], [], []]
    assert [row["at"][11:16] for row in rows] == ["22:00", "22:05", "22:10", "22:20", "22:25", "22:30", "22:40"]
    (well.folder / "workspace.toml").write_text(text + POLICY.replace("repeats = 1", "repeats = 2"), "utf-8")
    assert well.says("import", "workspace.toml").stdout.splitlines()[0] == "~ escalation night: repeats"


def test_steps_that_name_no_people_are_imported_rehearsed_exported(well: Vakt, database: Database) -> None:
    """A webhook's address may be a secret: where it is only to be read, its host stands for it."""
    text = WORKSPACE.read_text("utf-8").replace('channel = "C0DESK"', 'channel = "C0DESK"\nescalation = "night"', 1)
    (well.folder / "workspace.toml").write_text(text + ELSEWHERE, "utf-8")
    assert well.says("import", "workspace.toml", "--yes").returncode == 0
    assert well.says("export", "out.toml").returncode == 0
    assert well.says("import", "out.toml", "--yes").stdout.strip() == "Nothing to change."
    assert _rehearsed(well)[1:] == [
        "  Thu 23:00  whoever is in user group @night then, waits 10 min",
        "  Thu 23:10  drift@desk.example by mail, waits 15 min",
        "  Thu 23:25  gateway.example by webhook, waits 3 min",
        "  Thu 23:28  last resort: the desk's channel is told, and again an hour later",
    ]
    rows = [json.loads(line) for line in _rehearsed(well, "--json")[1:]]
    assert [(row["group"], row["mail"], row["webhook"]) for row in rows] == [
        (None, "drift@desk.example", None),
        (None, None, "gateway.example"),
        (None, None, None),
    ]


@pytest.mark.parametrize(
    "wrong", ['{ group = "Night Watch" }', '{ mail = "nobody" }', '{ webhook = "http://gateway.example" }', "{ }"]
)
def test_a_step_that_reaches_nothing_is_refused(well: Vakt, wrong: str) -> None:
    broken = WORKSPACE.read_text("utf-8") + ELSEWHERE.replace('{ group = "@night", wait = 10 }', wrong)
    (well.folder / "workspace.toml").write_text(broken, "utf-8")
    assert "escalations" in well.refuses("import", "workspace.toml")


def test_pages_list_an_address_with_what_became_of_it(well: Vakt, database: Database) -> None:
    step = Step(kind=StepKind.MAIL, of="drift@desk.example", wait=5)
    with database.transaction() as session:
        desk = session.exec(select(Desk)).one()
        row = Outgoing(
            team_id=TEAM["id"],
            key="page:3",
            kind=Kind.STEP_MAIL,
            conversation="mail:step:1",
            state=State.SENT,
            ts="<1@desk.example>",
            ready_at=AT,
            created_at=AT,
            sent_at=AT + timedelta(seconds=2),
        )
        session.add(row)
        call = {"to": None, "round": 1, "step": 0, "at": AT.isoformat(), "row": row.id, "again": False, "until": None}
        given = {"team_id": TEAM["id"], "desk_id": desk.id, "plan": Plan(steps=(step,)).stored, "step": 0}
        session.add(
            Page(id="3", calls=[{**call, "why": None}], next_at=AT + timedelta(minutes=5), started_at=AT, **given)
        )
    said = well.says("pages", "list", "--open").stdout
    assert "drift@desk.example (mail): queued 22:00:00, sent 22:00:02 (<1@desk.example>), waited for" in said
