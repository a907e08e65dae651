"""`/page @person|@group|rota|role text`: a page without a ticket. Whoever was named is paged, then the desk's chain."""

import re
from dataclasses import replace

from handlers import language, page_pictures, pages
from handlers.access import WORKING_ROLES, Viewer
from handlers.chain import plan_of
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.once import Work, once
from handlers.origins import origin_of
from handlers.scene import NOBODY, person_fact
from handlers.views import paging
from handlers.views.blocks import Rendered
from handlers.views.facts import Refusal
from handlers.views.facts.paging import SentFacts
from models import typed_text
from models.channel import channel_by_id
from models.desk import Desk as DeskRecord
from models.desk import a_desk, people_with_role
from models.escalation import FIRST_WAIT, Plan, Step, StepKind
from models.page import Page
from models.person import people_met
from models.sla.contract import Role
from models.standing import standing_of
from models.stored_rota import rota_by_key

NAMED = re.compile(r"<@([UW]\w{2,20})(?:\|[^>]*)?>")
NAMED_GROUP = re.compile(r"<!subteam\^(S\w{2,20})(?:\|@?([^>]{1,80}))?>")
"""As Slack escapes a user group: <!subteam^S123|@handle>. Source: docs.slack.dev/messaging/formatting-message-text."""
LONGEST = 500
"""Characters of what a page is about."""

ROLES = {"on-call": Role.ON_CALL, "oncall": Role.ON_CALL, "management": Role.MANAGER, **{str(r): r for r in Role}}
"""Roles as they are typed. The owner is a ticket's."""


def page(body: Body, desk: Desk) -> Rendered:
    """The command: pages at once, and says privately who is paged and who is next."""
    whom, _, about = str(body.get("text") or "").strip().partition(" ")
    origin = origin_of(body)
    with once(desk, origin) as work:
        place = _desk_of(work, origin.channel)
        first = _step(work, place, whom)
        plan = _plan(work, place, first)
        made = Page(
            team_id=work.viewer.team_id,
            desk_id=place.id,
            text_id=typed_text.keep(work.session, work.viewer.team_id, work.viewer.person.id, _text(whom, about)),
            started_at=work.now,
            started_by=work.viewer.person.id,
            plan=plan.stored,
        )
        pages.ad_hoc(work, made, place)
        said = _said(work, made, origin.channel)
        work.answer = {"response_type": "ephemeral", "text": said.text, "blocks": list(said.blocks)}
    return said


def _text(whom: str, about: str) -> str:
    if not about.strip():
        raise UserError(Refusal.PAGE_ABOUT, whom=whom)
    if len(about.strip()) > LONGEST:
        raise UserError(Refusal.PAGE_TEXT, limit=LONGEST)
    return about.strip()


def _desk_of(work: Work, channel: str | None) -> DeskRecord:
    """The desk in whose name is paged: the one of the channel, else the first where the viewer works.

    Raises:
        UserError: the viewer works at none.
    """
    viewer, session = work.viewer, work.session
    works_at = [desk for desk, held in sorted(viewer.roles.items()) if held & WORKING_ROLES]
    if not works_at:
        raise _not_an_agent(work, viewer)
    here = channel_by_id(session, viewer.team_id, channel or "")
    chosen = here.desk_id if here and here.desk_id in works_at else works_at[0]
    found = session.get(DeskRecord, (viewer.team_id, chosen or works_at[0]))
    if found is None:
        raise _not_an_agent(work, viewer)
    return found


def _not_an_agent(work: Work, viewer: Viewer) -> UserError:
    desk = a_desk(work.session, viewer.team_id)
    agents = people_with_role(work.session, viewer.team_id, desk.id, Role.AGENT) if desk else []
    anyone = tuple(person_fact(work.session, viewer.team_id, each.id) or NOBODY for each in agents)
    return UserError(Refusal.NO_RIGHT, role=Role.AGENT, anyone=anyone)


def _step(work: Work, place: DeskRecord, whom: str) -> Step:
    """Whom the first word names.

    Raises:
        UserError: nobody who works at a desk, no user group, no rota and no role.
    """
    group = NAMED_GROUP.fullmatch(whom)
    if group is not None:
        return Step(kind=StepKind.GROUP, of=group[1], name=group[2], wait=FIRST_WAIT)
    found = NAMED.fullmatch(whom)
    if found is not None and _works(work, found[1]):
        [person] = people_met(work.session, place.team_id, [found[1]])
        return Step(kind=StepKind.PERSON, of=person.id, wait=FIRST_WAIT)
    named = whom.removeprefix("@").lower()
    if named and rota_by_key(work.session, place.team_id, named) is not None:
        return Step(kind=StepKind.ROTA, of=named, wait=FIRST_WAIT)
    role = ROLES.get(named.replace("_", "-")) or ROLES.get(named)
    if role is not None and role is not Role.OWNER:
        return Step(kind=StepKind.ROLE, of=str(role), wait=FIRST_WAIT)
    raise UserError(Refusal.PAGE_WHOM, whom=whom[:80] or "/page")


def _works(work: Work, slack_user: str) -> bool:
    """Only people of a desk are woken: a customer is told through its channel."""
    standing = standing_of(work.session, work.viewer.team_id, slack_user)
    return standing is not None and bool(standing.roles)


def _plan(work: Work, place: DeskRecord, first: Step) -> Plan:
    plan = plan_of(work.session, place)
    return replace(plan, steps=(first, *plan.steps))


def _said(work: Work, made: Page, channel_id: str | None) -> Rendered:
    channel = channel_by_id(work.session, made.team_id, channel_id or "")
    words = language.for_person(work.viewer.person, channel_language=channel.language if channel else None)
    people = tuple(page_pictures.called_fact(work.session, made, call) for call in made.open_calls)
    ahead = page_pictures.next_steps(work.session, made, made.next_at) if made.next_at else ()
    group = page_pictures.group_asked(work.session, made)
    return paging.sent(SentFacts(people=people, next_steps=ahead, now=work.now, group=group), words)
