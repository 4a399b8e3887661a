"""Webhooks in and out: deliveries that become durable work, and events that reach their endpoints.

Settings (section ``webhooks``): ``sources``, ``allow`` and the bounds of sending; the README lists them.
"""

from __future__ import annotations

from kingpost import Answerer, Command, Ports, Sink, hookimpl

from .registry import Registry
from .settings import Settings, fixed


@hookimpl
def provide_sinks(settings: Settings | None, ports: Ports) -> list[Sink]:
    """The sink named ``webhooks``."""
    from .sink import WebhookSink  # each door loads its own room, and nobody needs all of them

    given = settings or Settings()
    return [WebhookSink(given, ports, Registry(fixed(given), ports))]


@hookimpl
def provide_operations(settings: Settings | None, ports: Ports) -> list[Answerer]:
    """Receiving, and the operations on sources, endpoints and deliveries."""
    from .answers import answers

    given = settings or Settings()
    return answers(given, Registry(fixed(given), ports), ports)


@hookimpl
def provide_commands() -> list[Command]:
    """The command ``webhooks``."""
    from .commands import WEBHOOKS

    return [WEBHOOKS]
