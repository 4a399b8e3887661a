"""Frames of the log as messages: payloads fetched, each with the task that it tells of.

Asked by ``outbox``. Reads the log and nothing else, and keeps the tenants of the tasks that it met.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

from kingpost import Event, Log, NotFound, Recorded, TaskQuery, TaskState, upcast
from pydantic_core import from_json

from .notice import SHAPES, Message, message

_TASK = "task/"
_PAGE, _PART = 500, 25

_BREATH = 32
"""Messages that are made before others on the loop, receiving above all, have their turn; about half a millisecond."""


class Reader:
    """Turns frames into what endpoints are told."""

    def __init__(self, log: Log) -> None:
        self._log = log

    async def page(self, after: int, until: int) -> Sequence[Recorded]:
        """The next frames behind a position, none behind ``until``. What was sealed is passed over."""
        frames: list[Recorded] = []
        while len(frames) < _PAGE:
            try:
                part = await self._log.read(after, _PART)
            except NotFound:
                first = (await self._log.info()).limits.get("first_position", until + 1)
                part = await self._log.read(max(int(first) - 1, after), _PART)
            frames += [frame for frame in part if frame.position <= until]
            if len(part) < _PART or part[-1].position >= until:
                break
            after = part[-1].position
            await asyncio.sleep(0)
        return frames

    async def one(self, position: int, index: int) -> Message | None:
        """One event again, unless it was sealed or its task is gone."""
        try:
            frames = await self._log.read(position - 1, 1)
        except NotFound:
            return None
        found = await self.messages(frames, SHAPES)
        return next((each for each in found if each.place == (position, index)), None)

    async def messages(self, frames: Sequence[Recorded], kinds: Collection[str]) -> list[Message]:
        """Every event of these kinds, in order."""
        wanted = [
            (frame, index, event)
            for frame in frames
            if frame.stream.startswith(_TASK)
            for index, event in enumerate(frame.events)
            if event.kind in kinds
        ]
        states = await self._states({frame.stream.removeprefix(_TASK) for frame, _, _ in wanted})
        made: list[Message] = []
        for number, (frame, index, event) in enumerate(wanted):
            if number % _BREATH == _BREATH - 1:
                await asyncio.sleep(0)
            if (state := states.get(frame.stream.removeprefix(_TASK))) is not None:
                made.append(message(frame, index, upcast(await self._whole(event, state.tenant)), state))
        return made

    async def _states(self, ids: set[str]) -> dict[str, TaskState]:
        if not ids:
            return {}
        return {state.id: state for state in await self._log.select(TaskQuery(ids=sorted(ids), limit=len(ids)))}

    async def _whole(self, event: Event, tenant: str) -> Event:
        """The event with its payload in place; one whose content was erased meanwhile has none."""
        if event.payload is None or event.payload.keys() != {"blob"}:
            return event
        try:
            payload = from_json(await self._log.get(tenant, event.payload["blob"]))
        except NotFound:
            payload = None
        return Event(event.kind, event.header, payload, event.v, erased=payload is None)
