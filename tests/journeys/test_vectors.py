"""The memory ``vectors`` over the real one, with vectors from an Ollama server, in a whole kernel."""

from __future__ import annotations

import asyncio
import importlib.util
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from kingpost import Kernel, Memory, Ports, Selection
from kingpost._host.index import installed
from kingpost._host.kernel import Kernel as RealKernel
from kingpost.operations import memory as op

SERVER = Path(__file__).parents[2] / "plugins/agent-ollama/tests/ollama_server.py"


def _ollama() -> Any:
    """The server that speaks Ollama's protocol without any model."""
    spec = importlib.util.spec_from_file_location("ollama_server", SERVER)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.OllamaServer(models=module.installed("llama3.2"))


async def _bodies(kernel: Kernel, text: str) -> list[str]:
    found = (await kernel.perform(op.RECALL, op.Recall(text=text))).found
    return [each.memory.body for each in found]


def _vectors(home: Path) -> int:
    with closing(sqlite3.connect(home / "vectors.db")) as file:
        count: int = file.execute("SELECT count(*) FROM vector").fetchone()[0]
    return count


async def test_memories_get_vectors_in_the_background_and_are_found_without(tmp_path: Path) -> None:
    """Through the same doors as ever: who forgets takes the vectors along, and a server that is gone costs nothing."""
    memories = tuple(
        Memory(id=f"m{n}", scope="default", body=f"The {word} stands in row {n}.")
        for n, word in enumerate(("crane", "lamp", "boat"))
    )
    async with _ollama().serve() as server:
        settings = {"kernel": {"memory": "vectors"}, "agent-ollama": {"base_url": server.url}}
        async with RealKernel.open(settings=settings, plugins=installed(), ports=Ports(tmp_path)) as kernel:
            assert (await kernel.perform(op.REMEMBER, op.Remember(memories=memories))).new == 3
            assert await _bodies(kernel, "where is the crane") == ["The crane stands in row 0."]
            async with asyncio.timeout(60):
                while _vectors(tmp_path) < 3:  # noqa: ASYNC110 - a thread writes it, and tells nobody
                    await asyncio.sleep(0.02)
            assert (await _bodies(kernel, "where is the boat"))[0] == "The boat stands in row 2."
            await kernel.perform(op.FORGET, op.Forget(selection=Selection(scope="default", ids=("m1",))))
            assert _vectors(tmp_path) == 2
    async with RealKernel.open(settings=settings, plugins=installed(), ports=Ports(tmp_path)) as kernel:
        assert await _bodies(kernel, "where is the crane") == ["The crane stands in row 0."]
        assert "The lamp stands in row 1." not in await _bodies(kernel, "lamp")
