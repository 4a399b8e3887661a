"""Dialogue: turns, each whole with who says it; above them what stands over a session, its date above all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..question import Question
from ..units import ABSENT, Form, Unit
from . import prose

_TIME = r"(?:[\[(]?\d[\d\-/:., TZ]{3,24}(?:[AaPp][Mm])?[\])]?[ \t]{0,2}(?:[-–|][ \t])?)?"  # noqa: RUF001 - a dash on purpose
TURN = re.compile(
    rf"[ \t]{{0,8}}{_TIME}(?:[-*>][ \t])?(?:\*\*)?<?"
    r"([^\W\d_][\w.'’-]{0,24}(?:[ \t][\w.'’&-]{1,24}){0,3})"  # noqa: RUF001 - an apostrophe on purpose
    r">?(?:[ \t]{0,2}[\[(][^\])\n]{1,40}[\])])?(?:\*\*)?:(?:\*\*)?(?:[ \t]|$)"
)
"""A time perhaps, a name, a colon."""
_LEVEL = re.compile(r"(?:trace|debug|info|notice|warn(?:ing)?|error|fatal|critical|severe)\b", re.IGNORECASE)
"""What a log says where a dialogue has a name."""
_LONGEST = 600
"""A turn up to here is one whole; of a longer one each sentence is."""
_ABOUT_TIME = re.compile(r"\b(?:when|date|day|time|year|month|week|ago|long|since|until|before|after)\b", re.IGNORECASE)


def form(text: str, question: Question) -> Form | None:
    """Turns; a question about time wants the head of the session too."""
    wants_time = _ABOUT_TIME.search(question.query[:1_000])
    units: list[Unit] = []
    head = ABSENT
    for part, lead in _turns(text):
        if not lead:
            head = len(units)
            units.append(Unit((part,), (0.05,), title=part))
            continue
        above = head if wants_time else ABSENT
        speaker, begun = part[:lead].strip(), len(units)
        for said in [part] if len(part) <= _LONGEST else prose.sentences(part):
            first = len(units) == begun
            units.append(Unit((said,), parent=above if first else begun, speaker=speaker, lead=lead if first else 0))
    return Form(units, may_cut=True, is_speech=True) if sum(1 for unit in units if unit.speaker) >= 2 else None


def speaks(lines: Sequence[str]) -> bool:
    """Whether most of some lines are said by somebody, and somebody says more than one of them."""
    names = [found[1] for line in lines if (found := TURN.match(line))]
    if any(_LEVEL.match(name) or name.islower() for name in names):
        return False
    return len(names) >= 4 and len(names) > 0.5 * len(lines) and len(set(names)) <= 0.5 * len(names)


def _turns(text: str) -> Iterator[tuple[str, int]]:
    """Turns with the length of who speaks, and heads with 0; together they are the text.

    A line without a name goes on with the turn before, unless a blank line stands between.
    """
    part: list[str] = []
    lead, blank = 0, False
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        found = TURN.match(line) if bare else None
        if part and (found or (bare and blank)):
            yield "".join(part), lead
            part, lead = [], 0
        if found and not part:
            lead = found.end()
        blank = not bare
        part.append(line)
    if part:
        yield "".join(part), lead
