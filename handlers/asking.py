"""What a press asks before it acts: the small modal that the act needs."""

from collections.abc import Callable, Mapping

from handlers import pictures, waiting
from handlers.access import Act
from handlers.clicks import chosen, one_of, ticket_of_click
from handlers.desk import Body, Desk
from handlers.doing import refuse_ended, take_up
from handlers.errors import UserError
from handlers.looking import details_now, look, reader, show_view, ticket_there, why_now
from handlers.once import once
from handlers.origins import origin_of
from handlers.payloads import metadata, metadata_of, ticket_number
from handlers.scene import Scene, severity_fact
from handlers.views import acts as views
from handlers.views.blocks import ViewDict
from handlers.views.facts import ActFacts, Refusal
from handlers.views.names import More, more_in
from handlers.views.words import Words
from models.sla.contract import WaitKind

ActView = Callable[[ActFacts, Words], ViewDict]


def wait(body: Body, desk: Desk) -> None:
    """*Wait*: at once when work has begun, else it asks whether it has. Source: docs/rules.md, 4."""
    kind = one_of(WaitKind, chosen(body))
    with desk.reading() as session:
        ticket = ticket_there(session, origin_of(body), ticket_of_click(body))
        begun = ticket is not None and ticket.work_started_at is not None
    if not begun:
        _ask(body, desk, Act.WAIT, views.wait_view, wait=str(kind))
        return
    with once(desk, origin_of(body)) as work:
        doing = take_up(work, desk.agreements, ticket_of_click(body), Act.WAIT)
        waiting.wait(doing, kind, start=False)


def reply(body: Body, desk: Desk) -> None:
    """*Reply*."""
    _ask(body, desk, Act.REPLY, views.reply_view)


def workaround(body: Body, desk: Desk) -> None:
    """*Workaround*."""
    _ask(body, desk, Act.WORKAROUND, views.workaround_view)


def severity(body: Body, desk: Desk) -> None:
    """*Severity…*."""
    _ask(body, desk, Act.SET_SEVERITY, views.severity_view)


def resolve(body: Body, desk: Desk) -> None:
    """*Resolve*."""
    _ask(body, desk, Act.RESOLVE, views.resolve_view)


def reopen(body: Body, desk: Desk) -> None:
    """*Reopen*."""
    _ask(body, desk, Act.REOPEN, views.reopen_view, ended=True)


def accept(body: Body, desk: Desk) -> None:
    """*Accept* what is outside the agreement."""
    _ask(body, desk, Act.ACCEPT, views.accept_view)


def release(body: Body, desk: Desk) -> None:
    """*Release…*: which version it comes in."""
    _ask(body, desk, Act.PLAN_RELEASE, views.release_view)


def next_opening(body: Body, desk: Desk) -> None:
    """*Next opening…* on a page: it can wait, for a reason."""
    _ask(body, desk, Act.ANSWER_PAGE, views.next_opening_view)


def start_earlier(body: Body, desk: Desk) -> None:
    """Work started earlier, by phone: asks when and how."""
    _ask(body, desk, Act.START, views.start_view)


def more(body: Body, desk: Desk) -> None:
    """The card's menu of what is needed less often."""
    try:
        choice, named = more_in(chosen(body))
    except ValueError as error:
        raise UserError(Refusal.OLD_BUTTON) from error
    number = ticket_number(named)
    if number is None:
        raise UserError(Refusal.UNKNOWN_TICKET, number=named)
    MORE[choice](body, desk, number)


def _ask(
    body: Body,
    desk: Desk,
    act: Act,
    view: ActView,
    number: int | None = None,
    *,
    ended: bool = False,
    **carried: str,
) -> None:
    """Open the modal of an act, if the viewer may and the ticket is as the act needs it."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer, at = look(session, desk, origin, number or ticket_of_click(body), act)
        if not ended:
            refuse_ended(at.ticket)
        elif not at.ticket.ended:
            raise UserError(Refusal.NOT_RESOLVED, number=at.ticket.name)
        carry = metadata(ticket=at.ticket.number, severity=at.ticket.severity, **carried)
        rendered = view(_act_facts(at, carry), reader(session, viewer, at))
    show_view(body, rendered, desk)


def _act_facts(at: Scene, carried: str) -> ActFacts:
    return ActFacts(
        metadata=carried,
        ticket=pictures.ticket_facts(at),
        severities=tuple(severity_fact(each) for each in at.contract.severities),
        work_already_started=at.ticket.work_started_at is not None,
    )


def _level_3(body: Body, desk: Desk, number: int) -> None:
    _ask(body, desk, Act.TO_LEVEL_3, views.level_3_view, number)


def _needs_more_work(body: Body, desk: Desk, number: int) -> None:
    _ask(body, desk, Act.MORE_WORK, views.needs_more_work_view, number)


def _resolve(body: Body, desk: Desk, number: int) -> None:
    _ask(body, desk, Act.RESOLVE, views.resolve_view, number)


def _reopen(body: Body, desk: Desk, number: int) -> None:
    _ask(body, desk, Act.REOPEN, views.reopen_view, number, ended=True)


def _start_earlier(body: Body, desk: Desk, number: int) -> None:
    _ask(body, desk, Act.START, views.start_view, number)


def carried_ticket(body: Body) -> int:
    """The ticket that a modal is about.

    Raises:
        UserError: it is about none, as only an earlier version's can be.
    """
    number = metadata_of(body).get("ticket")
    if number is None:
        raise UserError(Refusal.OLD_WINDOW)
    return int(number)


def carried_wait(body: Body) -> WaitKind:
    """What a modal about a wait is to wait for.

    Raises:
        UserError: nothing that is waited for now.
    """
    try:
        return WaitKind(str(metadata_of(body).get("wait")))
    except ValueError as error:
        raise UserError(Refusal.OLD_WINDOW) from error


MORE: Mapping[More, Callable[[Body, Desk, int], None]] = {
    More.START_EARLIER: _start_earlier,
    More.LEVEL_3: _level_3,
    More.NEEDS_MORE_WORK: _needs_more_work,
    More.RESOLVE: _resolve,
    More.REOPEN: _reopen,
    More.WHY: why_now,
    More.DETAILS: details_now,
}
"""The card's menu."""
