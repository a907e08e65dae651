"""auth.*, api.test, apps.*, oauth.v2.access and blocks.validate: the app itself."""

from collections.abc import Callable

from sandbox.api.call import ApiError, Call
from sandbox.limits import message_problems, view_problems
from sandbox.workspace import Json


def auth_test(call: Call) -> Json:
    """auth.test."""
    place = call.workspace
    shape: Json = {
        "url": f"{call.world.url}/",
        "team": place.team.name,
        "user": place.bot.name,
        "team_id": place.team.id,
        "user_id": place.bot_user_id,
        "bot_id": place.bot_id,
        "is_enterprise_install": False,
        "app_id": place.app_id,
        "app_name": call.world.manifest.name,
    }
    return shape | ({"enterprise_id": place.team.enterprise_id} if place.team.enterprise_id else {})


def api_test(call: Call) -> Json:
    """api.test: says back what it was told."""
    if call.given("error"):
        raise ApiError(call.text("error"), args=call.args)
    return {"args": call.args}


def open_connection(call: Call) -> Json:
    """apps.connections.open: an address for one socket."""
    return {"url": call.world.dispatch.sockets.ticket()}


def authorizations(call: Call) -> Json:
    """apps.event.authorizations.list: this workspace is the only one."""
    place = call.workspace
    one = {"enterprise_id": place.team.enterprise_id, "team_id": place.team.id, "user_id": place.bot_user_id}
    return {"authorizations": [{**one, "is_bot": True, "is_enterprise_install": False}]}


def auth_teams(call: Call) -> Json:
    """auth.teams.list."""
    team = call.workspace.team
    return {"teams": [{"id": team.id, "name": team.name}], "response_metadata": {"next_cursor": ""}}


def oauth_access(call: Call) -> Json:
    """oauth.v2.access: exchanges the code that the sandbox's authorise page gives."""
    if call.text("code") not in call.world.codes:
        raise ApiError("invalid_code")
    call.world.codes.discard(call.text("code"))
    place = call.workspace
    return {
        "app_id": place.app_id,
        "authed_user": {"id": next((one.id for one in place.users.values() if not one.is_bot), place.bot_user_id)},
        "scope": ",".join(call.world.manifest.scopes),
        "token_type": "bot",
        "access_token": call.world.tokens.bot,
        "bot_user_id": place.bot_user_id,
        "team": {"id": place.team.id, "name": place.team.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def validate(call: Call) -> Json:
    """blocks.validate, answered by the sandbox's own validator."""
    if call.given("view"):
        problems, code = view_problems(call.json("view") or {}), "invalid_view"
    elif call.given("message"):
        message = call.json("message") or {}
        parts = {name: message.get(name) for name in ("text", "blocks", "attachments")}
        problems, code = message_problems(**parts, metadata=None), "invalid_message"
    else:
        problems, code = (
            message_problems(text="text", blocks=call.json("blocks"), attachments=None, metadata=None),
            "invalid_blocks",
        )
    if not problems:
        return {}
    lines = [f"{one.message} [json-pointer:{one.pointer}]" for one in problems]
    raise ApiError(code, errors=lines, response_metadata={"messages": [f"[ERROR] {line}" for line in lines]})


METHODS: dict[str, Callable[[Call], Json]] = {
    "auth.test": auth_test,
    "auth.teams.list": auth_teams,
    "api.test": api_test,
    "apps.connections.open": open_connection,
    "apps.event.authorizations.list": authorizations,
    "oauth.v2.access": oauth_access,
    "blocks.validate": validate,
}
