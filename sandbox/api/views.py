"""views.*: opening, stacking, changing and publishing views.

Source: https://docs.slack.dev/surfaces/modals
"""

from collections.abc import Callable
from typing import NoReturn

from sandbox import payloads
from sandbox.api.call import ApiError, Call, invalid_arguments, refuse
from sandbox.limits import view_problems
from sandbox.modals import DEEPEST, View
from sandbox.triggers import Trigger, TriggerError
from sandbox.workspace import Json


def _view(call: Call) -> Json:
    view = call.json("view")
    if not isinstance(view, dict):
        raise invalid_arguments("must be a valid view [json-pointer:/view]")
    refuse_bad_view(view)
    return view


def refuse_bad_view(view: Json) -> None:
    """Raise ApiError for a view that Slack would refuse."""
    refuse(view_problems(view))


def _trigger(call: Call) -> Trigger:
    identity = call.text("trigger_id") or call.text("interactivity_pointer")
    if not identity:
        raise invalid_arguments("invalid `trigger_id`")
    try:
        return call.world.triggers.use(identity)
    except TriggerError as error:
        raise ApiError(error.code) from None


def _new_external_id(call: Call, view: Json, besides: View | None = None) -> None:
    other = call.world.views.with_external_id(view.get("external_id") or "")
    if other is not None and other is not besides:
        raise ApiError("duplicate_external_id")


def _shown(call: Call, view: View) -> Json:
    return {"view": payloads.view(call.world, view)}


def _home_here(kind: object) -> NoReturn:
    raise invalid_arguments(f"unexpected view type {kind!r} [json-pointer:/view/type]")


def open_view(call: Call) -> Json:
    """views.open."""
    view = _view(call)
    if view.get("type") != "modal":
        _home_here(view.get("type"))
    _new_external_id(call, view)
    trigger = _trigger(call)
    return _shown(call, call.world.views.open(trigger.user, view, channel=trigger.channel))


def push(call: Call) -> Json:
    """views.push: only with a trigger from inside a modal, at most three deep."""
    view = _view(call)
    if view.get("type") != "modal":
        _home_here(view.get("type"))
    _new_external_id(call, view)
    trigger = _trigger(call)
    stack = call.world.views.stack(trigger.user)
    if trigger.view_id not in {one.id for one in stack}:
        raise ApiError("not_found")
    if len(stack) >= DEEPEST:
        raise ApiError("push_limit_reached")
    return _shown(call, call.world.views.push(trigger.user, view))


def update(call: Call) -> Json:
    """views.update, by view id or external id, guarded by the hash when one is given."""
    view = _view(call)
    found = call.world.views.find(call.text("view_id")) or call.world.views.with_external_id(call.text("external_id"))
    if found is None:
        raise ApiError("not_found")
    if call.given("hash") and call.text("hash") != found.hash:
        raise ApiError("hash_conflict")
    if view.get("type") != found.body["type"]:
        _home_here(view.get("type"))
    _new_external_id(call, view, found)
    call.world.views.update(found, view)
    return _shown(call, found)


def publish(call: Call) -> Json:
    """views.publish: a person's App Home."""
    view = _view(call)
    user = call.text("user_id")
    if user not in call.workspace.users:
        raise invalid_arguments("invalid `user_id`")
    if not call.world.manifest.home_tab:
        raise ApiError("not_enabled")
    if view.get("type") != "home":
        _home_here(view.get("type"))
    current = call.world.views.homes.get(user)
    if call.given("hash") and current is not None and call.text("hash") != current.hash:
        raise ApiError("hash_conflict")
    _new_external_id(call, view, current)
    return _shown(call, call.world.views.publish(user, view))


METHODS: dict[str, Callable[[Call], Json]] = {
    "views.open": open_view,
    "views.push": push,
    "views.update": update,
    "views.publish": publish,
}
