"""How fast the sandbox lets things happen: deadlines, rates and the schedule of retries, all in machine time."""

import math
from dataclasses import dataclass, replace

DAY_OF_SECONDS = 86_400


@dataclass(frozen=True)
class Limits:
    """Slack's figures, each in seconds unless named otherwise; the defaults are Slack's own.

    `rate_scale` multiplies every permitted rate (`math.inf` lifts them), `retry_scale` multiplies the waits between
    deliveries of an event. `post_burst` is how many messages a channel takes at once before one a second holds;
    `workspace_posts` is the workspace-wide cap in messages a second, a number Slack does not publish.
    Sources: https://docs.slack.dev/apis/web-api/rate-limits, https://docs.slack.dev/apis/events-api
    """

    ack: float = 3.0
    trigger: float = 3.0
    response_url: float = 1_800.0
    response_url_uses: int = 5
    retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    retry_scale: float = 1.0
    rate_scale: float = 1.0
    post_burst: int = 3
    workspace_posts: float = 20.0
    special_per_minute: int = 600
    sockets: int = 10
    ping: float = 10.0
    history: int = 999
    fault_timeout: float = 30.0

    def lifted(self) -> "Limits":
        """Return the same without rate limits."""
        return replace(self, rate_scale=math.inf)

    def hurried(self, scale: float = 0.01) -> "Limits":
        """Return the same with the retries of events `scale` times as far apart."""
        return replace(self, retry_scale=scale)
