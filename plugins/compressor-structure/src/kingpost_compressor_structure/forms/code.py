"""Code without a parser of ours: blocks by their indentation, each with its first line to stand for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..question import Question
from ..units import ABSENT, Form, Unit

_DEEPEST = 4
_SMALL, _LARGE = 4, 40
_DEFINES = re.compile(
    r"\s*+(?:@\w|(?:(?:pub(?:\([a-z]{1,10}\))?|public|private|protected|internal|static|export|default|abstract|async|final"
    r"|override|inline|unsafe|extern|const) ){0,5}"
    r"(?:def|class|interface|struct|enum|trait|impl|fn|func|function|fun|type|module|namespace|package|record|protocol"
    r"|extension|table|create|CREATE)\b)"
)
_CLOSES = re.compile(r"\s*+(?:[}\])]|end\b|else\b|elif\b|except\b|finally\b|catch\b|esac\b|fi\b|done\b)")
_LOSS = "blocks of code that the question does not mention"
_NO_QUESTION = "blocks of code"


def form(text: str, question: Question) -> Form | None:
    """Blocks; what defines a name comes first."""
    units: list[Unit] = []
    lines = text.splitlines(keepends=True)
    _block(lines, ABSENT, 0, units, _LOSS if question.terms else _NO_QUESTION)
    # One block of a few lines says nothing of its structure.
    return Form(units, flows=False) if any(len(unit.shapes) > 1 for unit in units) or len(units) > 1 else None


def _block(lines: Sequence[str], parent: int, depth: int, units: list[Unit], loss: str) -> None:
    for block in _blocks(lines):
        body = "".join(block)
        head = next((number for number, line in enumerate(block) if _DEFINES.match(line)), 0)
        worth = 0.9 if _DEFINES.match(block[head]) else 0.2
        if len(block) <= _SMALL:
            units.append(Unit((body,), (worth if worth > 0.5 else 0.1,), parent=parent, loss=loss))
        elif len(block) <= _LARGE:
            shapes = ("".join(block[: head + 1]), body)
            units.append(Unit(shapes, (worth, 0.0), title=block[head], parent=parent, loss=loss))
        else:
            units.append(Unit(("".join(block[: head + 1]),), (worth,), title=block[head], parent=parent, loss=loss))
            above, rest = len(units) - 1, block[head + 1 :]
            if depth < _DEEPEST:
                _block(rest, above, depth + 1, units, loss)
            else:
                pages = ("".join(rest[at : at + _LARGE]) for at in range(0, len(rest), _LARGE))
                units += [Unit((page,), parent=above, loss=loss) for page in pages]


def _blocks(lines: Sequence[str]) -> list[list[str]]:
    """A block begins at each line of the least indentation that closes nothing; comments above it belong to it."""
    least = min((_indent(line) for line in lines if line.strip()), default=0)
    blocks: list[list[str]] = []
    open_head = False
    for line in lines:
        bare = line.strip()
        begins = bare and _indent(line) <= least and not _CLOSES.match(line)
        if not blocks or (begins and not open_head):
            blocks.append([])
        blocks[-1].append(line)
        if bare:
            # What annotates the next line is one with it.
            open_head = (begins and bare.startswith(("//", "#", "/*", "*", "--", "@", '"""', "<!--"))) or (
                open_head and not begins
            )
    return blocks


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
