"""Messages, forks, threads, retries, dead letters: how the course of a task is changed, while it runs and later."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from kingpost import (
    Answer,
    Call,
    Calls,
    Context,
    Description,
    InvalidRequest,
    Kernel,
    NotFound,
    Overloaded,
    Recorded,
    Say,
    Status,
    Unavailable,
    Usage,
    UsageNote,
)
from kingpost.operations import events as event_ops
from kingpost.operations import schedules, steering
from kingpost.operations import tasks as ops
from kingpost.testing import FunctionExecutor, ScriptedAgent, open_kernel

QUICK = {"retry_seconds": 0.001, "retry_most_seconds": 0.002}


async def kinds(kernel: Kernel, task: str) -> list[str]:
    """The kinds of a task's events, in order."""
    page = await kernel.perform(event_ops.EVENTS, event_ops.ListEvents(task=task, limit=1000))
    return [event.kind for frame in page.frames for event in frame.events]


async def test_a_message_is_seen_by_the_next_decision_and_discards_no_paid_turn() -> None:
    """What was decided while somebody spoke stays, and the task does not end before the agent has heard him."""
    thinking, go = asyncio.Event(), asyncio.Event()
    seen: list[Context] = []

    async def script(context: Context, _: Say) -> Answer:
        seen.append(context)
        if not context.turns:
            thinking.set()
            await go.wait()
        return Answer(text=f"answer {len(context.turns) + 1}", usage=Usage(input_tokens=5, output_tokens=2))

    async with open_kernel(agents=[ScriptedAgent(script)]) as opened:
        running = asyncio.create_task(opened.run("think"))
        await thinking.wait()
        (task,) = (await opened.kernel.perform(ops.LIST, ops.ListTasks())).tasks
        await opened.kernel.perform(steering.MESSAGE, steering.Message(id=task.id, text="in French, please"))
        go.set()
        done = await running

    assert done.outcome is not None
    assert done.outcome.answer == "answer 2"
    assert done.usage == Usage(input_tokens=10, output_tokens=4)
    (turn,) = seen[1].turns
    assert (turn.action.text, turn.messages) == ("answer 1", ("in French, please",))


async def test_what_is_said_before_the_first_decision_stands_in_its_prompt() -> None:
    def script(context: Context, _: Say) -> Answer:
        return Answer(text=context.prompt)

    async with open_kernel(agents=[ScriptedAgent(script)]) as opened:
        queued = await opened.kernel.perform(ops.SUBMIT, ops.Submit(description="say"))
        await opened.kernel.perform(steering.MESSAGE, steering.Message(id=queued.id, text="be brief"))
        await opened.kernel.work(queued.id)
        task = await opened.kernel.perform(ops.WAIT, ops.Wait(id=queued.id))
        with pytest.raises(InvalidRequest, match="fork it"):
            await opened.kernel.perform(steering.MESSAGE, steering.Message(id=queued.id, text="too late"))

    assert task.outcome is not None
    assert "be brief" in task.outcome.answer


async def test_a_fork_goes_on_from_any_turn_with_changes() -> None:
    """The turns before it are seen as they were, and are not paid again."""

    async def add(a: int) -> str:
        """Add one."""
        return str(a + 1)

    def script(context: Context, _: Say) -> Answer | Calls:
        usage = Usage(input_tokens=10, output_tokens=1)
        if len(context.turns) < 3:
            return Calls(calls=(Call("1", "add", {"a": len(context.turns)}),), usage=usage)
        told = [one.text for turn in context.turns for one in turn.observations]
        return Answer(text=f"{context.description} {told}", usage=usage)

    async with open_kernel(agents=[ScriptedAgent(script)], executors=[FunctionExecutor([add])]) as opened:
        first = await opened.run("count")
        again = await opened.kernel.perform(steering.FORK, steering.Fork(id=first.id, turn=2, description="again"))
        await opened.kernel.work(again.id)
        task = await opened.kernel.perform(ops.WAIT, ops.Wait(id=again.id))
        with pytest.raises(InvalidRequest, match="4 turns"):
            await opened.kernel.perform(steering.FORK, steering.Fork(id=first.id, turn=9))

    assert task.outcome is not None
    assert task.outcome.answer == "again ['1', '2', '3']"
    assert (task.fork_of, task.turns, task.usage.input_tokens) == (first.id, 4, 20)


async def test_a_thread_remembers_what_was_asked_and_answered_in_it() -> None:
    def script(context: Context, _: Say) -> Answer:
        return Answer(
            text=f"<{context.description}>" + str(sum(row.id.startswith("thread") for row in context.pack.kept))
        )

    async with open_kernel(agents=[ScriptedAgent(script)]) as opened:
        answers = [await opened.run(text, thread=thread) for text, thread in
                   (("one", "t"), ("two", "t"), ("three", "other"), ("four", "t"))]  # fmt: skip

    assert [task.outcome and task.outcome.answer for task in answers] == ["<one>0", "<two>1", "<three>0", "<four>2"]


