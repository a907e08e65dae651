"""From a ticket to an outage, and the outages that last in App Home."""

from models.outage import outage_of_ticket
from tests.stories.conftest import TEAM, House
from tests.stories.scenes import opened
from tests.stories.test_outages import CHANNELS, announced, declared, ends, outage


def test_an_outage_is_declared_from_a_tickets_details_and_the_ticket_is_linked(house: House) -> None:
    ticket = opened(house, summary="Nobody here can sign in")
    ola = house.person("ola")
    ola.types(f"/ticket {ticket.name}", in_="#desk")
    [shown] = [one for one in ola.private_answers("#desk") if "Declare an outage" in one.words]
    house.slack.forgets()
    ola.clicks("Declare an outage", on=shown)
    modal = ola.modal()
    assert "Nobody here can sign in" in modal.text
    modal.choose("about.services", "App")
    assert not modal.submit().errors
    assert not ola.modal().submit().errors
    card = house.slack.expects("O-1 · Nobody here can sign in", in_="#desk", thread=None)
    house.slack.expects_edit(card, ticket.name)
    for channel in CHANNELS:
        house.slack.expects("Nobody here can sign in", in_=channel, thread=None)
    with house.vakt.database.reading() as session:
        linked = outage_of_ticket(session, TEAM, ticket.number)
    assert linked is not None
    assert outage(house).reported_at is not None
    house.is_quiet()


def test_from_the_details_window_it_opens_on_top_and_everything_closes_at_the_end(house: House) -> None:
    ticket = opened(house, summary="Nobody here can sign in")
    ola = house.person("ola")
    ola.clicks("Start work", on=ticket.card)
    house.settles()
    house.slack.forgets()
    ola.clicks("Details", on=ticket.card)
    details = ola.modal()
    details.click("Declare an outage")
    house.settles()  # until then the window on top is the one with the details
    modal = ola.modal()
    modal.waits_for("What fails, in one line")
    modal.choose("about.services", "App")
    assert not modal.submit().errors
    assert not ola.modal().submit().errors
    house.slack.expects("O-1 · Nobody here can sign in", in_="#desk", thread=None)
    assert not ola.has_modal()
    house.settles()
    house.slack.forgets()
    house.is_quiet()


def test_customers_are_not_offered_it_and_a_solved_ticket_neither(house: House) -> None:
    ticket = opened(house)
    anna = house.person("anna")
    anna.types(f"/ticket {ticket.name}", in_="#acme")
    assert not any("Declare an outage" in one.words for one in anna.private_answers("#acme"))
    house.slack.forgets()
    house.is_quiet()


def test_app_home_begins_with_the_outages_that_last(house: House) -> None:
    ola = house.person("ola")
    assert "Signing in fails" not in ola.opens_home().text
    card = declared(house)
    announced(house, "Signing in fails")
    home = ola.opens_home().waits_for("Signing in fails")
    assert home.text.index("Signing in fails") < home.text.index("My tickets")
    home.click("Show")
    assert "What happened" in ola.modal().text
    ola.modal().close()
    ends(house, card)
    house.settles()
    house.slack.forgets()
    assert "Signing in fails" not in ola.opens_home().text
    house.is_quiet()
