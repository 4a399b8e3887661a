"""Sinks get every frame in order, behind the work and never in its way."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from kingpost import Event, KingpostError, Log, Ports, Recorded, Sink, UnknownName, task_stream
from kingpost._host.deliver import CURSORS, Delivery, Pace
from kingpost._host.plugins import Plugins
from kingpost._host.settings import Settings
from kingpost._walk.journal import stow
from kingpost.testing import (
    Crash,
    MemoryLog,
    Points,
    ScriptedAgent,
    SeededClock,
    facts,
    in_process_plugin,
    seeded_ports,
)
from kingpost_log_sqlite import provide_log

from tests.core.keep_delivering import deliver


class Shelf:
    """Keeps what it is handed."""

    def __init__(self, name: str = "shelf") -> None:
        self.name = name
        self.batches: list[list[Recorded]] = []

    async def accept(self, frames: Sequence[Recorded]) -> None:
        self.batches.append(list(frames))

    @property
    def frames(self) -> list[Recorded]:
        return [frame for batch in self.batches for frame in batch]

    @property
    def positions(self) -> list[int]:
        return [frame.position for frame in self.frames]


class Blocked(Shelf):
    """Never answers."""

    asked = 0

    async def accept(self, frames: Sequence[Recorded]) -> None:
        self.asked += 1
        await asyncio.Event().wait()


class Failing(Shelf):
    """Raises so many times before it takes anything."""

    def __init__(self, failures: int, name: str = "failing") -> None:
        super().__init__(name)
        self.failures = failures
        self.offered: list[list[int]] = []

    async def accept(self, frames: Sequence[Recorded]) -> None:
        self.offered.append([frame.position for frame in frames])
        if self.failures:
            self.failures -= 1
            raise OSError("the far side is gone")
        await super().accept(frames)


class Slow(Shelf):
    """Takes ten seconds for each frame."""

    def __init__(self, clock: SeededClock) -> None:
        super().__init__("slow")
        self._clock = clock

    async def accept(self, frames: Sequence[Recorded]) -> None:
        await self._clock.sleep(10.0 * len(frames))
        await super().accept(frames)


@pytest.fixture
def clock() -> SeededClock:
    return SeededClock()


@pytest.fixture
def points() -> Points:
    return Points()


@pytest.fixture
def ports(tmp_path: Path, clock: SeededClock, points: Points) -> Ports:
    return seeded_ports(0, tmp_path, clock=clock, point=points)


@pytest.fixture
def log(ports: Ports) -> MemoryLog:
    return MemoryLog(ports)


def delivery(log: Log, ports: Ports, *sinks: Sink, told: list[Exception] | None = None, **pace: Any) -> Delivery:
    """What a kernel starts, without the plugins."""
    by_name = {sink.name: sink for sink in sinks}

    async def use(name: str) -> Sink:
        return by_name[name]

    trouble = (lambda problem: None) if told is None else told.append
    return Delivery(log, ports, list(by_name), use, trouble, Pace(**pace))


async def until(it_is_so: Callable[[], bool]) -> None:
    """Let everybody have their turns until it is so; no time passes."""
    async with asyncio.timeout(30):
        while not it_is_so():  # noqa: ASYNC110 - anything may be waited for
            await asyncio.sleep(0)


async def fill(log: Log, tasks: int, first: int = 0) -> list[int]:
    """So many tasks, their frames mixed; the positions."""
    found = []
    for events in ([facts.started()], [facts.succeeded()]):
        for number in range(first, first + tasks):
            stream = task_stream(f"t-{number}")
            if events[0].kind == "task.started":
                found.append(await log.append(stream, "", [facts.queued(f"t-{number}")]))
            found.append(await log.append(stream, None, events))
    return [receipt.position for receipt in found]


async def cursors(log: Log, sink: str = "shelf") -> list[int]:
    return [frame.events[0].header["position"] for frame in await log.read(0, 10_000, CURSORS + sink)]


async def test_every_frame_comes_once_and_in_order(log: MemoryLog, ports: Ports) -> None:
    """Those that were there before, and those that come while it runs."""
    before = await fill(log, 40)
    shelf = Shelf()
    running = delivery(log, ports, shelf, frames=7)

    await running.start()
    after = await fill(log, 40, first=40)
    await until(lambda: len(shelf.frames) == 240)
    await running.stop()

    assert shelf.positions == before + after
    assert max(map(len, shelf.batches)) == 7
    assert [frame.hash for frame in shelf.frames] == [frame.hash for frame in await log.read(0, 240)]


async def test_payloads_are_in_place(log: MemoryLog, ports: Ports) -> None:
    """A large one stands in a blob of its tenant: the task's, or the one that the stream's name says."""
    large = {"text": "sand " * 10_000}
    await log.append(task_stream("t"), "", [facts.queued("t", tenant="harbour")])
    await log.append(task_stream("t"), None, [await stow(log, "harbour", Event("note", {}, large))])
    await log.append("memory/quay", "", [await stow(log, "quay", Event("note", {}, large))])
    await log.append(task_stream("t"), None, [Event("note", {}, {"blob": "0" * 64})])
    shelf = Shelf()
    running = delivery(log, ports, shelf)

    await running.start()
    await running.stop()

    noted = [frame.events[0] for frame in shelf.frames[1:]]
    assert [event.payload for event in noted] == [large, large, None]
    assert [event.erased for event in noted] == [False, False, True], "a blob that is gone was erased"


async def test_a_batch_ends_with_a_few_large_payloads(log: MemoryLog, ports: Ports) -> None:
    for number in range(10):
        event = await stow(log, "quay", Event("note", {}, {"text": f"sand {number} " * 10_000}))
        await log.append("memory/quay", None, [event])
    shelf = Shelf()
    running = delivery(log, ports, shelf, blobs=4)

    await running.start()
    await running.stop()

    assert [len(batch) for batch in shelf.batches] == [4, 4, 2]


async def test_the_next_process_goes_on_where_the_last_one_stopped(log: MemoryLog, ports: Ports) -> None:
    first, second = Shelf(), Shelf()
    before = await fill(log, 30)
    running = delivery(log, ports, first)
    await running.start()
    await running.stop()
    await log.stop()

    other = log.twin()
    after = await fill(other, 30, first=30)
    running = delivery(other, ports, second)
    await running.start()
    await running.stop()

    assert first.positions == before
    assert second.positions == after


async def test_a_kernel_that_works_again_goes_on(log: MemoryLog, ports: Ports) -> None:
    """Stopped and started on an open log, as by a drain; a second stop is no error."""
    shelf = Shelf()
    running = delivery(log, ports, shelf)
    frames: list[int] = []
    for first in (0, 10):
        await running.start()
        frames += await fill(log, 10, first=first)
        await running.stop()
        await running.stop()

    assert shelf.positions == frames


async def test_an_idle_system_writes_nothing(log: MemoryLog, ports: Ports, clock: SeededClock) -> None:
    """One cursor for each sink when its time has come, then silence: nobody follows a cursor."""
    running = delivery(log, ports, Shelf("one"), Shelf("two"), mark_seconds=5.0)
    await running.start()
    frames = await fill(log, 3)

    await clock.advance(4.9)
    assert (await log.head()).position == len(frames)
    await clock.advance(3600)

    assert (await log.head()).position == len(frames) + 2
    assert await cursors(log, "one") == await cursors(log, "two") == [len(frames)]
    await running.stop()
    assert (await log.head()).position == len(frames) + 2


async def test_the_cursor_is_written_seldom(log: MemoryLog, ports: Ports) -> None:
    """Once for so many frames, and at the stop."""
    running = delivery(log, ports, Shelf(), frames=10, mark_frames=50)
    await fill(log, 40)

    await running.start()
    await running.stop()

    assert await cursors(log) == [50, 100, 122], "two cursors stand between the frames"


async def test_a_long_row_of_cursors_is_not_read_through(
    log: MemoryLog, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sink that has run for years is started as quickly as a new one."""
    for number in range(1, 3001):
        await log.append(CURSORS + "shelf", None, [Event("sink.reached", {"sink": "shelf", "position": number})])
    after = await fill(log, 20)
    reads = []
    read = log.read

    async def counted(after: int = 0, limit: int = 1000, stream: str | None = None) -> Sequence[Recorded]:
        reads.append(stream)
        return await read(after, limit, stream)

    monkeypatch.setattr(log, "read", counted)
    shelf = Shelf()
    running = delivery(log, ports, shelf)
    await running.start()
    await running.stop()

    assert shelf.positions == after
    assert reads.count(CURSORS + "shelf") < 15


