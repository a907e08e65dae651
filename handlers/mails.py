"""The mails that the desk sends itself: shown with their texts, and marked as sent."""

import re
from collections.abc import Callable, Mapping

from handlers import access, language
from handlers.access import WORKING_ROLES, Viewer, viewer_of
from handlers.clicks import chosen, page_in
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.looking import show_view
from handlers.maintenance_doing import Doing
from handlers.maintenance_doing import note as note_of_maintenance
from handlers.notice_acts import Deed
from handlers.once import Work, once
from handlers.origins import origin_of
from handlers.outage_handling import handle
from handlers.payloads import metadata
from handlers.views.blocks import ViewDict
from handlers.views.facts import Refusal
from handlers.views.facts.announcements import MailFact, MailsFacts
from handlers.views.mails import mails_view
from models import typed_text
from models.customer import Customer
from models.maintenance import MaintenanceEvent, maintenance_by_number
from models.notice import NoticeEvent, notice_by_number
from models.outage import OutageEvent, outage_by_number
from models.record import with_ids
from models.store import Session
from models.ticket import ticket_by_number
from models.told import NoticeContact, Told, mails_at, mails_of

SHOWN = 20
ABOUT = re.compile(r"([MNOT])-([0-9]{1,9})")


def show(body: Body, desk: Desk) -> None:
    """*Mails to send*."""
    origin, about = origin_of(body), chosen(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        _demand(session, viewer, about)
        view = _view(session, viewer, about, desk)
    show_view(body, view, desk)


def sent(body: Body, desk: Desk) -> None:
    """*Sent*, under one mail in the window or under the ready text of a step: when, and by whom, is kept."""
    origin, shown = origin_of(body), body.get("view") or {}
    with once(desk, origin) as work:
        found = _pressed(work, chosen(body))
        about = found[0].about
        _demand(work.session, work.viewer, about)
        mails = [mail for mail in found if mail.sent_at is None]
        for mail in mails:
            mail.sent_at, mail.sent_by = work.now, work.viewer.person.id
        work.session.flush()
        if mails:
            NOTED[about[0]](work, mails[0], desk)
        view = _view(work.session, work.viewer, about, desk)
    if shown.get("id"):
        desk.aside.update_view(origin.team_id, str(shown["id"]), view, shown.get("hash"))
    desk.log("mail_sent", about=about)


def _pressed(work: Work, value: str) -> list[Told]:
    """The mails that a button names: all of a step ("O-3:2"), or the register's line.

    Raises:
        UserError: there is none, or that line was sent already.
    """
    team_id = work.viewer.team_id
    if ":" in value:
        about, step = page_in(value)
        found = mails_at(work.session, team_id, about, step, lock=True)
    else:
        told = work.session.get(Told, (team_id, value), with_for_update=True)
        found = [told] if told is not None and told.sent_at is None else []
    if not found:
        raise UserError(Refusal.NO_MAIL)
    return found


def _view(session: Session, viewer: Viewer, about: str, desk: Desk) -> ViewDict:
    rows = mails_of(session, viewer.team_id, about)
    shown = rows[:SHOWN]
    entries = {
        each.id: each for each in with_ids(session, NoticeContact, viewer.team_id, {row.receiver for row in shown})
    }
    customers = with_ids(session, Customer, viewer.team_id, {row.customer_id for row in shown if row.customer_id})
    names = {customer.id: customer.name for customer in customers}
    facts = MailsFacts(
        metadata=metadata(notice=about),
        about=about,
        title=about,
        now=desk.now(),
        mails=tuple(_fact(session, row, entries.get(row.receiver), names) for row in shown),
        more=len(rows) - len(shown),
    )
    return mails_view(facts, language.for_person(viewer.person))


def _fact(session: Session, row: Told, entry: NoticeContact | None, names: Mapping[str, str]) -> MailFact:
    return MailFact(
        id=row.id,
        customer=names.get(row.customer_id or "", ""),
        name=entry.name if entry else "",
        address=entry.email or "" if entry else "",
        text=typed_text.read(session, row.team_id, row.text_id),
        sent_at=row.sent_at,
    )


def _demand(session: Session, viewer: Viewer, about: str) -> None:
    """Raise unless the viewer works at the desk whose mails they are."""
    named = ABOUT.fullmatch(about)
    desk_id = DESK_OF[named[1]](session, viewer, int(named[2])) if named else None
    if desk_id is None or not viewer.roles_at(desk_id) & WORKING_ROLES:
        raise UserError(Refusal.NO_MAIL)


def _of_notice(session: Session, viewer: Viewer, number: int) -> str | None:
    notice = notice_by_number(session, viewer.team_id, number)
    return notice.desk_id if notice else None


def _of_outage(session: Session, viewer: Viewer, number: int) -> str | None:
    outage = outage_by_number(session, viewer.team_id, number)
    return outage.desk_id if outage else None


def _of_maintenance(session: Session, viewer: Viewer, number: int) -> str | None:
    work = maintenance_by_number(session, viewer.team_id, number)
    return work.desk_id if work else None


def _of_ticket(session: Session, viewer: Viewer, number: int) -> str | None:
    ticket = ticket_by_number(session, viewer.team_id, number)
    if ticket is None or isinstance(access.may(session, viewer, access.Act.REPLY, ticket), access.Refused):
        return None
    return ticket.desk_id


DESK_OF: Mapping[str, Callable[[Session, Viewer, int], str | None]] = {
    "M": _of_maintenance,
    "N": _of_notice,
    "O": _of_outage,
    "T": _of_ticket,
}
"""Whose mails they are, by the letter of what they are about."""


def _note_notice(work: Work, told: Told, desk: Desk) -> None:
    notice = notice_by_number(work.session, told.team_id, int(told.about.removeprefix("N-")), lock=True)
    if notice is not None:
        deed = Deed(work.ledger, desk.agreements, notice, work.viewer.person.id, work.now)
        deed.note(NoticeEvent.MAILED, facts={"customer": told.customer_id})


def _note_ticket(work: Work, told: Told, desk: Desk) -> None:
    del desk
    ticket = ticket_by_number(work.session, told.team_id, int(told.about.removeprefix("T-")), lock=True)
    if ticket is not None:
        work.ledger.touch(ticket)


def _note_outage(work: Work, told: Told, desk: Desk) -> None:
    handle(work, desk.agreements, int(told.about.removeprefix("O-")), over=True).note(OutageEvent.MAILED)


def _note_maintenance(work: Work, told: Told, desk: Desk) -> None:
    found = maintenance_by_number(work.session, told.team_id, int(told.about.removeprefix("M-")), lock=True)
    if found is not None:
        doing = Doing(work.ledger, desk.agreements, work.now, work.viewer.person)
        note_of_maintenance(doing, found, MaintenanceEvent.MAILED)


NOTED: Mapping[str, Callable[[Work, Told, Desk], None]] = {
    "M": _note_maintenance,
    "N": _note_notice,
    "O": _note_outage,
    "T": _note_ticket,
}
"""Where it is noted besides in the register."""
