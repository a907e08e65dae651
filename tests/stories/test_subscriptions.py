"""What a channel hears of: said by its customer or the desk, kept to, and mended by itself."""

import pytest
from sqlmodel import select

from models.subscription import Subscription, subscription_of
from models.told import NoticeContact, register_of, tellings_of
from sandbox import Person
from tests.stories.conftest import TEAM, House
from tests.stories.scenes import hears
from tests.stories.test_outages import CHANNELS, declares


def subscription(house: House, channel: str) -> Subscription | None:
    with house.vakt.database.reading() as session:
        return subscription_of(session, TEAM, house.slack.channel_id(channel))


def subscribes(house: House, who: Person, in_: str, **fields: str | tuple[str, ...]) -> None:
    """Fill in the window and submit it."""
    assert who.types("/subscribe", in_=in_).error is None
    modal = who.modal()
    for field, value in fields.items():
        modal.choose(f"{'about' if field == 'services' else 'subscribe'}.{field}", *_several(value))
    submitted = modal.submit()
    assert not submitted.errors, submitted.errors


def _several(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def heard(house: House, title: str, *services: str) -> set[str]:
    """In which of the customers' channels an outage is announced."""
    assert not declares(house, title, *services).submit().errors
    house.slack.expects(title, in_="#desk", thread=None)
    house.settles()
    where = {channel for channel in CHANNELS if any(title in m.words for m in house.slack.channel(channel).messages)}
    for channel in where:
        house.slack.expects(title, in_=channel, thread=None)
    return where


def test_a_customers_channel_hears_of_what_it_uses_without_a_subscription(house: House) -> None:
    assert heard(house, "Meetings fail", "Video meetings") == {"#fjordvideo"}
    assert heard(house, "Wages are wrong", "Payroll") == {"#acme"}
    house.is_quiet()


def test_a_channel_chooses_topics_services_and_language(house: House) -> None:
    marit = house.person("marit")
    subscribes(house, marit, "#fjordvideo", services="Video meetings", language="English")
    hears(house, marit, "abonnerer", in_="#fjordvideo")
    assert heard(house, "Signing in fails", "App") == {"#acme", "#nordkonf", "#talentia", "#bykommune"}
    assert not declares(house, "Meetings fail", "Video meetings").submit().errors
    house.slack.expects("Meetings fail", in_="#desk", thread=None)
    assert "Outage: Meetings fail" in house.slack.expects("Meetings fail", in_="#fjordvideo", thread=None).words
    house.is_quiet()


def test_a_channel_that_wants_no_outages_hears_of_none_and_its_contacts_are_told(house: House) -> None:
    marit = house.person("marit")
    assert marit.types("/unsubscribe", in_="#fjordvideo").error is None
    assert heard(house, "Meetings fail", "Video meetings") == set()
    house.slack.expects("Meetings fail", to=marit)
    assert "Ingenting varsles" in marit.types("/unsubscribe", in_="#fjordvideo").text
    house.is_quiet()


@pytest.mark.clause("EM-06")
def test_the_desk_subscribes_partners_who_hear_of_their_services_only(house: House) -> None:
    ola = house.person("ola")
    house.slack.add_channel("partners", [ola])
    subscribes(
        house, ola, "#desk", channel="#partners", services="Video meetings", audience="Partners", language="Svenska"
    )
    hears(house, ola, "is subscribed", in_="#partners")
    row = subscription(house, "#partners")
    assert row is not None
    assert (row.customer_id, row.audience, row.language) == (None, "partner", "sv")
    assert not declares(house, "Meetings fail", "Video meetings").submit().errors
    house.slack.expects("Meetings fail", in_="#desk", thread=None)
    house.slack.expects("Meetings fail", in_="#fjordvideo", thread=None)
    assert "Avbrott: Meetings fail" in house.slack.expects("Meetings fail", in_="#partners", thread=None).words
    assert "as partners." in ola.types("/subscribe list", in_="#desk").text
    assert not declares(house, "Wages are wrong", "Payroll").submit().errors
    house.slack.expects("Wages are wrong", in_="#desk", thread=None)
    house.slack.expects("Wages are wrong", in_="#acme", thread=None)
    house.is_quiet()


def test_a_shared_channel_is_announced_to_by_an_explicit_choice_only(house: House) -> None:
    ola = house.person("ola")
    house.slack.add_channel("shared", [ola], is_ext_shared=True)
    subscribes(house, ola, "#desk", channel="#shared", audience="Partners")
    house.slack.idle()
    assert house.vakt.aside.idle(5)
    row = subscription(house, "#shared")
    assert row is not None
    assert row.ended_at is not None
    said = [message.words for message in ola.private_answers(in_="#shared")]
    assert any("shared with another organisation" in words for words in said)
    ola.types("/subscribe", in_="#desk")
    modal = ola.modal()
    modal.choose("subscribe.channel", "#shared")
    modal.choose("subscribe.audience", "Partners")
    modal.choose("subscribe.shared", "Announce here also where the channel is shared with another organisation")
    assert not modal.submit().errors
    house.slack.idle()
    assert house.vakt.aside.idle(5)
    row = subscription(house, "#shared")
    assert row is not None
    assert row.ended_at is None
    for heard_ in house.slack.world.heard:
        heard_.expected = heard_.expected or heard_.private_to is not None
    house.is_quiet()


def test_only_a_customers_own_people_and_the_desk_say_what_its_channel_hears_of(house: House) -> None:
    anna = house.person("anna")
    house.slack.do(lambda: _puts_in(house, "#fjordvideo", anna))
    for words in ("/subscribe", "/subscribe list", "/subscribe register", "/unsubscribe"):
        assert "people of its customer" in anna.types(words, in_="#fjordvideo").text
    assert subscription(house, "#fjordvideo") is None
    house.is_quiet()


def _puts_in(house: House, channel: str, who: Person) -> None:
    """Let somebody into a channel whose members do not include them."""
    house.slack.world.workspace.conversations[house.slack.channel_id(channel)].members.append(who.id)


def _archives(house: House, channel: str, *, archived: bool) -> None:
    where = house.slack.world.workspace.conversations[house.slack.channel_id(channel)]
    house.slack.do(lambda: setattr(where, "is_archived", archived))


@pytest.mark.clause("PS-08")
def test_the_register_has_the_signatory_and_the_customer_keeps_it_current(house: House) -> None:
    nina = house.person("nina")
    assert nina.types("/subscribe register", in_="#bykommune").error is None
    modal = nina.modal()
    modal.waits_for("Bodil Dahl")
    modal.fill("register.name", "Tor Vold")
    refused = modal.submit()
    assert "register.email" in refused.errors
    modal.fill("register.email", "tor.vold@bykommune.example")
    assert not modal.submit().errors
    shown = nina.modal().waits_for("Tor Vold")
    assert "tor.vold@bykommune.example" in shown.text
    with house.vakt.database.reading() as session:
        rows = list(session.exec(select(NoticeContact)))
        assert [(row.name, row.signatory) for row in rows] == [("Bodil Dahl", True), ("Tor Vold", False)]
        customer_id = rows[0].customer_id
    _removes(house, nina)
    with house.vakt.database.reading() as session:
        assert [row.name for row in register_of(session, TEAM, [customer_id])] == ["Bodil Dahl"]
        assert len(list(session.exec(select(NoticeContact)))) == 2
    house.is_quiet()


def _removes(house: House, who: Person) -> None:
    """Press *Remove* beside the last entry."""
    modal = who.modal()

    def last(blocks: list[dict[str, object]]) -> dict[str, object]:
        rows = [block for block in blocks if isinstance(block.get("accessory"), dict)]
        element = rows[-1]["accessory"]
        assert isinstance(element, dict)
        return {"action_id": element["action_id"], "block_id": rows[-1]["block_id"], "value": element["value"]}

    assert who.does(last, on=modal) is None
    house.slack.idle()
    assert house.vakt.aside.idle(5)


@pytest.mark.clause("PS-08")
def test_without_a_channel_the_register_is_told_and_it_is_kept_to_whom_when_and_what(house: House) -> None:
    nina = house.person("nina")
    assert nina.types("/unsubscribe", in_="#bykommune").error is None
    assert not declares(house, "Cases cannot be opened", "Customer portal").submit().errors
    card = house.slack.expects("O-1", in_="#desk", thread=None)
    task = house.slack.expects("To be mailed by the desk", in_="#desk", thread=card)
    assert "Bodil Dahl <bodil.dahl@bykommune.example>" in task.words
    assert "Driftsstans: Cases cannot be opened" in task.words
    for channel in ("#nordkonf", "#fjordvideo"):
        house.slack.expects("Cases cannot be opened", in_=channel, thread=None)
    with house.vakt.database.reading() as session:
        ways = sorted(told.way for told, _ in tellings_of(session, TEAM, "O-1"))
    assert ways == ["channel", "channel", "mail"]
    house.is_quiet()


def test_a_channel_that_was_archived_is_marked_its_owner_told_and_taken_up_again(house: House) -> None:
    marit = house.person("marit")
    subscribes(house, marit, "#fjordvideo", language="English")
    hears(house, marit, "abonnerer", in_="#fjordvideo")
    _archives(house, "#fjordvideo", archived=True)
    assert not declares(house, "Meetings fail", "Video meetings").submit().errors
    card = house.slack.expects("O-1", in_="#desk", thread=None)
    house.slack.expects("archived", in_="#desk")
    row = subscription(house, "#fjordvideo")
    assert row is not None
    assert row.trouble == "is_archived"
    assert "is_archived" in house.person("ola").types("/subscribe list", in_="#desk").text
    _archives(house, "#fjordvideo", archived=False)
    ola = house.person("ola")
    ola.clicks("Update", on=card)
    modal = ola.modal()
    modal.fill("act.text", "Still looking")
    assert not modal.submit().errors
    message = house.slack.expects("Meetings fail", in_="#fjordvideo", thread=None)
    house.slack.expects("Still looking", in_="#fjordvideo", thread=message)
    house.is_quiet()
