"""What is pressed on a notice that counts: mended, corrected, withdrawn, objected to."""

from collections.abc import Callable, Mapping
from typing import Any

from handlers import language
from handlers.access import Viewer, viewer_of
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.fields import state_of, text_in, value_in
from handlers.looking import show_view
from handlers.notice_acts import (
    Correction,
    Deed,
    correct,
    may_object_to,
    mended,
    objection,
    withdraw,
)
from handlers.notice_audience import addressed
from handlers.notice_reach import agent, carried_notice, day_in, deed_at, form_of, keep, notice_of, texts_in
from handlers.once import once
from handlers.origins import origin_of
from handlers.payloads import metadata, metadata_of
from handlers.views import announcement_forms as forms
from handlers.views.announcements import day_texts
from handlers.views.blocks import ViewDict
from handlers.views.facts import PersonFact, Refusal
from handlers.views.facts.announcements import NoticeFormFacts
from handlers.views.names import Field
from handlers.views.words import Words
from models import typed_text
from models.customer import Customer, contacts_of
from models.notice import (
    Notice,
    NoticeState,
    notice_by_number,
    notice_number,
    objections_to,
)
from models.store import Session
from models.told import register_of

Answer = Mapping[str, Any] | None


def on_mended(body: Body, desk: Desk) -> None:
    """*Mended*: what was held is told."""
    with once(desk, origin_of(body)) as work:
        mended(deed_at(work, desk, chosen(body), NoticeState.HELD))
    desk.log("notice_mended", notice=chosen(body))


def ask_correct(body: Body, desk: Desk) -> None:
    """*Correct*: asks how it is to read."""
    _ask(body, desk, forms.correct_view, NoticeState.SENT)


def _ask(body: Body, desk: Desk, window: Callable[[NoticeFormFacts, Words], ViewDict], state: NoticeState) -> None:
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = agent(session, origin)
        notice = notice_of(session, viewer, chosen(body))
        if notice.state != state:
            raise UserError(Refusal.NOTICE_MOVED_ON, name=notice.name)
        view = window(form_of(session, viewer, notice, desk.now()), language.for_person(viewer.person))
    show_view(body, view, desk)


def corrected(body: Body, desk: Desk) -> Answer:
    """It reads otherwise from now on; a day may be put off only."""
    state, now = state_of(body), desk.now()
    title = text_in(state, Field.NOTICE_TITLE, missing=Refusal.NOTICE_TITLE_MISSING, limit=forms.TITLE_LIMIT)
    texts, raw = texts_in(state), value_in(state, Field.NOTICE_EFFECTIVE)
    with once(desk, origin_of(body)) as work:
        deed = deed_at(work, desk, carried_notice(body), NoticeState.SENT)
        before = deed.notice.effective
        effective = before if raw == (before.isoformat() if before else None) else day_in(state, now)
        if before is not None and (effective is None or effective < before):
            raise UserError(Refusal.NOTICE_DAY_FORWARD, Field.NOTICE_EFFECTIVE, day=day_texts(before))
        kept = {each: keep(work, text) for each, text in texts.items()}
        correct(deed, Correction(keep(work, title), kept, effective))
    return None


