"""The watchdog: an event loop that no longer moves is noticed, named and ended.

Started by ``kernel`` beside a worker that keeps going by itself. An agent that blocks the loop stops every task of this
process, signs of life included, and nothing on the loop can say so; a thread can. It never looks into a task, and
never touches one: what comes next is the same as after kill -9.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence

EXIT_CODE = 70
"""What the process leaves with: EX_SOFTWARE of sysexits.h."""

BEAT_SECONDS = 1.0


def leave(line: str) -> None:
    """Write the line to standard error and end this process at once."""
    with contextlib.suppress(OSError):
        # Not sys.stderr: the thread that blocks may hold its lock.
        os.write(2, f"{line}\n".encode(errors="replace"))
    os._exit(EXIT_CODE)


class Watchdog:
    """Calls ``end`` with one line when the loop has not moved for ``seconds``.

    ``running`` names what is being worked on, for that line; it is asked from the watchdog's thread. Only time in
    which this process could run counts: a machine that was suspended and a process that was stopped do not trigger it.
    """

    def __init__(
        self, seconds: float, running: Callable[[], Sequence[str]], end: Callable[[str], None] = leave
    ) -> None:
        self._seconds, self._running, self._end = seconds, running, end
        self._tick = min(BEAT_SECONDS, seconds / 4)
        self._beats = 0
        self._stopped = threading.Event()
        self._beating: asyncio.TimerHandle | None = None
        self._watching: threading.Thread | None = None

    def start(self) -> None:
        """Watch the loop that runs here, from now on; not at all where ``seconds`` is 0."""
        if not self._seconds:
            return
        loop = asyncio.get_running_loop()
        self._stopped.clear()
        self._beat(loop)
        watched = (loop, threading.get_ident())
        self._watching = threading.Thread(target=self._watch, args=watched, name="kingpost watchdog", daemon=True)
        self._watching.start()

    def stop(self) -> None:
        """Watch no longer. Stopping twice is no error."""
        self._stopped.set()
        if self._beating is not None:
            self._beating.cancel()
        if self._watching is not None and self._watching is not threading.current_thread():
            self._watching.join()
        self._beating = self._watching = None

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        self._beats += 1
        self._beating = loop.call_later(self._tick, self._beat, loop)

    def _watch(self, loop: asyncio.AbstractEventLoop, thread: int) -> None:
        silent, beats = 0.0, self._beats
        woke, used = time.monotonic(), time.process_time()
        while not self._stopped.wait(self._tick) and not loop.is_closed():
            passed, busy = time.monotonic() - woke, time.process_time() - used
            woke, used = woke + passed, used + busy
            if beats != self._beats or not loop.is_running():
                silent, beats = 0.0, self._beats
                continue
            # A thread that woke too late was suspended or stopped, and so was the loop; unless this process used the
            # processor meanwhile, in code that lets no other thread run.
            silent += min(passed, max(busy, self._tick))
            if silent >= self._seconds:
                self._end(self._line(loop, thread))
                return

    def _line(self, loop: asyncio.AbstractEventLoop, thread: int) -> str:
        return (
            f"kingpost: nothing has moved for {self._seconds:g} s, because {_place(thread)} blocks the event loop"
            f"{_task(loop)}; running: {self._names()}. This process ends now and its tasks are taken up again. "
            "Await there, use asyncio.to_thread, or run that agent out of process"
        )

    def _names(self) -> str:
        try:
            return " ".join(", ".join(self._running()).split()) or "no task"
        except Exception:  # noqa: BLE001 - a list that is in the middle of a change must not keep us from ending
            return "unknown"


def _place(thread: int) -> str:
    """Where a thread is: file, line and function of its innermost Python frame."""
    frame = sys._current_frames().get(thread)  # noqa: SLF001 - the one way to look at another thread
    if frame is None:
        return "unknown code"
    code = frame.f_code
    return f"{code.co_filename}:{frame.f_lineno} in {code.co_qualname}"


def _task(loop: asyncio.AbstractEventLoop) -> str:
    """The asyncio task that the loop is in, whose name says whose code it is."""
    task = asyncio.current_task(loop)
    return f" in {task.get_name()!r}" if task is not None else ""
