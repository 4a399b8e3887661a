"""The executor "workspace": one call of one tool, in a thread; whatever goes wrong is told to the agent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from kingpost import Call, HandedIn, Limits, Made, Observation, Ports, Tool

from . import openat2
from .beneath import Beneath, parts_of
from .bounds import Deadline, clipped
from .denied import ARGUMENTS, NO_WORKSPACE, UNKNOWN, Denied, because
from .handing import hand_in
from .listing import listed
from .reading import window
from .search import Words, searched
from .tools import HandIn, ListFiles, ReadFile, SearchFiles, Told, WriteFile, checked, names, offered
from .writing import Mark, write


class Workspace:
    """Lists, reads, searches, writes and hands in files below ``limits.workspace``, and nothing else.

    ``one_step`` says whether paths are resolved by ``openat2``; ``None`` takes it where the system has it.
    """

    name = "workspace"

    def __init__(self, ports: Ports, *, one_step: bool | None = None) -> None:
        self._ports = ports
        self._one_step = one_step

    async def tools(self) -> Sequence[Tool]:
        return offered()

    async def execute(self, call: Call, limits: Limits) -> Observation:
        deadline = Deadline(self._ports.clock, limits.seconds)
        try:
            text, cut, files = await asyncio.to_thread(self._do, call, limits, deadline)
        except Denied as denied:
            text = clipped(denied.text, limits.output_bytes)
            return Observation(call=call.id, text=text, error=denied.code, truncated=text != denied.text)
        finally:
            # When the call is cancelled the thread goes on until it asks for the time.
            deadline.stop()
        if files:
            return HandedIn(call=call.id, text=text, truncated=cut, files=files)
        return Observation(call=call.id, text=text, truncated=cut)

    def _do(self, call: Call, limits: Limits, deadline: Deadline) -> tuple[str, bool, tuple[Made, ...]]:
        if call.tool not in names():
            raise Denied(UNKNOWN, f"there is no tool {call.tool!r}; known: {', '.join(names())}")
        wanted = checked(call.tool, call.arguments)
        if limits.workspace is None:
            raise Denied(NO_WORKSPACE, "this task has no workspace, so there are no files to work with")
        one_step = openat2.available() if self._one_step is None else self._one_step
        try:
            workspace = Beneath(limits.workspace, one_step=one_step)
        except (OSError, ValueError) as problem:
            raise Denied(NO_WORKSPACE, f"the workspace cannot be opened ({problem})") from problem
        with workspace:
            try:
                if isinstance(wanted, HandIn):
                    made, said = hand_in(workspace, wanted, limits.file_bytes, deadline)
                    return clipped(said, limits.output_bytes), len(said.encode()) > limits.output_bytes, (made,)
                return *self._work(workspace, wanted, limits, deadline), ()
            except OSError as problem:
                raise because(problem, wanted.path) from problem

    def _work(self, workspace: Beneath, wanted: Told, limits: Limits, deadline: Deadline) -> tuple[str, bool]:
        parts, most = parts_of(wanted.path), limits.output_bytes
        match wanted:
            case ListFiles():
                return listed(workspace, parts, wanted.pattern, most, deadline, recursive=wanted.recursive)
            case ReadFile():
                with workspace.file(parts) as descriptor:
                    return window(descriptor, wanted.offset, wanted.limit, most, deadline)
            case SearchFiles():
                words = Words(wanted.query, wanted.ignore_case)
                return searched(workspace, parts, words, wanted.pattern, wanted.limit, most, deadline)
            case WriteFile():
                return self._write(workspace, wanted, limits, deadline)

    def _write(self, workspace: Beneath, wanted: WriteFile, limits: Limits, deadline: Deadline) -> tuple[str, bool]:
        try:
            content = wanted.content.encode()
        except UnicodeEncodeError:
            raise Denied(ARGUMENTS, "the content holds lone surrogates, which no UTF-8 file can") from None
        if wanted.path.endswith("/"):
            raise Denied(ARGUMENTS, f"{wanted.path!r} ends with a slash; name a file")
        parts = parts_of(wanted.path)
        replaced = write(workspace, parts, content, Mark(limits.key, self._ports.entropy), deadline)
        said = f"{'replaced' if replaced else 'wrote'} {'/'.join(parts)!r}, {len(content)} bytes"
        return clipped(said, limits.output_bytes), len(said.encode()) > limits.output_bytes
