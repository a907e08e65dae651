"""What people answer to a page. An answer stops no clock: acknowledging is not starting work."""

from collections.abc import Sequence
from datetime import datetime

from handlers import paging, promises
from handlers.access import Act, Viewer
from handlers.agreements import Agreements
from handlers.doing import Doing, refuse_ended, take_up
from handlers.errors import UserError
from handlers.once import Work
from handlers.page_calls import Paging, redraw
from handlers.paging import page_next
from handlers.views.facts import PersonFact, Refusal
from models.clock import Clock
from models.desk import Desk
from models.escalation import Why
from models.history import Event, Happening, history_of
from models.joining import joined_to
from models.outbox import seen_of_id
from models.page import Page, PageState, page_by_id, pages_of_ticket, running_page
from models.person import Person, sender_name
from models.sla.ladder import Rung

__all__ = [
    "acknowledge",
    "acknowledge_all",
    "ad_hoc",
    "answer_ad_hoc",
    "leave_until_opening",
    "page_next",
    "pass_on",
    "reclassified",
]


def acknowledge(doing: Doing) -> None:
    """Somebody is on it: nobody else is paged for now. The second to press is told who was first."""
    case = _running(doing)
    if case is not None:
        _refuse_acknowledged(case)
    doing.note(doing.happening(Event.ACKNOWLEDGED))
    if case is not None:
        paging.acknowledge(case)


def acknowledge_all(work: Work, agreements: Agreements, row_id: str) -> None:
    """Whatever can still be taken of the pages that one message says, each as its own button would.

    Raises:
        UserError: nothing can; or it is somebody else's message.
    """
    row = seen_of_id(work.session, work.viewer.team_id, row_id)
    if row is None or row.conversation != work.viewer.person.slack_user:
        raise UserError(Refusal.OLD_BUTTON)
    calls = [row, *joined_to(work.session, row)]
    pages = sorted({(each.ticket_number or 0, str(each.args["page"])) for each in calls})
    refused = [refusal for number, page_id in pages if (refusal := _refusal(work, agreements, number, page_id))]
    if len(refused) == len(pages):
        raise refused[0]


def _refusal(work: Work, agreements: Agreements, number: int, page_id: str) -> UserError | None:
    """Acknowledge one; gives why it cannot be, before which nothing of it was changed."""
    try:
        if number:
            acknowledge(take_up(work, agreements, number, Act.ANSWER_PAGE))
        else:
            answer_ad_hoc(work, page_id, Why.ACKNOWLEDGED)
    except UserError as refusal:
        return refusal
    return None


def leave_until_opening(doing: Doing, reason: str) -> None:
    """Whoever is on call chooses the next opening over now, and says why. Source: PI-06."""
    doing.note(doing.happening(Event.NEXT_OPENING, text_id=doing.keep(reason)))
    paging.end_for(doing.work.ledger, doing.ticket, doing.work.now, doing.actor.id, Why.NEXT_OPENING)


def reclassified(doing: Doing) -> None:
    """The class is another now: a page that only the one before it asked for ends, unless this one pages too.

    Any other goes on, and its messages show the new class. One that ended so begins again when the class comes back
    whose clock has said already that it pages. Source: docs/decisions/0045.
    """
    session, ticket, now = doing.work.session, doing.ticket, doing.work.now
    session.flush()
    before = pages_of_ticket(session, ticket.team_id, ticket.number)
    if not before:
        return
    asking = promises.pages_by_now(session, ticket, doing.contract, now)
    page = running_page(session, ticket.team_id, ticket.number)
    desk = session.get(Desk, (ticket.team_id, ticket.desk_id)) if page else None
    if page is None or desk is None:
        if before[-1].ended_why == Why.RECLASSIFIED:
            _begin_again(doing, asking)
        return
    case = Paging(doing.work.ledger, page, desk, ticket, now, doing.actor.id)
    if not asking and _is_of_the_class(case):
        paging.end(case, Why.RECLASSIFIED)
    else:
        redraw(case, page.open_calls)


def _begin_again(doing: Doing, asking: Sequence[tuple[Clock, Rung]]) -> None:
    """A rung that was said is not said again by its clock; one that was not has its timer."""
    said = [(clock, rung) for clock, rung in asking if rung.key in clock.rungs]
    if not said or doing.ticket.work_started_at is not None:
        return
    clock, rung = said[0]
    facts = {"clock": clock.id, "rung": rung.key, "clause": rung.clause}
    page_next(doing.work.ledger, doing.ticket, Happening(event=Event.PAGED, at=doing.work.now, facts=facts))


