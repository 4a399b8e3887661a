"""Documents of several kinds: a report with a log in it, a mail with a table, a question with a trace and some JSON.

Called by ``form`` for what is told to be prose or Markdown. Each section falls into units as its kind does; what is
chosen is written section by section.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..units import ABSENT, Form, Unit

HARD = ("diff", "json", "jsonl", "log", "table", "tests")
"""Kinds whose lines are worth something only to their like."""
_LEAST_LINES = 8


@dataclass(slots=True)
class Mixed(Form):
    """Sections, each a form of its own; the units of all of them, one behind the other."""

    sections: Sequence[Form] = ()

    def render(self) -> str:
        """Section by section."""
        return "".join(section.render() for section in self._handed_out())

    def losses(self, fallback: str) -> list[str]:
        """What each section tells, each thing once."""
        told = [loss for section in self._handed_out() for loss in section.losses(fallback)]
        return list(dict.fromkeys(told + self.finished))

    def _handed_out(self) -> Iterator[Form]:
        """The sections, with what is chosen of them."""
        start = 0
        for section in self.sections:
            end = start + len(section.units)
            section.chosen = self.chosen[start:end]
            for at, unit in enumerate(self.units[start:end]):
                # A unit that was cut or finished has other shapes than it came with.
                if unit.shapes is not section.units[at].shapes:
                    section.units[at].shapes = unit.shapes
            start = end
            yield section


def joined(sections: Sequence[Form]) -> Form:
    """One form of several."""
    units: list[Unit] = []
    for section in sections:
        start = len(units)
        units += [
            replace(unit, parent=unit.parent + start if unit.parent != ABSENT else ABSENT) for unit in section.units
        ]
    return Mixed(
        units,
        loss="; ".join(dict.fromkeys(section.loss for section in sections if section.loss)),
        may_cut=any(section.may_cut for section in sections),
        is_speech=all(section.is_speech for section in sections),
        sections=sections,
    )


def paragraphs(text: str) -> Iterator[str]:
    """Runs of lines with the blank lines behind them; together they are the text."""
    part: list[str] = []
    blank = False
    for line in text.splitlines(keepends=True):
        is_blank = not line.strip()
        if blank and not is_blank:
            yield "".join(part)
            part = []
        blank = is_blank
        part.append(line)
    if part:
        yield "".join(part)


def is_long(paragraph: str) -> bool:
    """Whether it is long enough to be a section of its own."""
    return paragraph.count("\n") >= _LEAST_LINES or len(paragraph) > 80 * _LEAST_LINES
