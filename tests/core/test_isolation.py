"""No payload of a tenant is ever in another's context, blob, memory, event page or error; nor a task's in another."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kingpost import (
    Answer,
    Call,
    Calls,
    Care,
    Context,
    Finding,
    Head,
    Limits,
    Memory,
    NotFound,
    Observation,
    Ports,
    Query,
    Recollection,
    Report,
    Say,
    Tool,
    Unavailable,
)
from kingpost._host.answers.findings import report_to
from kingpost._host.equip import work_folder
from kingpost.operations import OPERATIONS, schedules, system
from kingpost.operations import memory as memories
from kingpost.operations import tasks as ops
from kingpost.testing import DictMemory, ScriptedAgent, SeededClock, open_kernel

from tests.core.tenants import DEEDS, PROBES, SAME, House, house, marks_in, recorded, secret, told, victim

TENANTS = ("north", "spyware", "spy/own")
INTRUDER = "spy"
"""Whose name begins those of others."""


def test_every_operation_is_tried_by_an_intruder() -> None:
    """A new one has to be added to ``PROBES``."""
    assert {operation.id for operation in PROBES} == {operation.id for operation in OPERATIONS}


async def live(opened: House, deeds: list[tuple[str, str]]) -> None:
    """All tenants do these things, in this order, and talk to their tasks."""
    for tenant in (*TENANTS, INTRUDER):
        await opened.furnish(tenant)
    for tenant, deed in deeds:
        await opened.begin(tenant, deed)
    await opened.settle()
    for tenant in TENANTS:
        await opened.talk(tenant)
    await opened.settle()


async def check_by_itself(opened: House) -> None:
    """What agents, tools and listeners got to see was their own task's, or their tenant's where it was shared."""
    tenants = (*TENANTS, INTRUDER)
    for tenant in tenants:
        for task in await opened.all(tenant):
            contexts = "".join(map(repr, opened.contexts[task.id]))
            heard = repr(recorded(opened.heard[task.id]))
            for other in tenants:
                if other != tenant:
                    assert secret(other) not in contexts, task
                    assert secret(other) not in heard, task
            mark = task.description.partition(" do:")[0].rstrip("123456789").removesuffix("c")
            if task.thread is None and "do:seek" not in task.description:
                assert marks_in(contexts, tenant) <= marks_in(task.description, tenant), task
            if task.parent is not None:
                assert f"{mark}p" not in contexts, "what was handed to the parent alone"
                assert "has lions in a file" not in contexts
    for tenant, text in opened.tools.seen:
        assert text.startswith(secret(tenant))
    assert all(len(tasks) == 1 for tasks in opened.tools.folders.values())


async def check_against(opened: House, other: str, intruder: str = INTRUDER) -> None:
    """The intruder finds nothing, breaks nothing, and whatever he begins finds nothing either."""
    of = await victim(opened, other)
    before = await opened.belongings(other)
    async for what, came in told(opened, intruder, of):
        assert secret(other) not in repr(came), what
    log = await opened.kernel.log()
    for digest in of.blobs:
        try:
            content = await log.get(intruder, digest)
        except NotFound:
            continue
        assert secret(other).encode() not in content
    await opened.settle()
    assert await opened.belongings(other) == before


deeds = st.lists(st.tuples(st.sampled_from((*TENANTS, INTRUDER)), st.sampled_from(DEEDS)), min_size=3, max_size=16)


@pytest.mark.long
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(done=deeds)
async def test_nobody_sees_anything_of_another(done: list[tuple[str, str]]) -> None:
    """Whatever they all do, in whatever order, and whatever one of them asks for afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        async with house(Path(folder)) as opened:
            await live(opened, done)
            await check_by_itself(opened)
            for tenant in TENANTS:
                await check_against(opened, tenant)
            await check_by_itself(opened)


