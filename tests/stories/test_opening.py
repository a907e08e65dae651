"""Opening a ticket: by command, by shortcuts, from a message, on somebody's behalf."""

import json
import re
from typing import Any

import pytest
from sqlmodel import select

from models.customer import Customer
from models.history import Event
from models.person import Person
from models.roster import roster_number
from models.ticket import Ticket, take_number
from models.typed_text import read
from sandbox import Modal
from sandbox import Person as Actor
from tests.stories.conftest import P2, House, oslo
from tests.stories.scenes import GUIDANCE, in_oslo, opened, stored, times


def _settled(house: House) -> None:
    """Every choice made so far has been answered."""
    house.slack.idle()
    assert house.vakt.aside.idle(5)


def _submitted(house: House, who: Actor) -> str:
    """Press *Open* and read the number."""
    _settled(house)
    submitted = who.modal().submit()
    assert not submitted.errors, submitted.errors
    text = who.modal().waits_for("T-").text
    who.modal().close()
    found = re.search(r"T-\d+", text)
    assert found is not None
    return found[0]


def _summary(house: House, name: str) -> str:
    with house.vakt.database.reading() as session:
        return read(session, house.slack.team_id, stored(house, name).summary_id)


def _value(modal: Modal, field: str) -> object:
    return modal.values[field][field].get("value")


def test_the_line_typed_with_the_command_stands_in_the_view(house: House) -> None:
    """As typed: people read as words, and nobody is called."""
    anna = house.person("anna")
    anna.types("/ticket Ask @ola about <https://acme.example/x|this> & <!channel>", in_="#acme")
    assert _value(anna.modal(), "open.summary") == "Ask @Ola Hansen about <https://acme.example/x|this> & <!channel>"
    anna.modal().choose("What is it?", GUIDANCE)
    name = _submitted(house, anna)
    assert _summary(house, name).endswith("& <!channel>")
    house.card(name)
    house.slack.expects(name, in_="#acme", thread=None)
    house.is_quiet()


def test_choosing_again_changes_the_questions_and_loses_no_typed_text(house: House) -> None:
    """Another answer asks other questions; another kind asks none; the words stay where they were typed."""
    anna = house.person("anna")
    anna.types("/ticket", in_="#acme")
    modal = anna.modal()
    modal.fill("In one line", "Invoices will not send").fill("More", "Since 09:40")
    for question, answer in P2:
        modal.waits_for(question)
        modal.choose(question, answer)
    modal.waits_for("Priority 2, proposed from your answers")
    modal.choose(P2[0][0], "No")
    _settled(house)
    assert "Your business is" not in modal.text
    modal.choose("What is it?", GUIDANCE)
    modal.waits_for("Priority 5, unless the desk changes it")
    assert P2[0][0] not in modal.text
    assert _value(modal, "open.summary") == "Invoices will not send"
    assert _value(modal, "open.details") == "Since 09:40"
    modal.close()
    house.is_quiet()


def test_an_unanswered_question_is_asked_for_where_it_stands(house: House) -> None:
    """Nothing is stored before the class is known."""
    anna = house.person("anna")
    anna.types("/ticket Invoices", in_="#acme")
    anna.modal().choose(P2[0][0], "Yes")
    anna.modal().waits_for("Your business is")
    _settled(house)
    submitted = anna.modal().submit()
    assert list(submitted.errors) == ["question:softone-fault:effect"]
    anna.modal().close()
    assert _tickets(house) == []
    house.is_quiet()


def _tickets(house: House) -> list[int]:
    with house.vakt.database.reading() as session:
        return list(session.exec(select(Ticket.number)))


def test_a_ticket_from_a_message_counts_from_that_message(house: House) -> None:
    """Its words fill the view; its author is who asked, also when an agent opens it."""
    anna, ola = house.person("anna"), house.person("ola")
    message = anna.types("Invoices will not send since the update", in_="#acme")
    house.moves_to(oslo("2026-11-23 10:25"))
    ola.uses_shortcut("Ticket from message", on=message)
    modal = ola.modal()
    assert _value(modal, "open.summary") == "Invoices will not send since the update"
    for question, answer in P2:
        modal.waits_for(question)
        modal.choose(question, answer)
    modal.waits_for("13:40")
    name = _submitted(house, ola)
    ticket = stored(house, name)
    assert in_oslo(ticket.reported_at) == "2026-11-23 09:40"
    assert in_oslo(ticket.opened_at) == "2026-11-23 10:25"
    assert ticket.requester_id == _person(house, anna).id
    card = house.card(name)
    assert "from Anna Svensson" in card.words
    house.slack.expects(name, in_="#acme", thread=None)
    house.is_quiet()


