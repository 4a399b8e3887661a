"""Deliveries are found again however old they are, and however much else the log holds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kingpost import Event, Ports
from kingpost.testing import MemoryLog, seeded_ports
from kingpost_webhooks import deliveries
from kingpost_webhooks.asked import DeliveryView, Follow, ListDeliveries
from kingpost_webhooks.deliveries import backwards, followed, listed
from kingpost_webhooks.endpoint import stream_of


async def _log(ports: Ports, streams: list[str]) -> MemoryLog:
    log = MemoryLog(ports)
    for number, stream in enumerate(streams):
        header = {
            "delivery": f"d-{number}", "source": "git", "message": f"m-{number}", "class": "theirs", "at": 1.0,
            "place": [number, 0],
        }  # fmt: skip
        kind = "delivery.dead" if stream.startswith("webhooks.endpoint/") else "delivery.unmatched"
        await log.append(stream, None, [Event(kind, header, {})])
    return log


async def _all(log: MemoryLog, request: ListDeliveries, most: int) -> list[DeliveryView]:
    found: list[DeliveryView] = []
    before: int | None = request.before
    while True:
        asked = ListDeliveries(endpoint=request.endpoint, source=request.source, before=before, limit=request.limit)
        page = await listed(log, asked, "default", most)
        found += page.deliveries
        if page.next is None:
            return found
        assert before is None or page.next < before
        before = page.next


@settings(max_examples=40, deadline=None)
@given(
    lumps=st.lists(st.tuples(st.sampled_from(["other", "own", "own/2"]), st.integers(1, 70)), max_size=8),
    before=st.none() | st.integers(1, 200),
)
async def test_a_stream_is_read_backwards_whole_wherever_its_frames_lie(
    lumps: list[tuple[str, int]], before: int | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Thin or crowded, behind whatever lies between: every frame once, the newest first."""
    ports = seeded_ports(0, tmp_path_factory.getbasetemp())
    log = await _log(ports, [stream for stream, count in lumps for _ in range(count)])
    with pytest.MonkeyPatch.context() as small:
        small.setattr(deliveries, "_PAGE", 8)
        for stream in ("own", None):
            found = [frame.position async for frame in backwards(log, before, stream)]
            there = await log.read(0, 10_000, stream)
            assert found == [one.position for one in there if before is None or one.position < before][::-1]


async def test_what_lies_far_back_is_listed_page_by_page(ports: Ports) -> None:
    """A page ends when enough was looked through, and names the next one, also while nothing was found."""
    old = ["webhook/default/git/1", "webhook/default/git/2"]
    log = await _log(ports, [*old, *["between"] * 500, "webhook/default/git/3"])

    first = await listed(log, ListDeliveries(source="git", limit=10), "default", most=100)
    found = await _all(log, ListDeliveries(source="git", limit=10), most=100)

    assert [view.id for view in first.deliveries] == ["d-502"]
    assert first.next is not None
    assert [view.id for view in found] == ["d-502", "d-1", "d-0"]


async def test_an_endpoints_oldest_dead_letter_is_found_behind_a_long_log(ports: Ports) -> None:
    """In one page: the endpoint's stream is looked at, not what lies between."""
    own = stream_of("default", "ops")
    log = await _log(ports, [own, *["between"] * 3000, own])

    page = await listed(log, ListDeliveries(endpoint="ops"), "default", most=10)

    assert [view.id for view in page.deliveries] == ["m-3001", "m-0"]
    assert page.next is None


async def test_who_follows_has_everything_once_and_in_order(ports: Ports) -> None:
    """From now on, of one source or of all, whatever else is written between two looks."""
    log = await _log(ports, ["webhook/default/git/0"])
    begun = await followed(log, Follow(), "default")
    assert begun.deliveries == ()

    for number in range(1, 4):
        header = {"delivery": f"d-{number}", "source": "git" if number != 2 else "other"}
        await log.append(f"webhook/default/x/{number}", None, [Event("delivery.unmatched", header, {})])
        await log.append("between", None, [Event("note", {})])
    everything = await followed(log, Follow(after=begun.position), "default")
    only = await followed(log, Follow(after=begun.position, source="git"), "default")
    nothing = await followed(log, Follow(after=everything.position), "default")

    assert [view.id for view in everything.deliveries] == ["d-1", "d-2", "d-3"]
    assert [view.id for view in only.deliveries] == ["d-1", "d-3"]
    assert everything.position == only.position == nothing.position == (await log.head()).position
    assert nothing.deliveries == ()
    other = await followed(log, Follow(after=begun.position), "acme")
    assert other.deliveries == ()
