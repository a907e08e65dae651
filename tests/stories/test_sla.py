"""`/sla`: what counted, what did not, and the credit; private, and each customer its own. It is Monday 23 November."""

import pytest

from handlers.views.names import Action
from models.downtime import MaintenanceDowntime, Scope
from sandbox import Message
from tests.stories.conftest import House, oslo
from tests.stories.downtimes import agrees_otherwise, ends, noted, notes
from tests.stories.scenes import forget, hears, presses_old


def asks(house: House, who: str, text: str, in_: str) -> str:
    """The private answer to a command, without bold."""
    return str(house.person(who).types(text, in_=in_).words).replace("*", "")


@pytest.mark.clause("PS-09", "PS-10", "PS-11", "PS-05")
def test_a_customer_reads_its_own_month_in_its_language_with_clause_and_arithmetic(house: House) -> None:
    """4 of November's 720 hours: 99.444 %, below 99.5 % and not below 99 %."""
    notes(house, "2026-11-10 09:00", "2026-11-10 13:00", outage_id="O-1")
    notes(house, "2026-11-11 09:00", "2026-11-11 10:00", scope=Scope.SOME_USERS)
    notes(house, "2026-11-12 22:00", "2026-11-12 23:00", maintenance=MaintenanceDowntime.MAJOR_UPGRADE)
    said = asks(house, "nina", "/sla", "#bykommune")
    assert "Bykommune: november 2026" in said
    assert "99,444 % tilgjengelig · mål 99,5 %: under · garantert · PS-09" in said
    assert "Nede 4 t av 720 t" in said
    assert "tir. 10. nov. 09:00–13:00 · 4 t · Customer portal · O-1" in said
    assert "noen kunne ikke bruke den · PS-10" in said
    assert "en stor oppgradering · PS-11" in said
    assert "Foreløpig fradrag: 25 % av månedsavgiften · PS-09" in said
    assert "99,444444 % er under 99,5 %." in said
    assert "Engangsavgifter gir ingenting tilbake. · PS-13" in said
    house.is_quiet()


@pytest.mark.clause("PS-23")
@pytest.mark.parametrize("typed", ["/sla bykommune", "/sla nobody", "/sla claim bykommune"])
def test_another_customers_figures_are_as_if_they_were_not_there(house: House, typed: str) -> None:
    notes(house, "2026-11-10 09:00", "2026-11-10 13:00")
    said = asks(house, "marit", typed, "#fjordvideo")
    assert "Det er ingen kunde «" in said
    assert "%" not in said
    house.is_quiet()


@pytest.mark.clause("EM-13", "EM-14")
def test_each_service_has_its_own_figure_where_the_contract_measures_so(house: House) -> None:
    notes(house, "2026-11-10 09:00", "2026-11-10 13:00", services=("video",))
    said = asks(house, "marit", "/sla", "#fjordvideo")
    assert "Fjordvideo · Video meetings: de siste 12 månedene" in said
    assert "Fjordvideo · Customer portal: de siste 12 månedene" in said
    assert "100 % tilgjengelig" in said
    assert "Ingen nedetid på" in said
    assert said.count("Et år er et kalenderår") == 1
    house.is_quiet()


@pytest.mark.clause("PI-04")
def test_experience_is_shown_with_and_without_maintenance_and_promises_nothing(house: House) -> None:
    notes(house, "2026-11-10 09:00", "2026-11-10 13:00", maintenance=MaintenanceDowntime.PLANNED)
    said = asks(house, "kari", "/sla 2026-11", "#nordkonf")
    assert "Med alt vedlikehold talt med 99,444 %, uten 100 %" in said
    assert "Ingenting godskrives. · PI-04" in said
    house.is_quiet()


@pytest.mark.clause("HP-08")
def test_planned_downtime_counts_where_nothing_is_left_out(house: House) -> None:
    notes(house, "2026-11-10 09:00", "2026-11-10 13:00", services=("app",), maintenance=MaintenanceDowntime.PLANNED)
    said = asks(house, "erik", "/sla", "#talentia")
    assert "Talentia: 2026" in said
    assert "Nere 4 tim av 8760 tim" in said
    assert "mål 99 %: hållet · garanterat · HP-08" in said
    house.is_quiet()


