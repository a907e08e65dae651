"""Who may do what: one matrix, asked again on every click, and the reach of every read.

A refusal is a reason and a way out. Every read that a person can cause takes the viewer, and the
query itself is narrowed to `reach_of` the viewer. Source: PS-23.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from handlers.errors import UserError
from handlers.views.facts import PersonFact, Refusal, Value
from models.customer import contacts_of
from models.desk import people_with_role
from models.person import Person
from models.sla.contract import Contract, Role
from models.standing import standing_of
from models.store import Session
from models.ticket import Reach, Ticket


class Act(StrEnum):
    """Everything that can be done to a ticket."""

    SEE = "see"
    SEE_INSIDE = "see_inside"
    START = "start"
    REPLY = "reply"
    ASSIGN = "assign"
    OWN = "own"
    WAIT = "wait"
    RESUME = "resume"
    WORKAROUND = "workaround"
    SET_SEVERITY = "set_severity"
    TO_LEVEL_3 = "to_level_3"
    MORE_WORK = "more_work"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CONFIRM = "confirm"
    ACCEPT = "accept"
    PLAN_RELEASE = "plan_release"
    ANSWER_PAGE = "answer_page"


class Part(StrEnum):
    """What a viewer is to a ticket."""

    DESK = "desk"
    CUSTOMER = "customer"


_DESK = frozenset({Part.DESK})
_BOTH = frozenset({Part.DESK, Part.CUSTOMER})

MATRIX: Mapping[Act, frozenset[Part]] = {
    Act.SEE: _BOTH,
    Act.SEE_INSIDE: _DESK,
    Act.START: _DESK,
    Act.REPLY: _DESK,
    Act.ASSIGN: _DESK,
    Act.OWN: _DESK,
    Act.WAIT: _DESK,
    Act.RESUME: _DESK,
    Act.WORKAROUND: _DESK,
    Act.SET_SEVERITY: _DESK,
    Act.TO_LEVEL_3: _DESK,
    Act.MORE_WORK: _DESK,
    Act.RESOLVE: _DESK,
    Act.REOPEN: _BOTH,
    Act.CONFIRM: frozenset({Part.CUSTOMER}),
    Act.ACCEPT: _DESK,
    Act.PLAN_RELEASE: _DESK,
    Act.ANSWER_PAGE: _DESK,
}
"""Which parts may do it at all."""

WORKING_ROLES = frozenset({Role.AGENT, Role.SENIOR, Role.ON_CALL, Role.ADMINISTRATOR})
"""Roles that work on tickets; a manager who holds none of them only looks."""

DECIDING_ROLES = (Role.MANAGER, Role.SENIOR, Role.ADMINISTRATOR)
"""Roles that grant or decline a claim for a credit: it is the desk's money."""

LOOKING = frozenset({Act.SEE, Act.SEE_INSIDE})

ANSWERING = frozenset({Act.ANSWER_PAGE})
"""What everybody of the desk may do: a manager is paged as well, when nobody else is left."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person, and what that person is to whom."""

    team_id: str
    person: Person
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    customers: Mapping[str, bool] = field(default_factory=dict)

    @property
    def is_desk(self) -> bool:
        """Whether the person works at any desk."""
        return bool(self.roles)

    def roles_at(self, desk_id: str) -> frozenset[str]:
        """The roles at one desk."""
        return self.roles.get(desk_id, frozenset())


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes, and as what."""

    part: Part


@dataclass(frozen=True, slots=True)
class Refused:
    """No: the key of the reason's text, with its values (the way out among them)."""

    reason: Refusal
    values: Mapping[str, Value] = field(default_factory=dict)


def viewer_of(session: Session, team_id: str, slack_user: str) -> Viewer:
    """Who somebody is, by Slack id. Somebody Vakt never met is nobody's, and is not stored here."""
    standing = standing_of(session, team_id, slack_user)
    if standing is None:
        return Viewer(team_id, Person(team_id=team_id, slack_user=slack_user, name=""))
    customers = {} if standing.roles else standing.customers
    return Viewer(team_id, standing.person, standing.roles, customers)


def may(
    session: Session, viewer: Viewer, act: Act, ticket: Ticket, contract: Contract | None = None
) -> Allowed | Refused:
    """Whether the viewer may do that to the ticket, under its contract."""
    parts = _parts(viewer, ticket)
    if not parts:
        return Refused(Refusal.UNKNOWN_TICKET, {"number": ticket.name})
    able = parts & MATRIX[act]
    if not able:
        role = Role.AGENT if Part.CUSTOMER in parts else "contact"
        return Refused(Refusal.NO_RIGHT, {"role": role, "anyone": _who_may(session, ticket, role)})
    part = Part.DESK if Part.DESK in able else Part.CUSTOMER
    if act in LOOKING | ANSWERING or part is Part.CUSTOMER:
        return Allowed(part)
    held = viewer.roles_at(ticket.desk_id)
    if not held & WORKING_ROLES:
        agents = role_people(session, ticket, Role.AGENT)
        return Refused(Refusal.NO_RIGHT, {"role": Role.AGENT, "anyone": agents})
    if act is Act.OWN and contract is not None and Role.SENIOR not in held:
        return _senior_only(session, ticket, contract) or Allowed(part)
    return Allowed(part)


def _senior_only(session: Session, ticket: Ticket, contract: Contract) -> Refused | None:
    """A class that juniors may start but not own. Source: PI-09."""
    severity = contract.severity(ticket.severity)
    if severity.junior_may_own:
        return None
    return Refused(
        Refusal.SENIOR_ONLY,
        {
            "severity": severity.name,
            "clause": severity.clause or "",
            "anyone": role_people(session, ticket, Role.SENIOR),
        },
    )


def _who_may(session: Session, ticket: Ticket, role: str) -> tuple[PersonFact, ...]:
    if role != "contact":
        return role_people(session, ticket, role)
    return tuple(
        PersonFact(person.slack_user, person.name)
        for person in contacts_of(session, ticket.team_id, ticket.customer_id)
    )


def _parts(viewer: Viewer, ticket: Ticket) -> frozenset[Part]:
    if viewer.team_id != ticket.team_id:
        return frozenset()
    if ticket.desk_id in viewer.roles:
        return frozenset({Part.DESK})
    if ticket.customer_id in viewer.customers or ticket.requester_id == viewer.person.id:
        return frozenset({Part.CUSTOMER})
    return frozenset()


def demand(session: Session, viewer: Viewer, act: Act, ticket: Ticket, contract: Contract | None = None) -> Part:
    """As `may`, for those who cannot go on without.

    Raises:
        UserError: the reason and the way out.
    """
    answer = may(session, viewer, act, ticket, contract)
    if isinstance(answer, Refused):
        raise UserError.refusing(answer.reason, answer.values)
    return answer.part


def reach_of(viewer: Viewer) -> Reach:
    """What a viewer may see; every query that a person causes is narrowed to it."""
    return Reach(
        person_id=viewer.person.id,
        desks=frozenset(viewer.roles),
        customers=frozenset(viewer.customers),
    )


def role_people(session: Session, ticket: Ticket, role: str) -> tuple[PersonFact, ...]:
    """Who holds a role at the ticket's desk."""
    people = people_with_role(session, ticket.team_id, ticket.desk_id, role)
    return tuple(PersonFact(person.slack_user, person.name) for person in people)
