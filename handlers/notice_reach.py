"""Who may announce and which notice is meant; what the windows of notices carry."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from handlers.access import WORKING_ROLES, Viewer, viewer_of
from handlers.audiences import OF_THE_DESK
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.fields import text_in, value_in
from handlers.notice_acts import (
    Deed,
)
from handlers.once import Work
from handlers.origins import Origin
from handlers.payloads import metadata, metadata_of
from handlers.views import announcement_forms as forms
from handlers.views.announcements import day_texts
from handlers.views.facts import Refusal
from handlers.views.facts.announcements import NoticeFormFacts
from handlers.views.names import Field
from models import typed_text
from models.notice import (
    Notice,
    NoticeState,
    notice_by_number,
    notice_number,
)
from models.service import services_of
from models.store import Session


def agent(session: Session, origin: Origin) -> Viewer:
    """Whoever works at a desk.

    Raises:
        UserError: the viewer does not.
    """
    viewer = viewer_of(session, origin.team_id, origin.slack_user)
    if not desks_of(viewer):
        raise UserError(Refusal.NOTICE_DESK_ONLY)
    return viewer


def desks_of(viewer: Viewer) -> list[str]:
    """The desks at which the viewer works on tickets."""
    return sorted(desk_id for desk_id, roles in viewer.roles.items() if roles & WORKING_ROLES)


def notice_of(session: Session, viewer: Viewer, named: str, *, lock: bool = False) -> Notice:
    """A notice of the viewer's own desks.

    Raises:
        UserError: there is none of that name there.
    """
    number = notice_number(named)
    notice = notice_by_number(session, viewer.team_id, number, lock=lock) if number is not None else None
    if notice is None or notice.desk_id not in desks_of(viewer):
        raise UserError(Refusal.UNKNOWN_NOTICE, name=named.upper()[:20])
    return notice


def deed_at(work: Work, desk: Desk, named: str, *states: NoticeState) -> Deed:
    """Lock a notice that stands as it was shown.

    Raises:
        UserError: there is none, or it stands otherwise by now.
    """
    notice = notice_of(work.session, work.viewer, named, lock=True)
    if notice.state not in states:
        raise UserError(Refusal.NOTICE_MOVED_ON, name=notice.name)
    return Deed(work.ledger, desk.agreements, notice, work.viewer.person.id, work.now)


def carried_notice(body: Body) -> str:
    found = metadata_of(body).get("notice")
    if not isinstance(found, str):
        raise UserError(Refusal.OLD_WINDOW)
    return found


def services_for(session: Session, viewer: Viewer) -> tuple[tuple[str, str], ...]:
    kept = services_of(session, viewer.team_id, desks_of(viewer))
    return tuple((service.key, service.name) for service in kept)


def form_of(session: Session, viewer: Viewer, notice: Notice, now: datetime) -> NoticeFormFacts:
    return NoticeFormFacts(
        metadata=metadata(notice=notice.name),
        now=now,
        services=services_for(session, viewer),
        topic=notice.topic,
        title=typed_text.read(session, notice.team_id, notice.title_id),
        texts={key: typed_text.read(session, notice.team_id, each) for key, each in notice.texts.items()},
        chosen=tuple(notice.services),
        audiences=tuple(notice.audiences),
        effective=notice.effective,
        send_at=notice.send_at,
        reported=notice.reported,
    )


def keep(work: Work, text: str) -> str:
    return str(typed_text.keep(work.session, work.viewer.team_id, work.viewer.person.id, text))


def texts_in(state: Mapping[str, Any]) -> dict[str, str]:
    """What was written, by language; one at least."""
    found = {each: text_in(state, field) for each, field in forms.TEXTS.items()}
    written = {each: text for each, text in found.items() if text}
    if not written:
        raise UserError(Refusal.NOTICE_TEXT_MISSING, Field.NOTICE_EN)
    return written


def day_in(state: Mapping[str, Any], now: datetime) -> date | None:
    raw = value_in(state, Field.NOTICE_EFFECTIVE)
    if not raw:
        return None
    try:
        day = date.fromisoformat(raw)
    except ValueError as error:
        raise UserError(Refusal.NO_MOMENT, Field.NOTICE_EFFECTIVE) from error
    if day < now.astimezone(OF_THE_DESK).date():
        raise UserError(Refusal.NOTICE_DAY_PASSED, Field.NOTICE_EFFECTIVE, day=day_texts(day))
    return day
