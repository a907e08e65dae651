"""The shape of everything the sandbox sends: users, channels, messages, views, events and interactions.

Keys follow the samples of slackapi/java-slack-sdk (json-logs) and slackapi/bolt-python (scenario tests); a test holds
them to it. Values are this workspace's own.
"""

import zoneinfo
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sandbox.ids import nonce
from sandbox.workspace import Conversation, File, Json, Post, Scheduled, Team, User, UserGroup

if TYPE_CHECKING:
    from sandbox.modals import View
    from sandbox.world import World

VERIFICATION = "sandbox-verification-token"
IMAGE_SIZES = (24, 32, 48, 72, 192, 512)
CHANNEL_TYPES = {"channel": "channel", "private": "group", "im": "im", "mpim": "mpim"}


def user(world: "World", one: User, *, locale: bool = True) -> Json:
    """Return a user object. Source: https://docs.slack.dev/reference/objects/user-object."""
    offset = zoneinfo.ZoneInfo(one.tz).utcoffset(world.clock.now().replace(tzinfo=None))
    shape = {
        "id": one.id,
        "team_id": one.team_id,
        "name": one.name,
        "deleted": one.deleted,
        "color": one.color,
        "real_name": one.real_name,
        "tz": one.tz,
        "tz_label": one.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": profile(world, one),
        "is_admin": one.is_admin,
        "is_owner": one.is_owner,
        "is_primary_owner": one.is_owner,
        "is_restricted": one.is_restricted,
        "is_ultra_restricted": one.is_ultra_restricted,
        "is_bot": one.is_bot,
        "is_app_user": False,
        "is_stranger": one.is_stranger,
        "updated": one.updated,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
    }
    return {**shape, "locale": one.locale} if locale else shape


def profile(world: "World", one: User) -> Json:
    """Return the profile inside a user object; the address only with `users:read.email`."""
    first, _, last = one.real_name.partition(" ")
    images = {f"image_{size}": f"{world.url}/page/icon.svg" for size in IMAGE_SIZES}
    shape = {
        "title": one.title,
        "phone": "",
        "skype": "",
        "real_name": one.real_name,
        "real_name_normalized": one.real_name,
        "display_name": one.name,
        "display_name_normalized": one.name,
        "fields": {},
        "status_text": "",
        "status_emoji": "",
        "status_emoji_display_info": [],
        "status_expiration": 0,
        "status_text_canonical": "",
        "avatar_hash": "sandbox",
        "first_name": first,
        "last_name": last,
        "team": one.team_id,
        **images,
    }
    if one.is_bot:
        shape |= {"api_app_id": world.workspace.app_id, "bot_id": world.workspace.bot_id, "always_active": True}
    if one.email and "users:read.email" in world.manifest.scopes:
        shape["email"] = one.email
    return shape


def bot_profile(world: "World") -> Json:
    """Return the `bot_profile` that a bot's messages carry."""
    icons = {f"image_{size}": f"{world.url}/page/icon.svg" for size in (36, 48, 72)}
    place = world.workspace
    return {
        "id": place.bot_id,
        "deleted": False,
        "name": world.manifest.name,
        "updated": place.bot.updated,
        "app_id": place.app_id,
        "user_id": place.bot_user_id,
        "icons": icons,
        "team_id": place.team.id,
    }


def conversation(world: "World", one: Conversation, *, viewer: str, members: bool = False) -> Json:
    """Return a conversation object. Source: https://docs.slack.dev/reference/objects/conversation-object."""
    team = world.workspace.team.id
    shape: Json = {
        "id": one.id,
        "created": one.created,
        "is_archived": one.is_archived,
        "is_channel": one.kind == "channel",
        "is_group": one.kind == "private",
        "is_im": one.kind == "im",
        "is_mpim": one.kind == "mpim",
        "is_private": one.kind != "channel",
        "is_org_shared": False,
        "context_team_id": team,
        "updated": one.created * 1000,
    }
    if one.kind == "im":
        return {**shape, "user": one.other(viewer), "is_user_deleted": False, "priority": 0, "is_open": True}
    shape |= _channel_keys(one, team, _canvas(world, one)) | {"is_member": viewer in one.members}
    return {**shape, "num_members": len(one.members)} if members else shape


