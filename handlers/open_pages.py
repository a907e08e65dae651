"""Open pages as App Home lists them: those that wait for the reader first, then the others of the reader's desks."""

from handlers.access import Viewer
from handlers.page_pictures import called_fact, group_asked
from handlers.scene import person_fact
from handlers.views import facts as told
from handlers.views.facts import PersonFact
from models.page import Page, PagesAt, PageState
from models.record import with_ids
from models.store import Session
from models.ticket import tickets_read
from models.typed_text import TypedText

SHOWN = 8
"""In one look: a home has room for a hundred blocks, and tickets take most of them."""


def open_pages(session: Session, viewer: Viewer, page: int) -> told.OpenPagesFacts:
    """A stretch of them."""
    there = PagesAt(viewer.team_id, frozenset(viewer.roles), viewer.person.id)
    total = there.count(session)
    if not total:
        return told.OpenPagesFacts()
    pages = -(-total // SHOWN)
    here = min(page, pages - 1)
    found = there.stretch(session, limit=SHOWN, offset=here * SHOWN)
    rows = tuple(_fact(session, viewer, each, text) for each, text in zip(found, _texts(session, found), strict=True))
    return told.OpenPagesFacts(rows=rows, page=here, pages=pages)


def _texts(session: Session, pages: list[Page]) -> list[str]:
    """What each is about: its ticket's summary, else what was typed."""
    team_id, numbers = pages[0].team_id, [page.ticket_number for page in pages if page.ticket_number]
    tickets = (
        {ticket.number: ticket.summary_id for ticket in tickets_read(session, team_id, numbers)} if numbers else {}
    )
    ids = [tickets.get(page.ticket_number, page.text_id) if page.ticket_number else page.text_id for page in pages]
    texts = {text.id: text.body for text in with_ids(session, TypedText, team_id, {each for each in ids if each})}
    return [texts.get(each or "", "") for each in ids]


def _waits_for(session: Session, page: Page) -> PersonFact | None:
    """Somebody; else the address or the user group whose turn it is."""
    if page.waits_for is not None or page.state != PageState.PAGING:
        return person_fact(session, page.team_id, page.waits_for)
    called = [called_fact(session, page, call) for call in page.open_calls]
    group = None if called else group_asked(session, page)
    return called[0] if called else PersonFact(None, group) if group else None


def _fact(session: Session, viewer: Viewer, page: Page, text: str) -> told.OpenPageFact:
    acknowledged = page.state == PageState.ACKNOWLEDGED and page.asked_again_at is None
    return told.OpenPageFact(
        value=f"T-{page.ticket_number}" if page.ticket_number else page.name,
        number=f"T-{page.ticket_number}" if page.ticket_number else None,
        summary=text,
        started_at=page.started_at,
        mine=viewer.person.id in {page.waits_for, page.acknowledged_by if acknowledged else None},
        waits_for=_waits_for(session, page),
        acknowledged_by=person_fact(session, page.team_id, page.acknowledged_by) if acknowledged else None,
        goes_on_at=page.next_at,
    )