def _person(house: House, who: Actor) -> Person:
    with house.vakt.database.reading() as session:
        return session.exec(select(Person).where(Person.slack_user == who.id)).one()


def test_the_global_shortcut_asks_an_agent_for_the_customer(house: House) -> None:
    """The class and the questions follow the customer's contract; a contact has one and is not asked."""
    ola, anna = house.person("ola"), house.person("anna")
    ola.uses_shortcut("Open a ticket")
    modal = ola.modal()
    modal.fill("In one line", "Wrong total")
    assert modal.submit().errors
    modal.choose("Customer", "Nordkonf")
    modal.waits_for("What is wrong?")
    modal.choose("Customer", "Acme")
    modal.waits_for(P2[0][0])
    assert "What is wrong?" not in modal.text
    assert _value(modal, "open.summary") == "Wrong total"
    modal.choose("What is it?", GUIDANCE)
    name = _submitted(house, ola)
    house.card(name)
    house.slack.expects(name, in_="#acme", thread=None)
    anna.uses_shortcut("Open a ticket")
    anna.modal().waits_for(P2[0][0])
    assert "Choose a customer" not in anna.modal().text
    anna.modal().close()
    house.is_quiet()


@pytest.mark.clause("SO-01")
def test_an_agent_opens_on_behalf_with_how_when_and_who(house: House) -> None:
    """The clock runs from when it was received, which is never in the future."""
    ola = house.person("ola")
    ola.types("/ticket The printer at reception", in_="#acme")
    modal = ola.modal()
    modal.choose("How it came in", "Phone").choose("What is it?", GUIDANCE)
    modal.fill("Who asked", "Bosse at reception")
    modal.choose("Received at", "2026-11-23T10:40:00+01:00")
    _settled(house)
    assert "not come yet" in modal.submit().errors["open.received_at"]
    modal.choose("Received at", "2026-11-23T08:15:00+01:00")
    _settled(house)
    name = _submitted(house, ola)
    ticket = stored(house, name)
    assert in_oslo(ticket.reported_at) == "2026-11-23 08:15"
    assert ticket.intake == "phone"
    card = house.card(name)
    assert "by phone" in card.words
    house.slack.expects(name, in_="#acme", thread=None)
    ola.types(f"/ticket {name}", in_="#desk")
    answer = house.slack.expects_private("Bosse at reception", to=ola, in_="#desk")
    assert "by phone" in answer.words
    house.is_quiet()


def test_a_line_of_blanks_or_of_five_thousand_characters_is_refused_at_its_field(house: House) -> None:
    """Slack's field takes 200; what the command brings is cut to that, and a blank line is none."""
    anna = house.person("anna")
    anna.types("/ticket " + "x" * 5000, in_="#acme")
    assert len(str(_value(anna.modal(), "open.summary"))) == 200
    anna.modal().choose("What is it?", GUIDANCE)
    anna.modal().fill("In one line", "   ")
    _settled(house)
    assert "one line" in anna.modal().submit().errors["open.summary"]
    anna.modal().fill("In one line", "y" * 201)
    assert "open.summary" in anna.modal().submit().errors
    anna.modal().fill("In one line", "Invoices").fill("More", "z" * 3001)
    assert "open.details" in anna.modal().submit().errors
    anna.modal().close()
    assert _tickets(house) == []
    house.is_quiet()


def test_a_channel_of_no_customer_says_where_to_go(house: House) -> None:
    """A contact's own customer is plain anywhere; somebody unknown is told whom to ask."""
    house.slack.add_person("guest", name="Gustav Guest")
    house.slack.add_channel("lunch", members=["anna", "ola", "guest"])
    guest, anna = house.person("guest"), house.person("anna")
    answer = guest.types("/ticket The soup", in_="#lunch")
    assert "This channel belongs to no customer" in answer.text
    house.slack.expects_private("belongs to no customer", to=guest, in_="#lunch")
    anna.types("/ticket Invoices", in_="#lunch")
    anna.modal().waits_for("Acme · SoftOne")
    anna.modal().close()
    guest.uses_shortcut("Open a ticket")
    house.slack.expects("Tickets are opened by the contacts of a customer", to=guest)
    assert not guest.has_modal()
    house.is_quiet()


@pytest.mark.clause("PS-23")
def test_one_customers_contact_cannot_open_in_anothers_channel(house: House) -> None:
    """Even when somebody let her in there."""
    channel = house.slack.channel("#nordkonf")
    anna = house.person("anna")
    house.slack.do(lambda: house.slack.world.workspace.conversations[channel.id].members.append(anna.id))
    answer = anna.types("/ticket Invoices", in_="#nordkonf")
    assert "contacts of a customer" in answer.text
    house.slack.expects_private("contacts of a customer", to=anna, in_="#nordkonf")
    assert not anna.has_modal()
    house.is_quiet()


