"""Reads the frames from one end to the other, against the chain, their places, their payloads and the fold.

Called by ``verify``, ``rebuild`` and ``seal``. A page of frames that is as it should be is checked and folded at once,
which costs a third of doing so frame by frame; a page with anything wrong is gone through frame by frame, and each
damage named. Nothing that the file holds makes it raise: what cannot be read is a finding, and what lies behind it is
read all the same.
"""

from __future__ import annotations

import gc
import sqlite3
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

from kingpost import Corrupted, Event, Head, Record, Recorded, Report, damaged, decode, frame_hash
from pydantic_core import from_json

from .cuts import BEGINNING, Mark
from .findings import Findings
from .marks import Marks
from .scan import DAMAGE, Row, Unreadable, pages
from .shadow import Parsed, Shadow

WITH_PAYLOADS = (
    "SELECT position, stream, first, hash, body, payloads FROM frames WHERE position > ? ORDER BY position LIMIT ?"
)
WITHOUT_PAYLOADS = WITH_PAYLOADS.replace("body, payloads", "body")
_PARSED = itemgetter("stream", "version", "at", "events")
_POSITION = itemgetter(0)

Told = Callable[[int, int], object]


class Stopped(Exception):
    """Nobody waits for the report any more."""


class Listener(Record):
    """Who waits: ``told`` hears how far the work is, ``stopped`` is asked now and then whether to give up."""

    told: Told = lambda read, all_: None
    stopped: Callable[[], bool] = lambda: False

    def check(self) -> None:
        """Go on only if somebody waits.

        Raises:
            Stopped: nobody does.
        """
        if self.stopped():
            raise Stopped


