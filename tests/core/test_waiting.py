"""Waiting for the world: approvals, questions, timers, callbacks; and what may settle them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from kingpost import (
    Access,
    Answer,
    Call,
    Calls,
    Context,
    Forbidden,
    InvalidRequest,
    Limits,
    NotFound,
    Observation,
    Pending,
    Recorded,
    Say,
    Status,
    Tool,
)
from kingpost._walk.policy import parsed, verdict
from kingpost.operations import calls, steering
from kingpost.operations import events as event_ops
from kingpost.operations import tasks as ops
from kingpost.testing import FunctionExecutor, OpenKernel, ScriptedAgent, open_kernel


def once(*made: Call, until: Any = "all") -> ScriptedAgent:
    """An agent that makes these calls and answers with what came back."""

    def script(context: Context, _: Say) -> Answer | Calls:
        if not context.turns:
            return Calls(calls=made, until=until)
        seen = context.turns[-1].observations
        return Answer(text=" | ".join(f"{one.call}={one.error or one.text}" for one in seen))

    return ScriptedAgent(script)


@asynccontextmanager
async def waiting(
    agent: ScriptedAgent, *others: ScriptedAgent, **more: Any
) -> AsyncIterator[tuple[OpenKernel, str, Callable[..., Any]]]:
    """A kernel with one task that waits, its id, and how to ask the kernel something."""
    async with open_kernel(agents=[agent, *others], **more) as opened:
        submitted = await opened.kernel.perform(ops.SUBMIT, ops.Submit(description="wait", agent=agent.name))
        waits = asyncio.Event()

        def hear(task: str, what: Any) -> None:
            if isinstance(what, Recorded) and any(event.kind == "task.waiting" for event in what.events):
                waits.set()

        opened.kernel.listen(hear)
        await opened.kernel.work(submitted.id)
        async with asyncio.timeout(60):
            await waits.wait()
        yield opened, submitted.id, opened.kernel.perform


async def answer_of(opened: OpenKernel, id: str) -> str:
    """What a task has answered."""
    task = await opened.kernel.perform(ops.WAIT, ops.Wait(id=id, seconds=60))
    assert task.outcome is not None, task
    return task.outcome.answer


async def test_a_human_is_asked_and_the_answer_goes_on() -> None:
    """While it waits it holds no slot: with room for one task another one runs."""
    agent = once(Call("1", "ask_human", {"question": "red or blue?"}))
    other = ScriptedAgent(["done"], "other")
    async with open_kernel(agents=[agent, other], settings={"kernel": {"parallel": 1}}) as opened:
        perform = opened.kernel.perform
        asked = await opened.run("wait", seconds=0.3)
        assert (await opened.run("other", agent="other")).status is Status.SUCCEEDED
        (call,) = (await perform(calls.CALLS, calls.ListCalls(waits="question"))).calls
        assert (call.task, call.call, call.tool, call.reference) == (asked.id, "1", "ask_human", "red or blue?")
        await perform(calls.REPLY, calls.Reply(id=asked.id, call="1", text="blue"))
        assert await answer_of(opened, asked.id) == "1=blue"


async def test_a_call_that_has_to_be_asked_for_is_made_once_it_is_allowed() -> None:
    """With other arguments, where whoever allows it changes them."""
    made: list[str] = []

    async def burn(what: str) -> str:
        """Burn something."""
        made.append(what)
        return f"burnt {what}"

    policy = {"kernel": {"policy": ["ask burn"]}}
    agent = once(Call("1", "burn", {"what": "books"}))
    async with waiting(agent, executors=[FunctionExecutor([burn])], settings=policy) as (opened, id, perform):
        assert made == []
        (call,) = (await perform(calls.CALLS, calls.ListCalls(task=id))).calls
        assert (call.waits, call.arguments) == ("approval", {"what": "books"})
        await perform(calls.REPLY, calls.Reply(id=id, call="1", allow=True, arguments={"what": "leaves"}))
        assert await answer_of(opened, id) == "1=burnt leaves"
    assert made == ["leaves"]


async def test_a_refusal_is_told_and_the_call_is_never_made() -> None:
    async def burn() -> str:
        """Burn something."""
        raise AssertionError

    policy = {"kernel": {"policy": ["ask burn"]}}
    executors = [FunctionExecutor([burn])]
    async with waiting(once(Call("1", "burn")), executors=executors, settings=policy) as (opened, id, perform):
        await perform(calls.REPLY, calls.Reply(id=id, call="1", allow=False, text="too hot"))
        assert await answer_of(opened, id) == "1=tool.refused"


async def test_the_first_rule_that_fits_decides() -> None:
    """By tool, and by any argument; a path is the same however it is written."""

    async def write(path: str) -> str:
        """Write a file."""
        return path

    names = {"1": "open/a", "2": "secret/a", "3": "open/../secret/b", "4": "./secret/c"}
    agent = once(*(Call(id, "write", {"path": path}) for id, path in names.items()))
    rules = ["deny write(secret/*)", "allow write", "ask *"]
    async with open_kernel(
        agents=[agent], executors=[FunctionExecutor([write])], settings={"kernel": {"policy": rules}}
    ) as opened:
        task = await opened.run("write")

    assert task.outcome is not None
    assert task.outcome.answer == "1=open/a | 2=tool.denied | 3=tool.denied | 4=tool.denied"


@pytest.mark.parametrize(
    ("rule", "arguments", "allowed"),
    [
        ("allow write(path=open/*)", {"path": "open/a", "content": "anything"}, True),
        ("allow write(path=open/*)", {"path": "./open/a", "content": "anything"}, True),
        ("allow write(path=open/*)", {"path": "secret/a", "content": "open/ sesame"}, False),
        ("allow write(path=open/*)", {"path": "open/../secret/a", "content": ""}, False),
        ("allow write(open/*)", {"path": "secret/a", "content": "open/ sesame"}, False),
        ("allow write(open/*)", {"path": "open/a"}, True),
        ("allow write(open/*)", {}, False),
        ("allow write(path=open/*)", {"content": "path=open/a"}, False),
    ],
)
def test_an_argument_lets_no_other_one_through(rule: str, arguments: dict[str, str], allowed: bool) -> None:
    """What is allowed by a pattern is a call whose every text fits, or whose argument that the rule names does."""
    rules = parsed([rule, "ask write"])

    assert verdict(rules, Call("1", "write", arguments)) == ("allow" if allowed else "ask")


def test_one_argument_is_enough_to_be_asked_about() -> None:
    """By its name or by any; what only looks like a name is looked for as it stands."""
    call = Call("1", "write", {"path": "notes/a", "content": "the password", "lines": ["secret/b"]})

    for rule in (
        "deny write(*password)",
        "deny write(content=*password)",
        "deny write(secret/*)",
        "deny *(lines=*/b)",
        "deny write(the*)",
    ):
        assert verdict(parsed([rule]), call) == "deny", rule
    assert verdict(parsed(["deny write(path=*password)"]), call) == "allow"
    assert verdict(parsed(["deny run(TOKEN=*)"]), Call("1", "run", {"env": ["TOKEN=a"]})) == "deny"


async def test_nobody_answers_in_time() -> None:
    settings = {"kernel": {"ask_seconds": 0.05}}
    async with open_kernel(agents=[once(Call("1", "ask_human", {"question": "?"}))], settings=settings) as opened:
        task = await opened.run("wait")

    assert task.outcome is not None
    assert task.outcome.answer == "1=tool.expired"


async def test_a_timer_wakes_a_task() -> None:
    async with open_kernel(agents=[once(Call("1", "wait", {"seconds": 0.05}))]) as opened:
        task = await opened.run("wait")

    assert task.outcome is not None
    assert task.outcome.answer == "1=the time has come"


class Outside:
    """A tool whose answer comes from outside; it keeps the token that it was given."""

    name = "outside"

    def __init__(self) -> None:
        self.tokens: list[str] = []

    async def tools(self) -> list[Tool]:
        return [Tool(name="order", description="Order something.", parameters={"type": "object"})]

    async def execute(self, call: Call, limits: Limits) -> Observation | Pending:
        self.tokens.append(limits.token)
        return Pending(call=call.id, reference=f"order {len(self.tokens)}")


async def test_a_callback_settles_its_call_with_the_calls_own_token() -> None:
    """Once, and no other; the log holds only the token's hash."""
    shop = Outside()
    async with waiting(once(Call("1", "order")), executors=[shop]) as (opened, id, perform):
        came = Observation(call="1", text="a lamp")
        with pytest.raises(InvalidRequest, match="token"):
            await perform(calls.OBSERVE, calls.Observe(id=id, observation=came, token="guess"))
        # Who is let in for something else needs the call's token, and nothing more.
        reads = Access(scopes=frozenset({"events:read"}), token="one")
        with pytest.raises(Forbidden, match="calls:settle"):
            await opened.kernel.ask(calls.OBSERVE, calls.Observe(id=id, observation=came), reads)
        with pytest.raises(InvalidRequest, match="token"):
            await opened.kernel.ask(calls.OBSERVE, calls.Observe(id=id, observation=came, token="guess"), reads)
        page = await perform(event_ops.EVENTS, event_ops.ListEvents(task=id, limit=1000))
        assert shop.tokens[0] not in str(page)
        await opened.kernel.ask(calls.OBSERVE, calls.Observe(id=id, observation=came, token=shop.tokens[0]), reads)
        with pytest.raises(NotFound):
            await perform(calls.OBSERVE, calls.Observe(id=id, observation=came, token=shop.tokens[0]))
        assert await answer_of(opened, id) == "1=a lamp"


