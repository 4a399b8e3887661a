"""Workers that serve agents and tools from their own process, and agents that are data."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from kingpost import (
    Answer,
    Call,
    Calls,
    Context,
    Event,
    InvalidRequest,
    NotFound,
    Observation,
    Ports,
    Receipt,
    Say,
    Status,
    Tool,
    UnknownName,
)
from kingpost._host.claims import Claims
from kingpost._host.guests import Worker
from kingpost._host.index import installed
from kingpost._host.kernel import Kernel
from kingpost.operations import personas, system, workers
from kingpost.operations import tasks as ops
from kingpost.testing import MemoryLog, OpenKernel, ScriptedAgent, SeededClock, open_kernel

PRICE = Tool(name="price", description="What it costs.", parameters={"type": "object"}, repeatable=True)
SHIP = Tool(name="ship", description="Send it.", parameters={"type": "object"})


def asks(tool: str) -> Callable[[Context, Say], Answer | Calls]:
    """An agent that uses one tool and answers with what came."""

    def script(context: Context, _: Say) -> Answer | Calls:
        if not context.turns:
            return Calls(calls=(Call("1", tool, {"of": "tea"}),))
        return Answer(text=context.turns[0].observations[0].text)

    return script


async def register(opened: OpenKernel, tenant: str = "default", **offers: Any) -> str:
    made = await opened.kernel.perform(workers.REGISTER, workers.Register(**offers), tenant)
    return made.id


async def claim(opened: OpenKernel, id: str, tenant: str = "default", **more: Any) -> tuple[workers.Work, ...]:
    return (await opened.kernel.perform(workers.CLAIM, workers.Claim(id=id, **more), tenant)).work


async def say(opened: OpenKernel, id: str, work: workers.Work, text: str) -> ops.TaskView:
    said = Observation(call=work.call, text=text)
    asked = workers.Settle(id=id, task=work.task, call=work.call, observation=said)
    return await opened.kernel.perform(workers.OBSERVE, asked)


async def begin(opened: OpenKernel, tenant: str = "default", **asked: Any) -> str:
    submitted = await opened.kernel.perform(ops.SUBMIT, ops.Submit(**{"description": "tea", **asked}), tenant)
    await opened.kernel.work()
    return submitted.id


async def ended(opened: OpenKernel, id: str, tenant: str = "default") -> ops.TaskView:
    return await opened.kernel.perform(ops.WAIT, ops.Wait(id=id, seconds=20), tenant)


async def test_a_worker_executes_a_tool_that_an_agent_calls() -> None:
    """It is offered to the agent, claimed by the worker with a key of its own, and settled by what came of it."""
    async with open_kernel(agents=[ScriptedAgent(asks("price"))]) as opened:
        id = await register(opened, tools=(PRICE,))
        task = await begin(opened)
        (work,) = await claim(opened, id, seconds=20)

        assert (work.tool, work.arguments, work.key) == ("price", {"of": "tea"}, f"{task}/1.1")
        assert await claim(opened, id) == ()
        holder = (await opened.kernel.perform(workers.WORKERS, workers.ListWorkers())).workers[0]
        assert holder.holds == (work.key,)
        await say(opened, id, work, "three")
        outcome = (await ended(opened, task)).outcome

    assert outcome is not None
    assert outcome.answer == "three"


async def test_a_worker_decides_for_an_agent_with_tools() -> None:
    """It sees the prompt, makes calls, sees what came of them, and answers; a task that waits for it holds no slot."""
    async with open_kernel(settings={"kernel": {"parallel": 1}}) as opened:
        agent = workers.OfferedAgent(name="buyer", tools=True)
        id = await register(opened, tools=(PRICE,), agents=(agent,))
        task = await begin(opened, agent="buyer", context="for two")
        (first,) = await claim(opened, id, seconds=20)
        assert first.asking is not None
        assert "tea" in first.asking.prompt
        assert "for two" in first.asking.prompt
        assert [tool.name for tool in first.asking.tools] == ["price"]
        wants = workers.Decision(calls=(Call("p", "price", {"of": "tea"}),))
        settle = workers.Settle(id=id, task=task, call=first.call, decision=wants)
        await opened.kernel.perform(workers.OBSERVE, settle)
        (second,) = await claim(opened, id, seconds=20)
        assert second.tool == "price"
        await say(opened, id, second, "three " * 5000)
        (third,) = await claim(opened, id, seconds=20)
        assert third.asking is not None
        assert [turn.observations[0].text for turn in third.asking.turns] == ["three " * 5000]
        decided = workers.Decision(text="buy " * 20_000)
        await opened.kernel.perform(
            workers.OBSERVE, workers.Settle(id=id, task=task, call=third.call, decision=decided)
        )
        view = await ended(opened, task)

    assert view.status is Status.SUCCEEDED
    assert view.outcome is not None
    assert view.outcome.answer == "buy " * 20_000


class Hesitant(MemoryLog):
    """A log in which a task that is to wait gets to wait only when it is told so."""

    def __init__(self, ports: Ports) -> None:
        super().__init__(ports)
        self.on = asyncio.Event()

    async def append(self, stream: str, expected: str | None, events: Sequence[Event]) -> Receipt:
        if events[0].kind == "task.waiting":
            await self.on.wait()
        return await super().append(stream, expected, events)


async def test_a_tool_that_came_after_the_attempt_began_can_be_called_in_it(tmp_path: Path) -> None:
    """Its agent was told of it by the claim: it must not hear that there is no such tool."""
    ports = Ports(home=tmp_path)
    log = Hesitant(ports)
    async with open_kernel(log=log, ports=ports) as opened:
        id = await register(opened, agents=(workers.OfferedAgent(name="buyer", tools=True),))
        task = await begin(opened, agent="buyer")
        (first,) = await claim(opened, id, seconds=20)
        late = await register(opened, tools=(PRICE,))
        wants = workers.Decision(calls=(Call("p", "price", {"of": "tea"}),))
        settle = workers.Settle(id=id, task=task, call=first.call, decision=wants)
        assert (await opened.kernel.perform(workers.OBSERVE, settle)).status is Status.RUNNING
        log.on.set()
        (second,) = await claim(opened, late, seconds=20)
        view = await opened.kernel.perform(ops.GET, ops.TaskId(task))

    assert (second.tool, second.arguments) == ("price", {"of": "tea"})
    assert view.attempt == 1, "nothing else has looked which tools there are"


async def test_what_a_dead_worker_held_goes_to_others_where_that_is_safe(tmp_path: Path) -> None:
    """A call that may be repeated is claimed anew; of the other the agent is told that nobody knows.

    The dead one is refused when it comes back.
    """
    clock = SeededClock()
    offers: dict[str, Any] = {"tools": (PRICE, SHIP), "ttl": 10.0}
    agents = [ScriptedAgent(asks("price")), ScriptedAgent(asks("ship"), "shipper")]
    async with open_kernel(agents=agents, ports=Ports(home=tmp_path, clock=clock)) as opened:
        dying, living = await register(opened, **offers), await register(opened, **offers)
        tasks = [await begin(opened), await begin(opened, agent="shipper")]
        held: list[workers.Work] = []
        for _ in range(50):
            held += await claim(opened, dying, limit=10)
            await clock.advance(0.1)
        assert len(held) == 2
        assert await claim(opened, living, limit=10) == ()
        await clock.advance(11.0)
        found: list[workers.Work] = []
        for _ in range(20):
            found += await claim(opened, living, limit=10)
            await clock.advance(0.1)

        assert [(work.tool, work.key) for work in found] == [("price", f"{tasks[0]}/1.1")]
        with pytest.raises(NotFound):
            await say(opened, dying, held[0], "late")
        await say(opened, living, found[0], "three")
        for _ in range(50):
            await clock.advance(0.1)
        views = [await opened.kernel.perform(ops.GET, ops.TaskId(task)) for task in tasks]

    answers = [view.outcome.answer if view.outcome else "" for view in views]
    assert answers[0] == "three"
    assert answers[1].startswith("interrupted: the outcome is unknown")


async def test_a_worker_that_registers_again_is_given_what_it_held_at_once() -> None:
    """Its process is another one: what may be repeated is there for it again, of the other the agent is told."""
    offers: dict[str, Any] = {"id": "shop", "tools": (PRICE, SHIP), "ttl": 3600.0}
    agents = [ScriptedAgent(asks("price")), ScriptedAgent(asks("ship"), "shipper")]
    async with open_kernel(agents=agents) as opened:
        await register(opened, **offers)
        other = await register(opened, tools=(PRICE,))
        price, ship = await begin(opened), await begin(opened, agent="shipper")
        first: list[workers.Work] = []
        while len(first) < 2:
            first += await claim(opened, "shop", limit=10, seconds=30)
        assert await claim(opened, other) == ()
        await register(opened, **offers)

        assert (await opened.kernel.perform(ops.GET, ops.TaskId(price))).waits == {"1": "worker"}
        with pytest.raises(NotFound):
            await say(opened, "shop", next(one for one in first if one.task == price), "late")
        (again,) = await claim(opened, "shop", seconds=30)
        assert again == next(one for one in first if one.task == price)
        await say(opened, "shop", again, "three")
        answers = [(await ended(opened, task)).outcome for task in (price, ship)]

    assert answers[0] is not None
    assert answers[0].answer == "three"
    assert answers[1] is not None
    assert answers[1].answer.startswith("interrupted: the outcome is unknown")


async def test_what_a_worker_is_given_while_it_leaves_goes_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody reads the answer of its claim; and the agent is not told of an outcome that nobody knows."""
    take = Claims.take
    async with open_kernel(agents=[ScriptedAgent(asks("ship"))]) as opened:
        leaving, other = await register(opened, tools=(SHIP,)), await register(opened, tools=(SHIP,))
        task = await begin(opened)

        async def late(claims: Claims, worker: Worker, limit: int, key: str = "") -> list[workers.Work]:
            if worker.id == leaving and not left:
                left.append(leaving)
                await opened.kernel.perform(workers.LEAVE, workers.WorkerId(leaving))
            return await take(claims, worker, limit, key)

        left: list[str] = []
        async with asyncio.timeout(30):
            while not (await opened.kernel.perform(ops.GET, ops.TaskId(task))).waits:  # noqa: ASYNC110 - nobody is told
                await asyncio.sleep(0)
        monkeypatch.setattr(Claims, "take", late)
        assert await claim(opened, leaving) == ()
        (work,) = await claim(opened, other, seconds=30)
        await say(opened, other, work, "sent")
        outcome = (await ended(opened, task)).outcome

    assert left == [leaving]
    assert outcome is not None
    assert outcome.answer == "sent"


