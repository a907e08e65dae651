"""Conversations and messages as tests read them: always as they stand at the moment they are asked."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.words import visible
from sandbox.workspace import Conversation, Json

if TYPE_CHECKING:
    from sandbox.server import Sandbox


@dataclass(frozen=True)
class Channel:
    """A conversation, by id."""

    sandbox: "Sandbox"
    id: str

    @property
    def _place(self) -> Conversation:
        return self.sandbox.world.workspace.conversations[self.id]

    @property
    def name(self) -> str:
        """Its name without #; empty for direct messages."""
        return self._place.name

    @property
    def messages(self) -> list["Message"]:
        """Everything in it that everyone there sees, oldest first, replies included."""
        return self.sandbox.do(lambda: [Message(self.sandbox, self.id, ts) for ts in sorted(self._place.posts)])

    def mention(self) -> str:
        """Return the token that names it."""
        return f"<#{self.id}>"


@dataclass(frozen=True)
class Message:
    """A message or private answer, as it stands at the moment it is asked."""

    sandbox: "Sandbox"
    channel: str
    ts: str

    def body(self) -> Json:
        """Return the message's JSON; raises KeyError when it was deleted."""
        return self.sandbox.do(self._body)

    def _body(self) -> Json:
        where = self.sandbox.world.workspace.conversations[self.channel]
        return where.posts[self.ts].body if self.ts in where.posts else where.ephemerals[self.ts].body

    def now(self) -> str:
        """Return all its words; for use on the sandbox's loop."""
        return visible(self._body())

    @property
    def words(self) -> str:
        """All words a reader sees, blocks included."""
        return self.sandbox.do(self.now)

    @property
    def text(self) -> str:
        """The top-level text (what notifications and screen readers say)."""
        return str(self.body().get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        """Its blocks."""
        return list(self.body().get("blocks", []))

    @property
    def thread_ts(self) -> str | None:
        """The parent's timestamp, or None outside threads."""
        return self.body().get("thread_ts")

    @property
    def metadata(self) -> Json | None:
        """The metadata it was posted with."""
        where = self.sandbox.world.workspace.conversations[self.channel]
        return where.posts[self.ts].metadata if self.ts in where.posts else None

    @property
    def exists(self) -> bool:
        """Whether it is still there."""
        where = self.sandbox.world.workspace.conversations[self.channel]
        whispered = where.ephemerals.get(self.ts)
        return self.ts in where.posts or bool(whispered and not whispered.deleted)

    @property
    def replies(self) -> list["Message"]:
        """The messages under it, oldest first."""
        where = self.sandbox.world.workspace.conversations[self.channel]
        return self.sandbox.do(
            lambda: [Message(self.sandbox, self.channel, one.ts) for one in where.thread(self.ts)[1:]]
        )
