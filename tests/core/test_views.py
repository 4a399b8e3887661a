"""A task that is asked for again and again shows what anybody has done to it meanwhile."""

from __future__ import annotations

from pathlib import Path

from kingpost import Ports
from kingpost._host.kernel import Kernel
from kingpost.operations import steering
from kingpost.operations import tasks as ops
from kingpost.testing import MemoryLog, open_kernel


async def test_what_another_process_does_shows_at_once(tmp_path: Path) -> None:
    """Also to who has just been told how the task was, and how the log was when it was so."""
    async with Kernel.open(home=tmp_path / "home") as one, Kernel.open(home=tmp_path / "home") as other:
        id = (await one.perform(ops.SUBMIT, ops.Submit(description="count the lions"))).id
        before = [await one.perform(ops.GET, ops.TaskId(id)) for _ in range(4)]
        await other.perform(steering.MESSAGE, steering.Message(id=id, text="hurry"))
        told = await one.perform(ops.GET, ops.TaskId(id))
        await other.perform(steering.CANCEL, steering.Cancel(id=id))
        after = [await one.perform(ops.GET, ops.TaskId(id)) for _ in range(4)]

    assert {view.status.value for view in before} == {"queued"}
    assert before[-1] is before[-2]
    assert told.updated > before[-1].updated
    assert {view.status.value for view in after} == {"cancelled"}


async def test_what_this_process_does_shows_at_once(tmp_path: Path) -> None:
    """Whether the log has marks or none."""
    ports = Ports(home=tmp_path)
    async with open_kernel(log=MemoryLog(ports), ports=ports) as opened:
        perform = opened.kernel.perform
        id = (await perform(ops.SUBMIT, ops.Submit(description="count the lions"))).id
        before = [(await perform(ops.GET, ops.TaskId(id))).status.value for _ in range(3)]
        await perform(steering.CANCEL, steering.Cancel(id=id))
        after = [(await perform(ops.GET, ops.TaskId(id))).status.value for _ in range(3)]

    assert (before, after) == (["queued"] * 3, ["cancelled"] * 3)
