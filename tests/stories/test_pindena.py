"""Pindena's text at work: three classes, senior people, level 3, a release in place of a time, pages at night."""

from datetime import datetime

import pytest
from sqlmodel import col, select

from models.customer import Contact, Customer
from models.history import Event
from models.person import Person as PersonRecord
from models.ticket import Ticket
from tests.stories.conftest import House, oslo
from tests.stories.scenes import clocks, events, in_oslo, opened

WHAT, IMPORTANCE = "Hva er galt?", "Hvor viktig er funksjonen for dere, objektivt sett?"
ROUND, WITHOUT = "Hva skal til for å komme utenom?", "Hva kan dere ikke bruke på grunn av det?"
STOPPED = ((WHAT, "Tjenesten har stoppet, eller data er gått tapt"),)
FUNCTION = (WHAT, "En funksjon mangler eller svikter")
SERIOUS = (FUNCTION, (IMPORTANCE, "Viktig"), (ROUND, "Tid og ressurser, eller det går ikke"))
MINOR = (FUNCTION, (IMPORTANCE, "Ingen av delene"))
QUESTION, REQUEST = "Et spørsmål", "Et ønske eller en bestilling"

STEPS = (
    (*STOPPED[0], "Kritisk, foreslått ut fra svarene"),
    (*FUNCTION, None),
    (IMPORTANCE, "Kritisk", "Kritisk, foreslått ut fra svarene"),
    (IMPORTANCE, "Ingen av delene", "Mindre alvorlig, foreslått ut fra svarene"),
    (IMPORTANCE, "Viktig", None),
    (ROUND, "Det er nokså lett", "Mindre alvorlig, foreslått ut fra svarene"),
    (ROUND, "Tid og ressurser, eller det går ikke", "Alvorlig, foreslått ut fra svarene"),
    (WHAT, "Dokumentasjonen er mangelfull eller feil", None),
    (WITHOUT, "Tjenesten, eller vesentlige deler av den", "Kritisk, foreslått ut fra svarene"),
    (WITHOUT, "Funksjoner som er viktige for oss", "Alvorlig, foreslått ut fra svarene"),
    (WITHOUT, "Ingenting, den er bare mangelfull eller upresis", "Mindre alvorlig, foreslått ut fra svarene"),
)
"""What is chosen in one view, and the class that follows."""


@pytest.mark.clause("PI-01", "PI-02", "PI-03")
def test_answers_propose_a_class_and_an_agent_confirms_or_changes_it(house: House) -> None:
    """The class is a proposal on the card until somebody of the desk has looked at it."""
    kari, ola = house.person("kari"), house.person("ola")
    kari.types("/ticket Påmelding virker ikke", in_="#nordkonf")
    modal = kari.modal()
    for question, answer, told in STEPS:
        modal.waits_for(question)
        modal.choose(question, answer)
        house.settles()
        if told:
            modal.waits_for(told)
    modal.close()
    ticket = opened(house, *MINOR, by="kari", in_="#nordkonf")
    house.slack.expects_edit(ticket.card, "proposed")
    ola.clicks("Severity…", on=ticket.card)
    ola.modal().submit()
    house.slack.expects("Minor confirmed by Ola Hansen", in_="#desk", thread=ticket.card)
    ola.clicks("Severity…", on=ticket.card)
    changed = ola.modal()
    changed.choose("Class", "Serious (PI-02)")
    assert changed.submit().errors
    changed.fill("Reason", "Ingen kommer utenom")
    changed.submit()
    told = "T-1 er nå Alvorlig, før Mindre alvorlig. Grunn: Ingen kommer utenom"
    house.slack.expects(told, in_="#nordkonf", thread=ticket.theirs)
    house.slack.expects("goes to you at once", in_="#desk", thread=ticket.card)
    assert "proposed" not in ticket.card.words
    house.is_quiet()


