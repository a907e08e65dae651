"""Does in Slack what is owed and is no message: `DO`, one function for each step of `handlers.errand`.

None of these calls has an idempotency key. So each is safe to do again by itself (a topic, a pin, a
canvas that is replaced), or looks for what an earlier attempt may have made before it makes one more
(a channel, a bookmark, a file). Each gives the id of what it made, or `DONE`.

Source: docs.slack.dev/reference/methods, the page of each method.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from bot.gateway import PAGE_READ, PAGES_READ, Gateway, SlackRefusedError, SlackUnavailableError
from bot.sending.carriers import Addressed
from handlers.errand import DONE, Errand, Step
from handlers.views.blocks import Attachment, canvas_document

SeeToTime = Callable[[], None]
"""Raises when the lease under which an errand is done may be over before the next call is: then another is at it."""

NAMES_TRIED = 9
"""A name that is taken gets "-2" to "-9"."""

LONGEST_NAME = 80

HAS_CANVAS = frozenset({"channel_canvas_already_exists", "free_team_canvas_tab_already_exists"})


class Errands:
    """Takes errands as others take messages."""

    def __init__(self, gateway: Gateway, see_to_time: SeeToTime) -> None:
        """`gateway` is the door to Slack; `see_to_time` is asked before a call that must not be made twice."""
        self._gateway, self._see_to_time = gateway, see_to_time

    def deliver(self, key: str, message: Addressed) -> str:
        """Do it; gives the id of what was made, or `DONE`.

        Raises:
            RefusedError, UnavailableError, OutcomeUnknownError: as `bot.sending.carriers` says.
        """
        del key
        errand = cast("Errand", message)
        return DO[errand.step](self._gateway, errand, self._see_to_time)


def _create(gateway: Gateway, errand: Errand, see_to_time: SeeToTime) -> str:
    """Make a private channel; a name that is taken gets a number."""
    names = list(_names(errand.texts["name"]))
    made = _made_before(gateway, errand, names) if errand.repeated else None
    if made is not None:
        return made
    for name in names:
        see_to_time()
        try:
            answer = gateway.call(errand.team_id, "conversations.create", name=name, is_private=True)
        except SlackRefusedError as refused:
            if refused.error != "name_taken" or name == names[-1]:
                raise
        else:
            return str(answer["channel"]["id"])
    raise SlackRefusedError("conversations.create", "name_taken")


def _names(name: str) -> Iterator[str]:
    yield name
    for number in range(2, NAMES_TRIED + 1):
        ending = f"-{number}"
        yield name[: LONGEST_NAME - len(ending)] + ending


def _made_before(gateway: Gateway, errand: Errand, names: list[str]) -> str | None:
    """A channel of one of these names that we made: whoever makes one is in it."""
    for channel in _channels(gateway, errand.team_id):
        if channel.get("name") in names and channel.get("creator") == errand.texts["bot"]:
            return str(channel["id"])
    return None


def _channels(gateway: Gateway, team_id: str) -> Iterator[Mapping[str, Any]]:
    """Our private channels, a page at a time."""
    cursor: str | None = None
    while True:
        asked = {"types": "private_channel", "exclude_archived": True, "limit": PAGE_READ, "cursor": cursor or None}
        answer = gateway.call(team_id, "users.conversations", **asked)
        yield from answer["channels"]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return


def _topic(gateway: Gateway, errand: Errand, _see_to_time: SeeToTime) -> str:
    """Set a topic, unless it reads so already: each setting is a line in the channel."""
    if errand.repeated and gateway.channel(errand.team_id, errand.channel)["topic"]["value"] == errand.text:
        return DONE
    gateway.call(errand.team_id, "conversations.setTopic", channel=errand.channel, topic=errand.text)
    return DONE


def _invite(gateway: Gateway, errand: Errand, _see_to_time: SeeToTime) -> str:
    """Invite those who are not there; gives who could not be, by Slack id."""
    there = set(_members(gateway, errand))
    wanted = [person for person in errand.people if person not in there]
    if not wanted:
        return DONE
    several = True if len(wanted) > 1 else None
    try:
        answer = gateway.call(
            errand.team_id, "conversations.invite", channel=errand.channel, users=",".join(wanted), force=several
        )
    except SlackRefusedError as refused:
        if refused.error == "already_in_channel":
            return DONE
        raise
    failed = [str(each.get("user")) for each in answer.get("errors") or () if each.get("error") != "already_in_channel"]
    return ",".join(failed) or DONE


def _members(gateway: Gateway, errand: Errand) -> Iterator[str]:
    cursor: str | None = None
    for _ in range(PAGES_READ):
        answer = gateway.call(
            errand.team_id, "conversations.members", channel=errand.channel, limit=PAGE_READ, cursor=cursor or None
        )
        yield from answer["members"]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return


def _bookmark(gateway: Gateway, errand: Errand, see_to_time: SeeToTime) -> str:
    """Put a message's address above the channel."""
    texts, team_id = errand.texts, errand.team_id
    if not texts.get("ts"):
        raise SlackUnavailableError("bookmarks.add", "the card that it leads to is not posted yet", 1.0)
    link = gateway.permalink(team_id, texts["of"], texts["ts"])
    if errand.repeated:
        listed = gateway.call(team_id, "bookmarks.list", channel_id=errand.channel)["bookmarks"]
        found = next((each for each in listed if each.get("link") == link), None)
        if found is not None:
            return str(found["id"])
    see_to_time()
    answer = gateway.call(
        team_id, "bookmarks.add", channel_id=errand.channel, title=texts["title"], type="link", link=link
    )
    return str(answer["bookmark"]["id"])


