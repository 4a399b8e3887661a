"""What a ``Log`` promises to those who read."""

from __future__ import annotations

import asyncio
from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ...chain import GENESIS, seal
from ...errors import Conflict
from ...ports import Ports
from ...protocols import Log, Marked
from ...records.event import Event, Head
from ..world import SeededClock
from .ground import STRANGE, examples, json_objects
from .log_ground import LogGround, everything, note

_events = st.builds(
    Event,
    st.sampled_from(["note.made", "note.größer", "thing.of.tomorrow"]),
    json_objects,
    st.none() | json_objects,
    st.integers(1, 3),
)
_moves = st.tuples(
    st.integers(0, 2),
    st.sampled_from(["new", "current", "stale", "any"]),
    st.lists(_events, min_size=1, max_size=3),
)


def _nested(depth: int) -> dict[str, Any]:
    return {"in": _nested(depth - 1)} if depth else {}


class Reading(LogGround):
    """Order, pages, bytes and the chain."""

    async def test_an_empty_log_has_nothing_to_read(self, subject: Log) -> None:
        """The newest frame. Before it there is none."""
        assert list(await subject.read()) == []
        assert await subject.head() == Head(0, GENESIS)

    async def test_a_mark_changes_with_whatever_anybody_writes(self, subject: Log, twin: Log) -> None:
        """Equal marks, equal answers: nobody has written to the log between them, in whatever process."""
        if not isinstance(subject, Marked):
            pytest.skip("this log has no marks")
        marks = [subject.mark()]
        assert subject.mark() == marks[0]
        for number, writer in enumerate((subject, twin, subject, twin)):
            await writer.append(f"note/{number}", "", [note(number)])
            marks.append(subject.mark())
            await writer.put("acme", b"%d" % number)
            marks.append(subject.mark())

        assert all(one != other for one, other in combinations(marks, 2))

    async def test_the_head_is_the_newest_frame(self, subject: Log) -> None:
        """The newest frame."""
        for number in range(3):
            receipt = await subject.append(f"note/{number}", "", [note()])
            newest = (await everything(subject))[-1]
            assert await subject.head() == Head(receipt.position, newest.hash)

    @pytest.mark.parametrize("page", [1, 4, 25, 100])
    async def test_pages_join_without_gap_or_duplicate(self, subject: Log, page: int) -> None:
        """Frames behind ``after`` in order, no gap, no duplicate, at most ``limit``."""
        for number in range(25):
            await subject.append(f"note/{number % 3}", None, [note(number)])

        frames = await everything(subject, page=page)

        assert [frame.events[0].header["number"] for frame in frames] == list(range(25))
        assert len(await subject.read(0, page)) == min(page, 25)
        assert list(await subject.read(25, page)) == list(await subject.read(1000, page)) == []

    @pytest.mark.parametrize("page", [1, 4, 100])
    async def test_one_stream_is_read_alone(self, subject: Log, page: int) -> None:
        """Frames behind ``after`` in order, at most ``limit``; of one stream if named."""
        for number in range(25):
            await subject.append(f"note/{number % 3}", None, [note(number)])

        frames = await everything(subject, "note/1", page)

        assert [frame.events[0].header["number"] for frame in frames] == list(range(1, 25, 3))
        assert list(await subject.read(stream="note/9")) == []

    async def test_a_stream_is_named_by_all_of_its_name(self, subject: Log) -> None:
        """Frames behind ``after`` in order; of one stream if named."""
        streams = ["note/1", "note/10", "note/1/2", "Note/1", "note/%", "note/größer 漢字", "note/1 "]
        for stream in streams:
            await subject.append(stream, "", [note()])

        for stream in streams:
            assert [frame.stream for frame in await everything(subject, stream)] == [stream]

    async def test_reading_goes_on_while_others_append(self, subject: Log, twin: Log) -> None:
        """Frames behind ``after`` in order, no gap, no duplicate."""
        logs = [subject, twin] * 100
        writing = asyncio.gather(*(log.append(f"note/{n % 7}", None, [note(n)]) for n, log in enumerate(logs)))
        seen: list[int] = []
        while not writing.done():
            seen += [frame.position for frame in await subject.read(seen[-1] if seen else 0, 30)]
            await asyncio.sleep(0)
        seen += [frame.position for frame in await subject.read(seen[-1] if seen else 0)]

        assert seen == list(range(1, 201))

    async def test_a_frame_carries_the_time_of_the_ports(self, subject: Log, ports: Ports, clock: SeededClock) -> None:
        """Streams of events that stay: each frame with the time at which it was written, in microseconds."""
        await subject.append("note/1", "", [note()])
        await clock.advance(2.5)
        await subject.append("note/1", None, [note()])

        first, second = await everything(subject)
        assert abs(second.at - ports.clock.now() * 1_000_000) <= 1
        assert second.at - first.at == 2_500_000

    @examples
    @given(event=_events)
    async def test_what_is_read_is_what_was_appended(self, subject: Log, event: Event) -> None:
        """Streams of events that stay."""
        receipt = await subject.append("note/1", None, [note(), event])

        (frame,) = await subject.read(receipt.position - 1, 1)
        assert frame.events[1] == event

    @pytest.mark.parametrize("strange", sorted(STRANGE.keys() - {"half a pair"}))
    async def test_strange_texts_stay_as_they_are(self, subject: Log, strange: str) -> None:
        """Streams of events that stay."""
        event = Event("note.made", {"text": STRANGE[strange]}, {STRANGE[strange]: [STRANGE[strange]]})

        await subject.append("note/1", "", [event])

        assert (await everything(subject))[0].events == (event,)

    @pytest.mark.parametrize(
        "payload",
        [{"text": "ä" * 2_000_000}, {"list": list(range(50_000))}, _nested(100), {"big": 2**70, "small": 5e-324}],
        ids=["long", "wide", "deep", "numbers"],
    )
    async def test_large_payloads_stay_as_they_are(self, subject: Log, payload: dict[str, Any]) -> None:
        """Streams of events that stay."""
        await subject.append("note/1", "", [note(1, payload), note(2, {"text": "behind it"})])

        first, second = (await everything(subject))[0].events
        assert (first.payload, second.payload) == (payload, {"text": "behind it"})

    async def test_the_chain_can_be_computed_again(self, subject: Log, twin: Log) -> None:
        """``hash`` is the SHA-256 of the frame before it and of this frame's body."""
        logs = [subject, twin] * 20
        await asyncio.gather(*(log.append(f"note/{n % 5}", None, [note(n)] * 2) for n, log in enumerate(logs)))
        await subject.append("note/1", None, [note(1, {"text": "salted, so that its hash cannot be guessed"})])
        await subject.append("note/1", None, [note(2)])

        whole = (await subject.info()).chain == "log"
        before: dict[str, bytes] = {}
        for frame in await everything(subject):
            link = "" if whole else frame.stream
            if all(event.payload is None for event in frame.events):
                sealed = seal(before.get(link, GENESIS), frame.stream, frame.version, frame.at, frame.events, b"")
                assert frame.hash == sealed.hash
            before[link] = frame.hash

    async def test_the_same_content_has_another_hash_elsewhere(self, subject: Log) -> None:
        """``hash`` is the SHA-256 of the frame before it and of this frame's body, where payloads are salted."""
        for number in range(3):
            await subject.append(f"note/{number}", "", [note(0, {"text": "yes"})])

        assert len({frame.hash for frame in await everything(subject)}) == 3

    @examples
    @given(moves=st.lists(_moves, max_size=12))
    async def test_any_order_of_appends_reads_as_a_list_would(
        self, subject: Log, twin: Log, ports: Ports, moves: list[tuple[int, str, list[Event]]]
    ) -> None:
        """Frames behind ``after`` in order, no gap, no duplicate, at most ``limit``."""
        start = (await subject.head()).position
        names = [f"note/{ports.ids.new()}" for _ in range(3)]
        model: list[tuple[str, tuple[Event, ...]]] = []
        versions = {name: [""] for name in names}
        for turn, (number, expectation, events) in enumerate(moves):
            stream, log = names[number], (subject, twin)[turn % 2]
            known = versions[stream]
            expected = {"new": "", "current": known[-1], "stale": known[0], "any": None}[expectation]
            if expected not in (None, known[-1]):
                with pytest.raises(Conflict):
                    await log.append(stream, expected, events)
                continue
            versions[stream] = [*known, (await log.append(stream, expected, events)).version]
            model.append((stream, tuple(events)))

        frames = await subject.read(start)
        assert [(frame.stream, frame.events) for frame in frames] == model
        assert all(later.position == earlier.position + 1 for earlier, later in pairwise(frames))
        for stream in names:
            assert ["", *(frame.version for frame in await everything(subject, stream))] == versions[stream]
