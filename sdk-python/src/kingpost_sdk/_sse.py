"""Bytes of an event stream as messages (WHATWG HTML, section 9.2.6). Called by streams; does no input or output.

A message counts only when its blank line has come: what is cut off before that comes again after the resume.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ._errors import StreamInvalid

_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Message:
    """One message; ``id`` is ``None`` where it had none, and empty where it takes back what was said before."""

    event: str
    data: str
    id: str | None


class Parser:
    """Takes bytes as they come and gives the messages that are whole."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self._size = 0
        self._first = True
        self._skip = False
        self._event, self._data, self._id = "", [], None  # type: tuple[str, list[str], str | None]
        self.retry: float | None = None

    def feed(self, chunk: bytes) -> Iterator[Message]:
        """The messages that this chunk completes."""
        if self._skip and chunk:
            chunk, self._skip = chunk.removeprefix(b"\n"), False
        self._rest.append(chunk)
        self._size += len(chunk)
        if b"\n" not in chunk and b"\r" not in chunk:
            # A long line comes in many chunks: it is looked at when it has ended, and not with each of them.
            if self._size > _MOST_BYTES:
                raise StreamInvalid("a line of the stream does not end")
            return
        lines, rest = _lines(b"".join(self._rest))
        self._rest, self._size = [rest], len(rest)
        # A CR that ends the chunk has ended its line; an LF behind it belongs to it.
        self._skip = chunk.endswith(b"\r")
        for raw in lines:
            line = raw.decode("utf-8", "replace")
            if self._first:
                line, self._first = line.removeprefix("\ufeff"), False
            if line:
                self._field(line)
            elif (message := self._ended()) is not None:
                yield message

    def _field(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self.retry = int(value) / 1000

    def _ended(self) -> Message | None:
        event, data, id = self._event, self._data, self._id
        self._event, self._data, self._id = "", [], None
        if not data and not (event or id is not None):
            return None
        return Message(event or "message", "\n".join(data), id) if data else None


def _lines(text: bytes) -> tuple[list[bytes], bytes]:
    """Whole lines, ended by LF, CR or CR LF, and what is left."""
    lines = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return lines[:-1], lines[-1]