def _pin(gateway: Gateway, errand: Errand, _see_to_time: SeeToTime) -> str:
    """Pin a message. One that is pinned is."""
    return _done_unless(
        "already_pinned",
        lambda: gateway.call(errand.team_id, "pins.add", channel=errand.channel, timestamp=errand.texts["ts"]),
    )


def _archive(gateway: Gateway, errand: Errand, _see_to_time: SeeToTime) -> str:
    """Archive a channel. One that is archived is."""
    return _done_unless(
        "already_archived",
        lambda: gateway.call(errand.team_id, "conversations.archive", channel=errand.channel),
    )


def _done_unless(already: str, call: Callable[[], object]) -> str:
    try:
        call()
    except SlackRefusedError as refused:
        if refused.error != already:
            raise
    return DONE


def _upload(gateway: Gateway, errand: Errand, see_to_time: SeeToTime) -> str:
    """Share a file in a channel, or in a thread of it; gives its id."""
    team_id, texts = errand.team_id, errand.texts
    shared = _shared_before(gateway, errand) if errand.repeated else None
    if shared is not None:
        return shared
    picture = _picture(errand) if errand.make is not None else Attachment(texts["name"], errand.text.encode())
    content = picture.content
    place = gateway.call(
        team_id,
        "files.getUploadURLExternal",
        filename=texts["name"],
        length=len(content),
        alt_txt=picture.alt,
    )
    gateway.send_bytes(str(place["upload_url"]), content)
    see_to_time()
    gateway.call(
        team_id,
        "files.completeUploadExternal",
        files=[{"id": place["file_id"], "title": texts["title"]}],
        channel_id=errand.channel,
        thread_ts=texts.get("ts") or None,
        initial_comment=texts.get("comment") or None,
    )
    return str(place["file_id"])


def _picture(errand: Errand) -> Attachment:
    """Draw it. What draws may have been taken away since it was owed: then it ends, and somebody is told."""
    try:
        return errand.make() if errand.make is not None else Attachment(errand.texts["name"], b"")
    except ModuleNotFoundError as error:
        raise SlackRefusedError("files.getUploadURLExternal", "charts_missing") from error


def _shared_before(gateway: Gateway, errand: Errand) -> str | None:
    """The file of that title where it was to be shared; a title names its revision."""
    ts = errand.texts.get("ts")
    method = "conversations.replies" if ts else "conversations.history"
    cursor: str | None = None
    for _ in range(PAGES_READ if ts else 1):
        asked = {"channel": errand.channel, "ts": ts or None, "limit": PAGE_READ, "cursor": cursor or None}
        answer = gateway.call(errand.team_id, method, **asked)
        for message in answer["messages"]:
            for file in message.get("files") or ():
                if file.get("title") == errand.texts["title"]:
                    return str(file["id"])
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None
    return None


def _canvas(gateway: Gateway, errand: Errand, _see_to_time: SeeToTime) -> str:
    """The channel's canvas, made or replaced; gives its id."""
    document = canvas_document(errand.text)
    canvas = errand.texts.get("canvas") or None
    if canvas is None and errand.texts.get("title"):
        return _own_canvas(gateway, errand)
    if canvas is None:
        try:
            made = gateway.call(
                errand.team_id, "conversations.canvases.create", channel_id=errand.channel, document_content=document
            )
            return str(made["canvas_id"])
        except SlackRefusedError as refused:
            canvas = _canvas_of(gateway, errand) if refused.error in HAS_CANVAS else None
            if canvas is None:
                raise
    changes = [{"operation": "replace", "document_content": document}]
    gateway.call(errand.team_id, "canvases.edit", canvas_id=canvas, changes=changes)
    return canvas


def _own_canvas(gateway: Gateway, errand: Errand) -> str:
    """A canvas that is a tab of a channel which has its own. Nobody can look whether one was made: never twice."""
    if errand.repeated:
        raise SlackRefusedError("canvases.create", "perhaps_made")
    made = gateway.call(
        errand.team_id,
        "canvases.create",
        title=errand.texts["title"],
        channel_id=errand.channel,
        document_content=canvas_document(errand.text),
    )
    return str(made["canvas_id"])


def _canvas_of(gateway: Gateway, errand: Errand) -> str | None:
    properties = gateway.channel(errand.team_id, errand.channel).get("properties") or {}
    return (properties.get("canvas") or {}).get("file_id")


def _members_of_group(gateway: Gateway, errand: Errand, _see_to_time: SeeToTime) -> str:
    """Who is in a user group, named by id or handle: "S1:night:U1,U2"."""
    wanted = errand.texts["group"].removeprefix("@")
    listed = gateway.call(errand.team_id, "usergroups.list", include_users=True)["usergroups"]
    for group in listed:
        if wanted in {group.get("id"), group.get("handle")}:
            return f"{group['id']}:{group['handle']}:{','.join(group.get('users') or ())}"
    raise SlackRefusedError("usergroups.list", "no_such_subteam", wanted)


DO: Mapping[Step, Callable[[Gateway, Errand, SeeToTime], str]] = {
    Step.CREATE: _create,
    Step.TOPIC: _topic,
    Step.INVITE: _invite,
    Step.BOOKMARK: _bookmark,
    Step.PIN: _pin,
    Step.UPLOAD: _upload,
    Step.CANVAS: _canvas,
    Step.ARCHIVE: _archive,
    Step.MEMBERS: _members_of_group,
}
"""How each step is done."""