async def test_a_broken_sink_is_tried_again_for_ever(log: MemoryLog, ports: Ports, clock: SeededClock) -> None:
    """With the same frames, after a random time that grows; the other sink notices nothing."""
    failing, shelf, told = Failing(12), Shelf(), list[Exception]()
    running = delivery(log, ports, failing, shelf, told=told, retry_seconds=0.5, retry_most_seconds=60.0)
    frames = await fill(log, 5)
    await running.start()
    await until(lambda: len(shelf.frames) == len(frames) and len(told) == 1)
    assert failing.frames == []
    standing = {each.sink: each for each in running.standings()}
    assert standing["failing"].position == 0
    assert "the far side is gone" in (standing["failing"].problem or "")

    await clock.advance(3600)

    assert failing.positions == frames
    assert all(offered == frames[: len(offered)] for offered in failing.offered[:12])
    assert len(told) == 12
    assert all(isinstance(each, KingpostError) and "'failing' waits at frame 1" in str(each) for each in told)
    waits = [float(str(each).split(" in ")[-1].removesuffix(" s")) for each in told]
    assert all(wait <= min(60, 0.5 * 2**number) for number, wait in enumerate(waits))
    assert len(set(waits)) > 6, "not in step with others that failed at the same moment"
    assert {each.problem for each in running.standings()} == {None}
    await running.stop()


