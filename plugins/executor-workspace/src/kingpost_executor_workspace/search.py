"""Finding words in the files of a workspace.

Called by ``executor`` in a thread. Words are taken as they stand: a pattern language that an agent, or a text
that it read, may fill in can be made to run for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kingpost import Record

from .beneath import Beneath, Parts
from .bounds import Deadline, Output
from .denied import TIMEOUT, Denied, shown
from .listing import entries, fits
from .reading import pieces

_AROUND_CHARS = 240


@dataclass(slots=True)
class Found:
    """What a search came across so far."""

    matches: int = 0
    searched: int = 0
    skipped: int = 0


class Words(Record):
    """What is looked for."""

    text: str
    ignore_case: bool

    def find(self, line: str) -> int:
        """Where it stands in a line, -1 if it does not; in linear time, whatever the two hold."""
        if self.ignore_case:
            # A few characters change their number with their case; the place is then near, not exact.
            return line.lower().find(self.text.lower())
        return line.find(self.text)


def searched(
    workspace: Beneath, top: Parts, words: Words, pattern: str, limit: int, most: int, deadline: Deadline
) -> tuple[str, bool]:
    """One line for each line that holds the words, ``path:number: text``, and whether some had no room."""
    output, found = Output(most), Found()
    for path, parts in _files(workspace, top, pattern, deadline):
        for line in _matches(workspace, path, parts, words, found, deadline):
            found.matches += 1
            if not output.add(line):
                return output.text(f"[cut after {found.matches} matches; narrow the search]"), True
            if found.matches == limit:
                return output.text(f"[{limit} matches, as many as asked for; there may be more]"), False
    return output.text(_sum(found)), False


def _files(workspace: Beneath, top: Parts, pattern: str, deadline: Deadline) -> Iterator[tuple[str, Parts]]:
    if top and _is_file(workspace, top):
        yield shown("/".join(top)), top
        return
    for entry in entries(workspace, top, deadline, recursive=True):
        if entry.is_file and fits(entry.parts[len(top) :], pattern):
            yield shown("/".join(entry.parts)), entry.parts


def _is_file(workspace: Beneath, parts: Parts) -> bool:
    try:
        with workspace.file(parts):
            return True
    except Denied:
        return False


def _matches(
    workspace: Beneath, path: str, parts: Parts, words: Words, found: Found, deadline: Deadline
) -> Iterator[str]:
    last = 0
    try:
        with workspace.file(parts) as descriptor:
            for number, _, piece in pieces(descriptor, deadline):
                line = piece.decode(errors="replace").rstrip("\r\n")
                if number != last and (place := words.find(line)) >= 0:
                    last = number
                    yield f"{path}:{number}: {_around(line, place, len(words.text))}\n"
            found.searched += 1
    except Denied as denied:
        if denied.code == TIMEOUT:
            raise
        found.skipped += 1


def _around(line: str, place: int, length: int) -> str:
    start = max(0, place - _AROUND_CHARS // 2)
    end = min(len(line), place + length + _AROUND_CHARS // 2)
    return f"{'…' if start else ''}{line[start:end].strip()}{'…' if end < len(line) else ''}"


def _sum(found: Found) -> str:
    skipped = f", {found.skipped} left out as no plain text" if found.skipped else ""
    return f"[{_many(found.matches, 'match', 'es')} in {_many(found.searched, 'file', 's')}{skipped}]"


def _many(count: int, noun: str, plural: str) -> str:
    return f"{count} {noun}{'' if count == 1 else plural}"
