"""`/oncall hooks`: an administrator makes, lists and revokes the keys of hooks, as `vakt hooks` does.

A key is shown in the private answer to whoever made it, and nowhere else: a hash of it is stored, and the
answer is not.
"""

from dataclasses import replace

from handlers import language
from handlers.access import Viewer, viewer_of
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.once import Work, once
from handlers.origins import origin_of
from handlers.scene import NOBODY, person_fact
from handlers.views import hooks as views
from handlers.views.blocks import Rendered
from handlers.views.facts import Refusal
from handlers.views.facts.hooks import HookFact, HooksFacts, NewHookFacts
from models.desk import a_desk, people_with_role
from models.hook import NAME, Hook, hook_named, hooks_of, new_hook
from models.monitor import monitors_of
from models.sla.contract import Role
from models.store import Session

SHOWN = 40
"""Hooks in one answer: a message has fifty blocks."""

SIGNED, HEARTBEAT = "signed", "heartbeat"


def named(body: Body, rest: str, desk: Desk) -> Rendered:
    """The subcommand: `create NAME [heartbeat KEY] [signed]`, `revoke NAME`, or nothing for the list."""
    verb, _, about = rest.partition(" ")
    if verb.lower() == "create":
        return _create(body, about.split(), desk)
    if verb.lower() == "revoke":
        return _revoke(body, about.strip(), desk)
    if verb and verb.lower() != "list":
        raise UserError(Refusal.HOOK_USAGE)
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        _demand_administrator(session, viewer)
        return views.hooks_message(_facts(session, viewer.team_id, desk), language.for_person(viewer.person))


def revoke(body: Body, desk: Desk) -> None:
    """*Revoke*."""
    origin, message = origin_of(body), _revoke(body, chosen(body), desk)
    desk.aside.tell(origin.team_id, origin.sorry, message)


def _create(body: Body, words: list[str], desk: Desk) -> Rendered:
    name, heartbeat, signed = _wanted(words)
    with once(desk, origin_of(body)) as work:
        _demand_administrator(work.session, work.viewer)
        team_id = work.viewer.team_id
        if hook_named(work.session, team_id, name) is not None:
            raise UserError(Refusal.HOOK_TAKEN, name=name)
        _demand_expected(work, heartbeat)
        opened = new_hook(team_id, name, work.now, heartbeat=heartbeat, signed=signed)
        work.session.add(opened.hook)
        paths = tuple(f"/hooks/{kind}/{opened.key}" for kind in opened.hook.takes)
        facts = NewHookFacts(name=name, paths=paths, secret=opened.secret)
        said = views.new_hook_message(facts, language.for_person(work.viewer.person))
    desk.log("hook_created", hook=name, by=work.viewer.person.slack_user)
    return said


def _wanted(words: list[str]) -> tuple[str, str | None, bool]:
    """The name, the heartbeat and whether it is signed.

    Raises:
        UserError: it is said otherwise, or the name is none.
    """
    name, *options = words or [""]
    signed = SIGNED in options
    rest = [each for each in options if each != SIGNED]
    if rest and (rest[0] != HEARTBEAT or len(rest) != 2):  # noqa: PLR2004 - the word and its key
        raise UserError(Refusal.HOOK_USAGE)
    if not NAME.match(name):
        raise UserError(Refusal.HOOK_NAME, name=name[:80])
    return name, rest[1] if rest else None, signed


def _demand_expected(work: Work, heartbeat: str | None) -> None:
    expected = [monitor.key for monitor in monitors_of(work.session, work.viewer.team_id)]
    if heartbeat is not None and heartbeat not in expected:
        raise UserError(Refusal.HOOK_BEAT, heartbeat=heartbeat[:80], there=", ".join(expected) or "–")


def _revoke(body: Body, name: str, desk: Desk) -> Rendered:
    with once(desk, origin_of(body)) as work:
        _demand_administrator(work.session, work.viewer)
        hook = hook_named(work.session, work.viewer.team_id, name)
        if hook is None:
            raise UserError(Refusal.HOOK_UNKNOWN, name=name[:80])
        if hook.revoked_at is not None:
            raise UserError(Refusal.HOOK_REVOKED, name=name[:80], at=hook.revoked_at)
        hook.revoked_at = work.now
        work.session.flush()
        facts = replace(_facts(work.session, work.viewer.team_id, desk), revoked=name)
        said = views.hooks_message(facts, language.for_person(work.viewer.person))
        work.answer = {"response_type": "ephemeral", "text": said.text, "blocks": list(said.blocks)}
    desk.log("hook_revoked", hook=name, by=work.viewer.person.slack_user)
    return said


def _facts(session: Session, team_id: str, desk: Desk) -> HooksFacts:
    """In use first, then the newest."""
    hooks = sorted(hooks_of(session, team_id), key=lambda hook: hook.created_at, reverse=True)
    hooks.sort(key=lambda hook: hook.revoked_at is not None)
    shown = tuple(_fact(hook) for hook in hooks[:SHOWN])
    return HooksFacts(hooks=shown, now=desk.now(), more=max(0, len(hooks) - SHOWN))


def _fact(hook: Hook) -> HookFact:
    return HookFact(
        name=hook.name,
        created_at=hook.created_at,
        heartbeat=hook.heartbeat,
        signed=hook.sealed is not None,
        revoked_at=hook.revoked_at,
    )


def _demand_administrator(session: Session, viewer: Viewer) -> None:
    """Of any desk: a hook is the workspace's.

    Raises:
        UserError: the viewer is none.
    """
    if any(Role.ADMINISTRATOR in held for held in viewer.roles.values()):
        return
    desk = a_desk(session, viewer.team_id)
    found = people_with_role(session, viewer.team_id, desk.id, Role.ADMINISTRATOR) if desk else []
    anyone = tuple(person_fact(session, viewer.team_id, each.id) or NOBODY for each in found)
    raise UserError(Refusal.NO_RIGHT, role=Role.ADMINISTRATOR, anyone=anyone)
