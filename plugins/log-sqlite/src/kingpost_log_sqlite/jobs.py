"""What is handed to the writer, and how its answer finds the way back to the caller.

Made by ``SqliteLog`` on the caller's event loop, worked on by the writer's thread, answered on the loop again.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kingpost import Frame


@dataclass(slots=True, eq=False)
class Job:
    """Somebody waits for ``future`` on ``loop``. A caller that has left changes nothing: the job is done all the same.

    Either ``value`` or ``error`` is what the caller is told.
    """

    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    value: object = field(default=None, init=False)
    error: BaseException | None = field(default=None, init=False)


@dataclass(slots=True, eq=False)
class Append(Job):
    """Frames that are written together or not at all; most often one."""

    frames: Sequence[Frame]


@dataclass(slots=True, eq=False)
class Put(Job):
    """One blob."""

    tenant: str
    digest: str
    content: bytes


@dataclass(slots=True, eq=False)
class Alone(Job):
    """Work that needs the connection for itself, between two groups, and sees to its own transaction."""

    work: Callable[[sqlite3.Connection], object]


def deliver(jobs: Iterable[Job]) -> None:
    """Answer the callers, on the loop of all of them."""
    for job in jobs:
        if job.future.done():
            continue
        if job.error is None:
            job.future.set_result(job.value)
        else:
            job.future.set_exception(job.error)
