"""A corrected fact about opening: what it would move of running clocks, and moving them.

Promises are never touched, only closures, half days, extra openings and holidays. A running clock
counts anew from its start; one that stopped or is late keeps its instants and the calendars that
it was counted in. Source: docs/counting.md, 13.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handlers import counting, ladders
from handlers.agreements import Agreements
from models import correction
from models.clock import Clock, ClockState
from models.contract_version import CalendarVersion, ContractVersion
from models.correction import Case, Corrected, OpenClock, OpenTicket
from models.customer import Customer
from models.sla.contract import Contract
from models.sla.ladder import warned_from
from models.sla.plan import Planned, only_closes
from models.store import Session
from models.ticket import Ticket

BATCH = 500
"""Tickets of one transaction: about a tenth of a second, so that nobody else waits long to write."""

PAST, AHEAD = timedelta(days=400), timedelta(days=800)
"""For how long calendars are compared."""


@dataclass(frozen=True, slots=True)
class Move:
    """A due instant that a correction moves."""

    number: int
    clock: str
    clause: str
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A contract version whose calendars are corrected, stored or about to be."""

    agreements: Agreements
    version: ContractVersion
    calendars: CalendarVersion
    now: datetime
    batch: int = BATCH
    contracts: dict[str, Contract] = field(default_factory=dict)
    """By customer, those that were looked up."""
    closing: dict[tuple[str, str], bool] = field(default_factory=dict)
    """By customer and the calendars before: whether it only closes more."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a batch moves, and after which ticket the next one begins (None: it was the last)."""

    moves: tuple[Move, ...]
    tickets: int
    after: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A running clock, counted in the corrected calendars."""

    clock: OpenClock
    planned: Planned

    @property
    def moves(self) -> bool:
        """Whether that gives another instant."""
        return (self.planned.due, self.planned.expected) != (self.clock.due_at, self.clock.expected_at)

    def move(self) -> Move:
        """Write the new instants on the clock; gives what that moves."""
        before, after = self.clock.due_at, self.planned.due
        self.clock.due_at, self.clock.expected_at = after, self.planned.expected
        return Move(self.clock.ticket_number, self.clock.kind, self.clock.clause, _known(before), _known(after))


def look(session: Session, proposal: Proposal, after: int) -> Page:
    """What would move of the next tickets; nothing is stored."""
    cases = correction.cases_after(session, proposal.version, proposal.calendars.id, after, proposal.batch, lock=False)
    moves = [
        plan.move()
        for case in cases
        for plan in _plans(case, _contract(session, proposal, case.ticket), proposal.now)
        if plan.moves
    ]
    return _page(cases, moves, proposal.batch)


def apply(session: Session, proposal: Proposal, reason_id: str | None, after: int, machine_now: datetime) -> Page:
    """Move the running clocks of the next tickets that do not count in the corrected calendars yet."""
    cases = correction.cases_after(session, proposal.version, proposal.calendars.id, after, proposal.batch, lock=True)
    done = Corrected(proposal.version.team_id, proposal.calendars.id, proposal.now, reason_id)
    moves = [move for case in cases for move in _correct(session, done, case, proposal)]
    correction.store(session, done, machine_now)
    return _page(cases, moves, proposal.batch)


def _page(cases: Sequence[Case], moves: Sequence[Move], batch: int) -> Page:
    last = cases[-1].ticket.number if len(cases) == batch else None
    return Page(tuple(moves), len(cases), last)


def _contract(session: Session, proposal: Proposal, ticket: OpenTicket) -> Contract:
    if ticket.customer_id not in proposal.contracts:
        contract = proposal.agreements.under(_customer(session, proposal, ticket), proposal.version, proposal.calendars)
        proposal.contracts[ticket.customer_id] = contract
    return proposal.contracts[ticket.customer_id]


def _customer(session: Session, proposal: Proposal, ticket: OpenTicket) -> Customer:
    customer = session.get(Customer, (proposal.version.team_id, ticket.customer_id))
    if customer is None:
        message = f"T-{ticket.number} belongs to a customer that is not stored"
        raise LookupError(message)
    return customer


def _plans(case: Case, contract: Contract, now: datetime) -> Iterator[Plan]:
    """Every clock that runs, is not late, and was not done before an earlier correction."""
    for clock in case.clocks:
        if clock.state == ClockState.RUNNING and clock.due_at is not None and not _stays(clock, now):
            yield Plan(clock, counting.counted(contract, clock, case.ticket.region, case.waits))


def _stays(clock: OpenClock, now: datetime) -> bool:
    """Whether it never moves: it stopped, or is late, if only by the instants."""
    if clock.calendar_version_id is not None or clock.late_at is not None or clock.state == ClockState.STOPPED:
        return True
    return clock.state == ClockState.RUNNING and clock.due_at is not None and clock.due_at <= now


def _correct(session: Session, done: Corrected, case: Case, proposal: Proposal) -> list[Move]:
    ticket, contract = case.ticket, _contract(session, proposal, case.ticket)
    for clock in case.clocks:
        if clock.calendar_version_id is None and _stays(clock, proposal.now):
            clock.calendar_version_id = ticket.calendar_version_id
            done.kept.append(clock)
    moves = []
    for plan in _plans(case, contract, proposal.now):
        _look_by(done, case, plan.clock, _next_look(session, proposal, case, plan))
        if plan.moves:
            moves.append(plan.move())
            done.moved.append(plan.clock)
    done.note(ticket, [_told(move) for move in moves])
    if moves:
        done.redrawn.append(ticket.number)
    return moves


def _next_look(session: Session, proposal: Proposal, case: Case, plan: Plan) -> datetime | None:
    """No later than its next rung.

    A timer may come early, since whoever it wakes looks at the clock as it is and sets the next one.
    So where it is only closed more, which puts everything off but a warning before a closing, the
    timer that is there will do; else the whole ladder is counted anew.
    """
    contract = _contract(session, proposal, case.ticket)
    earlier = plan.planned.due is not None and plan.planned.due < _known(plan.clock.due_at)
    if not earlier and _only_closes(session, proposal, case.ticket):
        return warned_from(contract, plan.planned)
    team_id = proposal.version.team_id
    ticket = session.get(Ticket, (team_id, case.ticket.number))
    clock = session.get(Clock, (team_id, plan.clock.id))
    if ticket is None or clock is None:
        return None
    steps = ladders.pending(ticket, clock, ladders.rungs_of(contract, ticket, clock, case.waits))
    return min((step.at for step in steps), default=None)


def _only_closes(session: Session, proposal: Proposal, ticket: OpenTicket) -> bool:
    """Whether the corrected calendars are nowhere open where those before were closed."""
    key = (ticket.customer_id, ticket.calendar_version_id)
    if key not in proposal.closing:
        customer = _customer(session, proposal, ticket)
        before = proposal.agreements.stored(session, customer, proposal.version.id, ticket.calendar_version_id)
        after = _contract(session, proposal, ticket)
        proposal.closing[key] = only_closes(before, after, proposal.now - PAST, proposal.now + AHEAD)
    return proposal.closing[key]


def _look_by(done: Corrected, case: Case, clock: OpenClock, at: datetime | None) -> None:
    """See to it that a clock is looked at no later than then."""
    look = case.looks.get(clock.id)
    if look is None:
        if at is not None:
            done.armed.append((clock, at))
    elif at is not None and at < look.due_at:
        look.due_at = at
        done.sooner.append(look)


def _told(move: Move) -> dict[str, str]:
    return {"before": move.before.isoformat(), "after": move.after.isoformat()}


def _known(at: datetime | None) -> datetime:
    """The due instant of a clock that runs."""
    if at is None:
        message = "a running clock has no due instant"
        raise LookupError(message)
    return at
