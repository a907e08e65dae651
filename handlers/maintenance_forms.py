"""The windows of `/maintenance`: a plan is checked as it is filled in, and stored when it is submitted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from handlers import components, language, maintenance_acts, maintenance_guard, maintenance_series
from handlers.access import Viewer, viewer_of
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.fields import state_of, text_in, value_in
from handlers.maintenance_doing import Doing, Wish
from handlers.maintenance_drafts import (
    Draft,
    demand_desk,
    demand_override,
    draft_of,
    plan_in,
    series_in,
    to_change,
)
from handlers.maintenance_guard import Guard, Plan
from handlers.maintenance_pictures import work_facts
from handlers.once import Work, once
from handlers.origins import origin_of
from handlers.payloads import metadata, metadata_of
from handlers.views import maintenance as views
from handlers.views.blocks import ViewDict
from handlers.views.facts import PersonFact, Refusal, RefusalFacts
from handlers.views.facts.maintenance import PlanFormFacts, SlotFact
from handlers.views.names import LATER_TOO, SUMMARY_LIMIT, Field
from models import typed_text
from models.customer import customers_at
from models.desk import people_with_role
from models.maintenance import Maintenance
from models.person import Person, person_by_slack_id
from models.service import services_of
from models.sla.contract import Role
from models.sla.maintenance_rules import Limit
from models.store import Session

Answer = Mapping[str, Any] | None

APPROVING = (Role.MANAGER, Role.SENIOR, Role.ADMINISTRATOR)
"""Roles that may approve maintenance."""


# Opened, and changed


def open_plan(body: Body, desk: Desk, title: str = "") -> None:
    """`/maintenance plan`, with the title that was typed after it, or *Plan maintenance*."""

    def draft(session: Session, viewer: Viewer) -> Draft:
        demand_desk(viewer)
        if not services_of(session, viewer.team_id, sorted(viewer.roles)):
            raise UserError(Refusal.NO_SERVICES)
        return Draft(title=title)

    _open(body, desk, draft)


def open_move(body: Body, desk: Desk) -> None:
    """*Move…*: the same window with its two moments only."""

    def draft(session: Session, viewer: Viewer) -> Draft:
        work = to_change(session, viewer, chosen(body))
        return Draft(moving=work.name, starts_at=work.starts_at, ends_at=work.ends_at)

    _open(body, desk, draft)


def _open(body: Body, desk: Desk, first: Callable[[Session, Viewer], Draft]) -> None:
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        view = _view(session, viewer, first(session, viewer), desk)
    desk.aside.open_view(origin.team_id, origin.trigger_id or "", view, origin.sorry)


def changed(body: Body, desk: Desk) -> None:
    """Something was chosen: show what the agreements make of it. No typed text is touched."""
    _update(body, replace(draft_of(body), parts=()), desk)


def use(body: Body, desk: Desk) -> None:
    """*Use it*: the slot, and whom it leaves out."""
    draft, (slot, out) = draft_of(body), _slot_in(chosen(body))
    left_out = tuple(dict.fromkeys((*draft.left_out, *out)))
    taken = replace(
        draft, turn=draft.turn + 1, starts_at=slot.starts_at, ends_at=slot.ends_at, left_out=left_out, parts=()
    )
    _update(body, taken, desk)


def _slot_in(value: str) -> tuple[SlotFact, tuple[str, ...]]:
    starts, _, rest = value.partition(":")
    ends, _, out = rest.partition(":")
    try:
        slot = SlotFact(datetime.fromtimestamp(int(starts), UTC), datetime.fromtimestamp(int(ends), UTC))
    except (ValueError, OverflowError, OSError) as error:
        raise UserError(Refusal.OLD_BUTTON) from error
    return slot, tuple(each for each in out.split(",") if each)


def leave_out(body: Body, desk: Desk) -> None:
    """*Leave … out*: the customers of one agreement."""
    draft = draft_of(body)
    left_out = tuple(dict.fromkeys((*draft.left_out, chosen(body))))
    _update(body, replace(draft, left_out=left_out, parts=()), desk)


def split(body: Body, desk: Desk) -> None:
    """*Split*: the parts are shown, and planned when the window is submitted."""
    draft, origin, now = draft_of(body), origin_of(body), desk.now()
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        judged = maintenance_guard.guard(session, desk.agreements, plan_in(session, viewer, draft, now), now)
        parts = maintenance_guard.facts_of(session, judged, now).parts
    if not parts:
        raise UserError(Refusal.WORK_PARTS_GONE)
    _update(body, replace(draft, parts=parts), desk)


def override(body: Body, desk: Desk) -> None:
    """*Override…*: an administrator gives a reason."""
    draft, origin = draft_of(body), origin_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        demand_override(session, viewer, plan_in(session, viewer, draft, desk.now()).desk_id)
    _update(body, replace(draft, override=True, parts=()), desk)


def _update(body: Body, draft: Draft, desk: Desk) -> None:
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        view = _view(session, viewer, draft, desk)
    seen = (body.get("view") or {}).get("hash")
    desk.aside.update_view(origin.team_id, draft.view_id or "", view, seen)


def _view(session: Session, viewer: Viewer, draft: Draft, desk: Desk) -> ViewDict:
    now, words = desk.now(), language.for_person(viewer.person)
    demand_desk(viewer)
    kept = services_of(session, viewer.team_id, sorted(viewer.roles))
    customers = customers_at(session, viewer.team_id, sorted(viewer.roles))
    facts = PlanFormFacts(
        metadata=draft.carried,
        turn=draft.turn,
        now=now,
        services=tuple((service.key, service.name) for service in kept),
        chosen=draft.services,
        components=components.offered([each for each in kept if each.key in draft.services]),
        chosen_components=draft.components,
        kind=draft.kind,
        downtime=draft.downtime,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        customers=tuple((each.id, each.name) for each in customers[:100]),
        only=draft.only,
        override=draft.override,
        split=bool(draft.parts),
        moving=draft.moving,
        later=draft.later,
        title=draft.title,
    )
    if draft.moving is not None:
        work = to_change(session, viewer, draft.moving)
        title = typed_text.read(session, work.team_id, work.title_id)
        facts = replace(facts, title=title, in_series=maintenance_series.goes_on(session, work))
    return views.plan_view(_judged(session, viewer, draft, desk, facts), words)


def _judged(session: Session, viewer: Viewer, draft: Draft, desk: Desk, facts: PlanFormFacts) -> PlanFormFacts:
    """The window with what the agreements make of it, as far as it is filled in."""
    if draft.starts_at is None or draft.ends_at is None or not (draft.services or draft.moving):
        return facts
    now = desk.now()
    try:
        plan = plan_in(session, viewer, draft, now)
        judged = maintenance_guard.guard(session, desk.agreements, plan, now)
        series = _later(session, viewer, draft, desk, judged) or series_in(judged, draft, viewer, now)
    except UserError as error:
        return replace(facts, problem=RefusalFacts(error.key, now, error.values))
    told = maintenance_guard.facts_of(session, judged, now, series)
    if draft.parts:
        told = replace(told, parts=draft.parts)
    return replace(
        facts,
        guard=told,
        asks_approval=judged.asks(Limit.APPROVAL) or bool(draft.approver),
        asks_consent=judged.asks(Limit.AGREED),
    )


def _later(session: Session, viewer: Viewer, draft: Draft, desk: Desk, judged: Guard) -> list[Guard]:
    """Everything that is moved, each judged at its new time; empty where only this one is."""
    if draft.moving is None or not draft.later:
        return []
    work = to_change(session, viewer, draft.moving)
    plans = [plan for _, plan in maintenance_series.moved_plans(session, work, judged.plan)]
    return [judged, *(maintenance_guard.guard(session, desk.agreements, plan, desk.now()) for plan in plans)]


# Submitted


def submitted(body: Body, desk: Desk) -> Answer:
    """*Plan*, or *Move*: stored when it breaks nothing, or when an administrator says why all the same."""
    draft, origin = draft_of(body), origin_of(body)
    with once(desk, origin) as work:
        demand_desk(work.viewer)
        doing = Doing(work.ledger, desk.agreements, work.now, work.viewer.person)
        works = _moved(work, doing, draft, body, desk) if draft.moving else _planned(work, doing, draft, body)
        work.session.flush()
        words = language.for_person(work.viewer.person)
        told = [work_facts(work.session, each, work.now) for each in works]
        work.answer = {"response_action": "update", "view": views.planned_view(told, words)}
    desk.log("maintenance_moved" if draft.moving else "maintenance_planned", maintenance=[each.name for each in works])
    answer: Answer = work.answer
    return answer


def _planned(work: Work, doing: Doing, draft: Draft, body: Body) -> Sequence[Maintenance]:
    state = state_of(body)
    plan = plan_in(work.session, work.viewer, draft, work.now)
    title = text_in(state, Field.WORK_TITLE, missing=Refusal.TEXT_MISSING, limit=SUMMARY_LIMIT)
    noticed = text_in(state, Field.NOTICED)
    judged = maintenance_guard.guard(work.session, doing.agreements, plan, work.now)
    every = series_in(judged, draft, work.viewer, work.now) or [judged]
    _demand_kept(work, draft, every)
    approver = _approver(work, draft, plan)
    reason = _reason(work, draft, every, body)
    wishes = [
        Wish(judged=each, title=" ".join(title.split()), noticed=noticed, approver=approver, reason=reason)
        for each in every
    ]
    works = maintenance_acts.plan(doing, wishes)
    if draft.repeats and not draft.parts:
        work.session.flush()
        zone = language.for_person(work.viewer.person).zone
        maintenance_series.keep_rule(doing, works, draft.repeats, zone)
    return works


def _moved(work: Work, doing: Doing, draft: Draft, body: Body, desk: Desk) -> Sequence[Maintenance]:
    found = to_change(work.session, work.viewer, draft.moving or "", lock=True)
    plan = plan_in(work.session, work.viewer, draft, work.now)
    judged = maintenance_guard.guard(work.session, doing.agreements, plan, work.now)
    every = _later(work.session, work.viewer, draft, desk, judged) or [judged]
    _demand_kept(work, draft, every)
    reason = _reason(work, draft, every, body)
    # The later ones first: by how much they move is what this one still says.
    later = maintenance_series.move_later(doing, found, plan, reason=reason) if draft.later else []
    maintenance_acts.move(doing, found, Wish(judged=judged, title="", reason=reason))
    return [found, *later]


def _demand_kept(work: Work, draft: Draft, every: Sequence[Guard]) -> None:
    """Nothing is broken, unless somebody who may has said so.

    Raises:
        UserError: at the field that mends it where one does.
    """
    broken = [finding for judged in every for finding in judged.broken]
    if not broken:
        return
    clauses = ", ".join(dict.fromkeys(finding.rule.clause for finding in broken))
    if draft.parts:
        raise UserError(Refusal.WORK_PARTS_GONE)
    if draft.override:
        demand_override(work.session, work.viewer, every[0].plan.desk_id)
        return
    limits = {finding.rule.limit for finding in broken}
    if limits == {Limit.APPROVAL}:
        raise UserError(Refusal.WORK_APPROVER, Field.APPROVER, clauses=clauses)
    if limits <= {Limit.APPROVAL, Limit.AGREED}:
        raise UserError(Refusal.WORK_CONSENT, Field.AGREED, clauses=clauses)
    raise UserError(Refusal.WORK_BREAKS, draft.starts, clauses=clauses)


def _reason(work: Work, draft: Draft, every: Sequence[Guard], body: Body) -> str:
    del work
    needed = draft.override and any(judged.broken for judged in every)
    return text_in(state_of(body), Field.REASON, missing=Refusal.REASON_MISSING if needed else None)


def _approver(work: Work, draft: Draft, plan: Plan) -> Person | None:
    """Who approves it: somebody of the desk who may; oneself, who may."""
    if draft.approver is None:
        return None
    found = person_by_slack_id(work.session, plan.team_id, draft.approver)
    able = {
        person.id: person
        for role in APPROVING
        for person in people_with_role(work.session, plan.team_id, plan.desk_id, role)
    }
    if found is None or found.id not in able:
        name = found.name if found else draft.approver
        anyone = tuple(PersonFact(person.slack_user, person.name) for person in able.values())
        raise UserError(
            Refusal.WORK_APPROVER_WHO, Field.APPROVER, person=PersonFact(draft.approver, name), anyone=anyone
        )
    return found


# Cancelled


def open_cancel(body: Body, desk: Desk) -> None:
    """*Cancel…*: asked once more, with why."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        work = to_change(session, viewer, chosen(body))
        words = language.for_person(viewer.person)
        view = views.cancel_view(
            work.name,
            metadata(maintenance=work.name),
            words,
            told=work.told_at is not None,
            in_series=maintenance_series.goes_on(session, work),
        )
    desk.aside.open_view(origin.team_id, origin.trigger_id or "", view, origin.sorry)


def cancelled(body: Body, desk: Desk) -> Answer:
    """*Cancel it*."""
    why = text_in(state_of(body), Field.TEXT, missing=Refusal.TEXT_MISSING)
    with once(desk, origin_of(body)) as work:
        found = to_change(work.session, work.viewer, str(metadata_of(body).get("maintenance") or ""), lock=True)
        doing = Doing(work.ledger, desk.agreements, work.now, work.viewer.person)
        later = value_in(state_of(body), Field.WHICH) == LATER_TOO
        others = maintenance_series.cancel_later(doing, found, why) if later else []
        maintenance_acts.cancel(doing, found, why)
    desk.log("maintenance_cancelled", maintenance=[each.name for each in (found, *others)])
    return None
