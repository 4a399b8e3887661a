"""Handing in a file: its bytes as they are at one moment, for the kernel to keep.

Called by ``executor`` in a thread, with a folder that ``beneath`` vouches for. Writes nothing.
"""

from __future__ import annotations

import os
from mimetypes import MimeTypes

from kingpost import Made

from .beneath import Beneath, parts_of
from .bounds import Deadline
from .denied import ARGUMENTS, TOO_LARGE, Denied, shown
from .tools import HandIn

_PIECE_BYTES = 1024 * 1024
_UNKNOWN = "application/octet-stream"
# Only what Python itself knows: the machine's own tables would give one file several types.
_TYPES = MimeTypes()
for _type, _suffixes in (
    ("text/markdown", ".md .markdown"),
    ("application/yaml", ".yaml .yml"),
    ("application/toml", ".toml"),
    ("image/webp", ".webp"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"),
):
    for _suffix in _suffixes.split():
        _TYPES.add_type(_type, _suffix)


def hand_in(workspace: Beneath, wanted: HandIn, most: int, deadline: Deadline) -> tuple[Made, str]:
    """The file, and what the agent is told.

    Raises:
        Denied: it is no plain file, too large, or its name is none; or the time is up.
    """
    parts = parts_of(wanted.path)
    if not parts:
        raise Denied(ARGUMENTS, "a path to a file is needed, not to the workspace itself")
    name = _name(wanted.name or parts[-1])
    with workspace.file(parts) as descriptor:
        content = _read(descriptor, "/".join(parts), most, deadline)
    guessed, packed = _TYPES.guess_type(name)
    media_type = guessed if guessed is not None and packed is None else _UNKNOWN
    return Made(name, content, media_type), f"handed in {name!r}, {len(content)} bytes, {media_type}"


def _name(name: str) -> str:
    if name in (".", "..") or "/" in name or "\\" in name or not name.isprintable() or len(name) > 200:
        text = f"{shown(name)[:80]!r} is no name for a result: at most 200 printable characters, no slash; set 'name'"
        raise Denied(ARGUMENTS, text)
    return name


def _read(descriptor: int, path: str, most: int, deadline: Deadline) -> bytes:
    size = os.fstat(descriptor).st_size
    pieces: list[bytes] = []
    read = 0
    # A file may grow while it is read.
    while size <= most and (piece := os.read(descriptor, _PIECE_BYTES)):
        pieces.append(piece)
        read += len(piece)
        size = max(size, read)
        deadline.check()
    if size > most:
        raise Denied(TOO_LARGE, f"{path!r} has {size} bytes; a task may hand in {most} in all")
    return b"".join(pieces)
