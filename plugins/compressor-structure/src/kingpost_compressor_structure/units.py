"""The units that a passage is chosen by, and how a choice is written out.

Made by the modules in ``forms``, chosen by ``selection``. A unit is a whole: a sentence, a line, a row, a function.
It may have shorter shapes of itself, a signature say, and it may need another one above it, its heading or its class.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

ABSENT = -1


@dataclass(slots=True)
class Unit:
    """One whole.

    ``shapes`` go from the shortest to the whole, each in place of the one before. ``worth`` is, for each shape, what
    it is worth for the structure alone, 1 being as much as the best answer to the question. ``title`` are words that
    say what it is about. ``parent`` is the unit without which it makes no sense. ``empty`` is written behind each
    shape when no unit below it is. ``loss`` is told when it is not whole. ``finish`` shortens the last shape once it is
    chosen. ``speaker`` says it, in the first ``lead`` characters of it.
    """

    shapes: tuple[str, ...]
    worth: tuple[float, ...] = (0.0,)
    title: str = ""
    parent: int = ABSENT
    empty: tuple[str, ...] = ()
    loss: str = ""
    finish: Callable[[str], str] | None = None
    speaker: str = ""
    lead: int = 0

    @property
    def whole(self) -> str:
        """Its last shape."""
        return self.shapes[-1]


@dataclass(slots=True)
class Form:
    """A passage as units.

    ``gaps``: whether it is shown where units are left out. ``flows``: whether a unit next to a good one is better for
    it. ``is_speech``: somebody tells something, so what an answer sounds like is known. ``may_cut``: whether a part
    of a unit is better than none. ``loss`` is told whatever is chosen, ``finished`` is what finishing units cost.
    """

    units: list[Unit]
    gaps: bool = True
    flows: bool = True
    loss: str = ""
    may_cut: bool = False
    is_speech: bool = False
    chosen: list[int] = field(init=False)
    finished: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Nothing is chosen yet."""
        self.chosen = [ABSENT] * len(self.units)

    @property
    def is_whole(self) -> bool:
        """Whether it is written as it came, with nothing left out."""
        return (
            not self.finished
            and not self.loss
            and all(level == len(unit.shapes) - 1 for unit, level in zip(self.units, self.chosen, strict=True))
        )

    def shown(self, number: int, *, empty: bool) -> str:
        """A chosen unit as it is written; ``empty``: nothing stands below it."""
        unit, level = self.units[number], self.chosen[number]
        return unit.shapes[level] + (unit.empty[level] if empty else "")

    def chain(self, number: int) -> list[int]:
        """The unit, before it those above it that are not chosen yet."""
        chain = [number]
        while (number := self.units[number].parent) != ABSENT and self.chosen[number] == ABSENT:
            chain.append(number)
        return chain[::-1]

    def losses(self, fallback: str) -> list[str]:
        """What to tell about the units that are not whole, each thing once."""
        found = ([self.loss] if self.loss else []) + self.finished
        for unit, level in zip(self.units, self.chosen, strict=True):
            if level < len(unit.shapes) - 1 and (loss := unit.loss or fallback) not in found:
                found.append(loss)
        return found

    def render(self) -> str:
        """What is chosen, as text."""
        bare = _bare(self.units, self.chosen)
        parts: list[str] = []
        gap = False
        for number, level in enumerate(self.chosen):
            if level == ABSENT:
                gap = True
                continue
            shown = self.shown(number, empty=number in bare)
            if gap and parts and self.gaps:
                parts.append(_gap(parts[-1], begins=self.units[number - 1].whole.endswith("\n")))
            gap = False
            parts.append(shown)
        text = "".join(parts)
        return text.rstrip() if gap else text


def _bare(units: Sequence[Unit], chosen: Sequence[int]) -> set[int]:
    """The chosen units that need something below them and have nothing."""
    needy = {number for number, unit in enumerate(units) if unit.empty and chosen[number] != ABSENT}
    if needy:
        needy -= {unit.parent for unit, level in zip(units, chosen, strict=True) if level != ABSENT}
    return needy


def _gap(before: str, *, begins: bool) -> str:
    """What shows that something is left out behind ``before``; ``begins``: what follows begins a line."""
    if before.endswith("\n"):
        return "…\n"
    mark = "…\n" if begins else "… "
    return mark if before[-1:].isspace() else f" {mark}"
