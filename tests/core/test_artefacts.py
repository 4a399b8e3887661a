"""What calls hand in is kept as the artefacts of their task, and can be had by those who may see the task."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from kingpost import Answer, Artefact, Call, Calls, Context, HandedIn, Made, NotFound, Observation, Say, Status
from kingpost.operations import steering, system
from kingpost.operations import tasks as ops
from kingpost.testing import FunctionExecutor, MemoryLog, OpenKernel, ScriptedAgent, open_kernel, seeded_ports

from tests.core import keep_handing_in

PATIENCE = 60


async def make(name: str, content: str, size: int = 0) -> Observation:
    """Make a file."""
    return HandedIn(call="", text=f"made {name}", files=(Made(name, content.encode() or bytes(size), "text/plain"),))


def turns(*plan: Sequence[Call], last: Answer | None = None) -> ScriptedAgent:
    """Makes these calls, turn by turn, and answers with what came back last."""

    def script(context: Context, _: Say) -> Answer | Calls:
        if len(context.turns) < len(plan):
            return Calls(calls=tuple(plan[len(context.turns)]))
        return last or Answer(text=" ".join(one.error or one.text for one in context.turns[-1].observations))

    return ScriptedAgent(script)


def handing(name: str, content: str = "", id: str = "1", **more: Any) -> Call:
    return Call(id, "make", {"name": name, "content": content, **more})


def artefact(name: str, content: str) -> Artefact:
    return Artefact(name, "text/plain", sha256(content.encode()).hexdigest(), len(content.encode()))


async def fetched(opened: OpenKernel, task: str, name: str, tenant: str = "default") -> bytes:
    return (await opened.kernel.perform(ops.FETCH, ops.Fetch(id=task, name=name), tenant)).content


async def test_the_outcome_lists_what_was_handed_in_and_its_bytes_can_be_had() -> None:
    """Ordered by when a name came up first; one that is handed in again replaces what was there."""
    plan = [handing("plan", "old", "1"), handing("map", "here", "2")], [handing("plan", "new")]

    async with open_kernel(agents=[turns(*plan)], executors=[FunctionExecutor([make])]) as opened:
        task = await opened.run("make both")
        seen = (await opened.kernel.perform(ops.TURNS, ops.TaskId(task.id))).turns[0].turn.observations
        plan_bytes, map_bytes = [await fetched(opened, task.id, name) for name in ("plan", "map")]
        with pytest.raises(NotFound, match=f"'kingpost artefact {task.id}' lists"):
            await fetched(opened, task.id, "plans")

    assert task.outcome is not None
    assert sorted(task.outcome.artefacts, key=lambda one: one.name) == [
        artefact("map", "here"),
        artefact("plan", "new"),
    ]
    assert (plan_bytes, map_bytes) == (b"new", b"here")
    assert [(type(one), one.text) for one in seen] == [(Observation, "made plan"), (Observation, "made map")]


async def test_what_an_answer_names_itself_stands_beside_what_was_handed_in() -> None:
    """A code agent may have put bytes into the log by itself."""
    own = artefact("own", "own")
    agent = turns([handing("plan", "new")], last=Answer(text="done", artefacts=(own,)))

    async with open_kernel(agents=[agent], executors=[FunctionExecutor([make])]) as opened:
        task = await opened.run("make one")

    assert task.outcome is not None
    assert task.outcome.artefacts == (artefact("plan", "new"), own)


async def test_what_is_too_much_is_refused_whole_and_the_task_goes_on() -> None:
    """The bound is of the whole task, the same bytes count once; the agent is told the sizes and the setting."""
    plan = [[handing("a", "x" * 60)], [handing("b", "y" * 41)], [handing("c", "x" * 60)], [handing("d", "z" * 40)]]
    settings = {"kernel": {"artefact_bytes": 100}}

    async with open_kernel(agents=[turns(*plan)], executors=[FunctionExecutor([make])], settings=settings) as opened:
        task = await opened.run("make all")
        observed = (await opened.kernel.perform(ops.TURNS, ops.TaskId(task.id))).turns

    refused = observed[1].turn.observations[0]
    assert task.outcome is not None
    assert [one.name for one in task.outcome.artefacts] == ["a", "c", "d"]
    assert refused.error == "tool.too_large"
    assert "it would be 101 bytes in 2 files" in refused.text
    assert "100 bytes (artefact_bytes under [kernel])" in refused.text


async def test_calls_of_one_turn_do_not_pass_the_bound_together() -> None:
    """They run at the same time, and only as many of them are kept as there is room for."""
    plan = [handing(str(n), "", str(n), size=30 + n) for n in range(8)]
    settings = {"kernel": {"artefact_bytes": 100}}

    async with open_kernel(agents=[turns(plan)], executors=[FunctionExecutor([make])], settings=settings) as opened:
        task = await opened.run("make all")

    assert task.outcome is not None
    assert 2 <= len(task.outcome.artefacts) <= 3
    assert sum(one.size for one in task.outcome.artefacts) <= 100
    assert task.outcome.answer.count("tool.too_large") == 8 - len(task.outcome.artefacts)


BROKEN: dict[str, Any] = {
    "no tuple": [Made("a", b"")],
    "no files": ("a",),
    "text for bytes": (Made("a", "text"),),  # type: ignore[arg-type]  # what a plugin may do
    "a path for a name": (Made("../a", b""),),
    "a name of two lines": (Made("a\nb", b""),),
    "no name": (Made("", b""),),
    "a media type that is a header": (Made("a", b"", "text/plain\r\nx: y"),),
    "a media type that is none": (Made("a", b"", "text"),),
}


@pytest.mark.parametrize("files", BROKEN.values(), ids=BROKEN.keys())
async def test_what_is_no_file_is_the_tools_fault(files: Any) -> None:
    """The agent is told that the tool is broken; nothing is kept."""

    async def give() -> Observation:
        return HandedIn(call="", text="here", files=files)

    async with open_kernel(agents=[turns([Call("1", "give")])], executors=[FunctionExecutor([give])]) as opened:
        task = await opened.run("give it")

    assert task.outcome is not None
    assert (task.outcome.answer, task.outcome.artefacts) == ("tool.broken", ())


async def test_a_task_that_fails_has_what_it_had_handed_in() -> None:
    """Whatever ended it: half of the work is worth more than none."""

    def script(context: Context, _: Say) -> Calls:
        if context.turns:
            raise ValueError("no idea")
        return Calls(calls=(handing("plan", "half"),))

    async with open_kernel(agents=[ScriptedAgent(script)], executors=[FunctionExecutor([make])]) as opened:
        task = await opened.run("make one and fail")
        content = await fetched(opened, task.id, "plan")

    assert task.status is Status.FAILED
    assert task.outcome is not None
    assert task.outcome.artefacts == (artefact("plan", "half"),)
    assert content == b"half"


async def test_a_task_that_waits_shows_what_it_has_handed_in_and_keeps_it_when_it_is_cancelled() -> None:
    """A waiting task is in nobody's hands: whoever cancels it writes the outcome."""
    agent = turns([handing("plan", "half")], [Call("1", "wait", {"seconds": 9999})])

    async with open_kernel(agents=[agent], executors=[FunctionExecutor([make])]) as opened:
        asked = await opened.kernel.perform(ops.SUBMIT, ops.Submit(description="make, then wait", agent=agent.name))
        await opened.kernel.work(asked.id)
        async with asyncio.timeout(PATIENCE):
            while (await opened.kernel.perform(ops.GET, ops.TaskId(asked.id))).status is not Status.WAITING:  # noqa: ASYNC110 - no event says so
                await asyncio.sleep(0.01)
        meanwhile = await fetched(opened, asked.id, "plan")
        await opened.kernel.perform(steering.CANCEL, steering.Cancel(id=asked.id))
        task = await opened.kernel.perform(ops.WAIT, ops.Wait(id=asked.id, seconds=float(PATIENCE)))

    assert meanwhile == b"half"
    assert task.status is Status.CANCELLED
    assert task.outcome is not None
    assert task.outcome.artefacts == (artefact("plan", "half"),)


