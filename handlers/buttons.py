"""What a press on a ticket does: acts at once, or opens the small modal that the act needs."""

from collections.abc import Callable, Mapping

from handlers import access, acts, classing, language, list_pictures, log_pictures, pages, pictures, waiting
from handlers.access import Act, Viewer, viewer_of
from handlers.clicks import chosen, one_of, page_in, ticket_of_click
from handlers.desk import Body, Desk
from handlers.doing import refuse_ended, take_up
from handlers.errors import UserError
from handlers.once import once
from handlers.origins import Origin, origin_of
from handlers.payloads import metadata, metadata_of, ticket_number
from handlers.scene import Scene, scene, severity_fact
from handlers.views import acts as views
from handlers.views import lists
from handlers.views import why as why_views
from handlers.views.blocks import ViewDict
from handlers.views.facts import ActFacts, Listing, Refusal
from handlers.views.names import More, more_in
from handlers.views.words import Words
from models.sla.contract import WaitKind
from models.store import Session
from models.ticket import Ticket, ticket_by_number

ActView = Callable[[ActFacts, Words], ViewDict]


# Acts that need nothing more


def start(body: Body, desk: Desk) -> None:
    """*Start work*."""
    with once(desk, origin_of(body)) as work:
        acts.start_work(take_up(work, desk.agreements, ticket_of_click(body), Act.START))


def assign(body: Body, desk: Desk) -> None:
    """*Assign* to whoever was chosen."""
    with once(desk, origin_of(body)) as work:
        doing = take_up(work, desk.agreements, ticket_of_click(body), Act.ASSIGN)
        new = viewer_of(work.session, work.viewer.team_id, chosen(body))
        acts.assign(doing, new.person, new)


def resume(body: Body, desk: Desk) -> None:
    """*Resume*."""
    with once(desk, origin_of(body)) as work:
        waiting.resume(take_up(work, desk.agreements, ticket_of_click(body), Act.RESUME))


def still_waiting(body: Body, desk: Desk) -> None:
    """*Still waiting*: the message was no answer."""
    with once(desk, origin_of(body)) as work:
        waiting.still_waiting(take_up(work, desk.agreements, ticket_of_click(body), Act.WAIT))


def workaround_works(body: Body, desk: Desk) -> None:
    """*It works*."""
    _answer_workaround(body, desk, works=True)


def workaround_fails(body: Body, desk: Desk) -> None:
    """*It does not*."""
    _answer_workaround(body, desk, works=False)


def _answer_workaround(body: Body, desk: Desk, *, works: bool) -> None:
    with once(desk, origin_of(body)) as work:
        doing = take_up(work, desk.agreements, ticket_of_click(body), Act.CONFIRM)
        classing.answer_workaround(doing, works=works)


def confirm(body: Body, desk: Desk) -> None:
    """*Confirm*: it is solved."""
    with once(desk, origin_of(body)) as work:
        acts.confirm(take_up(work, desk.agreements, ticket_of_click(body), Act.CONFIRM))


def acknowledge(body: Body, desk: Desk) -> None:
    """*Acknowledge* a page: paging ends, the ticket's clock runs on."""
    with once(desk, origin_of(body)) as work:
        doing = take_up(work, desk.agreements, ticket_of_click(body), Act.ANSWER_PAGE)
        pages.acknowledge(doing)


def decline(body: Body, desk: Desk) -> None:
    """*I can't*: the next is paged."""
    with once(desk, origin_of(body)) as work:
        doing = take_up(work, desk.agreements, ticket_of_click(body), Act.ANSWER_PAGE)
        pages.pass_on(doing, declined=True)


def escalate_page(body: Body, desk: Desk) -> None:
    """*Escalate now*: the next is paged."""
    with once(desk, origin_of(body)) as work:
        doing = take_up(work, desk.agreements, ticket_of_click(body), Act.ANSWER_PAGE)
        pages.pass_on(doing, declined=False)


# Acts that ask


def wait(body: Body, desk: Desk) -> None:
    """*Wait*: at once when work has begun, else it asks whether it has. Source: docs/rules.md, 4."""
    kind = one_of(WaitKind, chosen(body))
    with desk.reading() as session:
        ticket = _ticket(session, origin_of(body), ticket_of_click(body))
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
        viewer, at = _look(session, desk, origin, number or ticket_of_click(body), act)
        if not ended:
            refuse_ended(at.ticket)
        elif not at.ticket.ended:
            raise UserError(Refusal.NOT_RESOLVED, number=at.ticket.name)
        carry = metadata(ticket=at.ticket.number, severity=at.ticket.severity, **carried)
        rendered = view(_act_facts(at, carry), reader(session, viewer, at))
    _show(body, rendered, desk)


def _ticket(session: Session, origin: Origin, number: int) -> Ticket | None:
    return ticket_by_number(session, origin.team_id, number)


