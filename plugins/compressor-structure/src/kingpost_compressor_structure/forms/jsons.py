"""JSON and JSON lines: arrays of objects become tables, everything else one line for each path.

Numbers are written as they stood. A text in which an object names a key twice stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import islice
from typing import Any

from ..question import Question
from ..units import ABSENT, Form, Unit
from .table import of_rows

_DEEPEST = 6
_MOST_COLUMNS = 40
_SHORT = 160
_LOSS = "fields that the question does not mention"
_NO_QUESTION = "fields less informative than the rest"
_AS_TABLE = "JSON written as a table"
_AS_LINES = "JSON written as one line for each field"


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


class _DoubleKey(ValueError):
    """Both values matter, and a dictionary holds one."""


def form(text: str, question: Question) -> Form | None:
    """Lines and tables."""
    return _form(lambda: _load(text), question)


def lines_form(text: str, question: Question) -> Form | None:
    """Each line a row."""
    return _form(lambda: [_load(line) for line in text.splitlines() if line.strip()], question)


def _form(load: Any, question: Question) -> Form | None:
    try:
        made = _Lines(question)
        made.walk(load(), "", ABSENT, 0)
    except (ValueError, RecursionError):
        return None
    loss = _AS_TABLE if made.tables else _AS_LINES
    if len(made.units) < 2:
        return None
    spoken = any(unit.speaker for unit in made.units)
    return Form(made.units, gaps=not made.tables, flows=spoken, loss=loss, is_speech=spoken)


def _load(text: str) -> Any:
    return json.loads(text, parse_int=_Number, parse_float=_Number, parse_constant=_Number, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _DoubleKey
    return found


class _Lines:
    """Writes a value down, unit by unit."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._loss = _LOSS if question.terms else _NO_QUESTION
        self.units: list[Unit] = []
        self.tables = 0

    def walk(self, value: Any, path: str, parent: int, depth: int) -> None:
        """One value, at its path."""
        if not value or not isinstance(value, dict | list) or depth >= _DEEPEST or _is_small(value):
            self._line(path, _compact(value), parent)
        elif isinstance(value, dict):
            for key, child in value.items():
                self.walk(child, f"{path}.{key}" if path else key, parent, depth + 1)
        elif _is_table(value):
            self._table(value, path, parent)
        else:
            self._line(path, f"{len(value)} items", parent, worth=0.6)
            number = len(self.units) - 1
            for at, child in enumerate(value):
                self.walk(child, f"{path}[{at}]", number, depth + 1)

    def _line(self, path: str, text: str, parent: int, worth: float = 0.1) -> None:
        line = f"{_one_line(path)}: {text}\n" if path else f"{text}\n"
        self.units.append(Unit((line,), (worth,), title=path, parent=parent, loss=self._loss))

    def _table(self, rows: Sequence[dict[str, Any]], path: str, parent: int) -> None:
        self.tables += 1
        columns = list(dict.fromkeys(key for row in rows for key in row))
        same = [key for key in columns if _is_same(rows, key)]
        columns = [key for key in columns if key not in set(same)]
        head = f"{len(rows)} rows"
        if same:
            head += "; in all: " + ", ".join(f"{_one_line(key)}={_compact(rows[0][key])}" for key in same)
        if columns:
            head += f"; columns: {' | '.join(map(_one_line, columns))}"
        self._line(path, head, parent, worth=1.0)
        if not columns:
            return
        cells = [[_cell(row[key]) if key in row else "" for key in columns] for row in rows]
        texts = [" | ".join(row).rstrip() + "\n" for row in cells]
        self.units += of_rows(texts, cells, len(self.units) - 1, self._question, " | ")


def _is_table(rows: Sequence[Any]) -> bool:
    """Many objects with keys in common."""
    if len(rows) < 3 or not all(isinstance(row, dict) and row for row in rows):
        return False
    columns = {key for row in rows for key in row}
    return len(columns) <= _MOST_COLUMNS and sum(map(len, rows)) >= 0.5 * len(columns) * len(rows)


def _is_same(rows: Sequence[dict[str, Any]], key: str) -> bool:
    first = rows[0].get(key, rows)
    return type(first) in (str, _Number, bool, type(None)) and all(
        key in row and type(row[key]) is type(first) and row[key] == first for row in rows
    )


def _is_small(value: Any) -> bool:
    """Whether it fits on a line, as far as its first parts tell."""
    room = _SHORT
    waiting = [value]
    while waiting and room > 0:
        each = waiting.pop()
        if isinstance(each, dict):
            room -= sum(len(key) for key in islice(each, _SHORT))
            waiting.extend(islice(each.values(), _SHORT))
        elif isinstance(each, list):
            waiting.extend(islice(each, _SHORT))
        room -= len(each) if isinstance(each, str) else 4
    return room > 0


def _cell(value: Any) -> str:
    """Bare where that can be mistaken for nothing else."""
    if type(value) is str:
        bare = value.isprintable() and value.strip() == value and "|" not in value and '"' not in value
        if (
            bare
            and value
            and not value[0].isdigit()
            and value[0] not in "+-.[{"
            and value not in ("true", "false", "null")
        ):
            return value
    return _compact(value)


def _compact(value: Any) -> str:
    match value:
        case _Number():
            return str(value)
        case str():
            return _quoted(value)
        case dict():
            return "{" + ",".join(f"{_quoted(key)}:{_compact(child)}" for key, child in value.items()) + "}"
        case list():
            return "[" + ",".join(map(_compact, value)) + "]"
        case _:
            return json.dumps(value)


def _quoted(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        # Half a surrogate pair was written as an escape, and is no text otherwise.
        return json.dumps(text)
    return json.dumps(text, ensure_ascii=False)


def _one_line(key: str) -> str:
    return key if key.isprintable() and "|" not in key and key else _quoted(key)
