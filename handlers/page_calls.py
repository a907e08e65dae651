"""What a page's step owes: messages to people and addresses, a look at a group, the loud word, receipts, edits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers.chain import Chain, Turn
from handlers.errand import WAY as ERRAND
from handlers.owed import Ledger, directly, note, owe_in_thread
from handlers.second_channels import owe_beside, owe_step
from models import outbox
from models.desk import Desk
from models.escalation import GroupFault, Plan, Step, StepKind, Why
from models.history import Event, Happening, HistoryEntry
from models.joining import AT
from models.outbox import Kind, Outgoing, Priority
from models.page import Page, PageState, open_pages_to
from models.person import Person
from models.record import Adds
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
    def rows(self) -> Adds:
        """Takes its new rows: those of a page that begins with its ticket are stored with that ticket's."""
        return self.session if self.ledger.opening is None else self.ledger.rows

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
    case.note(Event.PAGED, to=person.id, **_passed_on(why, instead_of))
    owe_call(case, person, again=False)


def _passed_on(why: Why | None, instead_of: Sequence[str]) -> dict[str, Any]:
    return {"why": str(why), "passed_on_from": list(instead_of)} if why and instead_of else {}


def call_address(case: Paging, step: Step, why: Why | None, instead_of: Sequence[str]) -> None:
    """Owe a page to the address that a step names. The address stands in the page's plan alone."""
    case.note(Event.PAGED, to=None, step=str(step.kind), at=step.shown, **_passed_on(why, instead_of))
    page, number = case.page, len(case.page.calls)
    row = owe_step(page, step, f"page:{page.id}:{page.round}:{page.step}:{step.kind}:{number}", case.ledger.machine_now)
    row.args = {"page": page.id, "call": number, "address": step.shown}
    case.rows.add(row)
    _receive(case, None, row, again=False)


def ask_group(case: Paging, step: Step, why: Why | None, instead_of: Sequence[str]) -> None:
    """Owe a look at who is in a user group now; `handlers.page_groups` goes on when Slack has said so."""
    page, at = case.page, case.ledger.machine_now
    asked = {"page": page.id, "group": step.of, "at": case.now.isoformat()}
    row = Outgoing(
        team_id=page.team_id,
        key=_question_key(page),
        kind=Kind.PAGE_GROUP,
        conversation=f"{ERRAND}:page:{page.id}",
        ticket_number=page.ticket_number,
        args=asked | _passed_on(why, instead_of),
        priority=Priority.PAGE,
        ready_at=at,
        created_at=at,
    )
    case.rows.add(row)


def _question_key(page: Page) -> str:
    """The same step is reached again only when nobody at all could be paged until the last resort."""
    return f"page:{page.id}:{page.round}:{page.step}:{page.resorts}:group"


def question(session: Session, page: Page) -> Outgoing | None:
    """What asks who is in the user group whose step a page has reached; None when it does not wait for that."""
    steps = Plan.of(page.plan).steps
    if page.state != PageState.PAGING or not 0 <= page.step < len(steps) or steps[page.step].kind is not StepKind.GROUP:
        return None
    if any((call["round"], call["step"]) == (page.round, page.step) for call in page.calls):
        return None
    return outbox.seen_of_key(session, page.team_id, _question_key(page))


@dataclass(frozen=True, slots=True)
class Members:
    """Who of a user group is paged, by its id; `left_out` is how many are not: they left, or work at no desk."""

    group: str
    people: Sequence[Person]
    left_out: int


def call_group(case: Paging, members: Members, why: Why | None, instead_of: Sequence[str]) -> None:
    """Owe a page to each member of a user group, and one line that mentions it and names them."""
    names = [person.id for person in members.people]
    told = {"group": members.group, "people": names, "left_out": members.left_out}
    case.note(Event.PAGED, to=names[0], **told, **_passed_on(why, instead_of))
    for person in members.people:
        owe_call(case, person, again=False)


