"""How notices are drawn when they are sent, and what their timers ask: `handlers.announcing` calls these."""

from datetime import datetime
from typing import Any

from handlers import announcing, language
from handlers.announcing import words_of
from handlers.notice_acts import SEND, Deed, about, send_when_due
from handlers.notice_audience import terms_of
from handlers.notice_pictures import desk_facts, line_facts, notice_facts, step_entry
from handlers.owed import Ledger
from handlers.present import Present
from handlers.views import announcement_desk, announcements
from handlers.views.blocks import Rendered
from handlers.views.facts.announcements import NoticeFacts
from handlers.views.words import Words
from models.desk import Desk
from models.notice import Notice, NoticeEvent, NoticeState, notice_by_number, notice_entry
from models.outbox import Outgoing
from models.store import Session
from models.timer import Timer


def announcement(row: Outgoing, here: Present) -> Rendered | None:
    """What a reader reads, as it stands."""
    notice = _notice(here.session, row.team_id, row.args["about"])
    if notice is None or notice.sent_at is None:
        return None
    facts = _facts(row, here, notice)
    return announcements.announcement(facts, words_of(row))


def _facts(row: Outgoing, here: Present, notice: Notice) -> NoticeFacts:
    customer = row.args.get("customer")
    terms = terms_of(here.session, here.agreements, notice, customer, here.now)
    return notice_facts(here.session, notice, terms, customer, str(row.args["language"]), here.now)


def announced(row: Outgoing, here: Present) -> Rendered | None:
    """A correction or a withdrawal, in the thread."""
    notice = _notice(here.session, row.team_id, row.args["about"])
    entry = step_entry(here.session, notice, int(row.args["step"])) if notice else None
    if notice is None or entry is None:
        return None
    draw = announcements.withdrawn_line if entry.event == NoticeEvent.WITHDRAWN else announcements.corrected_line
    return draw(_facts(row, here, notice), words_of(row))


def desk_card(row: Outgoing, here: Present) -> Rendered | None:
    """The desk's card."""
    notice = _notice(here.session, row.team_id, row.args["about"])
    if notice is None:
        return None
    facts = desk_facts(here.session, here.agreements, notice, here.now)
    return announcement_desk.desk_card(facts, _desk_words(here.session, notice))


def log_line(row: Outgoing, here: Present) -> Rendered | None:
    """A line of its history."""
    return _line(row, here, announcement_desk.log_line, None)


def reminder(row: Outgoing, here: Present) -> Rendered | None:
    """To whoever wrote it: it was not told."""
    notice = _notice(here.session, row.team_id, row.args["about"])
    words = announcing.words_for(here, about(notice), row.conversation) if notice else None
    return _line(row, here, announcement_desk.reminder, words)


def _line(row: Outgoing, here: Present, draw: Any, words: Words | None) -> Rendered | None:  # noqa: ANN401 - a view
    notice = _notice(here.session, row.team_id, row.args["about"])
    entry = notice_entry(here.session, row.team_id, notice.number, int(row.args["position"])) if notice else None
    if notice is None or entry is None:
        return None
    facts = line_facts(here.session, notice, entry, here.now)
    drawn: Rendered = draw(facts, words or _desk_words(here.session, notice))
    return drawn


def _desk_words(session: Session, notice: Notice) -> Words:
    desk = session.get(Desk, (notice.team_id, notice.desk_id))
    return language.spoken(desk.language) if desk else language.UNKNOWN_READER


def _notice(session: Session, team_id: str, name: str, *, lock: bool = False) -> Notice | None:
    return notice_by_number(session, team_id, int(name.removeprefix("N-")), lock=lock)


def on_due(session: Session, timer: Timer, now: datetime, batch: Any) -> None:  # noqa: ANN401 - a `timers.Batch`
    """The moment of a planned notice has come."""
    notice = _notice(session, timer.team_id, str(timer.args["about"]), lock=True)
    if notice is None or notice.state != NoticeState.PLANNED or timer.args.get("what") != SEND:
        return
    send_when_due(Deed(Ledger(session, batch.machine_now), batch.agreements, notice, None, now))
