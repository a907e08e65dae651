"""An outage's own channel: made on request, furnished, kept up, closed; nothing of it lost, nothing done twice."""

from typing import Any

import pytest
from sqlmodel import select

from models.outage import OutageEvent, outage_entries
from models.outbox import Kind, Outgoing, State
from sandbox import Message
from sandbox.workspace import Conversation
from tests.stories.conftest import TEAM, House
from tests.stories.scenes import hears
from tests.stories.test_outages import announced, declared, declares, ends, happened, outage, updates

NAME = "inc-1-signing-in-fails"


def place(house: House, name: str = NAME) -> Conversation:
    """The channel as Slack has it, once it is there."""
    workspace = house.slack.world.workspace
    assert house.slack.until(lambda: workspace.channel_named(name) is not None, 15.0), "no channel was made"
    found = workspace.channel_named(name)
    assert found is not None
    return found


def asks(house: House, card: Message, *agents: str, who: str = "ola") -> None:
    """Press *Channel* and open it."""
    person = house.person(who)
    person.clicks("Channel", on=card)
    modal = person.modal()
    if agents:
        modal.choose("outage.agents", *agents)
    submitted = modal.submit()
    assert not submitted.errors, submitted.errors


def furnished(house: House, name: str = NAME) -> tuple[Conversation, Message]:
    """The channel with everything in it, and the card there."""
    where = place(house, name)
    card = house.slack.expects("O-1 · Signing in fails", in_=where.id, thread=None)
    house.settles()
    return where, card


def quiet_outage(house: House) -> Message:
    """An outage that nobody outside was told of; gives the desk's card."""
    assert not declares(house, announce=False).submit().errors
    return house.slack.expects("O-1 · Signing in fails", in_="#desk", thread=None)


def calls(house: House, method: str) -> list[dict[str, Any]]:
    """Calls of a method that were answered with success."""
    return [row for row in house.slack.requests if row["name"] == method and not row["error"]]


def test_a_channel_is_made_with_topic_people_bookmark_and_the_pinned_card(house: House) -> None:
    card = declared(house)
    announced(house, "Signing in fails")
    asks(house, card, "Per Lind")
    where, there = furnished(house)
    workspace = house.slack.world.workspace
    assert where.kind == "private"
    assert where.topic["value"].startswith("O-1 · Signing in fails · since Mon 23 Nov 09:40")
    assert "lead Ola Hansen" in where.topic["value"]
    handles = {workspace.users[each].name for each in where.members} - {workspace.bot.name}
    assert {"ola", "per"} <= handles
    assert "nina" not in handles
    [bookmark] = where.bookmarks.values()
    assert bookmark["title"] == "O-1 at the desk"
    assert card.ts.replace(".", "") in bookmark["link"]
    assert list(where.pins) == [there.ts]
    house.slack.expects_edit(card, "Channel:")
    assert outage(house).channel_id == where.id
    assert happened(house)[-1] == "channel"
    house.is_quiet()


def is_closed(where: Conversation) -> bool:
    """Whether the channel is archived now."""
    return where.is_archived


def test_only_the_desk_may_have_it_made_and_only_those_of_the_desk_are_offered(house: House) -> None:
    quiet_outage(house)
    for who in ("nina", "anna"):
        house.person(who).types("/outage channel O-1", in_="#desk" if who == "ola" else f"#{HOME[who]}")
        assert not house.person(who).has_modal()
    house.person("ola").types("/outage channel O-1", in_="#desk")
    modal = house.person("ola").modal()
    assert f"#{NAME}" in modal.text
    assert "Nina" not in modal.text
    modal.close()
    house.is_quiet()


HOME = {"nina": "bykommune", "anna": "acme"}


def test_a_name_that_is_taken_gets_a_number(house: House) -> None:
    house.slack.add_channel(NAME, ["ola"], bot=False)
    asks(house, quiet_outage(house))
    where, _ = furnished(house, f"{NAME}-2")
    assert outage(house).channel_id == where.id
    house.is_quiet()


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("conversations.create", "lost_answer"),
        ("conversations.create", "reset"),
        ("conversations.setTopic", "lost_answer"),
        ("conversations.invite", "lost_answer"),
        ("bookmarks.add", "lost_answer"),
        ("pins.add", "lost_answer"),
        ("pins.add", "ratelimited"),
        ("conversations.create", "503"),
    ],
)
def test_an_answer_that_is_lost_makes_nothing_twice_and_loses_nothing(house: House, method: str, kind: str) -> None:
    fault = house.slack.fault(method, kind=kind)
    asks(house, quiet_outage(house))
    where, there = furnished(house)
    assert fault.happened
    workspace = house.slack.world.workspace
    assert [one.id for one in workspace.conversations.values() if one.name.startswith("inc-")] == [where.id]
    assert len(where.bookmarks) == 1
    assert list(where.pins) == [there.ts]
    topics = [one for one in where.posts.values() if one.body.get("subtype") == "channel_topic"]
    assert len(topics) == 1
    assert happened(house).count("channel") == 1
    house.is_quiet()


@pytest.mark.parametrize(
    ("method", "code", "way"),
    [
        ("conversations.create", "restricted_action", "ask an administrator of the workspace"),
        ("conversations.create", "missing_scope", "Install the app again"),
    ],
)
def test_what_slack_refuses_is_told_to_the_lead_and_asked_for_again(
    house: House, method: str, code: str, way: str
) -> None:
    card = quiet_outage(house)
    house.slack.fault(method, kind=code)
    asks(house, card, who="ingrid")
    told = house.slack.expects(f"Slack refused the channel ({code})", to=house.person("ola"))
    assert way in told.words
    house.settles()
    assert outage(house).channel_id is None
    assert happened(house)[-1] == "not_done"
    asks(house, told)
    furnished(house)
    assert happened(house)[-1] == "channel"
    house.is_quiet()