async def test_a_batch_that_takes_too_long_comes_again_in_smaller_parts(
    log: MemoryLog, ports: Ports, clock: SeededClock
) -> None:
    """Otherwise a slow sink would be handed the same hundred frames for ever."""
    slow = Slow(clock)
    running = delivery(log, ports, slow, frames=64, seconds=30.0)
    frames = await fill(log, 30)
    await running.start()

    await clock.advance(3 * 3600)

    assert slow.positions == frames
    assert max(map(len, slow.batches)) <= 3
    await running.stop()


async def test_a_sink_that_blocks_delays_no_task() -> None:
    """Twenty tasks of a real kernel end while one sink has not answered once, and another one has seen them all."""
    from kingpost.testing import open_kernel

    blocked, shelf = Blocked("blocked"), Shelf()
    async with open_kernel(agents=[ScriptedAgent()]) as opened:
        log, ports = await opened.kernel.log(), opened.kernel.ports
        running = delivery(log, ports, blocked, shelf, drain_seconds=0.0)
        await running.start()

        views = await asyncio.gather(*(opened.run(f"task {number}") for number in range(20)))
        await until(lambda: sum(e.kind == "task.succeeded" for frame in shelf.frames for e in frame.events) == 20)

        assert {view.status.value for view in views} == {"succeeded"}
        assert (blocked.asked, blocked.frames) == (1, [])
        await running.stop()


async def test_a_sink_that_blocks_for_an_hour_is_asked_again(log: MemoryLog, ports: Ports, clock: SeededClock) -> None:
    """Each time for so many seconds, and told about."""
    blocked, told = Blocked(), list[Exception]()
    running = delivery(log, ports, blocked, told=told, seconds=30.0, retry_most_seconds=60.0)
    await fill(log, 1)
    await running.start()

    await clock.advance(3600)

    assert 40 <= blocked.asked <= 120
    assert "it has not accepted 1 frames within 30 s" in str(told[-1])
    stopping = asyncio.ensure_future(running.stop())
    await clock.advance(2.0)
    await until(stopping.done)


async def test_a_stop_hands_over_what_was_recorded_and_waits_no_longer(
    log: MemoryLog, ports: Ports, clock: SeededClock
) -> None:
    """A sink that is behind gets its time; one that fails or blocks does not hold the stop up."""
    shelf, failing, blocked = Shelf(), Failing(10**6), Blocked("blocked")
    running = delivery(log, ports, shelf, failing, blocked, frames=3, drain_seconds=2.0)
    await running.start()
    await until(lambda: len(running.standings()) == 3)
    frames = await fill(log, 50)

    stopping = asyncio.ensure_future(running.stop())
    await until(lambda: len(shelf.frames) == len(frames))
    await clock.advance(1.9)
    assert not stopping.done()
    await clock.advance(0.1)
    await until(stopping.done)

    assert await cursors(log) == [len(frames)]
    assert await cursors(log, "failing") == await cursors(log, "blocked") == []


