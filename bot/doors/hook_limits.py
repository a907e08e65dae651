"""How often a hook may be used: a bucket of tokens for each, which fills evenly."""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

BURST_SECONDS = 2.0
"""How long's worth of requests may come at once."""


class TooManyError(Exception):
    """More came than may; `seconds` is when to try again."""

    def __init__(self, seconds: int) -> None:
        """Whole seconds, at least one."""
        super().__init__(f"too many requests; try again in {seconds} s")
        self.seconds = seconds


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: datetime


class Limit:
    """So many a second for each name, in this process."""

    def __init__(self, per_second: float, machine_now: Callable[[], datetime]) -> None:
        """`machine_now` goes on evenly."""
        self._rate, self._now = per_second, machine_now
        self._most = max(1.0, per_second * BURST_SECONDS)
        self._lock = threading.Lock()
        self._buckets: dict[str, _Bucket] = {}

    def take(self, name: str) -> None:
        """One more.

        Raises:
            TooManyError: it is one too many.
        """
        now = self._now()
        with self._lock:
            bucket = self._buckets.setdefault(name, _Bucket(self._most, now))
            passed = max(0.0, (now - bucket.filled_at).total_seconds())
            bucket.tokens, bucket.filled_at = min(self._most, bucket.tokens + passed * self._rate), now
            if bucket.tokens < 1:
                raise TooManyError(max(1, math.ceil((1 - bucket.tokens) / self._rate)))
            bucket.tokens -= 1
