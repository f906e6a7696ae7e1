"""What the server tells those who run it, in Prometheus' text format: counts, and no user data."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from model.report import Status
from serve.scoring.interfaces import Workers
from serve.scoring.request_limit import RequestLimiter

_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The counts of one server since it started."""

    def __init__(self, limiter: RequestLimiter, workers: Workers) -> None:
        self._registry = CollectorRegistry()
        self._all_workers = [workers]
        self._photos = Counter(
            "shedlight_photos", "Photos answered, by status.", ["status"], registry=self._registry
        )
        for status in Status:  # each is told from the start, as 0
            self._photos.labels(status.value)
        self._seconds = Histogram(
            "shedlight_photo_seconds",
            "Seconds from a photo's turn to its answer.",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._gauge("shedlight_requests_inside", "Requests that score photos now.").set_function(
            lambda: limiter.active
        )
        self._gauge("shedlight_photos_waiting", "Photos waiting for their turn.").set_function(
            lambda: limiter.waiting
        )
        self._gauge("shedlight_workers_up", "Workers with the model loaded.").set_function(
            lambda: sum(workers.up for workers in self._all_workers)
        )
        self._registry.register(_Restarts(self._all_workers))

    def follow(self, workers: Workers) -> None:
        """Counts these, too; those before stay counted, as a counter never falls."""
        self._all_workers.append(workers)

    def count(self, status: Status) -> None:
        """Count a photo that was answered."""
        self._photos.labels(status.value).inc()

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Times the reading of a photo."""
        start = perf_counter()
        try:
            yield
        finally:
            self._seconds.observe(perf_counter() - start)

    def text(self) -> bytes:
        """All of them, as ``/metrics`` answers."""
        return generate_latest(self._registry)

    def _gauge(self, name: str, said: str) -> Gauge:
        return Gauge(name, said, registry=self._registry)


class _Restarts(Collector):
    """Reads what the workers count themselves."""

    def __init__(self, all_workers: Sequence[Workers]) -> None:
        self._all_workers = all_workers

    def collect(self) -> Iterator[Metric]:
        """The counter as it stands."""
        yield CounterMetricFamily(
            "shedlight_workers_restarted",
            "Workers replaced because they crashed or hung.",
            sum(workers.restarts for workers in self._all_workers),
        )