def owe_call(case: Paging, person: Person, *, again: bool) -> None:
    """Owe somebody the direct message, with the receipt."""
    page, number = case.page, len(case.page.calls)
    row = directly(
        case.ledger.machine_now,
        page.team_id,
        kind=Kind.PAGE,
        key=f"page:{page.id}:{page.round}:{page.step}:{person.id}:{number}",
        slack_user=person.slack_user,
        priority=Priority.PAGE,
        args={"page": page.id, "call": number, AT: case.now.isoformat()},
        ticket_number=page.ticket_number,
    )
    case.rows.add(row)
    owe_beside(case.rows, row, person, case.ledger.machine_now)
    _receive(case, person, row, again=again)


def _receive(case: Paging, person: Person | None, row: Outgoing, *, again: bool) -> None:
    page = case.page
    call = {
        "to": person.id if person else None,
        "round": page.round,
        "step": page.step,
        "at": case.now.isoformat(),
        "row": row.id,
        "again": again,
        "until": None,
        "why": None,
    }
    page.calls = [*page.calls, call]


@dataclass(frozen=True, slots=True)
class NoGroup:
    """A user group came to nobody: why, when it was asked for, and in whose place it was to be paged."""

    fault: GroupFault
    why: Why | None
    instead_of: tuple[str, ...]
    asked_at: str

    @classmethod
    def of(cls, fault: GroupFault, asked: Outgoing) -> "NoGroup":
        """Of what was owed to find out."""
        why = asked.args.get("why")
        return cls(fault, Why(why) if why else None, tuple(asked.args.get("passed_on_from", ())), asked.args["at"])


def call_out(case: Paging, turn: Turn, why: Why | None, no_group: NoGroup | None = None) -> None:
    """Tell the desk's channel, loudly: nobody is on call by a step, or a channel's turn, or nobody is left.

    `no_group`: the first of the steps that reach nobody is a user group.
    """
    page, further = case.page, turn.group or turn.address
    told = {
        "nobody": list(turn.nobody),
        "last": turn.last,
        "channel": turn.channel,
        "then": [person.id for person in turn.people],
        "why": str(why) if why else None,
        "fault": str(no_group.fault) if no_group else None,
        "next": further.shown if further else None,
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
            case.rows.add(_aloud(case, case.desk.channel_id, f"{key}:aloud", args))
    else:
        case.rows.add(_aloud(case, case.desk.channel_id, f"page:{page.id}:call_out:{at}", args))
    if no_group and (asker := case.session.get(Person, (page.team_id, page.started_by or ""))) and case.ticket is None:
        case.rows.add(_aloud(case, asker.slack_user, f"page:{page.id}:call_out:{at}:asker", args))
    if turn.channel and turn.channel != case.desk.channel_id:
        case.rows.add(_aloud(case, turn.channel, f"page:{page.id}:call_out:{at}:there", args))


def _is_private(case: Paging) -> bool:
    """Whether the ticket's card, and so its thread, stands in no channel: the desk's is told the number alone."""
    card = case.ledger.card(case.ticket) if case.ticket else None
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
    """Owe an edit of these calls' messages: what became of them is another now. A mail is never edited."""
    rows = [call["row"] for call in calls if call["to"]]
    if not rows:
        return
    case.session.flush()
    for row in outbox.messages_of(case.session, case.page.team_id, rows):
        outbox.redraw(row, {}, case.ledger.machine_now)


def gather(case: Paging, over: Sequence[dict[str, Any]]) -> None:
    """Owe an edit of the newest message of whoever is not waited for any more here: it lists their open pages."""
    team_id = case.page.team_id
    newest = [page for call in over if call["to"] for page in open_pages_to(case.session, team_id, call["to"], 1)]
    rows = [call["row"] for page in newest if page.id != case.page.id for call in page.open_calls]
    for row in outbox.messages_of(case.session, team_id, rows):
        outbox.redraw(row, {}, case.ledger.machine_now)
