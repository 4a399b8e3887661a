"""Several workers on one log: one dies, and the others go on; none does what another one does."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from kingpost import (
    Answer,
    Call,
    Calls,
    Checkpoint,
    Context,
    Event,
    Observation,
    Pending,
    Ports,
    Receipt,
    Recorded,
    Say,
    Status,
    Tool,
    Unavailable,
    task_stream,
)
from kingpost._host.desk import Desk
from kingpost._host.kernel import Kernel
from kingpost._host.queue import Queue, QueueLimits
from kingpost._host.react import Reactor
from kingpost.operations import calls, schedules, steering
from kingpost.operations import tasks as ops
from kingpost.testing import (
    DictMemory,
    FirstFitCompressor,
    FunctionExecutor,
    MemoryLog,
    ScriptedAgent,
    SeededClock,
    WordCounter,
    facts,
    in_process_plugin,
)

Script = Callable[[Context, Say], Any]

PLAIN = {"agent": "worker", "memory": "dict", "compressor": "first-fit", "counter": "words", "log": "memory",
         "remember": False, "drain_seconds": 0.1, "memory_floor_mb": 0}  # fmt: skip


class View(MemoryLog):
    """The log as one process sees it, until that process is dead: then nothing of it arrives any more."""

    dead = frozen = False

    def another(self) -> View:
        """The same log in another process."""
        return View(self._ports, self._store)

    def die(self) -> None:
        """Kill -9, as the log and the others see it."""
        self.dead = True
        for worker in [name for name, holder in self._store.workers.items() if holder is self]:
            self.kill(worker)

    async def append(self, stream: str, expected: str | None, events: Sequence[Event]) -> Receipt:
        if self.dead:
            raise Unavailable("a dead process writes nothing")
        return await super().append(stream, expected, events)

    async def read(self, after: int = 0, limit: int = 1000, stream: str | None = None) -> Sequence[Recorded]:
        if self.frozen:
            return []  # what others have written has not arrived here yet
        return await super().read(after, limit, stream)

    async def enlist(self, worker: str) -> None:
        if not self.dead:
            await super().enlist(worker)


@dataclass
class Node:
    """One worker: a kernel with plugins of its own on the log that all share."""

    kernel: Kernel
    log: View

    async def submit(self, count: int = 1, tenant: str = "default", **request: Any) -> list[str]:
        """So many tasks."""
        asked = ops.Submit(**{"description": "work", **request})
        return [(await self.kernel.perform(ops.SUBMIT, asked, tenant)).id for _ in range(count)]

    async def ends(self, ids: Sequence[str], tenant: str = "default") -> list[ops.TaskView]:
        """These tasks, once all of them have ended."""
        waits = [self.kernel.perform(ops.WAIT, ops.Wait(id=id, seconds=60), tenant) for id in ids]
        tasks = await asyncio.gather(*waits)
        assert all(task.status.final for task in tasks), tasks
        return tasks


@dataclass
class House:
    """Nodes on one log. ``frames`` is all that the log holds."""

    home: Path
    stack: AsyncExitStack
    ports: Ports
    nodes: list[Node] = field(default_factory=list)

    async def open(self, script: Script, *, executors: Sequence[Any] = (), **settings: Any) -> Node:
        """One node more, whose agent does this; it does not work yet."""
        log = self.nodes[0].log.another() if self.nodes else View(self.ports)
        plugin = in_process_plugin(
            "house", agents=[ScriptedAgent(script, "worker"), ScriptedAgent(script, "other")], executors=executors,
            memory=[DictMemory()], compressors=[FirstFitCompressor()], counters=[WordCounter()], log=[log],
        )  # fmt: skip
        kernel = Kernel.open(settings={"kernel": {**PLAIN, **settings}}, plugins=[plugin], ports=self.ports)
        self.nodes.append(Node(await self.stack.enter_async_context(kernel), log))
        return self.nodes[-1]

    async def frames(self, task: str | None = None) -> Sequence[Recorded]:
        """Everything that was recorded, or of one task."""
        stream = None if task is None else task_stream(task)
        return await self.nodes[0].log.read(0, 1_000_000, stream)

    async def kinds(self, task: str) -> list[str]:
        """The kinds of a task's events, in order."""
        return [event.kind for frame in await self.frames(task) for event in frame.events]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        opened = House(tmp_path, stack, Ports(home=tmp_path))
        yield opened
        report = await opened.nodes[0].log.verify()
        assert report.sound, report.findings
        outcomes = Counter(
            frame.stream
            for frame in await opened.frames()
            for event in frame.events
            if event.kind in ("task.succeeded", "task.failed", "task.cancelled")
        )
        assert set(outcomes.values()) <= {1}


