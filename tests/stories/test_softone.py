"""SoftOne's agreement at work: five priorities, work started in working hours, access, a way round."""

import json
import re
from datetime import date

import pytest
from sqlmodel import select

from bot.contracts import store_contracts
from models.contract_version import ContractVersion
from models.sla.policy import parse_policy
from models.ticket import Ticket
from tests.stories.conftest import P2, House, oslo
from tests.stories.scenes import GUIDANCE, opened

STARTS = "Does GO start, with all its essential parts available?"
BUSINESS = "Your business is"
OTHER_WAY = "Is there another way to get it done for now?"

STEPS = (
    (STARTS, "Yes", None),
    (BUSINESS, "none of these", ("Priority 5", "12:40", "SO-14, SO-15")),
    (BUSINESS, "important, but we can get round it", ("Priority 4", "12:40", "SO-13, SO-15")),
    (BUSINESS, "in part considerably harder", ("Priority 3", "12:40", "SO-12, SO-15")),
    (BUSINESS, "considerably harder", None),
    (OTHER_WAY, "Yes", ("Priority 3", "12:40", "SO-12, SO-15")),
    (OTHER_WAY, "No", ("Priority 2", "13:40", "SO-11, SO-15")),
    (STARTS, "No", None),
    (OTHER_WAY, "Yes", ("Priority 3", "12:40", "SO-12, SO-15")),
    (OTHER_WAY, "No", ("Priority 1", "11:40", "SO-10, SO-15")),
)
"""What is chosen in one view, and the class, the time and the clauses that follow from it."""


@pytest.mark.clause("SO-10", "SO-11", "SO-12", "SO-13", "SO-14", "SO-15", "SO-19")
def test_answers_come_to_each_priority_and_its_time_before_anything_is_opened(house: House) -> None:
    """The kinds are the contract's own; guidance asks nothing and is Priority 5."""
    anna = house.person("anna")
    anna.types("/ticket Invoices will not send", in_="#acme")
    modal = anna.modal()
    for kind in ("in the program", "in our technical environment", GUIDANCE, "an extra service"):
        assert kind in modal.text
    for question, answer, told in STEPS:
        modal.waits_for(question)
        modal.choose(question, answer)
        house.settles()
        for words in told or ():
            modal.waits_for(words)
    modal.choose("What is it?", GUIDANCE)
    modal.waits_for("Priority 5, unless the desk changes it")
    assert STARTS not in modal.text
    modal.close()
    house.is_quiet()


@pytest.mark.clause("SO-01", "SO-02")
def test_the_queue_goes_by_priority_and_then_by_what_falls_due_first(house: House) -> None:
    """A call is entered with the time it came; it stands before what came later but was typed in first."""
    opened(house)
    opened(house, *P2, summary="Invoices will not send")
    ola = house.person("ola")
    ola.types("/ticket Printing fails", in_="#acme")
    modal = ola.modal()
    modal.choose("How it came in", "Phone")
    modal.choose("Received at", "2026-11-23T08:30+01:00")
    for question, answer in P2:
        modal.waits_for(question)
        modal.choose(question, answer)
    modal.fill("Who asked", "Karin at the till")
    modal.waits_for("12:30")
    modal.submit()
    card = house.card("T-3")
    house.slack.expects_edit(card, re.compile("received by phone .* from Karin at the till, opened by Ola Hansen"))
    house.slack.expects("T-3", in_="#acme")
    ola.chooses("Assign", "Ingrid Berg", on=card)
    house.slack.expects_edit(card, "Owner: Ingrid Berg")
    listed = ola.types("/ticket list", in_="#desk").words
    assert listed.index("T-3") < listed.index("T-2") < listed.index("T-1")
    house.is_quiet()


