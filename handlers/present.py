"""The present that owed messages are drawn from, loaded a table at a time when many are drawn together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers.agreements import Agreements
from handlers.scene import around
from models.clock import Clock
from models.joining import JOINED, joined_to
from models.outbox import Kind, Outgoing
from models.page import Page
from models.person import Person, people_met, person_by_slack_id
from models.record import with_ids
from models.store import Session
from models.ticket import Ticket, ticket_by_number, tickets_read
from models.wait import Wait, waits_of, waits_of_all

FEW = 3
"""Fewer rows than this are drawn with what each asks for itself."""


@dataclass(frozen=True, slots=True)
class Present:
    """What a message is drawn from: a session, the instant, the contracts, and what was loaded beforehand."""

    session: Session
    now: datetime
    agreements: Agreements
    tickets: dict[tuple[str, int], Ticket] = field(default_factory=dict)
    waits: dict[tuple[str, int], list[Wait]] = field(default_factory=dict)
    people: dict[tuple[str, str], Person] = field(default_factory=dict)
    held: list[Any] = field(default_factory=list)
    """Rows that `session.get` finds for as long as somebody refers to them."""

    def ticket(self, team_id: str, number: int) -> Ticket | None:
        """A ticket by number."""
        return self.tickets.get((team_id, number)) or ticket_by_number(self.session, team_id, number)

    def waits_of(self, team_id: str, number: int) -> list[Wait]:
        """A ticket's waits, in the order in which they began."""
        found = self.waits.get((team_id, number))
        return waits_of(self.session, team_id, number) if found is None else found

    def person(self, team_id: str, slack_user: str) -> Person | None:
        """Somebody by Slack id, None for whom nobody has met."""
        return self.people.get((team_id, slack_user)) or person_by_slack_id(self.session, team_id, slack_user)


def present(session: Session, rows: Sequence[Outgoing], now: datetime, agreements: Agreements) -> Present:
    """The present as these rows need it, and those that are said in the same messages."""
    here = Present(session, now, agreements)
    joined = [each for row in rows if JOINED in row.args for each in joined_to(session, row)]
    if joined:
        here.held.extend(joined)
        rows = [*rows, *joined]
    if len(rows) >= FEW:
        for team_id in sorted({row.team_id for row in rows}):
            _load(here, team_id, [row for row in rows if row.team_id == team_id])
    return here


def _load(here: Present, team_id: str, rows: Sequence[Outgoing]) -> None:
    session, parts = here.session, [part for row in rows for part in row.args.get("parts", ())]
    numbers = {row.ticket_number for row in rows if row.ticket_number} | {part["number"] for part in parts}
    tickets = tickets_read(session, team_id, numbers)
    here.tickets.update({(team_id, ticket.number): ticket for ticket in tickets})
    here.waits.update({(team_id, ticket.number): [] for ticket in tickets})
    for wait in waits_of_all(session, team_id, numbers):
        here.waits.setdefault((team_id, wait.ticket_number), []).append(wait)
    people = people_met(session, team_id, {row.conversation for row in rows})
    here.people.update({(team_id, person.slack_user): person for person in people})
    here.held.extend(with_ids(session, Clock, team_id, {part["clock"] for part in parts}))
    pictured = {row.ticket_number for row in rows if row.kind != Kind.REMINDER}
    here.held.extend(around(session, team_id, tickets, [each for each in tickets if each.number in pictured]))
    here.held.extend(with_ids(session, Page, team_id, _pages(rows)))
    here.held.extend(with_ids(session, Outgoing, team_id, {row.thread_of for row in rows if row.thread_of}))


def _pages(rows: Sequence[Outgoing]) -> set[str]:
    """The pages that are drawn; an earlier version's have no account."""
    return {row.args["page"] for row in rows if row.kind == Kind.PAGE and "page" in row.args}
