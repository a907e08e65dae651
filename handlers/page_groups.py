"""A user group's step of a page: Slack is asked who is in the group, and when it has said so they are paged.

Nothing waits for Slack in a transaction, so the look is owed through the outbox like a message. A page that
has gone on meanwhile takes no notice of the answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers import paging
from handlers.errand import Errand, Step
from handlers.owed import Ledger
from handlers.page_calls import Members, NoGroup, Paging, question
from handlers.present import Present
from models.desk import Desk
from models.escalation import GroupFault
from models.outbox import Outgoing, State
from models.page import Page, page_by_id
from models.person import Person
from models.standing import standing_of
from models.store import Session
from models.ticket import ticket_by_number

FAULTS: Mapping[str, GroupFault] = {"no_such_subteam": GroupFault.UNKNOWN}
"""What Slack's words mean; any other is that it does not let us ask."""


def look(row: Outgoing, here: Present) -> Errand | None:
    """What is asked; None when the page has gone on, or is over."""
    page = here.session.get(Page, (row.team_id, str(row.args["page"])))
    asked = question(here.session, page) if page else None
    if asked is None or asked.id != row.id:
        return None
    return Errand(step=Step.MEMBERS, team_id=row.team_id, texts={"group": str(row.args["group"])})


def followed(session: Session, row: Outgoing, machine_now: datetime, now: datetime) -> None:
    """Page the group's members; when there is nobody to page, go on to the next step and say so."""
    ticket = ticket_by_number(session, row.team_id, row.ticket_number, lock=True) if row.ticket_number else None
    page = page_by_id(session, row.team_id, str(row.args["page"]))
    desk = session.get(Desk, (row.team_id, page.desk_id)) if page else None
    asked = question(session, page) if page else None
    if page is None or desk is None or asked is None or asked.id != row.id or row.state == State.DROPPED:
        return
    case = Paging(Ledger(session, machine_now), page, desk, ticket, now)
    if row.state != State.SENT:
        _none(case, row, FAULTS.get(row.refused_with, GroupFault.NOT_ALLOWED))
        return
    _paged(case, row, _Told.of(str(row.ts)))


@dataclass(frozen=True, slots=True)
class _Told:
    """What Slack said of a group: its id, and its members by Slack id."""

    group: str
    members: Sequence[str]

    @classmethod
    def of(cls, said: str) -> "_Told":
        group, _, members = said.split(":", 2)
        return cls(group, tuple(each for each in members.split(",") if each))


def _paged(case: Paging, row: Outgoing, told: _Told) -> None:
    if not told.members:
        _none(case, row, GroupFault.EMPTY)
        return
    there = [person for each in told.members if (person := _wakes(case, each)) is not None]
    free = case.chain.free(there, case.page.round, paging.asked_so_far(case.page))
    if free:
        paging.page_group(case, row, Members(told.group, free, len(told.members) - len(free)))
    else:
        _none(case, row, GroupFault.STRANGERS)


def _wakes(case: Paging, slack_user: str) -> Person | None:
    """Somebody who has not left Slack and works at a desk: nobody else is woken, and a customer reads no ticket."""
    standing = standing_of(case.session, case.page.team_id, slack_user)
    if standing is None or not standing.roles:
        return None
    left_at = standing.person.left_at
    return standing.person if left_at is None or left_at > case.now else None


def _none(case: Paging, row: Outgoing, fault: GroupFault) -> None:
    paging.go_on(case, None, NoGroup.of(fault, row))
