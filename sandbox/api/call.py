"""One call of a Web API method: its arguments, read as the method means them, and the errors it may answer."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.limits import Problem, as_response
from sandbox.methods import Method
from sandbox.workspace import Conversation, Json, Post, User, Workspace

if TYPE_CHECKING:
    from sandbox.world import World

T = TypeVar("T")
FALSE = frozenset({"", "0", "false", "False", "no", "off"})
BOT_LIMIT = 1000


class ApiError(Exception):
    """The method answers `ok: false` with this code; `details` are further keys of the answer."""

    def __init__(self, code: str, **details: Any) -> None:
        """Keep code and details."""
        super().__init__(code)
        self.code = code
        self.details = details


def invalid_arguments(*messages: str) -> ApiError:
    """Return the error for arguments of the wrong shape, each with its reason."""
    return ApiError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {one}" for one in messages]})


def refuse(problems: Sequence[Problem]) -> None:
    """Raise ApiError with the first problem's code and every problem's pointer; nothing when there are none."""
    if problems:
        answer = as_response(problems)
        details = {key: value for key, value in answer.items() if key not in {"ok", "error"}}
        raise ApiError(str(answer["error"]), **details)


@dataclass
class Call:
    """A method and its arguments. `warnings` go into the answer."""

    world: "World"
    method: Method
    args: Json
    warnings: list[str] = field(default_factory=list)

    @property
    def workspace(self) -> Workspace:
        """The workspace."""
        return self.world.workspace

    @property
    def bot(self) -> User:
        """The bot that calls."""
        return self.workspace.bot

    def text(self, name: str, default: str = "") -> str:
        """Return an argument as text."""
        value = self.args.get(name)
        return default if value is None else str(value)

    def given(self, name: str) -> bool:
        """Say whether the argument was given and is not null."""
        return self.args.get(name) is not None

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return an argument as a truth value, however it was spelled."""
        value = self.args.get(name)
        return default if value is None else str(value) not in FALSE

    def number(self, name: str, default: int) -> int:
        """Return a whole number; raises ApiError `invalid_arguments`."""
        value = self.args.get(name)
        if value is None or value == "":
            return default
        try:
            return int(float(str(value)))
        except ValueError:
            raise invalid_arguments(f"must be a number [json-pointer:/{name}]") from None

    def names(self, name: str) -> list[str]:
        """Return a comma-separated list (or a real one) of ids."""
        value = self.args.get(name) or []
        parts = value if isinstance(value, list) else str(value).split(",")
        return [str(one).strip() for one in parts if str(one).strip()]

    def json(self, name: str, malformed: str = "invalid_arguments") -> Any:  # noqa: ANN401 - any JSON
        """Return a JSON argument, parsed when it came as text; raises ApiError `malformed`."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise ApiError(malformed) from None

    def conversation(self, name: str = "channel", *, member: bool = False) -> Conversation:
        """Return the conversation named by an argument (id, or a channel's name).

        Raises ApiError `channel_not_found`, also for private ones without the bot, and `not_in_channel` when `member`
        asks.
        """
        where = self.find(self.text(name))
        if where is None:
            raise ApiError("channel_not_found")
        inside = self.bot.id in where.members
        if not inside and where.kind != "channel":
            raise ApiError("channel_not_found")
        if member and not inside:
            raise ApiError("not_in_channel")
        return where

    def find(self, named: str) -> Conversation | None:
        """Return a conversation by id or `#name`, or None."""
        return self.workspace.conversations.get(named) or self.workspace.channel_named(named.removeprefix("#"))

    def user(self, name: str = "user", code: str = "user_not_found") -> User:
        """Return the person named by an argument; raises ApiError `code`."""
        found = self.workspace.users.get(self.text(name))
        if found is None:
            raise ApiError(code)
        return found

    def post(self, where: Conversation, name: str = "ts", code: str = "message_not_found") -> Post:
        """Return the message named by an argument; raises ApiError `code`."""
        found = where.posts.get(self.text(name))
        if found is None or found.body.get("subtype") == "tombstone":
            raise ApiError(code)
        return found

    def page(self, items: Sequence[T], *, default: int = 100, most: int = BOT_LIMIT) -> tuple[Sequence[T], Json]:
        """Return the part of `items` the call asks for, and the `response_metadata` that leads to the next.

        Source: https://docs.slack.dev/apis/web-api/pagination
        """
        start = self._cursor(len(items))
        limit = min(most, self.number("limit", default) or default)
        end = start + limit
        following = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
        return items[start:end], {"next_cursor": following}

    def _cursor(self, count: int) -> int:
        text = self.text("cursor")
        if not text:
            return 0
        try:
            word, _, number = base64.b64decode(text, validate=True).decode().partition(":")
            start = int(number)
        except (ValueError, binascii.Error):
            raise ApiError("invalid_cursor") from None
        if word != "next" or start > count:
            raise ApiError("invalid_cursor")
        return start

    def content(self) -> Json:
        """Return the `blocks` and `attachments` of a message, parsed; raises ApiError when they are no lists."""
        found: Json = {}
        for name, malformed in (("blocks", "invalid_blocks_format"), ("attachments", "invalid_attachments")):
            value = self.json(name, malformed)
            if value is None:
                continue
            if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
                raise ApiError(malformed)
            found[name] = value
        return found

    def metadata(self) -> Json | None:
        """Return the message metadata; raises ApiError `invalid_metadata_format`."""
        value = self.json("metadata", "invalid_metadata_format")
        if value is None:
            return None
        if not isinstance(value, dict):
            raise ApiError("invalid_metadata_format")
        return value
