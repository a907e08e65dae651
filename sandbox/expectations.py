"""What the app said, and whether a test expected it.

Every message the bot posts and every private answer it gives is written down. A test names the ones it expects;
whatever is left at the end fails the story. Edits belong to the message they change.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal

from sandbox.words import visible
from sandbox.workspace import Ephemeral, Json, Post

if TYPE_CHECKING:
    from sandbox.world import World


class AnyThread(Enum):
    """The thread nobody cares about."""

    ANY = "any"


ANY: Literal[AnyThread.ANY] = AnyThread.ANY


@dataclass
class Heard:
    """Something the bot said: where, and to whom when it was private."""

    channel: str
    thing: Post | Ephemeral
    expected: bool = False

    @property
    def private_to(self) -> str | None:
        """The only person who sees it, or None when everyone in the conversation does."""
        return self.thing.user if isinstance(self.thing, Ephemeral) else None

    @property
    def body(self) -> Json:
        """The message as it stands."""
        return self.thing.body

    @property
    def words(self) -> str:
        """Everything a reader sees of it."""
        return visible(self.body)


@dataclass(frozen=True)
class Wanted:
    """A message a test waits for. `channel` None means any; `thread` is a parent's ts, None (not in one) or ANY."""

    words: str | re.Pattern[str]
    channel: str | None = None
    thread: str | AnyThread | None = ANY
    private_to: str | None = None

    def fits(self, heard: Heard) -> bool:
        """Say whether `heard` is the one."""
        in_place = self.channel in {None, heard.channel} and heard.private_to == self.private_to
        return in_place and self._in_thread(heard) and says(heard.words, self.words)

    def _in_thread(self, heard: Heard) -> bool:
        if isinstance(self.thread, AnyThread):
            return True
        ts, thread_ts = heard.body["ts"], heard.body.get("thread_ts")
        if self.thread is None:
            return thread_ts in {None, ts}
        return bool(thread_ts == self.thread and ts != thread_ts)


def says(text: str, words: str | re.Pattern[str]) -> bool:
    """Say whether `words` (a piece of text, or a pattern) are found in `text`."""
    return bool(words.search(text)) if isinstance(words, re.Pattern) else words in text


def first_fitting(heard: list[Heard], wanted: Wanted) -> Heard | None:
    """Return the oldest message that fits and was not expected yet, and mark it expected."""
    found = next((one for one in heard if not one.expected and wanted.fits(one)), None)
    if found is not None:
        found.expected = True
    return found


def describe(world: "World", heard: Heard) -> str:
    """Return one line that says what the bot said, and where."""
    place = world.workspace.conversations[heard.channel]
    where = f"#{place.name}" if place.name else f"the direct message with {_names(world, place.members)}"
    private = f", only for {_names(world, [heard.private_to])}" if heard.private_to else ""
    thread = ", in a thread" if heard.body.get("thread_ts") not in {None, heard.body["ts"]} else ""
    return f"- in {where}{private}{thread}: {heard.words!r}"


def _names(world: "World", people: list[str]) -> str:
    return ", ".join(world.workspace.users[one].name for one in people if not world.workspace.users[one].is_bot)
