"""Markdown: headings, and below each what stands under it; a code block is one whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..question import Question
from ..units import ABSENT, Form, Unit
from . import prose

_HEADING = re.compile(r"(#{1,6})[ \t]+\S")
_FENCES = ("```", "~~~")


def form(text: str, question: Question) -> Form | None:
    """Headings are worth a little by themselves: they say what there is."""
    units: list[Unit] = []
    above: list[tuple[int, int]] = []
    for heading, part in _blocks(text):
        if heading:
            above = [(level, number) for level, number in above if level < heading]
        parent = above[-1][1] if above else ABSENT
        if heading:
            above.append((heading, len(units)))
            units.append(Unit((part,), (0.2 / heading,), title=part, parent=parent))
        elif part.lstrip().startswith(_FENCES):
            units.append(Unit((part,), parent=parent))
        else:
            units += [Unit((sentence,), parent=parent) for sentence in prose.sentences(part)]
    return Form(units, may_cut=not any(fence in text for fence in _FENCES), is_speech=True)


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Headings with their level, code blocks and what is between them (level 0); together they are the text.

    Headings and code blocks have the blank lines behind them.
    """
    part: list[str] = []
    fence = ""
    level, done = 0, False
    for line in text.splitlines(keepends=True):
        bare = line.lstrip()
        if fence:
            part.append(line)
            if bare.startswith(fence) and not bare.strip(fence[0] + "\n "):
                fence, done = "", True
            continue
        heading = _HEADING.match(line)
        opens = bare.startswith(_FENCES)
        if part and (heading or opens or (done and bare)):
            yield level, "".join(part)
            part, level, done = [], 0, False
        if heading:
            level, done = len(heading[1]), True
        part.append(line)
        fence = bare[:3] if opens else ""
    if part:
        yield level, "".join(part)
