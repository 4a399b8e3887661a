"""Reading a text file by its lines, and a window of it for the eyes of an agent.

Called by ``executor`` and ``search`` in a thread, with descriptors that ``beneath`` vouches for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from .bounds import Deadline, Output
from .denied import ARGUMENTS, UNREADABLE, Denied

PIECE_BYTES = 64 * 1024
_COUNTED_BYTES = 16 * 1024 * 1024
_MARK = b"\xef\xbb\xbf"


def pieces(descriptor: int, deadline: Deadline) -> Iterator[tuple[int, bool, bytes]]:
    """The file's lines, each with its number and whether it begins here; a very long line comes in several.

    Raises:
        Denied: the file is not text, or the time is up.
    """
    number, begins, rest = 1, True, b""
    with os.fdopen(os.dup(descriptor), "rb") as file:
        while block := file.readline(PIECE_BYTES):
            deadline.check()
            if b"\0" in block:
                raise Denied(UNREADABLE, "the file is binary, not text; only its name and size can be listed")
            piece = rest + block
            rest = _half(piece)
            yield number, begins, piece.removesuffix(rest)
            begins = piece.endswith(b"\n")
            number += begins
        if rest:
            yield number, False, rest


def _half(piece: bytes) -> bytes:
    """The beginning of a character at the end of a piece, whose rest comes with the next one."""
    for back, byte in enumerate(reversed(piece[-3:]), 1):
        if byte >= 0xC0:
            need = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2
            return piece[-back:] if back < need else b""
        if byte < 0x80:
            break
    return b""


def window(descriptor: int, first: int, count: int, most: int, deadline: Deadline) -> tuple[str, bool]:
    """``count`` numbered lines from line ``first`` on, and whether less came than was asked for.

    Raises:
        Denied: the file is not text or ends before ``first``, or the time is up.
    """
    output, shown = Output(most), _Shown(first)
    whole = os.fstat(descriptor).st_size <= _COUNTED_BYTES
    for number, begins, piece in pieces(descriptor, deadline):
        shown.total = number
        if number < first:
            continue
        if number < first + count and not output.is_cut():
            shown.broken |= not _is_utf8(piece)
            text = _line(piece.removeprefix(_MARK) if number == 1 and begins else piece)
            if output.add(f"{number:>6}\t{text}" if begins else text):
                shown.last = number
            shown.partly = output.is_cut() and shown.last == number
        elif not whole:
            # Counting the lines of a large file to its end would only cost time.
            shown.total = None
            break
    if shown.total is not None and shown.total < first and (shown.total or first > 1):
        raise Denied(ARGUMENTS, f"the file ends with line {shown.total}, before line {first}")
    return output.text(shown.foot(cut=output.is_cut())), output.is_cut()


@dataclass(slots=True)
class _Shown:
    """What a window holds. ``total`` is ``None`` when the file goes on and its lines were not counted."""

    first: int
    last: int = 0
    total: int | None = 0
    partly: bool = False
    broken: bool = False

    def foot(self, *, cut: bool) -> str:
        """The line below a window that does not hold the whole file."""
        notes = []
        # The rest of a line that alone is too much cannot be had; any other is read again from its beginning.
        following = self.last if self.partly and self.last > self.first else self.last + 1
        if self.total == 0:
            notes.append("the file is empty")
        elif cut:
            notes.append(f"no room for more{' of this line' if self.partly else ''}; go on with offset={following}")
        elif self.total is None:
            notes.append(f"lines {self.first}-{self.last}, more follow; go on with offset={following}")
        elif self.last < self.total:
            notes.append(f"lines {self.first}-{self.last} of {self.total}; go on with offset={following}")
        if self.broken:
            notes.append("not all of it is UTF-8, the rest is shown as \N{REPLACEMENT CHARACTER}")
        return f"[{'; '.join(notes)}]" if notes else ""


def _line(piece: bytes) -> str:
    text = piece.decode(errors="replace")
    return text[:-2] + "\n" if text.endswith("\r\n") else text


def _is_utf8(piece: bytes) -> bool:
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return True
