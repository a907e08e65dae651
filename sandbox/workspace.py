"""The state of one workspace: its people, conversations, messages, groups and files.

Plain records, changed only on the sandbox's own loop. How they look on the wire is `payloads.py`'s business.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Json: TypeAlias = dict[str, Any]
Kind: TypeAlias = Literal["channel", "private", "im", "mpim"]
COLOURS = ("4bbe2e", "9f69e7", "e7392d", "3c989f", "674b1b", "e96699", "235e5b", "827327", "de5f24", "5a4592")


@dataclass
class Team:
    """The workspace. With `enterprise_id` set it is part of an organisation, and payloads name it."""

    id: str
    name: str = "Sandbox"
    domain: str = "sandbox"
    enterprise_id: str | None = None
    enterprise_name: str | None = None


@dataclass
class User:
    """Someone in the workspace, or the app's bot."""

    id: str
    name: str
    real_name: str
    team_id: str
    title: str = ""
    tz: str = "Europe/Oslo"
    locale: str = "en-US"
    email: str | None = None
    color: str = "4bbe2e"
    is_bot: bool = False
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False
    active: bool = True
    updated: int = 0
    quiet: tuple[int, int] | None = None
    """When do-not-disturb is on next, in seconds of Slack's time."""


@dataclass
class Post:
    """One stored message: `body` as Slack shows it, metadata apart because only some readers get it."""

    body: Json
    metadata: Json | None = None
    replies: list[str] = field(default_factory=list)

    @property
    def ts(self) -> str:
        """The message's timestamp, its name within the conversation."""
        return str(self.body["ts"])

    @property
    def thread_ts(self) -> str | None:
        """The parent's timestamp; for a parent its own; None outside threads."""
        return self.body.get("thread_ts")

    @property
    def is_reply(self) -> bool:
        """Whether the message hangs under another."""
        return self.thread_ts not in {None, self.ts}


@dataclass
class Ephemeral:
    """A message that one person sees until the page is loaded again."""

    user: str
    body: Json
    deleted: bool = False


@dataclass
class Conversation:
    """A channel or a direct message. `members` are user ids, in the order they joined."""

    id: str
    name: str
    kind: Kind
    created: int
    creator: str
    members: list[str] = field(default_factory=list)
    topic: Json = field(default_factory=lambda: {"value": "", "creator": "", "last_set": 0})
    purpose: Json = field(default_factory=lambda: {"value": "", "creator": "", "last_set": 0})
    is_archived: bool = False
    is_general: bool = False
    is_ext_shared: bool = False
    previous_names: list[str] = field(default_factory=list)
    posts: dict[str, Post] = field(default_factory=dict)
    ephemerals: dict[str, Ephemeral] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)
    pins: dict[str, Json] = field(default_factory=dict)
    bookmarks: dict[str, Json] = field(default_factory=dict)
    last_micros: int = 0

    def next_ts(self, seconds: float) -> str:
        """Return a timestamp for `seconds`, later than every one given before in this conversation."""
        self.last_micros = max(round(seconds * 1_000_000), self.last_micros + 1)
        whole, micros = divmod(self.last_micros, 1_000_000)
        return f"{whole}.{micros:06d}"

    def other(self, user_id: str) -> str:
        """Return whom `user_id` talks with in this direct message (oneself, in a note to oneself)."""
        return next((one for one in self.members if one != user_id), user_id)

    def thread(self, ts: str) -> list[Post]:
        """Return the parent and its replies, oldest first."""
        parent = self.posts.get(ts)
        if parent is None:
            return []
        return [parent, *(self.posts[one] for one in parent.replies if one in self.posts)]


@dataclass
class UserGroup:
    """A user group such as @support."""

    id: str
    name: str
    handle: str
    created_by: str
    created: int
    description: str = ""
    users: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    updated_by: str = ""
    updated: int = 0
    deleted: int = 0
    deleted_by: str | None = None


@dataclass
class File:
    """An uploaded file; `content` is empty until the bytes arrive, `complete` once it was shared."""

    id: str
    name: str
    title: str
    user: str
    created: int
    length: int
    content: bytes = b""
    complete: bool = False
    channels: list[str] = field(default_factory=list)
    alt: str = ""


@dataclass
class Scheduled:
    """A message to be posted at `post_at` (Unix seconds of the workspace's clock)."""

    id: str
    channel: str
    post_at: int
    created: int
    body: Json
    has_metadata: bool = False


@dataclass
class Workspace:
    """Everything there is, by id."""

    team: Team
    app_id: str
    bot_id: str
    bot_user_id: str
    users: dict[str, User] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    groups: dict[str, UserGroup] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    canvases: dict[str, Json] = field(default_factory=dict)
    scheduled: dict[str, Scheduled] = field(default_factory=dict)

    @property
    def bot(self) -> User:
        """The app's bot user."""
        return self.users[self.bot_user_id]

    def user_named(self, handle: str) -> User | None:
        """Return the person with that handle (without @), or None."""
        return next((one for one in self.users.values() if one.name == handle), None)

    def channel_named(self, name: str) -> Conversation | None:
        """Return the channel with that name (without #), or None."""
        named = (one for one in self.conversations.values() if one.kind in {"channel", "private"})
        return next((one for one in named if one.name == name), None)

    def direct(self, members: set[str]) -> Conversation | None:
        """Return the direct message among exactly these people, or None."""
        directs = (one for one in self.conversations.values() if one.kind in {"im", "mpim"})
        return next((one for one in directs if set(one.members) == members), None)
