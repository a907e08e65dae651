"""The desk's card: every button, who may press it, and what each clock makes of it."""

import pytest

from models.history import Event
from models.sla.contract import ClockKind
from tests.stories.conftest import P2, House, oslo
from tests.stories.scenes import (
    clocks,
    deletes,
    events,
    forget,
    hears,
    in_oslo,
    opened,
    option,
    presses_old,
    stored,
    times,
)

BLOCKER = (("Är det något tekniskt fel?", "Ja"), ("Kan folk använda tjänsten?", "Nej, ingen kan"))
"""The answers under Heartpace's agreement that promise an answer, a start and a solution."""

P1 = (
    ("Does GO start, with all its essential parts available?", "No"),
    ("Is there another way to get it done for now?", "No"),
)


def test_answer_start_and_solution_stop_separate_clocks(house: House) -> None:
    """A reply without the tick is an answer and no start; a start is no solution; a card is neither."""
    it = opened(house, *BLOCKER, by="erik", in_="#talentia")
    ola = house.person("ola")
    counting = {kind for kind, clock in clocks(house, it.name).items() if clock.counting}
    assert counting == {ClockKind.FIRST_RESPONSE, ClockKind.START_OF_WORK, ClockKind.RESOLUTION}

    house.moves_to(oslo("2026-11-23 09:50"))
    ola.clicks("Reply", on=it.card)
    ola.modal().choose("Start of work").fill("Answer to the customer", "We look at it.").submit()
    house.slack.expects("We look at it.", in_="#talentia", thread=it.theirs)
    stopped = {kind for kind, clock in clocks(house, it.name).items() if not clock.counting}
    assert stopped == {ClockKind.FIRST_RESPONSE}

    house.moves_to(oslo("2026-11-23 10:00"))
    ola.clicks("Start work", on=it.card)
    house.slack.expects_edit(it.card, "Work started")
    stopped = {kind for kind, clock in clocks(house, it.name).items() if not clock.counting}
    assert stopped == {ClockKind.FIRST_RESPONSE, ClockKind.START_OF_WORK}

    house.moves_to(oslo("2026-11-23 10:30"))
    ola.clicks("Resolve", on=it.card)
    ola.modal().fill("Outcome", "The certificate was renewed.").submit()
    house.settles()
    stops = {kind: in_oslo(clock.stopped_at) for kind, clock in clocks(house, it.name).items()}
    assert stops == {
        ClockKind.FIRST_RESPONSE: "2026-11-23 09:50",
        ClockKind.START_OF_WORK: "2026-11-23 10:00",
        ClockKind.RESOLUTION: "2026-11-23 10:30",
    }


def test_the_second_to_press_start_is_told_who_was_first(house: House) -> None:
    """Nothing changes by the second press, and the card has one owner."""
    it = opened(house)
    ola, ingrid = house.person("ola"), house.person("ingrid")
    house.moves_to(oslo("2026-11-23 10:12"))
    presses_old(house, ola, it.card, "ticket.start", block=f"desk:{it.name}", value=it.name)
    presses_old(house, ingrid, it.card, "ticket.start", block=f"desk:{it.name}", value=it.name)
    hears(house, ingrid, "Ola Hansen var først", in_="#desk")
    assert times(house, it.name, Event.WORK_STARTED) == 1
    assert in_oslo(stored(house, it.name).work_started_at) == "2026-11-23 10:12"
    house.is_quiet()


def test_work_that_started_earlier_by_phone_is_logged_with_a_reason(house: House) -> None:
    """Not in the future, not before the ticket came, not without saying how; then it counts from then."""
    it = opened(house)
    ola = house.person("ola")
    house.moves_to(oslo("2026-11-23 11:00"))
    ola.clicks("Started earlier…", on=it.card)
    modal = ola.modal()
    modal.choose("When did work start?", "Earlier")
    modal.choose("Started at", "2026-11-23T12:30:00+01:00").fill("How, when earlier", "By phone with Anna")
    assert "not come yet" in modal.submit().errors["act.started_at"]
    modal.choose("Started at", "2026-11-23T09:00:00+01:00")
    assert "cannot have started before" in modal.submit().errors["act.started_at"]
    modal.choose("Started at", "2026-11-23T09:55:00+01:00").fill("How, when earlier", "")
    assert "logged with a reason" in modal.submit().errors["act.reason"]
    modal.fill("How, when earlier", "By phone with Anna")
    assert not modal.submit().errors
    house.slack.expects("by Ola Hansen: By phone with Anna", in_="#desk", thread=it.card)
    assert in_oslo(clocks(house, it.name)[ClockKind.START_OF_WORK].stopped_at) == "2026-11-23 09:55"
    house.is_quiet()


