"""What becomes of a claim: granted, declined or taken back, told the customer, shown and kept.

It is Tuesday 24 November 2026; Bykommune claimed 25 % of November's fee (PS-09).
"""

from fractions import Fraction

import pytest

from handlers.views.names import Action
from models.claim import Outcome, decisions_of
from sandbox import Message
from tests.stories.conftest import House, oslo
from tests.stories.downtimes import claims, ends, notes, reports
from tests.stories.scenes import forget, hears, presses_old


def claimed(house: House) -> Message:
    """The desk's message about a claim that Nina made; everything said so far is expected."""
    house.moves_to(oslo("2026-11-23 10:00"))
    downtime = notes(house, "2026-11-23 10:00", None, outage_id="O-1")
    house.moves_to(oslo("2026-11-23 10:30"))
    reports(house, "O-1")
    house.moves_to(oslo("2026-11-23 14:00"))
    ends(house, downtime, "2026-11-23 14:00")
    house.moves_to(oslo("2026-11-24 08:00"))
    offer = house.slack.expects("Bykommune kan kreve fradrag for november 2026", to=house.person("nina"))
    house.person("nina").clicks("Krev fradrag", on=offer)
    told = house.slack.expects("Bykommune claims its credit for November 2026", in_="#desk", thread=None)
    house.settles()
    forget(house)
    return told


def settles(house: House) -> None:
    """Wait until everything owed is said and everything polite is done."""
    house.settles()
    house.slack.idle()


@pytest.mark.clause("PS-13", "PS-09")
def test_a_granted_claim_is_told_in_the_customers_channel_without_a_figure_and_shown_with_it(house: House) -> None:
    told = claimed(house)
    per = house.person("per")
    per.clicks("Grant…", on=told)
    modal = per.modal()
    assert "'initial_value': '25'" in str(modal.blocks)
    assert not modal.fill("Amount", "12 500 kr").submit().errors
    settles(house)
    said = house.slack.expects("Kravet til Bykommune for november 2026 er", in_="#bykommune", thread=None)
    assert "innvilget*, tir. 24. nov. 08:00 CET av Per Lind" in said.words
    assert "%" not in said.words
    assert "12 500" not in said.words
    house.slack.expects_edit(told, "Granted")
    forget(house)
    shown = house.person("nina").types("/sla", in_="#bykommune").words.replace("*", "")
    assert "Innvilget tir. 24. nov. 08:00 CET av Per Lind · 25 % av månedsavgiften · 12 500 kr" in shown
    [claim] = claims(house)
    assert (claim.outcome, claim.state, decisions_of(claim)[0].fee) == (Outcome.GRANTED, "claimed", Fraction(1, 4))
    house.is_quiet()


@pytest.mark.clause("PS-13")
def test_another_share_than_the_computed_one_needs_a_reason_that_the_customer_reads(house: House) -> None:
    told = claimed(house)
    per = house.person("per")
    per.clicks("Grant…", on=told)
    modal = per.modal()
    share = "Share of the monthly fee, in percent"
    assert "no share of the monthly fee" in str(modal.fill(share, "140").submit().errors)
    assert "not the share that was computed" in str(modal.fill(share, "40,5 %").submit().errors)
    assert claims(house)[0].outcome is Outcome.OPEN
    assert not modal.fill("Why", "Dere ventet lenge.").submit().errors
    settles(house)
    said = house.slack.expects("Kravet til Bykommune", in_="#bykommune", thread=None)
    assert "Dere ventet lenge." in said.words
    assert decisions_of(claims(house)[0])[0].fee == Fraction(405, 1000)
    forget(house)


@pytest.mark.clause("PS-13")
def test_a_declined_claim_says_why_and_is_taken_back_within_two_weeks_and_not_later(house: House) -> None:
    told = claimed(house)
    per = house.person("per")
    per.clicks("Decline…", on=told)
    assert per.modal().submit().errors, "why is needed"
    assert not per.modal().fill("Why", "The server was the customer's own.").submit().errors
    settles(house)
    said = house.slack.expects("Kravet til Bykommune", in_="#bykommune", thread=None)
    assert "avslått" in said.words
    assert "The server was the customer's own." in said.words
    house.slack.expects_edit(told, "Declined")
    forget(house)
    house.moves_to(oslo("2026-12-08 08:00"))
    per.clicks("Take back…", on=told)
    assert not per.modal().fill("Why", "It was ours.").submit().errors
    settles(house)
    house.slack.expects("trukket tilbake", in_="#bykommune", thread=None)
    forget(house)
    per.clicks("Grant…", on=told)
    assert not per.modal().submit().errors
    settles(house)
    forget(house)
    outcomes = [each.outcome for each in decisions_of(claims(house)[0])]
    assert outcomes == [Outcome.DECLINED, Outcome.OPEN, Outcome.GRANTED]
    house.moves_to(oslo("2026-12-22 09:00"))
    per.clicks("Take back…", on=told)
    hears(house, per, "more than 14 days ago", in_="#desk")
    house.is_quiet()


@pytest.mark.clause("PS-13")
def test_who_is_no_senior_manager_or_administrator_decides_nothing(house: House) -> None:
    told = claimed(house)
    ola = house.person("ola")
    for button in ("Grant…", "Decline…"):
        ola.clicks(button, on=told)
        hears(house, ola, "Per Lind", in_="#desk")
    assert claims(house)[0].decisions is None
    house.is_quiet()


@pytest.mark.clause("PS-23")
def test_nobody_of_the_customer_decides_about_its_own_claim(house: House) -> None:
    told = claimed(house)
    assert told.channel
    nina = house.person("nina")
    nina.types("/sla", in_="#bykommune")
    shown = nina.private_answers(in_="#bykommune")[-1]
    assert "Grant" not in str(shown.blocks)
    presses_old(house, nina, shown, Action.CLAIM_GRANT, block="b", value=claims(house)[0].id)
    settles(house)
    assert claims(house)[0].decisions is None
    forget(house)


def test_of_two_who_decide_at_once_the_second_reads_who_was_first(house: House) -> None:
    told = claimed(house)
    per, sara = house.person("per"), house.person("sara")
    per.clicks("Grant…", on=told)
    mine = per.modal()
    sara.clicks("Decline…", on=told)
    hers = sara.modal().fill("Varför", "Nej.")
    assert not mine.submit().errors
    hers.submit()
    assert "Per Lind" in sara.modal().text
    assert claims(house)[0].outcome is Outcome.GRANTED
    settles(house)
    forget(house)


@pytest.mark.clause("PS-13")
def test_the_evidence_has_what_was_decided_and_what_the_customer_was_told(house: House) -> None:
    told = claimed(house)
    per = house.person("per")
    per.clicks("Decline…", on=told)
    per.modal().fill("Why", "The server was the customer's own.").submit()
    settles(house)
    house.person("ola").clicks("Evidence", on=told)
    house.slack.idle()
    assert house.vakt.aside.idle(60)
    written = next(iter(house.slack.world.workspace.files.values())).content.decode()
    assert "## What became of it" in written
    assert "Declined Tue 24 Nov 08:00 CET by Per Lind: The server was the customer's own." in written
    assert "to the customer: what was decided" in written
    forget(house)
