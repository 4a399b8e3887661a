"""Facts in the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from .record import Record, field

JsonObject = Mapping[str, Any]

# JSON has no bytes: the codec reads this from records that hold some.
HEX = {"ser_json_bytes": "hex", "val_json_bytes": "hex"}


class Event(Record):
    """One fact. ``header`` holds all that the fold needs and is never erased; ``payload`` is content and can be.

    ``payload`` is ``None`` when there is none, or when it was erased (then ``erased`` is true). ``v`` is the version
    of the shape of this kind.
    """

    kind: str
    header: JsonObject = field(default_factory=dict)
    payload: JsonObject | None = None
    v: int = 1
    erased: bool = False


class Recorded(Record):
    """A frame as it stands in the log: several events of one stream, written as one.

    ``position`` counts frames from 1 over the whole log. ``at`` is in microseconds since the epoch. ``hash`` is the
    SHA-256 of the frame before it and of this frame's body.
    """

    __pydantic_config__: ClassVar[Mapping[str, str]] = HEX

    position: int
    stream: str
    version: str
    at: int
    events: tuple[Event, ...]
    hash: bytes = b""


class Receipt(Record):
    """An append that is durable: where the frame stands, the stream's version after it, its time and hash."""

    __pydantic_config__: ClassVar[Mapping[str, str]] = HEX

    position: int
    version: str
    at: int = 0
    hash: bytes = b""


class Head(Record):
    """The end of the log: the last frame's position (0 for an empty log) and its hash (then 32 zero bytes)."""

    __pydantic_config__: ClassVar[Mapping[str, str]] = HEX

    position: int
    hash: bytes


class Finding(Record):
    """One thing that ``verify`` found wrong. ``position`` and ``event`` (its place in the frame) name where."""

    what: str
    position: int | None = None
    stream: str | None = None
    event: int | None = None
    kind: str | None = None


class Report(Record, kw_only=True):
    """What ``verify`` or ``rebuild`` read, and what it found wrong: nothing, when the log is sound."""

    frames: int
    events: int
    head: Head
    findings: tuple[Finding, ...] = ()
    erased: int = 0

    @property
    def sound(self) -> bool:
        """True when nothing is wrong."""
        return not self.findings


class Erased(Record, kw_only=True):
    """What ``erase`` took away: payloads of events, and blobs, and the tasks that they belonged to."""

    tasks: int
    payloads: int
    blobs: int


class Segment(Record, kw_only=True):
    """Frames that were moved out of the log: the file, how many, and the head that they end with."""

    path: str
    frames: int
    head: Head


class LogInfo(Record, kw_only=True):
    """What a log guarantees, honestly. ``chain`` is "log" for one chain over all frames, "stream" for one in each."""

    engine: str
    durability: str
    chain: str
    place: str
    limits: JsonObject = field(default_factory=dict)


class TaskQuery(Record, kw_only=True):
    """Which tasks to select from the folded tables; ``None`` does not narrow. Newest first unless ``oldest_first``.

    ``after`` is the id of the last task of the page before.
    """

    ids: Sequence[str] | None = None
    tenant: str | None = None
    statuses: Sequence[str] | None = None
    root: str | None = None
    parent: str | None = None
    agent: str | None = None
    thread: str | None = None
    after: str | None = None
    limit: int = 100
    oldest_first: bool = False