def test_somebody_new_in_a_customers_channel_opens_and_is_known_by_name(house: House) -> None:
    """Vakt asks Slack who it is, beside the ticket."""
    house.slack.add_person("bo", name="Bo Berg", locale="sv-SE")
    channel, bo = house.slack.channel("#acme"), house.person("bo")
    house.slack.do(lambda: house.slack.world.workspace.conversations[channel.id].members.append(bo.id))
    bo.types("/ticket Utskrifter", in_="#acme")
    modal = bo.modal()
    modal.choose("open.kind", "En fråga om hur något fungerar")
    name = _submitted(house, bo)
    card = house.card(name)
    house.slack.expects(name, in_="#acme", thread=None)
    house.settles()
    assert _person(house, bo).name == "Bo Berg"
    assert times(house, name, Event.OPENED) == 1
    house.person("ola").clicks("Start work", on=card)
    house.slack.expects_edit(card, "opened by Bo Berg")
    house.is_quiet()


def test_a_summary_that_begins_like_a_subcommand_is_a_summary(house: House) -> None:
    """ "list of invoices is empty" is no list, "why does it fail" no account."""
    anna = house.person("anna")
    for typed in ("list of invoices is empty", "why does it fail", "help me please"):
        anna.types(f"/ticket {typed}", in_="#acme")
        assert _value(anna.modal(), "open.summary") == typed
        anna.modal().close()
    assert opened(house).name == "T-1"
    house.is_quiet()


def test_what_was_read_for_an_opening_counts_until_the_roster_changes(house: House) -> None:
    """The customer's new name stands on the very next card."""
    anna = house.person("anna")
    house.opens(anna, "First", kind=GUIDANCE)
    house.opens(anna, "Second", kind=GUIDANCE)
    with house.vakt.database.transaction() as session:
        customer = session.exec(select(Customer).where(Customer.key == "acme")).one()
        customer.name = "Acme AB"
    third = house.opens(anna, "Third", kind=GUIDANCE)
    assert "Acme AB" in house.card(third).words
    house.slack.forgets()


def test_a_role_taken_away_between_reading_and_storing_is_noticed(house: House) -> None:
    """The bearings were read under an older number: nothing is stored with them."""
    team_id = house.slack.team_id
    with house.vakt.database.transaction() as session:
        kept = roster_number(session, team_id)
        session.exec(select(Customer).where(Customer.key == "acme")).one().name = "Acme AB"
    with house.vakt.database.transaction() as session:
        assert kept is not None
        assert take_number(session, team_id).roster == kept + 1


def test_somebody_new_changes_nothing_that_was_kept(house: House) -> None:
    """A new person is nobody's yet; a person whose name becomes known is somebody's."""
    team_id = house.slack.team_id
    with house.vakt.database.transaction() as session:
        kept = roster_number(session, team_id)
        session.add(Person(team_id=team_id, slack_user="U0NEW", name=""))
    with house.vakt.database.transaction() as session:
        assert roster_number(session, team_id) == kept
        session.exec(select(Person).where(Person.slack_user == "U0NEW")).one().name = "Nora New"
    with house.vakt.database.reading() as session:
        assert roster_number(session, team_id) == (kept or 0) + 1


def test_a_form_that_is_drawn_anew_is_still_one_act(house: House) -> None:
    """Vakt stored it and died before it said so; the form was drawn anew meanwhile, and *Open* is pressed again."""
    anna = house.person("anna")
    anna.types("/ticket Invoices will not send", in_="#acme")
    form = anna.modal()
    form.choose("open.kind", GUIDANCE)
    form.waits_for("Priority 5")
    house.settles()
    carried = _carried(form)
    form.choose("open.kind", "Something fails in the program")
    form.waits_for("Does GO start")
    form.choose("open.kind", GUIDANCE)
    form.waits_for("Priority 5")
    house.settles()
    assert _carried(form)["nonce"] == carried["nonce"]
    assert not form.submit().errors
    anna.modal().close()
    other = _another_form(anna)
    assert other["nonce"] != carried["nonce"]
    house.settles()
    for where in ("#acme", "#desk"):
        house.slack.expects("T-1", in_=where)
    house.is_quiet()


def _carried(form: Modal) -> dict[str, Any]:
    carried: dict[str, Any] = json.loads(form.view.body["private_metadata"])
    return carried


def _another_form(anna: Actor) -> dict[str, Any]:
    anna.types("/ticket Another", in_="#acme")
    carried = _carried(anna.modal())
    anna.modal().close()
    return carried
