"""The kit for plugin authors: conformance classes, fakes, a log in memory and a world that a seed replays.

Every name that a test may import stands here. Names are loaded on first use, so that the fakes work where no pytest
is installed. The conformance classes need pytest, pytest-asyncio in ``asyncio_mode = "auto"``, and hypothesis.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import facts
    from .conformance import (
        AgentConformance,
        CompressorConformance,
        CounterConformance,
        EmbedderConformance,
        ExecutorConformance,
        FaceConformance,
        LogConformance,
        MemoryConformance,
        ReaderConformance,
        SinkConformance,
    )
    from .cut import Cut, cuts
    from .fakes import DictMemory, FirstFitCompressor, HashEmbedder, ScriptedAgent, WordCounter
    from .functions import FunctionExecutor
    from .kernel import OpenKernel, open_kernel
    from .log import MemoryLog
    from .machine import KillAt, full_disk
    from .plugin import InProcessPlugin, in_process_plugin
    from .simulator import Faults, Histories, History, PromiseBroken, Workload, simulate
    from .world import Crash, Points, SeededClock, seeded_ports

_HOMES = {
    "conformance": (
        "AgentConformance CompressorConformance CounterConformance EmbedderConformance ExecutorConformance "
        "FaceConformance LogConformance MemoryConformance ReaderConformance SinkConformance"
    ),
    "cut": "Cut cuts",
    "fakes": "DictMemory FirstFitCompressor HashEmbedder ScriptedAgent WordCounter",
    "functions": "FunctionExecutor",
    "kernel": "OpenKernel open_kernel",
    "log": "MemoryLog",
    "machine": "KillAt full_disk",
    "plugin": "InProcessPlugin in_process_plugin",
    "simulator": "Faults Histories History PromiseBroken Workload simulate",
    "world": "Crash Points SeededClock seeded_ports",
}
_WHERE = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = [
    "AgentConformance",
    "CompressorConformance",
    "CounterConformance",
    "Crash",
    "Cut",
    "DictMemory",
    "EmbedderConformance",
    "ExecutorConformance",
    "FaceConformance",
    "Faults",
    "FirstFitCompressor",
    "FunctionExecutor",
    "HashEmbedder",
    "Histories",
    "History",
    "InProcessPlugin",
    "KillAt",
    "LogConformance",
    "MemoryConformance",
    "MemoryLog",
    "OpenKernel",
    "Points",
    "PromiseBroken",
    "ReaderConformance",
    "ScriptedAgent",
    "SeededClock",
    "SinkConformance",
    "WordCounter",
    "Workload",
    "cuts",
    "facts",
    "full_disk",
    "in_process_plugin",
    "open_kernel",
    "seeded_ports",
    "simulate",
]


def __getattr__(name: str) -> Any:
    if name == "facts":
        return import_module(".facts", __name__)
    if (module := _WHERE.get(name)) is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f".{module}", __name__), name)
    return value
