"""Clicks and choices: what a person does with the elements of a message, a modal or her App Home."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox import block_kit, events, payloads, submissions
from sandbox.modals import View
from sandbox.workspace import Conversation, Json, User

if TYPE_CHECKING:
    from sandbox.world import World

SHOWN = (
    "text",
    "value",
    "url",
    "style",
    "confirm",
    "placeholder",
    "accessibility_label",
    *block_kit.INITIAL_KEYS.values(),
)


class ActError(Exception):
    """A person cannot do that; `code` says why in Slack's words."""

    def __init__(self, code: str) -> None:
        """Keep the code."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Surface:
    """Where an element is: a view, or a message (`body`) in a conversation."""

    view: View | None = None
    where: Conversation | None = None
    body: Json | None = None
    given: dict[str, dict[str, Json]] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        """All blocks on it, those of attachments too."""
        if self.view is not None:
            return self.view.blocks
        body = self.body or {}
        return [
            *body.get("blocks", []),
            *(one for part in body.get("attachments", []) for one in part.get("blocks", [])),
        ]

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return bool(self.body and self.body.get("is_ephemeral"))


def surface(
    world: "World", person: User, *, view_id: str | None = None, channel: str | None = None, ts: str | None = None
) -> Surface:
    """Return the view or message a person acts on; raises ActError."""
    if view_id is not None:
        view = world.views.find(view_id)
        if view is None or view.user != person.id:
            raise ActError("view_not_found")
        return Surface(view=view)
    where = world.workspace.conversations.get(channel or "")
    if where is None or person.id not in where.members:
        raise ActError("channel_not_found")
    whispered = where.ephemerals.get(ts or "")
    if whispered is not None and whispered.user == person.id and not whispered.deleted:
        return Surface(where=where, body=whispered.body)
    post = where.posts.get(ts or "")
    if post is None:
        raise ActError("message_not_found")
    return Surface(where=where, body=payloads.message(post))


def element(on: Surface, action: Json) -> tuple[Json, Json]:
    """Return (block, element) that an action names; raises ActError."""
    for block, one in block_kit.interactive(on.blocks):
        if one["action_id"] == action["action_id"] and action.get("block_id") in {None, block["block_id"]}:
            return block, one
    raise ActError("action_not_found")


async def act(world: "World", person: User, on: Surface, action: Json, state: Json | None = None) -> str | None:
    """Click or choose. `action` names `action_id` (and `block_id`) and what was chosen; `state` is what else is filled.

    Returns what the person is shown when the app did not acknowledge. A choice in an input block is only remembered,
    unless the block says `dispatch_action`.
    """
    block, one = found = element(on, action)
    remember(world, person, on, state or {})
    key = block_kit.VALUE_KEYS.get(one["type"])
    if key is not None:
        remember(world, person, on, {block["block_id"]: {one["action_id"]: {key: action.get(key)}}})
    if block["type"] == "input" and not block.get("dispatch_action"):
        return None
    shape = payload(world, person, on)
    shape["actions"] = [performed(world, found, action)]
    return await submissions.told(world, person, await world.dispatch.ask("interactive", shape))


def remember(world: "World", person: User, on: Surface, state: Json) -> None:
    """Keep what was filled in, without the `type` that the browser sends along."""
    given = on.view.given if on.view is not None else world.given_in_message(person.id, on)
    for block_id, actions in state.items():
        for action_id, value in actions.items():
            kept = {key: part for key, part in value.items() if key != "type"}
            given.setdefault(block_id, {})[action_id] = kept


def payload(world: "World", person: User, on: Surface) -> Json:
    """Return the block_actions payload, but for its `actions`.

    Source: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    """
    place = on.where.id if on.where else None
    shape = payloads.interaction(world, "block_actions", person)
    shape["trigger_id"] = world.triggers.give(person.id, view_id=on.view.id if on.view else None, channel=place)
    return shape | (_in_view(world, on.view) if on.view is not None else _in_message(world, person, on))


def _in_view(world: "World", view: View) -> Json:
    return {"container": {"type": "view", "view_id": view.id}, "view": payloads.view(world, view)}


def _in_message(world: "World", person: User, on: Surface) -> Json:
    where, body = on.where, on.body
    if where is None or body is None:
        raise ActError("message_not_found")
    ts = body["ts"]
    container = {"type": "message", "message_ts": ts, "channel_id": where.id, "is_ephemeral": on.ephemeral}
    if body.get("thread_ts"):
        container["thread_ts"] = body["thread_ts"]
    shape: Json = {
        "container": container,
        "channel": {"id": where.id, "name": payloads.channel_name(where)},
        "state": {"values": block_kit.state_values(on.blocks, world.given_in_message(person.id, on))},
        "response_url": world.response_urls.give(person.id, where.id, ts=ts, ephemeral=on.ephemeral),
    }
    return shape if on.ephemeral else {**shape, "message": body}


def performed(world: "World", found: tuple[Json, Json], action: Json) -> Json:
    """Return one entry of `actions`."""
    block, one = found
    shape = {"type": one["type"], "action_id": one["action_id"], "block_id": block["block_id"]}
    shape |= {key: one[key] for key in SHOWN if key in one and key != "initial_value"}
    if one["type"] in block_kit.VALUE_KEYS:
        key = block_kit.VALUE_KEYS[one["type"]]
        shape[key] = action.get(key)
    elif one["type"] == "overflow":
        shape["selected_option"] = action.get("selected_option")
    elif one["type"] == "feedback_buttons":
        shape["value"] = action.get("value")
    return {**shape, "action_ts": events.stamp(world)}


async def suggest(world: "World", person: User, on: Surface, action: Json) -> Json:
    """Ask the app for the options of an external select; returns `options` or `option_groups`."""
    block, one = element(on, action)
    shape: dict[str, Any] = payloads.interaction(world, "block_suggestion", person)
    if on.view is not None:
        shape |= _in_view(world, on.view)
    else:
        shape |= {key: value for key, value in _in_message(world, person, on).items() if key != "response_url"}
    shape |= {"action_id": one["action_id"], "block_id": block["block_id"], "value": action.get("value", "")}
    answer = await world.dispatch.ask("interactive", shape)
    return {key: answer.body[key] for key in ("options", "option_groups") if key in answer.body} or {"options": []}
