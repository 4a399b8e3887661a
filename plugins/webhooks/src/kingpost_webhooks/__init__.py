"""Webhooks in and out: deliveries that become durable work, and events that reach their endpoints.

Settings (section ``webhooks``): ``sources``, ``allow`` and the bounds of sending; the README lists them.
"""

from __future__ import annotations

from kingpost import Ports, Sink, hookimpl

from .registry import Registry
from .settings import Settings
from .sink import WebhookSink


@hookimpl
def provide_sinks(settings: Settings | None, ports: Ports) -> list[Sink]:
    """The sink named ``webhooks``."""
    given = settings or Settings()
    return [WebhookSink(given, ports, Registry(given.sources, ports))]
