"""From an outage that counted to a claim: offered the day after, reminded of, made once, or lapsed.

It is Monday 23 November 2026. An outage from 10:00 to 14:00 leaves Bykommune 99.444 % of the month.
"""

from datetime import timedelta

import pytest

from handlers.views.names import Action
from models.claim import ClaimState
from models.sla.contract import Scope
from sandbox import Message
from tests.stories.conftest import House, oslo
from tests.stories.downtimes import agrees_otherwise, claims, ends, notes, reports, speaks
from tests.stories.scenes import forget, presses_old

OUTAGE = "O-1"


def outage(house: House, *, reported: bool = True) -> str:
    """The outage, reported by Nina while it lasted."""
    house.moves_to(oslo("2026-11-23 10:00"))
    downtime = notes(house, "2026-11-23 10:00", None, outage_id=OUTAGE)
    house.moves_to(oslo("2026-11-23 10:30"))
    if reported:
        reports(house, OUTAGE)
    house.moves_to(oslo("2026-11-23 14:00"))
    ends(house, downtime, "2026-11-23 14:00")
    return downtime


def offered(house: House) -> Message:
    """The offer, once it is there the morning after."""
    outage(house)
    house.moves_to(oslo("2026-11-24 08:00"))
    return house.slack.expects("Bykommune kan kreve fradrag for november 2026", to=house.person("nina"))


@pytest.mark.clause("PS-13")
def test_the_day_after_whoever_reported_it_reads_the_credit_and_the_day_it_lapses(house: House) -> None:
    outage(house)
    house.moves_to(oslo("2026-11-24 07:59"))
    house.is_quiet()
    house.moves_to(oslo("2026-11-24 08:00"))
    offer = house.slack.expects("Bykommune kan kreve fradrag", to=house.person("nina"))
    assert "Retten faller bort man. 21. des. kl. 24.00." in offer.words
    assert "Foreløpig fradrag: 25 % av månedsavgiften · PS-09" in offer.words.replace("*", "")
    assert "kan kreves til man. 21. des. 24.00" in offer.words
    assert "meldt man. 23. nov. 10:30 CET" in offer.words
    house.is_quiet()


def test_where_whoever_reported_it_has_left_another_contact_reads_the_offer(house: House) -> None:
    outage(house)
    speaks(house, "erik")
    house.slack.changes_account(house.person("nina"), deleted=True)
    house.moves_to(oslo("2026-11-24 08:00"))
    house.slack.expects("Bykommune kan kreve fradrag", to=house.person("erik"))
    house.is_quiet()


@pytest.mark.clause("PS-13")
def test_a_press_claims_it_once_tells_the_desk_without_a_figure_and_keeps_the_arithmetic(house: House) -> None:
    offer = offered(house)
    nina = house.person("nina")
    nina.clicks("Krev fradrag", on=offer)
    told = house.slack.expects("Bykommune claims its credit for November 2026 (PS-13).", in_="#desk", thread=None)
    assert "%" not in told.words
    house.slack.expects_edit(offer, "er krevd, tir. 24. nov. 08:00 CET av Nina Moe.")
    [claim] = claims(house)
    assert (claim.state, claim.period, claim.registered_by) == (ClaimState.CLAIMED, "2026-11", None)
    assert (claim.figure["share"], claim.figure["fee"], claim.figure["provisional"]) == ("179/180", "1/4", True)
    assert "Nina Moe var først" in house.person("nina").types("/sla claim", in_="#bykommune").words
    house.moves_to(oslo("2026-12-31 12:00"))
    house.is_quiet()


@pytest.mark.clause("PS-13", "PS-23")
def test_the_evidence_comes_as_two_files_in_a_direct_message_and_to_nobody_else(house: House) -> None:
    offer = offered(house)
    nina, ola = house.person("nina"), house.person("ola")
    nina.clicks("Krev fradrag", on=offer)
    told = house.slack.expects("Bykommune claims its credit", in_="#desk", thread=None)
    house.slack.expects_edit(offer, "er krevd")
    ola.clicks("Evidence", on=told)
    house.slack.idle()
    assert house.vakt.aside.idle(60)
    above = house.slack.expects("The evidence of the claim of Bykommune for 2026-11", to=ola)
    files = list(house.slack.world.workspace.files.values())
    assert [(one.name, one.channels) for one in files] == [
        ("claim-bykommune-2026-11.md", [above.channel]),
        ("claim-bykommune-2026-11.csv", [above.channel]),
    ]
    assert files[0].content.decode().startswith("# Bykommune: November 2026")
    forget(house)
    marit = house.person("marit")
    marit.types("/sla", in_="#fjordvideo")
    shown = marit.private_answers(in_="#fjordvideo")[-1]
    presses_old(house, marit, shown, Action.CLAIM_EVIDENCE, block="b", value=claims(house)[0].id)
    house.settles()
    assert len(house.slack.world.workspace.files) == 2
    forget(house)