async def test_what_was_recorded_a_moment_before_the_stop_is_handed_over(log: MemoryLog, ports: Ports) -> None:
    """Though nobody had the time to look."""
    shelf = Shelf()
    running = delivery(log, ports, shelf)
    await running.start()
    for number in range(20):
        await asyncio.sleep(0)
        await log.append(task_stream("t"), None, [facts.queued("t") if number == 0 else Event("note")])
    await until(lambda: len(shelf.frames) == 20)
    for _ in range(50):
        await asyncio.sleep(0)

    await log.append(task_stream("t"), None, [Event("note")])
    await running.stop()

    assert shelf.positions == list(range(1, 22))


async def test_a_crash_before_the_cursor_costs_doubles_and_no_loss(
    log: MemoryLog, ports: Ports, points: Points
) -> None:
    """What was accepted since the last cursor comes again, to another instance."""
    first, second = Shelf(), Shelf()
    frames = await fill(log, 40)
    running = delivery(log, ports, first, frames=10, mark_frames=50)
    points.crash_at("log.append", 2)
    await running.start()
    await until(lambda: len(first.frames) == 100)
    with pytest.raises(Crash):
        await asyncio.gather(*running._tasks)  # noqa: SLF001 - the process is dead, nobody stops it
    log.kill("sink:shelf")
    points.revive()

    running = delivery(log.twin(), ports, second)
    await running.start()
    await running.stop()

    assert first.positions == frames[:100]
    assert second.positions == frames[50:]


@pytest.mark.parametrize("seed", range(30))
async def test_whatever_happens_nothing_is_lost_or_moved(seed: int, tmp_path: Path) -> None:
    """Random appends, failures, stops and crashes: every frame comes, and never before one that stands before it."""
    dice, clock, points = Random(seed), SeededClock(), Points()
    ports = seeded_ports(seed, tmp_path, clock=clock, point=points)
    log, frames, sink = MemoryLog(ports), list[int](), Failing(0)
    for process in range(12):
        log = log.twin()
        running = delivery(log, ports, sink, frames=dice.choice([1, 3, 50]), mark_frames=dice.choice([1, 5, 100]))
        crashes = dice.random() < 0.5
        frames += await fill(log, dice.randrange(6), first=process * 10)
        if crashes:
            points.crash_at("log.append", 1)
        sink.failures = dice.choice([0, 0, 3])
        await running.start()
        await clock.advance(dice.choice([0.0, 1.0, 100.0]))
        if crashes:
            for task in running._tasks:  # noqa: SLF001 - the process is dead, nobody stops it
                task.cancel()
            log.kill("sink:failing")
            points.revive()
        else:
            await running.stop()
            await log.stop()
    sink.failures = 0
    running = delivery(log.twin(), ports, sink)
    await running.start()
    await running.stop()

    newest = 0
    for batch in sink.batches:
        came = [frame.position for frame in batch]
        left = [position for position in frames if position > newest]
        assert came == sorted(set(came))
        assert set(came) <= set(frames)
        assert [position for position in came if position > newest] == left[: sum(p > newest for p in came)]
        newest = max(newest, *came)
    assert newest == (frames[-1] if frames else 0)