@pytest.mark.clause("PI-06", "PI-09", "PI-19", "PI-20")
def test_critical_in_hours_pages_a_senior_at_once_and_management_after_four_hours_unsolved(house: House) -> None:
    """Starting work stops the page's clock, not the senior people's: they hear until it is solved."""
    ticket = opened(house, *STOPPED, by="kari", in_="#nordkonf")
    ola, sara = house.person("ola"), house.person("sara")
    page = house.slack.expects("T-1", to=sara)
    house.slack.expects("(senior): T-1 came in and goes to you at once", in_="#desk", thread=ticket.card)
    assert in_oslo(clocks(house, "T-1")["start_of_work"].due_at) == "2026-11-23 09:55"
    ola.clicks("Start work", on=ticket.card)
    house.slack.expects_edit(ticket.card, "Work started")
    house.slack.expects_edit(page, "Arbetet är påbörjat")
    assert "nobody yet" in ticket.card.words
    house.moves_to(oslo("2026-11-23 13:39"))
    house.is_quiet()
    house.moves_to(oslo("2026-11-23 13:40"))
    house.slack.expects("(management): T-1 is not yet solved", in_="#desk", thread=ticket.card)
    ola.clicks("Resolve", on=ticket.card)
    ola.modal().fill("Outcome", "Serveren er oppe").submit()
    house.slack.expects("Serveren er oppe", in_="#nordkonf", thread=ticket.theirs)
    house.is_quiet()


@pytest.mark.clause("PI-09")
def test_a_class_given_after_work_has_started_still_calls_senior_people_and_management(house: House) -> None:
    """A minor fault turns out critical in the middle of it: seniors at once, management four hours after it came."""
    ticket = opened(house, *MINOR, by="kari", in_="#nordkonf")
    ola = house.person("ola")
    ola.clicks("Start work", on=ticket.card)
    house.moves_to(oslo("2026-11-23 11:00"))
    ola.clicks("Severity…", on=ticket.card)
    ola.modal().choose("Class", "Critical (PI-01)").fill("Reason", "Alt står").submit()
    house.slack.expects("Alt står", in_="#nordkonf", thread=ticket.theirs)
    house.slack.expects("(senior): T-1 came in and goes to you at once", in_="#desk", thread=ticket.card)
    assert "breached" not in ticket.card.words.lower()
    house.moves_to(oslo("2026-11-23 13:40"))
    house.slack.expects("(management): T-1 is not yet solved", in_="#desk", thread=ticket.card)
    ola.clicks("Severity…", on=ticket.card)
    ola.modal().choose("Class", "Minor (PI-03)").fill("Reason", "Oppe igjen").submit()
    house.slack.expects("Oppe igjen", in_="#nordkonf", thread=ticket.theirs)
    house.moves_to(oslo("2026-11-25 16:00"))
    house.is_quiet()


@pytest.mark.clause("PI-07", "PI-09", "PI-10", "PI-12")
def test_serious_and_enquiries_are_expected_today_and_promised_for_tomorrow(house: House) -> None:
    """What falls due at closing is said then; today is only usual, tomorrow is the promise."""
    fault = opened(house, *SERIOUS, by="kari", in_="#nordkonf")
    enquiry = opened(house, by="kari", in_="#nordkonf", kind=QUESTION)
    ingrid = house.person("ingrid")
    house.slack.expects("(senior): T-1 came in and goes to you at once", in_="#desk", thread=fault.card)
    for ticket in (fault, enquiry):
        ingrid.chooses("Assign", "Ingrid Berg", on=ticket.card)
    for ticket, expected, latest in ((fault, "16:00", "16:00"), (enquiry, "15:00", "15:00")):
        clock = clocks(house, ticket.name)["start_of_work"]
        assert in_oslo(clock.expected_at) == f"2026-11-23 {expected}"
        assert in_oslo(clock.due_at) == f"2026-11-24 {latest}"
    house.moves_to(oslo("2026-11-23 16:00"))
    house.slack.expects("T-2: senere enn vanlig, senest tir. 15:00 (PI-12)", to=ingrid)
    house.slack.expects("T-1: senere enn vanlig, senest tir. 16:00 (PI-07)", to=ingrid)
    house.slack.forgets()
    house.moves_to(oslo("2026-11-24 16:15"))
    for number in ("T-2", "T-1"):
        house.slack.expects(f"{number}: fristen brutt", to=ingrid)
    house.slack.expects("(senior): T-2 is late", in_="#desk", thread=enquiry.card)
    for ticket in (fault, enquiry):
        house.slack.expects("Det bryter avtalen", in_="#nordkonf", thread=ticket.theirs)
    house.slack.forgets()
    house.moves_to(oslo("2026-11-25 16:15"))
    house.slack.expects("(management): T-1", in_="#desk", thread=fault.card)
    house.is_quiet()


