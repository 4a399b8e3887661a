"""Threads for questions that may hang, as those to the system's resolver do: there when needed, gone when not.

Used by ``resolve``. Unlike those of an executor they keep no process from ending.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from threading import Lock, Semaphore, Thread
from typing import Generic, TypeVar

_KEPT_SECONDS = 10.0

Said = TypeVar("Said")


class Threads(Generic[Said]):
    """At most ``most`` questions at once; the others wait in turn."""

    def __init__(self, most: int) -> None:
        self._most, self._alive, self._lock = most, 0, Lock()
        self._idle = Semaphore(0)
        self._waiting: SimpleQueue[_Asked[Said] | None] = SimpleQueue()

    def run(self, question: Callable[[], Said]) -> asyncio.Future[Said]:
        """What the question returns or raises. Whoever gives that up does not end the question."""
        asked = _Asked(question)
        self._waiting.put(asked)
        if not self._idle.acquire(blocking=False):
            self._one_more()
        return asked.answer

    def stop(self) -> None:
        """Wait for nobody; who is idle goes now, the others once they have their answer."""
        for _ in range(self._alive):
            self._waiting.put(None)

    def _one_more(self) -> None:
        with self._lock:
            if self._alive >= self._most:
                return
            self._alive += 1
        try:
            Thread(target=self._work, name="kingpost-webhooks", daemon=True).start()
        except RuntimeError:
            # The machine gives no more threads: those that there are come to it.
            with self._lock:
                self._alive -= 1

    def _work(self) -> None:
        while True:
            try:
                asked = self._waiting.get(timeout=_KEPT_SECONDS)
            except Empty:
                # If nobody counts on this one, it goes; else a question is on its way.
                if self._idle.acquire(blocking=False):
                    break
                continue
            if asked is None:
                break
            asked.ask()
            self._idle.release()
        with self._lock:
            self._alive -= 1


class _Asked(Generic[Said]):
    """A question, and who waits for what comes of it."""

    def __init__(self, question: Callable[[], Said]) -> None:
        self._question, self._loop = question, asyncio.get_running_loop()
        self.answer: asyncio.Future[Said] = self._loop.create_future()

    def ask(self) -> None:
        """On a thread."""
        tell: Callable[[], None]
        try:
            tell = partial(self.answer.set_result, self._question())
        except Exception as problem:  # noqa: BLE001 - whatever it is, whoever has asked is told
            tell = partial(self.answer.set_exception, problem)
        # The loop may have been closed meanwhile.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._told, tell)

    def _told(self, tell: Callable[[], None]) -> None:
        if not self.answer.done():
            tell()