async def test_one_process_delivers_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one looks again, and goes on exactly behind the first when that is gone."""
    clock = SeededClock()
    ports = seeded_ports(0, tmp_path / "home", clock=clock)
    async with _opened(ports) as here, _opened(ports) as there:
        first, second = Shelf(), Shelf()
        mine, other = delivery(here, ports, first), delivery(there, ports, second, look_seconds=5.0)
        await mine.start()
        before = await fill(here, 3)
        await until(lambda: first.positions == before)
        enlisted: list[str] = []
        enlist = there.enlist

        async def noted(worker: str) -> None:
            enlisted.append(worker)
            await enlist(worker)

        monkeypatch.setattr(there, "enlist", noted)
        await other.start()
        for _ in range(10):
            await clock.advance(5.0)
        assert second.frames == []
        assert enlisted == [], "to ask for a lock that is held keeps others waiting"
        assert [(each.position, each.problem) for each in other.standings()] == [(0, None)]

        await mine.stop()
        await _stop(here)
        after = await fill(there, 3, first=3)
        async with asyncio.timeout(30):
            while second.positions != after:
                await clock.advance(5.0)
        await other.stop()

    assert first.positions == before


@asynccontextmanager
async def _opened(ports: Ports) -> AsyncIterator[Log]:
    (log,) = provide_log(None, ports)
    start: Callable[[], Awaitable[None]] = log.start  # type: ignore[attr-defined]  # every log may have one
    await start()
    yield log
    await _stop(log)


async def _stop(log: Log) -> None:
    stop: Callable[[], Awaitable[None]] = log.stop  # type: ignore[attr-defined]  # every log may have one
    await stop()


def kill_at_work(home: Path, appends: int) -> None:
    """Kill -9 a process that appends and delivers, once it has told so many appends."""
    child = Path(__file__).with_name("keep_delivering.py")
    with subprocess.Popen([sys.executable, child, home], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(appends):
            assert process.stdout.readline()
        process.send_signal(signal.SIGKILL)


async def test_kill_9_at_any_moment_costs_no_frame_and_no_second_line(tmp_path: Path) -> None:
    """The log in SQLite and the sink "jsonl" as they are: every frame is one line, in order."""
    dice = Random(0)
    for _ in range(6):
        kill_at_work(tmp_path, dice.randint(1, 60))
    await deliver(tmp_path, 3)

    async with _opened(Ports(home=tmp_path)) as log:
        frames = [frame for frame in await log.read(0, 10_000) if not frame.stream.startswith(CURSORS)]
    lines = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
    assert [(line["position"], line["hash"]) for line in lines] == [(f.position, f.hash.hex()) for f in frames]


class Stuck(Shelf):
    """Does not even start."""

    async def start(self) -> None:
        await asyncio.Event().wait()


async def test_a_sink_that_does_not_start_holds_up_nobody(log: MemoryLog, ports: Ports, clock: SeededClock) -> None:
    """Sinks come through the door provide_sinks; other sinks and other plugins are opened meanwhile."""
    stuck, shelf, told = Stuck("stuck"), Shelf(), list[Exception]()
    plugin = in_process_plugin("mine", sinks=[stuck, shelf], agents=[ScriptedAgent()])
    plugins = Plugins([plugin], Settings({}, "test"), ports)

    async def use(name: str) -> Sink:
        sink: Sink = await plugins.use("sinks", name)
        return sink

    running = Delivery(log, ports, ["stuck", "shelf", "shelf", "shlf"], use, told.append)
    frames = await fill(log, 2)
    await running.start()
    await until(lambda: len(shelf.frames) == len(frames))
    assert (await plugins.use("agents", "scripted")).name == "scripted"
    await clock.advance(31.0)

    said = "\n".join(map(str, told))
    assert "sink 'stuck' waits at frame 1: it has not started within 30 s" in said
    assert "did you mean 'shelf'" in said
    stopping = asyncio.ensure_future(running.stop())
    await clock.advance(2.0)
    await until(stopping.done)
    with pytest.raises(UnknownName, match="there is no sink 'shlf'"):
        plugins.get("sinks", "shlf")


async def test_a_log_that_does_not_answer_is_no_end(
    log: MemoryLog, ports: Ports, clock: SeededClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full or gone for a while: the cursor waits, delivery goes on."""
    shelf, told = Shelf(), list[Exception]()
    running = delivery(log, ports, shelf, told=told, mark_seconds=5.0)
    frames = await fill(log, 2)
    append = log.append

    async def full(*arguments: Any) -> Any:
        raise OSError("no space left")

    await running.start()
    await until(lambda: len(shelf.frames) == len(frames))
    monkeypatch.setattr(log, "append", full)
    await clock.advance(60)
    assert "no space left" in str(told[-1])
    monkeypatch.setattr(log, "append", append)
    frames += await fill(log, 2, first=2)
    await clock.advance(60)

    assert shelf.positions == frames
    assert await cursors(log) == [len(frames)]
    await running.stop()
