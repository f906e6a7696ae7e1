"""Metrics of the server in Prometheus' text format; they hold no user data."""

from collections.abc import Callable, Iterator, Sequence
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
    """The metrics of one server since it started."""

    def __init__(self, limiter: RequestLimiter, workers: Workers) -> None:
        self._registry = CollectorRegistry()
        self._all_workers = [workers]
        self._photos = Counter(
            "shedlight_photos", "Answered photos by status.", ["status"], registry=self._registry
        )
        for status in Status:  # so that each status starts at 0
            self._photos.labels(status.value)
        self._seconds = Histogram(
            "shedlight_photo_seconds",
            "Seconds from the start of scoring a photo to its result.",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._add_gauge(
            "shedlight_requests_active",
            "Scoring requests that run or wait.",
            lambda: limiter.active,
        )
        self._add_gauge(
            "shedlight_photos_waiting", "Photos that wait for a worker.", lambda: limiter.waiting
        )
        self._add_gauge(
            "shedlight_workers_up",
            "Workers with the model loaded.",
            lambda: sum(workers.up for workers in self._all_workers),
        )
        self._registry.register(_Restarts(self._all_workers))

    def follow(self, workers: Workers) -> None:
        """Adds workers. The former ones stay counted, since a counter never falls."""
        self._all_workers.append(workers)

    def count(self, status: Status) -> None:
        """Counts an answered photo."""
        self._photos.labels(status.value).inc()

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Times the scoring of a photo."""
        start = perf_counter()
        try:
            yield
        finally:
            self._seconds.observe(perf_counter() - start)

    def text(self) -> bytes:
        """All metrics, as ``/metrics`` answers them."""
        return generate_latest(self._registry)

    def _add_gauge(self, name: str, documentation: str, value: Callable[[], float]) -> None:
        Gauge(name, documentation, registry=self._registry).set_function(value)


class _Restarts(Collector):
    """Collects the restarts that the workers count."""

    def __init__(self, all_workers: Sequence[Workers]) -> None:
        self._all_workers = all_workers

    def collect(self) -> Iterator[Metric]:
        """Yields the counter with its current value."""
        yield CounterMetricFamily(
            "shedlight_workers_restarted",
            "Workers replaced because they crashed or hung.",
            sum(workers.restarts for workers in self._all_workers),
        )
