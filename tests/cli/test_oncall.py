"""`vakt oncall`: a file of rotas, checked, shown, written as a calendar."""

import json
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from bot.demo import WORKSPACE
from bot.demo_seed import TEAM
from bot.machine import SystemClock
from bot.storage.database import Database
from handlers.rotas import rota_of
from models.person import Person
from models.rota.questions import on_call
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


READ = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:1
DTSTART;TZID=Europe/Oslo:{day}T080000
DTEND;TZID=Europe/Oslo:{day}T160000
RRULE:FREQ=DAILY;COUNT=3
SUMMARY:Duty: Ola Hansen
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;TZID=Europe/Oslo:{day}T160000
DTEND;TZID=Europe/Oslo:{day}T230000
SUMMARY:Somebody else
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def followed(well: Vakt) -> Vakt:
    """A shell whose stored rota has a layer that follows a calendar; the calendar is beside it."""
    text = WORKSPACE.read_text("utf-8")
    layer = '[[rotas.layers]]\nname = "duty"\nfrom_calendar = true\n\n[[desks]]'
    (well.folder / "workspace.toml").write_text(text.replace("[[desks]]", layer, 1), "utf-8")
    assert well.says("import", "workspace.toml", "--yes").returncode == 0
    day = f"{SystemClock().now() + timedelta(days=2):%Y%m%d}"
    (well.folder / "duty.ics").write_text(READ.format(day=day), "utf-8")
    return well


def test_a_calendar_is_read_as_a_rota_shown_first_and_stored_once(followed: Vakt) -> None:
    said = followed.says("oncall", "read", "support", "duty.ics").stdout.splitlines()
    assert said[0].startswith('not read: "Somebody else": names nobody who is known here')
    assert said[1:] == ["Shifts: 3; events not read: 1.", "Nothing was changed. With --yes they are stored."]
    assert "Nothing" not in followed.says("oncall", "read", "support", "duty.ics", "--yes").stdout
    assert "Nothing to change." in followed.says("oncall", "read", "support", "duty.ics", "--yes").stdout
    database = Database(followed.database_url)
    with database.reading() as session:
        at = (SystemClock().now() + timedelta(days=3)).astimezone(ZoneInfo("Europe/Oslo")).replace(hour=12)
        shifts = on_call(rota_of(session, TEAM["id"], "support", at), at)
        found = {shift.layer: shift.person for shift in shifts}
        person = session.get(Person, (TEAM["id"], found["duty"]))
        assert person is not None
        assert person.handle == "ola"
    database.dispose()


@pytest.mark.parametrize(
    ("key", "source", "said"),
    [
        ("support", "nowhere.ics", "nowhere.ics cannot be read"),
        ("drift", "duty.ics", "there is no rota drift; vakt import brings one in"),
        ("support", "workspace.toml", "this is no iCalendar file"),
        ("support", "http://calendar.example/x.ics", "give an https address"),
        ("support", "https://127.0.0.1:9/x.ics", "cannot be read"),
    ],
)
def test_a_calendar_that_cannot_be_read_says_why(followed: Vakt, key: str, source: str, said: str) -> None:
    assert said in followed.refuses("oncall", "read", key, source)


def test_a_rota_without_a_layer_for_it_takes_no_calendar(well: Vakt) -> None:
    (well.folder / "duty.ics").write_text(READ.format(day="20270101"), "utf-8")
    assert "support has no layer from_calendar" in well.refuses("oncall", "read", "support", "duty.ics")
