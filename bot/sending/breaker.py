"""A circuit breaker for each workspace: while Slack is away, one message asks for all the others.

Every attempt whose outcome nobody knows has to be looked up before it is made again, and cannot be
said together with what waits behind it. So of many messages that are owed only the most urgent is
tried, until Slack takes it.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

TRIPS_AT = 3
"""Calls in a row that fail before the others wait."""

LONGEST_PAUSE = timedelta(seconds=30)
"""Between two probes, at most."""

PROBE_TAKES = timedelta(seconds=30)
"""Longer than any call: a probe of which nothing was heard until then was never made."""


@dataclass(slots=True)
class Circuit:
    """One workspace: failures in a row while closed, probes that failed while open."""

    failures: int = 0
    probes: int = 0
    opens_at: datetime | None = None
    probing_since: datetime | None = None


class Breaker:
    """Says who may be tried. Instants are machine time."""

    def __init__(self) -> None:
        """Nothing has failed yet."""
        self._lock = threading.Lock()
        self._circuits: dict[str, Circuit] = {}

    def wait(self, team_id: str, now: datetime) -> timedelta:
        """How long until a call to that workspace may be tried. Nothing: it may now, and the caller tries it."""
        with self._lock:
            circuit = self._circuits.get(team_id)
            if circuit is None or circuit.opens_at is None:
                return timedelta(0)
            if circuit.probing_since is not None and now - circuit.probing_since < PROBE_TAKES:
                return circuit.probing_since + PROBE_TAKES - now
            if now < circuit.opens_at:
                return circuit.opens_at - now
            circuit.probing_since = now
            return timedelta(0)

    def pause(self, team_id: str, now: datetime) -> timedelta | None:
        """How long the next probe is away; None while calls go through."""
        with self._lock:
            circuit = self._circuits.get(team_id)
            if circuit is None or circuit.opens_at is None:
                return None
            return max(timedelta(0), circuit.opens_at - now)

    def failed(self, team_id: str, now: datetime) -> None:
        """Slack was not to be had, or nobody knows what it did."""
        with self._lock:
            circuit = self._circuits.setdefault(team_id, Circuit())
            circuit.failures += 1
            if circuit.opens_at is not None and circuit.probing_since is None:
                return  # under way when the others began to wait
            if circuit.failures >= TRIPS_AT:
                circuit.opens_at = now + min(timedelta(seconds=2**circuit.probes), LONGEST_PAUSE)
                circuit.probes = min(circuit.probes + 1, 10)
                circuit.probing_since = None

    def answered(self, team_id: str) -> None:
        """Slack answered, whatever it said."""
        with self._lock:
            self._circuits.pop(team_id, None)

    def not_called(self, team_id: str) -> None:
        """What was let through turned out to need no call: another may ask."""
        with self._lock:
            circuit = self._circuits.get(team_id)
            if circuit is not None:
                circuit.probing_since = None