@pytest.mark.clause("PS-13")
def test_an_agent_claims_on_the_customers_behalf_while_the_month_lasts(house: House) -> None:
    outage(house)
    said = house.person("ola").types("/sla claim bykommune 2026-11", in_="#desk").words
    assert "The credit of Bykommune for November 2026 is claimed" in said
    house.slack.expects("Bykommune claims its credit for November 2026", in_="#desk", thread=None)
    house.slack.expects("Fradraget til Bykommune for november 2026 er krevd", to=house.person("nina"))
    [claim] = claims(house)
    assert (claim.state, claim.registered_by is not None) == (ClaimState.CLAIMED, True)
    forget(house)
    house.moves_to(oslo("2026-11-24 08:00"))
    house.is_quiet()


@pytest.mark.clause("PS-13")
def test_a_reminder_comes_three_days_before_and_a_claim_a_day_late_is_refused_with_its_clause(house: House) -> None:
    offer = offered(house)
    nina = house.person("nina")
    house.moves_to(oslo("2026-12-18 23:59"))
    house.is_quiet()
    house.moves_to(oslo("2026-12-19 00:00"))
    house.slack.expects("En påminnelse: Retten faller bort man. 21. des. kl. 24.00.", to=nina)
    house.moves_to(oslo("2026-12-21 23:59"))
    house.is_quiet()
    house.moves_to(oslo("2026-12-22 00:00"))
    house.slack.expects_edit(offer, "har falt bort")
    [claim] = claims(house)
    assert claim.state == ClaimState.LAPSED
    said = nina.types("/sla claim 2026-11", in_="#bykommune").words
    assert "Retten til dette fradraget falt bort man. 21. des. kl. 24.00 (PS-13), så det ble ikke krevd." in said
    house.is_quiet()


@pytest.mark.clause("PS-13")
def test_without_a_report_in_time_nothing_is_offered_and_a_claim_is_refused(house: House) -> None:
    outage(house, reported=False)
    house.moves_to(oslo("2026-11-24 16:01"))  # after the closing of the first working day
    reports(house, OUTAGE)
    house.moves_to(oslo("2026-11-25 12:00"))
    assert not claims(house)
    said = house.person("nina").types("/sla claim", in_="#bykommune").words
    assert "Det ble ikke meldt da det skjedde, slik avtalen ber om (PS-13)" in said
    house.is_quiet()


@pytest.mark.clause("PS-13")
def test_an_agent_notes_a_report_that_came_by_phone_with_its_own_time(house: House) -> None:
    outage(house, reported=False)
    house.moves_to(oslo("2026-11-26 12:00"))
    ola = house.person("ola")
    assert (
        "Bykommune reported O-1 Mon 23 Nov 11:15 CET"
        in ola.types("/sla affected bykommune o-1 2026-11-23T11:15", in_="#desk").words
    )
    house.slack.expects("Bykommune kan kreve fradrag for november 2026", to=house.person("nina"))
    for typed, said in (
        ("bykommune O-9 2026-11-23T11:15", "There is no downtime of O-9 that concerns this customer."),
        ("bykommune O-1 2026-11-29T11:15", "has not come yet"),
        ("bykommune O-1 0001-01-01T00:00", "A report needs a customer, an outage and when it was reported."),
        ("bykommune O-1 yesterday", "A report needs a customer, an outage and when it was reported."),
        ("bykommune O-1", "A report needs a customer"),
    ):
        assert said in ola.types(f"/sla affected {typed}", in_="#desk").words
    assert (
        "Ola Hansen"
        in house.person("nina").types("/sla affected bykommune O-1 2026-11-23T11:15", in_="#bykommune").words
    ), "a report on a customer's behalf is the desk's"
    house.is_quiet()


@pytest.mark.clause("PS-13")
def test_a_report_until_the_closing_of_the_next_working_day_is_in_time(house: House) -> None:
    outage(house, reported=False)
    house.moves_to(oslo("2026-11-24 15:59"))
    reports(house, OUTAGE)
    house.settles()
    house.slack.expects("Bykommune kan kreve fradrag for november 2026", to=house.person("nina"))
    house.is_quiet()