@pytest.mark.clause("SO-16")
def test_waiting_for_access_stops_the_clock_and_the_customer_is_asked_until_it_is_given(house: House) -> None:
    """Two hours were used when it began to stand; they are all that is missing when it runs again."""
    ticket = opened(house, *P2)
    ola = house.person("ola")
    house.moves_to(oslo("2026-11-23 11:40"))
    house.slack.expects("Reminder (nobody owns it)", in_="#desk", thread=ticket.card)
    ola.chooses("Wait", "For access", on=ticket.card)
    modal = ola.modal()
    modal.choose("Work has not started yet", "Cannot begin without it")
    modal.fill("What is asked of the customer", "Please let us in to the invoice queue")
    modal.submit()
    house.slack.expects("vi behöver åtkomst för att komma vidare", in_="#acme", thread=ticket.theirs)
    house.slack.expects("the clock stands, 2 h of working time left (SO-15)", in_="#desk", thread=ticket.card)
    house.slack.expects_edit(ticket.card, "The clock stands: 2 h left")
    house.moves_to(oslo("2026-11-25 10:00"))
    house.slack.expects("vi behöver åtkomst", in_="#acme", thread=ticket.theirs)
    house.person("anna").types("You have access now", in_="#acme", thread=ticket.theirs)
    house.slack.expects("the wait for access is over", in_="#desk", thread=ticket.card)
    house.slack.expects_edit(ticket.card, "12:00")
    assert "waiting for access" in ola.types(f"/ticket why {ticket.name}", in_="#desk").words
    ola.clicks("Start work", on=ticket.card)
    house.is_quiet()


@pytest.mark.clause("SO-12")
def test_a_way_round_that_works_for_the_customer_makes_it_priority_3(house: House) -> None:
    """Not before the customer has said so; then it is planned anew from when it was reported."""
    ticket = opened(house, *P2)
    ola, anna = house.person("ola"), house.person("anna")
    ola.clicks("Workaround", on=ticket.card)
    ola.modal().fill("The way round", "Send them from the web portal").submit()
    offered = house.slack.expects("Send them from the web portal", in_="#acme", thread=ticket.theirs)
    house.slack.expects_edit(ticket.card, "not yet tried by the customer")
    assert "Priority 2" in ticket.card.now()
    anna.clicks("Den fungerar", on=offered)
    house.slack.expects_edit(ticket.card, "Priority 3")
    house.slack.expects("Orsak: den tillfälliga lösningen fungerar (SO-12)", in_="#acme", thread=ticket.theirs)
    house.slack.expects_edit(ticket.theirs, "Prioritet 3")
    assert "Tue 24 Nov 12:40" in ola.types(f"/ticket why {ticket.name}", in_="#desk").words
    house.is_quiet()


@pytest.mark.clause("SO-15")
def test_a_class_reached_again_says_nothing_twice_and_a_breach_stays(house: House) -> None:
    """What was late is late; what was said at Priority 2 is not said again when it is Priority 2 again."""
    ticket = opened(house, *P2)
    ola = house.person("ola")
    ola.chooses("Assign", ola, on=ticket.card)
    house.moves_to(oslo("2026-11-23 14:00"))
    house.slack.forgets()
    for number, answer in (("4", "48"), ("2", "4")):
        ola.clicks("Severity…", on=ticket.card)
        modal = ola.modal()
        modal.choose("Class", f"Priority {number} (SO-1{'3' if number == '4' else '1'})")
        modal.fill("Reason", f"it is worth {answer} hours")
        modal.submit()
        house.slack.expects(f"{answer} hours", in_="#acme", thread=ticket.theirs)
    house.slack.expects_edit(ticket.card, re.compile("Breached .*13:40"))
    house.moves_to(oslo("2026-11-23 15:00"))
    house.is_quiet()


@pytest.mark.clause("SO-09")
def test_new_terms_hold_from_the_first_of_the_month_and_never_for_what_is_open(house: House) -> None:
    """Published on 23 November, they apply to what is opened on 1 December in Stockholm."""
    before = opened(house)
    with house.vakt.database.transaction() as session:
        kept = session.exec(select(ContractVersion).where(ContractVersion.contract == "softone")).one()
        document = json.loads(kept.content)
        document["published"] = date(2026, 11, 23).isoformat()
        document["promises"]["p4_p5"]["target"]["amount"] = "24h"
        store_contracts(session, house.vakt.team.team_id, [parse_policy(document, "next")], house.now())
    same_month = opened(house)
    house.moves_to(oslo("2026-12-01 00:20"))
    house.slack.forgets()
    after = opened(house)
    why = house.person("ola").types
    assert "48 h" in why(f"/ticket why {before.name}", in_="#desk").words
    assert "48 h" in why(f"/ticket why {same_month.name}", in_="#desk").words
    assert "24 h" in why(f"/ticket why {after.name}", in_="#desk").words
    with house.vakt.database.reading() as session:
        versions = [each.contract_version_id for each in session.exec(select(Ticket).order_by(Ticket.number))]  # type: ignore[arg-type]
    assert versions[0] == versions[1] != versions[2]