@pytest.mark.clause("PI-08")
def test_a_minor_fault_has_a_release_in_place_of_a_clock_and_moving_it_needs_a_reason(house: House) -> None:
    """No clock runs; the customer reads which version it comes in, and why it was moved."""
    ticket = opened(house, *MINOR, by="kari", in_="#nordkonf")
    ola = house.person("ola")
    assert not clocks(house, "T-1")
    house.slack.expects_edit(ticket.theirs, "rettes vanligvis i neste versjon")
    ola.clicks("Release…", on=ticket.card)
    ola.modal().fill("Planned for release", "4.2").submit()
    house.slack.expects("T-1 er planlagt i versjon 4.2", in_="#nordkonf", thread=ticket.theirs)
    house.slack.expects_edit(ticket.card, "planned for release 4.2")
    ola.clicks("Release…", on=ticket.card)
    modal = ola.modal()
    modal.fill("Planned for release", "4.3")
    assert modal.submit().errors
    modal.fill("Reason", "4.2 er fryst")
    modal.submit()
    house.slack.expects("planlagt i versjon 4.3. Grunn: 4.2 er fryst", in_="#nordkonf", thread=ticket.theirs)
    house.slack.expects_edit(ticket.theirs, "4.3")
    house.moves_to(oslo("2026-12-11 16:00"))
    house.is_quiet()


@pytest.mark.clause("PI-11", "PI-13", "PI-16")
def test_level_2_hands_over_to_level_3_and_to_management_and_the_customer_hears_again(house: House) -> None:
    """Each with its reason in the log; what takes more work is told, and when the next word comes."""
    ticket = opened(house, *MINOR, by="kari", in_="#nordkonf")
    ola = house.person("ola")
    ola.clicks("To level 3", on=ticket.card)
    modal = ola.modal()
    assert modal.submit().errors
    modal.fill("Why it is needed", "A fault in the export")
    modal.submit()
    house.slack.expects("To level 3 by Ola Hansen: A fault in the export", in_="#desk", thread=ticket.card)
    house.slack.expects_edit(ticket.card, "Level 3: development")
    ola.clicks("To management", on=ticket.card)
    ola.modal().fill("Why it is needed", "They are a big customer").submit()
    lifted = "(management): T-1 was escalated by Ola Hansen: They are a big customer"
    house.slack.expects(lifted, in_="#desk", thread=ticket.card)
    ola.clicks("Needs more work", on=ticket.card)
    ola.modal().fill("What the customer is told", "Vi må bygge om eksporten").submit()
    told = house.slack.expects("Vi må bygge om eksporten", in_="#nordkonf", thread=ticket.theirs)
    assert "Du hører fra oss innen" in told.words or "Dere hører fra oss innen" in told.words
    assert in_oslo(clocks(house, "T-1")["next_update"].due_at) == "2026-11-25 15:00"
    ola.clicks("Resolve", on=ticket.card)
    ola.modal().fill("Outcome", "Eksporten er bygd om").submit()
    house.slack.expects("Eksporten er bygd om", in_="#nordkonf", thread=ticket.theirs)
    house.moves_to(oslo("2026-11-26 12:00"))
    house.is_quiet()
    lifted_by = [event for event in events(house, "T-1") if event in {Event.TO_LEVEL_3, Event.ESCALATED}]
    assert lifted_by == [Event.TO_LEVEL_3, Event.ESCALATED]


@pytest.mark.clause("PI-13")
def test_the_instant_an_agent_chooses_for_the_next_word_is_what_the_clock_runs_by(house: House) -> None:
    """The rule would say Wednesday 15:00; told was Tuesday 18:00, and a wait of an hour puts it off."""
    ticket = opened(house, *MINOR, by="kari", in_="#nordkonf")
    ola = house.person("ola")
    ola.clicks("Needs more work", on=ticket.card)
    modal = ola.modal()
    modal.fill("What the customer is told", "Vi må bygge om eksporten")
    modal.choose("Next update by", "2026-11-24T18:00+01:00")
    modal.submit()
    house.slack.expects("Vi må bygge om eksporten", in_="#nordkonf", thread=ticket.theirs)
    assert in_oslo(clocks(house, "T-1")["next_update"].due_at) == "2026-11-24 18:00"
    why = ola.types("/ticket why T-1", in_="#desk").words
    assert "by Tue 24 Nov 18:00 · chosen by Ola Hansen" in why
    assert "due Tue 24 Nov 18:00" in why
    ola.chooses("Wait", "For the customer", on=ticket.card)
    ola.modal().choose("Work has not started yet", "Start work and wait").submit()
    house.slack.expects_edit(ticket.card, "The clock stands")
    house.moves(hours=1)
    ola.clicks("Resume", on=ticket.card)
    house.slack.expects_edit(ticket.card, "Wed 25 Nov 10:00")
    assert in_oslo(clocks(house, "T-1")["next_update"].due_at) == "2026-11-25 10:00"
    house.moves_to(oslo("2026-11-25 10:16"))
    house.slack.expects("past the aim", in_="#desk", thread=ticket.card)
    house.slack.forgets()