async def until(it_is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what nobody tells."""
    async with asyncio.timeout(30):
        while not await it_is_so():  # noqa: ASYNC110 - anything may be waited for
            await asyncio.sleep(0.005)


def answers(text: str) -> Script:
    """An agent that answers at once."""
    return lambda context, say: text


async def hang(context: Context, _: Say) -> str:
    """An agent that thinks for ever."""
    await asyncio.Event().wait()
    return "never"


async def test_everything_is_done_when_one_of_two_workers_dies(house: House) -> None:
    """What it held is taken up by the other, at once and once."""
    one, two = await house.open(hang, parallel=4), await house.open(answers("two"), parallel=4)
    ids = await one.submit(60)
    await one.kernel.work()
    await until(lambda: _begun(house, ids, 4))
    await two.kernel.work()
    await until(lambda: _all_but(house, ids, 4))
    one.log.die()
    tasks = await two.ends(ids)

    assert {task.outcome and task.outcome.answer for task in tasks} == {"two"}
    assert Counter(task.attempt for task in tasks) == {1: 56, 2: 4}


async def _begun(house: House, ids: Sequence[str], count: int) -> bool:
    return sum([(await house.kinds(id))[-1] == "task.started" for id in ids]) == count


async def _all_but(house: House, ids: Sequence[str], left: int) -> bool:
    return sum([(await house.kinds(id))[-1] != "task.succeeded" for id in ids]) == left


async def test_a_worker_that_is_told_to_stop_leaves_its_tasks_to_the_other(house: House) -> None:
    one, two = await house.open(hang, parallel=4), await house.open(answers("two"))
    ids = await one.submit(10)
    await one.kernel.work()
    await two.kernel.work()
    await until(lambda: _all_but(house, ids, 4))

    await one.kernel.close()
    tasks = await two.ends(ids)

    assert {task.status for task in tasks} == {Status.SUCCEEDED}


async def test_a_worker_that_was_drained_goes_on_with_what_it_let_go(house: House) -> None:
    """It is still alive for the others, so nobody else would."""
    patient: list[str] = []

    async def script(context: Context, say: Say) -> str:
        return "done" if patient else await hang(context, say)

    node = await house.open(script, parallel=4)
    ids = await node.submit(6)
    await node.kernel.work()
    await until(lambda: _begun(house, ids, 4))
    await node.kernel.drain()
    patient.append("now")
    await node.kernel.work()

    assert {task.status for task in await node.ends(ids)} == {Status.SUCCEEDED}


async def test_every_tenant_progresses_beside_a_large_backlog(house: House) -> None:
    """Those with a few tasks are done while the one with many has most of them before it."""

    async def slow(context: Context, _: Say) -> str:
        await asyncio.sleep(0.002)
        return "done"

    one, two = [await house.open(slow, parallel=2) for _ in range(2)]
    large = await one.submit(400, "large", priority=9)
    few = {tenant: await one.submit(5, tenant) for tenant in ("a", "b", "c", "d")}
    for node in (one, two):
        await node.kernel.work()
    for tenant, ids in few.items():
        await two.ends(ids, tenant)
    left = await one.log.count(_unfinished("large"))
    await two.ends(large, "large")

    assert left > 300
    assert len({event.header["worker"] for frame in await house.frames() for event in frame.events
                if event.kind == "task.started"}) == 2  # fmt: skip


def _unfinished(tenant: str) -> Any:
    from kingpost import TaskQuery

    return TaskQuery(tenant=tenant, statuses=["queued", "running", "waiting"])


def zombie_answers(context: Context, say: Say) -> Answer | Calls:
    return Answer(text="zombie")


def zombie_calls(context: Context, say: Say) -> Answer | Calls:
    return Calls(calls=(Call("1", "touch"),))


def zombie_delegates(context: Context, say: Say) -> Answer | Calls:
    return Calls(calls=(Call("1", "delegate", {"agent": "worker", "description": "from the grave"}),))


def zombie_fails(context: Context, say: Say) -> Answer | Calls:
    raise Unavailable("the model sleeps")


def zombie_breaks(context: Context, say: Say) -> Answer | Calls:
    raise RuntimeError("broken")


def zombie_marks(context: Context, say: Say) -> Answer | Calls:
    say(Checkpoint("zombie"))
    return Answer(text="zombie")


@pytest.mark.parametrize(
    "does", [zombie_answers, zombie_calls, zombie_delegates, zombie_fails, zombie_breaks, zombie_marks]
)
@pytest.mark.parametrize("later", ["while the other thinks", "when the other has ended"])
async def test_a_zombie_records_nothing(house: House, does: Script, later: str) -> None:
    """It is held for dead and goes on: the attempt that took its place is the only one that counts."""
    touched: list[str] = []

    async def touch() -> str:
        """Touch something."""
        touched.append("touched")
        return "touched"

    dying, thinking, answering = asyncio.Event(), asyncio.Event(), asyncio.Event()
    ended = asyncio.Event()

    async def zombie(context: Context, say: Say) -> Any:
        thinking.set()
        await dying.wait()
        try:
            return does(context, say)
        finally:
            asyncio.get_running_loop().call_later(0.05, ended.set)

    async def living(context: Context, say: Say) -> str:
        thinking.set()
        await answering.wait()
        return "living"

    tools = FunctionExecutor([touch])
    one, two = await house.open(zombie, executors=[tools]), await house.open(living, executors=[tools])
    (id,) = await one.submit()
    await one.kernel.work()
    await thinking.wait()
    before = await one.kernel.perform(ops.GET, ops.TaskId(id))
    assert before.worker is not None

    thinking.clear()
    one.log.kill(before.worker)
    await two.kernel.work()
    await thinking.wait()
    if later == "when the other has ended":
        answering.set()
        await two.ends([id])
    dying.set()
    await ended.wait()
    answering.set()
    (task,) = await two.ends([id])
    await asyncio.sleep(0.05)

    assert task.outcome is not None
    assert (task.outcome.answer, task.attempt, task.turns) == ("living", 2, 1)
    assert touched == []
    # Claim, claim, and the frame of the one turn.
    assert len(await house.frames(id)) == 4
    assert await two.log.count(_below(id)) == 1


def _below(root: str) -> Any:
    from kingpost import TaskQuery

    return TaskQuery(root=root)


class Gauge:
    """Counts who is at work at the same time, over all nodes."""

    def __init__(self) -> None:
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, context: Context, _: Say) -> str:
        names = context.description.split()
        for name in names:
            self.now[name] += 1
            self.most[name] = max(self.most[name], self.now[name])
        await asyncio.sleep(0.003)
        await self.gate.wait()
        for name in names:
            self.now[name] -= 1
        return "done"


async def test_workers_that_share_limits_leave_nobody_behind(house: House) -> None:
    """However they race for the same tasks, none runs more than the limits let it, and all is done."""
    gauge = Gauge()
    limits: dict[str, Any] = {"tenant_parallel": 3, "agent_parallel": {"other": 2}, "parallel": 8}
    nodes = [await house.open(gauge, **limits) for _ in range(2)]
    asked = [(tenant, await nodes[0].submit(20, tenant, agent=agent, description=f"{tenant} {agent}"))
             for tenant in ("a", "b", "c") for agent in ("worker", "other")]  # fmt: skip
    for node in nodes:
        await node.kernel.work()
    for tenant, ids in asked:
        await nodes[1].ends(ids, tenant)

    assert all(gauge.most[tenant] <= 3 * len(nodes) for tenant in ("a", "b", "c")), gauge.most
    assert gauge.most["other"] <= 2 * len(nodes), gauge.most
    assert gauge.most["worker"] > 3, "the limits are no wider than they say"


async def test_a_limit_is_not_exceeded_by_a_worker_that_knows_of_the_others(house: House) -> None:
    """Once the frames of another one have arrived, what runs there counts here."""
    gauge = Gauge()
    nodes = [await house.open(gauge, agent_parallel={"other": 1}) for _ in range(2)]
    for node in nodes:
        await node.kernel.work()
    for number in range(10):
        node = nodes[number % 2]
        await node.ends(await node.submit(agent="other", description="other"))

    assert gauge.most["other"] == 1


@pytest.mark.parametrize("limits", [{"agent_parallel": {"other": 1}}, {"tenant_parallel": 1}])
async def test_a_limit_holds_while_the_frames_of_another_worker_are_under_way(
    house: House, limits: dict[str, Any]
) -> None:
    """Of two claims that together exceed it the one that came second into the log has to wait."""
    gauge = Gauge()
    one, two = await house.open(gauge, **limits), await house.open(gauge, **limits)
    await two.kernel.work()
    await two.ends(await two.submit(description="warm"))
    gauge.gate.clear()
    soon = house.ports.clock.now() + 0.3
    (late,) = await two.submit(agent="other", description="other", not_before=soon)
    two.log.frozen = True
    (early,) = await one.submit(agent="other", description="other")
    await one.kernel.work(early)
    await until(lambda: _has_begun(house, late))
    two.log.frozen = False

    async def decided() -> bool:
        return gauge.now["other"] == 2 or (await house.kinds(late))[-1] != "task.started"

    await until(decided)
    gauge.gate.set()
    await one.ends([early, late])

    assert gauge.most["other"] == 1


async def _has_begun(house: House, task: str) -> bool:
    return "task.started" in await house.kinds(task)


async def test_a_schedule_fires_once_for_each_time_however_many_look_at_it(tmp_path: Path) -> None:
    clock = SeededClock()
    async with AsyncExitStack() as stack:
        house = House(tmp_path, stack, Ports(home=tmp_path, clock=clock))
        nodes = [await house.open(answers("done")) for _ in range(3)]
        often = schedules.SetSchedule(id="often", every=10.0, request=ops.Submit(description="tick"))
        await nodes[0].kernel.perform(schedules.SET, often)
        for node in nodes:
            await node.kernel.work()
        for _ in range(65):
            await clock.advance(1.0)

        found = (await nodes[0].kernel.perform(ops.LIST, ops.ListTasks())).tasks
        assert len(found) == 7
        assert len({task.id for task in found}) == 7
        assert {task.schedule for task in found} == {"often"}


async def test_children_run_on_whichever_worker_is_free(house: House) -> None:
    """Each has room for one: two children are at work at once only where there is one on each."""
    at_work: Counter[str] = Counter()
    both = asyncio.Event()

    def script(name: str) -> Script:
        async def does(context: Context, _: Say) -> Answer | Calls:
            if context.description == "child":
                at_work[name] += 1
                if len(at_work) == 2:
                    both.set()
                await both.wait()
                return Answer(text=name)
            if not context.turns:
                more = {"agent": "worker", "description": "child"}
                return Calls(calls=tuple(Call(str(n), "delegate", more) for n in range(6)))
            return Answer(text=" ".join(one.text for one in context.turns[0].observations))

        return does

    nodes = [await house.open(script(name), parallel=1) for name in ("one", "two")]
    (id,) = await nodes[0].submit()
    for node in nodes:
        await node.kernel.work()
    (task,) = await nodes[1].ends([id])

    assert task.outcome is not None
    assert set(task.outcome.answer.split()) == {"one", "two"}


async def test_a_tree_goes_on_when_the_worker_of_its_parent_dies(house: House) -> None:
    """Wherever that happens: with the parent waiting, or with a child in its hands."""

    def script(name: str) -> Script:
        async def does(context: Context, _: Say) -> Answer | Calls:
            if context.description == "child":
                if name == "one":
                    await hang(context, _)
                return Answer(text=name)
            if not context.turns:
                more = {"agent": "worker", "description": "child"}
                return Calls(calls=tuple(Call(str(n), "delegate", more) for n in range(3)))
            return Answer(text=" ".join(one.text for one in context.turns[0].observations))

        return does

    one, two = await house.open(script("one"), parallel=2), await house.open(script("two"))
    (id,) = await one.submit()
    await one.kernel.work()

    async def waits() -> bool:
        return (await house.kinds(id))[-1] == "task.waiting"

    await until(waits)
    one.log.die()
    await two.kernel.work()
    (task,) = await two.ends([id])

    assert task.outcome is not None
    assert task.outcome.answer == "two two two"


async def test_a_child_of_a_parent_that_is_known_too_late_is_not_cancelled(tmp_path: Path) -> None:
    """A worker may hear of the child first; that its parent seems not to want it says nothing then."""
    ports = Ports(home=tmp_path)
    log = MemoryLog(ports)
    desk = Desk(log, Queue(QueueLimits()))
    reactor = Reactor(log, desk, ports, lambda: None)
    desk.only = None
    await log.append(task_stream("p"), "", [facts.queued("p")])
    await log.append(task_stream("p"), None, [facts.started()])
    await desk.load()
    await log.append(task_stream("p"), None, [facts.decided(1, {"a": "delegate"})])
    await log.append(task_stream("p"), None, [facts.pending("a", waits="child")])
    child = facts.queued("p/1.a", parent="p", root="p")
    await log.append(task_stream("p/1.a"), "", [child])
    (frame,) = await log.read(0, 1, task_stream("p/1.a"))
    change = desk.take(frame)
    assert change is not None
    reactor.notice(frame, change)
    await reactor.act()

    assert len(await log.read(0, 10, task_stream("p/1.a"))) == 1


class Shop:
    """A tool whose answer comes from outside."""

    name = "shop"

    async def tools(self) -> Sequence[Tool]:
        return [Tool(name="order", description="Order something.", parameters={"type": "object"})]

    async def execute(self, call: Call, limits: Any) -> Observation | Pending:
        return Pending(call=call.id, reference="an order")


async def test_what_is_asked_of_one_reaches_the_worker_that_holds_the_task(house: House) -> None:
    """A message, an observation and a cancel request, through a kernel that works on nothing."""

    async def script(context: Context, _: Say) -> Any:
        if context.description == "hang":
            return await hang(context, _)
        if not context.turns:
            return Calls(calls=(Call("1", "order"),))
        (turn,) = context.turns
        return Answer(text=f"{turn.observations[0].text} {turn.messages}")

    door, worker = await house.open(script, executors=[Shop()]), await house.open(script, executors=[Shop()])
    order, endless = await door.submit(), await door.submit(description="hang")
    await worker.kernel.work()

    async def waits() -> bool:
        return (await house.kinds(order[0]))[-1] == "task.waiting"

    await until(waits)
    perform = door.kernel.perform
    await perform(steering.MESSAGE, steering.Message(id=order[0], text="hurry"))
    await perform(calls.OBSERVE, calls.Observe(id=order[0], observation=Observation(call="1", text="a lamp")))
    await perform(steering.CANCEL, steering.Cancel(id=endless[0], reason="enough"))
    (ordered,), (ended,) = await door.ends(order), await door.ends(endless)

    assert ordered.outcome is not None
    assert ordered.outcome.answer == "a lamp ('hurry',)"
    assert ended.status is Status.CANCELLED


async def test_many_workers_that_die_one_after_another_lose_nothing(house: House) -> None:
    """Each takes some tasks along into its death, in the middle of a turn."""

    async def slow(context: Context, _: Say) -> Answer | Calls:
        await asyncio.sleep(0.01)
        if len(context.turns) < 2:
            return Calls(calls=(Call("1", "touch"),))
        return Answer(text=str(len(context.turns)))

    async def touch() -> str:
        """Touch something."""
        await asyncio.sleep(0.001)
        return "touched"

    tools = FunctionExecutor([touch], repeatable=["touch"])
    first = await house.open(slow, executors=[tools], parallel=6, attempts=10)
    ids = await first.submit(80)
    doomed = first
    for _ in range(4):
        await doomed.kernel.work()
        begun = len(await house.frames())

        async def moved(begun: int = begun) -> bool:
            return len(await house.frames()) > begun + 40

        await until(moved)
        doomed.log.die()
        doomed = await house.open(slow, executors=[tools], parallel=6, attempts=10)
    await doomed.kernel.work()
    tasks = await doomed.ends(ids)

    assert {task.outcome and task.outcome.answer for task in tasks} == {"2"}
    assert {task.turns for task in tasks} == {3}
    assert max(task.attempt for task in tasks) > 1


async def test_a_claim_that_came_second_is_no_harm(house: House) -> None:
    """Somebody else's claim stands in the log; this worker finds out and leaves the task alone while he lives."""
    node = await house.open(answers("done"))
    (id,) = await node.submit()
    stranger = node.log.twin()
    await stranger.enlist("stranger")
    await stranger.append(task_stream(id), None, [facts.started(worker="stranger")])
    await node.kernel.work()
    others = await node.submit(5)
    await node.ends(others)
    assert (await house.kinds(id))[-1] == "task.started"

    stranger.kill("stranger")
    (task,) = await node.ends([id])

    assert task.attempt == 2
