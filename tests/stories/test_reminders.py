"""When Vakt speaks: reminders at shares of the time, a warning before closing, and silence outside hours."""

from datetime import datetime

import pytest

from models.history import Event
from tests.stories.conftest import P2, House, oslo
from tests.stories.scenes import clocks, in_oslo, opened, times


def test_reminders_that_fall_together_come_as_one_message_and_a_breach_by_itself(house: House) -> None:
    """Two tickets of one owner, opened at the same minute: one message for each share, one for each breach."""
    ola = house.person("ola")
    tickets = [opened(house, *P2, summary=summary) for summary in ("Invoices", "Orders")]
    for ticket in tickets:
        ola.chooses("Assign", ola, on=ticket.card)
    house.moves_to(oslo("2026-11-23 11:40"))
    together = house.slack.expects("2 tickets fall due soon: T-1 Mon 13:40, T-2 Mon 13:40", to=ola)
    assert "Open T-2" in together.words
    house.moves_to(oslo("2026-11-23 13:40"))
    for _ in range(2):
        house.slack.expects("2 tickets fall due soon", to=ola)
    for ticket in tickets:
        house.slack.expects(f"{ticket.name}: breached Mon 13:40", to=ola)
        house.slack.expects(f"(senior): {ticket.name} is late", in_="#desk", thread=ticket.card)
        house.slack.expects("Det bryter avtalet", in_="#acme", thread=ticket.theirs)
    house.is_quiet()


def test_a_jump_over_everything_says_the_gravest_once_and_comes_to_rest(house: House) -> None:
    """Time that leaps a week, as after a long sleep: one breach, one word to each role, no timer left behind."""
    ola = house.person("ola")
    ticket = opened(house, *P2)
    ola.chooses("Assign", ola, on=ticket.card)
    house.settles()
    house.slack.clock.set(oslo("2026-11-30 10:00"))
    house.settles()
    house.slack.expects(f"{ticket.name}: breached", to=ola)
    for role in ("senior", "management"):
        house.slack.expects(f"({role}): T-1 is late", in_="#desk", thread=ticket.card)
    house.slack.expects("Det bryter avtalet", in_="#acme", thread=ticket.theirs)
    assert not house.ticket_timers()
    assert in_oslo(clocks(house, ticket.name)["start_of_work"].late_at) == "2026-11-23 13:40"
    house.is_quiet()


@pytest.mark.clause("SO-15")
def test_what_is_opened_late_announces_one_breach(house: House) -> None:
    """A mail of Friday, entered on Monday: it is late from its own instant, and that is said once."""
    ola = house.person("ola")
    ola.types("/ticket Mail of Friday", in_="#acme")
    modal = ola.modal()
    modal.choose("How it came in", "Mail")
    modal.choose("Received at", "2026-11-20T09:00+01:00")
    for question, answer in P2:
        modal.waits_for(question)
        modal.choose(question, answer)
        house.settles()
    modal.submit()
    ola.modal().waits_for("T-1")
    card = house.card("T-1")
    theirs = house.slack.expects("T-1", in_="#acme", thread=None)
    house.slack.expects("Det bryter avtalet", in_="#acme", thread=theirs)
    for role in ("senior", "management"):
        house.slack.expects(f"({role}): T-1 is late", in_="#desk", thread=card)
    house.settles()
    assert (times(house, "T-1", Event.LATE), times(house, "T-1", Event.REMINDED)) == (1, 0)
    assert in_oslo(clocks(house, "T-1")["start_of_work"].late_at) == "2026-11-20 13:00"
    house.is_quiet()


class TestBeforeWhitMonday:
    """The Friday before a weekend of three days."""

    @pytest.fixture
    def begins_at(self) -> datetime:
        """Friday 22 May 2026, an hour and a half before closing."""
        return oslo("2026-05-22 14:30")

    @pytest.mark.clause("PS-02")
    def test_the_warning_names_the_holiday_and_nothing_is_said_while_it_is_closed(self, house: House) -> None:
        """Two tickets fall due soon after Tuesday's opening: one warning, an hour before Friday's closing."""
        ola = house.person("ola")
        tickets = [opened(house, by="nina", in_="#bykommune", kind="Et spørsmål") for _ in range(2)]
        for ticket in tickets:
            ola.chooses("Assign", ola, on=ticket.card)
        house.moves_to(oslo("2026-05-22 15:00"))
        said = house.slack.expects("2 tickets fall due soon after Tuesday's opening", to=ola)
        assert "(Monday is 2. pinsedag): T-1" in said.words
        assert "Closing is in 1 h." in said.words
        house.moves_to(oslo("2026-05-22 16:15"))
        for _ in range(2):
            house.slack.expects("2 tickets fall due soon: ", to=ola)
        house.is_quiet()
        house.moves_to(oslo("2026-05-26 07:59"))
        house.is_quiet()
        for ticket in tickets:
            ola.clicks("Start work", on=ticket.card)
        house.moves_to(oslo("2026-05-26 12:00"))
        house.is_quiet()

    @pytest.mark.clause("PS-02")
    def test_a_warning_about_what_nobody_owns_says_in_the_thread_why_it_comes_now(self, house: House) -> None:
        ticket = opened(house, by="nina", in_="#bykommune", kind="Et spørsmål")
        house.moves_to(oslo("2026-05-22 15:00"))
        said = house.slack.expects("Reminder (nobody owns it)", in_="#desk", thread=ticket.card)
        assert "16:00 CEST> to " in said.words
        assert said.words.endswith("Tue 26 May 08:00 CEST> (Monday is 2. pinsedag)")
        house.is_quiet()
