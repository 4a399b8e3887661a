"""What people outside ask of the processes: to take a task on, to end it, to hear a message, to settle a call.

Used by ``course``. An errand goes to some process that lives; when it cannot be done now it is tried again, and when
its process dies nobody knows whether it was done.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from random import Random
from typing import Any

from msgspec import Struct

from ...errors import InvalidRequest, KingpostError, TransientError
from ...operations import calls, schedules, steering, tasks
from ...records.action import Observation
from ...records.event import Recorded
from ...records.record import replace
from ...state import TASK_STREAM, TaskState
from .loop import ProcessLoop
from .outside import ANSWER, Outside
from .process import Process
from .stage import Stage

AGAIN_SECONDS, TRIES = 0.3, 12
NO_ANSWER = ("child", "timer")
"""What a pending call waits for that is nobody's to answer."""


class _Errand(Struct):
    """One errand, and the process that it is on."""

    does: Callable[..., Awaitable[None]]
    given: Sequence[Any]
    tries: int = TRIES
    on: Process | None = None


class Errands:
    """The people outside. ``accepted`` and ``said`` are the tasks of which they were told that it is done."""

    def __init__(
        self, stage: Stage, loop: ProcessLoop, outside: Outside, processes: Sequence[Process], dice: Random
    ) -> None:
        self.accepted: list[str] = []
        self.said: list[str] = []
        self.refused: list[str] = []
        self.healed = False
        self._stage, self._loop, self._outside, self._trouble = stage, loop, outside, outside.trouble
        self._processes, self._dice = processes, dice
        self._scheduled: list[str] = []
        self._open: dict[int, _Errand] = {}
        self._count = 0
        stage.ears.append(self._hear)

    @property
    def idle(self) -> bool:
        """True when nobody wants anything any more."""
        return not self._open

    def submit(self, seconds: float, request: tasks.Submit) -> None:
        """Ask for a task after that time."""
        self._send(seconds, self._submit, request)

    def schedule(self, seconds: float, request: schedules.SetSchedule) -> None:
        """Ask for a task again and again, from that time on until all is healed."""
        self._scheduled.append(request.id)
        self._send(seconds, self._schedule, request)

    def lost(self, process: Process) -> None:
        """A process has died; nobody knows what became of the errands that it was on.

        Once all is healed they are done again: somebody has to see to it that nothing waits for ever.
        """
        lost = [number for number, errand in self._open.items() if errand.on is process]
        for number in lost:
            errand = self._open.pop(number)
            if self.healed:
                self._send(AGAIN_SECONDS, errand.does, *errand.given)

    def heal(self) -> None:
        """Answer everything that waits, and from now on at once."""
        self.healed = True
        for schedule in self._scheduled:
            self._send(0.0, self._unschedule, schedule)
        for state in list(self._stage.tasks.values()):
            for call in state.pending:
                self._answers(state, call, state.waits.get(call))

    def _send(self, seconds: float, does: Callable[..., Awaitable[None]], *given: Any) -> None:
        self._count += 1
        self._open[self._count] = _Errand(does, given)
        self._loop.call_later(seconds, self._go, self._count)

    def _go(self, number: int) -> None:
        errand = self._open[number]
        able = [process for process in self._processes if process.able]
        if not errand.tries:
            del self._open[number]
        elif not able:
            self._loop.call_later(AGAIN_SECONDS, self._go, number)
        else:
            errand.on = self._dice.choice(able)
            errand.on.spawn(self._done(errand.on, number))

    async def _done(self, process: Process, number: int) -> None:
        errand = self._open[number]
        try:
            await errand.does(process, *errand.given)
        except TransientError as problem:
            self._stage.note(process.name, "cannot now:", problem)
            errand.on, errand.tries = None, errand.tries - 1
            self._loop.call_later(AGAIN_SECONDS, self._go, number)
            return
        except KingpostError as problem:
            self.refused.append(problem.code)
            self._stage.note(process.name, "refuses:", problem)
        self._open.pop(number, None)

    async def _submit(self, process: Process, request: tasks.Submit) -> None:
        task = (await process.kernel.perform(tasks.SUBMIT, request)).id
        self._stage.note(process.name, "accepts", task)
        self.accepted.append(task)
        dice = self._dice
        if "cancel" in self._trouble and dice.random() < 0.4:
            self._send(dice.random() ** 2 * 2, self._cancel, task)
        for _ in range(2 if "message" in self._trouble else 0):
            self._send(dice.random() ** 2 * 2, self._message, task)

    async def _schedule(self, process: Process, request: schedules.SetSchedule) -> None:
        if not self.healed:
            await process.kernel.perform(schedules.SET, request)
            self._stage.note(process.name, "keeps the schedule", request.id)

    async def _unschedule(self, process: Process, schedule: str) -> None:
        await process.kernel.perform(schedules.REMOVE, schedules.ScheduleId(schedule))
        self._stage.note(process.name, "has removed the schedule", schedule)

    async def _replay(self, process: Process, letter: str) -> None:
        again = (await process.kernel.perform(steering.REPLAY, tasks.TaskId(letter))).id
        self._stage.note(process.name, "tries again, as", again)

    async def _discard(self, process: Process, letter: str) -> None:
        await process.kernel.perform(steering.DISCARD, tasks.TaskId(letter))
        self._stage.note(process.name, "puts away", letter)

    async def _cancel(self, process: Process, task: str) -> None:
        await process.kernel.perform(steering.CANCEL, steering.Cancel(id=task, reason="changed my mind"))
        self._stage.note(process.name, "is to cancel", task)

    async def _message(self, process: Process, task: str) -> None:
        await process.kernel.perform(steering.MESSAGE, steering.Message(id=task, text="by the way"))
        self._stage.note(process.name, "takes a message for", task)
        self.said.append(task)

    async def _settle(self, process: Process, task: str, call: str, key: str) -> None:
        seen = Observation(call=call, text=ANSWER)
        files = self._outside.brought(task, call)
        # Only the newest token settles a call, and whoever holds an older one has to come as himself.
        token = self._outside.tokens.get(key)
        answer = calls.Observe(id=task, observation=seen, token=token, files=files)
        try:
            await process.kernel.perform(calls.OBSERVE, answer)
        except InvalidRequest:
            await process.kernel.perform(calls.OBSERVE, replace(answer, token=None))
        self._stage.note(process.name, "takes the answer to", key)

    async def _reply(self, process: Process, task: str, call: str, waits: str) -> None:
        allow = self._dice.random() < 0.8 if waits == "approval" else None
        await process.kernel.perform(calls.REPLY, calls.Reply(id=task, call=call, text="so be it", allow=allow))
        self._stage.note(process.name, "takes the reply to", task, call)

    def _hear(self, frame: Recorded) -> None:
        """People see what waits for them."""
        state = self._stage.tasks.get(frame.stream)
        for event in frame.events:
            if event.kind == "call.pending" and state is not None:
                often = 0.8 if event.header.get("wake_at") is None else 0.5
                if self.healed or self._dice.random() < often:
                    self._answers(state, event.header["call"], event.header.get("waits"))
            elif event.kind == "task.failed" and event.header.get("reason") == "exhausted":
                self._reads(frame.stream.removeprefix(TASK_STREAM))

    def _reads(self, letter: str) -> None:
        """A dead letter is tried once more, or put away, or left alone; so is none that was one before."""
        if letter.endswith("~") or self._dice.random() < 0.3:
            return
        does = self._discard if self._dice.random() < 0.2 else self._replay
        for _ in range(2 if "double" in self._trouble else 1):
            self._send(self._dice.random(), does, letter)

    def _answers(self, state: TaskState, call: str, waits: str | None) -> None:
        if waits in NO_ANSWER:
            return
        for _ in range(2 if "double" in self._trouble else 1):
            seconds = self._dice.random() ** 2 * 1.5
            if waits is None:
                self._send(seconds, self._settle, state.id, call, f"{state.id}/{state.turn}.{call}")
            else:
                self._send(seconds, self._reply, state.id, call, waits)