def failing(times: int, answer: str = "at last") -> ScriptedAgent:
    """An agent whose model does not answer so many times."""
    tried: list[None] = []

    def script(context: Context, _: Say) -> Answer:
        tried.append(None)
        if len(tried) <= times:
            raise Unavailable(f"the model sleeps ({len(tried)})")
        return Answer(text=answer)

    return ScriptedAgent(script, "sleepy")


async def test_what_the_world_does_wrong_is_tried_again() -> None:
    async with open_kernel(agents=[failing(2)], settings={"kernel": QUICK}) as opened:
        task = await opened.run("try")
        happened = await kinds(opened.kernel, task.id)

    assert task.outcome is not None
    assert task.outcome.answer == "at last"
    assert happened.count("task.retrying") == 2


async def test_what_was_tried_often_enough_is_a_dead_letter_that_can_be_replayed_once() -> None:
    settings = {"kernel": {**QUICK, "retries": 1}}
    async with open_kernel(agents=[failing(2)], settings=settings) as opened:
        perform = opened.kernel.perform
        dead = await opened.run("try")
        (letter,) = (await perform(steering.LETTERS, steering.ListLetters())).tasks
        again = await perform(steering.REPLAY, ops.TaskId(letter.id))
        assert (await perform(steering.REPLAY, ops.TaskId(letter.id))).id == again.id
        await opened.kernel.work(again.id)
        task = await perform(ops.WAIT, ops.Wait(id=again.id))
        assert (await perform(steering.LETTERS, steering.ListLetters())).tasks == ()

    assert dead.outcome is not None
    assert (dead.outcome.reason, dead.outcome.error) == ("exhausted", "final.exhausted")
    assert "the model sleeps (2)" in dead.outcome.detail
    assert task.outcome is not None
    assert (task.outcome.answer, task.replay_of) == ("at last", dead.id)


async def test_a_dead_letter_is_put_away() -> None:
    async with open_kernel(agents=[failing(9)], settings={"kernel": {**QUICK, "retries": 0}}) as opened:
        dead = await opened.run("try")
        await opened.kernel.perform(steering.DISCARD, ops.TaskId(dead.id))
        assert (await opened.kernel.perform(steering.LETTERS, steering.ListLetters())).tasks == ()
        with pytest.raises(InvalidRequest):
            await opened.kernel.perform(steering.REPLAY, ops.TaskId(dead.id))
        with pytest.raises(NotFound):
            await opened.kernel.perform(steering.DISCARD, ops.TaskId((await _done(opened.kernel)).id))


async def _done(kernel: Kernel) -> ops.Submitted:
    return await kernel.perform(ops.SUBMIT, ops.Submit(description="x"))


async def test_only_a_listed_agent_takes_over() -> None:
    """It goes on with the same task, and the log says so."""
    settings = {"kernel": {**QUICK, "retries": 1, "fallbacks": {"sleepy": ["awake"]}}}
    async with open_kernel(agents=[failing(99), ScriptedAgent(["here"], "awake")], settings=settings) as opened:
        task = await opened.run("try")
        happened = await kinds(opened.kernel, task.id)

    assert task.outcome is not None
    assert (task.outcome.answer, task.agent) == ("here", "awake")
    assert "crew.changed" in happened


async def test_an_agent_that_says_rubbish_is_not_asked_again() -> None:
    def rubbish(context: Context, _: Say) -> Any:
        return 7

    async with open_kernel(agents=[ScriptedAgent(rubbish)], settings={"kernel": QUICK}) as opened:
        task = await opened.run("try")

    assert task.outcome is not None
    assert (task.outcome.reason, task.attempt) == ("agent_failed", 1)


async def test_an_agent_that_falls_silent_is_tried_again_and_then_given_up() -> None:
    async def hang(context: Context, _: Say) -> str:
        await asyncio.sleep(60)
        return "never"

    settings = {"kernel": {**QUICK, "retries": 1, "silence_seconds": 0.03}}
    async with open_kernel(agents=[ScriptedAgent(hang)], settings=settings) as opened:
        task = await opened.run("hang")

    assert task.outcome is not None
    assert (task.outcome.reason, task.attempt) == ("exhausted", 2)
    assert "no sign of life" in task.outcome.detail


async def test_a_sign_of_life_keeps_an_agent_going() -> None:
    from kingpost import Text

    async def slow(context: Context, say: Say) -> str:
        for _ in range(12):
            await asyncio.sleep(0.1)
            say(Text("."))
        return "done"

    async with open_kernel(agents=[ScriptedAgent(slow)], settings={"kernel": {"silence_seconds": 1.0}}) as opened:
        task = await opened.run("slow")

    assert (task.status, task.attempt) == (Status.SUCCEEDED, 1)