@pytest.mark.parametrize(("tool", "arguments"), [("burn", {}), ("delegate", {"agent": "slow", "description": "x"})])
async def test_no_observation_stands_in_for_an_approval_or_a_child(tool: str, arguments: dict[str, str]) -> None:
    async def burn() -> str:
        """Burn something."""
        return "burnt"

    async def hang(context: Context, _: Say) -> str:
        await asyncio.sleep(60)
        return "never"

    policy = {"kernel": {"policy": ["ask burn"]}}
    asks, slow = once(Call("1", tool, arguments)), ScriptedAgent(hang, "slow")
    async with waiting(asks, slow, executors=[FunctionExecutor([burn])], settings=policy) as (_, id, perform):
        fake = calls.Observe(id=id, observation=Observation(call="1", text="allowed"))
        with pytest.raises(InvalidRequest):
            await perform(calls.OBSERVE, fake)
        await perform(steering.CANCEL, steering.Cancel(id=id))


async def test_wakes_coalesce() -> None:
    """Ten observations that arrive together wake the task once, when the last of them is there."""
    shop = Outside()
    agent = once(*(Call(str(n), "order") for n in range(10)))
    async with waiting(agent, executors=[shop]) as (opened, id, perform):
        for n in range(10):
            await perform(calls.OBSERVE, calls.Observe(id=id, observation=Observation(call=str(n), text="x")))
        await answer_of(opened, id)
        assert (await perform(ops.GET, ops.TaskId(id))).attempt == 2


async def test_any_of_several_waits_is_enough() -> None:
    shop = Outside()
    agent = once(Call("1", "order"), Call("2", "wait", {"seconds": 0.05}), until="any")
    async with open_kernel(agents=[agent], executors=[shop]) as opened:
        task = await opened.run("wait")
        late = calls.Observe(id=task.id, observation=Observation(call="1", text="late"))
        with pytest.raises(NotFound):
            await opened.kernel.perform(calls.OBSERVE, late)

    assert task.outcome is not None
    assert task.outcome.answer == "2=the time has come"
