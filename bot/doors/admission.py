"""Which requests the HTTP door lets in, and what becomes of the others: a status and a reason.

Nothing of a request is parsed before its signature holds.
Source: docs.slack.dev/authentication/verifying-requests-from-slack.
"""

import json
import threading
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

from slack_sdk.signature import Clock, SignatureVerifier

from bot.tally import TURNED_AWAY, Count, uncounted
from handlers.shapes import readable

SLACK = "/slack/events"
"""Where Slack's requests come to."""

FORM, JSON = "application/x-www-form-urlencoded", "application/json"

STALE_SECONDS = 300
"""Older than that, or as far ahead, a request is not believed. Source: Slack's five minutes."""


class Reason(StrEnum):
    """Why a request was not let in."""

    PATH = "path"
    METHOD = "method"
    CONTENT_TYPE = "content_type"
    SIGNATURE = "signature"
    TIMESTAMP = "timestamp"
    ENCODING = "encoding"
    BODY = "body"
    PAYLOAD = "payload"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    HTTP = "http"


STATUS: Mapping[Reason, int] = {
    Reason.PATH: 404,
    Reason.METHOD: 405,
    Reason.CONTENT_TYPE: 415,
    Reason.SIGNATURE: 401,
    Reason.TIMESTAMP: 401,
    Reason.ENCODING: 400,
    Reason.BODY: 400,
    Reason.PAYLOAD: 404,
    Reason.TOO_LARGE: 413,
    Reason.TOO_SLOW: 408,
    Reason.HTTP: 400,
}


class TurnedAwayError(Exception):
    """A request that is not let in; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        """Name the reason."""
        super().__init__(reason)
        self.reason = reason


class Refused:
    """How many requests were turned away, by reason, since the process began."""

    def __init__(self, count: Count = uncounted) -> None:
        """None yet. `count` hears of each."""
        self._count = count
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def count(self, reason: Reason) -> None:
        """One more."""
        with self._lock:
            self._counts[str(reason)] += 1
        self._count(TURNED_AWAY, str(reason))

    @property
    def counts(self) -> Counter[str]:
        """The counts as they are now."""
        with self._lock:
            return Counter(self._counts)


def demand_way(method: str, path: str) -> None:
    """Only POST, only Slack's path.

    Raises:
        TurnedAwayError: another method, another path.
    """
    if path != SLACK:
        raise TurnedAwayError(Reason.PATH)
    if method != "POST":
        raise TurnedAwayError(Reason.METHOD)


def admit(raw: bytes, headers: Mapping[str, str], secret: str, clock: Clock) -> dict[str, Any]:
    """Let a request to Slack's path in: its payload, as it may be read.

    Raises:
        TurnedAwayError: it is not Slack's, or nothing that can be read.
    """
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {FORM, JSON}:
        raise TurnedAwayError(Reason.CONTENT_TYPE)
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise TurnedAwayError(Reason.ENCODING) from error
    _verify(text, headers, secret, clock)
    payload = readable(_parsed(text, kind))
    if payload is None:
        raise TurnedAwayError(Reason.BODY)
    return payload


def _verify(raw: str, headers: Mapping[str, str], secret: str, clock: Clock) -> None:
    stamp, signature = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= len("9999999999")):
        raise TurnedAwayError(Reason.TIMESTAMP)
    if abs(clock.now() - int(stamp)) > STALE_SECONDS:
        raise TurnedAwayError(Reason.TIMESTAMP)
    if not signature.isascii() or not SignatureVerifier(secret, clock).is_valid(raw, stamp, signature):
        raise TurnedAwayError(Reason.SIGNATURE)


def _parsed(text: str, kind: str) -> object:
    """The payload of a body: JSON, a form that holds JSON, or a form. An empty body is none."""
    try:
        if kind == JSON:
            return json.loads(text)
        fields = dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=100))
        if not fields:
            return None
        # A command may say "payload" in its text; only a field of that name counts.
        return json.loads(fields["payload"]) if "payload" in fields else fields
    except UnicodeDecodeError as error:
        raise TurnedAwayError(Reason.ENCODING) from error
    except (ValueError, RecursionError) as error:
        raise TurnedAwayError(Reason.BODY) from error
