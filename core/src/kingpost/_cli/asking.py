"""What a task asks of people, put to the one at the terminal; where nobody sits there, one line that says how to reply.

Run by ``follow`` beside a task. Questions go to standard error and answers come from the terminal, so standard output
stays the answer's. A question that somebody answers elsewhere meanwhile is withdrawn.
"""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import click

from .._host.kernel import Kernel
from ..errors import InputError, InvalidRequest
from ..operations.calls import CALLS, REPLY, CallView, ListCalls, Reply
from ..operations.tasks import TREE, TaskId
from ..records.event import Recorded
from .session import harmless, one_line, talks

HUMAN = ("approval", "question")
"""What only people settle."""

_SHOWN_CHARS = 4000


class _Settled(Exception):
    """Somebody else was faster."""


class _LeftOpen(Exception):
    """Whoever was asked wants to leave it open."""


class Waits:
    """What one tree of tasks asks of people, as it comes up. ``still`` holds back other output meanwhile."""

    def __init__(
        self, kernel: Kernel, root: str, still: Callable[[], AbstractContextManager[None]], *, ask: bool = True
    ) -> None:
        self._kernel, self._root, self._still, self._ask_here = kernel, root, still, ask
        self._tasks: asyncio.Queue[str] = asyncio.Queue()
        self._seen: set[tuple[str, int, str]] = set()
        self._moved = asyncio.Event()
        self.asking = False

    def hear(self, task: str, what: Any) -> None:
        """Take in one thing that the kernel tells."""
        if not isinstance(what, Recorded) or not (task == self._root or task.startswith(f"{self._root}/")):
            return
        self._moved.set()
        if any(event.header.get("waits") in HUMAN for event in what.events):
            self._tasks.put_nowait(task)

    async def serve(self) -> None:
        """Ask until cancelled: first what waits already, then what comes up."""
        for view in (await self._kernel.perform(TREE, TaskId(self._root))).tasks:
            if any(kind in HUMAN for kind in view.waits.values()):
                self._tasks.put_nowait(view.id)
        while True:
            task = await self._tasks.get()
            for call in (await self._kernel.perform(CALLS, ListCalls(task=task))).calls:
                key = (call.task, call.turn, call.call)
                if call.waits in HUMAN and key not in self._seen:
                    self._seen.add(key)
                    await self._put(call)

    async def _put(self, call: CallView) -> None:
        if not (self._ask_here and talks()):
            with self._still():
                click.echo(how_to_reply(call), err=True)
            return
        self.asking = True
        try:
            with self._still():
                await self._ask(call)
        finally:
            self.asking = False

    async def _ask(self, call: CallView) -> None:
        dialogue = self._approval if call.waits == "approval" else self._question
        while True:
            try:
                await self._kernel.perform(REPLY, await dialogue(call))
            except _Settled:
                click.echo("\nsettled elsewhere", err=True)
            except _LeftOpen:
                click.echo(f"\nleft open: {how_to_reply(call)}", err=True)
                self._ask_here = False
            except InputError as problem:
                click.echo(str(problem), err=True)
                if await self._waits(call):
                    continue
            return

    async def _question(self, call: CallView) -> Reply:
        click.echo(harmless(f"\ntask {call.task} asks:\n{call.reference}", err=True), err=True)
        return Reply(id=call.task, call=call.call, text=await self._line(call, "answer (Ctrl-D leaves it open): "))

    async def _approval(self, call: CallView) -> Reply:
        click.echo(harmless(f"\ntask {call.task} wants to call {call.tool}:", err=True), err=True)
        for name, value in call.arguments.items():
            click.echo(f"  {one_line(name, 80)} = {_whole(value)}", err=True)
        while True:
            said = await self._line(call, "allow it? [y]es, [n]o, [e]dit the arguments (Ctrl-D leaves it open): ")
            match said.strip().lower():
                case "y" | "yes":
                    return Reply(id=call.task, call=call.call, allow=True)
                case "n" | "no":
                    why = await self._line(call, "because (may be empty): ")
                    return Reply(id=call.task, call=call.call, allow=False, text=why)
                case "e" | "edit":
                    arguments = await self._arguments(call)
                    if arguments is not None:
                        return Reply(id=call.task, call=call.call, allow=True, arguments=arguments)

    async def _arguments(self, call: CallView) -> dict[str, Any] | None:
        click.echo(_whole(dict(call.arguments)), err=True)
        said = await self._line(call, "arguments as JSON (empty goes back): ")
        if not said.strip():
            return None
        try:
            return arguments_of(said)
        except InvalidRequest as problem:
            click.echo(str(problem), err=True)
            return None

    async def _line(self, call: CallView, prompt: str) -> str:
        """What is typed, unless the call is settled meanwhile."""
        click.echo(prompt, err=True, nl=False)
        reading = asyncio.create_task(_typed())
        try:
            while not reading.done():
                moved = asyncio.create_task(self._moved.wait())
                await asyncio.wait({reading, moved}, return_when=asyncio.FIRST_COMPLETED)
                moved.cancel()
                self._moved.clear()
                if not reading.done() and not await self._waits(call):
                    raise _Settled
        finally:
            reading.cancel()
        if (line := reading.result()) is None:
            raise _LeftOpen
        return line

    async def _waits(self, call: CallView) -> bool:
        calls = (await self._kernel.perform(CALLS, ListCalls(task=call.task))).calls
        return any((one.turn, one.call, one.waits) == (call.turn, call.call, call.waits) for one in calls)


async def _typed() -> str | None:
    """The next line from the terminal; ``None`` at its end."""
    # Not in a thread: one that waits for a terminal can be neither cancelled nor joined.
    loop, terminal = asyncio.get_running_loop(), sys.stdin.fileno()
    ready = asyncio.Event()
    loop.add_reader(terminal, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(terminal)
    typed = os.read(terminal, 1 << 16)
    return typed.decode(errors="replace").rstrip("\r\n") if typed else None


def how_to_reply(call: CallView) -> str:
    """One line that says what a task asks, and the command that answers it."""
    # Whoever copies the command must not run what an agent has called its call.
    names = f"{shlex.quote(call.task)} {shlex.quote(call.call)}"
    if call.waits == "approval":
        what = f"asks whether it may call {call.tool} {json.dumps(dict(call.arguments), ensure_ascii=False)}"
        how = f"kingpost reply {names} --allow, or --deny"
    else:
        what, how = f"asks: {call.reference}", f'kingpost reply {names} "..."'
    return f"task {call.task} {one_line(what, 300)}  ->  {how}"


def arguments_of(text: str) -> dict[str, Any]:
    """The arguments of a call as somebody wrote them.

    Raises:
        InvalidRequest: they are no JSON object, with the mend.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise InvalidRequest(f'the arguments are no JSON ({problem}); write them as {{"name": "value"}}') from problem
    if not isinstance(value, dict):
        raise InvalidRequest('the arguments are no JSON object; write them as {"name": "value"}')
    return value


def _whole(value: Any) -> str:
    """A value as it is: who allows something has to see all of it, or be told that there is more."""
    text = harmless(json.dumps(value, ensure_ascii=False), err=True)
    if len(text) <= _SHOWN_CHARS:
        return text
    return f"{text[:_SHOWN_CHARS]}… and {len(text) - _SHOWN_CHARS:,} more characters: kingpost calls --json shows them"
