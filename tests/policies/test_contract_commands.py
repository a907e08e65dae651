"""The contract commands, as people and programs type them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.commands.contracts import register
from models.sla.due import AskError, parse_target
from models.sla.policy_files import BUNDLED

ROOT = Path(__file__).resolve().parents[2]
VAKT = "import typer; from bot.commands.contracts import register; app = typer.Typer(); register(app); app()"


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    app = typer.Typer()
    register(app)
    return app


def vakt(app: typer.Typer, *words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"VAKT_POLICIES": None})


def printed(app: typer.Typer, *words: str) -> list[dict[str, Any]]:
    """The JSON lines a command prints."""
    result = vakt(app, *words)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


# --- due ----------------------------------------------------------------------------------------------


@pytest.mark.clause("SO-15")
def test_due_tells_the_instant_the_strength_and_the_clause(app: typer.Typer) -> None:
    result = vakt(app, "due", "softone", "--severity", "P2", "--opened", "2026-11-20T15:30+01:00")
    assert "Mon 23 Nov 2026 10:30 Europe/Stockholm" in result.stdout
    assert "promised" in result.stdout
    assert "SO-15" in result.stdout


def test_due_for_a_program_is_one_object_for_each_clock(app: typer.Typer) -> None:
    rows = printed(app, "due", "heartpace", "--severity", "critical", "--opened", "2026-11-20T15:30+01:00", "--json")
    assert [(row["clock"], row["due"], row["clause"]) for row in rows] == [
        ("first_response", "2026-11-21T14:30:00Z", "HP-01"),
        ("start_of_work", "2026-11-23T14:30:00Z", "HP-09"),
        ("resolution", "2026-11-20T16:00:00Z", "HP-05"),
    ]


def test_due_can_be_asked_for_one_clock_a_region_and_a_pause(app: typer.Typer) -> None:
    rows = printed(
        app,
        *("due", "easymeeting", "--severity", "high", "--clock", "first_response", "--region", "america"),
        *("--opened", "2026-11-23T06:00+01:00", "--json"),
        *("--pause", "2026-11-23T09:00-05:00/2026-11-23T11:00-05:00"),
    )
    assert [row["due"] for row in rows] == ["2026-11-24T15:00:00Z"]  # 8 h from 08:00, 2 h waited: Tue 10:00


def test_due_while_it_still_waits_is_none(app: typer.Typer) -> None:
    words = ("due", "softone", "--severity", "P1", "--opened", "2026-11-23T09:00+01:00")
    rows = printed(app, *words, "--pause", "2026-11-23T10:00+01:00/", "--json")
    assert [(row["due"], row["paused"]) for row in rows] == [(None, True)]


def test_a_wait_the_contract_does_not_know_stops_nothing(app: typer.Typer) -> None:
    words = ("due", "pureservice", "--severity", "standard", "--opened", "2026-11-23T09:00+01:00")
    rows = printed(app, *words, "--pause", "2026-11-23T10:00+01:00/", "--json")
    assert [row["due"] for row in rows] == ["2026-11-23T10:00:00Z"]


@pytest.mark.clause("PI-08")
def test_a_minor_fault_is_due_with_a_version(app: typer.Typer) -> None:
    words = ("due", "pindena", "--severity", "minor", "--opened", "2026-11-20T15:30+01:00")
    assert "a version in place of a time (PI-08)" in vakt(app, *words).stdout
    assert [(row["due"], row["clause"]) for row in printed(app, *words, "--json")] == [(None, "PI-08")]


@pytest.mark.clause("PI-06")
def test_outside_hours_a_critical_fault_is_paged_without_a_clock(app: typer.Typer) -> None:
    words = ("due", "pindena", "--severity", "critical", "--opened", "2026-11-28T23:00+01:00")
    assert "on-call is paged" in vakt(app, *words).stdout
    assert [(row["due"], row["paged"]) for row in printed(app, *words, "--json")] == [(None, True)]


OPENED = ("--opened", "2026-11-20T15:30+01:00")
WRONG = [
    (("due", "nope", "--severity", "P1", *OPENED), 'there is no contract "nope"; there is easymeeting'),
    (("due", "softone", "--severity", "P9", *OPENED), 'softone has no severity "P9": P1, P2'),
    (("due", "softone", "--severity", "P1"), "--severity (P1, P2, P3, P4, P5) and --opened are needed"),
    (("due", "softone", "--severity", "P1", "--opened", "2026-11-20T15:30"), "without a zone; add an offset"),
    (("due", "softone", "--severity", "P1", "--opened", "now"), '--opened is "now"; write an instant'),
    (("due", "softone", "--severity", "P1", "--clock", "lunch", *OPENED), 'there is no clock "lunch"; there is first'),
    (
        ("due", "softone", "--severity", "P1", "--region", "moon", *OPENED),
        'softone has no region "moon"; there is none',
    ),
    (("due", "softone", "--severity", "P1", *OPENED, "--pause", "x/y"), '--pause FROM is "x"; write an instant'),
    (
        ("due", "softone", "--severity", "P1", *OPENED, "--pause", "2026-11-21T00:00Z/2026-11-20T00:00Z"),
        "ends before it begins",
    ),
    (("due",), "name a contract: easymeeting"),
    (("due", "--batch", "no-such-file.jsonl"), "no-such-file.jsonl cannot be read"),
    (("calendar", "softone", "--from", "soon"), '--from is "soon"; write a date'),
    (("calendar", "softone", "--calendar", "moon"), 'softone has no calendar "moon"; there is office'),
    (("calendar", "easymeeting", "--region", "asia"), 'easymeeting has no region "asia"'),
]


@pytest.mark.parametrize(("words", "says"), WRONG, ids=[says[:40] for _, says in WRONG])
def test_a_wrong_question_is_told_what_would_be_right(app: typer.Typer, words: tuple[str, ...], says: str) -> None:
    result = vakt(app, *words)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stdout == ""


# --- why ----------------------------------------------------------------------------------------------


def test_why_prints_what_was_counted_what_was_skipped_and_the_readings(app: typer.Typer) -> None:
    result = vakt(
        app,
        *("why", "softone", "--severity", "P2", "--opened", "2026-11-20T15:30+01:00"),
        *("--pause", "2026-11-23T09:10+01:00/2026-11-23T10:00+01:00"),
    )
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert (
        "Fri 20 Nov 2026 15:30–17:00 1 h 30 min Fri 20 Nov 2026 17:00 – Mon 23 Nov 2026 08:00 closed, weekend" in lines
    )
    assert "Mon 23 Nov 2026 08:00–09:10 1 h 10 min Mon 23 Nov 2026 09:10–10:00 waiting for access" in lines
    assert "Mon 23 Nov 2026 10:00–11:20 1 h 20 min" in lines
    assert "4 h 00 min → due Mon 23 Nov 2026 11:20, Europe/Stockholm" in lines
    assert any(line.startswith("Reading taken: Ordinary opening hours") for line in lines)
    assert any(line.startswith("Reading taken: Waiting for access") for line in lines)


def test_why_tells_the_reasons_in_the_language_asked_for(app: typer.Typer) -> None:
    words = ("why", "pureservice", "--severity", "standard", "--opened", "2026-05-22T15:00+02:00", "--language", "nb")
    assert "2. pinsedag" in vakt(app, *words).stdout
    assert "Arbeidet starter innen 2 timer" in vakt(app, *words).stdout


def test_why_for_a_program_sums_to_the_promise(app: typer.Typer) -> None:
    words = ("why", "pindena", "--severity", "serious", "--opened", "2026-11-26T18:30+01:00", "--json")
    (row,) = printed(app, *words)
    assert row["total_seconds"] == row["budget_seconds"] == sum(span["seconds"] for span in row["counted"])
    assert [span["why"] for span in row["skipped"]] == ["closed"]
    assert row["expected"] == row["due"] == "2026-11-27T15:00:00Z"


def test_why_while_it_waits_says_what_is_left(app: typer.Typer) -> None:
    words = ("why", "softone", "--severity", "P1", "--opened", "2026-11-23T09:00+01:00")
    result = vakt(app, *words, "--pause", "2026-11-23T10:00+01:00/")
    assert "1 h 00 min counted, 1 h 00 min left" in result.stdout


def test_why_without_a_clock_says_so(app: typer.Typer) -> None:
    opened = ("--opened", "2026-11-28T23:00+01:00")
    assert "a version in place" in vakt(app, "why", "pindena", "--severity", "minor", *opened).stdout
    assert "on-call is paged" in vakt(app, "why", "pindena", "--severity", "critical", *opened).stdout


def test_why_tells_every_kind_of_amount(app: typer.Typer) -> None:
    opened = ("--opened", "2026-11-23T09:00:30+01:00")
    heartpace = vakt(app, "why", "heartpace", "--severity", "critical", *opened).stdout
    assert "24 h 00 min by the clock" in heartpace
    assert "1 working days, same time" in heartpace
    assert "by closing the same working day" in heartpace
    assert "Mon 23 Nov 2026 09:00:30" in heartpace
    pindena = vakt(app, "why", "pindena", "--severity", "enquiry", *opened).stdout
    assert "expected by Mon 23 Nov 2026 15:00 (usual)" in pindena
    waiting = ("--pause", "2026-11-23T10:00+01:00/")
    assert "none while it waits" in vakt(app, "due", "softone", "--severity", "P1", *opened, *waiting).stdout


def test_a_folder_with_a_wrong_file_ends_the_command(app: typer.Typer, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("id = 5", encoding="utf-8")
    result = vakt(app, "due", "--policies", str(tmp_path))
    assert result.exit_code == 2
    assert "bad.toml: id is 5" in result.stderr


# --- calendar -----------------------------------------------------------------------------------------


@pytest.mark.clause("PI-10")
def test_the_calendar_tells_each_day_open_or_closed_and_why(app: typer.Typer) -> None:
    words = ("calendar", "pindena", "--from", "2026-12-23", "--days", "3", "--calendar", "support", "--json")
    assert printed(app, *words) == [
        {
            "calendar": "support",
            "date": "2026-12-23",
            "open": True,
            "hours": [["09:00", "11:30"], ["12:00", "15:00"]],
            "why": "",
        },
        {
            "calendar": "support",
            "date": "2026-12-24",
            "open": False,
            "hours": [],
            "why": "the days between Christmas and New Year",
        },
        {"calendar": "support", "date": "2026-12-25", "open": False, "hours": [], "why": "1. juledag"},
    ]


def test_the_calendar_is_that_of_the_region(app: typer.Typer) -> None:
    words = ("calendar", "easymeeting", "--region", "america", "--from", "2026-11-26", "--days", "1", "--json")
    (row,) = printed(app, *words)
    assert (row["calendar"], row["open"]) == ("office_america", False)
    both = printed(app, "calendar", "easymeeting", "--from", "2026-11-26", "--days", "1", "--json")
    assert {row["calendar"] for row in both} == {"office_europe", "office_america"}


def test_the_calendar_for_people_is_a_table(app: typer.Typer) -> None:
    result = vakt(app, "calendar", "softone", "--from", "2026-12-24", "--days", "1", "--language", "sv")
    assert "Thu 24 Dec 2026" in result.stdout
    assert "Julafton" in result.stdout
    assert vakt(app, "calendar", "softone").exit_code == 0


# --- policy -------------------------------------------------------------------------------------------


def test_policy_check_lists_readings_and_what_is_left_open(app: typer.Typer) -> None:
    rows = printed(app, "policy", "check", "--json")
    assert {row["contract"] for row in rows} == {"heartpace", "pindena", "softone", "easymeeting", "pureservice"}
    assert {"reading", "open", "no_promise", "not_proposed"} <= {row["kind"] for row in rows}
    assert "Lunch is 11:30–12:00" in vakt(app, "policy", "check").stdout


def test_policy_check_ends_with_1_and_names_every_mistake(app: typer.Typer, tmp_path: Path) -> None:
    text = (BUNDLED / "softone.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace('amount = "2h"', 'amount = "0m"'), encoding="utf-8")
    result = vakt(app, "policy", "check", str(path))
    assert result.exit_code == 1
    assert "promises.p1.target is 0 minutes; SO-15 needs at least 1 minute" in result.stderr
    as_json = vakt(app, "policy", "check", str(path), "--json")
    assert "SO-15 needs at least 1 minute" in json.loads(as_json.stdout)["error"]


def test_a_further_folder_gives_a_sixth_contract(app: typer.Typer, tmp_path: Path) -> None:
    text = (BUNDLED / "softone.toml").read_text(encoding="utf-8").replace('id = "softone"', 'id = "sixth"', 1)
    (tmp_path / "any_name.toml").write_text(text, encoding="utf-8")
    words = ("due", "sixth", "--severity", "P1", "--opened", "2026-11-23T09:00+01:00", "--json")
    assert vakt(app, *words).exit_code == 2
    (row,) = printed(app, *words, "--policies", str(tmp_path))
    assert row["due"] == "2026-11-23T10:00:00Z"


def test_policy_show_prints_classes_promises_and_clauses(app: typer.Typer) -> None:
    shown = vakt(app, "policy", "show", "pindena", "--language", "nb").stdout
    assert all(words in shown for words in ("Mindre alvorlig", "by closing the next working day", "PI-20"))
    assert all(words in shown for words in ("at most 30 min long", "at most 1 a quarter", "outside the hours of work"))
    assert "99.9 % (usual)" in shown
    assert "nothing is credited" in shown
    whole = json.loads(vakt(app, "policy", "show", "pindena", "--json").stdout)
    assert whole["id"] == "pindena"


def test_policy_schema_is_a_json_schema(app: typer.Typer) -> None:
    assert json.loads(vakt(app, "policy", "schema").stdout)["$schema"].startswith("https://json-schema.org/")


# --- batch --------------------------------------------------------------------------------------------

MINE = {"contract": "softone", "severity": "P1", "clock": "start_of_work", "opened": "2026-11-23T09:00:00+01:00"}
BARE = {
    "contract": "pindena",
    "calendar": "support",
    "opened": "2028-02-29T14:30:30+01:00",
    "target": {"kind": "working_time", "seconds": 7200},
}


def due(text: str | None, expected: str | None, clause: str | None) -> dict[str, str | None]:
    return {"due": text, "expected": expected, "clause": clause}


BATCH = [
    (MINE, due("2026-11-23T10:00:00Z", None, "SO-15")),
    (MINE | {"severity": "p2"}, due("2026-11-23T12:00:00Z", None, "SO-15")),
    (MINE | {"region": None, "pauses": []}, due("2026-11-23T10:00:00Z", None, "SO-15")),
    (MINE | {"pauses": [["2026-11-23T09:30:00+01:00", None]]}, due(None, None, "SO-15")),
    (
        MINE | {"pauses": [["2026-11-23T09:30:00+01:00", "2026-11-23T09:45:00+01:00"]]},
        due("2026-11-23T10:15:00Z", None, "SO-15"),
    ),
    (
        {"contract": "pindena", "severity": "serious", "clock": "start_of_work", "opened": "2026-11-25T11:45:00+01:00"},
        due("2026-11-26T15:00:00Z", "2026-11-25T15:00:00Z", "PI-07"),
    ),
    (
        {
            "contract": "pindena",
            "severity": "critical",
            "clock": "start_of_work",
            "opened": "2026-11-28T23:00:00+01:00",
        },
        due(None, None, "PI-06"),
    ),
    (
        {"contract": "pindena", "severity": "minor", "clock": "start_of_work", "opened": "2026-11-28T23:00:00+01:00"},
        due(None, None, "PI-08"),
    ),
    (
        {"contract": "pindena", "severity": "enquiry", "clock": "next_update", "opened": "2026-11-23T10:00:00+01:00"},
        due("2026-11-25T14:00:00Z", None, "PI-13"),
    ),
    (
        MINE | {"contract": "easymeeting", "severity": "low", "clock": "first_response", "region": "america"},
        due("2026-12-01T21:00:00Z", None, "EM-11"),  # Monday 03:00 there; Thanksgiving is closed
    ),
    (
        MINE | {"contract": "easymeeting", "severity": "high", "clock": "delivery", "item": "number_or_endpoint"},
        due("2026-11-25T15:00:00Z", None, "EM-16"),
    ),
    (BARE, due("2028-03-01T09:30:30Z", None, None)),
    (BARE | {"target": {"kind": "clock_time", "seconds": 86400}}, due("2028-03-01T13:30:30Z", None, None)),
    (BARE | {"target": {"kind": "at_once", "seconds": 1800}}, due("2028-03-01T08:00:30Z", None, None)),
    (BARE | {"target": {"kind": "same_working_day"}}, due("2028-02-29T14:00:00Z", None, None)),
    (BARE | {"target": {"kind": "next_working_day"}}, due("2028-03-01T14:00:00Z", None, None)),
    (
        BARE | {"target": {"kind": "working_days", "days": 3, "mode": "same_time"}},
        due("2028-03-03T13:30:30Z", None, None),
    ),
    (BARE | {"target": {"kind": "working_time", "seconds": 0}}, due("2028-02-29T13:30:30Z", None, None)),
    (
        BARE
        | {
            "contract": "easymeeting",
            "calendar": "office",
            "region": "america",
            "target": {"kind": "same_working_day"},
        },
        due("2028-02-29T21:00:00Z", None, None),
    ),
]
BAD: list[tuple[Any, str]] = [
    ("not json", "not JSON"),
    ([1], "not an object"),
    (MINE | {"contract": "nope"}, 'there is no contract "nope"'),
    (MINE | {"contract": ["x"]}, "names must be texts"),
    (MINE | {"severity": "P9"}, 'softone has no severity "P9"'),
    (MINE | {"clock": "resolution"}, "softone promises P1 no such clock; there is start_of_work"),
    (MINE | {"region": "moon"}, 'softone has no region "moon"'),
    (MINE | {"opened": "yesterday"}, 'opened is "yesterday"; write an instant'),
    (MINE | {"opened": "2026-11-23T09:00:00"}, "without a zone"),
    (MINE | {"opened": 5}, "opened is 5; write an instant"),
    (MINE | {"opened": "2926-11-23T09:00:00Z"}, "2099"),
    (MINE | {"pauses": "x"}, "pauses is a list of pairs"),
    (MINE | {"pauses": [["x"]]}, "is not a pause; write a pair"),
    (MINE | {"pauses": [["2026-11-23T10:00:00Z", "2026-11-23T09:00:00Z"]]}, "ends before it begins"),
    (MINE | {"contract": "heartpace", "severity": "critical", "clock": None}, "several clocks for critical, name one"),
    (MINE | {"contract": "easymeeting", "severity": "low", "clock": "delivery"}, "name the item: licence_by_hand"),
    (BARE | {"calendar": "moon"}, 'pindena has no calendar "moon"; there is support, work'),
    (BARE | {"target": {"kind": "soon"}}, 'there is no kind "soon"; there is working_time,'),
    (BARE | {"target": {"kind": "working_time"}}, "cannot be read: seconds is missing"),
    (BARE | {"target": {"working_time": 7200}}, "cannot be read: kind is missing"),
    (BARE | {"target": {"kind": "working_time", "seconds": -1}}, "less than nothing"),
    (BARE | {"target": {"kind": "working_time", "seconds": 1e300}}, "cannot be read"),
    (BARE | {"target": {"kind": "working_days", "days": 0}}, "cannot be read"),
    (BARE | {"target": "2h"}, "target is an object"),
    (BARE | {"target": {"kind": "working_days", "days": 1, "mode": "soon"}}, "mode close or same_time"),
]


def ask_all(app: typer.Typer, tmp_path: Path, questions: list[Any]) -> list[dict[str, Any]]:
    path = tmp_path / "questions.jsonl"
    lines = [question if isinstance(question, str) else json.dumps(question) for question in questions]
    path.write_text("\n".join(lines), encoding="utf-8")
    return printed(app, "due", "--batch", str(path))


def test_a_batch_answers_each_line_in_order(app: typer.Typer, tmp_path: Path) -> None:
    assert ask_all(app, tmp_path, [question for question, _ in BATCH]) == [answer for _, answer in BATCH]


def test_a_line_that_cannot_be_answered_gets_an_error_in_its_place(app: typer.Typer, tmp_path: Path) -> None:
    answers = ask_all(app, tmp_path, [question for question, _ in [*BAD, *BATCH[:1]]])
    for (question, says), answer in zip(BAD, answers, strict=False):
        assert list(answer) == ["error"], question
        assert says in answer["error"], question
    assert answers[-1] == BATCH[0][1]


def test_a_batch_may_come_from_standard_input(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["due", "--batch", "-"], input=json.dumps(MINE) + "\n")
    assert json.loads(result.stdout) == BATCH[0][1]


def test_a_target_that_is_no_object_is_refused() -> None:
    with pytest.raises(AskError, match="target is an object"):
        parse_target("2h")


def test_a_batch_from_standard_input_answers_as_it_is_asked(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", VAKT, "due", "--batch", "-"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for question, answer in BATCH[:3]:
            process.stdin.write(json.dumps(question).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline()) == answer
        process.stdin.close()
        assert process.wait(timeout=20) == 0


def test_the_commands_work_from_another_folder(tmp_path: Path) -> None:
    words = ["due", "softone", "--severity", "P1", "--opened", "2026-11-23T09:00+01:00", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", VAKT, *words],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert json.loads(done.stdout)["due"] == "2026-11-23T10:00:00Z"