def test_a_reply_starts_work_only_when_the_box_says_so(house: House) -> None:
    """The customer reads the same words either way."""
    ticked, unticked = opened(house), opened(house, summary="And receipts")
    ola = house.person("ola")
    ola.clicks("Reply", on=ticked.card)
    ola.modal().fill("Answer to the customer", "Looking at it now.").submit()
    house.slack.expects("Looking at it now.", in_="#acme", thread=ticked.theirs)
    ola.clicks("Reply", on=unticked.card)
    ola.modal().choose("Start of work").fill("Answer to the customer", "Soon.").submit()
    house.slack.expects("Soon.", in_="#acme", thread=unticked.theirs)
    assert not clocks(house, ticked.name)[ClockKind.START_OF_WORK].counting
    assert clocks(house, unticked.name)[ClockKind.START_OF_WORK].counting
    house.slack.expects_edit(ticked.theirs, "pågår sedan")
    house.is_quiet()


@pytest.mark.clause("PI-09")
def test_only_the_desks_people_can_own_and_some_classes_only_seniors(house: House) -> None:
    """A customer's person, the owner again, and a junior for Priority 1 are refused with names to choose."""
    plain, grave = opened(house), opened(house, *P1, summary="GO does not start")
    ola, ingrid = house.person("ola"), house.person("ingrid")
    ola.chooses("Assign", house.person("anna"), on=plain.card)
    hears(house, ola, "Anna Svensson is not an agent", in_="#desk")
    ola.chooses("Assign", house.person("per"), on=plain.card)
    hears(house, ola, "Per Lind is not an agent", in_="#desk")
    assert stored(house, plain.name).owner_id is None
    ola.chooses("Assign", ingrid, on=plain.card)
    house.slack.expects_edit(plain.card, "Owner: Ingrid Berg")
    ola.chooses("Assign", ingrid, on=plain.card)
    hears(house, ola, "Ingrid Berg owns T-1 already", in_="#desk")
    assert clocks(house, plain.name)[ClockKind.START_OF_WORK].counting
    ingrid.chooses("Assign", ola, on=grave.card)
    hears(house, ingrid, "Ingrid Berg", in_="#desk")
    assert stored(house, grave.name).owner_id is None
    ola.clicks("Start work", on=grave.card)
    house.settles()
    assert stored(house, grave.name).work_started_at is not None
    assert stored(house, grave.name).owner_id is None
    house.slack.forgets()  # what a Priority 1 makes heard has stories of its own


@pytest.mark.clause("SO-16")
def test_waiting_before_the_start_asks_whether_work_has_begun(house: House) -> None:
    """Without access nothing can begin: the clock stands; a second wait is told of the first."""
    it = opened(house, *P2)
    ola, ingrid = house.person("ola"), house.person("ingrid")
    house.moves_to(oslo("2026-11-23 10:40"))
    ola.chooses("Wait", "For access", on=it.card)
    modal = ola.modal()
    modal.choose("Work has not started yet", "Cannot begin without it").submit()
    house.slack.expects_edit(it.card, "3 h left")
    house.slack.expects("vi behöver åtkomst", in_="#acme", thread=it.theirs)
    chosen = option("access")
    presses_old(house, ingrid, it.card, "ticket.wait", block=f"desk:{it.name}", selected_option=chosen)
    ingrid.modal().submit()
    assert "har ventet siden" in ingrid.modal().text
    ingrid.modal().close()
    house.moves_to(oslo("2026-11-23 11:40"))
    ola.clicks("Resume", on=it.card)
    house.slack.expects("The wait was ended by Ola Hansen", in_="#desk", thread=it.card)
    assert in_oslo(clocks(house, it.name)[ClockKind.START_OF_WORK].due_at) == "2026-11-23 14:40"
    presses_old(house, ingrid, it.card, "ticket.resume", block=f"desk:{it.name}", value=it.name)
    hears(house, ingrid, "T-1 venter ikke", in_="#desk")
    assert times(house, it.name, Event.RESUMED) == 1
    house.is_quiet()


def test_a_wait_that_the_agreement_does_not_know_is_shown_and_stops_nothing(house: House) -> None:
    """Starting and waiting keeps the start; after the start a wait asks nothing."""
    it = opened(house, *P2)
    ola = house.person("ola")
    ola.chooses("Wait", "For the customer", on=it.card)
    ola.modal().fill("What is asked of the customer", "Which invoice is it?").submit()
    house.slack.expects("Which invoice is it?", in_="#acme", thread=it.theirs)
    house.slack.expects_edit(it.card, "Waiting for the customer since")
    house.slack.expects_edit(it.card, "No clock stops for it.")
    assert stored(house, it.name).work_started_at is not None
    ola.clicks("Resume", on=it.card)
    house.slack.expects("The wait was ended by Ola Hansen", in_="#desk", thread=it.card)
    house.settles()
    ola.chooses("Wait", "For the customer", on=it.card)
    house.settles()
    assert not ola.has_modal()
    assert stored(house, it.name).waiting == "customer"
    house.is_quiet()


