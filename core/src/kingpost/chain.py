"""How a frame becomes bytes that cannot be changed unnoticed, and how the bytes become a frame again.

Called by logs when they append, read and verify. Pure; the salts are handed in.

A frame's *body* is JSON: stream, version, time, and for each event its kind, shape version, header and the salted
SHA-256 of its payload. Its *hash* is SHA-256 over the hash of the frame before it and the body, so a changed, lost or
moved frame breaks the chain. *Payloads* stand beside the body with their salts: erasing them leaves the chain whole,
and the salt keeps a short text from being guessed by its digest.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from hashlib import sha256
from operator import attrgetter
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from .errors import Corrupted
from .records.event import Event, JsonObject, Recorded

GENESIS = bytes(32)
"""What stands before the first frame."""

SALT_BYTES = 16
_LENGTH = struct.Struct(">I")
_NONE = 0xFFFFFFFF
_ABSENT = _LENGTH.pack(_NONE)


class Written(Event):
    """An event whose payload is JSON already, as whoever makes it has to know its size: it is written as it stands.

    To whoever reads it, it is the event that it will be in the log; its payload becomes a value when it is asked for.
    """

    content: bytes = b""

    @property  # type: ignore[misc]  # a field of a frozen struct can only be read as well
    def payload(self) -> JsonObject:
        """The content as a value."""
        value: JsonObject | None = _payload.__get__(self)
        if value is None:
            value = from_json(self.content)
            _payload.__set__(self, value)
        return value

    def __eq__(self, other: object) -> bool:
        """Equal to the event that is read back."""
        return isinstance(other, Event) and _facts(self) == _facts(other)

    __hash__ = None  # type: ignore[assignment]  # nor has any other event, as its header can change


# Whoever goes through its fields sees those of an event.
Written.__dataclass_fields__ = Event.__dataclass_fields__
_payload: Any = Event.__dict__["payload"]
_facts = attrgetter("kind", "header", "payload", "v", "erased")


class Sealed(NamedTuple):
    """A frame as bytes; a tuple, since one is made for every append. ``payloads`` is ``None`` if no event has one."""

    body: bytes
    payloads: bytes | None
    hash: bytes


def frame_hash(previous: bytes, body: bytes) -> bytes:
    """The hash of a frame: SHA-256 (FIPS 180-4) of the hash before it and its body. 32 bytes."""
    return sha256(previous + body).digest()


def encode(stream: str, version: str, at: int, events: Sequence[Event], salts: bytes) -> tuple[bytes, bytes | None]:
    """Body and payloads of a frame. ``salts`` holds ``SALT_BYTES`` for each event."""
    listed: list[list[Any]] = []
    packed: list[bytes] = []
    full = False
    for number, event in enumerate(events):
        content = event.content if isinstance(event, Written) else _content(event)
        if content is None:
            listed.append([event.kind, event.v, event.header, None])
            packed.append(_ABSENT)
            continue
        full = True
        salted = salts[number * SALT_BYTES : (number + 1) * SALT_BYTES] + content
        listed.append([event.kind, event.v, event.header, sha256(salted).hexdigest()])
        packed += _LENGTH.pack(len(salted)), salted
    body: bytes = to_json({"stream": stream, "version": version, "at": at, "events": listed})
    return body, b"".join(packed) if full else None


def _content(event: Event) -> bytes | None:
    return None if event.payload is None else to_json(event.payload)


def seal(previous: bytes, stream: str, version: str, at: int, events: Sequence[Event], salts: bytes) -> Sealed:
    """One frame, ready to be written behind the frame whose hash is ``previous``."""
    body, payloads = encode(stream, version, at, events, salts)
    return Sealed(body, payloads, frame_hash(previous, body))


def decode(position: int, body: bytes, payloads: bytes | None, hash: bytes = b"") -> Recorded:
    """The frame out of its bytes. An event whose payload is gone is marked ``erased``.

    Raises:
        Corrupted: the bytes are no frame.
    """
    try:
        frame = from_json(body)
        salted = _split(payloads, len(frame["events"]))
        events = tuple(
            Event(
                kind,
                header,
                from_json(raw[SALT_BYTES:]) if raw else None,
                v,
                digest is not None and raw is None,
            )
            for (kind, v, header, digest), raw in zip(frame["events"], salted, strict=True)
        )
        return Recorded(position, frame["stream"], frame["version"], frame["at"], events, hash)
    except (ValueError, KeyError, TypeError, struct.error) as problem:
        raise Corrupted(f"frame {position} cannot be read ({problem}); restore it from a backup") from problem


def damaged(body: bytes, payloads: bytes | None) -> list[int]:
    """Which events' payloads are not those that were written; erased ones are no damage.

    Raises:
        ValueError, KeyError, TypeError, struct.error: the bytes are no frame at all.
    """
    events = from_json(body)["events"]
    if payloads is None:
        return []
    return [
        number
        for number, (event, raw) in enumerate(zip(events, _split(payloads, len(events)), strict=True))
        if raw is not None and sha256(raw).hexdigest() != event[3]
    ]


def _split(payloads: bytes | None, count: int) -> list[bytes | None]:
    if payloads is None:
        return [None] * count
    found: list[bytes | None] = []
    offset = 0
    for _ in range(count):
        (length,) = _LENGTH.unpack_from(payloads, offset)
        offset += _LENGTH.size
        if length == _NONE:
            found.append(None)
            continue
        raw = payloads[offset : offset + length]
        if len(raw) < length:
            raise ValueError("a payload ends too early")
        found.append(raw)
        offset += length
    if offset != len(payloads):
        raise ValueError("there are bytes behind the last payload")
    return found
