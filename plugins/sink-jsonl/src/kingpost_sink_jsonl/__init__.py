"""The log's frames as lines of JSON, for audits and collectors.

Settings (section ``sink-jsonl``): ``path``, default ``audit.jsonl`` in the home; the README lists the others.
"""

from __future__ import annotations

from kingpost import Ports, Sink, hookimpl

from .settings import Settings
from .sink import JsonlSink


@hookimpl
def provide_sinks(settings: Settings | None, ports: Ports) -> list[Sink]:
    """The sink named ``jsonl``."""
    return [JsonlSink(settings or Settings(), ports.home)]
