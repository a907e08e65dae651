"""Submitting and closing modals, and what an app's answer does to them.

Source: https://docs.slack.dev/surfaces/modals
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox import block_kit, payloads
from sandbox.limits import view_problems
from sandbox.modals import DEEPEST, View
from sandbox.workspace import Json, User

if TYPE_CHECKING:
    from sandbox.envelopes import Answer
    from sandbox.world import World

INCOMPLETE = "Please complete this required field."


@dataclass(frozen=True)
class Submitted:
    """What the person sees after pressing the submit button."""

    response_action: str
    errors: dict[str, str] = field(default_factory=dict)
    error: str | None = None


async def told(world: "World", person: User, answer: "Answer") -> str | None:
    """Return None when the app acknowledged; else tell the person, and return what she was told."""
    if answer.ok:
        return None
    error = failure(answer)
    world.live.tell({"type": "notice", "text": f"{world.manifest.name} did not answer ({error})."}, to={person.id})
    return error


def failure(answer: "Answer") -> str:
    """Return what Slack calls a command or click that was not acknowledged."""
    return "operation_timeout" if answer.reason in {"timeout", "http_timeout"} else "dispatch_failed"


async def submit(world: "World", person: User, view: View, state: Json | None = None) -> Submitted:
    """Press submit. `state` is what the page's form holds; what was given before is kept."""
    for block_id, actions in (state or {}).items():
        view.given.setdefault(block_id, {}).update(
            {name: {key: part for key, part in value.items() if key != "type"} for name, value in actions.items()}
        )
    lacking = missing(view)
    if lacking:
        world.views.show_errors(view, lacking)
        return Submitted("errors", lacking)
    shape = {
        **payloads.interaction(world, "view_submission", person),
        "trigger_id": world.triggers.give(person.id, view_id=view.id, channel=view.channel),
        "view": payloads.view(world, view),
        "response_urls": response_urls(world, person, view),
    }
    answer = await world.dispatch.ask("interactive", shape)
    if not answer.ok:
        return Submitted("errors", error=failure(answer))
    return respond(world, person, view, answer.body)


def missing(view: View) -> dict[str, str]:
    """Return what the browser itself refuses: required inputs without a value, texts too short or too long."""
    values = view.state()
    found: dict[str, str] = {}
    for block, element in block_kit.interactive(view.blocks):
        if block["type"] != "input":
            continue
        value = values[block["block_id"]][element["action_id"]].get(block_kit.VALUE_KEYS[element["type"]])
        problem = _problem(element, value, optional=bool(block.get("optional")))
        if problem:
            found[block["block_id"]] = problem
    return found


def _problem(element: Json, value: object, *, optional: bool) -> str | None:
    if value in (None, "", []):
        return None if optional else INCOMPLETE
    if not isinstance(value, str):
        return None
    if len(value) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if len(value) > element.get("max_length", len(value)):
        return f"Please enter at most {element['max_length']} characters."
    return None


def response_urls(world: "World", person: User, view: View) -> list[Json]:
    """Return the addresses for conversations chosen in elements with `response_url_enabled`."""
    values = view.state()
    found = []
    for block, element in block_kit.interactive(view.blocks):
        if not element.get("response_url_enabled"):
            continue
        value = values[block["block_id"]][element["action_id"]]
        channel = value.get("selected_conversation") or value.get("selected_channel")
        if channel in world.workspace.conversations:
            place = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": channel}
            found.append({**place, "response_url": world.response_urls.give(person.id, channel)})
    return found


def respond(world: "World", person: User, view: View, body: Json) -> Submitted:
    """Do to the stack what the acknowledgement says; an impossible answer is shown as trouble connecting."""
    action = body.get("response_action", "close")
    if action == "close":
        world.views.close(view)
        return Submitted("close")
    if action == "clear":
        world.views.clear(person.id)
        return Submitted("clear")
    if action == "errors":
        return _errors(world, view, body.get("errors"))
    return _show(world, person, view, action, body.get("view"))


def _errors(world: "World", view: View, errors: object) -> Submitted:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        return _trouble(world, view, f"errors must be keyed by the block_id of an input block, got {errors!r}")
    shown = {str(key): str(value) for key, value in errors.items()}
    world.views.show_errors(view, shown)
    return Submitted("errors", shown)


def _show(world: "World", person: User, view: View, action: str, new: object) -> Submitted:
    if action not in {"update", "push"} or not isinstance(new, dict):
        return _trouble(world, view, f"response_action {action!r} with view {type(new).__name__}")
    problems = view_problems(new)
    if problems:
        return _trouble(world, view, f"{problems[0].message} [json-pointer:{problems[0].pointer}]")
    if action == "push" and len(world.views.stack(person.id)) >= DEEPEST:
        return _trouble(world, view, "push_limit_reached")
    if world.views.find(view.id) is None:
        return Submitted("close")
    if action == "update":
        world.views.update(view, new)
    else:
        world.views.push(person.id, new)
    return Submitted(action)


def _trouble(world: "World", view: View, reason: str) -> Submitted:
    """Slack gives no API error for a bad view in an acknowledgement; the reason is kept for the inspector."""
    row = world.begin("socket", "view_submission response", {"view_id": view.id})
    world.end(row, status=None, error=reason)
    return Submitted("errors", error="operation_timeout")


async def close(world: "World", person: User, view: View, *, everything: bool = False) -> None:
    """Press Cancel (closes the top view) or the x (`everything`: closes the stack and names the root view)."""
    stack = list(world.views.stack(person.id))
    subject = stack[0] if everything and stack else view
    shown = payloads.view(world, subject)
    if everything:
        world.views.clear(person.id)
    else:
        world.views.close(view)
    if subject.body.get("notify_on_close"):
        shape = {
            **payloads.interaction(world, "view_closed", person),
            "view": shown,
            "is_cleared": everything,
            "response_urls": [],
        }
        await told(world, person, await world.dispatch.ask("interactive", shape))
