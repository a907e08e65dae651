"""Pureservice's agreement at work: two working hours, in Norwegian, and nobody else's business."""

from datetime import datetime

import pytest
from sqlmodel import select

from models.channel import Channel
from models.person import Person as PersonRecord
from tests.stories.conftest import House, oslo
from tests.stories.scenes import forget, opened

QUESTION = "Et spørsmål"


@pytest.mark.clause("PS-05")
def test_the_customer_reads_norwegian_whatever_is_set_and_the_desk_its_own_language(house: House) -> None:
    """Nina's Slack and the channel are in Swedish here; the agreement says Norwegian."""
    with house.vakt.database.transaction() as session:
        session.exec(select(PersonRecord).where(PersonRecord.name == "Nina Moe")).one().language = "sv"
        session.exec(select(Channel).where(Channel.id == "C0BYKOM")).one().language = "sv"
    nina, ola = house.person("nina"), house.person("ola")
    nina.types("/ticket Passordet virker ikke", in_="#bykommune")
    modal = nina.modal()
    modal.choose("Hva gjelder det?", QUESTION)
    modal.waits_for("arbeidet påbegynnes senest")
    house.settles()
    modal.submit()
    house.settles()
    assert "arbeidet påbegynnes senest" in nina.modal().text
    card = house.card("T-1")
    theirs = house.slack.expects("T-1", in_="#bykommune", thread=None)
    house.slack.expects_edit(theirs, "arbeidet påbegynnes senest")
    house.slack.expects_edit(card, "Work starts by")
    ola.clicks("Reply", on=card)
    ola.modal().fill("Answer to the customer", "Prøv igjen").submit()
    house.slack.expects("Ola Hansen svarer", in_="#bykommune", thread=theirs)
    house.slack.expects_edit(theirs, "i arbeid siden")
    assert "forfaller" in nina.types("/ticket why T-1", in_="#bykommune").words
    house.is_quiet()


class TestBeforeAHoliday:
    """The afternoon before Ascension Day."""

    @pytest.fixture
    def begins_at(self) -> datetime:
        """Wednesday 5 May 2027, an hour and a half before closing; Thursday is a public holiday."""
        return oslo("2027-05-05 14:30")

    @pytest.mark.clause("PS-01", "PS-02")
    def test_work_starts_within_two_opening_hours_and_a_holiday_does_not_count(self, house: House) -> None:
        """An hour and a half on Wednesday, half an hour on Friday; the warning names the day between them."""
        ticket = opened(house, by="nina", in_="#bykommune", kind=QUESTION)
        ola = house.person("ola")
        ola.chooses("Assign", ola, on=ticket.card)
        house.slack.expects_edit(ticket.card, "Fri 7 May 08:30")
        house.moves_to(oslo("2027-05-05 15:00"))
        house.slack.expects("soon after Friday's opening (Thursday is Kristi himmelfartsdag): T-1 Fri 08:30", to=ola)
        house.moves_to(oslo("2027-05-07 09:00"))
        for left in ("1 h of working time left", "30 min of working time left", "12 min of working time left"):
            house.slack.expects(f"T-1 due Fri 08:30, {left}", to=ola)
        house.slack.expects("breached Fri 08:30", to=ola)
        house.slack.expects("(senior): T-1 is late", in_="#desk", thread=ticket.card)
        house.slack.expects("Det bryter avtalen (kapittel 6)", in_="#bykommune", thread=ticket.theirs)
        house.is_quiet()


@pytest.mark.clause("PS-23")
def test_nobody_reads_another_customers_ticket_by_any_path(house: House) -> None:
    """Not by command, list, account, button, App Home or words in its thread; and it is not said to be there."""
    ticket = opened(house, by="nina", in_="#bykommune", kind=QUESTION, summary="Hemmelig sak")
    anna = house.person("anna")
    for typed in ("/ticket T-1", "/ticket why T-1"):
        forget(house)
        answer = anna.types(typed, in_="#acme").words
        assert "Hemmelig" not in answer
        assert answer == anna.types(typed.replace("T-1", "T-99"), in_="#acme").words.replace("T-99", "T-1")
    for listing in ("", " mine", " open", " breaching"):
        assert "T-1" not in anna.types(f"/ticket list{listing}", in_="#acme").words
    assert "Hemmelig" not in anna.opens_home().text
    forget(house)
    assert "Hemmelig" in house.person("nina").types("/ticket T-1", in_="#bykommune").words
    assert ticket.name in house.person("ola").types("/ticket list", in_="#desk").words
