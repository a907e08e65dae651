"""Products at work: who opens says what it is about, and the specialist for it gets the ticket."""

import re
from typing import Any

import pytest
from sqlmodel import select

from models.customer import Customer
from models.history import Event
from sandbox import Message
from tests.stories.conftest import P2, House
from tests.stories.scenes import clocks, events, stored


def _opens(house: House, product: str | None, *, asked: bool = True) -> Message:
    """Open a Priority 2 about a product; gives the desk's card."""
    anna = house.person("anna")
    anna.types("/ticket Invoices will not send", in_="#acme")
    modal = anna.modal()
    assert ("Choose a product" in str(modal.view.body)) is asked
    for question, answer in P2:
        modal.waits_for(question)
        modal.choose(question, answer)
    modal.waits_for("Priority 2")
    if product is not None:
        modal.choose("Product", product)
    house.slack.idle()
    assert house.vakt.aside.idle(5)
    submitted = modal.submit()
    assert not submitted.errors, submitted.errors
    number = re.search(r"T-\d+", anna.modal().waits_for("T-").text)
    assert number is not None
    anna.modal().close()
    house.slack.expects(number[0], in_="#acme", thread=None)
    return house.card(number[0])


def _acme(house: House, **values: Any) -> None:
    with house.vakt.database.transaction() as session:
        acme = session.exec(select(Customer).where(Customer.key == "acme")).one()
        for name, value in values.items():
            setattr(acme, name, value)


@pytest.mark.clause("SO-02")
def test_the_specialist_for_the_product_gets_the_ticket_and_no_clock_stops(house: House) -> None:
    """It is assigned as it is opened, by the agreement and by nobody; the history says so."""
    card = _opens(house, "GO")
    house.slack.expects("Owner: <@U0OLA>, specialist for GO (SO-02)", in_="#desk", thread=card)
    assert "Acme · SoftOne AB · GO · opened by Anna Svensson" in card.words
    assert "Owner: Ola Hansen" in card.words
    assert events(house, "T-1") == [Event.OPENED, Event.ASSIGNED]
    assert clocks(house, "T-1")["start_of_work"].state == "running"
    shown = house.person("ola").types("/ticket list mine", in_="#desk").words
    assert "T-1" in shown
    house.is_quiet()


@pytest.mark.clause("SO-02")
@pytest.mark.parametrize("product", ["Web portal", None])
def test_without_a_specialist_or_a_product_it_stays_with_nobody(house: House, product: str | None) -> None:
    """Nothing is turned away at the door for not knowing which product it is."""
    card = _opens(house, product)
    assert "Owner: nobody yet" in card.words
    assert events(house, "T-1") == [Event.OPENED]
    assert (stored(house, "T-1").product_id is None) is (product is None)
    house.is_quiet()


@pytest.mark.clause("SO-02")
def test_the_only_product_of_a_customer_is_taken_unasked(house: House) -> None:
    """Who has one choice is not asked to choose."""
    _acme(house, products=["payroll"])
    card = _opens(house, None, asked=False)
    house.slack.expects("specialist for Payroll (SO-02)", in_="#desk", thread=card)
    assert "Owner: Ingrid Berg" in card.words
    house.is_quiet()


@pytest.mark.clause("SO-02", "HP-17")
def test_a_class_that_only_senior_people_own_is_not_given_to_a_specialist_who_is_none(house: House) -> None:
    """Here one customer's own agreement keeps Priority 2 for seniors; Ola is none, Ingrid is."""
    _acme(house, overrides={"severities.P2.junior_may_own": False})
    assert "Owner: nobody yet" in _opens(house, "GO").words
    assert "Owner: Ingrid Berg" in _opens(house, "Payroll").words
    house.is_quiet()
