"""The rest of the kit: time that is told, points to crash at, scripts, functions as tools, a plugin out of objects."""

from __future__ import annotations

import asyncio
import inspect
import signal
import subprocess
import sys
from pathlib import Path

import kingpost.testing
import pluggy
import pytest
from kingpost import (
    AgentFailed,
    Answer,
    Call,
    Calls,
    Context,
    Event,
    Limits,
    Observation,
    Pack,
    Pending,
    Speech,
    TaskQuery,
    Text,
    Turn,
    Unavailable,
    hookspecs,
)
from kingpost.testing import (
    Crash,
    DictMemory,
    FunctionExecutor,
    MemoryLog,
    Points,
    ScriptedAgent,
    SeededClock,
    WordCounter,
    facts,
    in_process_plugin,
    seeded_ports,
)

LIMITS = Limits(task="t-1", tenant="default", key="t-1/1.1", output_bytes=20)


async def test_time_stands_still_until_it_is_told() -> None:
    clock = SeededClock(1_000.0)
    assert (clock.now(), clock.now(), clock.monotonic()) == (1_000.0, 1_000.0, 0.0)

    await clock.advance(2.5)

    assert (clock.now(), clock.monotonic()) == (1_002.5, 2.5)


async def test_sleepers_wake_in_order_each_at_its_own_time() -> None:
    """Also those who go to sleep again within the time that passes."""
    clock = SeededClock(0.0)
    woken: list[tuple[str, float]] = []

    async def sleep(name: str, *naps: float) -> None:
        for nap in naps:
            await clock.sleep(nap)
            woken.append((name, clock.now()))

    sleepers = [asyncio.ensure_future(each) for each in (sleep("late", 5), sleep("often", 1, 1, 9), sleep("same", 5))]
    await clock.advance(6)

    assert woken == [("often", 1.0), ("often", 2.0), ("late", 5.0), ("same", 5.0)]
    await clock.advance(10)
    await asyncio.gather(*sleepers)
    assert woken[-1] == ("often", 11.0)


async def test_who_was_cancelled_in_its_sleep_wakes_nobody() -> None:
    clock = SeededClock()
    sleeper = asyncio.ensure_future(clock.sleep(1))
    await asyncio.sleep(0)
    sleeper.cancel()

    await clock.advance(2)

    assert sleeper.cancelled()


async def test_no_sleep_at_all_only_lets_others_run() -> None:
    await SeededClock().sleep(0)


async def test_a_wall_clock_that_is_set_back_leaves_the_other_alone() -> None:
    clock = SeededClock(1_000.0)
    await clock.advance(5)

    clock.set(10.0)

    assert (clock.now(), clock.monotonic()) == (10.0, 5.0)


def test_points_are_written_down_in_order() -> None:
    points = Points()
    points("one")
    points("two")

    assert points.reached == ["one", "two"]


def test_a_process_dies_at_the_nth_time_it_passes_a_point() -> None:
    points = Points()
    points("one")
    points.crash_at("one", nth=2)
    points("one")

    with pytest.raises(Crash, match="one"):
        points("one")

    assert points.reached == ["one", "one", "one"]


def test_nothing_of_a_dead_process_goes_on_until_it_is_revived() -> None:
    points = Points()
    points.crash_at("one")
    for name in ("one", "two"):
        with pytest.raises(Crash):
            points(name)

    points.revive()
    points("one")

    assert points.reached == ["one", "one"]


def test_no_except_exception_survives_a_crash() -> None:
    assert not issubclass(Crash, Exception)


async def test_a_crash_before_the_write_leaves_nothing_and_behind_it_everything(tmp_path: Path) -> None:
    points = Points()
    log = MemoryLog(seeded_ports(0, tmp_path, point=points))
    for point, frames in (("log.append", 0), ("log.appended", 1)):
        points.crash_at(point)
        with pytest.raises(Crash):
            await log.append("note/1", None, [Event("note.made")])
        points.revive()
        assert len(await log.read()) == frames


async def test_a_history_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    """Salts and times included: the chain ends in the same hash."""
    heads = set()
    for _ in range(2):
        log = MemoryLog(seeded_ports(7, tmp_path))
        await log.append("task/t-1", "", [facts.queued("t-1"), Event("note.made", {}, {"text": "yes"})])
        heads.add(await log.head())

    assert len(heads) == 1


async def test_a_twin_has_workers_of_its_own(tmp_path: Path) -> None:
    log = MemoryLog(seeded_ports(0, tmp_path))
    twin = log.twin()
    await log.enlist("one")
    await twin.enlist("two")

    log.kill("two")
    assert (await twin.alive("one"), await twin.alive("two")) == (True, False)
    await log.stop()
    assert not await twin.alive("one")


async def test_facts_tell_a_whole_life(tmp_path: Path) -> None:
    """The events of the kit are those that the fold knows, in an order that it allows."""
    log = MemoryLog(seeded_ports(0, tmp_path))
    life = [
        facts.queued("t-1", agent="writer"), facts.started(), facts.inputs_read(), facts.decided(1, {"a": "read"}),
        facts.pending("a"), facts.waiting(), facts.observed("a"), facts.started(2), facts.closed(2),
        facts.cancel_requested(), facts.decided(2, attempt=2), facts.succeeded(2),
    ]  # fmt: skip
    await log.append("task/t-1", "", life)

    (state,) = await log.select(TaskQuery())

    assert (state.status, state.turn, state.attempt, state.agent) == ("succeeded", 2, 2, "writer")


def context(*turns: Turn) -> Context:
    pack = Pack(budget=10, used=0, framing=0, counter="words", exact=True)
    return Context(task="t-1", description="lift", prompt="lift", pack=pack, turns=turns)


