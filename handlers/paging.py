"""A page as it runs: started, sent on to the next, answered, asked about again, ended.

The history, the messages and the next timer of a step are stored together, so a step is neither
lost nor done twice. A running page has one timer.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from handlers.chain import LAST_RESORT_AGAIN, LONGEST_AGAIN, Asked, Chain, Place, Turn, plan_of
from handlers.owed import Ledger, directly, note, owe_in_thread
from handlers.second_channels import owe_beside
from models import outbox
from models.desk import Desk
from models.escalation import Plan, StepKind, Why
from models.history import Event, Happening, HistoryEntry
from models.outbox import Kind, Outgoing, Priority
from models.page import Page, PageState, among, open_pages_to, page_by_id, running_page, running_pages
from models.person import Person
from models.store import Session
from models.ticket import Ticket
from models.timer import Timer, TimerKind, disarm_page


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


def page_next(ledger: Ledger, ticket: Ticket, happening: Happening, flags: Collection[str] = ()) -> None:
    """Page the desk for a ticket: its chain begins, and goes on by itself until somebody acknowledges.

    `happening.at` is the instant of paging, from which the waits count; `flags` are what its answers established.
    A page of the ticket that runs already goes on as it is; the history says that it was asked for again.
    """
    desk = ledger.session.get(Desk, (ticket.team_id, ticket.desk_id))
    if desk is None:
        message = f"{ticket.name} belongs to desk {ticket.desk_id}, which is not stored"
        raise LookupError(message)
    page = running_page(ledger.session, ticket.team_id, ticket.number)
    if page is not None:
        case = Paging(ledger, page, desk, ticket, happening.at, happening.actor_id)
        case.note(Event.PAGED, **happening.facts, to=_waited_for(page), runs=True)
        return
    page = Page(
        team_id=ticket.team_id,
        ticket_number=ticket.number,
        desk_id=desk.id,
        started_at=happening.at,
        started_by=happening.actor_id,
        plan=plan_of(ledger.session, desk, flags).stored,
    )
    start(Paging(ledger, page, desk, ticket, happening.at, happening.actor_id, dict(happening.facts)))


def start(case: Paging) -> None:
    """Store a new page and page the first."""
    case.session.add(case.page)
    case.session.flush()
    go_on(case, None)


def _waited_for(page: Page) -> str | None:
    calls = page.open_calls
    return page.acknowledged_by or (calls[-1]["to"] if calls else None)


def go_on(case: Paging, why: Why | None) -> None:
    """The next is paged at once, `why` said of whoever was waited for."""
    page, before = case.page, _close(case.page, case.now, why)
    turn = case.chain.after(_place(case), asked_so_far(page), case.now)
    page.state, page.acknowledged_by, page.acknowledged_at, page.asked_again_at = PageState.PAGING, None, None, None
    page.round, page.step, page.waiting = turn.place.round, turn.place.step, list(turn.place.waiting)
    if turn.nobody or turn.channel or turn.last:
        _call_out(case, turn, why)
    for person in turn.people:
        _call(case, person, *_passed_over(turn, why, before))
    page.waits_for = turn.people[0].id if turn.people else None
    wait = min(LAST_RESORT_AGAIN * 2 ** min(page.resorts, 10), LONGEST_AGAIN) if turn.last else turn.wait
    page.resorts += turn.last
    _arm(case, case.now + wait)
    _redraw(case, before)
    _gather(case, before)


def _place(case: Paging) -> Place:
    """Where it stands; at the beginning again when nobody at all could be paged until the last resort."""
    page = case.page
    if not page.calls and page.step >= len(case.chain.plan.steps):
        return Place()
    return Place(page.round, page.step, tuple(page.waiting))


def asked_so_far(page: Page) -> list[Asked]:
    return [Asked(call["round"], call["to"], declined=call["why"] == Why.DECLINED) for call in page.calls]


def _close(page: Page, now: datetime, why: Why | None) -> list[dict[str, Any]]:
    """End the calls that are waited for; gives them."""
    over = {"until": now.isoformat(), "why": str(why) if why else None}
    closed = [call["row"] for call in page.open_calls]
    # A call that was asked for a reason of its own keeps it.
    page.calls = [
        {**call, **over, "why": call["why"] or over["why"]} if call["row"] in closed else call for call in page.calls
    ]
    return [call for call in page.calls if call["row"] in closed]


def _passed_over(turn: Turn, why: Why | None, before: Sequence[dict[str, Any]]) -> tuple[Why | None, list[str]]:
    """Why somebody is paged in whose place: who was waited for, else those who left Slack."""
    asked_of = [call["to"] for call in before]
    return (why, asked_of) if asked_of else (Why.LEFT, list(turn.gone))


def _call(case: Paging, person: Person, why: Why | None, instead_of: Sequence[str]) -> None:
    """Owe somebody the direct message, and note it: the receipt and the ticket's history."""
    passed_on = {"why": str(why), "passed_on_from": list(instead_of)} if why and instead_of else {}
    case.note(Event.PAGED, to=person.id, **passed_on)
    _owe_call(case, person, again=False)


def _owe_call(case: Paging, person: Person, *, again: bool) -> None:
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


def _call_out(case: Paging, turn: Turn, why: Why | None) -> None:
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


def acknowledge(case: Paging) -> None:
    """Somebody is on it: nobody else is paged, until work should have started and has not.

    Where work has started before, or there is no ticket, that ends it.
    """
    page, before = case.page, case.page.open_calls
    if case.ticket is None or case.ticket.work_started_at is not None:
        end(case, Why.ACKNOWLEDGED)
        return
    page.waits_for = None
    _close(page, case.now, Why.ACKNOWLEDGED)
    page.state = PageState.ACKNOWLEDGED
    page.acknowledged_by, page.acknowledged_at, page.asked_again_at = case.actor_id, case.now, None
    _arm(case, case.now + timedelta(minutes=case.chain.plan.progress))
    _redraw(case, page.calls)
    _gather(case, before)


