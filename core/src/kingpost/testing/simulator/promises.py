"""What must hold after every history, whatever happened in it.

Called by ``history`` once the world has come to its end. Reads the log, and the account of what was asked of the
world outside; it never looks into a process.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ...records.action import Made
from ...records.codec import load
from ...records.event import Event, Recorded
from ...records.task import Artefact
from ...state import TASK_STREAM, TaskState, task_stream
from ..store import verified
from .course import Course
from .outside import ANSWER

ENDS = frozenset({"task.succeeded", "task.failed", "task.cancelled"})
SPENT = ("tokens", "money")
"""What a grant bounds exactly; active time is noticed when it is over."""

SOON_SECONDS = 6.5
"""Longer than it takes until consequences are derived anew."""


def broken(course: Course) -> Iterator[str]:
    """Every promise that this history breaks, in words. Nothing, when the kernel keeps its word."""
    yield from _came_to_an_end(course)
    yield from _is_sound(course)
    frames = course.stage.frames
    yield from _once(frames)
    yield from _effects(course)
    yield from _handed_in(course)
    yield from _stopped(frames)
    yield from _stopped_below(course)
    yield from _adds_up(course)


def _came_to_an_end(course: Course) -> Iterator[str]:
    for state in course.stage.tasks.unfinished.values():
        yield f"task {state.id} is {state.status} for ever (open {state.open}, pending {state.pending})"
    for task in course.errands.accepted:
        if task_stream(task) not in course.stage.tasks:
            yield f"task {task} was accepted and is not in the log"
    heard = Counter(task for task, _, event in _events(course.stage.frames) if event.kind == "message.received")
    for task, count in Counter(course.errands.said).items():
        if heard[task] < count:
            yield f"task {task} was told {count} messages and {heard[task]} are in the log"
    if not course.errands.idle:
        yield "an operation is not answered for ever"
    for process in course.processes:
        yield from (f"{process.name}: {mishap}" for mishap in process.loop.mishaps)


def _is_sound(course: Course) -> Iterator[str]:
    report = verified(course.stage.store)
    yield from (f"the log is not sound: {finding}" for finding in report.findings)


def _once(frames: Sequence[Recorded]) -> Iterator[str]:
    """One beginning and one end for each task, one record of each turn and of each observation."""
    seen: Counter[tuple[str, str]] = Counter()
    for task, _, event in _events(frames):
        if (what := _what(event)) is not None:
            seen[task, what] += 1
        if event.header.get("error") == "internal":
            yield f"task {task} failed by the kernel's own fault: {event.payload}"
    for (task, what), count in seen.items():
        if count > 1:
            yield f"task {task} has {count} records of one {what}"
    for task in dict.fromkeys(task for task, _ in seen):
        if not seen[task, "end"]:
            yield f"task {task} has no outcome"


def _what(event: Event) -> str | None:
    """What an event records that may be recorded once."""
    if event.kind in ENDS:
        return "end"
    if event.kind == "task.queued":
        return "beginning"
    if event.kind == "turn.decided":
        return f"turn {event.header['turn']}"
    if event.kind == "call.observed":
        return f"observation {event.header['turn']}.{event.header['call']}"
    return None


def _effects(course: Course) -> Iterator[str]:
    """What was asked of the world: nothing twice that may not be, and nothing recorded that never happened."""
    outside = course.outside
    yield from outside.again
    yield from course.stage.stolen
    for key, executions in outside.executions.items():
        if len(executions) > 1 and not all(one.repeatable for one in executions):
            yield f"call {key} must not be repeated and was executed {len(executions)} times"
    tools: dict[str, str] = {}
    for task, _, event in _events(course.stage.frames):
        if event.kind == "turn.decided":
            tools |= {f"{task}/{event.header['turn']}.{call}": tool for call, tool in event.header["calls"].items()}
        elif event.kind == "call.observed" and event.header.get("error") is None:
            key = _key(task, event)
            done = any(one.done for one in outside.executions.get(key, ()))
            if tools.get(key) in outside.tools and not done:
                yield f"call {key} was recorded as done and never happened"


def _handed_in(course: Course) -> Iterator[str]:
    """Whole and at once: what a call hands in is in the log when its observation is, and stands in the outcome."""
    stage, outside = course.stage, course.outside
    named: defaultdict[str, dict[str, Artefact]] = defaultdict(dict)
    for task, _, event in _events(stage.frames):
        if event.kind == "call.observed":
            payload, key = event.payload or {}, _key(task, event)
            found = [load(Artefact, one) for one in payload.get("artefacts", ())]
            named[task] |= {one.name: one for one in found}
            due: Sequence[Made] = ()
            if payload["observation"]["text"] == ANSWER:
                due = outside.brought(task, event.header["call"])
            elif event.header.get("error") is None:
                due = outside.files.get(key, ())
            if [one.name for one in found] != [one.name for one in due]:
                yield f"call {key} handed in {len(due)} files and is recorded with {len(found)}"
            for made, one in zip(due, found, strict=False):
                if stage.store.blobs.get((stage.tasks[task_stream(task)].tenant, one.digest)) != made.content:
                    yield f"call {key} handed in {one.name}, and the log keeps something else"
        elif event.kind == "task.succeeded":
            outcome = [load(Artefact, one) for one in (event.payload or {})["outcome"]["artefacts"]]
            if outcome != list(named[task].values()):
                yield f"task {task} handed in {len(named[task])} files and its outcome has {len(outcome)} of them"


def _key(task: str, event: Event) -> str:
    """The key of the call that an event is about, as its tool was given it."""
    return f"{task}/{event.header['turn']}.{event.header['call']}"


def _stopped(frames: Sequence[Recorded]) -> Iterator[str]:
    """Once a task is asked to end, nobody new takes a turn of it; who thinks may finish the thought."""
    asked: set[str] = set()
    late: Counter[str] = Counter()
    for task, _, event in _events(frames):
        if event.kind == "cancel.requested":
            asked.add(task)
        elif task in asked and event.kind == "task.started":
            yield f"task {task} was claimed after it was asked to end"
        elif task in asked and event.kind == "turn.decided":
            late[task] += 1
            if late[task] > 1:
                yield f"task {task} went on deciding after it was asked to end"
        elif task in asked and event.kind == "task.succeeded" and not late[task]:
            yield f"task {task} succeeded after it was asked to end, and not by a turn that was under way"


def _stopped_below(course: Course) -> Iterator[str]:
    """Soon after a task has ended, and the world been healed, nothing below it goes on."""
    ended: dict[str, float] = {}
    for task, position, event in _events(course.stage.frames):
        at = course.stage.written[position - 1]
        if event.kind in ENDS:
            ended[task] = max(at, course.healed) + SOON_SECONDS
        elif event.kind == "turn.decided":
            for above in _above(task):
                if at > ended.get(above, at):
                    yield f"task {task} goes on although {above} has ended"


def _above(task: str) -> Iterator[str]:
    """The tasks that a task stands below, by its name."""
    parent, found, _ = task.rpartition("/")
    while found:
        yield parent
        parent, found, _ = parent.rpartition("/")


def _adds_up(course: Course) -> Iterator[str]:
    """Spending only grows, stays within the grant, and a parent pays exactly what its children spent."""
    tasks, frames = course.stage.tasks, course.stage.frames
    states: dict[str, TaskState] = {}
    own: defaultdict[str, int] = defaultdict(int)
    for position, stream, after in tasks.past:
        before = states.get(stream)
        states[stream] = after
        if before is None:
            continue
        yield from _kept_within(before, after)
        for event in frames[position - 1].events:
            if event.kind == "call.pending" and event.header.get("waits") == "child":
                yield from _cut(f"{stream}/{event.header['turn']}.{event.header['call']}", event, tasks)
            elif event.kind in ("turn.decided", "context.packed"):
                own[after.root] += event.header.get("spent", [0])[0]
            elif event.kind in ("call.observed", "child.settled"):
                place = event.header.get("child") or f"{event.header['turn']}.{event.header['call']}"
                child = tasks.get(f"{stream}/{place}")
                if child is not None and place in before.lent and event.header.get("spent") != child.spent:
                    yield f"task {after.id} paid {event.header.get('spent')} for {child.id}, which spent {child.spent}"
    for root, tokens in own.items():
        state = tasks[task_stream(root)]
        if state.granted is not None and state.granted[0] is not None and state.spent[0] < tokens:
            yield f"the tree of {root} used {tokens} tokens and its root accounts for {state.spent[0]}"


def _cut(stream: str, event: Event, tasks: Mapping[str, TaskState]) -> Iterator[str]:
    """A child may spend what was cut out of its parent's grant for it."""
    child, cut = tasks.get(stream), event.header["cut"]
    if child is not None and (child.granted or [None, None, None]) != cut:
        yield f"task {child.id} was granted {child.granted}, and {cut} was cut for it"


def _kept_within(before: TaskState, after: TaskState) -> Iterator[str]:
    if any(now < then for then, now in zip(before.spent, after.spent, strict=True)):
        yield f"task {after.id} took back spending: {before.spent} became {after.spent}"
    if after.granted is None:
        return
    for what, granted, spent, left in zip(SPENT, after.granted, after.spent, after.left(), strict=False):
        if granted is not None and (spent > granted or (left is not None and left < 0)):
            yield f"task {after.id} has spent {spent} of {granted} {what}, {left} left"


def _events(frames: Sequence[Recorded]) -> Iterator[tuple[str, int, Event]]:
    for frame in frames:
        if frame.stream.startswith(TASK_STREAM):
            task = frame.stream.removeprefix(TASK_STREAM)
            for event in frame.events:
                yield task, frame.position, event
