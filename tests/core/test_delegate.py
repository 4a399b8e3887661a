"""Children: what they are given, what they may spend, and how their parent hears of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from kingpost import Answer, Call, Calls, Context, Event, Kernel, Memory, Say, Status, Usage
from kingpost.operations import events as event_ops
from kingpost.operations import memory as memory_ops
from kingpost.operations import steering
from kingpost.operations import tasks as ops
from kingpost.testing import FunctionExecutor, OpenKernel, ScriptedAgent, open_kernel


def delegate(id: str, agent: str, description: str, **more: Any) -> Call:
    """A call of the tool delegate."""
    return Call(id, "delegate", {"agent": agent, "description": description, **more})


def lead(*calls: Call, until: Any = "all", say: Callable[[Context], str] | None = None) -> ScriptedAgent:
    """An agent that delegates once and then answers with what it was told."""

    def script(context: Context, _: Say) -> Answer | Calls:
        if not context.turns:
            return Calls(calls=calls, until=until, usage=Usage(input_tokens=10, output_tokens=5))
        told = " | ".join(f"{one.call}={one.error or ''}{one.text}" for one in context.turns[0].observations)
        return Answer(text=say(context) if say else told, usage=Usage(input_tokens=10, output_tokens=5))

    return ScriptedAgent(script, "lead")


def echo(context: Context, _: Say) -> Answer:
    """An agent that answers with what it was asked and handed."""
    handed = [row.text for row in context.pack.kept if row.id == "handed"]
    return Answer(text=f"{context.description} {handed}", usage=Usage(input_tokens=20, output_tokens=10))


async def tree(opened: OpenKernel, id: str) -> Sequence[ops.TaskView]:
    """A task and everything below it."""
    return (await opened.kernel.perform(ops.TREE, ops.TaskId(id))).tasks


async def events(kernel: Kernel, task: str) -> list[Event]:
    """Every event of one task."""
    page = await kernel.perform(event_ops.EVENTS, event_ops.ListEvents(task=task, limit=1000))
    return [event for frame in page.frames for event in frame.events]


async def test_children_work_and_their_parent_is_told() -> None:
    agents = [lead(delegate("a", "helper", "one", context="x"), delegate("b", "helper", "two")),
              ScriptedAgent(echo, "helper")]  # fmt: skip
    async with open_kernel(agents=agents) as opened:
        task = await opened.run("lead")
        below = (await tree(opened, task.id))[1:]

    assert task.outcome is not None
    assert task.outcome.answer == "a=one ['x'] | b=two []"
    assert [child.id for child in below] == [f"{task.id}/1.a", f"{task.id}/1.b"]
    assert {child.root for child in below} == {task.id}


async def test_a_grant_is_cut_and_what_is_not_spent_comes_back() -> None:
    """Equal shares where none is named, one share kept; the parent has spent its own turns and its children's."""
    agents = [lead(delegate("a", "helper", "one", tokens=3000), delegate("b", "helper", "two")),
              ScriptedAgent(echo, "helper")]  # fmt: skip
    async with open_kernel(agents=agents) as opened:
        task = await opened.run("lead", tokens=10_015)
        below = (await tree(opened, task.id))[1:]

    assert [child.granted[0] for child in below] == [3000, 3500]
    assert [child.spent[0] for child in below] == [30, 30]
    assert task.spent[0] == 15 + 15 + 60


async def test_a_tree_that_delegates_for_ever_ends() -> None:
    """Depth and fan-out bound it: at the lowest level there is no tool to delegate with."""

    def greedy(context: Context, _: Say) -> Answer | Calls:
        if len(context.turns) < 3 and any(tool.name == "delegate" for tool in context.tools):
            return Calls(calls=tuple(delegate(str(n), "greedy", "more") for n in range(3)))
        return Answer(
            text=f"{sum(one.error is not None for turn in context.turns for one in turn.observations)} refused"
        )

    async with open_kernel(agents=[ScriptedAgent(greedy, "greedy")]) as opened:
        task = await opened.run("grow", depth=2, fan_out=4)
        below = (await tree(opened, task.id))[1:]

    assert task.outcome is not None
    assert task.outcome.answer == "5 refused"
    assert len(below) == 4 + 16
    assert max(child.id.count("/") for child in below) == 2


