"""The main job: from the command to the kept promise, and to the broken one."""

import pytest

from tests.stories.conftest import P2, House, oslo


@pytest.mark.clause("SO-01")
@pytest.mark.clause("SO-11")
@pytest.mark.clause("SO-15")
def test_a_contact_sees_class_and_deadline_before_opening_and_gets_a_number(house: House) -> None:
    """The questions appear one by one in the same view, and what was typed stays."""
    anna = house.person("anna")
    anna.types("/ticket Invoices will not send", in_="#acme")
    modal = anna.modal()
    modal.fill("More", "Since 09:40, error 500")
    for question, answer in P2:
        modal.waits_for(question)
        modal.choose(question, answer)
    modal.waits_for("Priority 2, proposed from your answers")
    modal.waits_for("13:40")
    assert "SO-11, SO-15" in modal.text
    assert modal.values["open.details"]["open.details"]["value"] == "Since 09:40, error 500"
    modal.submit()
    assert "T-1" in anna.modal().text
    house.card("T-1")
    house.slack.expects("arbetet påbörjas senast", in_="#acme")
    house.is_quiet()


def test_starting_work_stops_the_clock_and_moving_on_brings_no_reminder(house: House) -> None:
    """The card says how far ahead of the promise it was; nobody is reminded of what is done."""
    number = house.opens(house.person("anna"), "Invoices will not send", *P2)
    card, ola = house.card(number), house.person("ola")
    house.moves_to(oslo("2026-11-23 10:12"))
    ola.clicks("Start work", on=card)
    house.slack.expects_edit(card, "3 h 28 min ahead of the promise")
    house.slack.expects_edit(card, "Owner: Ola Hansen")
    house.moves_to(oslo("2026-11-24 12:00"))
    house.is_quiet()


def test_why_shows_a_ledger_that_sums_to_the_target(house: House) -> None:
    """The account has the windows counted and the night skipped."""
    house.moves_to(oslo("2026-11-23 15:30"))
    number = house.opens(house.person("anna"), "Invoices will not send", *P2)
    card, ola = house.card(number), house.person("ola")
    ola.clicks("Why?", on=card)
    account = ola.modal()
    assert "15:30–17:00   1 h 30 min" in account.text
    assert "08:00–10:30   2 h 30 min" in account.text
    assert "4 h → due Tue 24 Nov 10:30, Europe/Stockholm" in account.text


def test_an_untouched_ticket_is_reminded_of_then_breached_then_escalated(house: House) -> None:
    """The owner is reminded at shares of the working time; the breach is said once to each."""
    number = house.opens(house.person("anna"), "Invoices will not send", *P2)
    card, ola = house.card(number), house.person("ola")
    ola.chooses("Assign", ola, on=card)
    house.moves_to(oslo("2026-11-23 13:30"))
    for left in ("2 h of working time left", "1 h of working time left", "24 min of working time left"):
        house.slack.expects(f"{number} due", to=ola)
        house.slack.expects(left, in_="#desk", thread=card)
    house.moves_to(oslo("2026-11-23 14:30"))
    house.slack.expects(f"{number}: breached", to=ola)
    house.slack.expects("is late", in_="#desk")
    house.slack.expects_edit(card, "escalated to Ingrid Berg (senior)")
    house.slack.expects("Det bryter avtalet", in_="#acme")
    house.moves_to(oslo("2026-11-24 16:00"))
    house.slack.expects("(management): T-1 is late", in_="#desk")
    house.is_quiet()
