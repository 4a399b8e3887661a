"""A plugin without a distribution: the doors and the manifest of one, around objects that a test made.

Called by tests, which hand it to ``Kernel.open(plugins=[...])``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..hookspecs import hookimpl
from ..protocols import (
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


class InProcessPlugin:
    """Answers every door with what it was made of. ``manifest`` lists the doors that are not empty."""

    def __init__(self, id: str, offers: Mapping[str, Sequence[Any]]) -> None:
        self.id = id
        self._offers = offers
        self.manifest: dict[str, Any] = {
            "id": id,
            "version": "0",
            "provides": {door: [each.name for each in offered] for door, offered in offers.items() if offered},
        }

    @hookimpl
    def provide_agents(self) -> Iterable[Agent]:
        return self._offers["agents"]

    @hookimpl
    def provide_memory(self) -> Iterable[MemoryBackend]:
        return self._offers["memory"]

    @hookimpl
    def provide_compressors(self) -> Iterable[Compressor]:
        return self._offers["compressors"]

    @hookimpl
    def provide_executors(self) -> Iterable[Executor]:
        return self._offers["executors"]

    @hookimpl
    def provide_counters(self) -> Iterable[TokenCounter]:
        return self._offers["counters"]

    @hookimpl
    def provide_embedders(self) -> Iterable[Embedder]:
        return self._offers["embedders"]

    @hookimpl
    def provide_readers(self) -> Iterable[Reader]:
        return self._offers["readers"]

    @hookimpl
    def provide_log(self) -> Iterable[Log]:
        return self._offers["log"]

    @hookimpl
    def provide_sinks(self) -> Iterable[Sink]:
        return self._offers["sinks"]

    @hookimpl
    def provide_operations(self) -> Iterable[Answerer]:
        return self._offers["operations"]

    @hookimpl
    def provide_faces(self) -> Iterable[Face]:
        return self._offers["faces"]

    @hookimpl
    def provide_commands(self) -> Iterable[Command]:
        return self._offers["commands"]


def in_process_plugin(  # noqa: PLR0913 - one parameter for each door
    id: str,
    *,
    agents: Iterable[Agent] = (),
    memory: Iterable[MemoryBackend] = (),
    compressors: Iterable[Compressor] = (),
    executors: Iterable[Executor] = (),
    counters: Iterable[TokenCounter] = (),
    embedders: Iterable[Embedder] = (),
    readers: Iterable[Reader] = (),
    log: Iterable[Log] = (),
    sinks: Iterable[Sink] = (),
    operations: Iterable[Answerer] = (),
    faces: Iterable[Face] = (),
    commands: Iterable[Command] = (),
) -> InProcessPlugin:
    """A plugin that offers these objects; the names in its manifest are theirs."""
    offers = {
        "agents": agents,
        "memory": memory,
        "compressors": compressors,
        "executors": executors,
        "counters": counters,
        "embedders": embedders,
        "readers": readers,
        "log": log,
        "sinks": sinks,
        "operations": operations,
        "faces": faces,
        "commands": commands,
    }
    return InProcessPlugin(id, {door: tuple(offered) for door, offered in offers.items()})
