"""Writes the blocking half of the Python SDK out of its asynchronous half, word by word.

Called by ``ground``. Both halves then say the same, and only one of them is written by hand.
"""

from __future__ import annotations

import io
import tokenize
from pathlib import Path

_NOTE = "# Made out of ../_async by `make contracts`; mend it there.\n"
_WORDS = {
    "AsyncClient": "Client", "AsyncStream": "Stream", "AsyncPages": "Pages", "AsyncWorker": "Worker",
    "AsyncIterator": "Iterator", "AsyncTransport": "Transport", "AsyncGenerator": "Generator",
    "AsyncResource": "Resource", "AsyncPlugin": "Plugin", "AsyncDocument": "Document",
    "__aenter__": "__enter__", "__aexit__": "__exit__", "__aiter__": "__iter__", "__anext__": "__next__",
    "anext": "next",
    "StopAsyncIteration": "StopIteration", "aclose": "close", "aread": "read", "aiter_bytes": "iter_bytes",
    "asynccontextmanager": "contextmanager", "_async": "_sync",
}  # fmt: skip
_OWN = {"_blocking.py": "_wire.py", "_threads.py": "_hands.py"}
"""What the blocking half has in the place of what; neither can be made of the other."""
_DROPPED = {"async", "await"}


def blocking(text: str) -> str:
    """The blocking form of a module."""
    lines = text.splitlines(keepends=True)
    cuts: list[tuple[int, int, int, str]] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        row, start, end = token.start[0] - 1, token.start[1], token.end[1]
        if token.type == tokenize.NAME and token.string in _DROPPED:
            gap = len(lines[row][end:]) - len(lines[row][end:].lstrip(" "))
            cuts.append((row, start, end + gap, ""))
        elif token.type == tokenize.NAME and token.string in _WORDS:
            cuts.append((row, start, end, _WORDS[token.string]))
    for row, start, end, word in reversed(cuts):
        lines[row] = lines[row][:start] + word + lines[row][end:]
    return _NOTE + "".join(lines)


def written(source: Path, target: Path) -> None:
    """Mirror every module of a folder."""
    target.mkdir(parents=True)
    for path in sorted(source.glob("*.py")):
        if path.name in _OWN.values():
            continue
        (target / _OWN.get(path.name, path.name)).write_text(blocking(path.read_text("utf-8")), "utf-8")
