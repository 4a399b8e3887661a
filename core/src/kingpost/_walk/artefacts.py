"""Files that calls hand in, kept in the log as the artefacts of their task.

Called by ``calls`` when a call has made some, by the answers to operations that settle calls from outside, and by
whoever writes a task's outcome. The bytes are on disk before the
observation that names them; a crash in between leaves bytes that nobody names. Never reads a file itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from ..errors import Corrupted, InputError
from ..protocols import Log
from ..records.action import Call, HandedIn, Observation
from ..records.codec import load
from ..records.event import Event
from ..records.record import replace
from ..records.task import Artefact, Outcome
from . import turn as step
from .gear import Gear
from .journal import Journal

MOST_FILES = 1000
"""What one task may hand in, each version of a file counted."""


async def keep(gear: Gear, journal: Journal, came: HandedIn) -> tuple[Observation, tuple[Artefact, ...]]:
    """Store what a call of the task in hand hands in; as ``store``."""
    before = every(await journal.history())
    return await store(gear.log, journal.state.tenant, before, gear.bounds.artefact_bytes, came)


async def store(
    log: Log, tenant: str, before: Sequence[Artefact], most: int, came: HandedIn
) -> tuple[Observation, tuple[Artefact, ...]]:
    """Store what a call hands in: all of it or, where it is too much for the task, nothing, and the agent is told.

    ``before`` is what the task had handed in, ``most`` the bytes of all of it.

    Raises:
        Unavailable: the log cannot write. Corrupted: it kept something else.
    """
    stored: list[Artefact] = []
    for made in came.files:
        digest = sha256(made.content).hexdigest()
        stored.append(Artefact(made.name, made.media_type, digest, len(made.content)))
    size = sum({one.digest: one.size for one in (*before, *stored)}.values())
    count = len(before) + len(stored)
    if size > most or count > MOST_FILES:
        text = (
            f"nothing was kept: with what this task has handed in before, it would be {size:,} bytes in {count} files; "
            f"a task may hand in {most:,} bytes (artefact_bytes under [kernel]) in {MOST_FILES:,} files"
        )
        return step.failed(Call(came.call, ""), "tool.too_large", text), ()
    for made, artefact in zip(came.files, stored, strict=True):
        if await log.put(tenant, made.content) != artefact.digest:
            raise Corrupted(f"the log kept something else than the {made.name!r} that was handed in")
    plain = Observation(call=came.call, text=came.text, error=came.error, trust=came.trust, truncated=came.truncated)
    return plain, tuple(stored)


def every(history: Sequence[Event]) -> list[Artefact]:
    """All that was handed in, in order; what was erased is left out."""
    return [
        load(Artefact, one)
        for event in history
        if event.kind == "call.observed" and event.payload is not None
        for one in event.payload.get("artefacts", ())
    ]


def newest(history: Sequence[Event]) -> tuple[Artefact, ...]:
    """What was handed in last under each name, ordered by when the name came up first."""
    return merged((), every(history))


def merged(handed_in: Sequence[Artefact], named: Sequence[Artefact]) -> tuple[Artefact, ...]:
    """One artefact for each name: what stands later replaces what stands before."""
    return tuple({one.name: one for one in (*handed_in, *named)}.values())


async def handed_in(journal: Journal) -> tuple[Artefact, ...]:
    """What a task has handed in until now, for its outcome; nothing where its content cannot be read any more."""
    if not journal.state.turn:
        return ()
    try:
        return newest(await journal.history())
    except InputError:
        # It was erased meanwhile: the task must end all the same.
        return ()


async def complete(journal: Journal, outcome: Outcome) -> Outcome:
    """The outcome of a task that did not get to an answer, with what it had handed in by then."""
    return replace(outcome, artefacts=await handed_in(journal))
