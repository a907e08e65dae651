"""Signs of life that are expected: a beat comes, does not come, or comes again.

One missed slot opens a ticket, two page, the first beat after it ends the ticket. Source: HP-15, EM-18, PS-32.
"""

from datetime import datetime
from typing import Protocol

from handlers.agreements import Agreements
from handlers.alert_tickets import Automatic, UnusableError, Wanted, open_for, page, settle, words_of
from handlers.desk import Desk
from handlers.owed import note
from handlers.views import automatic
from models.alerting.document import HeartbeatDocument
from models.history import Event
from models.monitor import Monitor, arm, monitor_by_key, monitors_of, timer_of, unarmed
from models.person import sender_id
from models.record import Fresh
from models.store import Session
from models.timer import LONG_AGO, Timer

MISSED_TO_PAGE = 2


def beat(key: str, team_id: str, desk: Desk) -> bool:
    """A beat came: the next is expected, and what was missing is over. False when none is expected there."""
    with desk.transaction() as session:
        monitor = monitor_by_key(session, team_id, key)
        if monitor is None:
            return False
        now, number = desk.now(), monitor.ticket_number
        monitor.last_beat_at, monitor.missed, monitor.ticket_number = now, 0, None
        _expect(monitor, now)
        if number is not None:
            _end(_automatic(session, desk.agreements, monitor, now, desk.machine_now()), number)
    return True


def _end(at: Automatic, number: int) -> None:
    ticket = at.ticket(number)
    if ticket is None or ticket.ended:
        return
    note(at.ledger, ticket, at.happening(Event.ALERT_ENDED))
    settle(at, ticket, words_of(at, ticket).plain(automatic.BACK))


def _automatic(
    session: Session, agreements: Agreements, monitor: Monitor, now: datetime, machine_now: datetime
) -> Automatic:
    return Automatic(
        session=session,
        agreements=agreements,
        team_id=monitor.team_id,
        sender=sender_id("heartbeat", monitor.key),
        now=now,
        machine_now=machine_now,
    )


def document_of(monitor: Monitor) -> HeartbeatDocument:
    """What is expected."""
    return HeartbeatDocument.model_validate(monitor.document)


def _expect(monitor: Monitor, since: datetime) -> None:
    """The slot after an instant is waited for."""
    document = document_of(monitor)
    monitor.expected_at = document.after(since)
    monitor.due_at = monitor.expected_at + document.patience


class Turn(Protocol):
    """What one turn of the timers needs, as `handlers.timers.Batch` has it."""

    agreements: Agreements
    machine_now: datetime
    fresh: Fresh


def on_due(session: Session, timer: Timer, now: datetime, batch: Turn) -> None:
    """Look whether a beat has come; the one timer then stands at the next slot.

    A beat writes to its own row only, so that it never waits for the loop: a timer may come too soon.
    """
    monitor = monitor_by_key(session, timer.team_id, timer.clock_id or "")
    if monitor is None:
        return
    if monitor.due_at <= LONG_AGO:  # its first interval begins when somebody looks
        _expect(monitor, now)
    elif monitor.due_at <= now:
        _miss(_automatic(session, batch.agreements, monitor, now, batch.machine_now), monitor)
    batch.fresh.add(timer_of(monitor))


def _miss(at: Automatic, monitor: Monitor) -> None:
    """A slot has passed without a beat."""
    ticket = at.ticket(monitor.ticket_number)
    monitor.missed += 1
    if ticket is None or ticket.ended:
        monitor.missed, monitor.ticket_number = 1, _open(at, monitor)
    elif monitor.missed == MISSED_TO_PAGE:
        page(at, ticket)
    slot = monitor.expected_at
    while monitor.due_at <= at.now:
        slot = document_of(monitor).after(slot)
        monitor.expected_at, monitor.due_at = slot, slot + document_of(monitor).patience


def _open(at: Automatic, monitor: Monitor) -> int | None:
    document = document_of(monitor)
    wanted = Wanted(
        customer=document.customer,
        tell=lambda words: automatic.missing(monitor.name, monitor.expected_at, monitor.last_beat_at, words),
        severity=document.severity,
        kind=document.kind,
        item=document.item,
    )
    try:
        return open_for(at, wanted).number
    except UnusableError as error:
        message = f"heartbeat {monitor.key}: {error}"
        raise LookupError(message) from error


def after_downtime(session: Session, team_id: str, now: datetime) -> None:
    """Nobody was there to hear a beat: each sender has its grace from now."""
    for monitor in monitors_of(session, team_id):
        if monitor.due_at > LONG_AGO:
            monitor.due_at = max(monitor.due_at, now + document_of(monitor).patience)


def arm_again(session: Session, team_id: str) -> int:
    """Set the timers that are missing, as after a version that did not know them; gives how many."""
    found = unarmed(session, team_id)
    for monitor in found:
        arm(session, monitor)
    return len(found)
