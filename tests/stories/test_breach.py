"""A security breach: its main contact is told with what is known, and nothing of it is ever said in a channel."""

import pytest
from sqlmodel import select

from models import typed_text
from models.customer import Customer
from models.history import Event
from models.outbox import Outgoing
from models.person import Person as PersonRecord
from models.told import NoticeContact, Told, Way, tellings_of
from sandbox import Message
from tests.stories.conftest import TEAM, House, oslo
from tests.stories.scenes import events, stored

BREACH = (("Mistenker du at noen har fått tilgang til data de ikke skal se?", "Ja"),)
SECRETS = (
    "lest alt",
    "dump of the cases",
    "A stolen password",
    "240 people",
    "Identity theft",
    "An old key",
    "Rotated",
)
CHECKLIST = {
    "kind": "A stolen password",
    "affected": "240 people",
    "consequences": "Identity theft",
    "findings": "An old key",
    "measures": "Rotated every key",
}


@pytest.fixture
def card(house: House) -> Message:
    """The desk's card of a breach that Nina reports: it stands with Ingrid, the first senior, directly."""
    house.opens(house.person("nina"), "Noen har lest alt", *BREACH, in_="#bykommune", card=False)
    house.settles()
    found = house.slack.expects("T-1", to=house.person("ingrid"), thread=None)
    house.slack.forgets()
    return found


def registers(house: House, name: str) -> None:
    """The customer's signatory is somebody in Slack."""
    with house.vakt.database.transaction() as session:
        person = session.exec(select(PersonRecord).where(PersonRecord.name == name)).one()
        customer = session.exec(select(Customer).where(Customer.key == "bykommune")).one()
        entry = session.exec(select(NoticeContact).where(NoticeContact.customer_id == customer.id)).one()
        entry.person_id, entry.email = person.id, None


def notifies(house: House, card: Message, text: str) -> None:
    ingrid = house.person("ingrid")
    ingrid.clicks("Varsle kunden" if "Varsle kunden" in card.words else "Notify the customer", on=card)
    modal = ingrid.modal()
    assert not modal.fill("act.text", text).submit().errors


def fills(house: House, card: Message, **texts: str) -> None:
    ingrid = house.person("ingrid")
    ingrid.clicks("Checklist", on=card)
    modal = ingrid.modal()
    for ask, text in texts.items():
        modal.fill(f"extra:{ask}", text)
    assert not modal.submit().errors


def never_in_a_channel(house: House) -> None:
    """Nothing of it was ever said or owed in a channel, and the register names none."""
    house.settles()
    for heard in house.slack.world.heard:
        if heard.channel.startswith("C") and heard.private_to is None:
            assert not [secret for secret in SECRETS if secret in str(heard.body)], heard.body
    with house.vakt.database.reading() as session:
        owed = session.exec(select(Outgoing)).all()
        about = [row for row in owed if row.args.get("about") == "T-1" or row.ticket_number == 1]
        assert not [row.key for row in about if row.conversation.startswith("C") and "aloud" not in row.key]
        assert {each.way for each in session.exec(select(Told))} <= {Way.DIRECT, Way.MAIL}


@pytest.mark.clause("PS-17", "PS-08")
def test_the_main_contact_is_told_by_a_ready_mail_where_it_is_in_no_slack(house: House, card: Message) -> None:
    """Bodil signed and is in no Slack: a ready text and a task; her 72 hours count from when it went out."""
    assert "the customer's main contact is not told yet (PS-17)" in card.words
    notifies(house, card, "Somebody got at a dump of the cases.")
    house.slack.expects_edit(card, "Mails to send")
    ingrid = house.person("ingrid")
    house.moves(minutes=50)
    ingrid.clicks("Mails to send", on=card)
    modal = ingrid.modal()
    assert "bodil.dahl@bykommune.example" in modal.text
    assert "Sikkerhetsbrudd hos Bykommune" in modal.text
    assert "Somebody got at a dump of the cases." in modal.text
    assert "72 t fra dere leser dette" in modal.text
    ingrid.clicks("Sendt", on=modal)
    until = int(oslo("2026-11-26 10:30").timestamp())
    house.slack.expects_edit(card, "the customer was told")
    assert f"<!date^{until}" in card.words
    assert "72 h left" in card.words
    with house.vakt.database.reading() as session:
        [(told, sent_at)] = tellings_of(session, TEAM, "T-1")
        assert (told.way, told.step) == (Way.MAIL, 0)
        assert sent_at == house.now()
    never_in_a_channel(house)


