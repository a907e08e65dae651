"""The counts and the state of the database as Prometheus reads them.

Loaded at the first scrape only (by `bot.doors.web`): its library costs a process that nobody scrapes
time at the start and memory.
"""

from collections.abc import Iterable, Iterator
from itertools import accumulate

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from bot.gauges import Gauges, Snapshot, UnansweredError
from bot.health import Health
from bot.tally import ACK_BUCKETS, Tally

DATABASE_UP = "Whether the database answered this scrape"


class Exposition(Collector):
    """Reads the counts, and asks the database once a scrape."""

    def __init__(self, tally: Tally, gauges: Gauges, health: Health) -> None:
        """Nothing is read until a scrape."""
        self._tally = tally
        self._gauges = gauges
        self._health = health

    def collect(self) -> Iterable[Metric]:
        """Everything, as it is now."""
        yield from self._counters()
        yield self._acks()
        yield from self._process()
        try:
            snapshot = self._gauges.snapshot()
        except UnansweredError:
            yield GaugeMetricFamily("vakt_database_up", DATABASE_UP, 0.0)
        else:
            yield GaugeMetricFamily("vakt_database_up", DATABASE_UP, 1.0)
            yield from _timers(snapshot)
            yield from _outbox(snapshot)

    def _counters(self) -> Iterator[Metric]:
        for what, cases in self._tally.counts().items():
            family = CounterMetricFamily(what.name, what.meaning, labels=what.labels)
            for labels, number in cases or ([((), 0)] if not what.labels else []):
                family.add_metric(labels, number)
            yield family

    def _acks(self) -> Metric:
        family = HistogramMetricFamily(
            "vakt_ack_seconds", "From a request taken to its answer sent; Slack gives up after 3 s", labels=["kind"]
        )
        for kind, (buckets, seconds) in self._tally.acks().items():
            bounds = [*(str(bound) for bound in ACK_BUCKETS), "+Inf"]
            family.add_metric([kind], list(zip(bounds, accumulate(buckets), strict=True)), seconds)
        return family

    def _process(self) -> Iterator[Metric]:
        loops = GaugeMetricFamily(
            "vakt_loop_age_seconds", "Since a loop last turned; it turns at least every 5 s", labels=["loop"]
        )
        for loop, age in self._health.ages().items():
            loops.add_metric([loop], age)
        yield loops
        yield GaugeMetricFamily(
            "vakt_socket_silent_seconds", "Since Slack was last heard on the socket", self._health.door.silent_seconds
        )
        is_open = float(self._health.door.is_open)
        yield GaugeMetricFamily("vakt_door_open", "Whether Slack's requests can come in", is_open)


def _timers(snapshot: Snapshot) -> Iterator[Metric]:
    yield GaugeMetricFamily("vakt_timers_due", "Timers that are due and not yet looked at", snapshot.timers_due)
    yield GaugeMetricFamily("vakt_timers_late", "Of these, due for more than a minute", snapshot.timers_late)
    yield GaugeMetricFamily("vakt_timers_held", "Timers put off because looking at them failed", snapshot.timers_held)
    yield GaugeMetricFamily("vakt_timer_oldest_seconds", "How long the oldest due timer is due", snapshot.oldest_timer)


def _outbox(snapshot: Snapshot) -> Iterator[Metric]:
    depth = GaugeMetricFamily("vakt_outbox_depth", "Messages that are owed", labels=["kind"])
    oldest = GaugeMetricFamily("vakt_outbox_oldest_seconds", "Since the oldest of them was ready", labels=["kind"])
    for kind, (number, age) in snapshot.owed.items():
        depth.add_metric([kind], number)
        oldest.add_metric([kind], age)
    yield depth
    yield oldest


class Page:
    """The page that Prometheus reads."""

    content_type = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(self, tally: Tally, gauges: Gauges, health: Health) -> None:
        """Put ours beside what the library tells of any process."""
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(Exposition(tally, gauges, health))
        ProcessCollector(registry=self._registry)

    def text(self) -> str:
        """Everything, in Prometheus's own format."""
        return generate_latest(self._registry).decode()
