"""What a model says, piece by piece, as an action.

Called by ``agent``. Takes the pieces as ``/api/chat`` streams them and holds nothing beyond one decision.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from kingpost import (
    Action,
    AgentFailed,
    Answer,
    Call,
    Calls,
    Context,
    Passage,
    Say,
    Source,
    Text,
    Thought,
    Trust,
    Usage,
    UsageNote,
)

from .server import Json, too_long

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_CITED = re.compile(r"[\[\u3010]\s*((?:passages?\s*)?[^\[\]\u3010\u3011\n]{1,80}?)\s*[\]\u3011]", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:[,;&]|\band\b)\s*", re.IGNORECASE)
_NAMED = re.compile(r"(?:passages?\b\s*)?(?:id\s*=\s*)?[\"']?#?([^\"'\s]+)[\"']?", re.IGNORECASE)


@dataclass(slots=True)
class Reply:
    """The pieces so far. ``done`` once the server has said that there are no more."""

    text: list[str] = field(default_factory=list)
    thinking: list[str] = field(default_factory=list)
    calls: list[Json] = field(default_factory=list)
    done: bool = False
    reason: str = ""
    read: int | None = None
    written: int | None = None

    def take(self, piece: Json, say: Say) -> None:
        """One piece more, said aloud as it comes."""
        message = piece.get("message")
        if isinstance(message, dict):
            if thinking := _string(message.get("thinking")):
                self.thinking.append(thinking)
                say(Thought(thinking))
            if text := _string(message.get("content")):
                self.text.append(text)
                say(Text(text))
            self.calls += [call for call in message.get("tool_calls") or () if isinstance(call, dict)]
        if piece.get("done") is True:
            self.done = True
            self.reason = _string(piece.get("done_reason"))
            self.read, self.written = _count(piece.get("prompt_eval_count")), _count(piece.get("eval_count"))

    def action(self, context: Context, body: Json, usage: Usage) -> Action:
        """What was decided.

        Raises:
            AgentFailed: nothing was said, or the server read only a part of the prompt.
        """
        size = body["options"]["num_ctx"]
        if self.read is not None and self.read >= size:
            raise too_long(f"the Ollama server cut the prompt: its context of {size} tokens was full before the answer")
        opaque: dict[str, Any] = {"model": body["model"], "num_ctx": size, "done_reason": self.reason}
        if thinking := "".join(self.thinking):
            opaque["thinking"] = thinking
        text = "".join(self.text).strip()
        if self.calls:
            calls = tuple(_call(str(number), call) for number, call in enumerate(self.calls, 1))
            ids = {call.id: _string(raw.get("id")) for call, raw in zip(calls, self.calls, strict=True)}
            return Calls(
                calls=calls, text=text, usage=usage, opaque=opaque | {"ids": {k: v for k, v in ids.items() if v}}
            )
        if not text:
            raise AgentFailed(self._silence(body))
        return Answer(text=text, sources=cited(text, context.pack.kept), usage=usage, opaque=opaque)

    def _silence(self, body: Json) -> str:
        model, room = body["model"], body["options"]["num_predict"]
        if self.reason == "length":
            spent = "thinking" if self.thinking else "nothing that can be read"
            return (
                f"the model {model!r} spent its whole room of {room} tokens on {spent} and gave no answer; raise room "
                "under [agent-ollama], or set think = false there"
            )
        return f"the model {model!r} answered nothing; ask in other words, or choose another model"

    def usage(self, *, free: str | None) -> Usage:
        """What it took, as the server reports it; ``free`` is the reason why it costs nothing."""
        money = 0 if free is not None else None
        return Usage(input_tokens=self.read, output_tokens=self.written, money=money, prices=free)


def note(usage: Usage, say: Say) -> None:
    """Say aloud what a turn took, where the server told it."""
    if usage.input_tokens is not None or usage.output_tokens is not None:
        say(UsageNote(usage))


def _call(id: str, raw: Json) -> Call:
    function = raw.get("function")
    function = function if isinstance(function, dict) else {}
    arguments = function.get("arguments")
    if isinstance(arguments, str):
        with suppress(ValueError, RecursionError):
            arguments = json.loads(arguments)
    if arguments is None:
        arguments = {}
    if not isinstance(arguments, dict):
        # No tool takes this, so the model is told what the tool does take, and may try again.
        arguments = {"malformed_arguments": arguments}
    return Call(id, _string(function.get("name")) or "(unnamed)", arguments)


def cited(text: str, passages: Sequence[Passage]) -> tuple[Source, ...]:
    """The passages that an answer names, each once, in the order in which it does; brackets in code are none."""
    known = {passage.id: passage for passage in passages if passage.trust is not Trust.TASK}
    found: dict[str, Source] = {}
    for bracket in _CITED.finditer(_CODE.sub(" ", text)):
        for part in _BETWEEN.split(bracket.group(1)):
            named = _NAMED.fullmatch(part.strip())
            if named is not None and (passage := known.get(named.group(1))) is not None:
                found.setdefault(passage.id, Source(passage.id, passage.source, passage.place))
    return tuple(found.values())


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and value > 0 else None