@pytest.mark.clause("PS-13")
def test_a_claim_covers_what_has_not_lapsed_and_lists_what_has(house: House) -> None:
    """Four hours on the 2nd lapse on the 30th at 24:00; eight on the 23rd are 98.889 % alone, 50 %."""
    notes(house, "2026-11-02 10:00", "2026-11-02 14:00", outage_id="O-0")
    reports(house, "O-0", at="2026-11-02 10:30")
    house.settles()
    forget(house)
    house.moves_to(oslo("2026-11-23 20:00"))
    notes(house, "2026-11-23 11:00", "2026-11-23 19:00", outage_id=OUTAGE)
    reports(house, OUTAGE, at="2026-11-23 12:00")
    house.moves_to(oslo("2026-12-01 08:00"))
    forget(house)
    said = house.person("nina").types("/sla claim 2026-11", in_="#bykommune").words.replace("*", "")
    assert "98,333 % tilgjengelig" in said
    assert "Det som kan kreves alene, gir 98,888 %." in said
    assert "Fradrag: 50 % av månedsavgiften" in said
    assert "falt bort man. 30. nov. kl. 24.00" in said
    made = [each for each in claims(house) if each.state == ClaimState.CLAIMED]
    assert [(len(each.covers), len(each.lapsed)) for each in made] == [(1, 1)]
    forget(house)


@pytest.mark.clause("PS-13")
def test_a_second_claim_of_a_month_is_for_what_the_first_leaves(house: House) -> None:
    """Four hours are 25 %; five more are 98.75 %, 50 % in all: the other 25 % are left, not 50 % again."""
    offer = offered(house)
    nina = house.person("nina")
    nina.clicks("Krev fradrag", on=offer)
    house.settles()
    forget(house)
    house.moves_to(oslo("2026-11-25 16:00"))
    notes(house, "2026-11-25 11:00", "2026-11-25 16:00", outage_id="O-2")
    reports(house, "O-2")
    house.moves_to(oslo("2026-11-26 08:00"))
    again = house.slack.expects("Bykommune kan kreve fradrag for november 2026", to=nina)
    assert "Foreløpig fradrag: 25 % av månedsavgiften" in again.words.replace("*", "")
    assert "50 % til sammen, hvorav 25 % er krevd tidligere." in again.words
    nina.clicks("Krev fradrag", on=again)
    house.settles()
    assert [each.figure["fee"] for each in claims(house)] == ["1/4", "1/4"]
    assert "Nina Moe var først" in nina.types("/sla claim", in_="#bykommune").words
    forget(house)


@pytest.mark.clause("PS-13")
def test_nothing_is_offered_again_where_more_downtime_gives_no_more(house: House) -> None:
    offer = offered(house)
    nina = house.person("nina")
    nina.clicks("Krev fradrag", on=offer)
    house.settles()
    forget(house)
    house.moves_to(oslo("2026-11-25 16:00"))
    notes(house, "2026-11-25 15:00", "2026-11-25 16:00", outage_id="O-2")
    reports(house, "O-2")
    house.moves_to(oslo("2026-11-27 08:00"))
    assert "Nina Moe var først" in nina.types("/sla claim", in_="#bykommune").words
    assert len(claims(house)) == 1
    house.is_quiet()


@pytest.mark.clause("PS-13")
def test_what_was_claimed_in_time_counts_on_when_the_rest_is_claimed_later(house: House) -> None:
    """Four hours on the 2nd were claimed in time; five on the 23rd are 98.75 % with them, though the 2nd has lapsed."""
    notes(house, "2026-11-02 10:00", "2026-11-02 14:00", outage_id="O-0")
    reports(house, "O-0", at="2026-11-02 10:30")
    nina = house.person("nina")
    assert "er krevd" in nina.types("/sla claim 2026-11", in_="#bykommune").words
    house.moves_to(oslo("2026-11-23 20:00"))
    notes(house, "2026-11-23 11:00", "2026-11-23 16:00", outage_id=OUTAGE)
    reports(house, OUTAGE, at="2026-11-23 12:00")
    house.moves_to(oslo("2026-12-01 08:00"))
    forget(house)
    nina.types("/sla claim 2026-11", in_="#bykommune")
    made = [each for each in claims(house) if each.state == ClaimState.CLAIMED]
    assert [each.figure["fee"] for each in made] == ["1/4", "1/4"]
    forget(house)


@pytest.mark.clause("PS-13")
def test_what_was_claimed_while_it_lasted_and_went_on_may_be_claimed_for_the_rest(house: House) -> None:
    """Claimed after four hours, 25 %; it ends after nine, 50 % in all."""
    downtime = notes(house, "2026-11-23 04:00", None, outage_id=OUTAGE)
    reports(house, OUTAGE)
    nina = house.person("nina")
    assert "25 %" in nina.types("/sla claim", in_="#bykommune").words
    house.moves_to(oslo("2026-11-23 13:00"))
    ends(house, downtime, "2026-11-23 13:00")
    forget(house)
    house.moves_to(oslo("2026-11-24 08:00"))
    offer = house.slack.expects("Bykommune kan kreve fradrag for november 2026", to=nina)
    assert "50 % til sammen, hvorav 25 % er krevd tidligere." in offer.words
    forget(house)