async def test_nobody_sees_anything_of_another_in_files(tmp_path: Path) -> None:
    """The same on the log and the memory that are kept on disk, with everything that can be done."""
    async with house(tmp_path, files=True) as opened:
        await live(opened, [(tenant, deed) for deed in DEEDS for tenant in TENANTS])
        await check_by_itself(opened)
        for tenant in TENANTS:
            await check_against(opened, tenant)
        await check_by_itself(opened)


async def test_schedules_of_one_name_fire_for_each_tenant_that_has_one(tmp_path: Path) -> None:
    """At the same second, each with its own words."""
    clock = SeededClock()
    async with open_kernel(ports=Ports(home=tmp_path, clock=clock)) as opened:
        for tenant in TENANTS:
            request = ops.Submit(description=f"{secret(tenant)} ticks")
            nightly = schedules.SetSchedule(id="nightly", every=60.0, request=request)
            await opened.kernel.perform(schedules.SET, nightly, tenant)
        await opened.kernel.work()
        for _ in range(70):
            await clock.advance(1.0)

        for tenant in TENANTS:
            fired = (await opened.kernel.perform(ops.LIST, ops.ListTasks(), tenant)).tasks
            assert len(fired) == 2
            assert {task.description for task in fired} == {f"{secret(tenant)} ticks"}


class Leaky(DictMemory):
    """A memory that gives all it has to everybody."""

    async def recall(self, query: Query) -> Sequence[Recollection]:
        return [Recollection(memory=memory, score=1.0) for memory in self._kept.values()]


async def test_a_memory_that_gives_too_much_is_not_believed() -> None:
    """Neither of another tenant nor of a scope that was not asked for, nor more than was."""
    seen: list[str] = []

    def script(context: Context, _: Say) -> Answer | Calls:
        seen.append(repr(context))
        return Answer(text="done") if context.turns else Calls(calls=(Call("1", "recall", {"query": "lions"}),))

    async with open_kernel(agents=[ScriptedAgent(script)], memory=Leaky()) as opened:
        for tenant, scope in (("north", "default"), ("default", "other"), ("default", "default")):
            kept = [Memory(id=str(n), scope=scope, body=f"{tenant} {scope} lion {n}") for n in range(50)]
            await opened.kernel.perform(memories.REMEMBER, memories.Remember(memories=tuple(kept)), tenant)
        await opened.run("lions")

    assert "default default lion 0" in seen[0]
    assert all("north default" not in each and "default other" not in each for each in seen)
    assert all("lion 40" not in each for each in seen)


async def test_what_failed_for_one_tenant_is_not_told_to_another() -> None:
    """An agent or a tool that rests after failures says so to everybody, but nobody's words."""

    class Breaks:
        name = "breaks"

        async def tools(self) -> Sequence[Tool]:
            return [Tool(name="read", description="Read.", parameters={"type": "object"})]

        async def execute(self, call: Call, limits: Limits) -> Observation:
            raise Unavailable(f"/home/{secret(limits.tenant)}/diary is locked")

    def script(context: Context, _: Say) -> Answer | Calls:
        if context.description.startswith("fail"):
            raise Unavailable(f"the model does not answer: {context.description}")
        if context.description.startswith("break"):
            if not context.turns:
                return Calls(calls=tuple(Call(str(n), "read") for n in range(4)))
            return Answer(text=" ".join(one.text for one in context.turns[0].observations))
        return Answer(text="done")

    agents = [ScriptedAgent(script), ScriptedAgent(script, "frail")]
    settings = {"kernel": {"retries": 0}}
    async with open_kernel(agents=agents, executors=[Breaks()], settings=settings) as opened:
        told: dict[str, list[ops.TaskView]] = {"north": [], "south": []}
        for tenant, tasks in told.items():
            for deed, agent in (("break", "scripted"), *(("fail", "frail"),) * 4):
                asked = ops.Submit(description=f"{deed} {secret(tenant)}", agent=agent)
                submitted = await opened.kernel.perform(ops.SUBMIT, asked, tenant)
                await opened.kernel.work(submitted.id)
                tasks.append(await opened.kernel.perform(ops.WAIT, ops.Wait(id=submitted.id), tenant))
        health = await opened.kernel.perform(system.DOCTOR, system.Nothing(), "south")

    assert secret("north") in repr(told["north"])
    assert repr([task.outcome for task in told["south"]]).count("resting") >= 5
    assert secret("north") not in repr(told["south"])
    assert secret("north") not in repr(health)


