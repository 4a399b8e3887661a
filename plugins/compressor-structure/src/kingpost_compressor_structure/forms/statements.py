"""How a choice of Python's statements is written out: narrow where only names are shown, else as it stood.

Made by ``python``. Inside a class that shows no body one space is enough; beside a body all keep their indentation,
so that a body can be found again in its file as it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..units import ABSENT, Form, Unit
from .source import lines_of

PARAMETERS = "parameters of functions, written _"


@dataclass(slots=True)
class Statement(Unit):
    """A unit of Python.

    Its shapes but the last are written narrow: ``narrow`` in front. Where the class around it shows a body they stand
    behind ``indent``, and what is in a class behind ``inner``. ``root`` is the outermost class around it. ``is_fixed``:
    its last shape stays as it stood. ``is_elided``: its first shape does not say its parameters.
    """

    indent: str = ""
    narrow: str = ""
    inner: str = ""
    root: int = ABSENT
    is_fixed: bool = True
    is_elided: bool = False


@dataclass(slots=True)
class Skeleton(Form):
    """A file of Python. ``statements`` are its units."""

    statements: Sequence[Statement] = ()
    _wide: set[int] = field(default_factory=set)

    def render(self) -> str:
        """What is chosen, each class narrow or as it stood."""
        chosen = zip(self.statements, self.chosen, strict=True)
        self._wide = {one.root for one, level in chosen if one.is_fixed and level == len(one.shapes) - 1}
        return Form.render(self)

    def shown(self, number: int, *, empty: bool) -> str:
        """As it stood, or one space in."""
        one, level = self.statements[number], self.chosen[number]
        is_last = level == len(one.shapes) - 1
        text = Form.shown(self, number, empty=empty)
        if empty and not is_last:
            # A class with nothing in it needs no line for that.
            text, _, inside = text.rstrip("\n").rpartition("\n")
            text = f"{text} {inside.lstrip()}\n"
        if one.root == ABSENT:
            return text
        if one.root in self._wide:
            return text if is_last else moved(text, one.narrow, one.indent, one.inner)
        return moved(text, one.indent, one.narrow, one.inner and f"{one.narrow} ") if is_last else text

    def losses(self, fallback: str) -> list[str]:
        """What to tell, the parameters too."""
        found = Form.losses(self, fallback)
        if any(one.is_elided and level == 0 for one, level in zip(self.statements, self.chosen, strict=True)):
            found.append(PARAMETERS)
        return found


def moved(text: str, before: str, after: str, inner: str = "") -> str:
    """Lines that stood behind ``before`` behind ``after``; what is further in stays so, or stands behind ``inner``."""
    lines = []
    for line in lines_of(text):
        bare = line[len(before) :]
        if not line.startswith(before) or not bare.strip():
            lines.append(line)
        elif inner and bare[0] in " \t":
            lines.append(inner + bare.lstrip(" \t"))
        else:
            lines.append(after + bare)
    return "".join(lines)