def test_the_desk_reads_all_its_customers_and_turns_the_months_of_one(house: House) -> None:
    notes(house, "2026-10-10 09:00", "2026-10-10 14:00")
    ola = house.person("ola")
    said = asks(house, "ola", "/sla 2026-10", "#desk")
    assert "Bykommune · October 2026 · 99.328 % · target 99.5 %: below" in said
    assert "Nothing is promised about availability to Acme." in said
    forget(house)
    ola.types("/sla bykommune 2026-11", in_="#desk")
    shown = ola.private_answers(in_="#desk")[-1]
    assert "No downtime was noted." in shown.words
    forget(house)
    ola.clicks("Earlier", on=shown)
    assert "Down 5 h of 745 h" in hears(house, ola, "Bykommune, October 2026", in_="#desk").words
    house.is_quiet()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/sla 2026-13", '"2026-13" is no period.'),
        ("/sla bykommune 2026-12", "2026-12 has not begun."),
        ("/sla claim bykommune 2027", "2027 has not begun."),
        ("/sla acme", "The agreement of Acme promises nothing about availability."),
        ("/sla bykommune 2025-11", "Bykommune was under no agreement then."),
        ("/sla bykommune acme", '"bykommune acme" is no period.'),
        ("/sla claim", "A claim is made for one customer and one period."),
        ("/sla claim bykommune", "There is no credit to claim for 2026-11: the availability gives none (PS-09)."),
        ("/sla claim nordkonf", "There is no credit to claim for Nordkonf: the availability gives none (PI-04)."),
        ("/sla help", "/sla claim"),
    ],
)
def test_what_cannot_be_shown_or_claimed_is_refused_in_words(house: House, typed: str, said: str) -> None:
    assert said in asks(house, "ola", typed, "#desk")
    house.is_quiet()


@pytest.mark.clause("PS-12", "PS-29")
def test_an_agent_leaves_an_interval_out_with_a_reason_of_the_contract_for_one_customer(house: House) -> None:
    downtime = notes(house, "2026-11-10 09:00", "2026-11-10 13:00")
    ola = house.person("ola")
    ola.types("/sla bykommune", in_="#desk")
    shown = ola.private_answers(in_="#desk")[-1]
    forget(house)
    ola.clicks("Leave out", on=shown)
    modal = ola.modal()
    modal.choose("The agreement's reason", "a platform or configuration that is not supported (PS-29)")
    assert modal.submit().errors, "why is needed"
    assert not modal.fill("What happened, for the record", "Their server ran an old version").submit().errors
    ola.modal().waits_for("It is left out for Bykommune; who and why is kept.")
    ola.modal().close()
    kept = noted(house, downtime)
    assert list(kept.exclusions.values()) == ["unsupported_platform"]
    assert [entry["event"] for entry in kept.changes] == ["opened", "excluded"]
    theirs = asks(house, "nina", "/sla", "#bykommune")
    assert "en plattform eller et oppsett som ikke støttes · PS-29" in theirs
    assert "100 % tilgjengelig" in theirs
    assert "99,444 % tilgjengelig" in asks(house, "kari", "/sla 2026-11", "#nordkonf"), "others' still counts"
    forget(house)
    ola.types("/sla bykommune", in_="#desk")
    again = ola.private_answers(in_="#desk")[-1]
    forget(house)
    ola.clicks("Count it", on=again)
    hears(house, ola, "It counts again for Bykommune", in_="#desk")
    assert noted(house, downtime).exclusions == {}
    house.is_quiet()


@pytest.mark.clause("PS-12")
def test_an_interval_is_left_out_by_the_contract_that_held_when_it_was(house: House) -> None:
    """From 1 December Bykommune is under a contract that leaves nothing out; November is still the other's."""
    downtime = notes(house, "2026-11-10 09:00", "2026-11-10 13:00")
    agrees_otherwise(house, "2026-12-01", "heartpace")
    house.moves_to(oslo("2026-12-02 09:00"))
    ola = house.person("ola")
    ola.types("/sla bykommune 2026-11", in_="#desk")
    shown = ola.private_answers(in_="#desk")[-1]
    forget(house)
    ola.clicks("Leave out", on=shown)
    modal = ola.modal()
    modal.choose("The agreement's reason", "a test instance (PS-12)")
    assert not modal.fill("What happened, for the record", "It was the test instance").submit().errors
    assert list(noted(house, downtime).exclusions.values()) == ["test_instance"]
    forget(house)


@pytest.mark.clause("EM-14")
def test_overlapping_intervals_are_proposed_as_one_and_an_agent_confirms(house: House) -> None:
    first = notes(house, "2026-11-10 09:00", "2026-11-10 12:00")
    second = notes(house, "2026-11-10 11:00", "2026-11-10 13:00")
    ola = house.person("ola")
    ola.types("/sla bykommune", in_="#desk")
    shown = ola.private_answers(in_="#desk")[-1]
    assert "These two overlap and may be one" in shown.words
    forget(house)
    ola.clicks("Merge", on=shown)
    hears(house, ola, "They are one now", in_="#desk")
    ola.clicks("Merge", on=shown)
    hears(house, ola, "These two are merged already", in_="#desk")
    one, other = noted(house, first), noted(house, second)
    assert (one.ended_at, other.merged_into) == (other.ended_at, one.id)
    said = asks(house, "nina", "/sla", "#bykommune")
    assert "Nede 4 t av 720 t" in said
    assert "en annen periode står for den" in said
    house.is_quiet()


