"""`vakt oncall`: a file of rotas, checked, shown, written as a calendar."""

import json
from pathlib import Path

import pytest
from icalendar import Calendar

from tests.cli.conftest import Vakt

ROTAS = """
[[rotas]]
key = "drift"
name = "Drift"
zone = "Europe/Oslo"
owner = "kari"

[[rotas.layers]]
name = "primary"
people = ["kari", "ola"]
starts = 2026-01-05T08:00:00
rotation = "FREQ=WEEKLY"

[[rotas.layers]]
name = "nights"
people = ["per"]
starts = 2026-01-05T08:00:00
rotation = "FREQ=WEEKLY"
restrictions = [{ outside_hours_of = "softone/office" }]

[[rotas]]
key = "vakt"
name = "Working hours"
zone = "Europe/Stockholm"
owner = "siri"

[[rotas.layers]]
name = "primary"
people = ["siri", "per"]
starts = 2026-01-05T08:00:00
rotation = "FREQ=DAILY"
restrictions = [{ days = ["mon", "tue", "wed", "thu", "fri"], from = "08:00", to = "17:00" }]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of two rotas."""
    path = tmp_path / "rotas.toml"
    path.write_text(ROTAS, "utf-8")
    return path


def test_a_week_is_shown_shift_by_shift_where_the_rota_is(shell: Vakt, file: Path) -> None:
    """Over the night in which the clocks are put forward the handover stays at 08:00."""
    said = shell.says("oncall", "show", str(file), "--rota", "drift", "--from", "2026-03-27", "--days", "5")
    primary = [line for line in said.stdout.splitlines() if "Primary" in line]
    assert primary == [
        "Mon 2026-03-23 08:00 to Mon 2026-03-30 08:00  drift  Primary: ola",
        "Mon 2026-03-30 08:00 to Mon 2026-04-06 08:00  drift  Primary: kari",
    ]
    nights = [line for line in said.stdout.splitlines() if "Nights" in line]
    assert nights[0].startswith("Thu 2026-03-26 17:00 to Fri 2026-03-27 08:00")
    asked = "oncall", "show", str(file), "--rota", "drift", "--from", "2026-03-27", "--days", "5", "--json"
    shapes = [json.loads(line) for line in shell.says(*asked).stdout.splitlines()]
    assert {"rota": "drift", "layer": "primary", "person": "kari", "why": "rotation"}.items() <= next(
        each for each in shapes if each["since"] == "2026-03-30T06:00:00+00:00"
    ).items()


def test_a_check_counts_people_and_names_who_is_alone_and_where_nobody_is(shell: Vakt, file: Path) -> None:
    said = shell.says("oncall", "check", str(file))
    assert said.returncode == 0, said.stderr
    assert "drift: Drift, layers primary, nights; 3 people" in said.stdout
    assert "only per" in said.stdout
    assert "nobody is on call Fri" in said.stdout


def test_a_feed_holds_one_persons_shifts(shell: Vakt, file: Path) -> None:
    asked = "oncall", "feed", str(file), "--person", "ola", "--from", "2026-03-01", "--days", "31"
    events = Calendar.from_ical(shell.says(*asked).stdout).walk("VEVENT")
    assert [str(event["summary"]) for event in events] == ["Primary: ola"] * 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rotas = 3", "it has no [[rotas]]"),
        ("[[rotas]", "is no TOML"),
        (ROTAS.replace("Europe/Oslo", "Europe/Olso"), 'there is no time zone "Europe/Olso"'),
        (ROTAS.replace('key = "vakt"', 'key = "drift"'), "drift is there twice"),
        (ROTAS.replace("softone/office", "softone/odd"), "there is no calendar softone/odd"),
        (ROTAS.replace("FREQ=DAILY", "FREQ=SECONDLY"), "rotation"),
    ],
)
def test_a_mistake_is_named_with_the_file(shell: Vakt, file: Path, text: str, said: str) -> None:
    file.write_text(text, "utf-8")
    done = shell.says("oncall", "check", str(file))
    assert done.returncode == 2
    assert str(file) in done.stderr
    assert said in done.stderr


def test_a_rota_that_is_not_there_is_named_with_those_that_are(shell: Vakt, file: Path) -> None:
    done = shell.says("oncall", "show", str(file), "--rota", "dag")
    assert (done.returncode, done.stderr) == (2, "there is no rota dag; there is drift, vakt\n")