def _canvas(world: "World", one: Conversation) -> Json | None:
    """The channel's canvas, as `properties` tell of it."""
    found = (key for key, canvas in world.workspace.canvases.items() if canvas["channel"] == one.id)
    identity = next(found, None)
    return {"file_id": identity, "is_empty": False, "quip_thread_id": ""} if identity else None


def _channel_keys(one: Conversation, team: str, canvas: Json | None) -> Json:
    return {
        "name": one.name,
        "name_normalized": one.name,
        "is_general": one.is_general,
        "unlinked": 0,
        "is_shared": one.is_ext_shared,
        "is_ext_shared": one.is_ext_shared,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "shared_team_ids": [team],
        "internal_team_ids": [],
        "parent_conversation": None,
        "creator": one.creator,
        "topic": one.topic,
        "purpose": one.purpose,
        "previous_names": one.previous_names,
        "priority": 0,
        "last_read": "0000000000.000000",
        "properties": {"canvas": canvas} if canvas else {},
    }


def message(post: Post, *, metadata: bool = False) -> Json:
    """Return a stored message for a reader; without `metadata` she learns its event type only."""
    shape = dict(post.body)
    if post.metadata is not None:
        shape["metadata"] = post.metadata if metadata else {"event_type": post.metadata["event_type"]}
    return shape


PICTURES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
"""What is shown as a picture, by the end of a file's name."""


def mimetype(name: str) -> str:
    """What kind of file a name stands for."""
    suffix = suffix_of(name)
    if suffix in PICTURES:
        return PICTURES[suffix]
    return "text/plain" if suffix in {"txt", "text"} else f"application/{suffix}"


def suffix_of(name: str) -> str:
    """The end of a file's name, in small letters; "text" where it has none."""
    return name.rpartition(".")[2].lower() if "." in name else "text"


def file(world: "World", one: File) -> Json:
    """Return a file object. Source: https://docs.slack.dev/reference/objects/file-object."""
    suffix = suffix_of(one.name)
    address = f"{world.url}/files/{one.id}/{one.name}"
    return {
        "id": one.id,
        "created": one.created,
        "timestamp": one.created,
        "name": one.name,
        "title": one.title,
        "mimetype": mimetype(one.name),
        "filetype": suffix,
        "pretty_type": suffix.upper(),
        "user": one.user,
        "user_team": world.workspace.team.id,
        "editable": False,
        "size": len(one.content),
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": True,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": address,
        "url_private_download": address,
        "permalink": address,
        "permalink_public": address,
        "has_rich_preview": False,
        **({"alt_txt": one.alt} if one.alt else {}),
        "file_access": "visible",
        "channels": one.channels,
        "groups": [],
        "ims": [],
        "shares": {},
    }


def group(world: "World", one: UserGroup, *, users: bool) -> Json:
    """Return a user group. Source: https://docs.slack.dev/reference/methods/usergroups.list."""
    shape = {
        "id": one.id,
        "team_id": world.workspace.team.id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": one.name,
        "description": one.description,
        "handle": one.handle,
        "is_external": False,
        "date_create": one.created,
        "date_update": one.updated or one.created,
        "date_delete": one.deleted,
        "auto_type": None,
        "auto_provision": False,
        "enterprise_subteam_id": "",
        "created_by": one.created_by,
        "updated_by": one.updated_by or one.created_by,
        "deleted_by": one.deleted_by,
        "prefs": {"channels": one.channels, "groups": []},
        "user_count": len(one.users),
        "channel_count": len(one.channels),
        "is_section": False,
    }
    return {**shape, "users": list(one.users)} if users else shape