@pytest.mark.clause("SO-12")
def test_a_way_round_moves_the_class_only_when_the_customer_says_it_works(house: House) -> None:
    """Until then the class stays; the second answer is told of the first."""
    it = opened(house, *P2)
    ola, anna = house.person("ola"), house.person("anna")
    ola.clicks("Workaround", on=it.card)
    ola.modal().fill("The way round", "Print it and post it.").submit()
    asked = house.slack.expects("Print it and post it.", in_="#acme", thread=it.theirs)
    assert stored(house, it.name).severity == "P2"
    ola.clicks("ticket.workaround_works", on=asked)
    hears(house, ola, "needs the role", in_="#acme")
    anna.clicks("ticket.workaround_works", on=asked)
    house.slack.expects("Prioritet 3", in_="#acme", thread=it.theirs)
    house.slack.expects_edit(it.card, "Priority 3")
    anna.clicks("ticket.workaround_fails", on=asked)
    hears(house, anna, "Anna Svensson was first", in_="#acme")
    due = clocks(house, it.name)[ClockKind.START_OF_WORK]
    assert (due.severity, in_oslo(due.due_at)) == ("P3", "2026-11-24 12:40")
    house.is_quiet()


def test_the_class_is_confirmed_or_changed_with_a_reason(house: House) -> None:
    """A change without a reason is refused; with one it is planned anew and the customer is told."""
    it = opened(house, *P2)
    ola = house.person("ola")
    assert "proposed" in it.card.words
    ola.clicks("Severity…", on=it.card)
    ola.modal().submit()
    house.slack.expects("Priority 2 confirmed by Ola Hansen", in_="#desk", thread=it.card)
    ola.clicks("Severity…", on=it.card)
    modal = ola.modal()
    modal.choose("Class", "P4")
    assert "logged with a reason" in modal.submit().errors["act.reason"]
    modal.fill("Reason", "One customer only")
    assert not modal.submit().errors
    house.slack.expects("One customer only", in_="#acme", thread=it.theirs)
    house.slack.expects("Class changed from Priority 2 to Priority 4", in_="#desk", thread=it.card)
    house.slack.expects_edit(it.card, "Priority 4")
    assert "proposed" not in it.card.words
    house.is_quiet()


@pytest.mark.clause("PI-11")
@pytest.mark.clause("PI-13")
def test_level_3_and_more_work_are_logged_and_the_customer_hears_by_when(house: House) -> None:
    """The update is promised within two working days; handing over twice is told of the first time."""
    it = opened(house, by="kari", in_="#nordkonf", kind="Et spørsmål")
    ola, ingrid = house.person("ola"), house.person("ingrid")
    for agent in (ola, ingrid):
        agent.clicks("To level 3", on=it.card)
        agent.modal().fill("act.reason", "A fault in the program")
    ola.modal().submit()
    house.slack.expects("To level 3 by Ola Hansen", in_="#desk", thread=it.card)
    house.slack.expects_edit(it.card, "Level 3: development")
    ingrid.modal().submit()
    assert "nivå 3" in ingrid.modal().text
    ingrid.modal().close()
    ola.clicks("Needs more work", on=it.card)
    ola.modal().fill("act.text", "We are building a test.").submit()
    house.slack.expects("We are building a test.", in_="#nordkonf", thread=it.theirs)
    house.slack.expects("the customer hears again by", in_="#desk", thread=it.card)
    assert in_oslo(clocks(house, it.name)[ClockKind.NEXT_UPDATE].due_at) == "2026-11-25 15:00"
    assert times(house, it.name, Event.TO_LEVEL_3) == 1
    house.is_quiet()


def test_resolving_needs_an_outcome_and_the_customer_confirms_or_reopens(house: House) -> None:
    """An outcome of blanks is none; a reopened ticket goes on, a confirmed one is closed for good."""
    it = opened(house)
    ola, anna = house.person("ola"), house.person("anna")
    ola.clicks("Resolve", on=it.card)
    modal = ola.modal()
    modal.fill("Outcome", "   ")
    assert "needs an outcome" in modal.submit().errors["act.text"]
    modal.fill("Outcome", "Under Settings.").choose("To do", "Call back as well").submit()
    solved = house.slack.expects("är löst av Ola Hansen", in_="#acme", thread=it.theirs)
    house.slack.expects_edit(it.card, "To do: call Anna Svensson back")
    anna.clicks("ticket.reopen", on=solved)
    anna.modal().fill("act.reason", "It is not there").submit()
    house.slack.expects("It is not there", in_="#acme", thread=it.theirs)
    house.slack.expects_edit(it.card, "in progress")
    ola.clicks("Resolve", on=it.card)
    ola.modal().fill("Outcome", "Under Settings, Invoices.").submit()
    again = house.slack.expects("Under Settings, Invoices.", in_="#acme", thread=it.theirs)
    anna.clicks("ticket.confirm", on=again)
    house.slack.expects("Anna Svensson confirmed that it is solved", in_="#desk", thread=it.card)
    assert stored(house, it.name).status == "closed"
    house.is_quiet()


