"""The agent "extract": quotes that answer a task, with their sources, and the plain word that no model was used."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from kingpost import (
    Action,
    Answer,
    Context,
    Description,
    InvalidRequest,
    Passage,
    Say,
    Source,
    Text,
    Trust,
    UnknownName,
)

from .choice import Quote, beginnings, choose
from .question import Candidate, Question, ask, candidate
from .units import units

_LINES = re.compile(r"(\d+)(?:-(\d+))?")
_GOOD = 0.34
_MEND = "Hand in documents that speak of it with `--input PATH`, or let a model answer with `--agent ollama`."


class Extract:
    """Answers out of the passages of its context, word for word. Makes no calls and knows nothing else."""

    name = "extract"

    async def describe(self, model: str | None) -> Description:
        if model is not None:
            raise UnknownName(
                "model", model, (), "the agent 'extract' uses none: leave it out, or run a model with --agent ollama"
            )
        return Description()

    async def decide(self, context: Context, say: Say) -> Action:
        if context.response_schema is not None:
            raise InvalidRequest(
                "the agent 'extract' quotes, so its answer cannot follow a response schema; "
                "leave the schema out, or run a model with --agent ollama"
            )
        passages = [each for each in context.pack.kept if each.trust is not Trust.TASK and each.text.strip()]
        pool: list[Candidate] = []
        for rank, passage in enumerate(passages):
            pool += [candidate(passage, unit, rank) for unit in units(passage.text, passage.kind)]
            await asyncio.sleep(0)
        question = ask(context.description, pool)
        quotes = beginnings(pool) if question.is_empty else await choose(question, pool)
        parts = [_opening(question, quotes, len(passages))]
        parts += [_shown(number, quote) for number, quote in enumerate(quotes, 1)]
        if quotes and question.unknown:
            parts.append(f"Not found in {_many(len(passages))}: {_listed(question.unknown)}.")
        for part in parts:
            say(Text(part if part is parts[0] else f"\n\n{part}"))
        return Answer(text="\n\n".join(parts), sources=tuple(dict.fromkeys(map(_source, quotes))))


def _opening(question: Question, quotes: Sequence[Quote], passages: int) -> str:
    """The first line: that no model was used, and how far the quotes can be trusted to answer."""
    if not passages:
        return f"No model was used, and there is nothing to quote: no passage was found for this task. {_MEND}"
    if not quotes:
        asked = _listed(question.unknown)
        none = "the one passage does not speak" if passages == 1 else f"none of the {passages} passages speaks"
        said = f"{none} of what was asked{f' ({asked})' if asked else ''}"
        return f"No model was used, and {said}. {_MEND}"
    if question.is_empty:
        return "No model was used, and the task names nothing to look for; the passages begin like this:"
    if question.share(word for quote in quotes for word in quote.covers) < _GOOD:
        return "No model was used, and no passage fits the question well; these come nearest:"
    return "No model was used; these passages answer best:"


def _shown(number: int, quote: Quote) -> str:
    passage = quote.candidate.passage
    place = place_of(passage, quote.start, quote.end)
    where = _one_line(f"{passage.source}:{place}" if place else passage.source)
    indent = " " * len(f"{number}. ")
    lines = "\n".join(f"{indent}> {line}" for line in quote.text.split("\n"))
    return f"{number}. {where}\n\n{lines}"


def _source(quote: Quote) -> Source:
    passage = quote.candidate.passage
    return Source(passage.id, passage.source, place_of(passage, quote.start, quote.end))


def place_of(passage: Passage, start: int, end: int) -> str:
    """Where a part of a passage stands: its own lines where the passage holds all of its lines, else its place."""
    found = _LINES.fullmatch(passage.place)
    if found is None:
        return passage.place
    first = int(found.group(1))
    last = int(found.group(2) or first)
    # A passage that was shortened has other lines than its place says.
    if last - first not in (passage.text.count("\n"), passage.text.removesuffix("\n").count("\n")):
        return passage.place
    above = first + passage.text.count("\n", 0, start)
    below = first + passage.text.count("\n", 0, end)
    return str(above) if above == below else f"{above}-{below}"


def _many(passages: int) -> str:
    return "the one passage" if passages == 1 else f"the {passages} passages"


def _listed(words: Sequence[str]) -> str:
    shown = ", ".join(_one_line(word[:40]) for word in words[:8])
    return f"{shown} and {len(words) - 8} more" if len(words) > 8 else shown


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)
