"""What becomes of a claim: the desk grants it, declines it, or takes back what it decided. Source: PS-13, EM-15.

Nothing of a decision is taken away; the last one holds. The customer's channel reads that it was
decided, by whom and why; figures stand in the direct message and in `/sla` alone.
"""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any

from handlers import claims, language
from handlers.access import DECIDING_ROLES, Viewer, viewer_of
from handlers.claim_news import facts_of
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.fields import state_of, text_in
from handlers.once import Work, once
from handlers.origins import Origin, origin_of
from handlers.payloads import metadata, metadata_of
from handlers.scene import NOBODY, person_fact
from handlers.views import claims as views
from handlers.views.blocks import ViewDict
from handlers.views.facts import PersonFact, Refusal
from handlers.views.facts.sla import ClaimFacts
from handlers.views.names import SUMMARY_LIMIT, Field
from handlers.views.words import Words
from models import typed_text
from models.claim import Claim, ClaimState, Decision, Outcome, claim_by_id, decide, decisions_of
from models.desk import people_with_role
from models.sla.contract import Role
from models.store import Session

Answer = Mapping[str, Any] | None
Window = Callable[[ClaimFacts, str, Words], ViewDict]

TAKEN_BACK_WITHIN = timedelta(days=14)
"""How long a decision may be taken back: after that the customer has counted on it."""

WHOLE = 100
_SHARE = re.compile(r"(\d{1,3})(?:[.,](\d{1,4}))?\s*%?")


# Asked


def grant(body: Body, desk: Desk) -> None:
    """*Grant…*: asked for how much, and why where that is not what was computed."""
    _open(body, desk, views.grant_view)


def decline(body: Body, desk: Desk) -> None:
    """*Decline…*: asked for why."""
    _open(body, desk, views.decline_view)


def take_back(body: Body, desk: Desk) -> None:
    """*Take back…*: asked for why."""
    _open(body, desk, views.take_back_view)


def _open(body: Body, desk: Desk, window: Window) -> None:
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        claim = _demand(session, viewer, session.get(Claim, (origin.team_id, chosen(body))))
        _possible(session, claim, desk, to_take_back=window is views.take_back_view)
        told = facts_of(session, desk.agreements, claim, desk.now())
        if told is None:
            raise UserError(Refusal.CLAIM_GONE)
        carried = metadata(claim=claim.id, decisions=len(claim.decisions or ()))
        view = window(told[0], carried, language.for_person(viewer.person, zone=told[1].zone))
    desk.aside.open_view(origin.team_id, origin.trigger_id or "", view, origin.sorry)


def _demand(session: Session, viewer: Viewer, claim: Claim | None) -> Claim:
    """The claim, for who may decide about it.

    Raises:
        UserError: it is not there, or not the viewer's to decide.
    """
    if claim is None or claim.desk_id not in viewer.roles:
        raise UserError(Refusal.CLAIM_GONE)
    if not viewer.roles_at(claim.desk_id) & set(DECIDING_ROLES):
        able = {
            person.id: PersonFact(person.slack_user, person.name)
            for role in DECIDING_ROLES
            for person in people_with_role(session, claim.team_id, claim.desk_id, role)
        }
        raise UserError(Refusal.NO_RIGHT, role=Role.MANAGER, anyone=tuple(able.values()))
    return claim


def _possible(session: Session, claim: Claim, desk: Desk, *, to_take_back: bool) -> None:
    """Raise UserError where it is decided already, or there is nothing to take back, or not any more."""
    if claim.state != ClaimState.CLAIMED:
        raise UserError(Refusal.CLAIM_GONE)
    made = decisions_of(claim)
    if not to_take_back:
        if claim.outcome is not Outcome.OPEN:
            raise _decided(session, claim, made[-1])
        return
    if claim.outcome is Outcome.OPEN:
        raise UserError(Refusal.OLD_BUTTON)
    until = made[-1].at + TAKEN_BACK_WITHIN
    if desk.now() > until:
        raise UserError(Refusal.CLAIM_SETTLED, at=made[-1].at)


def _decided(session: Session, claim: Claim, decision: Decision) -> UserError:
    person = person_fact(session, claim.team_id, decision.by) or NOBODY
    return UserError(Refusal.CLAIM_DECIDED, person=person, at=decision.at)


# Decided


def granted(body: Body, desk: Desk) -> Answer:
    """It is granted, with as much as was computed or as was typed."""
    state = state_of(body)
    fee = _share_in(text_in(state, Field.GRANTED_SHARE, missing=Refusal.CLAIM_SHARE, limit=SUMMARY_LIMIT))
    amount = " ".join(text_in(state, Field.GRANTED_AMOUNT, limit=SUMMARY_LIMIT).split())
    why = text_in(state, Field.REASON)

    def decision(work: Work, claim: Claim) -> Decision:
        if fee != Fraction(claim.figure["fee"]) and not why:
            raise UserError(Refusal.CLAIM_OTHER_WHY, Field.REASON)
        return _decision(work, Outcome.GRANTED, why, fee=fee, amount=amount)

    return _decide(body, desk, decision)


def _share_in(text: str) -> Fraction:
    """A share as it was typed: "25", "12,5 %".

    Raises:
        UserError: it is none, or more than all of it.
    """
    found = _SHARE.fullmatch(text.strip())
    share = Fraction(f"{found[1]}.{found[2] or 0}") / WHOLE if found else None
    if share is None or not 0 < share <= 1:
        raise UserError(Refusal.CLAIM_SHARE, Field.GRANTED_SHARE)
    return share


def declined(body: Body, desk: Desk) -> Answer:
    """It is declined, with why."""
    why = text_in(state_of(body), Field.REASON, missing=Refusal.REASON_MISSING)
    return _decide(body, desk, lambda work, _: _decision(work, Outcome.DECLINED, why))


def taken_back(body: Body, desk: Desk) -> Answer:
    """What was decided is open again."""
    why = text_in(state_of(body), Field.REASON, missing=Refusal.REASON_MISSING)
    return _decide(body, desk, lambda work, _: _decision(work, Outcome.OPEN, why), to_take_back=True)


def _decision(work: Work, outcome: Outcome, why: str, *, fee: Fraction | None = None, amount: str = "") -> Decision:
    team_id, me = work.viewer.team_id, work.viewer.person.id
    return Decision(
        outcome=outcome,
        at=work.now,
        by=me,
        fee=fee,
        amount_id=typed_text.keep(work.session, team_id, me, amount),
        text_id=typed_text.keep(work.session, team_id, me, why),
    )


def _decide(
    body: Body, desk: Desk, decision: Callable[[Work, Claim], Decision], *, to_take_back: bool = False
) -> Answer:
    """Store what was decided, unless somebody decided since the window was opened; tell customer and desk."""
    carried, origin = metadata_of(body), origin_of(body)
    with once(desk, origin) as work:
        claim = _demand(work.session, work.viewer, _locked(work, origin, str(carried.get("claim") or "")))
        made = decisions_of(claim)
        if len(made) != carried.get("decisions"):
            raise _decided(work.session, claim, made[-1]) if made else UserError(Refusal.OLD_WINDOW)
        _possible(work.session, claim, desk, to_take_back=to_take_back)
        place = decide(claim, decision(work, claim))
        claims.tell_decided(work.session, claim, place, work.machine_now)
    desk.log("claim_decided", claim=claim.id, customer=claim.customer_id, outcome=claim.outcome.value)
    return None


def _locked(work: Work, origin: Origin, claim_id: str) -> Claim | None:
    return claim_by_id(work.session, origin.team_id, claim_id)