def _is_of_the_class(case: Paging) -> bool:
    """Whether nothing asked for the page but a rung of the class: no person, no alert, no answer of the customer's."""
    ticket, page = case.ticket, case.page
    if ticket is None or sender_name(ticket.opened_by) is not None:
        return False
    told = [each for each in history_of(case.session, page.team_id, ticket.number) if each.facts.get("page") == page.id]
    asked = [*told[:1], *(each for each in told[1:] if each.facts.get("runs"))]
    return bool(asked) and all(each.facts.get("rung") and each.actor_id is None for each in asked)


def pass_on(doing: Doing, *, declined: bool) -> None:
    """The next one is paged at once: the one who was cannot, or wants help."""
    case = _running(doing)
    if case is None:
        page_next(doing.work.ledger, doing.ticket, doing.happening(Event.PAGED))
        return
    if case.page.acknowledged_by != doing.actor.id:
        _refuse_acknowledged(case)
    _go_on(case, doing.actor, declined=declined)


def _running(doing: Doing) -> Paging | None:
    """The ticket's page that runs; None for one that an earlier version sent, of which there is no account.

    Raises:
        UserError: its page is over; or the ticket has ended and was never paged for.
    """
    session, ticket = doing.work.session, doing.ticket
    page = running_page(session, ticket.team_id, ticket.number)
    desk = session.get(Desk, (ticket.team_id, ticket.desk_id))
    if page is not None and desk is not None:
        return Paging(doing.work.ledger, page, desk, ticket, doing.work.now, doing.actor.id)
    before = pages_of_ticket(session, ticket.team_id, ticket.number)
    if before:
        raise UserError(Refusal.PAGE_OVER, at=before[-1].ended_at or doing.work.now)
    refuse_ended(ticket)
    return None


def _refuse_acknowledged(case: Paging) -> None:
    """Unless whoever acknowledged was asked again since: then anybody may take it."""
    page = case.page
    if page.state != PageState.ACKNOWLEDGED or page.asked_again_at is not None:
        return
    raise UserError(
        Refusal.ALREADY_ACKNOWLEDGED,
        number=case.ticket.name if case.ticket else page.name,
        person=_who(case, page.acknowledged_by),
        at=page.acknowledged_at or case.now,
    )


def _who(case: Paging, person_id: str | None) -> PersonFact:
    person = case.session.get(Person, (case.page.team_id, person_id or ""))
    return PersonFact(person.slack_user, person.name) if person else PersonFact(None, "?")


def _go_on(case: Paging, actor: Person, *, declined: bool) -> None:
    if not declined:
        paging.go_on(case, Why.PASSED_ON)
        return
    waited_for = [call["to"] for call in case.page.open_calls] or [case.page.acknowledged_by]
    if actor.id not in waited_for:
        raise UserError(Refusal.PAGE_GONE_ON)
    paging.decline(case)


# Pages without a ticket


def ad_hoc(work: Work, page: Page, desk: Desk) -> None:
    """Page without a ticket: whoever was named, then the desk's chain."""
    paging.start(Paging(work.ledger, page, desk, None, work.now, work.viewer.person.id))


def answer_ad_hoc(work: Work, page_id: str, answer: Why) -> None:
    """*Acknowledge*, *I can't* or *Escalate now* on a page without a ticket.

    Raises:
        UserError: there is no such page, it is over, or it is another desk's.
    """
    case = _found(work, page_id)
    if answer is Why.ACKNOWLEDGED:
        paging.acknowledge(case)
    else:
        _go_on(case, work.viewer.person, declined=answer is Why.DECLINED)


def _found(work: Work, page_id: str) -> Paging:
    page = page_by_id(work.session, work.viewer.team_id, page_id)
    desk = work.session.get(Desk, (work.viewer.team_id, page.desk_id)) if page else None
    if page is None or desk is None or not _may_answer(work.viewer, page):
        raise UserError(Refusal.OLD_BUTTON)
    if page.state == PageState.ENDED:
        _refuse_over(work, page)
    return Paging(work.ledger, page, desk, None, work.now, work.viewer.person.id)


def _may_answer(viewer: Viewer, page: Page) -> bool:
    """Whoever works at its desk, and whoever was paged."""
    return page.desk_id in viewer.roles or any(call["to"] == viewer.person.id for call in page.calls)


def _refuse_over(work: Work, page: Page) -> None:
    at: datetime = page.ended_at or work.now
    person = work.session.get(Person, (page.team_id, page.ended_by or ""))
    if page.ended_why != Why.ACKNOWLEDGED or person is None:
        raise UserError(Refusal.PAGE_OVER, at=at)
    told = PersonFact(person.slack_user, person.name)
    raise UserError(Refusal.PAGE_ACKNOWLEDGED, person=told, at=at)
