"""What ``verify`` found wrong, in words, up to a bound: a file that is all wrong is told in a thousand lines.

Called by the passes of ``verify``.
"""

from __future__ import annotations

from kingpost import Finding, Recorded

from .scan import END, Unreadable

MOST = 1000


class Findings:
    """The first thousand, and how many more there were."""

    def __init__(self) -> None:
        self._listed: list[Finding] = []
        self._more = 0

    def add(self, what: str, position: int | None = None, stream: str | None = None) -> None:
        """Something is wrong with a frame, a stream, or the file."""
        self._add(Finding(what, position, stream))

    def frame(self, what: str, position: int, frame: Recorded) -> None:
        """Something is wrong with a frame as a whole; names its event where it is the only one."""
        kinds = ", ".join(str(event.kind) for event in frame.events)
        self._add(Finding(what, position, str(frame.stream), 0 if len(frame.events) == 1 else None, kinds))

    def event(self, what: str, position: int, frame: Recorded, number: int) -> None:
        """Something is wrong with one event of a frame."""
        self._add(Finding(what, position, str(frame.stream), number, str(frame.events[number].kind)))

    def hidden(self, noun: str, gap: Unreadable) -> None:
        """Rows that cannot be read."""
        which = f"{noun} {gap.first}" if gap.first == gap.last else f"{noun}s {gap.first} to {gap.last}"
        if gap.last == END:
            which = f"{noun}s from {gap.first} on"
        self.add(f"{which} cannot be read", gap.first)

    def told(self) -> tuple[Finding, ...]:
        """All of them, or the first thousand with the number of the rest."""
        rest = (Finding(f"and {self._more} more like these"),) if self._more else ()
        return (*self._listed, *rest)

    def _add(self, finding: Finding) -> None:
        if len(self._listed) < MOST:
            self._listed.append(finding)
        else:
            self._more += 1
