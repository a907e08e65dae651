"""What a press on a ticket does: acts at once, or opens the small modal that the act needs."""

from handlers import acts, classing, home, pages, waiting
from handlers.access import Act, viewer_of
from handlers.clicks import ad_hoc_page_of_click, chosen, ticket_of_click
from handlers.desk import Body, Desk
from handlers.doing import take_up
from handlers.errors import UserError
from handlers.once import once
from handlers.origins import origin_of
from handlers.views.facts import Refusal
from models.escalation import Why


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
    """*Acknowledge* a page: paging stops, the ticket's clock runs on."""
    if _answered_ad_hoc(body, desk, Why.ACKNOWLEDGED):
        return
    with once(desk, origin_of(body)) as work:
        doing = take_up(work, desk.agreements, ticket_of_click(body), Act.ANSWER_PAGE)
        pages.acknowledge(doing)


def acknowledge_all(body: Body, desk: Desk) -> None:
    """*Acknowledge all* of the pages in a message."""
    with once(desk, origin_of(body)) as work:
        pages.acknowledge_all(work, desk.agreements, chosen(body))


def acknowledge_at_home(body: Body, desk: Desk) -> None:
    """The same in App Home, which then shows how things stand."""
    acknowledge(body, desk)
    origin = origin_of(body)
    home.publish(origin.team_id, origin.slack_user, desk)


def decline(body: Body, desk: Desk) -> None:
    """*I can't*: the next is paged."""
    if _answered_ad_hoc(body, desk, Why.DECLINED):
        return
    with once(desk, origin_of(body)) as work:
        doing = take_up(work, desk.agreements, ticket_of_click(body), Act.ANSWER_PAGE)
        pages.pass_on(doing, declined=True)


def escalate_page(body: Body, desk: Desk) -> None:
    """*Escalate now*: the next is paged."""
    if _answered_ad_hoc(body, desk, Why.PASSED_ON):
        return
    with once(desk, origin_of(body)) as work:
        doing = take_up(work, desk.agreements, ticket_of_click(body), Act.ANSWER_PAGE)
        pages.pass_on(doing, declined=False)


def _answered_ad_hoc(body: Body, desk: Desk, answer: Why) -> bool:
    """Whether it was a button of a page without a ticket, which is answered then."""
    page_id = ad_hoc_page_of_click(body)
    if page_id is None:
        return False
    with once(desk, origin_of(body)) as work:
        pages.answer_ad_hoc(work, page_id, answer)
    return True


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
