"""The sink "jsonl": each frame is one line of a file, on disk when ``accept`` returns."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kingpost import Recorded

from .file import AuditFile
from .settings import MEGABYTE, Settings


class JsonlSink:
    """Keeps what its file already holds out of it, so that a frame that is handed over again is no second line."""

    name = "jsonl"

    def __init__(self, settings: Settings, home: Path) -> None:
        self._file = AuditFile(home / settings.path, settings.rotate_mb * MEGABYTE, payloads=settings.payloads)
        # A thread of its own: a disk that hangs must not take those away that others wait for. And one only: a batch
        # that was given up may still be at work when the next one comes.
        self._thread = ThreadPoolExecutor(1, "sink-jsonl")

    async def stop(self) -> None:
        """Nothing more comes; what is being written is finished."""
        self._thread.shutdown(wait=False)

    async def accept(self, frames: Sequence[Recorded]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._file.keep, frames)
