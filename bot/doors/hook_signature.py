"""Whether a delivery is signed by who holds the secret, and lately.

Source: standardwebhooks.com, the specification: `webhook-id`, `webhook-timestamp` and `webhook-signature`.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

STALE_SECONDS = 300
"""Older than that, or as far ahead, a delivery is not believed."""
LONGEST_ID = 255
_DIGITS = len("9999999999")


PREFIX = "whsec_"
"""What a secret begins with that is written in base64."""


class SignatureError(Exception):
    """It is not believed; `reason` is a word for why."""

    def __init__(self, reason: str, message: str) -> None:
        """Name both."""
        super().__init__(message)
        self.reason = reason


def signed(secret: bytes, name: str, stamp: str, body: bytes) -> str:
    """The signature of a delivery: of its id, its time stamp (seconds since 1970) and its body."""
    mac = hmac.new(secret, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(mac).decode()}"


def secret_bytes(secret: str) -> bytes:
    """The bytes that sign: base64 after "whsec_", as the specification writes secrets, else the text's own.

    Raises:
        ValueError: what stands after "whsec_" is no base64.
    """
    named, _, encoded = secret.rpartition(PREFIX)
    return secret.encode() if named or not secret.startswith(PREFIX) else base64.b64decode(encoded, validate=True)


@dataclass(frozen=True, slots=True)
class Signature:
    """What the headers say."""

    id: str
    stamp: str
    signed: tuple[str, ...]

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Self:
        """Read the headers.

        Raises:
            SignatureError: one is missing.
        """
        named = tuple(headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature"))
        if not all(named) or not all(each.isascii() for each in named) or len(named[0]) > LONGEST_ID:
            raise SignatureError("unsigned", "webhook-id, webhook-timestamp and webhook-signature are needed")
        return cls(named[0], named[1], tuple(named[2].split()))

    def verify(self, secret: bytes, body: bytes, now: float) -> None:
        """Check it, in the same time whatever was sent.

        Raises:
            SignatureError: it is another's, or from another time.
        """
        if not (self.stamp.isdecimal() and len(self.stamp) <= _DIGITS) or abs(now - int(self.stamp)) > STALE_SECONDS:
            raise SignatureError("stale", "webhook-timestamp is too old or too far ahead")
        right = signed(secret, self.id, self.stamp, body)
        if not sum(hmac.compare_digest(right, each) for each in self.signed):
            raise SignatureError("signature", "webhook-signature is not that of this body")
