"""Turns as events, and events as the turns that they tell of.

Called by ``pipeline`` and the steps below it when they write, and by whoever reads a task's history. After a crash the
recorded turns come back from here as they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec.json import encode

from ..chain import Written
from ..records.action import Action, Calls, Observation, Usage
from ..records.codec import adapter, dump, load
from ..records.context import Turn
from ..records.event import Event
from ..records.record import replace
from ..records.task import Artefact, Outcome
from ..state import Amount
from .reading import Names


def written(kind: str, header: Mapping[str, Any], payload: Mapping[str, Any]) -> Event:
    """An event whose payload holds records, written down at once where it can be. Its numbers are finite."""
    try:
        return Written(kind, header, content=encode(payload))
    except (UnicodeEncodeError, OverflowError, TypeError):
        # Half a surrogate pair, for one, or what is a text only by its class.
        return Event(kind, header, plain(payload))


def plain(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload with its records as plain values."""
    return {name: dump(value) for name, value in payload.items()}


def decided(number: int, action: Action, seen: int, spent: Amount, reserve: Amount | None) -> Event:
    """The event of a decision that had seen ``seen`` messages: what it cost, and what is set aside for the next."""
    calls = {call.id: call.tool for call in action.calls} if isinstance(action, Calls) else {}
    header = {
        "turn": number, "kind": action.kind, "calls": calls, "until": getattr(action, "until", "all"),
        "input_tokens": action.usage.input_tokens, "output_tokens": action.usage.output_tokens, "seen": seen,
        "spent": spent, "reserve": reserve,
    }  # fmt: skip
    return written("turn.decided", header, {"action": action})


def charged(event: Event, paid: Usage | None, spent: Amount) -> Event:
    """The event of a context with what a costly compressor was paid for it; as it is where that is nothing."""
    if paid is None:
        return event if spent == [0, 0, 0] else Event(event.kind, {**event.header, "spent": spent}, event.payload)
    tokens = {"input_tokens": paid.input_tokens, "output_tokens": paid.output_tokens}
    return Event(event.kind, {**event.header, **tokens, "spent": spent}, event.payload)


def observed(
    turn: int,
    observation: Observation,
    spent: Amount | None = None,
    memories: Names = (),
    artefacts: Sequence[Artefact] = (),
) -> Event:
    """The event of what came back from a call; ``spent`` is a child's, ``memories`` are those that it is made of.

    ``artefacts`` are the files that it handed in.
    """
    header: dict[str, Any] = {"turn": turn, "call": observation.call, "error": observation.error}
    if spent is not None:
        header["spent"] = spent
    named: dict[str, Any] = {"memories": memories} if memories else {}
    if artefacts:
        named["artefacts"] = [dump(one) for one in artefacts]
    return Event("call.observed", header, {"observation": dump(observation), **named})


def ended(outcome: Outcome, **more: Any) -> Event:
    """The event of an outcome; ``more`` goes into its header (``seen``, ``spent``)."""
    header = {"reason": outcome.reason, "error": outcome.error, **more}
    return written(f"task.{outcome.status}", header, {"outcome": outcome})


def replay(history: Sequence[Event]) -> list[Turn]:
    """The turns out of a task's events. Content that was erased reads as empty."""
    turns: list[Turn] = []
    said: list[str] = []
    marks: list[tuple[int, int]] = []
    for event in history:
        if event.kind == "task.queued":
            turns = [load(Turn, turn) for turn in (event.payload or {}).get("turns", ())]
            marks = [(len(turns) - 1, 0)] if turns else []
        elif event.kind == "turn.decided":
            raw = event.payload["action"] if event.payload else {"kind": "answer", "text": ""}
            turns.append(Turn(event.header["turn"], adapter(Action).validate_python(raw)))
            marks.append((len(turns) - 1, event.header.get("seen", 0)))
        elif event.kind == "call.observed" and turns:
            turns[-1] = replace(turns[-1], observations=(*turns[-1].observations, _seen(event)))
        elif event.kind == "message.received":
            said.append(_said(event))
    turns = [replace(turn, observations=_in_order(turn, turn.observations)) for turn in turns]
    for place, (turn, first) in enumerate(marks):
        end = marks[place + 1][1] if place + 1 < len(marks) else len(said)
        if said[first:end]:
            turns[turn] = replace(turns[turn], messages=(*turns[turn].messages, *said[first:end]))
    return turns


def _in_order(turn: Turn, seen: Iterable[Observation]) -> tuple[Observation, ...]:
    """Observations come in as they happen and are shown as they were asked for."""
    place = {call.id: number for number, call in enumerate(getattr(turn.action, "calls", ()))}
    return tuple(sorted(seen, key=lambda one: place.get(one.call, len(place))))


def latest(turn: Turn, history: Sequence[Event]) -> Turn:
    """The newest turn with everything that has come in since it was decided."""
    said: list[str] = []
    seen: list[Event] = []
    first = 0
    for event in history:
        if event.kind == "turn.decided":
            first, seen = event.header.get("seen", 0), []
        elif event.kind == "call.observed":
            seen.append(event)
        elif event.kind == "message.received":
            said.append(_said(event))
    return replace(turn, observations=_in_order(turn, map(_seen, seen)), messages=tuple(said[first:]))


def _seen(event: Event) -> Observation:
    raw = event.payload["observation"] if event.payload else {"call": event.header["call"], "text": ""}
    found: Observation = adapter(Observation).validate_python(raw)
    return found


def _said(event: Event) -> str:
    text: str = event.payload["text"] if event.payload else ""
    return text


def count_messages(history: Sequence[Event]) -> int:
    """How many messages have come in."""
    return [event.kind for event in history].count("message.received")


def first_messages(history: Sequence[Event]) -> tuple[str, ...]:
    """What was said before the first decision, which the frame of the context holds."""
    return tuple(_said(event) for event in history if event.kind == "message.received")


def arguments_of(history: Sequence[Event], turn: int) -> Mapping[str, Mapping[str, Any]]:
    """Arguments that somebody changed when he let a call of this turn pass, by call."""
    return {
        event.header["call"]: event.payload["arguments"]
        for event in history
        if event.kind == "call.approved"
        and event.header.get("turn") == turn
        and event.payload is not None
        and event.payload.get("arguments") is not None
    }


def mark_of(history: Sequence[Event]) -> str | None:
    """The agent's last checkpoint."""
    marks = [e.payload["mark"] for e in history if e.kind == "agent.checkpoint" and e.payload is not None]
    return marks[-1] if marks else None