def test_one_step_that_is_refused_keeps_no_other_from_being_done(house: House) -> None:
    house.slack.fault("bookmarks.add", kind="permission_denied")
    asks(house, quiet_outage(house))
    where, there = furnished(house)
    told = house.slack.expects("Slack refused the channel's bookmark (permission_denied)", to=house.person("ola"))
    assert "by hand" in told.words
    assert not where.bookmarks
    assert list(where.pins) == [there.ts]
    house.is_quiet()


def test_whoever_cannot_be_invited_is_named_to_the_lead(house: House) -> None:
    card = quiet_outage(house)
    house.person("per").user.deleted = True
    house.slack.fault("conversations.invite", kind="user_is_restricted")
    asks(house, card, "Per Lind")
    furnished(house)
    told = house.slack.expects("Slack refused the invitation to the channel", to=house.person("ola"))
    assert "ask an administrator" in told.words
    house.is_quiet()


def test_two_who_ask_at_once_get_one_channel_and_a_second_press_joins_it(house: House) -> None:
    card = quiet_outage(house)
    ola, ingrid, per = (house.person(each) for each in ("ola", "ingrid", "per"))
    ola.clicks("Channel", on=card)
    ingrid.clicks("Channel", on=card)
    assert not ola.modal().submit().errors
    assert not ingrid.modal().submit().errors
    where, there = furnished(house)
    assert per.id not in where.members
    house.slack.expects_edit(card, "Join channel")
    ola.clicks("Join channel", on=card)
    hears(house, ola, "you are being invited", in_="#desk")
    assert happened(house).count("channel") == 1
    assert {ola.id, ingrid.id} <= set(where.members)
    assert "Join channel" in there.words
    house.is_quiet()


def test_new_roles_are_in_the_topic_and_in_the_channel(house: House) -> None:
    card = quiet_outage(house)
    asks(house, card)
    where, there = furnished(house)
    per = house.person("per")
    ola = house.person("ola")
    ola.clicks("Roles", on=there)
    modal = ola.modal()
    modal.choose("outage.lead", per.id)
    assert not modal.submit().errors
    house.settles()
    assert f"lead {per.name}" in where.topic["value"]
    assert per.id in where.members
    house.slack.expects_edit(there, f"lead {per.name}")
    house.is_quiet()


def test_an_update_is_a_message_in_its_channel_too(house: House) -> None:
    card = quiet_outage(house)
    asks(house, card)
    where, there = furnished(house)
    updates(house, there, "The certificate *is* renewed", button="Announce")
    house.settles()
    house.slack.expects_edit(there, "The certificate")
    said = house.slack.expects("The certificate", in_=where.id, thread=None)
    assert "Ola Hansen" in said.words
    house.slack.forgets()
    house.is_quiet()


def test_it_is_closed_with_a_summary_and_archived_a_day_later(house: House) -> None:
    card = quiet_outage(house)
    asks(house, card)
    where, there = furnished(house)
    house.moves(minutes=30)
    house.slack.forgets()
    ends(house, card)
    said = house.slack.expects("O-1 is over: Signing in fails", in_=where.id, thread=None)
    assert "Lasted 30 min" in said.words
    house.slack.expects_edit(there, "Lasted 30 min")
    house.moves(hours=23)
    house.slack.forgets()
    assert not is_closed(where)
    house.moves(hours=2)
    house.slack.forgets()
    assert is_closed(where)
    assert happened(house)[-1] == "archived"
    assert len([row for row in house.slack.requests if row["name"] == "conversations.archive"]) == 1


def test_a_channel_asked_for_just_before_the_end_is_not_made(house: House) -> None:
    card = quiet_outage(house)
    slow = house.slack.fault("conversations.create", kind="ratelimited", retry_after=1)
    asks(house, card)
    assert house.slack.until(lambda: bool(slow.happened), 15.0)
    ends(house, card)
    house.settles()
    assert house.slack.world.workspace.channel_named(NAME) is None
    with house.vakt.database.reading() as session:
        rows = session.exec(select(Outgoing).where(Outgoing.kind == Kind.INCIDENT_STEP)).all()
    assert [row.state for row in rows] == [State.DROPPED]
    house.is_quiet()


def test_what_is_pinned_in_it_is_kept_until_it_is_taken_off(house: House) -> None:
    asks(house, quiet_outage(house))
    where, there = furnished(house)
    ola, ingrid = house.person("ola"), house.person("ingrid")
    first = ola.types("The certificate ran out at 09:31", in_=where.id)
    second = ingrid.types("Lunch?", in_=where.id)
    house.moves(minutes=2)
    ingrid.pins(first)
    ingrid.pins(second)
    house.settles()
    ingrid.unpins(second)
    ola.unpins(there)
    house.settles()
    assert happened(house)[-3:] == ["pinned", "pinned", "unpinned"]
    with house.vakt.database.reading() as session:
        kept = [entry for entry in outage_entries(session, TEAM, 1) if entry.event == OutageEvent.PINNED]
    assert {entry.facts["ts"] for entry in kept} == {first.ts, second.ts}
    assert all(entry.facts["sent_at"].startswith("2026-11-23T") for entry in kept)
    house.is_quiet()


def test_a_pin_elsewhere_is_nobodys_business(house: House) -> None:
    quiet_outage(house)
    ola = house.person("ola")
    ola.pins(ola.types("Remember the milk", in_="#desk"))
    house.settles()
    assert happened(house) == ["declared"]
    house.is_quiet()
