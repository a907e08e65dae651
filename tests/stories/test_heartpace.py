"""Heartpace's agreement at work: an answer within a day and a night, faults by class, the outcome sent back."""

from datetime import datetime

import pytest

from tests.stories.conftest import House, oslo
from tests.stories.scenes import clocks, in_oslo, opened

TECHNICAL, USABLE = "Är det något tekniskt fel?", "Kan folk använda tjänsten?"
WORK = "Hur påverkar det arbete som är viktigt för er?"
BLOCKER = ((TECHNICAL, "Ja"), (USABLE, "Nej, ingen kan"))
CRITICAL = ((TECHNICAL, "Ja"), (USABLE, "Ja, alla eller några kan"), (WORK, "Det står stilla"))
SERIOUS = (*CRITICAL[:2], (WORK, "Det är betydligt svårare"))
NORMAL = (*CRITICAL[:2], (WORK, "Inget av detta"))
QUESTION = "En fråga"


@pytest.mark.clause("HP-03", "HP-04", "HP-05", "HP-09")
def test_a_fault_becomes_a_ticket_with_a_development_case_and_the_gravest_go_first(house: House) -> None:
    """Critical and Blocker are treated alike: in the order in which they fall due, before all others."""
    erik, ola = house.person("erik"), house.person("ola")
    tickets = [
        opened(house, *answers, by="erik", in_="#talentia", summary=summary)
        for summary, answers in (("Normal", NORMAL), ("Serious", SERIOUS), ("Critical", CRITICAL), ("Blocker", BLOCKER))
    ]
    for ticket in tickets:
        house.slack.expects_edit(ticket.card, f"Development case: DEV-{ticket.number}")
        assert in_oslo(clocks(house, ticket.name)["start_of_work"].due_at) == "2026-11-24 09:40"
    for ticket in tickets[2:]:
        house.slack.expects_edit(ticket.card, "Solved by")
        house.slack.expects("came in and goes to you at once", in_="#desk", thread=ticket.card)
        assert in_oslo(clocks(house, ticket.name)["resolution"].due_at) == "2026-11-23 17:00"
    listed = ola.types("/ticket list", in_="#desk").words
    assert listed.index("T-3") < listed.index("T-4") < listed.index("T-2") < listed.index("T-1")
    assert "T-4" in erik.types("/ticket list", in_="#talentia").words
    house.moves_to(oslo("2026-11-23 17:15"))
    for ticket in tickets[2:]:
        house.slack.expects("later than usual", in_="#desk", thread=ticket.card)
        house.slack.expects("(management)", in_="#desk", thread=ticket.card)
    for ticket in tickets:
        ola.clicks("Start work", on=ticket.card)
    house.is_quiet()


@pytest.mark.clause("HP-06")
def test_resolving_asks_for_the_outcome_and_sends_it_back_with_a_call_where_that_is_called_for(house: House) -> None:
    """Without an outcome it is not resolved; the call back stands on the desk's card as something to do."""
    ticket = opened(house, by="erik", in_="#talentia", kind=QUESTION)
    ola = house.person("ola")
    ola.clicks("Resolve", on=ticket.card)
    modal = ola.modal()
    assert modal.submit().errors
    modal.fill("Outcome", "The report is under Statistics")
    modal.choose("To do", "Call back as well")
    modal.submit()
    house.slack.expects("The report is under Statistics", in_="#talentia", thread=ticket.theirs)
    house.slack.expects_edit(ticket.card, "To do: call Erik Ek back")
    house.slack.expects_edit(ticket.theirs, "The report is under Statistics")
    house.is_quiet()


class TestOnAFriday:
    """What comes in on a Friday evening."""

    @pytest.fixture
    def begins_at(self) -> datetime:
        """Friday, two hours before closing."""
        return oslo("2026-11-27 15:00")

    @pytest.mark.clause("HP-01")
    def test_a_question_is_warned_of_before_fridays_closing_and_nobody_is_paged_at_the_weekend(
        self, house: House
    ) -> None:
        """It falls due on Saturday; it is late from then on, and that is said on Monday at eight, once."""
        ticket = opened(house, by="erik", in_="#talentia", kind=QUESTION)
        ola = house.person("ola")
        ola.chooses("Assign", ola, on=ticket.card)
        house.moves_to(oslo("2026-11-27 16:30"))
        house.slack.expects("1 ticket falls due before Monday's opening (Saturday is weekend): T-1", to=ola)
        assert in_oslo(house.slack.clock.now()) == "2026-11-27 16:30"
        house.moves_to(oslo("2026-11-30 07:59"))
        house.slack.expects_edit(ticket.card, "Breached")
        assert in_oslo(clocks(house, ticket.name)["first_response"].late_at) == "2026-11-28 15:00"
        house.is_quiet()
        house.moves_to(oslo("2026-11-30 08:00"))
        house.slack.expects("breached Sat 15:00", to=ola)
        house.slack.expects("is late", in_="#desk", thread=ticket.card)
        house.slack.expects("Det bryter avtalet", in_="#talentia", thread=ticket.theirs)
        house.moves_to(oslo("2026-11-30 16:00"))
        house.is_quiet()

    @pytest.mark.clause("HP-09")
    def test_fault_finding_by_the_aim_and_a_late_start_is_past_the_aim_and_no_breach(self, house: House) -> None:
        """The same time next working day; the customer hears of no breach, because an aim is none."""
        ticket = opened(house, *NORMAL, by="erik", in_="#talentia")
        ola = house.person("ola")
        house.settles()
        ola.types("I have seen it", in_="#talentia", thread=ticket.theirs)
        house.slack.expects_edit(ticket.card, "Answered")
        house.moves_to(oslo("2026-11-30 16:00"))
        house.slack.expects("past the aim", in_="#desk", thread=ticket.card)
        house.slack.expects("(senior)", in_="#desk", thread=ticket.card)
        ola.clicks("Start work", on=ticket.card)
        house.slack.expects_edit(ticket.card, "1 h past the aim")
        house.is_quiet()
