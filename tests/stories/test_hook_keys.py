"""Keys of hooks made, listed and revoked in Slack, by administrators alone."""

import re
from collections.abc import Iterator

import pytest
from sqlmodel import select

from models.hook import Hook, hook_of_key
from models.outbox import Outgoing
from models.received import Received
from tests.stories.conftest import TEAM, House
from tests.stories.hooked import Hooked, hooked


@pytest.fixture
def door(house: House) -> Iterator[Hooked]:
    """Where alerts come in."""
    with hooked(house, name="given") as door:
        yield door


def _hooks(house: House) -> dict[str, Hook]:
    with house.vakt.database.reading() as session:
        return {hook.name: hook for hook in session.exec(select(Hook))}


def _key(said: str) -> str:
    found = re.search(r"/hooks/(?:generic|heartbeat)/([\w-]{43})", said)
    assert found is not None, said
    return found[1]


def test_an_administrator_makes_a_key_that_is_shown_once_and_stored_as_a_hash(house: House, door: Hooked) -> None:
    """It takes an alert from then on; no other answer and nothing stored has it."""
    sara = house.person("sara")
    said = sara.types("/oncall hooks create prometheus", in_="#desk").words
    key = _key(said)
    assert "visas nu och aldrig mer" in said
    assert f"/hooks/alertmanager/{key}" in said
    assert door.send("generic", {"dedup_key": "disk", "summary": "Disk full"}, key=key).status == 202
    house.settles()
    listed = sara.types("/oncall hooks", in_="#desk").words
    assert "prometheus" in listed
    assert key not in listed
    with house.vakt.database.reading() as session:
        stored = [*session.exec(select(Received)), *session.exec(select(Outgoing)), *session.exec(select(Hook))]
        assert not [row for row in stored if key in str(row.model_dump())]
    house.slack.forgets()


def test_a_key_is_revoked_by_its_button_or_by_name_and_refused_from_then_on(house: House, door: Hooked) -> None:
    sara = house.person("sara")
    key = _key(sara.types("/oncall hooks create first signed", in_="#desk").words)
    other = _key(sara.types("/oncall hooks create second", in_="#desk").words)
    sara.types("/oncall hooks list", in_="#desk")
    listed = house.slack.expects_private("*Hookar*", to=sara, in_="#desk")
    sara.clicks("Återkalla", on=listed)
    house.slack.expects_private("first är återkallad", to=sara, in_="#desk")
    assert "second är återkallad" in sara.types("/oncall hooks revoke second", in_="#desk").words
    with house.vakt.database.reading() as session:
        assert hook_of_key(session, TEAM, key) is None
        assert hook_of_key(session, TEAM, other) is None
    assert door.send("generic", {"dedup_key": "disk", "summary": "Disk full"}, key=other).status in {401, 403, 404}
    assert "återkallades" in sara.types("/oncall hooks revoke first", in_="#desk").words
    assert "redan en hook first" in sara.types("/oncall hooks create first", in_="#desk").words
    assert "ingen hook third" in sara.types("/oncall hooks revoke third", in_="#desk").words
    house.is_quiet()


@pytest.mark.parametrize(("handle", "where"), [("ola", "#desk"), ("per", "#desk"), ("kari", "#nordkonf")])
def test_nobody_but_an_administrator_makes_sees_or_revokes_a_key(house: House, handle: str, where: str) -> None:
    """Not an agent, not a manager, not a customer; the answer says whom to ask."""
    house.person("sara").types("/oncall hooks create prometheus", in_="#desk")
    before = _hooks(house)
    for typed in ("", " create mine", " revoke prometheus", " list"):
        said = house.person(handle).types(f"/oncall hooks{typed}", in_=where).words
        assert "Sara Holm" in said, said
        assert "prometheus" not in said.replace(typed, "")
    after = _hooks(house)
    assert before.keys() == after.keys()
    assert after["prometheus"].revoked_at is None
    house.is_quiet()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("create", "inget namn på en hook"),
        ("create Not*A*Name", "inget namn på en hook"),
        ("create backup heartbeat nightly", "Inget livstecken nightly väntas"),
        ("create backup heartbeat", "inte begripligt"),
        ("create backup loudly", "inte begripligt"),
        ("remove backup", "inte begripligt"),
    ],
)
def test_what_is_typed_wrong_makes_nothing_and_says_what_would_be_right(house: House, typed: str, said: str) -> None:
    answer = house.person("sara").types(f"/oncall hooks {typed}", in_="#desk").words
    assert said in answer
    assert not _hooks(house)
    house.is_quiet()