MODEL = Description(
    model="m", window=100_000, room=50, prices=(2_000_000, 10_000_000), prices_source="a list", tools=True
)


async def test_a_run_is_stopped_in_its_middle_when_it_costs_more_than_is_left() -> None:
    """And is charged what it said that it had cost."""

    async def spend(context: Context, say: Say) -> str:
        say(UsageNote(Usage(input_tokens=5000, output_tokens=1)))
        await asyncio.sleep(60)
        return "never"

    agents = [ScriptedAgent(spend, description=MODEL)]
    async with open_kernel(agents=agents) as opened:
        task = await opened.run("spend", tokens=4000, tools=())

    assert task.outcome is not None
    assert (task.outcome.reason, task.spent[0]) == ("over_grant", 5001)


async def test_money_is_counted_and_its_price_must_be_known() -> None:
    """Micro-units, rounded up; no grant of money can be kept where nobody knows the price."""
    answer = Answer(text="x", usage=Usage(input_tokens=10, output_tokens=3))
    dear = ScriptedAgent([answer], description=MODEL)
    unknown = ScriptedAgent([answer], "unknown", description=Description(model="m", window=9000, room=50))
    async with open_kernel(agents=[dear, unknown]) as opened:
        task = await opened.run("buy", money=1_000_000)
        with pytest.raises(InvalidRequest, match="price"):
            await opened.run("buy", agent="unknown", money=1_000_000)

    assert task.spent[1] == 10 * 2 + 3 * 10


async def test_a_full_queue_refuses_and_accepts_nothing() -> None:
    settings = {"kernel": {"queue": 3, "tenant_queue": 2}}
    async with open_kernel(settings=settings) as opened:

        async def ask(tenant: str) -> ops.Submitted:
            return await opened.kernel.perform(ops.SUBMIT, ops.Submit(description="x"), tenant)

        await ask("a")
        await ask("a")
        with pytest.raises(Overloaded, match="'a'"):
            await ask("a")
        await ask("b")
        with pytest.raises(Overloaded):
            await ask("c")
        found: Sequence[Any] = (await opened.kernel.perform(ops.LIST, ops.ListTasks(), "a")).tasks
        assert len(found) == 2


async def test_a_task_does_not_begin_before_its_time_nor_where_it_cannot_be_done() -> None:
    async with open_kernel() as opened:
        now = opened.kernel.ports.clock.now()
        later = await opened.run("later", not_before=now + 0.3, seconds=60)
        needs = await opened.run("needs", needs=("gpu",), seconds=0.3)

    assert later.status is Status.SUCCEEDED
    assert later.updated >= now + 0.3
    assert needs.status is Status.QUEUED


async def test_a_schedule_fires_once_for_each_time() -> None:
    """However many nodes look at it: the task is named by schedule and time."""
    async with open_kernel() as opened:
        perform = opened.kernel.perform
        request = ops.Submit(description="tick")
        view = await perform(schedules.SET, schedules.SetSchedule(id="often", every=1.0, request=request))
        assert view.next is not None
        fired = asyncio.Event()

        def hear(task: str, what: Any) -> None:
            if isinstance(what, Recorded) and what.events[-1].kind == "task.succeeded":
                fired.set()

        opened.kernel.listen(hear)
        await opened.kernel.work()
        async with asyncio.timeout(60):
            await fired.wait()
        done = (await perform(ops.LIST, ops.ListTasks(statuses=(Status.SUCCEEDED,)))).tasks
        (left,) = (await perform(schedules.SCHEDULES, schedules.ListSchedules())).schedules
        gone = await perform(schedules.REMOVE, schedules.ScheduleId("often"))

    assert done[0].id.startswith("often@")
    assert done[0].schedule == "often"
    assert (left.id, gone.schedules) == ("often", ())


async def test_what_tasks_came_to_is_found_by_the_tool_recall_and_by_no_answer() -> None:
    """So the same question has the same answer, however often it was asked."""

    def script(context: Context, _: Say) -> Answer | Calls:
        if context.description.startswith("search") and not context.turns:
            return Calls(calls=(Call("1", "recall", {"query": "lions"}),))
        seen = context.turns[0].observations[0].text if context.turns else ""
        return Answer(text=f"lions roar {[row.id for row in context.pack.kept if row.id.isdigit()]}{seen}")

    async with open_kernel(agents=[ScriptedAgent(script)]) as opened:
        first = await opened.run("lions")
        await opened.kernel.drain()
        again = await opened.run("lions")
        found = await opened.run("search for them")

    answers = [task.outcome.answer for task in (first, again, found) if task.outcome]
    assert answers[:2] == ["lions roar []"] * 2
    assert "Asked: lions" in answers[2]
