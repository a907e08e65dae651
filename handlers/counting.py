"""What a clock is counted by: which promises apply to a ticket, and a clock's plan as its waits stand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from models.clock import Clock
from models.sla.clock import Until
from models.sla.contract import ClockKind, Contract, Promise, Starts, TicketKind
from models.sla.plan import Facts, Planned, plan
from models.ticket import Ticket
from models.wait import Wait, pauses

RESOLVED = "resolved"
"""The kind of wait between a resolution and its reopening; it stops the clocks that go on after."""


def facts_of(ticket: Ticket, starts_on: Starts = Starts.REPORTED) -> Facts:
    """What decides which promises apply to the ticket."""
    return Facts(
        kind=TicketKind(ticket.kind),
        severity=ticket.severity,
        intake=ticket.intake,
        item=ticket.item,
        starts_on=starts_on,
    )


def acts_done(ticket: Ticket) -> frozenset[ClockKind]:
    """The acts that people have done on it. Source: docs/rules.md, 3."""
    done = set()
    if ticket.first_response_at is not None:
        done.add(ClockKind.FIRST_RESPONSE)
    if ticket.work_started_at is not None:
        done.add(ClockKind.START_OF_WORK)
    if ticket.ended:
        done |= {ClockKind.RESOLUTION, ClockKind.DELIVERY}
    return frozenset(done)


def planned_for(contract: Contract, ticket: Ticket, clock: Clock, waits: Sequence[Wait]) -> Planned:
    """A clock's plan as the waits stand now."""
    return counted(counted_in(contract, clock), clock, ticket.region, waits)


class Counted(Protocol):
    """What a clock is counted by."""

    promise_id: str
    started_at: datetime
    chosen_at: datetime | None


def counted(contract: Contract, clock: Counted, region: str | None, waits: Sequence[Wait]) -> Planned:
    """A clock's plan in the calendars of that contract."""
    promise = _promise(contract, clock)
    kinds = frozenset(map(str, promise.paused_by)) | {RESOLVED}
    stopped = pauses(list(waits), kinds) if waits else ()
    return plan(contract, promise, reported_at=clock.started_at, region=region, pauses=stopped)


def _promise(contract: Contract, clock: Counted) -> Promise:
    """What the clock runs by: the contract's rule, or the instant that a person chose in its place. Source: PI-13."""
    promise = contract.promise(clock.promise_id)
    return replace(promise, target=Until(clock.chosen_at), expected=None) if clock.chosen_at else promise


def counted_in(contract: Contract, clock: Clock) -> Contract:
    """The contract in the calendars of the clock: those of its ticket, unless it was done before a correction."""
    return contract.earlier.get(clock.calendar_version_id or "", contract)
