"""What a command shows of a task that it follows to its end."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from kingpost import Answer, Context, Say
from kingpost._cli import follow
from kingpost._cli.idle import idle
from kingpost._host.kernel import Kernel
from kingpost.operations import tasks as ops
from kingpost.testing import ScriptedAgent, open_kernel


async def test_a_task_that_ends_just_as_it_is_looked_at_is_told_with_its_outcome(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was running when it was asked for, and nothing goes on any more when that is asked: it is not left."""
    may_end = asyncio.Event()

    async def slow(context: Context, say: Say) -> Answer:
        await may_end.wait()
        return Answer(text="done")

    async def ended_meanwhile(kernel: Kernel, root: str, *, left: dict[str, object], patience: float) -> bool:
        may_end.set()
        await kernel.perform(ops.WAIT, ops.Wait(id=root, seconds=30))
        return await idle(kernel, root, left=left, patience=patience)

    monkeypatch.setattr(follow, "idle", ended_meanwhile)
    async with open_kernel(agents=[ScriptedAgent(slow)]) as opened:
        task = await opened.kernel.perform(ops.SUBMIT, ops.Submit(description="tea"))
        await opened.kernel.work()
        shown = await follow.Follow(opened.kernel, task.id, contextlib.nullcontext, ask=False).ended(leave=True)

    assert shown is not None
    assert shown.outcome is not None
    assert shown.outcome.answer == "done"
