"""users.*, bots.info, team.info, dnd.*: who is here."""

from collections.abc import Callable

from sandbox import payloads
from sandbox.api.call import ApiError, Call
from sandbox.workspace import Json, User


def info(call: Call) -> Json:
    """users.info; `locale` only with `include_locale`."""
    return {"user": payloads.user(call.world, call.user(), locale=call.flag("include_locale"))}


def listing(call: Call) -> Json:
    """users.list."""
    page, metadata = call.page(list(call.workspace.users.values()))
    members = [payloads.user(call.world, one, locale=call.flag("include_locale")) for one in page]
    return {"members": members, "cache_ts": int(call.world.clock.seconds()), "response_metadata": metadata}


def lookup_by_email(call: Call) -> Json:
    """users.lookupByEmail."""
    wanted = call.text("email").lower()
    found = next(
        (one for one in call.workspace.users.values() if (one.email or "").lower() == wanted and not one.is_bot), None
    )
    if found is None:
        raise ApiError("users_not_found")
    return {"user": payloads.user(call.world, found, locale=False)}


def conversations(call: Call) -> Json:
    """users.conversations: those of a person, the bot's own by default."""
    who = call.text("user") or call.bot.id
    mine = [one for one in call.workspace.conversations.values() if who in one.members and wanted(call, one.kind)]
    mine = [one for one in mine if one.kind == "channel" or call.bot.id in one.members]
    page, metadata = call.page([one for one in mine if not (one.is_archived and call.flag("exclude_archived"))])
    return {
        "channels": [payloads.conversation(call.world, one, viewer=who) for one in page],
        "response_metadata": metadata,
    }


TYPES = {"channel": "public_channel", "private": "private_channel", "im": "im", "mpim": "mpim"}


def wanted(call: Call, kind: str) -> bool:
    """Say whether `types` asks for this kind of conversation; raises ApiError `invalid_types`."""
    types = call.names("types") or ["public_channel"]
    if set(types) - set(TYPES.values()):
        raise ApiError("invalid_types")
    return TYPES[kind] in types


def profile(call: Call) -> Json:
    """users.profile.get."""
    person = call.user() if call.given("user") else call.bot
    return {"profile": payloads.profile(call.world, person)}


def presence(call: Call) -> Json:
    """users.getPresence."""
    person = call.workspace.users.get(call.text("user") or call.bot.id)
    return {"presence": "active" if person and person.active else "away"}


def bot_info(call: Call) -> Json:
    """bots.info."""
    place = call.workspace
    if call.given("bot") and call.text("bot") != place.bot_id:
        raise ApiError("bot_not_found")
    shape = payloads.bot_profile(call.world)
    return {"bot": {key: shape[key] for key in ("id", "deleted", "name", "updated", "app_id", "user_id", "icons")}}


def team_info(call: Call) -> Json:
    """team.info."""
    team = call.workspace.team
    icon = {f"image_{size}": f"{call.world.url}/page/icon.svg" for size in (34, 44, 68, 88, 102, 132, 230)}
    names = {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "url": f"{call.world.url}/"}
    return {
        "team": {
            **names,
            "icon": {**icon, "image_default": True},
            "avatar_base_url": f"{call.world.url}/page/",
            "is_verified": False,
        }
    }


def do_not_disturb(person: User) -> Json:
    """When somebody's do-not-disturb is on next; `snooze_…` is told of nobody but whoever asks."""
    begins, ends = person.quiet or (1, 1)
    return {"dnd_enabled": person.quiet is not None, "next_dnd_start_ts": begins, "next_dnd_end_ts": ends}


def dnd_info(call: Call) -> Json:
    """dnd.info."""
    if call.given("user"):
        return do_not_disturb(call.user())
    return {**do_not_disturb(call.bot), "snooze_enabled": False}


def dnd_team(call: Call) -> Json:
    """dnd.teamInfo."""
    known = call.workspace.users
    return {"users": {one: do_not_disturb(known[one]) for one in call.names("users") if one in known}}


METHODS: dict[str, Callable[[Call], Json]] = {
    "users.info": info,
    "users.list": listing,
    "users.lookupByEmail": lookup_by_email,
    "users.conversations": conversations,
    "users.profile.get": profile,
    "users.getPresence": presence,
    "bots.info": bot_info,
    "team.info": team_info,
    "dnd.info": dnd_info,
    "dnd.teamInfo": dnd_team,
}
