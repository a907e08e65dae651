"""`/announce`: a notice written, looked at before it counts, confirmed; and what is pressed on it afterwards."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from handlers import language
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.fields import coming_moment_in, is_ticked, state_of, text_in, value_in, values_in
from handlers.looking import show_view
from handlers.notice_audience import Addressed, addressed
from handlers.notice_pictures import (
    account_facts,
    earliest_for_all,
    row_fact,
)
from handlers.notice_reach import (
    agent,
    day_in,
    desks_of,
    form_of,
    keep,
    notice_of,
    services_for,
    texts_in,
)
from handlers.notice_review import review_view
from handlers.once import Work, once
from handlers.origins import origin_of
from handlers.payloads import metadata
from handlers.readers import words_for
from handlers.views import announcement_desk as desk_views
from handlers.views import announcement_forms as forms
from handlers.views.announcements import day_texts
from handlers.views.blocks import Rendered
from handlers.views.facts import Refusal
from handlers.views.facts.announcements import NoticeFormFacts
from handlers.views.names import Field
from models.notice import (
    Notice,
    NoticeState,
    forget_drafts,
    next_notice_number,
    notice_number,
    notices_at,
)
from models.service import services_with_keys
from models.subscription import Audience, Topic

Answer = Mapping[str, Any] | None

OF_NOTICES = frozenset(Topic) - {Topic.OUTAGE, Topic.MAINTENANCE}
LISTED = 40


def command(body: Body, desk: Desk) -> Rendered | None:
    """The command. What is no subcommand is a notice's name."""
    text = str(body.get("text") or "").strip().lower()
    subcommand = SUBCOMMANDS.get(text)
    return subcommand(body, desk) if subcommand is not None else _account(body, text, desk)


def _help(body: Body, desk: Desk) -> Rendered:
    origin = origin_of(body)
    with desk.reading() as session:
        return desk_views.help_message(words_for(session, agent(session, origin), origin))


def _list(body: Body, desk: Desk) -> Rendered:
    """The notices of the viewer's desks."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = agent(session, origin)
        rows = [row_fact(session, notice) for notice in notices_at(session, origin.team_id, desks_of(viewer), LISTED)]
        return desk_views.list_message(rows, desk.now(), words_for(session, viewer, origin))


def _account(body: Body, named: str, desk: Desk) -> Rendered:
    """Who was told, when and with which text."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = agent(session, origin)
        if notice_number(named) is None:
            raise UserError(Refusal.NOTICE_WHAT)
        notice = notice_of(session, viewer, named)
        return desk_views.account_message(
            account_facts(session, notice, desk.now()), words_for(session, viewer, origin)
        )


def told(body: Body, desk: Desk) -> None:
    """*Who was told*."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = agent(session, origin)
        facts = account_facts(session, notice_of(session, viewer, chosen(body)), desk.now())
        view = forms.account_view(facts, language.for_person(viewer.person))
    show_view(body, view, desk)


# Writing


def _open(body: Body, desk: Desk) -> None:
    """The window to write in."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = agent(session, origin)
        facts = NoticeFormFacts(metadata=metadata(), now=desk.now(), services=services_for(session, viewer), texts={})
        view = forms.compose_view(facts, words_for(session, viewer, origin))
    desk.aside.open_view(origin.team_id, origin.trigger_id or "", view, origin.sorry)


