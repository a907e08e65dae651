"""What is owed after a change: cards refreshed, a line in the thread, a word to the customer.

`note` is how handlers change a ticket: the event, what it changes, the line in the desk's thread
and the refreshed cards are one act.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models import history, outbox
from models.history import Event, Happening, HistoryEntry
from models.outbox import Kind, Outgoing, Priority
from models.record import Adds
from models.store import Session
from models.ticket import Ticket

URGENT_EVENTS = frozenset({Event.LATE, Event.ESCALATED, Event.PAGED, Event.ASKED_AGAIN})
"""Events whose line goes before cards. A reminder itself goes to the owner; its line in the thread can wait."""
SILENT_EVENTS = frozenset({Event.ESCALATED, Event.CALLED_OUT})
"""Events whose thread line is the message that tells of them."""

REMINDER_LASTS = timedelta(hours=24)
"""How long a reminder is still worth saying."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The session, and the machine instant at which what is owed may be sent.

    With `changed` the cards of the tickets that change are refreshed together, by `refresh`; without
    it each at once. New rows go to `fresh` where there is one: whoever gave it stores them. `opening`
    is there while a ticket is being opened whose rows are in `fresh`.
    """

    session: Session
    machine_now: datetime
    changed: set[tuple[str, int]] | None = None
    fresh: Adds | None = None
    opening: "Opening | None" = None

    @property
    def rows(self) -> Adds:
        """Takes new rows."""
        return self.session if self.fresh is None else self.fresh

    def card(self, ticket: Ticket) -> Outgoing | None:
        """The desk's card of a ticket."""
        if self.opening is not None:
            return self.opening.card
        return self.session.get(Outgoing, (ticket.team_id, ticket.desk_card_id))

    def touch(self, ticket: Ticket) -> None:
        """The ticket's cards show something else now. Those of one that is being opened were never shown."""
        if self.opening is not None:
            return
        if self.changed is not None:
            self.changed.add((ticket.team_id, ticket.number))
            return
        self.session.flush()
        outbox.refresh_cards(self.session, ticket.team_id, [ticket.number], self.machine_now)

    def refresh(self) -> None:
        """Owe an edit of the cards of every ticket that changed."""
        self.session.flush()
        for team_id in sorted({team for team, _ in self.changed or ()}):
            numbers = sorted(number for team, number in self.changed or () if team == team_id)
            outbox.refresh_cards(self.session, team_id, numbers, self.machine_now)


@dataclass(frozen=True, slots=True)
class Opening:
    """What is owed of a ticket that is being opened: its card at the desk, and the first line under it."""

    card: Outgoing
    line: Outgoing


def note(
    ledger: Ledger,
    ticket: Ticket,
    happening: Happening,
    *,
    to_customer: bool = False,
    **changes: Any,
) -> HistoryEntry:
    """Change a ticket: write the event, owe its line, refresh the cards."""
    entry = history.change(ledger.rows, ticket, happening, **changes)
    if happening.event not in SILENT_EVENTS:
        owe_line(ledger, ticket, entry)
    if to_customer:
        tell_customer(ledger, ticket, entry)
    ledger.touch(ticket)
    return entry


def owe_cards(
    rows: Adds, machine_now: datetime, ticket: Ticket, desk_channel: str, customer_channel: str | None
) -> Outgoing:
    """Owe the desk's card, and the customer's where it has a channel; gives the desk's."""
    card = _owe_card(rows, machine_now, ticket, Kind.DESK_CARD, desk_channel)
    ticket.desk_card_id = card.id
    if customer_channel is not None:
        ticket.customer_card_id = _owe_card(rows, machine_now, ticket, Kind.CUSTOMER_CARD, customer_channel).id
    return card


def _owe_card(rows: Adds, machine_now: datetime, ticket: Ticket, kind: Kind, channel: str) -> Outgoing:
    row = _row(machine_now, ticket, kind, outbox.card_key(ticket.number, kind), Priority.CARD, {})
    row.conversation = channel
    rows.add(row)
    return row


