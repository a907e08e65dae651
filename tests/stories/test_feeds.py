"""Rotas as calendars: a secret address, told once, served where Vakt listens, parsed back by icalendar."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from icalendar import Calendar
from sqlmodel import select

from bot.doors.http_door import HttpDoor
from bot.doors.web import Watch, WatchDoor
from models.desk import DeskRole
from models.person import Person as StoredPerson
from models.stored_rota import RotaFeed, StoredRota
from models.timer import look_at_rota
from tests.stories.conftest import PUBLIC_URL, TEAM, House, oslo
from tests.stories.scenes import forget, hears
from tests.stories.test_oncall import takes


class Open:
    """A door to Slack that is open; whoever watches is told so."""

    is_open = True
    silent_seconds = 0.0


@pytest.fixture
def served(house: House) -> Iterator[str]:
    """The address that the public one stands for: the watch port, as a proxy would reach it."""
    door = WatchDoor(Watch(house.vakt, Open()), "127.0.0.1", 0)
    door.start()
    yield f"http://127.0.0.1:{door.port}"
    door.stop()


def address(said: str) -> str:
    found = re.search(rf"{re.escape(PUBLIC_URL)}(/feeds/[\w-]{{43}}\.ics)", said)
    assert found is not None, said
    return found[1]


def fetched(url: str) -> tuple[int, bytes, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read(), answer.headers["content-type"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers["content-type"]


def events(url: str) -> list[tuple[str, datetime, datetime]]:
    status, text, kind = fetched(url)
    assert (status, kind) == (200, "text/calendar; charset=utf-8")
    found = Calendar.from_ical(text).walk("VEVENT")
    return [(str(each["summary"]), each.decoded("dtstart"), each.decoded("dtend")) for each in found]


def test_a_rotas_feed_holds_everybodys_shifts_and_follows_what_is_changed(house: House, served: str) -> None:
    ola = house.person("ola")
    url = served + address(ola.types("/oncall feed support", in_="#desk").words)
    first = ("Primary: Sara Holm", oslo("2026-11-23 08:00").astimezone(UTC), oslo("2026-11-30 08:00").astimezone(UTC))
    assert first in events(url)
    takes(house, ola, "Fri 27 Nov 08:00")
    house.settles()
    forget(house)
    friday = (oslo("2026-11-27 08:00").astimezone(UTC), oslo("2026-11-28 08:00").astimezone(UTC))
    assert ("Primary: Ola Hansen", *friday) in events(url)
    assert first not in events(url)


def test_ones_own_feed_holds_ones_own_shifts(house: House, served: str) -> None:
    found = events(served + address(house.person("ola").types("/oncall feed", in_="#desk").words))
    assert {summary for summary, _, _ in found} == {"Primary: Ola Hansen", "Secondary: Ola Hansen"}
    assert 30 < len(found) < 50
    forget(house)


def test_an_address_is_shown_once_stored_as_a_hash_and_ends_when_a_new_one_is_made(house: House, served: str) -> None:
    ola = house.person("ola")
    first = address(ola.types("/oncall feed", in_="#desk").words)
    forget(house)
    assert "It is shown only once" in ola.types("/oncall feed", in_="#desk").words
    shown = house.slack.expects_private("It is shown only once", to=ola, in_="#desk")
    ola.clicks("New address", on=shown)
    second = address(hears(house, ola, "/feeds/", in_="#desk").words)
    assert fetched(served + first)[0] == 404
    assert fetched(served + second)[0] == 200
    with house.vakt.database.reading() as session:
        [stored] = session.exec(select(RotaFeed)).all()
    assert stored.hash not in second
    assert second.removeprefix("/feeds/").removesuffix(".ics") not in str(stored)
    forget(house)


def test_who_may_not_see_rotas_any_more_reads_nothing(house: House, served: str) -> None:
    """Ola left Slack; Ingrid lost her roles and her turns; a customer gets no address in the first place."""
    anna, ola, ingrid = (house.person(name) for name in ("anna", "ola", "ingrid"))
    assert "Who is on call is shown to the desk" in anna.types("/oncall feed", in_="#acme").words
    his = served + address(ola.types("/oncall feed support", in_="#desk").words)
    hers = served + address(ingrid.types("/oncall feed support", in_="#desk").words)
    house.slack.changes_account(ola, deleted=True)
    house.slack.idle()
    with house.vakt.database.transaction() as session:
        person = session.exec(select(StoredPerson).where(StoredPerson.handle == "ingrid")).one()
        sara = session.exec(select(StoredPerson).where(StoredPerson.handle == "sara")).one()
        for role in session.exec(select(DeskRole).where(DeskRole.person_id == person.id)):
            session.delete(role)
        rota = session.exec(select(StoredRota)).one()
        layers = [{**layer, "people": [sara.id]} for layer in rota.document["layers"]]
        rota.document = {**rota.document, "layers": layers}
        rota.touch()
        look_at_rota(session, TEAM, rota.id)
    assert fetched(his)[0] == fetched(hers)[0] == 404
    house.settles()
    forget(house)


@pytest.mark.parametrize("path", ["/feeds/.ics", "/feeds/nothing.ics", f"/feeds/{'x' * 5000}.ics", "/feeds/a/b.ics"])
def test_a_wrong_address_is_not_found(house: House, served: str, path: str) -> None:
    assert fetched(served + path)[0] == 404


def test_in_http_mode_feeds_stand_beside_slacks_door(house: House) -> None:
    door = HttpDoor(house.vakt, host="127.0.0.1")
    door.start()
    path = address(house.person("ola").types("/oncall feed", in_="#desk").words)
    found = events(f"http://127.0.0.1:{door.port}{path}")
    door.stop()
    assert found
    forget(house)
