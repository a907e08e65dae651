"""Ways by which a message leaves Vakt beside Slack, and how any attempt may end.

It was done; it was *refused* (`RefusedError`, final); the other side was not to be had, and surely did
nothing (`UnavailableError`); or nobody knows whether it was done (`OutcomeUnknownError`).
"""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Protocol

SLACK = "slack"
"""The way of every conversation that names no other one."""
MAIL, WEBHOOK = "mail", "webhook"
ERRAND = "errand"
"""The way of what is done in Slack and is no message: channels, bookmarks, pins, files, canvases."""


class RefusedError(Exception):
    """The other side refused, and will refuse again."""


class UnavailableError(Exception):
    """The other side was not to be had, and did nothing. `retry_after` is in seconds, None if not named."""

    def __init__(self, method: str, why: str, retry_after: float | None = None) -> None:
        """Say which call, why, and when the other side wants to be asked again."""
        super().__init__(f"{method}: {why}")
        self.method = method
        self.retry_after = retry_after


class OutcomeUnknownError(Exception):
    """The request went out and nobody knows what came of it: perhaps it was done.

    `answered` when the other side answered that it failed: then it does nothing later.
    """

    def __init__(self, why: str, *, answered: bool = False) -> None:
        """Say what was heard, if anything."""
        super().__init__(why)
        self.answered = answered


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message stands: a channel and Slack's time stamp; elsewhere the conversation and the message's id."""

    channel: str
    ts: str


class Addressed(Protocol):
    """A message for somebody's second channel, as it is handed over."""

    @property
    def address(self) -> str:
        """Where it goes: an address, a URL."""
        ...

    @property
    def subject(self) -> str:
        """What it is about, in one line."""
        ...

    @property
    def text(self) -> str:
        """All of it, in plain text."""
        ...


class Carrier(Protocol):
    """Takes messages to one kind of second channel."""

    def deliver(self, key: str, message: Addressed) -> str:
        """Hand a message over under its outbox key; gives the id under which the other side knows it.

        A second attempt carries the same id, so that the other side can tell.

        Raises:
            RefusedError, UnavailableError, OutcomeUnknownError: as this module says.
        """
        ...


def route_of(conversation: str) -> str:
    """By which way a conversation is reached: "mail" of "mail:person", else Slack."""
    way, colon, _ = conversation.partition(":")
    return way if colon else SLACK


class Owed(Protocol):
    """What is owed to a conversation of a workspace."""

    @property
    def team_id(self) -> str:
        """The workspace."""
        ...

    @property
    def conversation(self) -> str:
        """Where it is said."""
        ...


def circuit_of(row: Owed) -> str:
    """The name of the circuit breaker of a row's way: that Slack is away says nothing about mail."""
    way = route_of(row.conversation)
    return row.team_id if way == SLACK else f"{row.team_id}:{way}"


@dataclass(frozen=True, slots=True)
class SecondChannels:
    """The ways that are set up. Each is loaded when the first message goes by it."""

    smtp_url: str = ""
    mail_from: str = ""
    webhook_secret: str = ""

    def carrier(self, way: str) -> Carrier:
        """Who takes messages that way.

        Raises:
            RefusedError: it is not set up, or there is no such way.
        """
        if way == MAIL:
            if not self.smtp_url:
                raise RefusedError("mail: VAKT_SMTP_URL is not set")
            return _mail(self.smtp_url, self.mail_from)
        if way == WEBHOOK:
            return _webhook(self.webhook_secret)
        raise RefusedError(f"{way}: there is no such way; there is {SLACK}, {MAIL}, {WEBHOOK}")


@cache
def _mail(url: str, sender: str) -> Carrier:
    made: Carrier = import_module("bot.sending.mail").Mail(url, sender)
    return made


@cache
def _webhook(secret: str) -> Carrier:
    key = import_module("bot.doors.hook_signature").secret_bytes(secret)
    made: Carrier = import_module("bot.sending.webhook").Webhook(key)
    return made
