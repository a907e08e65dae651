"""A page as it runs: started, sent on to the next, answered, asked about again, ended.

The history, the messages and the next timer of a step are stored together, so a step is neither
lost nor done twice. A running page has one timer.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from handlers.chain import GROUP_PATIENCE, LAST_RESORT_AGAIN, LONGEST_AGAIN, Asked, Place, Turn, plan_of
from handlers.owed import Ledger
from handlers.page_calls import (
    Members,
    NoGroup,
    Paging,
    ask_group,
    call_address,
    call_group,
    call_out,
    call_person,
    close,
    gather,
    owe_call,
    question,
    redraw,
)
from models.desk import Desk
from models.escalation import GroupFault, StepKind, Why
from models.history import Event, Happening
from models.outbox import Outgoing
from models.page import Page, PageState, among, page_by_id, running_page, running_pages
from models.person import Person
from models.store import Session
from models.ticket import Ticket
from models.timer import Timer, TimerKind, disarm_page


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
    page_afresh(ledger, ticket, desk, happening, flags)


def page_afresh(ledger: Ledger, ticket: Ticket, desk: Desk, happening: Happening, flags: Collection[str] = ()) -> None:
    """The same, for a ticket of which no page runs."""
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
    case.rows.add(case.page)
    if case.ledger.opening is None:
        case.session.flush()
    go_on(case, None)


def _waited_for(page: Page) -> str | None:
    calls = page.open_calls
    return page.acknowledged_by or (calls[-1]["to"] if calls else None)


def go_on(case: Paging, why: Why | None, no_group: NoGroup | None = None) -> None:
    """The next is paged at once, `why` said of whoever was waited for; `no_group`: its step's came to nobody."""
    page, before = case.page, close(case.page, case.now, why)
    was_on_it = page.acknowledged_by
    came_to_nobody = (page.step,) if no_group else ()
    turn = case.chain.after(_place(case), asked_so_far(page), case.now, came_to_nobody)
    page.state, page.acknowledged_by, page.acknowledged_at, page.asked_again_at = PageState.PAGING, None, None, None
    page.round, page.step, page.waiting = turn.place.round, turn.place.step, list(turn.place.waiting)
    if turn.nobody or turn.channel or turn.last:
        call_out(case, turn, why, no_group)
    _call(case, turn, *_passed_over(turn, why, [call["to"] for call in before], was_on_it, no_group))
    page.waits_for = turn.people[0].id if turn.people else None
    _arm(case, case.now + _wait(page, turn))
    page.resorts += turn.last
    redraw(case, before or _closed_at(page, no_group.asked_at if no_group else None))
    gather(case, before)


def _closed_at(page: Page, at: str | None) -> list[dict[str, Any]]:
    """The calls that were ended at that instant: their messages say who is paged in their place."""
    return [call for call in page.calls if at and call["until"] == at]


def _call(case: Paging, turn: Turn, why: Why | None, instead_of: Sequence[str]) -> None:
    for person in turn.people:
        call_person(case, person, why, instead_of)
    if turn.address is not None:
        call_address(case, turn.address, why, instead_of)
    if turn.group is not None:
        ask_group(case, turn.group, why, instead_of)


def _wait(page: Page, turn: Turn) -> timedelta:
    if turn.last:
        later: timedelta = LAST_RESORT_AGAIN * 2 ** min(page.resorts, 10)
        return min(later, LONGEST_AGAIN)
    return GROUP_PATIENCE if turn.group is not None else turn.wait


def page_group(case: Paging, asked: Outgoing, members: Members) -> None:
    """Slack has said who is in the user group whose step was reached: all of them are paged at once.

    They are called as of when the step was reached, and waited for from now.
    """
    page, before = case.page, _closed_at(case.page, asked.args["at"])
    was, reached_at = NoGroup.of(GroupFault.EMPTY, asked), datetime.fromisoformat(asked.args["at"])
    call_group(replace(case, now=reached_at), members, was.why, was.instead_of)
    page.waits_for = members.people[0].id
    _arm(case, case.now + case.chain.plan.steps[page.step].waits)
    redraw(case, before)