def owe_line(ledger: Ledger, ticket: Ticket, entry: HistoryEntry) -> None:
    """Owe the line of an event in the desk's thread; while the ticket is being opened it stands in the first."""
    urgent = entry.event in URGENT_EVENTS
    if ledger.opening is not None:
        _join(ledger.opening, entry, Priority.REMINDER if urgent else Priority.CARD)
        return
    owe_in_thread(
        ledger,
        ticket,
        kind=Kind.LOG_LINE,
        key=f"{ticket.name}:log:{entry.position}",
        position=entry.position,
        priority=Priority.REMINDER if urgent else Priority.CARD,
        args={"positions": [entry.position]},
    )


def _join(opening: Opening, entry: HistoryEntry, priority: Priority) -> None:
    """Two lines that are written at once are one message: nobody is told twice, and Slack takes half as many."""
    line = opening.line
    line.args = {"positions": [*line.args["positions"], entry.position]}
    line.priority = min(line.priority, priority)
    opening.card.priority = min(opening.card.priority, line.priority)


def owe_first_line(
    rows: Adds, machine_now: datetime, ticket: Ticket, entry: HistoryEntry, conversation: str
) -> Outgoing:
    """Owe a line under a card that is stored in this very transaction: nothing to look up."""
    key = f"{ticket.name}:log:{entry.position}"
    row = _row(machine_now, ticket, Kind.LOG_LINE, key, Priority.CARD, {"positions": [entry.position]})
    row.thread_of, row.position, row.conversation = ticket.desk_card_id, entry.position, conversation
    rows.add(row)
    return row


def tell_customer(ledger: Ledger, ticket: Ticket, entry: HistoryEntry) -> None:
    """Owe the customer a word about an event, in its thread; nothing where it has no channel."""
    if ticket.customer_card_id is None:
        return
    row = _row(
        ledger.machine_now,
        ticket,
        Kind.CUSTOMER_LINE,
        f"{ticket.name}:customer:{entry.position}",
        Priority.REMINDER,
        {"position": entry.position},
    )
    card = ledger.session.get(Outgoing, (ticket.team_id, ticket.customer_card_id))
    row.thread_of, row.position = ticket.customer_card_id, entry.position
    row.conversation = card.conversation if card else ""
    outbox.owe_new(ledger.rows, row, card)


def owe_in_thread(
    ledger: Ledger,
    ticket: Ticket,
    *,
    kind: Kind,
    key: str,
    position: int,
    priority: Priority,
    args: dict[str, Any],
) -> None:
    """Owe a notice under the desk's card."""
    card = ledger.card(ticket)
    row = _row(ledger.machine_now, ticket, kind, key, priority, args)
    row.thread_of, row.position = ticket.desk_card_id, position
    row.conversation = card.conversation if card else ""
    outbox.owe_new(ledger.rows, row, card)


def tell_role(ledger: Ledger, ticket: Ticket, entry: HistoryEntry) -> None:
    """Owe the mention of the role that an escalation names, in the desk's thread."""
    owe_in_thread(
        ledger,
        ticket,
        kind=Kind.ESCALATION,
        key=f"{ticket.name}:escalation:{entry.position}",
        position=entry.position,
        priority=Priority.REMINDER,
        args={"position": entry.position},
    )


def directly(  # noqa: PLR0913 - a row has that many facts
    machine_now: datetime,
    team_id: str,
    *,
    kind: Kind,
    key: str,
    slack_user: str,
    priority: Priority,
    args: dict[str, Any],
    ticket_number: int | None = None,
) -> Outgoing:
    """A direct message that will be owed."""
    return Outgoing(
        team_id=team_id,
        key=key,
        kind=kind,
        conversation=slack_user,
        ticket_number=ticket_number,
        args=args,
        priority=priority,
        ready_at=machine_now,
        created_at=machine_now,
        expires_at=machine_now + REMINDER_LASTS if kind is Kind.REMINDER else None,
    )


def _row(
    machine_now: datetime,
    ticket: Ticket,
    kind: Kind,
    key: str,
    priority: Priority,
    args: dict[str, Any],
) -> Outgoing:
    return Outgoing(
        team_id=ticket.team_id,
        key=key,
        kind=kind,
        conversation="",
        ticket_number=ticket.number,
        args=args,
        priority=priority,
        ready_at=machine_now,
        created_at=machine_now,
    )
