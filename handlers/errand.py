"""Something owed that is no message: a channel to be made, a bookmark, a pin, a file, a canvas.

It goes through the outbox like a message: leased, tried again with waits, refused with a reason. None of
these calls carries a key of ours, so whoever does one that may have been done (`repeated`) looks first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from handlers.views.blocks import Attachment


class Step(StrEnum):
    """What is to be done. `bot.sending.errands.DO` does each."""

    CREATE = "create"
    TOPIC = "topic"
    INVITE = "invite"
    BOOKMARK = "bookmark"
    PIN = "pin"
    UPLOAD = "upload"
    CANVAS = "canvas"
    ARCHIVE = "archive"
    MEMBERS = "members"


WAY = "errand"
"""The way of an outbox row that is one: its conversation is "errand:O-3"."""

DONE = "done"
"""What a step gives that makes nothing with an id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One step, with everything it needs; `people` are Slack ids."""

    step: Step
    team_id: str
    channel: str = ""
    people: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    make: Callable[[], Attachment] | None = None
    """Of a file that is a picture: makes it, where nobody waits for it."""
    repeated: bool = False
    """Whether an earlier attempt may have done it."""

    @property
    def address(self) -> str:
        """Where."""
        return self.channel

    @property
    def subject(self) -> str:
        """What, in a word."""
        return self.step

    @property
    def text(self) -> str:
        """All that is written."""
        return self.texts.get("text", "")
