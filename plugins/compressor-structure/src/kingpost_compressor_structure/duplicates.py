"""Level 1: what was said before is said once.

Called by ``fitting``. Three looks, each linear: passages that say the same in other spaces, case and punctuation;
lines that follow themselves; paragraphs of prose that stood before, in this passage or in an earlier one. Numbers are
words like any other, so two versions of a fact are no duplicates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .draft import Draft

_WORDS = re.compile(r"\w+")
_SPACED = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")}
_FLOWING = ("prose", "markdown")
_REPEATING = (*_FLOWING, "log")
_SHORTEST = 40
"""Shorter paragraphs are said twice for a reason: a heading, a greeting, an answer."""


def essence(text: str) -> str:
    """What a text says, whatever its spaces, case and punctuation; of signs alone, the signs."""
    folded = text.casefold()
    # Many times as fast as the expression, and the same for plain letters.
    words = folded.translate(_SPACED).split() if text.isascii() else _WORDS.findall(folded)
    return " ".join(words) or text.strip()


def bare(text: str) -> str:
    """A text without its spaces and its case."""
    return "".join(text.split()).casefold()


def twins(drafts: Sequence[tuple[Draft, str]]) -> list[tuple[Draft, Draft]]:
    """Passages that are bare the same, the least worth first, each with the one that stays in its stead.

    The one that is pinned, was scored higher or came first stays.
    """
    first: dict[str, Draft] = {}
    found = []
    for draft, said in sorted(drafts, key=lambda pair: (not pair[0].passage.pinned, -pair[0].passage.score)):
        stays = first.setdefault(said, draft)
        if stays is not draft and not draft.passage.pinned:
            found.append((draft, stays))
    return found[::-1]


def counted_lines(text: str, kind: str) -> str:
    """Lines that follow themselves become one with a count."""
    if kind not in _REPEATING:
        return text
    kept: list[str] = []
    lines = text.split("\n")
    start = 0
    for number in range(1, len(lines) + 1):
        if number < len(lines) and lines[number] == lines[start]:
            continue
        times = number - start
        if times > 1 and lines[start].strip():
            kept.append(f"{lines[start].rstrip()} [{times} times]")
        else:
            kept.extend(lines[start:number])
        start = number
    return "\n".join(kept)


class Heard:
    """The paragraphs of the passages so far, and whose they are."""

    def __init__(self) -> None:
        self._speakers: dict[str, str] = {}

    def once(self, draft: Draft) -> tuple[str, str]:
        """The text of a passage without what was said before, and what to tell about it."""
        shorter, sources = self.repeats(draft, counted_lines(draft.text, draft.kind))
        if sources and not shorter.strip():
            return "", f"duplicate of {', '.join(sources)}"
        return shorter, f"repeats of {', '.join(sources)}" if sources else "repetitions, counted"

    def repeats(self, draft: Draft, text: str) -> tuple[str, list[str]]:
        """``text`` without the paragraphs that stood before, and the ids of the passages they stood in."""
        if draft.kind not in _FLOWING:
            return text, []
        kept: list[str] = []
        times: dict[str, int] = {}
        sources: list[str] = []
        for paragraph in _paragraphs(text):
            speaker, said = self._first(paragraph, draft.passage.id)
            if speaker is None:
                kept.append(paragraph)
            elif speaker == draft.passage.id:
                times[said] = times.get(said, 1) + 1
            elif speaker not in sources:
                sources.append(speaker)
        return "".join(_with_counts(kept, times)) if times or sources else text, sources

    def _first(self, paragraph: str, id: str) -> tuple[str | None, str]:
        """Whose passage it stood in before, and what it says."""
        if len(paragraph) < _SHORTEST or "```" in paragraph or "~~~" in paragraph:
            return None, ""
        said = essence(paragraph)
        if said in self._speakers:
            return self._speakers[said], said
        self._speakers[said] = id
        return None, said


def _with_counts(paragraphs: Sequence[str], times: dict[str, int]) -> Iterator[str]:
    for paragraph in paragraphs:
        if len(paragraph) >= _SHORTEST and (count := times.get(essence(paragraph))):
            bare = paragraph.rstrip("\n")
            yield f"{bare} [{count} times]{paragraph[len(bare) :]}"
        else:
            yield paragraph


def _paragraphs(text: str) -> Iterator[str]:
    """The text in parts that end with their blank lines; what stands between code fences is one part."""
    part: list[str] = []
    fenced, blank = False, False
    for line in text.split("\n"):
        is_blank = not line.strip()
        if blank and not is_blank and not fenced:
            yield "\n".join(part) + "\n"
            part = []
        if line.startswith(("```", "~~~")):
            fenced = not fenced
        blank = is_blank
        part.append(line)
    yield "\n".join(part)