@pytest.mark.clause("PS-17")
def test_a_main_contact_in_slack_is_told_directly_with_its_own_72_hours(house: House, card: Message) -> None:
    """Further notices stand in the thread of the first; each is in the register, with its text."""
    registers(house, "Nina Moe")
    notifies(house, card, "Somebody got at a dump of the cases.")
    nina = house.person("nina")
    first = house.slack.expects("dump of the cases", to=nina, thread=None)
    until = int(oslo("2026-11-26 09:40").timestamp())
    assert "Sikkerhetsbrudd hos Bykommune" in first.words
    assert f"<!date^{until}" in first.words
    assert "72 t igjen" in first.words
    house.moves(hours=2)
    notifies(house, card, "It was A stolen password.")
    more = house.slack.expects("A stolen password", to=nina, thread=first)
    assert "Mer om sikkerhetsbruddet" in more.words
    assert "70 t igjen" in more.words
    with house.vakt.database.reading() as session:
        told = tellings_of(session, TEAM, "T-1")
        assert [(each.step, each.way) for each, _ in told] == [(0, Way.DIRECT), (1, Way.DIRECT)]
        texts = [typed_text.read(session, TEAM, each.text_id) for each, _ in told]
    assert "dump of the cases" in texts[0]
    assert "A stolen password" in texts[1]
    assert events(house, "T-1").count(Event.BREACH_TOLD) == 2
    never_in_a_channel(house)


@pytest.mark.clause("PS-17")
def test_without_a_signatory_those_who_speak_for_the_customer_are_told(house: House, card: Message) -> None:
    with house.vakt.database.transaction() as session:
        for entry in session.exec(select(NoticeContact)):
            entry.ended_at = house.now()
    notifies(house, card, "Somebody got at a dump of the cases.")
    house.slack.expects("dump of the cases", to=house.person("nina"), thread=None)
    never_in_a_channel(house)


@pytest.mark.clause("PS-17")
def test_blanks_of_the_checklist_block_resolving_and_nothing_else(house: House, card: Message) -> None:
    """The refusal names what is blank and the clause; work, replies and notices go on meanwhile."""
    ingrid = house.person("ingrid")
    ingrid.clicks("Start work", on=card)
    house.slack.expects_edit(card, "Work started")
    fills(house, card, kind="A stolen password", affected="240 people")
    house.slack.expects_edit(card, "Blank in the checklist: Likely consequences, What was found, Measures taken")
    ingrid.clicks("Resolve", on=card)
    modal = ingrid.modal().fill("act.text", "Closed the hole")
    refused = modal.submit().errors["act.text"]
    assert "Sannsynlige konsekvenser, Hva som er funnet ut, Tiltak (PS-17)" in refused
    assert stored(house, "T-1").status == "in_progress"
    modal.close()
    fills(house, card, **CHECKLIST)
    ingrid.clicks("Resolve", on=card)
    assert not ingrid.modal().fill("act.text", "Closed the hole").submit().errors
    house.slack.expects_edit(card, "Resolved")
    assert stored(house, "T-1").status == "resolved"
    never_in_a_channel(house)


@pytest.mark.clause("PS-17")
def test_what_the_checklist_says_is_offered_for_the_next_notice(house: House, card: Message) -> None:
    """In the customer's language, to be looked through before it goes out; the customer does not read it otherwise."""
    fills(house, card, **CHECKLIST)
    ingrid = house.person("ingrid")
    ingrid.clicks("Notify the customer", on=card)
    typed = ingrid.modal().values["act.text"]["act.text"]["value"]
    assert "Type brudd: A stolen password" in typed
    assert "Tiltak: Rotated every key" in typed
    answer = house.person("nina").types("/ticket T-1", in_="#bykommune").words
    assert "240 people" not in answer
    never_in_a_channel(house)


@pytest.mark.clause("PS-17")
def test_who_is_not_of_the_desk_neither_notifies_nor_sees_the_mails(house: House, card: Message) -> None:
    """And a ticket that is no breach has neither button nor checklist."""
    notifies(house, card, "Somebody got at a dump of the cases.")
    house.slack.forgets()
    house.opens(house.person("nina"), "Hvordan", in_="#bykommune", kind="Et spørsmål", card=False)
    other = house.card("T-2")
    assert "Notify the customer" not in other.words
    assert "Checklist" not in other.words
    ola = house.person("ola")
    ola.clicks("Resolve", on=other)
    assert not ola.modal().fill("act.text", "Done").submit().errors
    never_in_a_channel(house)
