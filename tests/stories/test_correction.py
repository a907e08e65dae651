"""A corrected fact about opening: proposed, then moved under running clocks; what is done or late stays."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from bot.commands.correct_calendar import move, propose, would_move
from bot.contracts import agreements
from handlers.correcting import Move
from models.contract_version import ContractVersion
from models.customer import Customer
from models.history import Event
from models.sla.contract import Contract
from models.sla.policy import parse_policy
from models.ticket import Status, Ticket
from tests.stories.conftest import P2, House, oslo
from tests.stories.scenes import GUIDANCE, clocks, events, in_oslo, opened, stored

P3 = (*P2[:1], ("Your business is", "in part considerably harder"))
STOCKTAKING = {"en": "stocktaking", "nb": "varetelling", "sv": "inventering"}
CLOSED = {"closures": [{"id": "stock", "name": STOCKTAKING, "dates": ["2026-11-24"]}]}
SATURDAY = {"extra": [{"name": STOCKTAKING, "on": "2026-11-28", "hours": ["08:00-17:00"]}]}


def _corrected(house: House, facts: dict[str, Any]) -> Contract:
    """The contract as its policy file says it when somebody has put that right in it."""
    with house.vakt.database.reading() as session:
        kept = session.exec(select(ContractVersion).where(ContractVersion.contract == "softone")).one()
    document = json.loads(kept.content)
    document["calendars"]["office"] |= facts
    return parse_policy(document, "corrected")


def _looks(house: House, contract: Contract) -> list[Move]:
    database, team = house.vakt.database, house.vakt.team.team_id
    return list(would_move(database, propose(database, team, contract, house.now())))


def _moves(house: House, contract: Contract, reason: str = "closed for stocktaking") -> list[Move]:
    database, team = house.vakt.database, house.vakt.team.team_id
    return list(move(database, propose(database, team, contract, house.now()), reason))


def _shown(moves: Iterable[Move]) -> list[tuple[int, str, str]]:
    return [(each.number, in_oslo(each.before), in_oslo(each.after)) for each in moves]


def test_a_new_closure_is_shown_first_and_then_moves_the_clocks_that_run(house: House) -> None:
    """The card, the account and the reminders follow; the reason stands in the history; twice changes nothing."""
    ticket = opened(house, *P3)
    guidance = opened(house)
    correction = _corrected(house, CLOSED)
    moved = [
        (1, "2026-11-24 12:40", "2026-11-25 12:40"),
        (2, "2026-11-30 12:40", "2026-12-01 12:40"),
    ]
    assert _shown(_looks(house, correction)) == moved
    assert in_oslo(clocks(house, "T-1")["start_of_work"].due_at) == "2026-11-24 12:40"
    assert _shown(_moves(house, correction)) == moved
    assert _shown(_looks(house, correction)) == []
    assert _moves(house, correction) == []
    assert events(house, "T-1") == [Event.OPENED, Event.CALENDAR_CORRECTED]
    house.slack.expects_edit(ticket.card, "Wed 25 Nov 12:40")
    house.slack.expects_edit(guidance.theirs, "1 dec")
    ola = house.person("ola")
    why = ola.types("/ticket why T-1", in_="#desk").words
    assert "stocktaking" in why
    assert "due Wed 25 Nov 12:40" in why
    details = ola.types("/ticket T-1", in_="#desk").words
    assert "Opening hours corrected: closed for stocktaking · due" in details
    house.moves_to(oslo("2026-11-24 16:00"))
    house.is_quiet()
    house.moves_to(oslo("2026-11-25 12:41"))
    house.slack.expects("Breached", in_="#desk", thread=ticket.card)
    house.slack.forgets()


def test_what_stopped_or_is_late_never_moves_and_keeps_its_account(house: House) -> None:
    """Also when it is planned anew afterwards: it was counted in the calendar of its day."""
    late = opened(house, *P2)
    begun = opened(house, *P3)
    ola = house.person("ola")
    ola.clicks("Start work", on=begun.card)
    house.moves_to(oslo("2026-11-23 14:00"))
    house.slack.forgets()
    before = ola.types("/ticket why T-1", in_="#desk").words
    correction = _corrected(house, {"closures": [{"id": "stock", "name": STOCKTAKING, "dates": ["2026-11-23"]}]})
    assert _moves(house, correction) == []
    assert stored(house, "T-1").earlier_calendars is not None
    ola.clicks("Start work", on=late.card)
    house.settles()
    assert in_oslo(clocks(house, "T-1")["start_of_work"].due_at) == "2026-11-23 13:40"
    assert in_oslo(clocks(house, "T-1")["start_of_work"].late_at) == "2026-11-23 13:40"
    assert in_oslo(clocks(house, "T-2")["start_of_work"].due_at) == "2026-11-24 12:40"
    assert ola.types("/ticket why T-1", in_="#desk").words == before
    house.slack.forgets()


def test_an_extra_opening_brings_the_clock_and_its_reminders_forward(house: House) -> None:
    """Timers that would come too late are brought forward: it is late on Saturday, at its own instant."""
    ticket = opened(house, kind=GUIDANCE)
    assert _shown(_moves(house, _corrected(house, SATURDAY))) == [(1, "2026-11-30 12:40", "2026-11-28 12:40")]
    house.moves_to(oslo("2026-11-28 12:41"))
    house.slack.expects("Breached", in_="#desk", thread=ticket.card)
    assert in_oslo(clocks(house, "T-1")["start_of_work"].late_at) == "2026-11-28 12:40"
    house.slack.forgets()


def test_hours_of_the_week_are_terms_and_are_no_correction(house: House) -> None:
    """Who wants other hours publishes another version; tickets keep the one they were opened under."""
    opened(house, *P3)
    assert _looks(house, _corrected(house, {"weekly": {"mon-fri": ["08:00-12:00"]}})) == []


def test_a_ticket_that_is_open_again_while_others_are_moved_is_moved_too(house: House) -> None:
    """Batches go on from ticket to ticket; after the last one it is looked once more from the first."""
    for _ in range(3):
        opened(house, *P3)
    database, team = house.vakt.database, house.vakt.team.team_id
    _is(house, 1, Status.CLOSED)
    proposals = propose(database, team, _corrected(house, CLOSED), house.now())
    moving = move(database, [replace(each, batch=1) for each in proposals], "closed for stocktaking")
    assert next(moving).number == 2
    _is(house, 1, Status.NEW)
    assert [each.number for each in moving] == [3, 1]
    house.slack.forgets()


def _is(house: House, number: int, status: Status) -> None:
    with house.vakt.database.transaction() as session:
        session.execute(update(Ticket).where(col(Ticket.number) == number).values(status=status))


def test_tickets_opened_afterwards_count_in_the_corrected_calendar_too(house: House) -> None:
    """It is kept as a version of the calendars of the same contract version."""
    opened(house, *P3)
    _moves(house, _corrected(house, CLOSED))
    with house.vakt.database.reading() as session:
        acme = session.exec(select(Customer).where(Customer.key == "acme")).one()
        force = agreements().in_force(session, acme, house.now())
    assert force.calendars_id == stored(house, "T-1").calendar_version_id
    assert force.version_id == stored(house, "T-1").contract_version_id
