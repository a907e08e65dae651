"""How fast Slack may be spoken to: token buckets for each channel, method and workspace.

Source: docs.slack.dev/apis/web-api/rate-limits: one message a second in a channel; methods by
tier, in requests a minute. Slack publishes no figure for a workspace; ours is a setting.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

TIERS = {
    20.0: (
        "bookmarks.add", "canvases.create", "conversations.archive", "conversations.canvases.create",
        "conversations.create", "conversations.setTopic", "pins.add", "usergroups.list", "usergroups.users.update",
    ),
    50.0: (
        "bookmarks.list", "canvases.edit", "chat.update", "conversations.history", "conversations.info",
        "conversations.invite", "conversations.replies", "users.conversations",
    ),
    100.0: (
        "conversations.members", "files.completeUploadExternal", "files.getUploadURLExternal", "users.info",
    ),
}  # fmt: skip
TIER_PER_MINUTE = {method: per_minute for per_minute, methods in TIERS.items() for method in methods}
"""Methods that have a tier of their own and are called when nobody waits for them, in requests a minute."""


POST = "chat.postMessage"
"""What counts against a workspace's own figure. What goes by a second channel does not: Slack has no part in it."""

BURST = 0.1
"""Seconds whose posts a channel may get at once, one at least."""


TOGETHER = 0.5
"""Seconds whose posts a workspace may get at once. Half of what Slack's own figure would let: what is sent evenly
arrives unevenly, and a bucket as large as Slack's is told to wait."""


@dataclass(slots=True)
class Bucket:
    """A token bucket: `rate` tokens a second, at most `capacity` at once."""

    rate: float
    capacity: float
    tokens: float
    filled_at: float

    def wait(self, at: float) -> float:
        """Seconds until a token is there; 0 when one is there now."""
        self.tokens = min(self.capacity, self.tokens + (at - self.filled_at) * self.rate)
        self.filled_at = at
        return max(0.0, (1.0 - self.tokens) / self.rate)


class Rates:
    """All buckets of one process. Times are of the monotonic clock."""

    def __init__(self, per_channel: float, per_workspace: float) -> None:
        """`per_channel` and `per_workspace` are posts a second."""
        self._per_channel = per_channel
        self._per_workspace = per_workspace
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, ...], Bucket] = {}
        self._held_until: dict[tuple[str, str], float] = {}

    def hold(self, team_id: str, method: str, seconds: float) -> None:
        """Obey a `Retry-After`: it delays that method in that workspace, nothing else."""
        with self._lock:
            until = time.monotonic() + seconds
            self._held_until[team_id, method] = max(until, self._held_until.get((team_id, method), 0))

    def take(self, team_id: str, methods: Sequence[str], conversation: str) -> float:
        """Take a token of every bucket that these calls need, or none. Gives the seconds to wait, 0 if taken."""
        with self._lock:
            at = time.monotonic()
            held = max(self._held_until.get((team_id, method), 0.0) for method in methods) - at
            if held > 0:
                return held
            buckets = [bucket for method in methods for bucket in self._for(team_id, method, conversation, at)]
            wait = max(bucket.wait(at) for bucket in buckets)
            if wait <= 0:
                for bucket in buckets:
                    bucket.tokens -= 1
            return wait

    def turn(self, team_id: str, method: str) -> float:
        """Take a token for one call of a method that has a tier. Gives the seconds to wait, 0 if taken."""
        return self.take(team_id, (method,), "") if method in TIER_PER_MINUTE else 0.0

    def _for(self, team_id: str, method: str, conversation: str, at: float) -> list[Bucket]:
        if method in TIER_PER_MINUTE:
            scale = max(1.0, self._per_channel)
            return [self._bucket((team_id, method), TIER_PER_MINUTE[method] / 60 * scale, 10, at)]
        one = self._bucket((team_id, "channel", conversation), self._per_channel, self._per_channel * BURST, at)
        if method != POST:
            return [one]
        return [
            one,
            self._bucket((team_id, "workspace"), self._per_workspace, self._per_workspace * TOGETHER, at),
        ]

    def _bucket(self, key: tuple[str, ...], rate: float, capacity: float, at: float) -> Bucket:
        found = self._buckets.get(key)
        if found is None:
            capacity = max(1.0, capacity)
            found = self._buckets[key] = Bucket(rate, capacity, capacity, at)
        return found
