"""Dialogue: turns, each whole with who says it; above them what stands over a session, its date above all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ..question import Question
from ..units import ABSENT, Form, Unit
from . import prose
from .speakers import TURN, heads, shape

_LONGEST = 600
"""A turn up to here is one whole; of a longer one each sentence is."""
_SAMPLE, _WIDEST = 400, 80
_ENDS = tuple(".,;!?")
_DATE = re.compile(r"(?![-*+>]|\d{1,3}[.)]\s).{0,80}\d")
_ABOUT_TIME = re.compile(r"\b(?:when|date|day|time|year|month|week|ago|long|since|until|before|after)\b", re.IGNORECASE)


def form(text: str, question: Question) -> Form | None:
    """Turns; a question about time wants the head of the session too."""
    wants_time = _ABOUT_TIME.search(question.query[:1_000])
    units: list[Unit] = []
    head = turn = ABSENT
    speaker = ""
    for part, lead, goes_on in _turns(text):
        if not lead and not goes_on:
            head, turn = len(units), ABSENT
            units.append(Unit((part,), (0.05,), title=part))
            continue
        if lead:
            speaker, turn = part[:lead].strip(), ABSENT
        for said in [part] if len(part) <= _LONGEST else prose.sentences(part):
            above = turn if turn != ABSENT else head if wants_time else ABSENT
            units.append(Unit((said,), parent=above, speaker=speaker, lead=lead if turn == ABSENT else 0))
            if turn == ABSENT:
                turn = len(units) - 1
    return Form(units, may_cut=True, is_speech=True) if sum(1 for unit in units if unit.speaker) >= 2 else None


def _turns(text: str) -> Iterator[tuple[str, int, bool]]:
    """Turns with the length of who speaks, and heads with 0; together they are the text.

    A line without a name goes on with the turn before. Behind a blank line it does so in a part of its own, unless it
    looks like what stands over a session.
    """
    lines = text.splitlines(keepends=True)
    leads = _leads(lines)
    part: list[str] = []
    lead, blank, fenced, goes_on, spoken, silent = 0, False, False, False, False, False
    for number, line in enumerate(lines):
        bare = line.strip()
        found = 0 if fenced else leads[number]
        if part and (found or (bare and blank and not fenced and not silent)):
            yield "".join(part), lead, goes_on
            part, lead = [], 0
        if not part:
            lead, goes_on = found, not found and spoken and not _stands_over(bare, leads[number + 1 : number + 2])
            spoken = goes_on or bool(found)
            silent = bool(found) and not line[found:].strip()
        elif bare:
            silent = False
        if bare.startswith(("```", "~~~")):
            fenced = not fenced
        blank = not bare
        part.append(line)
    if part:
        yield "".join(part), lead, goes_on


def _stands_over(bare: str, behind: Sequence[int]) -> bool:
    """Whether a line behind a blank one rather begins a session than goes on with what is said."""
    short = len(bare) <= _WIDEST and bare[-1:] not in _ENDS
    return short and (bare[:1] == "#" or any(behind) or _DATE.match(bare) is not None)


def _leads(lines: Sequence[str]) -> list[int]:
    """For each line the length of who says it; 0 where nobody is named."""
    said = [line for line in lines[:_SAMPLE] if line.strip()]
    matches = [TURN.match(line) if line.strip() else None for line in lines]
    if sum(1 for match in matches[:_SAMPLE] if match) < 0.3 * len(said) and (above := heads(said)):
        return [len(line) if shape(line) in above else 0 for line in lines]
    counts = Counter(match["name"] or match["nick"] for match in matches if match)
    often = sum(1 for count in counts.values() if count > 1)
    return [
        match.end() if match and (counts[match["name"] or match["nick"]] > 1 or not often) else 0 for match in matches
    ]