@pytest.mark.clause("PI-20")
def test_help_goes_before_orders(house: House) -> None:
    """What is asked for help with stands before what is ordered, whichever came first."""
    opened(house, by="kari", in_="#nordkonf", kind=REQUEST, summary="Sett opp et arrangement")
    opened(house, by="kari", in_="#nordkonf", kind=QUESTION, summary="Hvordan gjør vi det")
    listed = house.person("ola").types("/ticket list", in_="#desk").words
    assert listed.index("T-2") < listed.index("T-1")
    house.is_quiet()


@pytest.mark.clause("PI-11")
def test_a_question_from_others_is_sent_to_the_super_user_by_a_press_or_opened_all_the_same(house: House) -> None:
    """Level 1 is the customer's own super user: asked in private, in their language, in the words as typed."""
    _erik_is_the_super_user(house)
    kari, erik = house.person("kari"), house.person("erik")
    kari.types("/ticket Hvordan *gjør* vi <det>?", in_="#nordkonf")
    modal = kari.modal().choose("Hva gjelder det?", QUESTION)
    modal.waits_for("Superbrukerne deres svarer på spørsmål først: Erik Ek (PI-11)")
    modal.fill("Mer", "<!channel> Se vedlegg & bilde")
    kari.clicks("Send til superbrukeren deres", on=modal)
    modal.waits_for("Sendt til Erik Ek, som svarer deg direkte")
    asked = house.slack.expects("<@U0KARI> på Nordkonf frågar dig:", to=erik)
    assert "&lt;!channel&gt; Se vedlegg &amp; bilde" in asked.words or "<!channel> Se vedlegg & bilde" in asked.words
    assert "Hvordan" in asked.words
    assert "Superanvändare svarar på frågor först (PI-11)" in asked.words
    assert "Send til superbrukeren" not in modal.text
    with house.vakt.database.reading() as session:
        assert not session.exec(select(Ticket)).all()
    assert not modal.submit().errors
    opened_view = kari.modal()
    opened_view.waits_for("T-1")
    opened_view.close()
    house.card("T-1")
    house.slack.expects("T-1", in_="#nordkonf", thread=None)
    house.is_quiet()


@pytest.mark.clause("PI-11")
def test_a_question_without_words_is_not_sent_and_a_fault_is_offered_to_nobody_else(house: House) -> None:
    """Faults are taken from anyone; what is empty is refused on top of the view, which stays."""
    _erik_is_the_super_user(house)
    kari = house.person("kari")
    kari.types("/ticket", in_="#nordkonf")
    modal = kari.modal().choose("Hva gjelder det?", QUESTION)
    modal.waits_for("Superbrukerne deres")
    kari.clicks("Send til superbrukeren deres", on=modal)
    house.settles()
    refused = kari.modal()
    refused.waits_for("Skriv")
    refused.close()
    modal.choose("Hva gjelder det?", "Noe virker ikke")
    modal.waits_for(WHAT)
    assert "Superbrukerne" not in modal.text
    modal.close()
    house.is_quiet()


def _erik_is_the_super_user(house: House) -> None:
    with house.vakt.database.transaction() as session:
        mine = session.exec(select(Contact).join(Customer, col(Customer.id) == Contact.customer_id)).all()
        kari = next(each for each in mine if each.super_user)
        erik = session.exec(select(PersonRecord).where(PersonRecord.name == "Erik Ek")).one()
        session.add(Contact(team_id=kari.team_id, customer_id=kari.customer_id, person_id=erik.id, super_user=True))
        kari.super_user = False


