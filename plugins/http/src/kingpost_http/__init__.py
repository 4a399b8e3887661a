"""The HTTP face: every operation of the table over a versioned API, events as a stream, an OpenAPI document.

Settings (section ``http``): ``host`` and ``port``, default 127.0.0.1:8420; the README lists the others.
"""

from __future__ import annotations

from kingpost import Answerer, Command, Face, Ports, hookimpl

from .commands import OPENAPI, SERVE
from .face import HttpFace
from .settings import Settings
from .status import FaceStatus, Standing

_STANDING = Standing()
"""What the face counts, and the operation that tells of it."""


@hookimpl
def provide_faces(settings: Settings | None, ports: Ports) -> list[Face]:
    """The face named ``http``."""
    return [HttpFace(settings or Settings(), ports, _STANDING)]


@hookimpl
def provide_operations() -> list[Answerer]:
    """The operation ``http.status``."""
    return [FaceStatus(_STANDING)]


@hookimpl
def provide_commands() -> list[Command]:
    """The commands ``serve`` and ``openapi``."""
    return [SERVE, OPENAPI]
