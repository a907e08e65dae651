"""Tickets in lists: what their rows show, loaded a table at a time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.agreements import Agreements
from handlers.clock_pictures import clock_fact, in_order
from handlers.pictures import status_of
from handlers.scene import Scene, around, person_fact, scene, severity_fact
from handlers.views import facts as told
from models import typed_text
from models.clock import Clock, clocks_of_all
from models.person import Person
from models.record import with_ids
from models.store import Session
from models.ticket import Ticket
from models.wait import Wait, waits_of_all


@dataclass(frozen=True, slots=True)
class Shown:
    """What rows are made of, by ticket."""

    clocks: Mapping[int, Sequence[Clock]]
    waits: Mapping[int, Sequence[Wait]]
    held: Sequence[Any]
    """Rows that `session.get` finds for as long as somebody refers to them."""


def row_facts(session: Session, agreements: Agreements, tickets: Sequence[Ticket], now: datetime) -> list[told.RowFact]:
    """Tickets of one team, each as a row of a list."""
    if not tickets:
        return []
    shown = _load(session, tickets[0].team_id, tickets)
    return [_row_fact(scene(session, agreements, ticket, now), shown) for ticket in tickets]


def _load(session: Session, team_id: str, tickets: Sequence[Ticket]) -> Shown:
    numbers = [ticket.number for ticket in tickets]
    clocks, waits = defaultdict(list), defaultdict(list)
    for clock in clocks_of_all(session, team_id, numbers):
        clocks[clock.ticket_number].append(clock)
    for wait in waits_of_all(session, team_id, numbers):
        waits[wait.ticket_number].append(wait)
    held = (
        *around(session, team_id, tickets),
        *with_ids(session, Person, team_id, {ticket.owner_id for ticket in tickets if ticket.owner_id}),
    )
    return Shown(clocks, waits, held)


def _row_fact(at: Scene, shown: Shown) -> told.RowFact:
    ticket, session = at.ticket, at.session
    clocks = in_order(shown.clocks.get(ticket.number, ()), at.now)
    first = next((clock for clock in clocks if clock.stopped_at is None), None)
    return told.RowFact(
        number=ticket.name,
        summary=typed_text.read(session, ticket.team_id, ticket.summary_id),
        customer=at.customer.name,
        severity=severity_fact(at.contract.severity(ticket.severity)),
        status=status_of(ticket),
        owner=person_fact(session, ticket.team_id, ticket.owner_id),
        clock=clock_fact(at, first, shown.waits.get(ticket.number, ())) if first else None,
    )
