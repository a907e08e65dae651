"""Hooks as an administrator sees them in Slack."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HookFact:
    """One hook. `heartbeat` is the expected beat that it takes; without one it takes alerts."""

    name: str
    created_at: datetime
    heartbeat: str | None = None
    signed: bool = False
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HooksFacts:
    """Those there are, the newest first; `more` are not shown. `revoked`: the one that was just taken back."""

    hooks: tuple[HookFact, ...]
    now: datetime
    more: int = 0
    revoked: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHookFacts:
    """A hook that was just made, with what is shown once and never again."""

    name: str
    paths: tuple[str, ...]
    secret: str | None = None
