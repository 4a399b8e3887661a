"""Webhooks in and out: deliveries that become durable work, and events that reach their endpoints.

Settings (section ``webhooks``): ``sources``, ``allow`` and the bounds of sending; the README lists them.
"""

from __future__ import annotations

from kingpost import Answerer, Command, Ports, Sink, hookimpl

from .answers import answers
from .commands import WEBHOOKS
from .registry import Registry
from .settings import Settings, fixed
from .sink import WebhookSink


@hookimpl
def provide_sinks(settings: Settings | None, ports: Ports) -> list[Sink]:
    """The sink named ``webhooks``."""
    given = settings or Settings()
    return [WebhookSink(given, ports, Registry(fixed(given), ports))]


@hookimpl
def provide_operations(settings: Settings | None, ports: Ports) -> list[Answerer]:
    """Receiving, and the operations on sources, endpoints and deliveries."""
    given = settings or Settings()
    return answers(given, Registry(fixed(given), ports), ports)


@hookimpl
def provide_commands() -> list[Command]:
    """The command ``webhooks``."""
    return [WEBHOOKS]