class Frames:
    """The frames behind ``start``. ``check`` goes on where it ended."""

    def __init__(  # noqa: PLR0913 - four that it works on, and four ways to work
        self,
        reading: sqlite3.Connection,
        shadow: Shadow,
        marks: Marks,
        findings: Findings,
        *,
        listener: Listener | None = None,
        start: Mark = BEGINNING,
        payloads: bool = True,
        seen: Callable[[Sequence[Row]], object] = lambda rows: None,
    ) -> None:
        self._reading, self._shadow, self._marks = reading, shadow, marks
        self._findings, self._listener = findings, listener or Listener()
        self._question = WITH_PAYLOADS if payloads else WITHOUT_PAYLOADS
        self._seen = seen
        self._start = self._position = start.position
        self._frames = self._events = self._erased = self._all = 0
        self._at = start.at
        self.whole = True
        self.misfiled: list[tuple[str | None, int, int]] = []
        self._begins: dict[str, int] = {}
        # What the next frame may be chained to: more than one after a frame that is wrong, none after a gap.
        self._before: tuple[bytes, ...] = (start.hash,)
        self._head = Head(start.position, start.hash)

    @property
    def mark(self) -> Mark:
        """The frame that was read last."""
        return Mark(self._head.position, self._head.hash, self._at)

    def check(self, until: int | None = None) -> None:
        """Every frame that is there by now, up to ``until``."""
        self._all = max(self._all, self._newest() - self._start)
        for page in pages(self._reading, self._question, self._position):
            self._listener.check()
            if isinstance(page, Unreadable):
                self._findings.hidden("frame", page)
                self._position, self._before, self.whole = page.last, (), False
                continue
            rows = page if until is None else page[: bisect_right(page, until, key=_POSITION)]
            with _collector_paused():
                self._seen(rows)
                self._page(rows)
            self._listener.told(self._frames, max(self._all, self._frames))
            if len(rows) < len(page):
                break
        self._passed_marks()

    def check_end(self) -> None:
        """Whether the log once went on behind what is its end now."""
        if (mark := self._marks.ahead()) is not None:
            what = f"the log ends at frame {self._head.position}, and a snapshot knows frame {mark.position}"
            self._findings.add(f"{what}: its end was cut off", mark.position)

    def report(self) -> Report:
        """What was read."""
        return Report(
            frames=self._frames,
            events=self._events,
            head=self._head,
            findings=self._findings.told(),
            erased=self._erased,
        )

    def _newest(self) -> int:
        try:
            return self._reading.execute("SELECT max(position) FROM frames").fetchone()[0] or 0
        except DAMAGE:
            return 0

    def _page(self, rows: Sequence[Row]) -> None:
        """Part by part, so that the fold stands still where a snapshot was taken."""
        while rows:
            first = rows[0][0]
            if first != self._position + 1:
                self._findings.add(f"frames {self._position + 1} to {first - 1} are missing", self._position + 1)
                self._position, self._before, self.whole = first - 1, (), False
            part = _in_one_run(rows, self._passed_marks())
            if not self._quickly(part):
                for row in part:
                    self._frame(*row)
            self._frames += len(part)
            rows = rows[len(part) :]
        self._marks.take(self.mark, self._shadow)
        self._shadow.settle()

    def _passed_marks(self) -> Mark | None:
        """The next mark that is ahead. To ask for it once more could bring one that was only just put behind us."""
        while (mark := self._marks.ahead()) is not None and mark.position <= self._position:
            self.whole = self._marks.reach(self.mark, self._shadow, self.whole)
        return mark

    def _quickly(self, rows: Sequence[Row]) -> bool:
        """Take a run of frames in, if all is as it should be; else do nothing."""
        try:
            groups = self._sound(rows)
        except Exception:  # noqa: BLE001 - a damaged file may hold anything; frame by frame it is named
            return False
        if groups is None:
            return False
        begin = rows[0][0]
        for first, frames in groups.items():
            try:
                self._shadow.fold(first, frames, first >= begin)
            except sqlite3.Error:
                raise
            except Exception:  # noqa: BLE001 - as above
                for parsed in frames:
                    self._fold(int(parsed[1]), first, parsed)
        self._events += sum([len(parsed[3]) for frames in groups.values() for parsed in frames])
        self._position, self._before = rows[-1][0], (rows[-1][3],)
        self._head = Head(self._position, rows[-1][3])
        return True

    def _sound(self, rows: Sequence[Row]) -> dict[int, list[Parsed]] | None:
        """The frames by the first frame of their stream, if chain, places, times and payloads are right."""
        positions, streams, firsts, hashes, bodies, *rest = zip(*rows, strict=True)
        if len(self._before) != 1:
            return None
        hash = self._before[0]
        chain = [hash := frame_hash(hash, body) for body in bodies]
        frames: list[Parsed] = list(map(_PARSED, from_json(b"[%b]" % b",".join(bodies), cache_strings="keys")))
        times = [self._at, *[parsed[2] for parsed in frames]]
        if chain != list(hashes) or len(frames) != len(rows) or times != sorted(times):
            return None
        if [parsed[1] for parsed in frames] != list(map(str, positions)):
            return None
        groups: dict[int, list[Parsed]] = defaultdict(list)
        for first, parsed in zip(firsts, frames, strict=True):
            groups[first].append(parsed)
        if not self._is_filed(groups, dict(zip(positions, streams, strict=True))):
            return None
        if rest and not self._unharmed(frames, bodies, rest[0]):
            return None
        self._at = times[-1]
        return groups

    def _is_filed(self, groups: Mapping[int, Sequence[Parsed]], named: Mapping[int, str | None]) -> bool:
        """Whether every frame stands with its stream; ``named`` are the names that stand in the rows."""
        for first, frames in groups.items():
            name = named[first] if first in named else self._shadow.name(first)
            if {parsed[0] for parsed in frames} != {name} or (first in named and frames[0][1] != str(first)):
                return False
        return all(name is None or position in groups for position, name in named.items())

    def _unharmed(self, frames: Sequence[Parsed], bodies: Sequence[bytes], payloads: Sequence[bytes | None]) -> bool:
        if any(packed is not None and damaged(body, packed) for body, packed in zip(bodies, payloads, strict=True)):
            return False
        # A frame is erased whole.
        gone = [parsed[3] for parsed, packed in zip(frames, payloads, strict=True) if packed is None]
        self._erased += sum([event[3] is not None for events in gone for event in events])
        return True

    def _frame(self, position: int, stream: Any, first: Any, hash: Any, body: Any, payloads: Any = None) -> None:
        """One frame, whatever is wrong with it."""
        self._position = position
        if not isinstance(hash, bytes) or not isinstance(body, bytes) or not isinstance(payloads, bytes | None):
            self._findings.add("the row of the frame is damaged", position)
            self._before, self.whole = (), False
            if isinstance(first, int):
                self._shadow.pass_by(first, str(position))
            return
        self._head = Head(position, hash)
        frame = self._decoded(position, body, payloads)
        self._link(position, hash, body, frame)
        if frame is not None:
            self._filed(frame, stream, first)
            return
        self.whole = False
        if isinstance(first, int):
            self._shadow.pass_by(first, str(position))

    def _decoded(self, position: int, body: bytes, payloads: bytes | None) -> Recorded | None:
        """The frame, with its payloads if they are sound."""
        try:
            wrong = damaged(body, payloads)
            frame = decode(position, body, None if wrong else payloads)
        except Exception as problem:  # noqa: BLE001 - a damaged file may hold anything
            return self._headers(position, body, problem)
        self._events += len(frame.events)
        if not wrong and self._question == WITH_PAYLOADS:
            self._erased += sum(event.erased for event in frame.events)
        for number in wrong:
            self._findings.event("the payload is not what was written", position, frame, number)
        return frame

    def _headers(self, position: int, body: bytes, problem: Exception) -> Recorded | None:
        """What is left of a frame that cannot be read whole."""
        try:
            frame = decode(position, body, None)
        except Corrupted:
            self._findings.add(f"the frame cannot be read ({problem})", position)
            return None
        self._findings.frame(f"the payloads cannot be read ({problem})", position, frame)
        self._events += len(frame.events)
        return frame

    def _link(self, position: int, hash: bytes, body: bytes, frame: Recorded | None) -> None:
        computed = tuple(frame_hash(before, body) for before in self._before)
        if not computed or hash in computed:
            self._before = (hash,)
            return
        # Either the bytes were changed, and the next frame fits the hash that stands here, or the hash was.
        self._before = (hash, *computed)
        what = "the frame is not the one that was written here"
        if frame is None:
            self._findings.add(what, position)
        else:
            self._findings.frame(what, position, frame)

    def _filed(self, frame: Recorded, stream: Any, first: Any) -> None:
        """Whether it stands where its body says, and what it adds to the fold."""
        try:
            if frame.version != str(frame.position) or frame.at < self._at:
                self._findings.frame("its version or its time does not fit its place", frame.position, frame)
            self._at = max(self._at, frame.at)
        except TypeError as problem:
            self._findings.frame(f"its time cannot be read ({problem})", frame.position, frame)
        begun = self._begun(frame, first)
        should = (str(frame.stream) if begun == frame.position else None, begun)
        if (stream, first) != should:
            self._findings.frame("it is filed under another stream", frame.position, frame)
            self._begins[str(frame.stream)] = begun
            self.misfiled.append((*should, frame.position))
        events = [[event.kind, event.v, event.header, None] for event in frame.events]
        self._fold(frame.position, begun, (frame.stream, frame.version, frame.at, events))

    def _begun(self, frame: Recorded, first: Any) -> int:
        """Where its stream begins: as its row says, if that is so; or as the names say; or here."""
        name = str(frame.stream)
        if name in self._begins:
            return self._begins[name]
        if isinstance(first, int) and first < frame.position and self._shadow.name(first) == name:
            return first
        found = self._shadow.find(name)
        if found is None and isinstance(first, int) and first < frame.position and not self.whole:
            # Its beginning is among the frames that are lost.
            return first
        return frame.position if found is None else found

    def _fold(self, position: int, first: int, parsed: Parsed) -> None:
        try:
            self._shadow.fold(first, [parsed], first == position)
        except sqlite3.Error:
            raise
        except Exception as problem:  # noqa: BLE001 - a damaged file may hold anything
            stream, version, at, events = parsed
            facts = tuple(Event(kind, header, None, v) for kind, v, header, _ in events)
            frame = Recorded(position, stream, version, at, facts)
            self._findings.frame(f"the fold does not allow it ({problem})", position, frame)
            self._shadow.pass_by(first, str(position))


def _in_one_run(rows: Sequence[Row], mark: Mark | None) -> Sequence[Row]:
    """The first rows, up to a gap and up to ``mark``."""
    if mark is not None and rows[-1][0] > mark.position:
        rows = rows[: bisect_right(rows, mark.position, key=_POSITION)]
    begin = rows[0][0]
    if rows[-1][0] - begin == len(rows) - 1:
        return rows
    return rows[: bisect_right(range(len(rows)), 0, key=lambda place: rows[place][0] - begin - place)]


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Python's collector looks again and again at what is only just being made, a tenth of the work; so it waits."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
