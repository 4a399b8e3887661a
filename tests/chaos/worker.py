"""The process that is killed: a kernel on a real home, mixed work, and an end at a chosen point.

``python -m tests.chaos.worker HOME --submit N [--crash POINT:N] [--until-done]`` prints a JSON line for each task that
was accepted, one when it is back at work on an interrupted task, and one when nothing is left.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from kingpost import Answer, Call, Calls, Context, Ports, Recorded, Say, Status, Usage
from kingpost._host.index import installed
from kingpost._host.kernel import Kernel
from kingpost.operations import tasks as ops
from kingpost.testing import FunctionExecutor, ScriptedAgent, in_process_plugin


def say(**facts: Any) -> None:
    """One JSON line, out of the process before anything can kill it."""
    os.write(sys.stdout.fileno(), json.dumps(facts).encode() + b"\n")


class KillAt:
    """The crash points of this process: SIGKILL when one is reached for the n-th time."""

    def __init__(self, spec: str | None) -> None:
        name, _, nth = (spec or "").partition(":")
        self._name, self._nth, self._count = name, int(nth or 1), Counter[str]()

    def __call__(self, name: str) -> None:
        self._count[name] += 1
        if name == self._name and self._count[name] == self._nth:
            say(reached=name)
            os.kill(os.getpid(), signal.SIGKILL)


def agents(home: Path) -> list[ScriptedAgent]:
    """One that answers, one that takes three turns with tools, one that fails."""

    def note(kind: str, context: Context) -> None:
        with (home / "decisions").open("a") as file:
            file.write(f"{context.task} {len(context.turns) + 1} {kind}\n")

    def quick(context: Context, _: Say) -> Answer:
        note("quick", context)
        return Answer(text="quick", usage=Usage(input_tokens=7, output_tokens=3))

    async def slow(context: Context, _: Say) -> Answer | Calls:
        note("slow", context)
        await asyncio.sleep(0.002)
        turn = len(context.turns) + 1
        if turn <= 3:
            calls = (Call("1", "effect", {"name": f"{context.task} {turn}.1"}), Call("2", "once", {"turn": turn}))
            return Calls(calls=calls, usage=Usage(input_tokens=10, output_tokens=5))
        return Answer(text="slow", usage=Usage(input_tokens=10, output_tokens=5))

    def bad(context: Context, _: Say) -> Answer:
        note("bad", context)
        raise RuntimeError("this agent always fails")

    return [ScriptedAgent(quick, "quick"), ScriptedAgent(slow, "slow"), ScriptedAgent(bad, "bad")]


def tools(home: Path) -> FunctionExecutor:
    """A tool that may be repeated and leaves a trace, and one that may not be repeated."""

    async def effect(name: str) -> str:
        """Leave a trace outside the log."""
        with (home / "effects").open("a") as file:
            file.write(name + "\n")
        return "done"

    async def once(turn: int) -> str:
        """Something that must not be repeated blindly."""
        await asyncio.sleep(0)
        return f"once {turn}"

    return FunctionExecutor([effect, once], repeatable=("effect",))


async def work(home: Path, submit: int, crash: str | None, began: float, *, until_done: bool) -> None:
    """Submit, work on everything that is unfinished, and go on until killed or done."""
    ports = Ports(home=home, point=KillAt(crash))
    plugin = in_process_plugin("chaos", agents=agents(home), executors=[tools(home)])
    settings = {"kernel": {"attempts": 1000, "parallel": 32}}
    async with Kernel.open(settings=settings, plugins=[*installed(), plugin], ports=ports) as kernel:
        old = set((await kernel.perform(ops.RESUME, ops.Resume())).tasks)

        def hear(task: str, what: Any) -> None:
            if task in old and isinstance(what, Recorded) and what.events[0].kind == "task.started":
                old.clear()
                say(back=time.monotonic() - began)

        kernel.listen(hear)
        await kernel.work()
        say(ready=True)
        await asyncio.gather(*(_submit(kernel, home, number) for number in range(submit)))
        while until_done:
            open_ = (Status.QUEUED, Status.RUNNING)
            left = (await kernel.perform(ops.LIST, ops.ListTasks(statuses=open_, limit=1))).tasks
            if not left:
                say(done=True)
                return
            await asyncio.sleep(0.05)
        await asyncio.sleep(3600)


async def _submit(kernel: Kernel, home: Path, number: int) -> None:
    agent = ("quick", "slow", "quick", "bad", "slow")[number % 5]
    inputs = (str(home / "notes.md"),) if number % 4 == 1 else ()
    request = ops.Submit(description=f"task {number} of this round", agent=agent, inputs=inputs)
    say(accepted=(await kernel.perform(ops.SUBMIT, request)).id)


def main() -> None:
    """Read the arguments and work."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--submit", type=int, default=0)
    parser.add_argument("--crash")
    parser.add_argument("--began", type=float, default=time.monotonic())
    parser.add_argument("--until-done", action="store_true")
    given = parser.parse_args()
    asyncio.run(work(given.home, given.submit, given.crash, given.began, until_done=given.until_done))


if __name__ == "__main__":
    main()
