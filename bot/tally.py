"""What this process has counted since it began, in memory: a dictionary, one short lock, no I/O.

`bot.metrics` shows it to Prometheus; nothing here knows of that, so that a process nobody scrapes
carries none of it.
"""

import threading
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from models.store import NotStoredError


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing that is counted: its name without `_total`, what it means, and what tells cases apart."""

    name: str
    meaning: str
    labels: tuple[str, ...] = ()


REQUESTS = Counted("vakt_requests", "Requests from Slack, by kind and by how they ended", ("kind", "outcome"))
CALLS = Counted("vakt_slack_calls", "Calls to Slack, by method and by how they ended", ("method", "outcome"))
REFUSALS = Counted("vakt_slack_refusals", "Calls that Slack refused, by its own error code", ("method", "error"))
RETRIES = Counted("vakt_outbox_retries", "Messages put off to a later attempt", ("kind", "certain"))
ENDED = Counted("vakt_outbox_ended", "Messages that will never be said, by the state they ended in", ("kind", "state"))
TIMERS = Counted("vakt_timers_handled", "Due timers looked at: done, or failed and put off", ("kind", "outcome"))
BREACHES = Counted("vakt_breaches", "Promises noted as late, by the strength of the promise", ("strength",))
DROPPED = Counted("vakt_aside_dropped", "Private answers and views dropped because too many were waiting")
RECONNECTS = Counted("vakt_socket_reconnects", "Sockets to Slack that were opened anew", ("why",))
BUSY = Counted("vakt_database_busy", "Waits for the database that were given up", ("who",))
TURNED_AWAY = Counted("vakt_turned_away", "Requests that the HTTP door did not let in, by reason", ("reason",))

COUNTED = (REQUESTS, CALLS, REFUSALS, RETRIES, ENDED, TIMERS, BREACHES, DROPPED, RECONNECTS, BUSY, TURNED_AWAY)
"""Everything that is counted."""

ACK_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Seconds. After three Slack gives up and tells the person that the app did not answer."""


class Count(Protocol):
    """Whatever counts: `count(CALLS, "chat.update", "done")`."""

    def __call__(self, what: Counted, *labels: str) -> None:
        """One more."""


def uncounted(what: Counted, *labels: str) -> None:
    """Where nobody counts."""


class Tally:
    """The counts of one process."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self._lock = threading.Lock()
        self._counts: dict[tuple[Counted, tuple[str, ...]], int] = {}
        self._acks: dict[str, list[int]] = {}
        self._ack_seconds: dict[str, float] = {}

    def count(self, what: Counted, *labels: str) -> None:
        """One more."""
        key = (what, labels)
        with self._lock:
            self._counts[key] = self._counts.get(key, 0) + 1

    def acknowledged(self, kind: str, outcome: str, seconds: float) -> None:
        """A request was answered, that long after it was taken."""
        key, place = (REQUESTS, (kind, outcome)), bisect_left(ACK_BUCKETS, seconds)
        with self._lock:
            self._counts[key] = self._counts.get(key, 0) + 1
            buckets = self._acks.get(kind)
            if buckets is None:
                buckets = self._acks[kind] = [0] * (len(ACK_BUCKETS) + 1)
            buckets[place] += 1
            self._ack_seconds[kind] = self._ack_seconds.get(kind, 0.0) + seconds

    @contextmanager
    def gave_up(self, who: str) -> Iterator[None]:
        """Count what finds the database busy."""
        try:
            yield
        except NotStoredError:
            self.count(BUSY, who)
            raise

    def counts(self) -> Mapping[Counted, Sequence[tuple[tuple[str, ...], int]]]:
        """Everything so far, by what was counted."""
        with self._lock:
            taken = list(self._counts.items())
        return {what: [(labels, number) for (each, labels), number in taken if each is what] for what in COUNTED}

    def acks(self) -> Mapping[str, tuple[Sequence[int], float]]:
        """Requests by kind: how many fell in each bucket (and over the last), and their seconds in all."""
        with self._lock:
            return {kind: (tuple(buckets), self._ack_seconds[kind]) for kind, buckets in self._acks.items()}
