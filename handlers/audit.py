"""What the auditor does about what it finds: set timers going again, and owe the desk a line about it.

Nothing is said twice by it: a clock that is armed again goes on with the rungs it has left, and a
finding is told once an hour for each kind and desk.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers import ladders, promises
from handlers.agreements import Agreements
from handlers.later import Later
from handlers.owed import Ledger
from handlers.views.facts import FindingKind
from models import audit, outbox
from models.clock import Clock
from models.customer import Customer
from models.desk import Desk, people_with_role
from models.outbox import Kind, Outgoing, Priority
from models.page import Page, page_by_id
from models.sla.contract import Role
from models.store import Session
from models.ticket import Ticket, ticket_by_number
from models.wait import waits_of

AT_ONCE = 100
"""Open pages without a timer that are looked at in one round."""

TOLD_FOR = timedelta(hours=24)
"""How long a finding is still worth telling."""


ARM_PAGE = Later("paging", "arm")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that should have happened and did not; `mended` when it was set going again."""

    kind: FindingKind
    id: str
    ticket_number: int | None
    mended: bool = False


def lacks_timer(session: Session, agreements: Agreements, clock: Clock) -> bool:
    """Whether a clock without a timer has rungs left that one should be set for."""
    ticket = ticket_by_number(session, clock.team_id, clock.ticket_number)
    return ticket is not None and bool(_pending(session, agreements, ticket, clock))


def arm_again(session: Session, agreements: Agreements, clock: Clock) -> bool:
    """Set the timer a clock lacks; False when it has one by now, or needs none."""
    ticket = ticket_by_number(session, clock.team_id, clock.ticket_number, lock=True)
    lacking = audit.unarmed_clocks(session, clock.team_id, clock.ticket_number - 1, clock.ticket_number)
    now_so = next((each for each in lacking if each.id == clock.id), None)
    if ticket is None or now_so is None or not _pending(session, agreements, ticket, now_so):
        return False
    contract = agreements.of_ticket(session, ticket, _customer(session, ticket))
    promises.arm(session, ticket, contract, [now_so], waits_of(session, ticket.team_id, ticket.number))
    return True


def arm_page_again(session: Session, page: Page, now: datetime) -> bool:
    """Set the timer that an open page lacks; False when it has one by now, or is over."""
    still = page_by_id(session, page.team_id, page.id)
    if still is None or still.ended_at is not None:
        return False
    if not any(each.id == page.id for each in audit.unarmed_pages(session, page.team_id, AT_ONCE)):
        return False
    still.next_at = still.next_at or now
    ARM_PAGE(session, still)
    return True


def _pending(session: Session, agreements: Agreements, ticket: Ticket, clock: Clock) -> list[ladders.Step]:
    contract = agreements.of_ticket(session, ticket, _customer(session, ticket))
    waits = waits_of(session, ticket.team_id, ticket.number)
    return ladders.pending(ticket, clock, ladders.rungs_of(contract, ticket, clock, waits))


def _customer(session: Session, ticket: Ticket) -> Customer:
    customer = session.get(Customer, (ticket.team_id, ticket.customer_id))
    if customer is None:
        message = f"{ticket.name} belongs to customer {ticket.customer_id}, who is not stored"
        raise LookupError(message)
    return customer


def tell(ledger: Ledger, team_id: str, findings: Sequence[Finding]) -> None:
    """Owe each desk concerned one line for each kind of finding, once an hour."""
    for (kind, desk_id), of_it in _by_desk(ledger.session, team_id, findings).items():
        desk = ledger.session.get(Desk, (team_id, desk_id))
        conversation = _where_told(ledger.session, desk) if desk else None
        if desk is not None and conversation:
            outbox.owe(ledger.session, _line(ledger, desk, kind, conversation, of_it))


def _by_desk(
    session: Session, team_id: str, findings: Sequence[Finding]
) -> dict[tuple[FindingKind, str], list[Finding]]:
    grouped: dict[tuple[FindingKind, str], list[Finding]] = {}
    for finding in findings:
        desk = audit.desk_concerned(session, team_id, finding.ticket_number)
        if desk is not None:
            grouped.setdefault((finding.kind, desk.id), []).append(finding)
    return grouped


def _where_told(session: Session, desk: Desk) -> str | None:
    """The desk's channel, else an administrator."""
    if desk.channel_id:
        return desk.channel_id
    people = people_with_role(session, desk.team_id, desk.id, Role.ADMINISTRATOR)
    return people[0].slack_user if people else None


def _line(ledger: Ledger, desk: Desk, kind: FindingKind, conversation: str, found: Sequence[Finding]) -> Outgoing:
    at = ledger.machine_now
    return Outgoing(
        team_id=desk.team_id,
        key=f"finding:{kind}:{desk.key}:{at:%Y-%m-%dT%H}",
        kind=Kind.FINDING,
        conversation=conversation,
        args={
            "finding": str(kind),
            "desk": desk.id,
            "count": len(found),
            "mended": all(each.mended for each in found),
            "tickets": list(_numbers(found)),
        },
        priority=Priority.REMINDER,
        ready_at=at,
        created_at=at,
        expires_at=at + TOLD_FOR,
    )


def _numbers(found: Sequence[Finding]) -> Iterator[int]:
    yield from sorted({each.ticket_number for each in found if each.ticket_number is not None})