def ask_withdraw(body: Body, desk: Desk) -> None:
    """*Withdraw*: asks why."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = agent(session, origin)
        notice = notice_of(session, viewer, chosen(body))
        if notice.state == NoticeState.WITHDRAWN:
            raise UserError(Refusal.NOTICE_MOVED_ON, name=notice.name)
        view = forms.withdraw_view(
            metadata(notice=notice.name),
            notice.name,
            told=notice.state == NoticeState.SENT,
            words=language.for_person(viewer.person),
        )
    show_view(body, view, desk)


def withdrawn(body: Body, desk: Desk) -> Answer:
    """It does not hold any more."""
    reason = text_in(state_of(body), Field.REASON, missing=Refusal.REASON_MISSING, limit=1500)
    with once(desk, origin_of(body)) as work:
        deed = deed_at(work, desk, carried_notice(body), NoticeState.SENT, NoticeState.PLANNED, NoticeState.HELD)
        withdraw(deed, keep(work, reason))
    return None


# Objections


def ask_objection(body: Body, desk: Desk) -> None:
    """*Object*: asks why. Source: PS-18."""
    origin = origin_of(body)
    name, _, customer_id = chosen(body).partition(":")
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        notice = _objectionable(session, viewer, name, customer_id)
        view = forms.object_view(
            metadata(notice=notice.name, customer=customer_id),
            typed_text.read(session, origin.team_id, notice.title_id),
            language.for_person(viewer.person),
        )
    show_view(body, view, desk)


def objected(body: Body, desk: Desk) -> Answer:
    """A customer objects: kept with the person, the time and the reason."""
    reason = text_in(state_of(body), Field.REASON, missing=Refusal.REASON_MISSING, limit=1500)
    customer_id = str(metadata_of(body).get("customer") or "")
    with once(desk, origin_of(body)) as work:
        notice = _objectionable(work.session, work.viewer, carried_notice(body), customer_id, lock=True)
        deed = Deed(work.ledger, desk.agreements, notice, work.viewer.person.id, work.now)
        if not may_object_to(deed, customer_id):
            raise UserError(Refusal.NOTICE_MOVED_ON, name=notice.name)
        objection(deed, customer_id, keep(work, reason), registered=False)
    desk.log("objected", notice=notice.name)
    return None


def _objectionable(session: Session, viewer: Viewer, name: str, customer_id: str, *, lock: bool = False) -> Notice:
    """A notice that stands, for somebody who speaks for that customer or stands in its register.

    Raises:
        UserError: it does not stand, is not the viewer's to object to, or the viewer did so before.
    """
    number = notice_number(name)
    notice = notice_by_number(session, viewer.team_id, number, lock=lock) if number is not None else None
    customer = session.get(Customer, (viewer.team_id, customer_id))
    if notice is None or customer is None or customer.desk_id != notice.desk_id:
        raise UserError(Refusal.OLD_BUTTON)
    if notice.state != NoticeState.SENT:
        raise UserError(Refusal.NOTICE_MOVED_ON, name=notice.name)
    _demand_voice(session, viewer, customer)
    mine = [each for each in objections_to(session, notice) if each.actor_id == viewer.person.id]
    if mine:
        raise UserError(Refusal.OBJECTED_ALREADY, at=mine[0].at)
    return notice


def _demand_voice(session: Session, viewer: Viewer, customer: Customer) -> None:
    entries = register_of(session, customer.team_id, [customer.id])
    if customer.id in viewer.customers or any(entry.person_id == viewer.person.id for entry in entries):
        return
    people = contacts_of(session, customer.team_id, customer.id)
    named = tuple(PersonFact(person.slack_user, person.name) for person in people)
    raise UserError(Refusal.OBJECT_NOT_YOURS, customer=customer.name, people=named, anyone=named)


def ask_register(body: Body, desk: Desk) -> None:
    """*Register an objection* that came by mail or phone."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = agent(session, origin)
        notice = notice_of(session, viewer, chosen(body))
        found = addressed(session, desk.agreements, notice, desk.now())
        those = [
            (using.customer.id, using.customer.name)
            for using in found.customers
            if (terms := found.terms.get(using.customer.id)) and terms.rule and terms.rule.may_object
        ]
        if notice.state != NoticeState.SENT or not those:
            raise UserError(Refusal.NOTICE_MOVED_ON, name=notice.name)
        words = language.for_person(viewer.person)
        view = forms.objected_view(metadata(notice=notice.name), notice.name, those[:100], words)
    show_view(body, view, desk)


def registered(body: Body, desk: Desk) -> Answer:
    """An agent registers what a customer said another way."""
    state = state_of(body)
    reason = text_in(state, Field.REASON, missing=Refusal.REASON_MISSING, limit=1500)
    customer_id = value_in(state, Field.FOR_CUSTOMER) or ""
    with once(desk, origin_of(body)) as work:
        deed = deed_at(work, desk, carried_notice(body), NoticeState.SENT)
        customer = work.session.get(Customer, (work.viewer.team_id, customer_id))
        if customer is None or customer.desk_id != deed.notice.desk_id or not may_object_to(deed, customer_id):
            raise UserError(Refusal.NO_SUCH_CHOICE, Field.FOR_CUSTOMER)
        objection(deed, customer_id, keep(work, reason), registered=True)
    return None
