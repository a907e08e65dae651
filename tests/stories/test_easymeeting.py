"""Easymeeting's agreement at work: hours by region, High unasked, orders, chat and calls as well as they can be."""

from datetime import datetime

import pytest
from sqlmodel import select

from models.customer import Customer
from tests.stories.conftest import House, oslo
from tests.stories.scenes import clocks, in_oslo, opened, stored

FAULT, QUESTION, ORDER = "Noe virker ikke", "Et spørsmål", "Et ønske eller en bestilling"
HERE = "#fjordvideo"


def signs(house: House, *, region: str | None = None, option: str | None = None) -> None:
    """Fjordvideo's agreement is for that region, or has that option, from now on."""
    with house.vakt.database.transaction() as session:
        customer = session.exec(select(Customer).where(Customer.key == "fjordvideo")).one()
        customer.region = region or customer.region
        customer.options = [option] if option else []


def test_a_question_answered_with_nothing_but_spaces_is_not_answered(house: House) -> None:
    marit = house.person("marit")
    marit.types("/ticket Kameraet er svart", in_=HERE)
    modal = marit.modal()
    modal.fill("Hva skjedde før dette?", "   ").fill("Ble noe endret før dette?", "Ny brannmur")
    modal.submit()
    card = house.card("T-1")
    house.slack.expects_edit(card, "Ny brannmur")
    assert list(stored(house, "T-1").asked) == ["changed"]
    assert "before this" not in card.text
    house.slack.forgets()


@pytest.mark.clause("EM-11", "EM-12", "EM-24", "EM-25", "EM-20")
def test_all_opens_high_unasked_and_an_agent_lowers_it_with_a_reason(house: House) -> None:
    """What went before and what was changed stand on the desk's card; each class has its time."""
    marit, ola = house.person("marit"), house.person("ola")
    marit.types("/ticket Kameraet er svart", in_=HERE)
    modal = marit.modal()
    modal.waits_for("Høy, hvis ikke supporten endrer det")
    modal.fill("Hva skjedde før dette?", "Vi byttet rom")
    modal.fill("Ble noe endret før dette?", "Ny brannmur")
    modal.submit()
    card = house.card("T-1")
    theirs = house.slack.expects("T-1", in_=HERE, thread=None)
    for words in ("Vi byttet rom", "Ny brannmur", "Remote help is given within the same times", "EM-24", "High"):
        house.slack.expects_edit(card, words)
    assert in_oslo(clocks(house, "T-1")["first_response"].due_at) == "2026-11-24 09:40"
    assert in_oslo(clocks(house, "T-1")["start_of_work"].due_at) == "2026-11-24 09:40"
    for severity, due in (("Medium", "2026-12-01 09:40"), ("Low", "2026-11-30 16:00")):
        ola.clicks("Severity…", on=card)
        modal = ola.modal()
        modal.choose("Class", f"{severity} (EM-11)")
        assert modal.submit().errors
        modal.fill("Reason", f"{severity} will do")
        modal.submit()
        house.slack.expects(f"{severity} will do", in_=HERE, thread=theirs)
        assert in_oslo(clocks(house, "T-1")["first_response"].due_at) == due
    house.is_quiet()


@pytest.mark.clause("EM-17", "EM-16")
def test_within_a_priority_it_goes_by_arrival_and_orders_have_their_own_times(house: House) -> None:
    """The first stands still for access and keeps its place; each order shows when it is delivered."""
    first = opened(house, by="marit", in_=HERE, kind=QUESTION, summary="Først")
    opened(house, by="marit", in_=HERE, kind=QUESTION, summary="Så")
    marit, ola = house.person("marit"), house.person("ola")
    ola.chooses("Wait", "For access", on=first.card)
    ola.modal().choose("Work has not started yet", "Cannot begin without it").submit()
    house.slack.expects("tilgang", in_=HERE, thread=first.theirs)
    house.slack.expects_edit(first.card, "The clock stands")
    marit.types("/ticket Ny lisens", in_=HERE)
    modal = marit.modal()
    modal.choose("Hva gjelder det?", ORDER)
    for item, due in (
        ("Et nummer, eller registrering av et endepunkt", "25. nov. 16:00"),
        ("Støtte i et videomøte", "24. nov. 09:40"),
        ("En lisens, satt opp manuelt", "24. nov. 16:00"),
    ):
        modal.waits_for("Hva det bes om")
        modal.choose("open.item", item)
        house.settles()
        modal.waits_for(due)
    modal.submit()
    house.slack.expects("T-3", in_=HERE)
    house.slack.expects_edit(house.card("T-3"), "Delivered by")
    listed = ola.types("/ticket list", in_="#desk").words
    assert listed.index("T-1") < listed.index("T-2") < listed.index("T-3")
    house.is_quiet()


