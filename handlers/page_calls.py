"""What a page's step owes: the direct message, the loud word in a channel, the receipts, and their edits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers.chain import Chain, Turn
from handlers.owed import Ledger, directly, note, owe_in_thread
from handlers.second_channels import owe_beside
from models import outbox
from models.desk import Desk
from models.escalation import Plan, Why
from models.history import Event, Happening, HistoryEntry
from models.outbox import Kind, Outgoing, Priority
from models.page import Page, open_pages_to
from models.person import Person
from models.store import Session
from models.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Paging:
    """A page at an instant of contract time: who acts on it (None: time), and what belongs to it.

    `facts` go into the first line of the history that this writes.
    """

    ledger: Ledger
    page: Page
    desk: Desk
    ticket: Ticket | None
    now: datetime
    actor_id: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def session(self) -> Session:
        """Where all of it is stored."""
        return self.ledger.session

    @property
    def chain(self) -> Chain:
        """Its plan, as it was frozen."""
        return Chain(self.session, self.desk, Plan.of(self.page.plan))

    def note(self, event: Event, **facts: Any) -> HistoryEntry | None:
        """Write it into the ticket's history; a page without a ticket has its own account only."""
        if self.ticket is None:
            return None
        told = {"page": self.page.id, **self.facts, **facts}
        self.facts.clear()
        return note(self.ledger, self.ticket, Happening(event=event, at=self.now, actor_id=self.actor_id, facts=told))


def close(page: Page, now: datetime, why: Why | None) -> list[dict[str, Any]]:
    """End the calls that are waited for; gives them."""
    over = {"until": now.isoformat(), "why": str(why) if why else None}
    closed = [call["row"] for call in page.open_calls]
    # A call that was asked for a reason of its own keeps it.
    page.calls = [
        {**call, **over, "why": call["why"] or over["why"]} if call["row"] in closed else call for call in page.calls
    ]
    return [call for call in page.calls if call["row"] in closed]


def call_person(case: Paging, person: Person, why: Why | None, instead_of: Sequence[str]) -> None:
    """Owe somebody the direct message, and note it: the receipt and the ticket's history."""
    passed_on = {"why": str(why), "passed_on_from": list(instead_of)} if why and instead_of else {}
    case.note(Event.PAGED, to=person.id, **passed_on)
    owe_call(case, person, again=False)


def owe_call(case: Paging, person: Person, *, again: bool) -> None:
    page, number = case.page, len(case.page.calls)
    row = directly(
        case.ledger.machine_now,
        page.team_id,
        kind=Kind.PAGE,
        key=f"page:{page.id}:{page.round}:{page.step}:{person.id}:{number}",
        slack_user=person.slack_user,
        priority=Priority.PAGE,
        args={"page": page.id, "call": number},
        ticket_number=page.ticket_number,
    )
    case.session.add(row)
    owe_beside(case.session, row, person, case.ledger.machine_now)
    call = {
        "to": person.id,
        "round": page.round,
        "step": page.step,
        "at": case.now.isoformat(),
        "row": row.id,
        "again": again,
        "until": None,
        "why": None,
    }
    page.calls = [*page.calls, call]


def call_out(case: Paging, turn: Turn, why: Why | None) -> None:
    """Tell the desk's channel, loudly: nobody is on call by a step, or a channel's turn, or nobody is left."""
    page = case.page
    told = {
        "nobody": list(turn.nobody),
        "last": turn.last,
        "channel": turn.channel,
        "then": [person.id for person in turn.people],
        "why": str(why) if why else None,
    }
    entry = case.note(Event.CALLED_OUT, **told)
    args = {**told, "page": page.id}
    at = f"{page.round}:{page.step}:{page.resorts}:{len(page.calls)}"
    if case.ticket is not None and entry is not None:
        key = f"{case.ticket.name}:call_out:{entry.position}"
        owe_in_thread(
            case.ledger,
            case.ticket,
            kind=Kind.CALL_OUT,
            key=key,
            position=entry.position,
            priority=Priority.PAGE,
            args=args,
        )
        if _is_private(case):
            case.session.add(_aloud(case, case.desk.channel_id, f"{key}:aloud", args))
    else:
        case.session.add(_aloud(case, case.desk.channel_id, f"page:{page.id}:call_out:{at}", args))
    if turn.channel and turn.channel != case.desk.channel_id:
        case.session.add(_aloud(case, turn.channel, f"page:{page.id}:call_out:{at}:there", args))


def _is_private(case: Paging) -> bool:
    """Whether the ticket's card, and so its thread, stands in no channel: the desk's is told the number alone."""
    card = case.session.get(Outgoing, (case.page.team_id, (case.ticket.desk_card_id or "") if case.ticket else ""))
    return card is not None and card.conversation != case.desk.channel_id


def _aloud(case: Paging, channel: str, key: str, args: dict[str, Any]) -> Outgoing:
    """A notice in a channel, under no card."""
    at = case.ledger.machine_now
    return Outgoing(
        team_id=case.page.team_id,
        key=key,
        kind=Kind.CALL_OUT,
        conversation=channel,
        ticket_number=case.page.ticket_number,
        args=args,
        priority=Priority.PAGE,
        ready_at=at,
        created_at=at,
    )


def redraw(case: Paging, calls: Sequence[dict[str, Any]]) -> None:
    """Owe an edit of these calls' messages: what became of them is another now."""
    case.session.flush()
    for row in outbox.rows_with_ids(case.session, case.page.team_id, [call["row"] for call in calls]):
        outbox.redraw(row, {}, case.ledger.machine_now)


def gather(case: Paging, over: Sequence[dict[str, Any]]) -> None:
    """Owe an edit of the newest message of whoever is not waited for any more here: it lists their open pages."""
    team_id = case.page.team_id
    newest = [page for call in over for page in open_pages_to(case.session, team_id, call["to"], 1)]
    rows = [call["row"] for page in newest if page.id != case.page.id for call in page.open_calls]
    for row in outbox.rows_with_ids(case.session, team_id, rows):
        outbox.redraw(row, {}, case.ledger.machine_now)