async def test_a_script_has_a_line_for_each_turn() -> None:
    """Which one is next stands in the context, so that a replay meets the same lines."""
    calls = Calls(calls=(Call("1", "echo"),))
    agent = ScriptedAgent([calls, Unavailable("the server sleeps"), "done"])
    first = Turn(1, calls)

    assert await agent.decide(context(), lambda _: None) == calls
    with pytest.raises(Unavailable, match="sleeps"):
        await agent.decide(context(first), lambda _: None)
    assert await agent.decide(context(first, first), lambda _: None) == Answer(text="done")
    with pytest.raises(AgentFailed, match="no line for turn 4"):
        await agent.decide(context(first, first, first), lambda _: None)


async def test_a_function_is_a_script_too() -> None:
    said: list[Speech] = []

    async def script(given: Context, say: object) -> str:
        assert callable(say)
        say(Text("hm"))
        return given.description

    assert await ScriptedAgent(script).decide(context(), said.append) == Answer(text="lift")
    assert said == [Text("hm")]


async def lift(tonnes: int, what: str = "grain") -> str:
    """Lift a load.

    Slowly.
    """
    if tonnes > 40:
        raise Unavailable("the crane is too weak")
    return f"{tonnes} t of {what}"


async def wait_for_noon() -> Pending:
    return Pending(call="", reference="noon", wake_at=12.0)


async def break_down() -> str:
    raise ZeroDivisionError("no cable")


async def test_a_function_is_a_tool_with_its_schema() -> None:
    executor = FunctionExecutor([lift, wait_for_noon], repeatable=["wait_for_noon"])
    lifting, waiting = await executor.tools()

    assert (lifting.name, lifting.description, lifting.repeatable) == ("lift", "Lift a load.", False)
    assert lifting.parameters["required"] == ["tonnes"]
    assert lifting.parameters["properties"]["what"]["default"] == "grain"
    assert (waiting.description, waiting.repeatable) == ("wait_for_noon", True)


@pytest.mark.parametrize(
    ("call", "seen"),
    [
        (Call("c", "lift", {"tonnes": 7}), ("7 t of grain", None, False)),
        (Call("c", "lift", {"tonnes": 7, "what": "grün" * 9}), ("7 t of grüngrüngr", None, True)),
        (Call("c", "lift", {"tonnes": 41}), ("the crane is too weak", "transient.unavailable", False)),
        (Call("c", "break_down"), ("ZeroDivisionError: no cable", "error", False)),
    ],
    ids=["done", "cut between characters", "known failure", "unknown failure"],
)
async def test_whatever_a_function_does_is_an_observation(call: Call, seen: tuple[str, str | None, bool]) -> None:
    came = await FunctionExecutor([lift, break_down]).execute(call, LIMITS)

    assert isinstance(came, Observation)
    assert (came.call, came.text, came.error, came.truncated) == ("c", *seen)


async def test_a_function_may_answer_later() -> None:
    came = await FunctionExecutor([wait_for_noon]).execute(Call("c", "wait_for_noon"), LIMITS)

    assert came == Pending(call="c", reference="noon", wake_at=12.0)


def test_a_plugin_out_of_objects_has_a_manifest_of_their_names(tmp_path: Path) -> None:
    log = MemoryLog(seeded_ports(0, tmp_path))
    plugin = in_process_plugin("mine", agents=[ScriptedAgent(), ScriptedAgent(name="other")], log=[log])

    assert plugin.manifest == {
        "id": "mine", "version": "0", "provides": {"agents": ["scripted", "other"], "log": ["memory"]},
    }  # fmt: skip


def test_a_plugin_out_of_objects_answers_every_door() -> None:
    """With what was handed in, or with nothing.

    The doors are provide_agents, provide_memory, provide_compressors, provide_executors, provide_counters,
    provide_embedders, provide_readers and provide_log.
    """
    memory, counter = DictMemory(), WordCounter()
    manager = pluggy.PluginManager("kingpost")
    manager.add_hookspecs(hookspecs)
    manager.register(in_process_plugin("mine", memory=[memory], counters=[counter]))
    manager.check_pending()

    doors = [name for name, _ in inspect.getmembers(hookspecs, inspect.isfunction) if name.startswith("provide_")]
    answers = {door: list(getattr(manager.hook, door)(settings=None, ports=None)[0]) for door in doors}

    assert answers.pop("provide_memory") == [memory]
    assert answers.pop("provide_counters") == [counter]
    assert set(map(tuple, answers.values())) == {()}


def test_every_name_of_the_kit_can_be_imported() -> None:
    names = kingpost.testing.__all__

    assert names == sorted(set(names), key=lambda name: (name.islower(), name))
    assert all(getattr(kingpost.testing, name) is not None for name in names)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = kingpost.testing.Nothing


def test_the_fakes_need_no_test_library() -> None:
    """An application may use them where no pytest is installed."""
    code = (
        "import sys; sys.modules.update(pytest=None, hypothesis=None); "
        "from kingpost.testing import DictMemory, MemoryLog, ScriptedAgent, FunctionExecutor, in_process_plugin, facts"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_process_dies_for_real_at_the_point_that_it_was_told() -> None:
    """By SIGKILL, when it is passed for the n-th time; what it says just before is all that is heard."""
    said = "lambda name: os.write(1, name.encode())"
    code = f"import os; from kingpost.testing import KillAt; at = KillAt('b', 2, {said}); [at(x) for x in 'ababc']"

    died = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False)

    assert (died.returncode, died.stdout, died.stderr) == (-signal.SIGKILL, b"b", b"")
