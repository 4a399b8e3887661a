"""What the face counts, as whole numbers; made into Prometheus' text format when somebody asks.

Told by the edge once for each request.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping

from .endpoint import Endpoint

_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Series:
    """Requests of one operation with one status."""

    __slots__ = ("buckets", "seconds")

    def __init__(self) -> None:
        self.buckets = [0] * (len(_BOUNDS) + 1)
        self.seconds = 0.0


class Metrics:
    """Counters of one face."""

    def __init__(self) -> None:
        self._series: dict[tuple[str, int], Series] = {}
        self.streams = 0
        self.delivered = 0

    def seen(self, endpoint: Endpoint | None, status: int, seconds: float) -> None:
        """One request was answered."""
        key = (endpoint.operation.id if endpoint is not None else "none", status)
        series = self._series.get(key)
        if series is None:
            series = self._series[key] = Series()
        series.buckets[bisect_left(_BOUNDS, seconds)] += 1
        series.seconds += seconds

    def requests(self) -> int:
        """How many requests were answered."""
        return sum(sum(series.buckets) for series in self._series.values())

    def text(self, more: Iterable[tuple[str, str, float]], counted: Mapping[str, tuple[int, int]]) -> bytes:
        """Prometheus' text format, version 0.0.4.

        ``more`` are gauges with their help, ``counted`` what each token counter remembered and what it counted.
        """
        lines = [*self._histogram(), *_counts(counted)]
        for name, help, value in (
            *more,
            ("kingpost_http_streams", "Streams that are open.", self.streams),
            ("kingpost_http_delivered", "Events that were sent to streams.", self.delivered),
        ):
            lines += [f"# HELP {name} {help}", f"# TYPE {name} gauge", f"{name} {value}"]
        return ("\n".join(lines) + "\n").encode()

    def _histogram(self) -> Iterator[str]:
        name = "kingpost_http_request_seconds"
        yield f"# HELP {name} Time from the head of a request to its answer."
        yield f"# TYPE {name} histogram"
        for (operation, status), series in sorted(self._series.items()):
            labels, count = f'operation="{operation}",status="{status}"', 0
            for bound, more in zip((*map(str, _BOUNDS), "+Inf"), series.buckets, strict=True):
                count += more
                yield f'{name}_bucket{{{labels},le="{bound}"}} {count}'
            yield f"{name}_sum{{{labels}}} {series.seconds:.6f}"
            yield f"{name}_count{{{labels}}} {count}"


def _counts(counted: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    """The share of counts that cost nothing is one of these by the sum of both."""
    name = "kingpost_token_counts_total"
    yield f"# HELP {name} Texts whose tokens were asked for, by whether the count was remembered."
    yield f"# TYPE {name} counter"
    for counter, (remembered, made) in counted.items():
        # A plugin chose the name, and a quotation mark would end the label.
        label = counter.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        yield f'{name}{{counter="{label}",remembered="true"}} {remembered}'
        yield f'{name}{{counter="{label}",remembered="false"}} {made}'