class TestOnASaturdayNight:
    """Outside all hours."""

    @pytest.fixture
    def begins_at(self) -> datetime:
        """Saturday, 23:00."""
        return oslo("2026-11-28 23:00")

    @pytest.mark.clause("PI-06", "PI-09", "PI-19")
    def test_a_critical_fault_pages_and_runs_no_clock_and_on_call_chooses_now_or_the_next_opening(
        self, house: House
    ) -> None:
        """No deadline, no reminder, no breach; working on it at night counts the hours for management."""
        ticket = opened(house, *STOPPED, by="kari", in_="#nordkonf")
        sara, ingrid = house.person("sara"), house.person("ingrid")
        page = house.slack.expects("T-1", to=sara)
        house.slack.expects("(senior): T-1 came in and goes to you at once", in_="#desk", thread=ticket.card)
        house.slack.expects_edit(ticket.card, "on-call is paged and decides")
        assert "Utenfor arbeidstiden varsles vakten" in ticket.theirs.words
        assert "due" not in ticket.card.words.lower().replace("due to", "")
        sara.clicks("Nästa öppning…", on=page)
        sara.modal().fill("Varför det kan vänta till nästa öppning", "Ingen påmelding før mandag").submit()
        house.slack.expects_edit(page, "Ingen påmelding før mandag")
        left = "Left until the next opening by Sara Holm: Ingen påmelding før mandag"
        house.slack.expects(left, in_="#desk", thread=ticket.card)
        house.moves_to(oslo("2026-11-29 01:00"))
        ingrid.clicks("Start work", on=ticket.card)
        house.slack.expects_edit(ticket.card, "Work started")
        house.is_quiet()
        house.moves_to(oslo("2026-11-29 05:00"))
        house.slack.expects("(management): T-1 is not yet solved", in_="#desk", thread=ticket.card)
        house.moves_to(oslo("2026-11-30 16:00"))
        house.is_quiet()

    @pytest.mark.clause("PI-06")
    def test_when_nobody_is_left_to_page_the_desks_thread_says_so(self, house: House) -> None:
        """Everybody on the list cannot: that is no secret between the bot and the night."""
        ticket = opened(house, *STOPPED, by="kari", in_="#nordkonf")
        house.slack.expects("goes to you at once", in_="#desk", thread=ticket.card)
        cannot = {"sara": "Jag kan inte", "ingrid": "Jeg kan ikke", "per": "I can't"}
        for who, button in cannot.items():
            person = house.person(who)
            person.clicks(button, on=house.slack.expects("T-1", to=person))
        house.slack.expects("Nobody is left to page", in_="#desk", thread=ticket.card)
        house.is_quiet()


class TestInJuly:
    """In the two weeks when support is closed."""

    @pytest.fixture
    def begins_at(self) -> datetime:
        """A Tuesday of ISO week 29."""
        return oslo("2026-07-14 11:00")

    @pytest.mark.clause("PI-10", "PI-12", "PI-19")
    def test_an_enquiry_waits_for_the_opening_and_a_fault_does_not(self, house: House) -> None:
        """Support opens on 27 July; whoever answers before that is neither stopped nor warned."""
        enquiry = opened(house, by="kari", in_="#nordkonf", kind=QUESTION)
        fault = opened(house, *SERIOUS, by="kari", in_="#nordkonf")
        ingrid = house.person("ingrid")
        house.slack.expects("(senior): T-2 came in", in_="#desk", thread=fault.card)
        assert in_oslo(clocks(house, "T-1")["start_of_work"].due_at) == "2026-07-27 15:00"
        assert in_oslo(clocks(house, "T-2")["start_of_work"].due_at) == "2026-07-15 16:00"
        house.slack.expects_edit(enquiry.card, "the clock starts <!date^1785135600")
        assert "to uker i juli" in house.person("kari").types("/ticket why T-1", in_="#nordkonf").words
        ingrid.clicks("Reply", on=enquiry.card)
        ingrid.modal().fill("Svar til kunden", "Se under Innstillinger").submit()
        house.slack.expects("Se under Innstillinger", in_="#nordkonf", thread=enquiry.theirs)
        ingrid.clicks("Start work", on=fault.card)
        house.moves_to(oslo("2026-07-15 09:00"))
        house.is_quiet()