async def test_a_child_sees_what_it_was_handed_and_nothing_else() -> None:
    """No memory but what was named, no tool that its parent lacks."""
    seen: dict[str, Context] = {}

    async def hammer() -> str:
        """Hit."""
        return "hit"

    async def saw() -> str:
        """Cut."""
        return "cut"

    def look(context: Context, _: Say) -> Answer:
        seen[context.description] = context
        return Answer(text="seen")

    calls = (delegate("a", "helper", "blind lions"), delegate("b", "helper", "lions", memory=["default"]),
             delegate("c", "helper", "tools", tools=["saw", "hammer"]))  # fmt: skip
    agents = [lead(*calls), ScriptedAgent(look, "helper")]
    async with open_kernel(agents=agents, executors=[FunctionExecutor([hammer, saw])]) as opened:
        one = Memory(id="1", scope="default", body="lions sleep all day")
        await opened.kernel.perform(memory_ops.REMEMBER, memory_ops.Remember(memories=(one,)))
        await opened.run("lead", tools=("delegate", "hammer", "recall"))

    assert "sleep" not in seen["blind lions"].prompt
    assert "sleep" in seen["lions"].prompt
    assert {tool.name for tool in seen["tools"].tools} == {"hammer"}
    assert {tool.name for tool in seen["lions"].tools} == {"delegate", "hammer", "recall"}
    assert "recall" not in {tool.name for tool in seen["blind lions"].tools}


async def test_a_childs_long_answer_is_shortened_and_can_be_expanded() -> None:
    """The parent sees at most so many tokens of it, and the rest comes back by the call's number."""
    long = "lions " * 3000

    def script(context: Context, _: Say) -> Answer | Calls:
        if not context.turns:
            return Calls(calls=(delegate("a", "helper", "tell"),))
        if len(context.turns) == 1:
            assert len(context.turns[0].observations[0].text) < len(long)
            return Calls(calls=(Call("b", "expand", {"id": "1.a", "part": 2}),))
        return Answer(text=context.turns[1].observations[0].text)

    agents = [ScriptedAgent(script, "lead"), ScriptedAgent([long], "helper")]
    async with open_kernel(agents=agents, settings={"kernel": {"budget": 100_000}}) as opened:
        task = await opened.run("lead")

    assert task.outcome is not None
    assert task.outcome.answer.startswith("part 2 of 3\n")


async def test_a_failed_child_is_an_error_that_its_parent_sees() -> None:
    agents = [lead(delegate("a", "bad", "fail")), ScriptedAgent([RuntimeError("no")], "bad")]
    async with open_kernel(agents=agents) as opened:
        task = await opened.run("lead")

    assert task.outcome is not None
    assert task.outcome.answer.startswith("a=child.failed")


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (Call("a", "delegate", {"agent": "nobody", "description": "x"}), "input.invalid"),
        (Call("a", "delegate", {"agent": "helper"}), "input.invalid"),
        (Call("a", "delegate", {"agent": "helper", "description": " "}), "input.invalid"),
        (Call("a", "delegate", {"agent": "helper", "description": "x", "memory": ["secret"]}), "input.invalid"),
    ],
)
async def test_what_cannot_be_delegated_is_told_to_the_agent(call: Call, code: str) -> None:
    async with open_kernel(agents=[lead(call), ScriptedAgent(["ok"], "helper")]) as opened:
        task = await opened.run("lead")

    assert task.outcome is not None
    assert task.outcome.answer.startswith(f"a={code}")


async def test_any_child_is_enough_and_the_others_are_told_to_end() -> None:
    """What the late one has spent still comes back to its parent."""
    import asyncio

    async def slow(context: Context, _: Say) -> Answer:
        await asyncio.sleep(30)
        return Answer(text="late")

    calls = (delegate("a", "slow", "x"), delegate("b", "quick", "y"))
    agents = [lead(*calls, until="any"), ScriptedAgent(slow, "slow"), ScriptedAgent(["quick"], "quick")]
    async with open_kernel(agents=agents) as opened:
        task = await opened.run("lead")
        late = await opened.kernel.perform(ops.WAIT, ops.Wait(id=f"{task.id}/1.a", seconds=60))

    assert task.outcome is not None
    assert task.outcome.answer == "b=quick"
    assert late.status is Status.CANCELLED


async def test_a_cancel_reaches_the_whole_tree() -> None:
    import asyncio

    started: asyncio.Queue[str] = asyncio.Queue()

    async def hang(context: Context, _: Say) -> Answer:
        await started.put(context.task)
        await asyncio.sleep(60)
        return Answer(text="never")

    middle = ScriptedAgent([Calls(calls=(delegate("z", "hang", "x"),)), "m"], "middle")
    agents = [lead(delegate("a", "middle", "x"), delegate("b", "hang", "y")), middle, ScriptedAgent(hang, "hang")]
    async with open_kernel(agents=agents) as opened:
        running = asyncio.create_task(opened.run("lead"))
        first, second = await started.get(), await started.get()
        root = min(first, second, key=len).partition("/")[0]
        await opened.kernel.perform(steering.CANCEL, steering.Cancel(id=root, reason="enough"))
        task = await running
        for id in (first, second, f"{root}/1.a"):
            below = await opened.kernel.perform(ops.WAIT, ops.Wait(id=id, seconds=60))
            assert below.status is Status.CANCELLED
            assert below.outcome is not None
            assert "enough" in below.outcome.detail

    assert task.status is Status.CANCELLED
