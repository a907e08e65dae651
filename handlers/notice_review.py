"""A notice looked at before it counts: whom it reaches, whether each agreement is kept, how it reads; and confirmed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handlers import language
from handlers.access import Viewer
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.fields import state_of, text_in, value_in
from handlers.looking import show_view
from handlers.notice_acts import (
    Deed,
    Override,
    confirm,
)
from handlers.notice_audience import Addressed, addressed, told_at_of
from handlers.notice_pictures import (
    earliest_for_all,
    notice_facts,
    reach_fact,
    terms_facts,
)
from handlers.notice_reach import (
    agent,
    carried_notice,
    deed_at,
    keep,
    notice_of,
)
from handlers.once import Work, once
from handlers.origins import origin_of
from handlers.payloads import metadata
from handlers.views import announcement_forms as forms
from handlers.views.announcements import day_texts
from handlers.views.blocks import ViewDict
from handlers.views.facts import Refusal
from handlers.views.facts.announcements import ReviewFacts
from handlers.views.names import AS_EARLIEST, OVERRIDE, Field
from handlers.views.words import LANGUAGES
from models import typed_text
from models.notice import (
    Notice,
    NoticeState,
)
from models.sla.contract import Role
from models.store import Session

Answer = Mapping[str, Any] | None

CLEAR: Answer = {"response_action": "clear"}


def review(body: Body, desk: Desk) -> None:
    """*Look again* at a planned one: what would come of it now."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = agent(session, origin)
        notice = notice_of(session, viewer, chosen(body))
        if notice.state != NoticeState.PLANNED:
            raise UserError(Refusal.NOTICE_MOVED_ON, name=notice.name)
        found = addressed(session, desk.agreements, notice, desk.now())
        view = review_view(session, viewer, notice, found, desk.now())
    show_view(body, view, desk)


def review_view(session: Session, viewer: Viewer, notice: Notice, found: Addressed, now: datetime) -> ViewDict:
    waits = notice.send_at is not None and notice.send_at > now
    facts = ReviewFacts(
        metadata=metadata(notice=notice.name),
        name=notice.name,
        topic=notice.topic,
        title=typed_text.read(session, notice.team_id, notice.title_id),
        now=now,
        reach=reach_fact(found),
        terms=terms_facts(found, reported=notice.reported),
        previews=tuple(_previews(session, notice, found, now)),
        send_at=notice.send_at if waits else None,
        held=notice.reported and found.holding is not None,
        too_soon=bool(found.too_soon),
        earliest=earliest_for_all(found),
        may_override=Role.ADMINISTRATOR in viewer.roles_at(notice.desk_id),
    )
    return forms.review_view(facts, language.for_person(viewer.person))


def _previews(session: Session, notice: Notice, found: Addressed, now: datetime) -> list[tuple[str, Any]]:
    """As the first reader of each language would read it."""
    first = {reader.language: reader for reader in reversed(found.readers)}
    return [
        (
            each,
            notice_facts(
                session, notice, found.terms.get(first[each].customer_id or ""), first[each].customer_id, each, now
            ),
        )
        for each in LANGUAGES
        if each in first
    ]


def reviewed(body: Body, desk: Desk) -> Answer:
    """*Announce*: it counts."""
    origin, state = origin_of(body), state_of(body)
    with once(desk, origin) as work:
        deed = deed_at(work, desk, carried_notice(body), NoticeState.DRAFT, NoticeState.PLANNED)
        if deed.notice.state == NoticeState.DRAFT and deed.notice.made_by != work.viewer.person.id:
            raise UserError(Refusal.NOTICE_MOVED_ON, name=deed.notice.name)
        found, override = _settled(work, deed, state)
        confirm(deed, found, override)
        name, stands = deed.notice.name, deed.notice.state
        work.answer = CLEAR
    desk.log("notice_confirmed", notice=name, state=stands)
    return CLEAR


def _settled(work: Work, deed: Deed, state: Mapping[str, Any]) -> tuple[Addressed, Override | None]:
    """Whom it is for, once every agreement is kept or an administrator decided otherwise.

    Raises:
        UserError: nobody would be told, or an agreement would be broken.
    """
    found = deed.found()
    if not found.readers:
        raise UserError(Refusal.NOTICE_NOBODY)
    if not found.too_soon:
        return found, None
    choice = value_in(state, Field.NOTICE_CHOICE)
    if choice == AS_EARLIEST:
        deed.notice.effective = earliest_for_all(found)
        return found.judged_anew(deed.notice, told_at_of(deed.notice, work.now)), None
    may_override = Role.ADMINISTRATOR in work.viewer.roles_at(deed.notice.desk_id)
    if choice != OVERRIDE or not may_override:
        raise _too_soon(found)
    reason = text_in(state, Field.REASON, missing=Refusal.REASON_MISSING, limit=1000)
    rule = found.too_soon[0].rule
    return found, Override(keep(work, reason), rule.clause if rule else "")


def _too_soon(found: Addressed) -> UserError:
    terms = found.too_soon[0]
    earliest = earliest_for_all(found)
    return UserError(
        Refusal.NOTICE_TOO_SOON,
        Field.NOTICE_CHOICE,
        contract=terms.contract.vendor,
        clause=terms.rule.clause if terms.rule else "",
        earliest=day_texts(earliest) if earliest else "",
    )
