"""What a handler may use: transactions, contract time, the contracts, and the aside lane.

`bot.app.build` fills it in; a handler reaches nothing of the process in any other way.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from handlers.agreements import Agreements
from handlers.bearings import Kept
from handlers.views.blocks import Attachment, Rendered, ViewDict
from models.store import Session

Files = Sequence[Attachment]


class Aside(Protocol):
    """What is only polite: one attempt, later, in another thread. Nothing here waits for Slack."""

    def open_view(self, team_id: str, trigger_id: str, view: ViewDict, sorry: "Sorry") -> None:
        """Open a modal; an expired trigger becomes a private answer to `sorry`."""

    def push_view(self, team_id: str, trigger_id: str, view: ViewDict, sorry: "Sorry") -> None:
        """Put a modal on top of the one that is open."""

    def update_view(self, team_id: str, view_id: str, view: ViewDict, seen: str | None) -> None:
        """Replace a modal; of several waiting updates only the newest is sent."""

    def publish_home(self, team_id: str, slack_user: str, view: ViewDict) -> None:
        """Show somebody's App Home."""

    def tell(self, team_id: str, sorry: "Sorry", message: Rendered) -> None:
        """Tell one person something privately, where that person is."""

    def look_at_channel(
        self, team_id: str, channel: str, sorry: "Sorry", then: Callable[[Mapping[str, Any]], Rendered | None]
    ) -> None:
        """Ask Slack about a channel; `then` looks at the answer, and what it gives is told to `sorry`."""

    def hand_over(self, team_id: str, slack_user: str, message: Rendered, make: Callable[[], Files]) -> None:
        """Send somebody a direct message, and files in its thread; they are made there, where nobody waits."""

    def get_to_know(self, team_id: str, slack_user: str) -> None:
        """Ask Slack for a person's name, language and zone, and keep them."""


@dataclass(frozen=True, slots=True)
class Sorry:
    """Where a private answer reaches a person: by response URL, else in the channel, else directly."""

    slack_user: str
    channel: str | None = None
    response_url: str | None = None


class Transaction(Protocol):
    """Gives a session whose work is committed at the end or wholly undone."""

    def __call__(self) -> AbstractContextManager[Session]:
        """Begin."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a handler may use."""

    transaction: Transaction
    reading: Transaction
    now: Callable[[], datetime]
    machine_now: Callable[[], datetime]
    agreements: Agreements
    aside: Aside
    log: Callable[..., None]
    notes: Callable[..., object]
    """Puts facts about the request in hand (ids only) into every further line of its log."""
    kept: Kept = field(default_factory=Kept)
    public_url: str = ""
    """Where Vakt's own pages are reached from outside; empty when they are not."""


Body = Mapping[str, Any]
"""A payload as Slack sent it."""
