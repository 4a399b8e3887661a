"""The promises of a ``Sink``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from ...errors import Unavailable
from ...ports import Ports
from ...protocols import Sink
from ...records.event import Event, Recorded
from ...state import task_stream
from .. import facts
from ..log import MemoryLog
from .ground import STRANGE, Ground, missing

Arrived = Callable[[], Awaitable[Sequence[int]]]
"""The positions of the frames that are on the far side, in their order there."""


class SinkConformance(Ground):
    """Inherit, and override ``subject``, ``twin`` and ``arrived``; ``dark`` if its far side can fail to answer."""

    door = "sinks"

    @pytest.fixture
    def subject(self) -> Sink:
        """The sink that is tested, started, with nothing on its far side."""
        missing("subject", "yield a started sink whose far side holds nothing")

    @pytest.fixture
    def twin(self, subject: Sink) -> Sink:
        """A second instance with the same far side."""
        missing("twin", "yield a second started instance with the far side of `subject`, as the next process opens it")

    @pytest.fixture
    def arrived(self, subject: Sink) -> Arrived:
        """Looks at the far side."""
        missing("arrived", "return a coroutine function that tells the positions on the far side, in order")

    @pytest.fixture
    def dark(self) -> Sink | None:
        """The sink, with a far side that does not answer."""
        return None

    @pytest.fixture
    async def frames(self, ports: Ports) -> list[Recorded]:
        """A dozen frames of three tasks, as a log gives them."""
        log = MemoryLog(ports)
        for events in ([facts.started()], [facts.decided(1, {"a": "look"})], [facts.observed("a", {"text": "seen"})]):
            for task in ("t-1", "t-2", "t-3"):
                if events[0].kind == "task.started":
                    await log.append(task_stream(task), "", [facts.queued(task)])
                await log.append(task_stream(task), None, events)
        return list(await log.read())

    async def test_what_is_accepted_has_arrived_in_order(
        self, subject: Sink, arrived: Arrived, frames: list[Recorded]
    ) -> None:
        """Take these frames, at least one, in order; when it returns they are never handed over again."""
        for start, end in ((0, 1), (1, 8), (8, 12)):
            await subject.accept(frames[start:end])

            assert list(await arrived()) == list(range(1, end + 1))

    async def test_accepting_twice_does_no_harm(self, subject: Sink, arrived: Arrived, frames: list[Recorded]) -> None:
        """When it raises or is cancelled they are handed over again later, so accepting twice must do no harm."""
        await subject.accept(frames[:5])
        await subject.accept(frames[:5])
        await subject.accept(frames[2:9])
        await subject.accept(frames[8:])

        assert list(await arrived()) == list(range(1, 13))

    @pytest.mark.parametrize("again", [0, 1, 3, 9])
    async def test_another_instance_does_no_harm(
        self, subject: Sink, twin: Sink, arrived: Arrived, frames: list[Recorded], again: int
    ) -> None:
        """So they are after a crash, to another instance."""
        await subject.accept(frames[:4])
        await subject.accept(frames[4:9])

        await twin.accept(frames[9 - again : 11])
        await twin.accept(frames[11:])

        assert list(await arrived()) == list(range(1, 13))

    async def test_what_was_cancelled_comes_again(
        self, subject: Sink, arrived: Arrived, frames: list[Recorded]
    ) -> None:
        """Stops soon when it is cancelled: at whatever moment, nothing is missing after the next time."""
        for number, frame in enumerate(frames):
            accepting = asyncio.ensure_future(subject.accept([frame]))
            for _ in range(number):
                await asyncio.sleep(0)
            accepting.cancel()
            await asyncio.wait((accepting,))
            await subject.accept([frame])

        assert list(await arrived()) == list(range(1, 13))

    @pytest.mark.parametrize("strange", STRANGE)
    async def test_any_frame_is_accepted(self, subject: Sink, arrived: Arrived, strange: str) -> None:
        """Any frame is accepted: kinds nobody has heard of, payloads that were erased."""
        text = STRANGE[strange].encode("utf-8", "replace").decode()
        payload: dict[str, Any] = {"text": text, "deep": [{"much": [text, 1.5, None, True]}]}
        events = (
            Event("nobody.knows", {"text": text}, payload, v=7),
            Event("nobody.knows", {}, None, erased=True),
            Event("task.queued"),
        )
        await subject.accept([Recorded(1, f"strange/{text}", "v 1", 1, events, bytes(32))])
        await subject.accept([Recorded(2, task_stream("t"), "", 0, (), bytes(range(32)))])

        assert list(await arrived()) == [1, 2]

    async def test_a_far_side_that_does_not_answer_is_unavailable(
        self, dark: Sink | None, frames: list[Recorded]
    ) -> None:
        """Unavailable: its far side does not answer, with the mend."""
        if dark is None:
            pytest.skip("a sink whose far side always answers")
        with pytest.raises(Unavailable) as caught:
            await dark.accept(frames)
        assert str(caught.value)
