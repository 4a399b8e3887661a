"""Idempotency keys: what is kept under one, what is found by one, and what is simply done again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from kingpost import (
    Access,
    Answer,
    Call,
    Calls,
    Context,
    KeyReused,
    Memory,
    Observation,
    Once,
    Ports,
    Say,
    Selection,
    Tool,
)
from kingpost._host.ask import NATURAL, REPEATABLE
from kingpost.operations import OPERATIONS, events, memory, steering, system, workers
from kingpost.operations import tasks as ops
from kingpost.testing import Crash, MemoryLog, OpenKernel, Points, ScriptedAgent, open_kernel

KEPT = {
    "tasks.cancel", "tasks.message", "tasks.retry", "letters.replay", "letters.discard", "calls.observe", "calls.reply",
    "schedules.pause", "schedules.resume", "memory.remember", "memory.use", "memory.forget", "log.erase", "log.seal",
    "tenants.create", "tenants.erase", "jobs.rebuild", "jobs.verify", "jobs.backup", "workers.observe",
    "workers.register", "agents.register",
}  # fmt: skip
"""What changes something, and would do it again: its answer stands in the log under the key."""

PRICE = Tool(name="price", description="What it costs.", parameters={"type": "object"}, repeatable=True)

ASKED: dict[str, Any] = {
    "memory.recall": memory.Recall(text="tea"),
    "memory.export": memory.Export(selection=Selection(scope="default")),
    "context.pack": memory.PackContext(query="tea"),
    "context.fit": memory.Fit(text="tea for two", budget=2),
    "context.count": memory.Count(text="tea for two"),
    "workers.heartbeat": workers.WorkerId("w"),
}


def buys(context: Context, _: Say) -> Answer | Calls:
    if not context.turns:
        return Calls(calls=(Call("1", "price", {}), Call("2", "price", {})))
    return Answer(text="bought")


async def head(opened: OpenKernel) -> int:
    return (await opened.kernel.perform(system.HEAD, system.Nothing())).position


async def kinds(opened: OpenKernel) -> Counter[str]:
    page = await opened.kernel.perform(events.EVENTS, events.ListEvents(limit=1000))
    return Counter(event.kind for frame in page.frames for event in frame.events)


async def claim(opened: OpenKernel, key: str, **more: Any) -> tuple[workers.Work, ...]:
    asked = workers.Claim(id="w", **more)
    return (await opened.kernel.ask(workers.CLAIM, asked, Access(), Once(key, "d"))).work


def test_of_each_post_it_is_said_what_its_key_does() -> None:
    """An operation that is new says whether it finds itself by the key, is done again, or has its answer kept."""
    posts = [operation.id for operation in OPERATIONS if operation.method == "POST"]
    said = [*NATURAL, *REPEATABLE, *KEPT]

    assert sorted(said) == sorted(posts)
    assert sorted(ASKED) == sorted(REPEATABLE)


@pytest.mark.parametrize("id", sorted(ASKED))
async def test_what_changes_nothing_leaves_nothing_in_the_log(id: str) -> None:
    (operation,) = [one for one in OPERATIONS if one.id == id]
    async with open_kernel() as opened:
        await opened.kernel.perform(workers.REGISTER, workers.Register(id="w", tools=(PRICE,)))
        remembered = memory.Remember(memories=(Memory(id="", scope="default", body="tea is hot"),))
        await opened.kernel.perform(memory.REMEMBER, remembered)
        before = await head(opened)
        answers = [await opened.kernel.ask(operation, ASKED[id], Access(), Once("k", "d")) for _ in range(2)]

        assert await head(opened) == before
        if id != workers.BEAT.id:
            assert answers[0] == answers[1]


async def test_a_claim_that_finds_nothing_leaves_nothing_in_the_log() -> None:
    async with open_kernel() as opened:
        await opened.kernel.perform(workers.REGISTER, workers.Register(id="w", tools=(PRICE,)))
        before = await head(opened)

        assert [await claim(opened, key) for key in ("a", "a", "b")] == [(), (), ()]
        assert await head(opened) == before


async def test_a_claim_that_is_asked_for_again_hands_out_the_same_calls() -> None:
    """Its answer was lost, so nobody works on them. Another key gets others, and what is settled comes no more."""
    async with open_kernel(agents=[ScriptedAgent(buys)]) as opened:
        await opened.kernel.perform(workers.REGISTER, workers.Register(id="w", tools=(PRICE,)))
        submitted = await opened.kernel.perform(ops.SUBMIT, ops.Submit(description="tea"))
        await opened.kernel.work()
        first = await claim(opened, "a", seconds=30)
        claimed = (await kinds(opened))["call.claimed"]

        assert len(first) == 1
        assert await claim(opened, "a") == first
        assert (await kinds(opened))["call.claimed"] == claimed == 1
        second = await claim(opened, "b", seconds=30)
        assert sorted(one.call for one in (*first, *second)) == ["1", "2"]
        assert await claim(opened, "c") == ()
        view = await opened.kernel.perform(ops.GET, ops.TaskId(submitted.id))
        assert view.waits == {"1": "worker w", "2": "worker w"}
        for work in (*first, *second):
            said = Observation(call=work.call, text="three")
            settle = workers.Settle(id="w", task=work.task, call=work.call, observation=said)
            await opened.kernel.perform(workers.OBSERVE, settle)
        assert await claim(opened, "a") == ()
        done = await opened.kernel.perform(ops.WAIT, ops.Wait(id=submitted.id, seconds=30))

    assert done.outcome is not None
    assert done.outcome.answer == "bought"


@pytest.mark.parametrize("ended", [False, True])
async def test_a_message_under_a_key_is_said_once_across_a_crash(tmp_path: Path, ended: bool) -> None:
    """The process dies behind the append and before the answer is kept; the next one knows nothing but the log."""
    points = Points()
    dying = Ports(home=tmp_path, point=points)
    log = MemoryLog(dying)
    once = Once("k", "d")
    async with open_kernel(log=log, ports=dying) as opened:
        task = (await opened.kernel.perform(ops.SUBMIT, ops.Submit(description="tea"))).id
        asked = steering.Message(id=task, text="be brief")
        points.crash_at("log.appended")
        with pytest.raises(Crash):
            await opened.kernel.ask(steering.MESSAGE, asked, Access(), once)
        points.revive()
        assert (await kinds(opened))["request.answered"] == 0
    living = Ports(home=tmp_path)
    async with open_kernel(log=log.twin(living), ports=living) as opened:
        if ended:
            await opened.kernel.work(task)
            await opened.kernel.perform(ops.WAIT, ops.Wait(id=task, seconds=30))
        for _ in range(2):
            assert (await opened.kernel.ask(steering.MESSAGE, asked, Access(), once)).id == task
        with pytest.raises(KeyReused):
            await opened.kernel.ask(steering.MESSAGE, asked, Access(), Once("k", "another"))
        if not ended:
            await opened.kernel.ask(steering.MESSAGE, asked, Access(), Once("k2", "d"))
        assert (await kinds(opened))["message.received"] == (1 if ended else 2)


BATCH = ops.SubmitAll(tasks=(ops.Submit(description="tea"), ops.Submit(description="milk")))


async def queued(opened: OpenKernel) -> list[tuple[str, ...]]:
    """The tasks that each frame queues."""
    page = await opened.kernel.perform(events.EVENTS, events.ListEvents(limit=1000))
    frames = [[event.header["task"] for event in frame.events if event.kind == "task.queued"] for frame in page.frames]
    return [tuple(frame) for frame in frames if frame]


@pytest.mark.parametrize(("point", "written"), [("log.append", 0), ("log.appended", 2), ("task.queued", 2)])
async def test_a_batch_is_queued_whole_or_not_at_all_across_a_crash(tmp_path: Path, point: str, written: int) -> None:
    """And who asks again under the key has it queued once, wherever the process died."""
    points = Points()
    dying = Ports(home=tmp_path, point=points)
    log = MemoryLog(dying)
    once = Once("k", "d")
    async with open_kernel(log=log, ports=dying) as opened:
        points.crash_at(point)
        with pytest.raises(Crash):
            await opened.kernel.ask(ops.SUBMIT_ALL, BATCH, Access(), once)
        points.revive()
    living = Ports(home=tmp_path)
    async with open_kernel(log=log.twin(living), ports=living) as opened:
        assert len(await queued(opened)) == written
        first, second = [await opened.kernel.ask(ops.SUBMIT_ALL, BATCH, Access(), once) for _ in range(2)]

        assert first == second
        assert await queued(opened) == [(task.id,) for task in first.tasks]


async def test_of_a_batch_under_a_key_of_another_nothing_is_queued() -> None:
    """The key came before, for two tasks. With a third one it is another request, which is refused whole."""
    longer = ops.SubmitAll(tasks=(*BATCH.tasks, ops.Submit(description="sugar")))
    async with open_kernel() as opened:
        first = await opened.kernel.ask(ops.SUBMIT_ALL, BATCH, Access(), Once("k", "d"))
        with pytest.raises(KeyReused):
            await opened.kernel.ask(ops.SUBMIT_ALL, longer, Access(), Once("k", "another"))

        assert await queued(opened) == [(task.id,) for task in first.tasks]


async def test_what_a_key_began_in_part_is_brought_to_its_end(tmp_path: Path) -> None:
    """A log that takes one frame after the other may hold some of a batch; the rest of it comes behind them."""
    log = MemoryLog(Ports(home=tmp_path))
    async with open_kernel(log=log) as opened:
        whole = await opened.kernel.ask(ops.SUBMIT_ALL, BATCH, Access(), Once("k", "d"))
        frames = await log.read()
    begun = MemoryLog(Ports(home=tmp_path))
    (second,) = [frame for frame in frames if frame.stream == f"task/{whole.tasks[1].id}"]
    await begun.append(second.stream, "", second.events)
    async with open_kernel(log=begun) as opened:
        again = await opened.kernel.ask(ops.SUBMIT_ALL, BATCH, Access(), Once("k", "d"))

        assert [task.id for task in again.tasks] == [task.id for task in whole.tasks]
        assert await queued(opened) == [(whole.tasks[1].id,), (whole.tasks[0].id,)]