def end(case: Paging, why: Why) -> None:
    """It is over: nobody is waited for any more."""
    page, before = case.page, case.page.open_calls
    _close(page, case.now, why)
    page.state, page.next_at, page.waits_for = PageState.ENDED, None, None
    page.ended_at, page.ended_by, page.ended_why = case.now, case.actor_id, str(why)
    if why is Why.ACKNOWLEDGED:
        page.acknowledged_by, page.acknowledged_at = case.actor_id, case.now
    arm(case.session, page)
    _redraw(case, page.calls)
    _gather(case, before)


def end_for(ledger: Ledger, ticket: Ticket, now: datetime, actor_id: str | None, why: Why) -> None:
    """End the page of a ticket, if one runs."""
    page = running_page(ledger.session, ticket.team_id, ticket.number)
    desk = ledger.session.get(Desk, (ticket.team_id, ticket.desk_id)) if page else None
    if page is not None and desk is not None:
        end(Paging(ledger, page, desk, ticket, now, actor_id), why)


def on_due(case: Paging) -> None:
    """What a page's timer asks: nobody answered, or nobody began."""
    page = case.page
    if page.state == PageState.ENDED:
        return
    if page.next_at is not None and page.next_at > case.now:
        _arm(case, page.next_at)
    elif page.state == PageState.PAGING:
        go_on(case, _why_on(page))
    elif page.asked_again_at is None:
        _ask_again(case)
    else:
        go_on(case, Why.NO_PROGRESS)


def _why_on(page: Page) -> Why:
    """No answer, unless it is known of somebody who is waited for that none can come."""
    return next((Why(call["gave_up"]) for call in page.open_calls if call.get("gave_up")), Why.NO_ANSWER)


def _ask_again(case: Paging) -> None:
    """Whoever acknowledged is asked whether anything goes on; a new message, for an edit wakes nobody."""
    page = case.page
    person = case.session.get(Person, (page.team_id, page.acknowledged_by or ""))
    if person is None:
        go_on(case, Why.NO_PROGRESS)
        return
    page.asked_again_at, page.waits_for = case.now, person.id
    case.note(Event.ASKED_AGAIN, to=person.id)
    _owe_call(case, person, again=True)
    step = case.chain.step(Place(page.round, page.step))
    wait = step.waits if step and step.kind is not StepKind.CHANNEL else timedelta(minutes=case.chain.plan.progress)
    _arm(case, case.now + wait)
    _redraw(case, page.calls[:-1])


def refused(session: Session, row: Outgoing) -> None:
    """Slack refused the direct message: the page goes on at once. Its timer does so, as it knows the time."""
    page = page_by_id(session, row.team_id, str(row.args.get("page")))
    if page is not None:
        page.calls = [{**each, "refused": row.reason} if each["row"] == row.id else each for each in page.calls]
        _give_up(session, page, Why.REFUSED, lambda call: call["row"] == row.id)


def left(session: Session, person: Person) -> None:
    """Somebody left Slack: pages that wait for that person go on at once."""
    for each in running_pages(session, person.team_id):
        if among(each.open_calls, person.id):
            page = page_by_id(session, each.team_id, each.id)
            if page is not None:
                _give_up(session, page, Why.LEFT, lambda call: call["to"] == person.id)


def _give_up(session: Session, page: Page, why: Why, on: Callable[[dict[str, Any]], bool]) -> None:
    """No answer can come from some who are waited for: when from nobody, the page's timer falls due at once."""
    given_up = [call["row"] for call in page.open_calls if on(call)]
    if not given_up or page.state == PageState.ENDED:
        return
    page.calls = [{**call, "gave_up": str(why)} if call["row"] in given_up else call for call in page.calls]
    if all(call.get("gave_up") for call in page.open_calls):
        page.next_at = datetime.fromisoformat(page.calls[-1]["at"])
        arm(session, page)


def _arm(case: Paging, at: datetime) -> None:
    case.page.next_at = at
    arm(case.session, case.page)


def arm(session: Session, page: Page) -> None:
    """Set a page's one timer to when it goes on; one that is over has none."""
    disarm_page(session, page.team_id, page.ticket_number or 0, page.id)
    if page.next_at is not None:
        session.add(
            Timer(
                team_id=page.team_id,
                kind=TimerKind.PAGE,
                ticket_number=page.ticket_number or 0,
                clock_id=page.id,
                due_at=page.next_at,
            )
        )


def _redraw(case: Paging, calls: Sequence[dict[str, Any]]) -> None:
    """Owe an edit of these calls' messages: what became of them is another now."""
    case.session.flush()
    for row in outbox.rows_with_ids(case.session, case.page.team_id, [call["row"] for call in calls]):
        outbox.redraw(row, {}, case.ledger.machine_now)


def _gather(case: Paging, over: Sequence[dict[str, Any]]) -> None:
    """Owe an edit of the newest message of whoever is not waited for any more here: it lists their open pages."""
    team_id = case.page.team_id
    newest = [page for call in over for page in open_pages_to(case.session, team_id, call["to"], 1)]
    rows = [call["row"] for page in newest if page.id != case.page.id for call in page.open_calls]
    for row in outbox.rows_with_ids(case.session, team_id, rows):
        outbox.redraw(row, {}, case.ledger.machine_now)