async def test_another_tenant_has_nothing_of_it_even_with_the_same_bytes() -> None:
    """A tenant that has the same content of its own can lose it, and the other one keeps its own."""
    agent = turns([handing("plan", "same")])

    async with open_kernel(agents=[agent], executors=[FunctionExecutor([make])]) as opened:
        mine = await opened.run("make it")
        theirs = await opened.kernel.perform(ops.SUBMIT, ops.Submit(description="make it", agent=agent.name), "other")
        await opened.kernel.work(theirs.id)
        await opened.kernel.perform(ops.WAIT, ops.Wait(id=theirs.id, seconds=float(PATIENCE)), "other")
        for task, tenant in ((mine.id, "other"), (theirs.id, "default")):
            with pytest.raises(NotFound):
                await fetched(opened, task, "plan", tenant)
        await opened.kernel.perform(system.ERASE, system.Erase(task=theirs.id), "other")
        kept = await fetched(opened, mine.id, "plan")
        with pytest.raises(NotFound):
            await fetched(opened, theirs.id, "plan", "other")

    assert kept == b"same"


async def test_erasing_a_task_erases_its_bytes(tmp_path: Path) -> None:
    """What a task replaced goes too; what another task of the tenant also handed in stays with that one."""
    ports = seeded_ports(0, tmp_path)
    log = MemoryLog(ports)
    plan = [handing("plan", "old")], [handing("plan", "new", "1"), handing("map", "shared", "2")]
    both = [turns(*plan), turns([handing("map", "shared")])]
    both[1].name = "second"

    async with open_kernel(agents=both, executors=[FunctionExecutor([make])], log=log, ports=ports) as opened:
        gone, stays = await opened.run("make"), await opened.run("make", agent="second")
        await opened.kernel.perform(system.ERASE, system.Erase(task=gone.id))
        shared = await fetched(opened, stays.id, "map")
        for content in (b"old", b"new"):
            with pytest.raises(NotFound):
                await log.get("default", sha256(content).hexdigest())

    assert shared == b"shared"


