"""What a ``Log`` promises of the tasks that it folds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ...errors import Corrupted, Fenced
from ...ports import Ports
from ...protocols import Log
from ...records.event import Event, TaskQuery
from ...state import Refused, TaskState, fold, task_stream
from .. import facts
from ..world import SeededClock
from .ground import examples
from .log_ground import LogGround, everything, note

_steps = st.one_of(
    st.builds(facts.started, st.integers(1, 4)),
    st.builds(facts.inputs_read, st.integers(1, 2)),
    st.builds(
        facts.decided,
        st.integers(1, 3),
        st.dictionaries(st.sampled_from("abc"), st.just("echo"), max_size=3),
        st.sampled_from(["all", "any"]),
        st.integers(1, 2),
        tokens=st.just((10, 2)),
    ),
    st.builds(facts.observed, st.sampled_from("abc")),
    st.builds(facts.pending, st.sampled_from("abc"), st.none() | st.just(5.5), st.integers(1, 2)),
    st.builds(facts.closed, st.integers(1, 2)),
    st.builds(facts.waiting, st.integers(1, 2)),
    st.builds(facts.cancel_requested),
    st.builds(facts.succeeded, st.integers(1, 2)),
    st.builds(facts.failed, st.none()),
    st.builds(lambda: Event("thing.of.tomorrow", {"attempt": 1})),
)


class Selecting(LogGround):
    """The folded tables."""

    async def test_an_appended_task_is_selected_at_once(self, subject: Log, twin: Log) -> None:
        """Tasks out of the folded tables, as of the newest frame."""
        for step in ([facts.queued("t-1")], [facts.started()], [facts.decided(1, {"a": "echo"})]):
            receipt = await subject.append(task_stream("t-1"), None, step)
            await twin.wait(receipt.position, timeout=60)
            for log in (subject, twin):
                (state,) = await log.select(TaskQuery(ids=["t-1"]))
                assert state.version == receipt.version

    async def test_streams_of_no_task_are_not_selected(self, subject: Log) -> None:
        """Tasks out of the folded tables, as of the newest frame."""
        await subject.append("note/1", "", [note()])

        assert list(await subject.select(TaskQuery())) == []

    @examples
    @given(frames=st.lists(st.lists(_steps, min_size=1, max_size=3), max_size=14))
    async def test_what_is_selected_is_the_fold_of_what_is_read(
        self, subject: Log, twin: Log, ports: Ports, frames: list[list[Event]]
    ) -> None:
        """The fold of ``kingpost.state`` guards every append and feeds ``select``."""
        task = ports.ids.new()
        stream = task_stream(task)
        await subject.append(stream, "", [facts.queued(task, priority=3, thread="größer", deadline=0.5)])
        for turn, frame in enumerate(frames):
            before = await _folded(subject, stream)
            log = (subject, twin)[turn % 2]
            try:
                fold(before, stream, "model", 0, frame)
            except (Fenced, Refused, Corrupted) as refusal:
                with pytest.raises(type(refusal)):
                    await log.append(stream, None, frame)
            else:
                await log.append(stream, None, frame)

        assert await subject.select(TaskQuery(ids=[task])) == [await _folded(subject, stream)]

    @pytest.mark.parametrize(
        ("narrowed", "chosen"),
        [
            ({}, "abcde"),
            ({"ids": ["a", "d", "nobody"]}, "ad"),
            ({"ids": []}, ""),
            ({"tenant": "other"}, "e"),
            ({"tenant": "nobody"}, ""),
            ({"statuses": ["queued"]}, "ce"),
            ({"statuses": ["running", "succeeded"]}, "bd"),
            ({"statuses": []}, ""),
            ({"root": "a"}, "ab"),
            ({"parent": "a"}, "b"),
            ({"agent": "writer"}, "cd"),
            ({"thread": "größer"}, "bd"),
            ({"thread": "größer", "statuses": ["succeeded"], "tenant": "default"}, "d"),
            ({"thread": "nobody"}, ""),
            ({"thread": ""}, ""),
            ({"agent": "writer", "statuses": ["queued"], "tenant": "default"}, "c"),
        ],
        ids=str,
    )
    async def test_a_query_narrows(self, subject: Log, narrowed: dict[str, Any], chosen: str) -> None:
        """Which tasks to select from the folded tables; ``None`` does not narrow."""
        for task, more, steps in (
            ("a", {}, [facts.failed(None)]),
            ("b", {"root": "a", "parent": "a", "thread": "größer"}, [facts.started()]),
            ("c", {"agent": "writer"}, []),
            ("d", {"agent": "writer", "thread": "größer"}, [facts.started(), facts.succeeded()]),
            ("e", {"tenant": "other"}, []),
        ):
            await subject.append(task_stream(task), "", [facts.queued(task, **more), *steps])

        found = await subject.select(TaskQuery(**narrowed))

        assert sorted(state.id for state in found) == sorted(chosen)
        assert await subject.count(TaskQuery(**narrowed)) == len(chosen)

    async def test_a_count_looks_at_no_page(self, subject: Log, twin: Log, clock: SeededClock) -> None:
        """How many tasks ``select`` would find without ``limit`` and ``after``."""
        assert await subject.count(TaskQuery()) == 0
        await _queue(subject, clock, ["a", "b", "c"])
        await twin.wait((await subject.head()).position, timeout=60)

        for query in (TaskQuery(), TaskQuery(limit=1), TaskQuery(after="b"), TaskQuery(limit=0, oldest_first=True)):
            assert await subject.count(query) == await twin.count(query) == 3
        receipt = await twin.append(task_stream("b"), None, [facts.started()])
        await subject.wait(receipt.position, timeout=60)
        assert await subject.count(TaskQuery(statuses=["queued"])) == 2

    @pytest.mark.parametrize("oldest_first", [False, True])
    async def test_tasks_come_by_age(self, subject: Log, clock: SeededClock, oldest_first: bool) -> None:
        """Newest first unless ``oldest_first``."""
        order = ["m", "c", "x", "a"]
        await _queue(subject, clock, order)
        await subject.append(task_stream("m"), None, [facts.started()])

        found = await subject.select(TaskQuery(oldest_first=oldest_first))

        assert [state.id for state in found] == (order if oldest_first else order[::-1])

    @pytest.mark.parametrize("oldest_first", [False, True])
    @pytest.mark.parametrize("page", [1, 4, 11, 50])
    async def test_pages_join(self, subject: Log, clock: SeededClock, page: int, oldest_first: bool) -> None:
        """``after`` is the id of the last task of the page before."""
        await _queue(subject, clock, [f"t-{n}" for n in (3, 1, 4, 0, 5, 9, 2, 6, 8, 7)])
        # Tasks of one moment have an order too.
        for task in ("same-2", "same-1", "same-3"):
            await subject.append(task_stream(task), "", [facts.queued(task)])
        whole = [state.id for state in await subject.select(TaskQuery(oldest_first=oldest_first))]

        seen: list[str] = []
        after = None
        while found := await subject.select(TaskQuery(after=after, limit=page, oldest_first=oldest_first)):
            assert len(found) <= page
            seen += [state.id for state in found]
            assert len(seen) <= len(whole)
            after = seen[-1]

        assert seen == whole
        assert len(seen) == 13

    async def test_a_page_begins_behind_a_task_that_no_longer_fits(self, subject: Log, clock: SeededClock) -> None:
        """``after`` is the id of the last task of the page before: even where that one has moved on since."""
        await _queue(subject, clock, ["a", "b", "c"])
        (first,) = await subject.select(TaskQuery(statuses=["queued"], limit=1))
        await subject.append(task_stream(first.id), None, [facts.started()])

        (second,) = await subject.select(TaskQuery(statuses=["queued"], limit=1, after=first.id))

        assert (first.id, second.id) == ("c", "b")

    async def test_tasks_keep_all_that_was_folded(self, subject: Log) -> None:
        """Tasks out of the folded tables: every field as the fold left it."""
        queued = facts.queued("größe/1.2", root="größe", parent="größe", thread="t", priority=-2, deadline=9.75)
        stream = task_stream("größe/1.2")
        await subject.append(stream, "", [queued])
        await subject.append(stream, None, [facts.started(7, "wörker"), facts.inputs_read(7)])
        await subject.append(stream, None, [facts.decided(1, {"a": "x", "b": "y"}, "any", 7, tokens=(2**40, 3))])
        await subject.append(stream, None, [facts.pending("a", 3.25, 7), facts.pending("b", None, 7)])
        await subject.append(stream, None, [facts.cancel_requested(), facts.waiting(7)])

        (state,) = await subject.select(TaskQuery())

        assert state == await _folded(subject, stream)
        assert state.pending == {"a": 3.25, "b": None}
        assert (state.status, state.cancel, state.inputs_read) == ("waiting", True, True)


async def _folded(log: Log, stream: str) -> TaskState | None:
    state = None
    for frame in await everything(log, stream):
        state = fold(state, stream, frame.version, frame.at, frame.events)
    return state


async def _queue(log: Log, clock: SeededClock, tasks: list[str]) -> None:
    for task in tasks:
        await log.append(task_stream(task), "", [facts.queued(task)])
        await clock.advance(1)
