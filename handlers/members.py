"""Who is a full member of the Slack workspace: whoever is not any more is passed over by every rota."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handlers import paging
from handlers.desk import Body, Desk
from handlers.origins import team_of
from handlers.payloads import part_of
from models.person import person_by_slack_id
from models.store import Session
from models.stored_rota import rotas_of
from models.timer import look_at_rota


def user_changed(body: Body, desk: Desk) -> None:
    """Slack says that somebody's account is another now: deactivated, made a guest, or back again."""
    team_id, told = team_of(body), part_of(body, "event").get("user")
    user: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
    if not user.get("id"):
        return
    with desk.reading() as session:
        person = person_by_slack_id(session, team_id, str(user["id"]))
        if person is None or (person.left_at is None) == is_member(user, team_id):
            return
    with desk.transaction() as session:
        note_member(session, team_id, user, desk.now())
    desk.log("member_changed", member=is_member(user, team_id), slack_user=user["id"])


def is_member(user: Mapping[str, Any], team_id: str) -> bool:
    """Whether a user object is of a full member: not deactivated, no guest, not from another workspace.

    Source: https://docs.slack.dev/reference/objects/user-object.
    """
    if any(user.get(sign) is True for sign in ("deleted", "is_restricted", "is_ultra_restricted", "is_stranger")):
        return False
    enterprise = user.get("enterprise_user")
    teams = enterprise.get("teams") if isinstance(enterprise, Mapping) else None
    home = user.get("team_id") or team_id
    return home == team_id or (isinstance(teams, list) and team_id in teams)


def note_member(session: Session, team_id: str, user: Mapping[str, Any], now: datetime) -> bool:
    """Store that somebody left, or is back; rotas that name them are laid out anew. Says whether anything changed."""
    person = person_by_slack_id(session, team_id, str(user.get("id") or ""))
    if person is None or (person.left_at is None) == is_member(user, team_id):
        return False
    person.left_at = None if is_member(user, team_id) else now
    for rota in rotas_of(session, team_id):
        if person.id in rota.people:
            rota.touch()
            look_at_rota(session, team_id, rota.id, now)
    if person.left_at is not None:
        paging.left(session, person)
    return True