def scheduled(one: Scheduled) -> Json:
    """Return one line of chat.scheduledMessages.list."""
    return {
        "id": one.id,
        "channel_id": one.channel,
        "post_at": one.post_at,
        "date_created": one.created,
        "text": one.body.get("text", ""),
    }


def view(world: "World", one: "View") -> Json:
    """Return a view as apps see it, with the state its person has left it in."""
    body = one.body
    shape = {
        "id": one.id,
        "team_id": world.workspace.team.id,
        "type": body["type"],
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "state": {"values": one.state()},
        "hash": one.hash,
        "title": body.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
        "clear_on_close": body.get("clear_on_close", False),
        "notify_on_close": body.get("notify_on_close", False),
        "close": body.get("close"),
        "submit": body.get("submit"),
        "previous_view_id": one.previous_id,
        "root_view_id": one.root_id,
        "app_id": world.workspace.app_id,
        "external_id": body.get("external_id", ""),
        "app_installed_team_id": world.workspace.team.id,
        "bot_id": world.workspace.bot_id,
    }
    return shape if body["type"] == "home" else {**shape, "submit_disabled": body.get("submit_disabled", False)}


def team(one: Team) -> Json:
    """Return the `team` of an interaction."""
    shape = {"id": one.id, "domain": one.domain}
    if one.enterprise_id:
        shape |= {"enterprise_id": one.enterprise_id, "enterprise_name": one.enterprise_name or ""}
    return shape


def enterprise(one: Team) -> Json | None:
    """Return the `enterprise` of an interaction, None outside organisations."""
    return {"id": one.enterprise_id, "name": one.enterprise_name or ""} if one.enterprise_id else None


def actor(one: User) -> Json:
    """Return the `user` of an interaction."""
    return {"id": one.id, "username": one.name, "name": one.name, "team_id": one.team_id}


def channel_name(one: Conversation) -> str:
    """Return a conversation's name as commands and interactions say it."""
    return {"channel": one.name, "private": "privategroup", "im": "directmessage", "mpim": "mpdm"}[one.kind]


def interaction(world: "World", kind: str, person: User) -> Json:
    """Return what every interaction carries."""
    place = world.workspace.team
    return {
        "type": kind,
        "user": actor(person),
        "api_app_id": world.workspace.app_id,
        "token": VERIFICATION,
        "team": team(place),
        "enterprise": enterprise(place),
        "is_enterprise_install": False,
    }


def command(world: "World", person: User, where: Conversation, **rest: Any) -> Json:
    """Return a slash command's payload; `is_enterprise_install` is a string on the wire."""
    place = world.workspace.team
    shape: Json = {
        "token": VERIFICATION,
        "team_id": place.id,
        "team_domain": place.domain,
        "channel_id": where.id,
        "channel_name": channel_name(where),
        "user_id": person.id,
        "user_name": person.name,
        **rest,
        "api_app_id": world.workspace.app_id,
        "is_enterprise_install": "false",
    }
    if place.enterprise_id:
        shape |= {"enterprise_id": place.enterprise_id, "enterprise_name": place.enterprise_name or ""}
    return shape


def event(world: "World", body: Json, *, channel: str | None, shared: bool = False) -> Json:
    """Return the envelope of the Events API around one event."""
    place = world.workspace
    shape: Json = {
        "token": VERIFICATION,
        "team_id": place.team.id,
        "context_team_id": place.team.id,
        "context_enterprise_id": place.team.enterprise_id,
        "api_app_id": place.app_id,
        "event": body,
        "type": "event_callback",
        "event_id": world.ids.new("Ev"),
        "event_time": int(world.clock.seconds()),
        "authorizations": [
            {
                "enterprise_id": place.team.enterprise_id,
                "team_id": place.team.id,
                "user_id": place.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{nonce()}",
    }
    if place.team.enterprise_id:
        shape["enterprise_id"] = place.team.enterprise_id
    return shape if channel is None else {**shape, "event_context": f"1-{body['type']}-{place.team.id}-{channel}"}


def iso(seconds: float) -> str:
    """Return Unix seconds as an ISO instant in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
