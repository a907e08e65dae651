"""Hooks: the addresses that alerts and heartbeats are sent to, each with a key that only its sender knows."""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, col, select

from models.ids import hash_of
from models.record import BY_KEY, Record

KEY_BYTES = 32
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}\Z")
"""What a hook may be called in histories."""


class Hook(Record, table=True):
    """One hook. `key_hash` is the SHA-256 of its key: 256 random bits are not guessed, so nothing slower is needed.

    `heartbeat` is the key of the expected beat that it belongs to; without one it takes alerts.
    `sealed` is the secret that signs, readable only together with the key, which comes with each request:
    neither a copy of the database nor an address in a proxy's log is enough to sign.
    """

    __table_args__ = (UniqueConstraint("team_id", "name"), BY_KEY)

    team_id: str = Field(primary_key=True)
    key_hash: str = Field(primary_key=True)
    name: str
    heartbeat: str | None = None
    sealed: str | None = None
    created_at: datetime
    revoked_at: datetime | None = None

    @property
    def takes(self) -> tuple[str, ...]:
        """Under which names of the address it takes what is sent."""
        return ("heartbeat",) if self.heartbeat else ("alertmanager", "generic")


@dataclass(frozen=True, slots=True)
class Opened:
    """A hook that was just made, with what is shown once and never again."""

    hook: Hook
    key: str
    secret: str | None


def new_hook(team_id: str, name: str, now: datetime, *, heartbeat: str | None = None, signed: bool = False) -> Opened:
    """Make a hook with a new key, and a secret if its deliveries are to be signed."""
    key = secrets.token_urlsafe(KEY_BYTES)
    secret = secrets.token_bytes(KEY_BYTES) if signed else None
    hook = Hook(
        team_id=team_id,
        key_hash=hash_of(key),
        name=name,
        heartbeat=heartbeat,
        sealed=_mixed(secret, key).hex() if secret else None,
        created_at=now,
    )
    return Opened(hook, key, f"whsec_{base64.b64encode(secret).decode()}" if secret else None)


def secret_of(hook: Hook, key: str) -> bytes | None:
    """The secret that signs, None when deliveries need no signature."""
    return _mixed(bytes.fromhex(hook.sealed), key) if hook.sealed else None


def _mixed(secret: bytes, key: str) -> bytes:
    """The secret and as many bytes that only the key gives, one upon the other; once more gives it back."""
    pad = hmac.new(key.encode(), b"vakt: sealed secret of a hook", hashlib.sha256).digest()
    return bytes(one ^ other for one, other in zip(secret, pad, strict=True))


def hook_of_key(session: Session, team_id: str, key: str) -> Hook | None:
    """The hook of a key, unless it was revoked.

    It is found by its hash: how long that takes tells nothing about the key.
    """
    hashed = hash_of(key)
    hook = session.get(Hook, (team_id, hashed))
    if hook is None or hook.revoked_at is not None or not hmac.compare_digest(hook.key_hash, hashed):
        return None
    return hook


def hook_named(session: Session, team_id: str, name: str) -> Hook | None:
    """The hook of that name, also a revoked one."""
    return session.exec(select(Hook).where(Hook.team_id == team_id, Hook.name == name)).first()


def hooks_of(session: Session, team_id: str) -> list[Hook]:
    """Every hook of a team, by name."""
    return list(session.exec(select(Hook).where(Hook.team_id == team_id).order_by(col(Hook.name))))
