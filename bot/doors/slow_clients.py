"""What waitress lets a client do: how long a request may take to come, and what it is told otherwise.

waitress reads in one thread and hands whole requests to its workers, so a slow client holds no
worker; but a byte a second keeps a connection for ever, and those are counted too.
"""

import time
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

from bot.doors.admission import STATUS, Reason, Refused

READ_SECONDS = 10.0
"""Seconds in which a request must be here, body included. Slack's own are, within its three."""


def channel_class(refused: Refused, read_seconds: float) -> type[Any]:
    """A connection that is cut off when its request does not come in time, and counts what it refuses."""

    class CountedError(ErrorTask):  # type: ignore[misc] # waitress publishes no types
        def execute(self) -> None:
            too_large = self.request.error.code == STATUS[Reason.TOO_LARGE]
            refused.count(Reason.TOO_LARGE if too_large else Reason.HTTP)
            super().execute()

    class Timed(HTTPChannel):  # type: ignore[misc]
        error_task_class = CountedError
        reading_since: float | None = None
        will_close: bool = False

        def received(self, data: bytes) -> bool:
            taken = bool(super().received(data))
            if self.request is None:
                self.reading_since = None
            elif self.reading_since is None:
                self.reading_since = time.monotonic()
            return taken

        def readable(self) -> bool:
            # Asked at least once a second, also while nothing comes.
            since = self.reading_since
            if since is not None and not self.will_close and time.monotonic() - since > read_seconds:
                refused.count(Reason.TOO_SLOW)
                self.will_close = True
            return bool(super().readable())

    return Timed
