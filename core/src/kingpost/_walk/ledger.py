"""The account of each turn's context, as events and back.

``pipeline`` records with it, operations read with it. The first turn's event holds the whole pack and the originals of
what was shortened or left out; a later one holds only what it changed: which earlier turns stand in the prompt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from ..records.codec import load
from ..records.context import Dropped, Pack, Passage
from ..records.event import Event
from ..records.record import Record, field, replace
from .context import Stock
from .reading import Names
from .replay import plain, replay, written


class Seen(Record):
    """Memories that an agent had before it, by scope and id: those of each passage, and those that it looked up."""

    passages: Mapping[str, Names]
    looked_up: Names


class Backlog(Record):
    """Ledger rows of earlier turns: those in the prompt, and what of them is not.

    ``short`` are the observations that are seen shortened, by turn and call (``2.c1``).
    """

    kept: tuple[Passage, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    short: Mapping[str, str] = field(default_factory=dict)

    @property
    def tokens(self) -> int:
        """Tokens of the turns in the prompt."""
        return sum([passage.tokens for passage in self.kept])


NO_TURNS = Backlog()


def account(frame: Pack, backlog: Backlog) -> Pack:
    """The whole pack of a turn: the frame and the earlier turns behind it."""
    if not backlog.kept and not backlog.dropped:
        return frame
    return replace(
        frame,
        used=frame.used + backlog.tokens,
        kept=(*frame.kept, *backlog.kept),
        dropped=(*frame.dropped, *backlog.dropped),
    )


def packed(turn: int, frame: Pack, backlog: Backlog, before: Backlog, stock: Stock | None) -> Event:
    """The event for one turn: what its account changes of the one ``before``; ``stock`` is given with a new frame."""
    whole = account(frame, backlog)
    header = {
        "turn": turn, "budget": whole.budget, "used": whole.used, "framing": whole.framing,
        "counter": whole.counter, "exact": whole.exact, "kept": len(whole.kept), "dropped": len(whole.dropped),
    }  # fmt: skip
    new = NO_TURNS if backlog is before else _new(backlog, before)
    payload: dict[str, Any] = {"turns": new}
    stays = {passage.id for passage in backlog.kept} if before.kept else ()
    if out := [passage.id for passage in before.kept if passage.id not in stays]:
        payload["out"] = out
    if stock is not None:
        kept = {passage.id: passage.text for passage in frame.kept}
        lost = {p.id: p.text for p in stock.passages if kept.get(p.id) != p.text}
        payload |= {"frame": frame, "originals": lost}
        if names := {id: stock.memories[id] for id in kept if id in stock.memories}:
            payload["memories"] = names
        if not isfinite(sum([passage.score for passage in frame.kept])):
            # What a memory says may be no number, and is kept as it is.
            return Event("context.packed", header, plain(payload))
    return written("context.packed", header, payload)


def _new(backlog: Backlog, before: Backlog) -> Backlog:
    stood = set(before.kept)
    return Backlog(
        tuple(passage for passage in backlog.kept if passage not in stood),
        () if backlog.dropped == before.dropped else backlog.dropped,
        {call: text for call, text in backlog.short.items() if before.short.get(call) != text},
    )


def frame_of(history: Sequence[Event]) -> Pack | None:
    """The newest frame that was recorded, for a walk that goes on after a crash."""
    for event in reversed(history):
        if event.kind == "context.packed" and event.payload is not None and "frame" in event.payload:
            return load(Pack, event.payload["frame"])
    return None


def backlog_of(history: Sequence[Event]) -> Backlog:
    """Earlier turns as they were last recorded, for a walk that goes on after a crash."""
    found = NO_TURNS
    for event in history:
        if event.kind == "context.packed" and event.payload is not None:
            found = _changed(found, event.payload)
    return found


def _changed(before: Backlog, payload: Mapping[str, Any]) -> Backlog:
    change = load(Backlog, payload["turns"])
    kept = {passage.id: passage for passage in (*before.kept, *change.kept)}
    for id in payload.get("out", ()):
        kept.pop(id, None)
    return Backlog(tuple(kept.values()), change.dropped or before.dropped, {**before.short, **change.short})


def ledgers(history: Sequence[Event]) -> Mapping[int, Pack]:
    """The account of every turn whose content has not been erased."""
    found: dict[int, Pack] = {}
    frame: Pack | None = None
    backlog = NO_TURNS
    for event in history:
        if event.kind != "context.packed" or event.payload is None:
            continue
        if "frame" in event.payload:
            frame = load(Pack, event.payload["frame"])
        backlog = _changed(backlog, event.payload)
        if frame is not None:
            found[event.header["turn"]] = account(frame, backlog)
    return found


def original(history: Sequence[Event], passage: str) -> tuple[str, Dropped | None] | None:
    """A passage as it was before it was fitted, and what was said of its loss.

    ``passage`` is its number; a call's as ``2.c1``, or ``turn 2`` for all of a turn.
    """
    for event in history:
        if event.kind != "context.packed" or event.payload is None or "frame" not in event.payload:
            continue
        pack = load(Pack, event.payload["frame"])
        said = next((dropped for dropped in pack.dropped if dropped.id == passage), None)
        if passage in event.payload["originals"]:
            return event.payload["originals"][passage], said
        for kept in pack.kept:
            if kept.id == passage:
                return kept.text, said
    return _observed(history, passage)


def _observed(history: Sequence[Event], id: str) -> tuple[str, Dropped | None] | None:
    number, _, call = id.removeprefix("turn ").partition(".")
    for turn in replay(history):
        seen = [one.text for one in turn.observations if not call or one.call == call]
        if str(turn.number) == number and seen:
            return "\n\n".join(seen), next((lost for lost in backlog_of(history).dropped if lost.id == id), None)
    return None


def memories_of(history: Sequence[Event]) -> Seen:
    """Which memories stood in the newest frame, and which the tool ``recall`` brought. What was erased is not told."""
    passages: dict[str, Names] = {}
    looked_up: list[tuple[str, str]] = []
    for event in history:
        if event.payload is None:
            continue
        if event.kind == "context.packed" and "frame" in event.payload:
            passages = {id: _names(names) for id, names in event.payload.get("memories", {}).items()}
        elif event.kind == "call.observed":
            looked_up += _names(event.payload.get("memories", ()))
    return Seen(passages, tuple(looked_up))


def _names(written: Sequence[Sequence[str]]) -> Names:
    return tuple((scope, id) for scope, id in written)