async def test_a_claim_that_waits_gets_nothing_any_more_once_its_worker_began_anew() -> None:
    """Whoever asked is gone: what it took would be held by nobody, for as long as its successor lives."""
    offers: dict[str, Any] = {"id": "shop", "tools": (PRICE,), "ttl": 3600.0}
    async with open_kernel(agents=[ScriptedAgent(asks("price"))]) as opened:
        await register(opened, **offers)
        asked = asyncio.create_task(claim(opened, "shop", seconds=30))
        tail = await opened.kernel.tail()
        async with asyncio.timeout(30):
            while None not in tail._ears:  # noqa: ASYNC110, SLF001 - nothing else tells that it waits
                await asyncio.sleep(0)
        await register(opened, **offers)
        await begin(opened)

        assert await asked == ()
        (work,) = await claim(opened, "shop", seconds=30)
    assert work.tool == "price"


async def test_what_a_worker_offers_is_its_tenants_alone() -> None:
    """Another tenant finds neither the agent nor the tool, and its worker gets nothing of it."""
    async with open_kernel(agents=[ScriptedAgent(asks("price"))]) as opened:
        await register(opened, "north", tools=(PRICE,), agents=(workers.OfferedAgent(name="buyer"),))
        other = await register(opened, "south", tools=(SHIP,))
        with pytest.raises(UnknownName):
            await begin(opened, "south", agent="buyer")
        view = await ended(opened, await begin(opened, "south"), "south")
        waiting = await begin(opened, "north")
        await register(opened, "south", id=other, tools=(PRICE,))
        tools = await opened.kernel.perform(system.TOOLS, system.Nothing(), "default")

        assert view.outcome is not None
        assert "there is no tool 'price'" in view.outcome.answer
        assert await claim(opened, other, "south", seconds=0.2) == ()
        assert "price" not in [one.tool.name for one in tools.tools]
        await opened.kernel.perform(ops.GET, ops.TaskId(waiting), "north")


