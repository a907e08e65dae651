"""Maintenance as calendars, one for each audience, and in App Home."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from icalendar import Calendar
from sqlmodel import select

from bot.doors.web import Watch, WatchDoor
from models.desk import DeskRole
from tests.stories.conftest import TEAM, House, oslo
from tests.stories.scenes import forget
from tests.stories.test_feeds import Open, address, fetched
from tests.stories.test_maintenance import approved, cancels, settled


@pytest.fixture
def served(house: House) -> Iterator[str]:
    """The address that the public one stands for."""
    door = WatchDoor(Watch(house.vakt, Open()), "127.0.0.1", 0)
    door.start()
    yield f"http://127.0.0.1:{door.port}"
    door.stop()


def entries(house: House, served: str, who: str, in_: str) -> list[tuple[str, str, datetime]]:
    """Summary, status and start of every event of somebody's calendar."""
    said = house.person(who).types("/maintenance feed", in_=in_).words
    status, text, _ = fetched(served + address(said))
    assert status == 200
    found = Calendar.from_ical(text).walk("VEVENT")
    return [(str(each["summary"]), str(each["status"]), each.decoded("dtstart")) for each in found]


def test_each_audience_reads_its_own_calendar(house: House, served: str) -> None:
    name = approved(house)
    start = oslo("2026-12-12 20:00")
    assert entries(house, served, "ola", "#desk") == [("Major upgrade: Portal upgrade", "CONFIRMED", start)]
    assert entries(house, served, "marit", "#fjordvideo") == []  # nobody was told yet
    house.moves_to(oslo("2026-11-30 19:00"))
    assert entries(house, served, "nina", "#bykommune") == [("Større oppgradering: Portal upgrade", "CONFIRMED", start)]
    assert entries(house, served, "kari", "#nordkonf") == []  # left out
    cancels(house, name, "Not needed")
    nina = house.person("nina")
    forget(house)
    said = nina.types("/maintenance feed", in_="#bykommune")
    assert "vises bare én gang" in said.words
    nina.clicks("Ny adresse", on=nina.private_answers(in_="#bykommune")[-1])
    settled(house)
    again = nina.private_answers(in_="#bykommune")[-1].words
    _, text, _ = fetched(served + address(again))
    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert (str(event["status"]), str(event["uid"])) == ("CANCELLED", f"{name}@{TEAM}")
    forget(house)


def test_a_calendar_ends_with_the_right_to_read_it(house: House, served: str) -> None:
    url = served + address(house.person("ola").types("/maintenance feed", in_="#desk").words)
    assert fetched(url)[0] == 200
    with house.vakt.database.transaction() as session:
        for role in session.exec(select(DeskRole)):
            session.delete(role)
    assert fetched(url)[0] == 404
    forget(house)


def test_app_home_shows_the_weeks_maintenance_to_those_of_the_desk(house: House) -> None:
    name = approved(house)
    assert name not in house.person("ola").opens_home().text
    house.moves_to(oslo("2026-12-06 08:00"))
    text = house.person("ola").opens_home().text
    assert text.index("Maintenance this week") < text.index(f"{name}")
    assert name not in house.person("nina").opens_home().text
    forget(house)
