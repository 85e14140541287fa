"""Figures for Prometheus, in a registry of their own; served on a private port only."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from traceability.web.context import MissingCollaboratorError, Services
from traceability.web.logs import Answered

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
MOST_SERIES = 1024  # looked up once: routes, methods and statuses are few
# Without it there is a second series for each, which nobody asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]  # ships no type for it
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """A figure that is read when somebody asks: values by their labels."""

    name: str
    documentation: str
    labels: Sequence[str] = ()
    read: Callable[[], Mapping[tuple[str, ...], float]]


class Metrics(Collector):
    """Requests as they are answered, and the gauges that rooms above hand in."""

    def __init__(self, gauges: Sequence[Gauge] = ()) -> None:
        self._gauges = gauges
        self.registry = CollectorRegistry(auto_describe=False)
        self.requests = Counter(
            "traceability_requests",
            "Requests answered.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "traceability_request_seconds",
            "Time to answer.",
            ("route",),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.registry.register(self)
        self._series = lru_cache(maxsize=MOST_SERIES)(self._found)

    def note(self, answered: Answered) -> None:
        """Count one answered request."""
        requests, seconds = self._series(
            answered.route, answered.method, answered.status
        )
        requests.inc()
        seconds.observe(answered.seconds)

    def _found(self, route: str, method: str, status: int) -> tuple[Counter, Histogram]:
        return (
            self.requests.labels(route, method, str(status)),
            self.seconds.labels(route),
        )

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Read every gauge; one that cannot be read now is left out."""
        for gauge in self._gauges:
            family = GaugeMetricFamily(
                gauge.name, gauge.documentation, labels=gauge.labels
            )
            try:
                for labels, value in gauge.read().items():
                    family.add_metric(labels, value)
            except Exception as error:  # noqa: BLE001 (whatever breaks one must not hide the others)
                _log.warning("%s cannot be read: %s", gauge.name, type(error).__name__)
                continue
            yield family


def counting(use: Services) -> Callable[[Answered], None]:
    """Return what counts a request, if the services hold metrics."""
    try:
        return use.get(Metrics).note
    except MissingCollaboratorError:
        return lambda _answered: None
