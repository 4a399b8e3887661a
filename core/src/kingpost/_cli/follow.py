"""A task, followed to its end: progress on a terminal, questions to people, Ctrl-C and SIGTERM.

Called by every command that does a task here: ``run``, ``fork --run``, ``letters replay --run``. Works on nothing by
itself; who calls it has begun to.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

import click

from .._host.kernel import Kernel
from ..errors import KingpostError, TransientError
from ..operations.steering import CANCEL, Cancel
from ..operations.tasks import GET, TREE, WAIT, TaskId, TaskView, Wait
from ..records.event import Recorded
from .asking import Waits
from .idle import idle
from .outcome import EXITS, show_outcome, tell_retries
from .session import Failure, failure

_LOOK_SECONDS = 0.3
_PATIENCE_SECONDS = 5.0
_FOR_EVER = 1e12
_INTERRUPTED = "interrupted from the keyboard"


async def finish(kernel: Kernel, id: str, *, json_: bool) -> int:
    """Work on a task, follow it and print what it came to; the exit code."""
    with shown(kernel, (await kernel.perform(TREE, TaskId(id))).tasks) as still:
        await kernel.work(id.partition("/")[0])
        task = await Follow(kernel, id, still).ended()
    assert task is not None
    await show_outcome(kernel, task, json_=json_)
    return EXITS[task.status]


class Follow:
    """One task on its way. ``still`` holds back the picture of it while something else is printed.

    ``left`` are the tasks of its tree that cannot be worked on here, and why.
    """

    def __init__(
        self, kernel: Kernel, id: str, still: Callable[[], AbstractContextManager[None]], *, ask: bool = True
    ) -> None:
        self._kernel, self._id, self._still = kernel, id, still
        self._waits = Waits(kernel, id, still, ask=ask)
        self.left: dict[str, KingpostError] = {}

    async def ended(self, *, leave: bool = False) -> TaskView | None:
        """The task with its outcome. With ``leave``, ``None`` once it only waits for somebody.

        Ctrl-C cancels it, SIGTERM lets go of it: the next start goes on.

        Raises:
            Failure: it was let go of, or nobody here can go on with it.
        """
        loop = asyncio.get_running_loop()
        stop, cancels = asyncio.Event(), set[asyncio.Task[None]]()
        # On Windows an event loop has no signal handlers; there Ctrl-C is what kill -9 is, and --resume goes on.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(signal.SIGINT, lambda: cancels.add(loop.create_task(self._cancel())))
            loop.add_signal_handler(signal.SIGTERM, stop.set)
        ears = [self._kernel.listen(self._waits.hear), self._kernel.listen(self._hear)]
        stopped, asking = loop.create_task(stop.wait()), loop.create_task(self._waits.serve())
        try:
            return await self._until(stopped, asking, leave=leave)
        finally:
            for silence in ears:
                silence()
            for task in (stopped, asking):
                task.cancel()
            await asyncio.wait({stopped, asking})

    async def _until(self, stopped: asyncio.Task[Any], asking: asyncio.Task[None], *, leave: bool) -> TaskView | None:
        while True:
            wait = Wait(id=self._id, seconds=_LOOK_SECONDS if leave else _PATIENCE_SECONDS)
            waiting = asyncio.create_task(self._kernel.perform(WAIT, wait))
            await asyncio.wait({waiting, stopped, asking}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                waiting.cancel()
            if asking.done():
                asking.result()
            if stopped.done():
                return await self._let_go()
            task = waiting.result()
            if task.status.final:
                return task
            if (leave or self.left) and not self._waits.asking and await self._idle():
                # Nothing goes on any more also because it has ended since it was looked at.
                if (task := await self._kernel.perform(WAIT, Wait(id=self._id, seconds=0))).status.final:
                    return task
                if leave:
                    return None
                raise failure(next(iter(self.left.values())))

    async def _idle(self) -> bool:
        return await idle(self._kernel, self._id.partition("/")[0], left=self.left, patience=_FOR_EVER)

    async def _let_go(self) -> TaskView:
        await self._kernel.drain()
        task = await self._kernel.perform(GET, TaskId(self._id))
        if not task.status.final:
            raise Failure(f"stopped; task {self._id} goes on with 'kingpost run --resume'", 143)
        return task

    async def _cancel(self) -> None:
        try:
            await self._kernel.perform(CANCEL, Cancel(id=self._id, reason=_INTERRUPTED))
        except KingpostError as problem:
            click.echo(f"it cannot be cancelled: {problem}", err=True)

    def _hear(self, task: str, what: Any) -> None:
        ours = task == self._id or task.startswith(f"{self._id}/")
        if ours and isinstance(what, KingpostError) and not isinstance(what, TransientError):
            self.left[task] = what


@contextlib.contextmanager
def shown(kernel: Kernel, tree: Sequence[TaskView]) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Live progress on a terminal. What comes back holds it still for as long as it is entered.

    In a pipe only what keeps a task up is told, a line for each time that it will be tried again.
    """
    if not sys.stderr.isatty():
        root = tree[0].id
        silence = kernel.listen(lambda task, what: _tell_retry(kernel, root, task, what))
        try:
            yield contextlib.nullcontext
        finally:
            silence()
        return
    from .live import Display

    with Display(tree, kernel.ports.clock) as display:
        silence = kernel.listen(display.hear)
        try:
            yield display.still
        finally:
            silence()


def _tell_retry(kernel: Kernel, root: str, task: str, what: Any) -> None:
    if isinstance(what, Recorded) and (task == root or task.startswith(f"{root}/")):
        tell_retries(task, what, kernel.ports.clock.now())