def test_what_does_not_count_or_gives_nothing_is_not_offered(house: House) -> None:
    notes(house, "2026-11-10 10:00", "2026-11-10 20:00", outage_id="O-2", scope=Scope.SOME_USERS)
    notes(house, "2026-11-11 10:00", "2026-11-11 10:10", outage_id="O-3")
    for each in ("O-2", "O-3"):
        reports(house, each, at="2026-11-11 10:05" if each == "O-3" else "2026-11-10 11:00")
    house.moves_to(house.now() + timedelta(days=2))
    assert not claims(house)
    house.is_quiet()


def test_an_outage_over_the_end_of_a_month_is_offered_for_both(house: House) -> None:
    house.moves_to(oslo("2026-12-01 06:00"))
    notes(house, "2026-11-30 19:00", "2026-12-01 05:00", outage_id="O-4")
    reports(house, "O-4", at="2026-11-30 20:00")
    house.moves_to(oslo("2026-12-02 08:00"))
    nina = house.person("nina")
    house.slack.expects("kan kreve fradrag for november 2026", to=nina)
    house.slack.expects("kan kreve fradrag for desember 2026", to=nina)
    assert sorted(each.period for each in claims(house)) == ["2026-11", "2026-12"]
    house.is_quiet()


@pytest.mark.clause("PS-13")
@pytest.mark.parametrize("day", ["2026-12-01", "2026-11-25"], ids=["with the month", "in its midst"])
@pytest.mark.parametrize("contract", ["pindena", "easymeeting", None], ids=["none", "another", "left"])
def test_who_changed_its_agreement_since_claims_what_the_one_before_gives(
    house: House, day: str, contract: str | None
) -> None:
    """Its part of a month of 720 hours, or of 576: four hours are 25 % of the fee in both."""
    offer = offered(house)
    agrees_otherwise(house, day, contract)
    nina = house.person("nina")
    house.moves_to(oslo("2026-12-02 08:00"))
    forget(house)
    nina.clicks("Krev fradrag", on=offer)
    house.slack.expects("Bykommune claims its credit for November 2026 (PS-13).", in_="#desk", thread=None)
    house.slack.expects_edit(offer, "er krevd")
    [claim] = [each for each in claims(house) if each.state == ClaimState.CLAIMED]
    assert (claim.contract, claim.figure["fee"]) == ("pureservice", "1/4")
    assert "var først" in nina.types("/sla claim 2026-11", in_="#bykommune").words
    forget(house)


def test_what_ended_before_the_agreement_did_is_offered_afterwards(house: House) -> None:
    outage(house)
    agrees_otherwise(house, "2026-11-24", "pindena")
    house.moves_to(oslo("2026-11-24 08:00"))
    house.slack.expects("Bykommune kan kreve fradrag for november 2026", to=house.person("nina"))
    house.is_quiet()


@pytest.mark.clause("EM-15")
def test_a_year_is_claimed_on_request_by_service_with_nothing_to_report(house: House) -> None:
    """234 of 8,760 hours of 2026: 1.67 points below 99 %; one whole point gives 2.5 %."""
    notes(house, "2026-06-01 00:00", "2026-06-10 18:00", services=("video",))
    marit = house.person("marit")
    said = marit.types("/sla claim 2026", in_="#fjordvideo").words.replace("*", "")
    assert "Fradraget til Fjordvideo for 2026 · Video meetings er krevd" in said
    assert "2,5 % av månedsavgiften" in said
    assert "1 prosentpoeng tapt; regnet på den andre måten 5 %." in said
    house.slack.expects("Fjordvideo claims its credit for 2026 · Video meetings (EM-15).", in_="#desk", thread=None)
    forget(house)


@pytest.mark.clause("PS-23")
def test_another_customer_cannot_claim_by_a_button_that_is_not_its_own(house: House) -> None:
    offered(house)
    [claim] = claims(house)
    marit = house.person("marit")
    marit.types("/sla", in_="#fjordvideo")
    shown = marit.private_answers(in_="#fjordvideo")[-1]
    forget(house)
    presses_old(house, marit, shown, Action.CLAIM, block="b", value=claim.id)
    forget(house)
    assert claims(house)[0].state == ClaimState.OFFERED
