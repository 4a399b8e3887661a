"""The process that is killed: a kernel on a real home, mixed work, and an end at a chosen point.

``python -m tests.chaos.worker HOME --submit N [--crash POINT:N] [--until-done]`` prints a JSON line for each task that
was accepted, one when it is back at work on an interrupted task, and one when nothing is left.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from kingpost import (
    Answer,
    Call,
    Calls,
    Context,
    Description,
    InvalidRequest,
    Ports,
    Recorded,
    Say,
    Status,
    Unavailable,
    Usage,
)
from kingpost._host.index import installed
from kingpost._host.kernel import Kernel
from kingpost.operations import schedules, steering
from kingpost.operations import tasks as ops
from kingpost.testing import FunctionExecutor, KillAt, ScriptedAgent, in_process_plugin
from kingpost.testing.fakes import Script


def say(**facts: Any) -> None:
    """One JSON line, out of the process before anything can kill it."""
    os.write(sys.stdout.fileno(), json.dumps(facts).encode() + b"\n")


def killed_at(spec: str | None) -> KillAt:
    """The crash point that is written as ``name:nth``; it says which one was reached."""
    name, _, nth = (spec or "").partition(":")
    return KillAt(name, int(nth or 1), lambda reached: say(reached=reached))


class Cast:
    """The agents: those that answer, call tools, delegate over three levels, wait, are tried again, or fail."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def agents(self) -> list[ScriptedAgent]:
        """All of them, each with a model that has a price."""
        description = Description(model="m", window=100_000, room=100, prices=(1, 1), tools=True)
        scripts: dict[str, Script] = {
            "quick": self.quick, "slow": self.slow, "bad": self.bad, "tree": self.tree, "sleepy": self.sleepy,
            "doomed": self.doomed,
        }  # fmt: skip
        return [ScriptedAgent(script, name, description) for name, script in scripts.items()]

    def note(self, kind: str, context: Context) -> None:
        """Write down, outside of the log, that a decision was asked for."""
        with (self._home / "decisions").open("a") as file:
            file.write(f"{context.task} {len(context.turns) + 1} {kind}\n")

    def quick(self, context: Context, _: Say) -> Answer:
        """Answer at once."""
        self.note("quick", context)
        return Answer(text="quick", usage=Usage(input_tokens=7, output_tokens=3))

    async def slow(self, context: Context, _: Say) -> Answer | Calls:
        """Take three turns with tools."""
        self.note("slow", context)
        await asyncio.sleep(0.002)
        turn = len(context.turns) + 1
        usage = Usage(input_tokens=10, output_tokens=5)
        if turn <= 3:
            effect = Call("1", "effect", {"name": f"{context.task} {turn}.1"})
            return Calls(calls=(effect, Call("2", "once", {"turn": turn})), usage=usage)
        return Answer(text="slow", usage=usage)

    def bad(self, context: Context, _: Say) -> Answer:
        """Fail for good."""
        self.note("bad", context)
        raise RuntimeError("this agent always fails")

    def tree(self, context: Context, _: Say) -> Answer | Calls:
        """Delegate, down to the third level, and wait beside it."""
        self.note("tree", context)
        below = context.task.count("/")
        usage = Usage(input_tokens=20, output_tokens=4)
        if context.turns:
            told = " ".join(one.text for one in context.turns[0].observations)
            return Answer(text=f"{below}({told})", usage=usage)
        asked = [Call("0", "wait", {"seconds": 0.02})]
        for number, agent in enumerate(("tree" if below < 2 else "quick", "sleepy"), 1):
            asked.append(Call(str(number), "delegate", {"agent": agent, "description": f"part {number}"}))
        until: Any = "any" if context.description.endswith("7") else "all"
        return Calls(calls=tuple(asked), until=until, usage=usage)

    def sleepy(self, context: Context, _: Say) -> Answer:
        """Answer when asked again. What was tried stands outside, as the failures of the world do."""
        tried = self._home / "tried"
        tried.mkdir(exist_ok=True)
        mark = tried / context.task.replace("/", "_")
        if not mark.exists():
            mark.touch()
            raise Unavailable("not yet")
        self.note("sleepy", context)
        return Answer(text="woken", usage=Usage(input_tokens=5, output_tokens=1))

    def doomed(self, context: Context, _: Say) -> Answer:
        """Never find the world as it should be."""
        raise Unavailable("never")


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
    ports = Ports(home=home, point=killed_at(crash))
    plugin = in_process_plugin("chaos", agents=Cast(home).agents(), executors=[tools(home)])
    settings = {
        "kernel": {
            "attempts": 1000,
            "parallel": 32,
            "retry_seconds": 0.02,
            "retry_most_seconds": 0.05,
            "retries": 2,
            "breaker_seconds": 0.05,
        }
    }
    async with Kernel.open(settings=settings, plugins=[*installed(), plugin], ports=ports) as kernel:
        old = set((await kernel.perform(ops.RESUME, ops.Resume())).tasks)

        def hear(task: str, what: Any) -> None:
            if task in old and isinstance(what, Recorded) and what.events[0].kind == "task.started":
                old.clear()
                say(back=time.monotonic() - began)

        kernel.listen(hear)
        await kernel.work()
        say(ready=True)
        every = ops.Submit(description="by the clock", agent="quick")
        await kernel.perform(schedules.SET, schedules.SetSchedule(id="clock", every=1.0, request=every))
        letters = asyncio.create_task(_letters(kernel))
        await asyncio.gather(*(_submit(kernel, home, number) for number in range(submit)))
        if until_done:
            await kernel.perform(schedules.REMOVE, schedules.ScheduleId("clock"))
        while until_done:
            open_ = (Status.QUEUED, Status.RUNNING, Status.WAITING)
            left = (await kernel.perform(ops.LIST, ops.ListTasks(statuses=open_, limit=1))).tasks
            if not left and not (await kernel.perform(steering.LETTERS, steering.ListLetters())).tasks:
                letters.cancel()
                say(done=True)
                return
            await asyncio.sleep(0.05)
        await asyncio.sleep(3600)


async def _letters(kernel: Kernel) -> None:
    """Each dead letter is tried once more, and then put away."""
    while True:
        for letter in (await kernel.perform(steering.LETTERS, steering.ListLetters())).tasks:
            if letter.replay_of:
                await kernel.perform(steering.DISCARD, ops.TaskId(letter.id))
            else:
                await kernel.perform(steering.REPLAY, ops.TaskId(letter.id))
        await asyncio.sleep(0.1)


async def _submit(kernel: Kernel, home: Path, number: int) -> None:
    agent = ("tree", "slow", "quick", "bad", "sleepy", "doomed", "slow")[number % 7]
    inputs = (str(home / "notes.md"),) if number % 4 == 1 else ()
    # Beams from all over the file, so that the prompt is large enough for a blob.
    beams = " ".join(map(str, range(0, 800, 16))) if inputs else ""
    description = f"which post carries beam {beams} in task of this round {number}"
    request = ops.Submit(description=description, agent=agent, inputs=inputs, budget=20_000)
    if agent == "tree":
        request = replace(request, tokens=2_000_000, money=1_000_000)
    id = (await kernel.perform(ops.SUBMIT, request)).id
    say(accepted=id)
    if agent == "slow":
        with contextlib.suppress(InvalidRequest):  # it has ended already
            await kernel.perform(steering.MESSAGE, steering.Message(id=id, text="hurry"))


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
