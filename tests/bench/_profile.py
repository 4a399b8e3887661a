"""Where the CPU of a task goes: by module and by function, for the event loop and the log's writer apart.

Called by ``tasks --profile``. Looks at a thread some thousand times a second and charges what it has used since the
last look, by the clock of its own CPU, to the functions that it is in: waiting for the disk, for the other thread or
for another process costs nothing, and a call costs what it costs when nobody watches. Looks that find the thread
waiting for work are left out, and what is left is scaled to what the thread used in a run without looks. Python hands
signals to the main thread only, so each of the two threads gets a run in which it is that one.
"""

from __future__ import annotations

import asyncio
import gc
import linecache
import queue
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from unittest.mock import patch

from kingpost import Agent
from kingpost.operations.tasks import Submit

from tests.bench._kernel import Outcomes, opened
from tests.bench._measure import close, tell

WRITER = "kingpost-log"
WARM, COUNTED = 500, 5000
LOOK_SECONDS = 0.0005
ROWS = 45
WAITS = frozenset({"EpollSelector.select", "KqueueSelector.select", "Writer._next"})
"""Where a thread waits for work: it comes there with what it has used elsewhere, between two looks."""

MADE = "<string>"
"""The file of code that was made at run time."""

Line = tuple[CodeType, int]


@dataclass
class Looks:
    """Nanoseconds of CPU by function and line, each line's own and each function's with all that it calls."""

    own: Counter[Line] = field(default_factory=Counter)
    whole: Counter[CodeType] = field(default_factory=Counter)
    on: bool = False
    _last: int = 0

    @contextmanager
    def at_this_thread(self) -> Iterator[None]:
        """Look at the main thread, while ``on``."""
        before = signal.signal(signal.SIGALRM, self._look)
        signal.setitimer(signal.ITIMER_REAL, LOOK_SECONDS, LOOK_SECONDS)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def _look(self, _: int, frame: FrameType | None) -> None:
        used = time.thread_time_ns() - self._last
        if frame is not None and frame.f_code is Looks._look.__code__:
            return
        if self.on and frame is not None and frame.f_code.co_qualname not in WAITS:
            self.own[frame.f_code, frame.f_lineno or 0] += used
            seen = set()
            while frame is not None:
                seen.add(frame.f_code)
                frame = frame.f_back
            for code in seen:
                self.whole[code] += used
        # What the look itself has cost is nobody's.
        self._last = time.thread_time_ns()


@dataclass
class Garbage:
    """What the collector costs, as it tells itself."""

    spent: int = 0
    _began: int = 0

    def look(self, phase: str, _: Mapping[str, int]) -> None:
        """The collector begins or ends."""
        now = time.thread_time_ns()
        if phase == "start":
            self._began = now
        else:
            self.spent += now - self._began


@dataclass(frozen=True)
class Work:
    """What is done again and again."""

    agents: Sequence[Agent]
    request: Submit
    at_once: int

    async def run(self, outcomes: Outcomes, tasks: int) -> None:
        """So many tasks, each submitter waiting for an outcome before the next."""
        left = iter(range(tasks))

        async def submitter() -> None:
            for _ in left:
                await outcomes.run(self.request)

        await asyncio.gather(*(submitter() for _ in range(self.at_once)))


def profile(home: Path, agents: Sequence[Agent], request: Submit, at_once: int) -> None:
    """Measure, and print one table for each thread."""
    work = Work(agents, request, at_once)
    used, frames, garbage = asyncio.run(_unwatched(home / "unwatched", work))
    tell(f"unwatched: {used} us a task")
    loop, writer = Looks(), Looks()
    with loop.at_this_thread():
        asyncio.run(_watched(home / "loop", work, loop))
    with writer.at_this_thread():
        _writer_here(lambda: asyncio.run(_watched(home / "writer", work, writer)))
    print(
        f"{sum(used.values()):.0f} us CPU a task at {at_once} at once, {frames:.1f} frames in the log for each; ",
        end="",
    )
    print(f"garbage collection has {garbage:.0f} us of it, where it happened.\n")
    for name, looks in (("loop", loop), ("writer", writer)):
        _print(name, looks, used[name])
    close("tasks-profile", {f"{name}_us_per_task": us for name, us in used.items()}, {})


