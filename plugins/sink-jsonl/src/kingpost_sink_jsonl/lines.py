"""A frame as a line of JSON, and what of a line tells which frame it is.

Called by ``file``. Plain ASCII, so that any collector can read it.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from kingpost import Event, Recorded


class Mark(NamedTuple):
    """Which frame stands in a line: its position, and its hash in hex."""

    position: int
    hash: str


def written(frame: Recorded, *, payloads: bool) -> bytes:
    """The line of a frame, with its newline."""
    line = {
        "position": frame.position,
        "hash": frame.hash.hex(),
        "at": frame.at,
        "stream": frame.stream,
        "version": frame.version,
        "events": [_event(event, payloads) for event in frame.events],
    }
    return json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n"


def read(line: bytes) -> Mark:
    """Which frame a line is.

    Raises:
        ValueError: it is none.
    """
    try:
        found = json.loads(line)
        return Mark(int(found["position"]), str(found["hash"]))
    except (KeyError, TypeError, RecursionError) as problem:
        raise ValueError(f"no frame ({problem})") from problem


def _event(event: Event, payloads: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"kind": event.kind, "v": event.v, "header": event.header}
    if event.erased:
        shown["erased"] = True
    elif payloads and event.payload is not None:
        shown["payload"] = event.payload
    return shown