def change(body: Body, desk: Desk) -> None:
    """*Change*: back to the window in which it is written."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = agent(session, origin)
        notice = notice_of(session, viewer, chosen(body))
        if notice.state != NoticeState.DRAFT or notice.made_by != viewer.person.id:
            raise UserError(Refusal.NOTICE_MOVED_ON, name=notice.name)
        view = forms.compose_view(form_of(session, viewer, notice, desk.now()), language.for_person(viewer.person))
    shown = body.get("view") or {}
    desk.aside.update_view(origin.team_id, str(shown.get("id") or ""), view, shown.get("hash"))


def composed(body: Body, desk: Desk) -> Answer:
    """*Preview*: kept as a draft, and shown with what would come of it."""
    origin, state, now = origin_of(body), state_of(body), desk.now()
    topic = value_in(state, Field.NOTICE_TOPIC)
    if topic not in OF_NOTICES:
        raise UserError(Refusal.NO_SUCH_CHOICE, Field.NOTICE_TOPIC)
    title = text_in(state, Field.NOTICE_TITLE, missing=Refusal.NOTICE_TITLE_MISSING, limit=forms.TITLE_LIMIT)
    texts, effective, send_at = texts_in(state), day_in(state, now), _moment_in(state, now)
    with once(desk, origin) as work:
        if not desks_of(work.viewer):
            raise UserError(Refusal.NOTICE_DESK_ONLY)
        services = values_in(state, Field.SERVICES)
        forget_drafts(work.session, work.viewer.team_id, work.viewer.person.id)
        notice = Notice(
            team_id=work.viewer.team_id,
            number=next_notice_number(work.session, work.viewer.team_id),
            desk_id=_desk_of(work, services),
            topic=topic,
            services=sorted(services),
            audiences=_audiences_in(state),
            title_id=keep(work, title),
            texts={each: keep(work, text) for each, text in texts.items()},
            effective=effective,
            reported=topic == Topic.VULNERABILITY and is_ticked(state, Field.NOTICE_REPORTED),
            send_at=send_at,
            made_by=work.viewer.person.id,
            made_at=work.now,
        )
        work.session.add(notice)
        work.session.flush()
        found = addressed(work.session, desk.agreements, notice, work.now)
        _refuse_dayless(found)
        work.answer = {"response_action": "update", "view": review_view(work.session, work.viewer, notice, found, now)}
    answer: Answer = work.answer
    return answer


def _moment_in(state: Mapping[str, Any], now: datetime) -> datetime | None:
    at = coming_moment_in(state, Field.NOTICE_SEND_AT, now)
    if at is not None and at <= now:
        raise UserError(Refusal.NOTICE_MOMENT_PASSED, Field.NOTICE_SEND_AT, at=at)
    return at


def _audiences_in(state: Mapping[str, Any]) -> list[str]:
    ticked = values_in(state, Field.NOTICE_AUDIENCE)
    if not set(ticked) <= set(Audience):
        raise UserError(Refusal.NO_SUCH_CHOICE, Field.NOTICE_AUDIENCE)
    return [] if len(ticked) == len(Audience) else sorted(ticked)


def _desk_of(work: Work, services: Sequence[str]) -> str:
    """The desk that keeps the services, else the viewer's own (the first of several).

    Raises:
        UserError: they are none of the viewer's, or kept by different desks.
    """
    own = desks_of(work.viewer)
    if not services:
        return own[0]
    kept = services_with_keys(work.session, work.viewer.team_id, services)
    desks = {service.desk_id for service in kept}
    if len(kept) != len(set(services)) or not desks <= set(own):
        raise UserError(Refusal.NO_SUCH_CHOICE, Field.SERVICES)
    if len(desks) > 1:
        raise UserError(Refusal.SERVICES_OF_TWO_DESKS, Field.SERVICES)
    return desks.pop()


def _refuse_dayless(found: Addressed) -> None:
    """An agreement needs a day, and none was given. Source: PS-18, PS-28."""
    for terms in found.dayless:
        if terms.rule is not None and terms.timing is not None:
            raise UserError(
                Refusal.NOTICE_DAY_MISSING,
                Field.NOTICE_EFFECTIVE,
                contract=terms.contract.vendor,
                clause=terms.rule.clause,
                earliest=day_texts(earliest_for_all(found) or terms.timing.earliest),
            )


SUBCOMMANDS: Mapping[str, Callable[[Body, Desk], Rendered | None]] = {
    "": _open,
    "list": _list,
    "help": _help,
}
"""What may stand after `/announce`."""