def _place(case: Paging) -> Place:
    """Where it stands; at the beginning again when nobody at all could be paged until the last resort."""
    page = case.page
    if not page.calls and page.step >= len(case.chain.plan.steps):
        return Place()
    return Place(page.round, page.step, tuple(page.waiting))


def asked_so_far(page: Page) -> list[Asked]:
    return [Asked(call["round"], call["to"], declined=call["why"] == Why.DECLINED) for call in page.calls if call["to"]]


def _passed_over(
    turn: Turn, why: Why | None, before: Sequence[str | None], acknowledged_by: str | None, no_group: NoGroup | None
) -> tuple[Why | None, Sequence[str]]:
    """Why somebody is paged in whose place: who was waited for or was on it, else those who left Slack."""
    if no_group is not None and no_group.instead_of:
        return no_group.why, no_group.instead_of
    asked_of = [each for each in before if each] or ([acknowledged_by] if acknowledged_by else [])
    return (why, asked_of) if asked_of else (Why.LEFT, list(turn.gone))


def acknowledge(case: Paging) -> None:
    """Somebody is on it: nobody else is paged, until work should have started and has not.

    Where work has started before, or there is no ticket, that ends it.
    """
    page, before = case.page, case.page.open_calls
    if case.ticket is None or case.ticket.work_started_at is not None:
        end(case, Why.ACKNOWLEDGED)
        return
    page.waits_for = None
    close(page, case.now, Why.ACKNOWLEDGED)
    page.state = PageState.ACKNOWLEDGED
    page.acknowledged_by, page.acknowledged_at, page.asked_again_at = case.actor_id, case.now, None
    _arm(case, case.now + timedelta(minutes=case.chain.plan.progress))
    redraw(case, page.calls)
    gather(case, before)


def decline(case: Paging) -> None:
    """Somebody cannot: the next is paged at once, unless others who were paged together are still waited for."""
    page, actor_id = case.page, case.actor_id
    latest = max((n for n, call in enumerate(page.calls) if call["to"] == actor_id), default=None)
    page.calls = [{**call, "why": str(Why.DECLINED)} if n == latest else call for n, call in enumerate(page.calls)]
    mine = [call for call in page.open_calls if call["to"] == actor_id]
    if len(page.open_calls) == len(mine):
        go_on(case, Why.DECLINED)
        return
    over = {"until": case.now.isoformat()}
    page.calls = [{**call, **over} if call in mine else call for call in page.calls]
    page.waits_for = page.open_calls[0]["to"]
    redraw(case, mine)
    gather(case, mine)


def end(case: Paging, why: Why) -> None:
    """It is over: nobody is waited for any more."""
    page, before = case.page, case.page.open_calls
    close(page, case.now, why)
    page.state, page.next_at, page.waits_for = PageState.ENDED, None, None
    page.ended_at, page.ended_by, page.ended_why = case.now, case.actor_id, str(why)
    if why is Why.ACKNOWLEDGED:
        page.acknowledged_by, page.acknowledged_at = case.actor_id, case.now
    arm(case.session, page)
    redraw(case, page.calls)
    gather(case, before)


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
        asked = question(case.session, page)
        go_on(case, _why_on(page), NoGroup.of(GroupFault.AWAY, asked) if asked else None)
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
    owe_call(case, person, again=True)
    step = case.chain.step(Place(page.round, page.step))
    wait = step.waits if step and step.kind is not StepKind.CHANNEL else timedelta(minutes=case.chain.plan.progress)
    _arm(case, case.now + wait)
    redraw(case, page.calls[:-1])


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
    page, begins = case.page, case.page.next_at is None
    page.next_at = at
    if begins:
        case.rows.add(_timer(page, at))
    else:
        arm(case.session, page)


def arm(session: Session, page: Page) -> None:
    """Set a page's one timer to when it goes on; one that is over has none."""
    disarm_page(session, page.team_id, page.ticket_number or 0, page.id)
    if page.next_at is not None:
        session.add(_timer(page, page.next_at))


def _timer(page: Page, due_at: datetime) -> Timer:
    return Timer(
        team_id=page.team_id,
        kind=TimerKind.PAGE,
        ticket_number=page.ticket_number or 0,
        clock_id=page.id,
        due_at=due_at,
    )