def shows(house: House) -> Message:
    """What Ola reads about Bykommune now; everything said so far is expected."""
    ola = house.person("ola")
    ola.types("/sla bykommune", in_="#desk")
    shown = ola.private_answers(in_="#desk")[-1]
    forget(house)
    return shown


@pytest.mark.clause("EM-14")
def test_who_keeps_two_intervals_apart_is_named_and_nobody_is_asked_again_until_it_is_changed(house: House) -> None:
    first = notes(house, "2026-11-10 09:00", "2026-11-10 12:00")
    second = notes(house, "2026-11-10 11:00", "2026-11-10 13:00")
    third = notes(house, "2026-11-10 11:30", "2026-11-10 11:45")
    ola, shown = house.person("ola"), shows(house)
    ola.clicks("Keep apart", on=shown)
    hears(house, ola, "They stay two", in_="#desk")
    ola.clicks("Keep apart", on=shown)
    hears(house, ola, "These two are merged already", in_="#desk")
    kept = noted(house, second)
    assert (kept.apart, noted(house, first).apart, noted(house, third).apart) == ([first], [second], None)
    assert [entry["event"] for entry in kept.changes] == ["opened", "merge_refused"]
    again = shows(house)
    assert again.words.count("These two overlap and may be one") == 2, "of the third somebody is still to say"
    presses_old(house, ola, again, Action.SLA_MERGE, block="b", value=f"{first}:{second}")
    hears(house, ola, "They are one now", in_="#desk")
    assert (noted(house, second).merged_into, noted(house, second).apart) == (first, None)
    forget(house)


@pytest.mark.clause("EM-14")
def test_what_was_merged_is_taken_apart_again_unless_it_was_changed_since(house: House) -> None:
    first = notes(house, "2026-11-10 09:00", "2026-11-10 12:00")
    second = notes(house, "2026-11-10 11:00", "2026-11-10 13:00")
    ola = house.person("ola")
    ola.clicks("Merge", on=shows(house))
    hears(house, ola, "They are one now", in_="#desk")
    merged = shows(house)
    assert "merged Mon 23 Nov" in merged.words
    ola.clicks("Take apart", on=merged)
    hears(house, ola, "They are two again", in_="#desk")
    one, other = noted(house, first), noted(house, second)
    assert (one.ended_at, other.merged_into, other.is_merged) == (oslo("2026-11-10 12:00"), None, False)
    assert [entry["event"] for entry in other.changes] == ["opened", "merge_confirmed", "taken_apart"]
    ola.clicks("Merge", on=shows(house))
    hears(house, ola, "They are one now", in_="#desk")
    ends(house, first, "2026-11-10 14:00")
    ola.clicks("Take apart", on=shows(house))
    hears(house, ola, "was changed since they were merged", in_="#desk")
    assert noted(house, second).is_merged
    house.is_quiet()


def test_a_manager_reads_but_does_not_leave_out(house: House) -> None:
    notes(house, "2026-11-10 09:00", "2026-11-10 13:00")
    per = house.person("per")
    per.types("/sla bykommune", in_="#desk")
    shown = per.private_answers(in_="#desk")[-1]
    forget(house)
    per.clicks("Leave out", on=shown)
    hears(house, per, "Ola Hansen", in_="#desk")
    house.is_quiet()


def test_the_chart_of_a_year_comes_as_a_picture_whose_words_say_what_it_shows(house: House) -> None:
    notes(house, "2026-10-10 09:00", "2026-10-10 14:00")
    nina = house.person("nina")
    nina.types("/sla", in_="#bykommune")
    shown = nina.private_answers(in_="#bykommune")[-1]
    forget(house)
    nina.clicks("Diagram", on=shown)
    house.slack.idle()
    assert house.vakt.aside.idle(60)
    hears(house, nina, "kommer til deg i en direktemelding", in_="#bykommune")
    above = house.slack.expects("Tilgjengelighet for Bykommune, de siste 12 månedene", to=nina)
    [picture] = house.slack.world.workspace.files.values()
    assert (picture.name, picture.channels) == ("availability.png", [above.channel])
    assert picture.content.startswith(b"\x89PNG")
    assert "11 måneder vist; under målet: okt 26 99,328 %" in picture.alt
    forget(house)