@pytest.mark.parametrize("files", [False, True])
async def test_what_is_erased_for_one_tenant_stays_for_another(tmp_path: Path, files: bool) -> None:
    """Also the very same content, which both of them have."""
    async with house(tmp_path, files=files) as opened:
        if not isinstance(await opened.kernel.bare_log(), Care):
            pytest.skip("this log cannot erase")
        for tenant in ("north", "south"):
            await opened.furnish(tenant)
            for deed in ("unfold", "write", "echo"):
                await opened.begin(tenant, deed)
        await opened.settle()
        before = await opened.belongings("south")
        of = await victim(opened, "north")
        await opened.kernel.perform(system.ERASE, system.Erase(everything=True), "north")

        assert await opened.belongings("south") == before
        assert SAME[:100] in repr(before)
        assert secret("north") not in repr(await opened.belongings("north"))
        log = await opened.kernel.log()
        for digest in of.blobs:
            with pytest.raises(NotFound):
                await log.get("north", digest)


def test_two_tasks_never_share_a_folder(tmp_path: Path) -> None:
    """However much their ids look alike, and however long they are."""
    ids = ["a/1.b", "a_1.b", "a/1.b/2.c", "a/1.b_2.c", "a_1.b/2.c", "a", "a~", "..", "a/..", "a/1.\x00", "a/1.é",
           "x" * 5000, "x" * 5001]  # fmt: skip
    folders = [work_folder(tmp_path, id) for id in ids]

    assert len(set(folders)) == len(ids)
    for folder in folders[:-4] + folders[-2:]:
        folder.mkdir(parents=True, exist_ok=False)
        assert folder.resolve().parent == (tmp_path / "work").resolve()


async def test_what_a_verify_finds_names_no_stream_of_another_tenant() -> None:
    """How much is wrong elsewhere is told, for the log is one; whoever looks after the house is told where."""
    async with open_kernel() as opened:
        log = await opened.kernel.log()
        ids = {tenant: (await opened.kernel.perform(ops.SUBMIT, ops.Submit(description="x"), tenant)).id
               for tenant in (INTRUDER, "spy/own")}  # fmt: skip
        streams = ("task/" + ids[INTRUDER], "jobs/spy", "task/" + ids["spy/own"], "jobs/spy/own", "task/nowhere", None)
        found = tuple(Finding("it is not what was written", number, stream) for number, stream in enumerate(streams))
        report = Report(frames=9, events=9, head=Head(9, bytes(32)), findings=found)

        told, house = await report_to(INTRUDER, report, log), await report_to("default", report, log)

    assert told.findings[:2] == found[:2]
    assert [one.what for one in told.findings[2:]] == [
        "4 more, in what is not of this tenant: ask who looks after the installation"
    ]
    assert not told.sound
    assert house == report


async def test_the_doctor_names_tasks_to_whoever_looks_after_the_house_only() -> None:
    """How many nobody works on is told to all who may ask."""
    async with open_kernel() as opened:
        perform = opened.kernel.perform
        asked = (ops.Submit(description="x"), ops.Submit(description="x", needs=("zqgpu",)))
        ids = [(await perform(ops.SUBMIT, one, "spy/own")).id for one in asked]

        told, house = [await perform(system.DOCTOR, system.Nothing(), who) for who in (INTRUDER, "default")]

    seen = [check.seen for check in told.checks if check.name == "tasks"]
    assert seen == ["1 unfinished that nobody works on", "1 for a worker that can do more than this one"]
    assert all(name in repr(house.checks) for name in (*ids, "zqgpu"))
    assert not any(name in repr(told.checks) for name in (*ids, "zqgpu"))