@pytest.mark.clause("EM-20")
def test_waiting_for_access_stops_the_answer_and_the_customer_is_asked_again_each_working_day(house: House) -> None:
    """Nothing is promised without access; once it is given, what was left is left."""
    ticket = opened(house, by="marit", in_=HERE, kind=FAULT)
    ola = house.person("ola")
    house.moves_to(oslo("2026-11-23 10:40"))
    ola.chooses("Wait", "For access", on=ticket.card)
    ola.modal().choose("Work has not started yet", "Cannot begin without it").submit()
    house.slack.expects("tilgang", in_=HERE, thread=ticket.theirs)
    house.slack.expects_edit(ticket.card, "The clock stands: 7 h left")
    house.moves_to(oslo("2026-11-25 10:40"))
    house.slack.expects("tilgang", in_=HERE, thread=ticket.theirs)
    house.slack.expects("tilgang", in_=HERE, thread=ticket.theirs)
    house.person("marit").types("Nå har dere tilgang", in_=HERE, thread=ticket.theirs)
    house.slack.expects("the wait for access is over", in_="#desk", thread=ticket.card)
    assert in_oslo(clocks(house, ticket.name)["first_response"].due_at) == "2026-11-26 09:40"
    house.is_quiet()


@pytest.mark.clause("EM-10")
def test_a_loose_line_is_chat_and_is_answered_as_well_as_can_be(house: House) -> None:
    """A ticket made from it has no clock, and says so to both."""
    marit = house.person("marit")
    line = marit.types("Bildet hakker", in_=HERE)
    marit.uses_shortcut("Ticket from message", on=line)
    modal = marit.modal()
    modal.waits_for("etter beste evne")
    modal.submit()
    card = house.card("T-1")
    theirs = house.slack.expects("T-1", in_=HERE, thread=None)
    house.slack.expects_edit(card, "Best effort: the agreement sets no time for this")
    house.slack.expects_edit(theirs, "Chat besvares så godt det lar seg gjøre; ingen tid loves. (EM-10)")
    assert not clocks(house, "T-1")
    house.moves_to(oslo("2026-11-27 16:00"))
    house.is_quiet()


class TestOutsideHours:
    """Early on a Tuesday morning."""

    @pytest.fixture
    def begins_at(self) -> datetime:
        """Tuesday, 06:00 in Oslo."""
        return oslo("2026-11-24 06:00")

    @pytest.mark.clause("EM-07", "EM-08", "EM-09")
    def test_mail_is_collected_calls_are_best_effort_and_the_region_has_its_own_hours(self, house: House) -> None:
        """The confirmation says when it counts from; with round-the-clock support it counts at once."""
        marit, ola = house.person("marit"), house.person("ola")
        marit.types("/ticket Lyden mangler", in_=HERE)
        modal = marit.modal()
        modal.choose("Hva gjelder det?", QUESTION)
        house.settles()
        modal.submit()
        marit.modal().waits_for("ingenting loves før neste virkedag")
        marit.modal().close()
        house.card("T-1")
        theirs = house.slack.expects("T-1", in_=HERE, thread=None)
        house.slack.expects_edit(theirs, "tiden regnes fra neste åpning. (EM-09)")
        assert in_oslo(clocks(house, "T-1")["first_response"].due_at) == "2026-11-24 16:00"
        ola.types("/ticket Ringte om lyden", in_=HERE)
        call = ola.modal()
        call.choose("How it came in", "Phone")
        house.settles()
        call.submit()
        ola.modal().waits_for("best effort")
        ola.modal().close()
        house.slack.expects_edit(house.card("T-2"), "Calls outside opening hours are taken as well as they can be")
        house.slack.expects("T-2", in_=HERE)
        signs(house, region="america")
        opened(house, by="marit", in_=HERE, kind=QUESTION)
        assert in_oslo(clocks(house, "T-3")["first_response"].due_at) == "2026-11-24 22:00"
        signs(house, option="24x7")
        opened(house, by="marit", in_=HERE, kind=QUESTION)
        assert in_oslo(clocks(house, "T-4")["first_response"].due_at) == "2026-11-24 14:00"
        house.is_quiet()