@pytest.mark.parametrize(("point", "nth"), [("blob.before_commit", 1), ("call.executed", 1), ("call.executed", 2)])
async def test_nothing_that_an_outcome_names_is_lost_by_kill_9(tmp_path: Path, point: str, nth: int) -> None:
    """Real processes on files: before the bytes are on disk, and between that and the observation that names them."""
    home = tmp_path / "home"
    async with keep_handing_in.opened(home) as kernel:
        asked = await kernel.perform(ops.SUBMIT, ops.Submit(description="make two files"))

    command = [sys.executable, "-m", "tests.core.keep_handing_in", str(home), point, str(nth)]
    process = await asyncio.create_subprocess_exec(*command)
    async with asyncio.timeout(PATIENCE):
        assert await process.wait() == -9

    async with keep_handing_in.opened(home) as kernel:
        await kernel.work()
        task = await kernel.perform(ops.WAIT, ops.Wait(id=asked.id, seconds=float(PATIENCE)))
        assert task.outcome is not None
        files = [
            await kernel.perform(ops.FETCH, ops.Fetch(id=task.id, name=one.name)) for one in task.outcome.artefacts
        ]
        verified = await kernel.perform(system.VERIFY, system.Verify())

    assert {one.name: one.content for one in files} == {"0.bin": keep_handing_in.CONTENT, "1.bin": b"1"}
    assert task.attempt == 2
    assert verified.sound
