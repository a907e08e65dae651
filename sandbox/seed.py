"""Who and what is in a workspace from the start."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.workspace import Json, Team

if TYPE_CHECKING:
    from sandbox.world import World

PERSON = ("title", "tz", "locale", "email", "is_admin", "is_owner", "is_restricted", "is_ultra_restricted", "id")


@dataclass(frozen=True)
class Seed:
    """People and channels to begin with; `people` and `channels` as in the seed file."""

    team: Team | None = None
    people: tuple[Mapping[str, Any], ...] = ()
    channels: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)

    def plant(self, world: "World") -> None:
        """Put them into the workspace."""
        for one in self.people:
            facts = {key: one[key] for key in PERSON if key in one}
            world.add_user(one["handle"], name=one.get("name"), **facts)
        for one in self.channels:
            self._channel(world, one)

    def _channel(self, world: "World", one: Mapping[str, Any]) -> None:
        members = [_id(world, handle) for handle in one.get("members", ())]
        if one.get("bot", True):
            members.append(world.workspace.bot_user_id)
        facts: Json = {"id": one["id"]} if one.get("id") else {}
        where = world.add_conversation(one["name"], "private" if one.get("private") else "channel", members, **facts)
        where.topic = {**where.topic, "value": one.get("topic", "")}
        where.purpose = {**where.purpose, "value": one.get("purpose", "")}


def _id(world: "World", handle: str) -> str:
    user = world.workspace.user_named(handle) or world.workspace.users.get(handle)
    if user is None:
        message = f"the seed names {handle!r} as a member, but no person has that handle"
        raise ValueError(message)
    return user.id


def load_seed(path: Path) -> Seed:
    """Read a seed file: `{"team": {...}, "people": [{"handle", ...}], "channels": [{"name", "members", ...}]}`."""
    document = json.loads(path.read_text("utf-8"))
    team = document.get("team")
    known = (
        {key: team[key] for key in ("id", "name", "domain", "enterprise_id", "enterprise_name") if key in team}
        if team
        else {}
    )
    people, channels = tuple(document.get("people", ())), tuple(document.get("channels", ()))
    return Seed(Team(**{"id": "T0SB000001", **known}) if team else None, people, channels)