@pytest.mark.parametrize(
    "offers",
    [
        {},
        {"tools": (Tool(name="delegate", description="", parameters={"type": "object"}),)},
        {"tools": (Tool(name="x", description="", parameters={"type": "array"}),)},
        {"tools": (PRICE, PRICE)},
        {"tools": (PRICE,), "ttl": 0.5},
        {"tools": (PRICE,), "ttl": float("inf")},
        {"tools": (PRICE,), "id": "a b"},
        {"agents": (workers.OfferedAgent(name="scripted"),)},
        {"agents": (workers.OfferedAgent(name="a/b"),)},
        {"agents": (workers.OfferedAgent(name="x" * 101),)},
    ],
)
async def test_a_worker_that_offers_what_cannot_be_is_refused(offers: dict[str, Any]) -> None:
    async with open_kernel() as opened:
        with pytest.raises(InvalidRequest):
            await register(opened, **offers)


async def test_a_persona_is_resolved_onto_a_code_agent() -> None:
    """Its words go before what was handed along, its bounds hold, and the task goes by its name."""
    seen: list[Context] = []

    def script(context: Context, _: Say) -> Answer:
        seen.append(context)
        return Answer(text="done")

    async with open_kernel(agents=[ScriptedAgent(script)]) as opened:
        perform = opened.kernel.perform
        made = personas.SetPersona(name="critic", instructions="Be strict.", tools=("ask_*",), tokens=90_000)
        registered = await perform(personas.REGISTER, made)
        task = await begin(opened, agent="critic", context="of page two", tokens=500_000)
        view = await ended(opened, task)
        forked = await perform(ops.LIST, ops.ListTasks(agent="critic"))
        agents = await perform(system.AGENTS, system.Nothing())
        await perform(personas.UPDATE, personas.SetPersona(name="critic", instructions="Be kind."))
        await ended(opened, await begin(opened, agent="critic"))
        await perform(personas.DELETE, personas.PersonaName("critic"))
        with pytest.raises(UnknownName):
            await begin(opened, agent="critic")

    assert registered.agent == "scripted"
    assert "Be strict.\n\nof page two" in seen[0].prompt
    assert [tool.name for tool in seen[0].tools] == ["ask_human"]
    assert "Be kind." in seen[1].prompt
    assert "Be strict." not in seen[1].prompt
    assert (view.agent, view.granted[0]) == ("critic", 90_000)
    assert [one.id for one in forked.tasks] == [task]
    assert [one.kind for one in agents.agents if one.name == "critic"] == ["persona"]


async def test_personas_and_workers_are_there_after_a_restart(tmp_path: Path) -> None:
    """Their life is in the log."""
    plugs: dict[str, Any] = {"settings": {"kernel": {"log": "sqlite", "memory": "sqlite"}}}
    for found in (False, True):
        kernel = Kernel.open(settings=plugs["settings"], plugins=installed(), ports=Ports(home=tmp_path))
        async with kernel:
            if not found:
                await kernel.perform(personas.REGISTER, personas.SetPersona(name="critic", agent="extract"))
                await kernel.perform(workers.REGISTER, workers.Register(id="w", tools=(PRICE,)))
            listed = await kernel.perform(workers.WORKERS, workers.ListWorkers())
            assert [(one.id, one.alive) for one in listed.workers] == [("w", True)]
            named = await kernel.perform(personas.PERSONAS, personas.ListPersonas())
            assert [one.name for one in named.personas] == ["critic"]
