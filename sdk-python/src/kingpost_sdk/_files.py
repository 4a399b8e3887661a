"""Files that a worker's tool hands in, and that whoever settles a call may hand in too."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from . import models


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What a tool says, and the files that it made: the server keeps them as artefacts of the task."""

    text: str
    files: Sequence[models.Made]


def made(name: str, content: bytes, media_type: str = "application/octet-stream") -> models.Made:
    """A file that was made: a name without folders, its bytes, and its media type (RFC 6838)."""
    return models.Made(b64encode(content).decode(), name, media_type)