def _look(session: Session, desk: Desk, origin: Origin, number: int, act: Act) -> tuple[Viewer, Scene]:
    """The viewer and the ticket, if the viewer may do that.

    Raises:
        UserError: there is none to be seen, or the act is not the viewer's.
    """
    viewer = viewer_of(session, origin.team_id, origin.slack_user)
    ticket = _ticket(session, origin, number)
    if ticket is None:
        raise UserError(Refusal.UNKNOWN_TICKET, number=f"T-{number}")
    access.demand(session, viewer, act, ticket)
    return viewer, scene(session, desk.agreements, ticket, desk.now())


def reader(session: Session, viewer: Viewer, at: Scene) -> Words:
    """The words for somebody who looks at a ticket."""
    del session
    inside = at.ticket.desk_id in viewer.roles
    return language.for_person(
        viewer.person,
        channel_language=at.desk.language if inside else at.customer.language,
        forced=None if inside else at.contract.forced_language,
        zone=at.contract.zone,
    )


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


# Looking


def why(body: Body, desk: Desk) -> None:
    """*Why?*: each deadline's account."""
    _why(body, desk, ticket_of_click(body))


def _why(body: Body, desk: Desk, number: int) -> None:
    _show(body, why_of(body, desk, number, 0), desk)


def why_of(body: Body, desk: Desk, number: int, page: int) -> ViewDict:
    """The account of a ticket's deadlines."""
    with desk.reading() as session:
        viewer, at = _look(session, desk, origin_of(body), number, Act.SEE)
        words = reader(session, viewer, at)
        return why_views.why_view(log_pictures.why_facts(at, words.language), words, page)


def show(body: Body, desk: Desk) -> None:
    """*Details* or *Open*: the ticket with its log."""
    _details(body, desk, ticket_of_click(body))


def _details(body: Body, desk: Desk, number: int) -> None:
    _show(body, details_of(body, desk, number, 0), desk)


def details_of(body: Body, desk: Desk, number: int, page: int) -> ViewDict:
    """A ticket in full."""
    with desk.reading() as session:
        viewer, at = _look(session, desk, origin_of(body), number, Act.SEE)
        inside = at.ticket.desk_id in viewer.roles
        facts = list_pictures.details_facts(at, for_desk=inside, page=page)
        return lists.details_view(facts, reader(session, viewer, at))


def _show(body: Body, view: ViewDict, desk: Desk) -> None:
    """A modal of its own, or on top of the one that is open."""
    origin = origin_of(body)
    trigger = origin.trigger_id or ""
    if (body.get("view") or {}).get("type") == "modal":
        desk.aside.push_view(origin.team_id, trigger, view, origin.sorry)
    else:
        desk.aside.open_view(origin.team_id, trigger, view, origin.sorry)


def why_page(body: Body, desk: Desk) -> None:
    """Another page of the account."""
    named, page = page_in(chosen(body))
    _replace(body, desk, why_of(body, desk, ticket_number(named) or 0, page))


def details_page(body: Body, desk: Desk) -> None:
    """Another page of a ticket's log."""
    named, page = page_in(chosen(body))
    _replace(body, desk, details_of(body, desk, ticket_number(named) or 0, page))


def list_page(body: Body, desk: Desk) -> None:
    """Another page of a list."""
    _list(body, desk, *page_in(chosen(body)))


def choose_list(body: Body, desk: Desk) -> None:
    """Another list, from its first page."""
    _list(body, desk, chosen(body), 0)


def _list(body: Body, desk: Desk, name: str, page: int) -> None:
    """In the modal where it was asked for, in one of its own from App Home, else privately."""
    origin, listing = origin_of(body), one_of(Listing, name)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        facts = list_pictures.list_facts(session, desk.agreements, viewer, listing, page, desk.now())
        words = language.for_person(viewer.person)
    shown = (body.get("view") or {}).get("type")
    if shown == "modal":
        _replace(body, desk, lists.list_view(facts, words))
    elif shown == "home":
        view = lists.list_view(facts, words)
        desk.aside.open_view(origin.team_id, origin.trigger_id or "", view, origin.sorry)
    else:
        desk.aside.tell(origin.team_id, origin.sorry, lists.list_message(facts, words))


def _replace(body: Body, desk: Desk, view: ViewDict) -> None:
    shown = body.get("view") or {}
    desk.aside.update_view(origin_of(body).team_id, shown.get("id", ""), view, shown.get("hash"))


def nothing(body: Body, desk: Desk) -> None:
    """A button that only opens an address."""
    del body, desk


def old(body: Body, desk: Desk) -> None:
    """A button or menu that Vakt no longer makes.

    Raises:
        UserError: always, so that whoever pressed it is told.
    """
    del body, desk
    raise UserError(Refusal.OLD_BUTTON)


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
    More.WHY: _why,
    More.DETAILS: _details,
}
"""The card's menu."""