def test_a_button_on_a_resolved_ticket_says_so_and_changes_nothing(house: House) -> None:
    """Every button of the card as it was before; a closed one cannot be resolved or confirmed again."""
    it = opened(house)
    ola, anna = house.person("ola"), house.person("anna")
    ola.clicks("Resolve", on=it.card)
    ola.modal().fill("Outcome", "Done.").submit()
    solved = house.slack.expects("är löst", in_="#acme", thread=it.theirs)
    house.settles()
    before = events(house, it.name)
    for button in ("start", "reply", "resume", "workaround", "severity", "accept", "still_waiting"):
        presses_old(house, ola, it.card, f"ticket.{button}", block=f"desk:{it.name}", value=it.name)
        told = hears(house, ola, "T-1 is resolved, and nothing was changed", in_="#desk")
        forget(house)
    ola.clicks("Reopen", on=told)
    ola.modal().close()
    anna.clicks("ticket.confirm", on=solved)
    house.settles()
    before = [*before, Event.CUSTOMER_CONFIRMED]
    for button in ("start", "reply", "resume", "severity"):
        presses_old(house, ola, it.card, f"ticket.{button}", block=f"desk:{it.name}", value=it.name)
        hears(house, ola, "T-1 is closed, and nothing was changed", in_="#desk")
        forget(house)
    anna.clicks("ticket.confirm", on=solved)
    hears(house, anna, "not resolved", in_="#acme")
    assert events(house, it.name) == before
    assert not ola.has_modal()
    house.is_quiet()


def test_why_and_details_open_from_the_cards_menu(house: House) -> None:
    """The account of the deadline; the ticket with its log."""
    it = opened(house, *P2)
    ola = house.person("ola")
    ola.clicks("Why?", on=it.card)
    assert "SO-15" in ola.modal().waits_for("4 h → due").text
    ola.modal().close()
    ola.clicks("Start work", on=it.card)
    house.slack.expects_edit(it.card, "Owner: Ola Hansen")
    ola.clicks("Details", on=it.card)
    ola.modal().waits_for("Opened by Anna Svensson")
    assert "Work started" in ola.modal().text
    house.is_quiet()


def test_what_is_outside_the_agreement_is_accepted_with_a_reason(house: House) -> None:
    """Then the remark is gone from the card, and the log has who and why."""
    it = opened(house)
    ola = house.person("ola")
    with house.vakt.database.transaction() as session:
        ticket = session.merge(stored(house, it.name))
        ticket.outside_agreement = "Courses are extra services (SO-17)"
    presses_old(house, ola, it.card, "ticket.accept", block=f"desk:{it.name}", value=it.name)
    ola.modal().fill("act.reason", "As a favour").submit()
    house.slack.expects("Accepted by Ola Hansen though outside the agreement: As a favour", in_="#desk", thread=it.card)
    assert stored(house, it.name).outside_agreement is None
    house.is_quiet()


def test_the_customers_people_cannot_press_the_desks_buttons(house: House) -> None:
    """They are told which role it needs and whom to ask; nothing changes."""
    it = opened(house)
    anna = house.person("anna")
    before = events(house, it.name)
    for button in ("start", "reply", "assign", "resume", "severity", "resolve"):
        presses_old(house, anna, it.theirs, f"ticket.{button}", block=f"desk:{it.name}", value=it.name)
        hears(house, anna, "This needs the role agent", in_="#acme")
        forget(house)
    assert events(house, it.name) == before
    house.is_quiet()


def test_cards_that_somebody_deleted_are_posted_anew_with_what_happens_next(house: House) -> None:
    """The desk's log goes on under the new card, and its buttons are there again."""
    it = opened(house)
    house.settles()
    deletes(house, it.card)
    deletes(house, it.theirs)
    ola = house.person("ola")
    presses_old(house, ola, it.card, "ticket.start", block=f"desk:{it.name}", value=it.name)
    card = house.slack.expects(it.name, in_="#desk", thread=None)
    assert "Work started" in card.words
    theirs = house.slack.expects(it.name, in_="#acme", thread=None)
    assert "Ola Hansen" in theirs.words
    ola.clicks("Reply", on=card)
    ola.modal().fill("Answer to the customer", "We look at it.").submit()
    house.slack.expects("We look at it.", in_="#acme", thread=theirs)
    house.slack.forgets()
