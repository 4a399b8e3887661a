"""A frame's bytes cannot be changed unnoticed, and its content can be erased without breaking the chain."""

from __future__ import annotations

import struct
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kingpost import GENESIS, SALT_BYTES, Corrupted, Event, Sealed, damaged, decode, frame_hash, seal
from pydantic_core import from_json

EVENTS = (
    Event("task.queued", {"task": "größe"}, {"text": "ein Kran"}),
    Event("task.started", {"attempt": 1}),
    Event("turn.decided", {"turn": 1}, {}, v=2),
)
SALTS = bytes(range(len(EVENTS) * SALT_BYTES))
GONE = (0xFFFFFFFF).to_bytes(4, "big")

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(st.text(), values, max_size=3)
events = st.builds(Event, st.text(), objects, st.none() | objects, st.integers(1, 9))


def sealed() -> Sealed:
    return seal(GENESIS, "task/größe", "3", 1_000, EVENTS, SALTS)


def is_noticed(frame: Sealed, body: bytes, payloads: bytes | None) -> bool:
    """Whether ``verify`` would see the change: by the hash, or by a payload."""
    if frame_hash(GENESIS, body) != frame.hash:
        return True
    try:
        return bool(damaged(body, payloads))
    except (ValueError, struct.error):
        return True


def flipped(data: bytes, at: int, bit: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def test_a_frame_comes_back_as_it_was_sealed() -> None:
    frame = sealed()
    recorded = decode(7, frame.body, frame.payloads, frame.hash)

    assert recorded.events == EVENTS
    assert (recorded.position, recorded.stream, recorded.version, recorded.at) == (7, "task/größe", "3", 1_000)
    assert recorded.hash == frame.hash
    assert damaged(frame.body, frame.payloads) == []


@given(
    stream=st.text(),
    version=st.text(),
    at=st.integers(0, 2**63),
    frame=st.lists(events, max_size=4),
    salts=st.binary(min_size=4 * SALT_BYTES, max_size=4 * SALT_BYTES),
)
def test_any_frame_comes_back_as_it_was_sealed(
    stream: str, version: str, at: int, frame: list[Event], salts: bytes
) -> None:
    made = seal(GENESIS, stream, version, at, frame, salts)
    recorded = decode(1, made.body, made.payloads)

    assert (recorded.stream, recorded.version, recorded.at, list(recorded.events)) == (stream, version, at, frame)
    assert damaged(made.body, made.payloads) == []
    assert (made.payloads is None) == all(event.payload is None for event in frame)


def test_every_flipped_bit_is_noticed() -> None:
    """Of body and payloads, salts and lengths included; reading what is damaged never fails in another way."""
    frame = sealed()
    assert frame.payloads is not None
    for bit in range(8):
        for at in range(len(frame.body)):
            assert is_noticed(frame, flipped(frame.body, at, bit), frame.payloads)
        for at in range(len(frame.payloads)):
            assert is_noticed(frame, frame.body, flipped(frame.payloads, at, bit))


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7), body=st.booleans())
def test_damaged_bytes_are_a_frame_or_corrupted(at: int, bit: int, body: bool) -> None:
    """``decode`` raises nothing else, whatever it is given."""
    frame = sealed()
    assert frame.payloads is not None
    changed = (
        (flipped(frame.body, at % len(frame.body), bit), frame.payloads)
        if body
        else (frame.body, flipped(frame.payloads, at % len(frame.payloads), bit))
    )

    try:
        recorded = decode(3, *changed)
    except Corrupted:
        return
    assert len(recorded.events) == len(EVENTS)


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b"{}", b'{"events": 3}', b'{"events": [[]]}', b"\xff"])
def test_bytes_that_are_no_frame_are_corrupted(body: bytes) -> None:
    with pytest.raises(Corrupted, match="frame 3"):
        decode(3, body, None)


@pytest.mark.parametrize("length", [0, 3, 10, -1])
def test_payloads_that_end_too_early_or_too_late_are_corrupted(length: int) -> None:
    frame = sealed()
    assert frame.payloads is not None
    payloads = frame.payloads[:length] if length >= 0 else frame.payloads + b"\0"

    with pytest.raises(Corrupted):
        decode(3, frame.body, payloads)


def test_a_frame_that_was_moved_breaks_the_frame_hash() -> None:
    """The hash covers the frame before it."""
    first = sealed()
    second = seal(first.hash, "note/1", "1", 2_000, [Event("note.made")], b"")

    assert frame_hash(first.hash, second.body) == second.hash
    assert frame_hash(GENESIS, second.body) != second.hash


def test_the_hash_is_plain_sha_256() -> None:
    """So that anybody can compute it again without us."""
    frame = sealed()

    assert frame.hash == sha256(bytes(32) + frame.body).digest()


def test_erased_payloads_leave_the_chain_whole() -> None:
    """All of a frame's at once: events that had content say so, and the others do not."""
    frame = sealed()

    assert damaged(frame.body, None) == []
    assert decode(1, frame.body, None).events == (
        replace(EVENTS[0], payload=None, erased=True),
        EVENTS[1],
        replace(EVENTS[2], payload=None, erased=True),
    )


def test_one_erased_payload_leaves_the_others_readable() -> None:
    frame = sealed()
    assert frame.payloads is not None
    first = 4 + int.from_bytes(frame.payloads[:4], "big")
    payloads = GONE + frame.payloads[first:]

    assert damaged(frame.body, payloads) == []
    assert decode(1, frame.body, payloads).events == (replace(EVENTS[0], payload=None, erased=True), *EVENTS[1:])


def test_a_payload_where_none_was_is_damage() -> None:
    frame = seal(GENESIS, "note/1", "1", 0, EVENTS[1:2], SALTS)
    smuggled = (20).to_bytes(4, "big") + bytes(SALT_BYTES) + b"1234"

    assert damaged(frame.body, smuggled) == [0]


def test_the_salt_hides_what_a_digest_would_tell() -> None:
    """The same short text has another digest each time, and the body does not hold it."""
    yes = Event("note.made", {}, {"text": "yes"})
    one = seal(GENESIS, "note/1", "1", 0, [yes], b"1" * SALT_BYTES)
    two = seal(GENESIS, "note/1", "1", 0, [yes], b"2" * SALT_BYTES)

    assert from_json(one.body)["events"][0][3] != from_json(two.body)["events"][0][3]
    assert b"yes" not in one.body


def test_headers_stay_readable_without_payloads() -> None:
    """All that the fold needs stands in the body."""
    assert [event.header for event in decode(1, sealed().body, None).events] == [event.header for event in EVENTS]
