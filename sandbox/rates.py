"""Rate limits: one bucket per method, one per channel for messages, one for the workspace's messages."""

import math
from collections.abc import Iterable

from sandbox.clock import machine_seconds
from sandbox.methods import Method
from sandbox.pace import Limits

MINUTE = 60.0
POSTING = frozenset({"chat.postMessage", "response_url"})


class Bucket:
    """A token bucket: `capacity` at once, refilled at `rate` a second."""

    def __init__(self, capacity: float, rate: float) -> None:
        """Begin full."""
        self.capacity = capacity
        self.rate = rate
        self.level = capacity
        self.at = machine_seconds()

    def wait(self) -> float:
        """Return the seconds until a token is there; 0.0 when there is one now."""
        now = machine_seconds()
        self.level = min(self.capacity, self.level + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.level >= 1 else (1 - self.level) / self.rate

    def take(self) -> None:
        """Take one token."""
        self.level -= 1


class Rates:
    """What an app may still ask for, counted per method and per channel."""

    def __init__(self, limits: Limits) -> None:
        """Count nothing yet."""
        self.limits = limits
        self._buckets: dict[str, Bucket] = {}

    def refuse(self, method: Method, channel: str | None) -> int | None:
        """Count one call; return None when it may go on, or the whole seconds of `Retry-After`.

        Source: https://docs.slack.dev/apis/web-api/rate-limits
        """
        if math.isinf(self.limits.rate_scale):
            return None
        return self._take([self._method(method), *self._posting(method.name, channel)])

    def refuse_post(self, channel: str) -> int | None:
        """Count a message that arrives by a response address."""
        if math.isinf(self.limits.rate_scale):
            return None
        return self._take(self._posting("response_url", channel))

    def _take(self, buckets: Iterable[Bucket]) -> int | None:
        needed = list(buckets)
        wait = max(bucket.wait() for bucket in needed)
        if wait > 0:
            return max(1, math.ceil(wait))
        for bucket in needed:
            bucket.take()
        return None

    def _method(self, method: Method) -> Bucket:
        per_minute = (method.tier or self.limits.special_per_minute) * self.limits.rate_scale
        return self._bucket(method.name, per_minute, per_minute / MINUTE)

    def _posting(self, name: str, channel: str | None) -> list[Bucket]:
        if name not in POSTING:
            return []
        scale = self.limits.rate_scale
        cap = self.limits.workspace_posts * scale
        channels = self._bucket(f"channel {channel}", self.limits.post_burst * scale, scale)
        return [channels, self._bucket("workspace", max(1.0, cap), cap)]

    def _bucket(self, name: str, capacity: float, rate: float) -> Bucket:
        return self._buckets.setdefault(name, Bucket(capacity, rate))