async def _unwatched(home: Path, work: Work) -> tuple[dict[str, float], float, float]:
    """Microseconds of each thread for a task, its frames in the log, and what the collector had."""
    garbage = Garbage()
    async with opened(home, work.agents) as kernel:
        outcomes, log = Outcomes(kernel), await kernel.log()
        await work.run(outcomes, WARM)
        gc.callbacks.append(garbage.look)
        try:
            before, head = _threads(), await log.head()
            await work.run(outcomes, COUNTED)
            used = {name: (now - before[name]) / COUNTED / 1000 for name, now in _threads().items()}
            frames = ((await log.head()).position - head.position) / COUNTED
        finally:
            gc.callbacks.remove(garbage.look)
    return used, frames, garbage.spent / COUNTED / 1000


def _threads() -> dict[str, int]:
    """CPU nanoseconds so far: of this thread, which runs the loop, and of the log's writer."""
    found = {"loop": time.thread_time_ns()}
    for thread in threading.enumerate():
        if thread.name == WRITER and thread.ident is not None:
            found["writer"] = time.clock_gettime_ns(time.pthread_getcpuclockid(thread.ident))
    return found


async def _watched(home: Path, work: Work, looks: Looks) -> None:
    async with opened(home, work.agents) as kernel:
        outcomes = Outcomes(kernel)
        await work.run(outcomes, WARM)
        looks.on = True
        await work.run(outcomes, COUNTED)
        looks.on = False


def _writer_here(loop: Callable[[], None]) -> None:
    """Run ``loop`` on a thread of its own, and the writer that it starts on this one."""
    lent: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
    done = threading.Event()
    start = threading.Thread.start

    def lending(thread: threading.Thread) -> None:
        if thread.name == WRITER:
            run = thread.run

            def lend() -> None:
                lent.put(run)
                done.wait()

            patch.object(thread, "run", lend).start()
        start(thread)

    def other() -> None:
        try:
            loop()
        finally:
            lent.put(None)

    with patch.object(threading.Thread, "start", lending):
        beside = threading.Thread(target=other)
        beside.start()
        if (writer := lent.get()) is not None:
            writer()
            done.set()
        beside.join()


def _print(name: str, looks: Looks, used: float) -> None:
    scale = used / looks.own.total()
    modules: Counter[str] = Counter()
    functions: dict[CodeType, Counter[int]] = {}
    for (code, line), spent in looks.own.items():
        modules[_module(code)] += spent
        functions.setdefault(code, Counter())[line] += spent
    print(f"## {name}: {used:.0f} us CPU a task\n\n| module | us a task | share |\n|---|---|---|")
    for module, spent in modules.most_common(ROWS):
        print(f"| {module} | {spent * scale:.1f} | {spent * scale / used:.1%} |")
    print("\n| function | own us | us with all it calls | most of its own |\n|---|---|---|---|")
    for code, lines in sorted(functions.items(), key=lambda one: -one[1].total())[:ROWS]:
        line, most = lines.most_common(1)[0]
        text = " ".join(linecache.getline(code.co_filename, line).split()).replace("|", "\\|")[:70]
        print(f"| {_told(code)} | {lines.total() * scale:.1f} | {looks.whole[code] * scale:.1f} ", end="")
        print(f"| {most * scale:.1f}: `{text}` |" if text else "| |")
    print("\n| function | us with all it calls |\n|---|---|")
    for code, spent in looks.whole.most_common(ROWS):
        print(f"| {_told(code)} | {spent * scale:.1f} |")
    print()


def _told(code: CodeType) -> str:
    if code.co_filename == MADE:
        # What dataclasses make has neither a class nor a file to tell; its arguments do.
        return (
            f"{code.co_name}({', '.join(code.co_varnames[1 : min(code.co_argcount + code.co_kwonlyargcount, 4)])} ...)"
        )
    return f"{_module(code)} {code.co_qualname.replace('<locals>.', '')}"


def _module(code: CodeType) -> str:
    if code.co_filename == MADE:
        return "methods of dataclasses"
    parts = Path(code.co_filename).with_suffix("").parts
    for place, part in enumerate(parts):
        if part == "asyncio" or (part.startswith("kingpost") and "src" in parts[:place]):
            return ".".join(parts[place:])
    return ".".join(parts[-2:])
