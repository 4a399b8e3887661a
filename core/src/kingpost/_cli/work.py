"""``kingpost work``: a worker in the foreground, for everything in the home."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections import Counter
from typing import Any

import click

from .._host.kernel import Kernel
from ..errors import KingpostError, TransientError
from ..operations.tasks import GET, TaskId, TaskView
from ..records.event import Recorded
from ..records.task import Status
from .idle import all_fired, idle, unfinished
from .outcome import failed_line, outcome_json, tell_retries
from .session import as_json, harmless, moment, one_line, print_json, with_kernel

_LOOK_SECONDS = 0.3
_ENDS = frozenset(f"task.{status.value}" for status in Status if status.final)


@click.command(
    epilog="""\b
It does what is queued and what comes, takes over from workers that have died,
and fires schedules. Ctrl-C or SIGTERM: it begins nothing more, gives what runs
[kernel] drain_seconds to end, and lets go of the rest, which is not lost. A
second one ends it at once.
Examples:
  kingpost work
  kingpost work --json >> done.jsonl
  kingpost work --once"""
)
@click.option("--once", is_flag=True, help="End when nothing is left that can go on now.")
@as_json
@with_kernel
async def work(kernel: Kernel, once: bool, json_: bool) -> None:
    """Work on everything in the home, and fire its schedules."""
    worker = _Worker(kernel, json_=json_)
    await worker.run(once=once)


class _Worker:
    """What one worker does, as it is told."""

    def __init__(self, kernel: Kernel, *, json_: bool) -> None:
        self._kernel, self._json = kernel, json_
        self._ended: asyncio.Queue[str] = asyncio.Queue()
        self._here: set[str] = set()
        self._left: dict[str, KingpostError] = {}
        self._told: dict[str, str] = {}
        self._count: Counter[str] = Counter()

    async def run(self, *, once: bool) -> None:
        """Work until somebody says stop, or until nothing can go on."""
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        # On Windows an event loop has no signal handlers; there Ctrl-C is what kill -9 is.
        with contextlib.suppress(NotImplementedError):
            for sent in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(sent, stop.set)
        silence = self._kernel.listen(self._hear)
        await self._kernel.work()
        click.echo(f"working on {self._kernel.home}; Ctrl-C ends it", err=True)
        going = [asyncio.create_task(stop.wait()), printing := asyncio.create_task(self._print())]
        going += [asyncio.create_task(self._until_idle())] if once else []
        await asyncio.wait(going, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            self._stopping(loop)
        await self._kernel.drain()
        silence()
        self._ended.put_nowait("")
        await printing
        for task in going:
            task.cancel()
        for done in await asyncio.gather(*going, return_exceptions=True):
            if isinstance(done, Exception):
                raise done
        await self._sum_up()

    def _stopping(self, loop: asyncio.AbstractEventLoop) -> None:
        for sent in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(sent)
        seconds = self._kernel.config.drain_seconds
        click.echo(f"stopping: what runs has {seconds:g} s to end; once more ends it at once", err=True)

    async def _until_idle(self) -> None:
        quiet = False
        while True:
            await self._kernel.ports.clock.sleep(_LOOK_SECONDS)
            was, quiet = quiet, await idle(self._kernel, left=self._left) and await self._fired()
            # What follows from the last thing that ended may not be written yet.
            if was and quiet:
                return

    async def _fired(self) -> bool:
        return "" in self._told or await all_fired(self._kernel)

    def _hear(self, task: str, what: Any) -> None:
        if isinstance(what, Exception):
            self._trouble(task, what)
        elif isinstance(what, Recorded):
            self._follow(task, what)

    def _follow(self, task: str, frame: Recorded) -> None:
        first, last = frame.events[0], frame.events[-1]
        if first.kind == "task.started":
            (self._here.add if first.header["worker"] == self._kernel.worker else self._here.discard)(task)
        elif last.kind in _ENDS and (task in self._here or "attempt" not in last.header):
            self._ended.put_nowait(task)
            self._here.discard(task)
        elif task in self._here:
            tell_retries(task, frame, self._kernel.ports.clock.now())

    def _trouble(self, task: str, problem: Exception) -> None:
        if task and isinstance(problem, KingpostError) and not isinstance(problem, TransientError):
            self._left[task] = problem
        # The same trouble comes again with every look.
        if self._told.get(task) != str(problem):
            self._told[task] = str(problem)
            click.echo(harmless(f"{f'task {task}: ' if task else ''}{one_line(str(problem), 500)}", err=True), err=True)

    async def _print(self) -> None:
        while id := await self._ended.get():
            self._show(await self._kernel.perform(GET, TaskId(id)))

    def _show(self, task: TaskView) -> None:
        self._count[task.status.value] += 1
        if self._json:
            print_json(outcome_json(task))
            return
        if task.status is Status.SUCCEEDED:
            said = task.outcome.answer if task.outcome is not None else ""
        else:
            said = failed_line(task).partition(": ")[2]
        click.echo(f"{moment(task.updated)}  {task.id}  {task.status}  {task.agent}  {one_line(said, 120)}")

    async def _sum_up(self) -> None:
        left = Counter(state.status for state in await unfinished(await self._kernel.log()))
        done = ", ".join(f"{count} {state}" for state, count in sorted(self._count.items())) or "nothing ended"
        rest = ", ".join(f"{count} {state}" for state, count in sorted(left.items()))
        click.echo(f"{done}{f'; left: {rest}' if rest else ''}", err=True)
