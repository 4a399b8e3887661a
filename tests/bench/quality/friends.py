"""Talks and notes that were written by hand, with questions and the lines that answer them: a part of the quality.

Called by ``recall``. A first heading is a scope, a second one the time of a session, ``Name [mark]: text`` a turn and
``kind | marks | question`` a question. What ``friends.md`` missed was mended where that was general;
``allotment.md`` was written afterwards, and nothing was mended for it but that *what news* in a month is that month's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from kingpost import Memory

from .dialogues import Dialogue, Question

FRIENDS, ALLOTMENT = (Path(__file__).with_name(name) for name in ("friends.md", "allotment.md"))
_TURN = re.compile(r"(?P<speaker>\w+|-)(?: \[(?P<mark>\w+)\])?: (?P<body>.+)")


def worlds(file: Path) -> Iterator[Dialogue]:
    """Each world with its questions; a question of kind ``none`` has no answer and no evidence."""
    made: Dialogue | None = None
    session, at = "", 0.0
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("## "):
            at = datetime.strptime(line, "## %Y-%m-%d %H:%M").replace(tzinfo=UTC).timestamp()
            session = line[3:]
        elif line.startswith("# ") and line != "# questions":
            if made:
                yield made
            made = Dialogue(line[2:])
        elif made and (turn := _TURN.fullmatch(line)):
            made.turns.append(_turn(made, turn, session, at))
        elif made and line.count(" | ") == 2:
            kind, marks, text = line.split(" | ")
            made.questions.append(Question(text, tuple(marks.split()), kind))
    if made:
        yield made


def _turn(made: Dialogue, turn: re.Match[str], session: str, at: float) -> Memory:
    speaker = "" if turn["speaker"] == "-" else turn["speaker"]
    id = turn["mark"] or f"turn {len(made.turns)}"
    return Memory(id=id, scope=made.scope, body=turn["body"], speaker=speaker, session=session, created=at)
