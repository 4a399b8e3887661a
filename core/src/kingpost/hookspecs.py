"""The doors, pluggy hook specifications.

Every door is a plain ``def`` that takes the plugin's own settings (checked by the model that its manifest names, or
``None``) and the injected ports, and returns what it offers. A hook implementation may leave out either argument.
The kernel asks one plugin at a time, when a name of its is first used. ``docs/hooks.md`` has a section for each.
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from .ports import Ports
from .protocols import (
    Agent,
    Answerer,
    Command,
    Compressor,
    Embedder,
    Executor,
    Face,
    Log,
    MemoryBackend,
    Reader,
    Sink,
    TokenCounter,
)

hookspec = pluggy.HookspecMarker("kingpost")
hookimpl = pluggy.HookimplMarker("kingpost")


@hookspec
def provide_agents(settings: object, ports: Ports) -> Iterable[Agent]:
    """Offer agents."""
    return ()


@hookspec
def provide_memory(settings: object, ports: Ports) -> Iterable[MemoryBackend]:
    """Offer memory backends."""
    return ()


@hookspec
def provide_compressors(settings: object, ports: Ports) -> Iterable[Compressor]:
    """Offer context compressors."""
    return ()


@hookspec
def provide_executors(settings: object, ports: Ports) -> Iterable[Executor]:
    """Offer executors with their tools."""
    return ()


@hookspec
def provide_counters(settings: object, ports: Ports) -> Iterable[TokenCounter]:
    """Offer token counters."""
    return ()


@hookspec
def provide_embedders(settings: object, ports: Ports) -> Iterable[Embedder]:
    """Offer embedders."""
    return ()


@hookspec
def provide_readers(settings: object, ports: Ports) -> Iterable[Reader]:
    """Offer readers of documents that are not plain text."""
    return ()


@hookspec
def provide_log(settings: object, ports: Ports) -> Iterable[Log]:
    """Offer logs. The one that the settings name (default ``sqlite``) is opened with the kernel."""
    return ()


@hookspec
def provide_sinks(settings: object, ports: Ports) -> Iterable[Sink]:
    """Offer sinks. Those that the settings name (default none) receive every frame while the kernel works."""
    return ()


@hookspec
def provide_operations(settings: object, ports: Ports) -> Iterable[Answerer]:
    """Offer operations of your own. They stand in the table beside the kernel's, with the plugin's name."""
    return ()


@hookspec
def provide_faces(settings: object, ports: Ports) -> Iterable[Face]:
    """Offer faces. Those that the settings or a command name are opened when the kernel serves."""
    return ()


@hookspec
def provide_commands(settings: object, ports: Ports) -> Iterable[Command]:
    """Offer commands of the command line."""
    return ()
