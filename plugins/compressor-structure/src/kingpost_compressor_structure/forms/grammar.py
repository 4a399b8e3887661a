"""Code that is not Python, by its grammar: signatures first, bodies where there is room, braces always closed.

Called by ``form`` for code whose file name tells its language, when the grammar is installed (the extra ``code``). A
text that its grammar cannot read is left to ``code``.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ..question import Question
from ..units import ABSENT, Form, Unit

_GRAMMARS = {
    "bash": ("tree_sitter_bash", "language"), "c": ("tree_sitter_c", "language"), "cc": ("tree_sitter_cpp", "language"),
    "cpp": ("tree_sitter_cpp", "language"), "cs": ("tree_sitter_c_sharp", "language"),
    "go": ("tree_sitter_go", "language"), "h": ("tree_sitter_c", "language"), "hpp": ("tree_sitter_cpp", "language"),
    "java": ("tree_sitter_java", "language"), "js": ("tree_sitter_javascript", "language"),
    "jsx": ("tree_sitter_javascript", "language"), "mjs": ("tree_sitter_javascript", "language"),
    "rs": ("tree_sitter_rust", "language"), "sh": ("tree_sitter_bash", "language"),
    "ts": ("tree_sitter_typescript", "language_typescript"), "tsx": ("tree_sitter_typescript", "language_tsx"),
}  # fmt: skip
SUFFIXES = frozenset(_GRAMMARS)
_LONGEST = 400_000
"""Characters; reading holds everything else up."""
_DEEPEST = 4
_CONTAINERS = ("class", "interface", "impl", "trait", "namespace", "module", "mod_", "object")
_FUNCTIONS = ("function", "method", "constructor")
_WRAPPERS = ("export_statement", "ambient_declaration", "template_declaration", "decorated_definition")
_GOES_ON = (":", ";", ",", ")")
"""What belongs to the statement before, and has no node of its own."""
_TOLD = 0.6
_DOTS, _EMPTY = " { … }", " {}"
_LOSS = "bodies of functions that the question does not mention"
_NO_QUESTION = "bodies of functions"


@dataclass(slots=True)
class Braced(Form):
    """Blocks that are closed where they end. ``ends``: behind the last unit of a block, its unit and what closes it."""

    ends: dict[int, list[tuple[int, str]]] = field(default_factory=dict)

    def render(self) -> str:
        """What is chosen, and what closes it."""
        parts: list[str] = []
        for number, level in enumerate(self.chosen):
            if level != ABSENT:
                parts.append(self.units[number].shapes[level])
            parts += [end for block, end in self.ends.get(number, ()) if self.chosen[block] != ABSENT]
        return "".join(parts)


def form(text: str, name: str, question: Question) -> Form | None:
    """Statements of the outermost blocks, functions as signature or whole; ``name`` is the file's."""
    parser = _parser(name.rpartition(".")[2].lower()) if len(text) <= _LONGEST else None
    if parser is None:
        return None
    try:
        source = text.encode()
    except UnicodeEncodeError:
        return None
    tree = parser.parse(source)
    if tree.root_node.has_error:
        return None
    reader = _Reader(source, _LOSS if question.terms else _NO_QUESTION)
    end = reader.block(tree.root_node, 0, ABSENT, 0)
    reader.rest(end, len(source))
    made = Braced(reader.units, gaps=False, flows=False, ends=reader.ends)
    made.chosen = [0] * len(reader.units)
    if parser.parse(made.render().encode()).root_node.has_error:
        # Not every language takes three dots for a body.
        for unit in reader.units:
            unit.shapes = (*(shape.replace(_DOTS, _EMPTY) for shape in unit.shapes[:-1]), unit.shapes[-1])
    made.chosen = [ABSENT] * len(reader.units)
    return made if len(reader.units) > 1 else None


@cache
def _parser(suffix: str) -> Any:
    """The parser of a language, if its grammar is there."""
    if suffix not in _GRAMMARS:
        return None
    module, function = _GRAMMARS[suffix]
    try:
        kit, grammar = importlib.import_module("tree_sitter"), importlib.import_module(module)
        return kit.Parser(kit.Language(getattr(grammar, function)()))
    except (ImportError, AttributeError, ValueError):
        return None


class _Reader:
    """Turns nodes into units, which together with what closes them are the text."""

    def __init__(self, source: bytes, loss: str) -> None:
        self._source, self._loss = source, loss
        self.units: list[Unit] = []
        self.ends: dict[int, list[tuple[int, str]]] = {}

    def block(self, node: Any, start: int, parent: int, depth: int) -> int:
        """The statements of a block from byte ``start`` on; returns the byte behind them."""
        for child in node.named_children:
            # A comment stands above what it is about.
            if child.type.endswith("comment") or child.end_byte <= start:
                continue
            inner = _inner(child)
            body = inner.child_by_field_name("body")
            end = self._line_end(child.end_byte)
            if body is not None and _is(inner, _CONTAINERS) and depth < _DEEPEST and body.named_child_count:
                self._container(inner, body, (start, end), parent, depth)
            elif body is not None and _is(inner, _FUNCTIONS):
                self._function(inner, body, (start, end), parent)
            else:
                worth = 0.5 if child.end_point[0] - child.start_point[0] < 3 else 0.3
                self.units.append(Unit((self._text(start, end),), (worth,), parent=parent, loss=self._loss))
            start = end
        return start

    def rest(self, start: int, end: int) -> None:
        """What stands behind the last statement."""
        if start < end:
            self.units.append(Unit((self._text(start, end),)))

    def _container(self, node: Any, body: Any, span: tuple[int, int], parent: int, depth: int) -> None:
        opening = self._line_end(body.start_byte + 1)
        number = len(self.units)
        head = self._text(span[0], opening)
        short = f"{self._lead(span[0], node)}{self._text(node.start_byte, opening)}"
        # What is told above it comes after the names of what is in it.
        shapes, worth = ((short, head), (1.0, _TOLD)) if len(short) < len(head) else ((head,), (1.0,))
        self.units.append(Unit(shapes, worth, title=self._name(node), parent=parent, loss=self._loss))
        end = self.block(body, opening, number, depth + 1)
        self.ends.setdefault(len(self.units) - 1, []).append((number, self._text(end, span[1])))

    def _function(self, node: Any, body: Any, span: tuple[int, int], parent: int) -> None:
        whole = self._text(*span)
        tail = self._text(body.end_byte, span[1])
        signature = self._text(node.start_byte, body.start_byte).rstrip()
        short = f"{self._lead(span[0], node)}{signature}{_DOTS}{tail}"
        value = 0.45 if self._name(node).startswith(("_", "#")) or "private " in signature else 1.0
        shapes = (short, whole) if len(short) < 0.85 * len(whole) else (whole,)
        worth = (value, 0.0)[: len(shapes)]
        self.units.append(Unit(shapes, worth, title=f"{self._name(node)} ", parent=parent, loss=self._loss))

    def _lead(self, start: int, node: Any) -> str:
        """What stands in front of a definition without the comments above it: annotations, `export`."""
        before = self._text(start, node.start_byte)
        if before.lstrip()[:1] in _GOES_ON:
            return before
        return before[before.rfind("\n", 0, len(before.rstrip(" \t"))) + 1 :]

    def _name(self, node: Any) -> str:
        name = node.child_by_field_name("name") or node.child_by_field_name("declarator")
        return self._text(name.start_byte, name.end_byte) if name is not None else ""

    def _line_end(self, at: int) -> int:
        """Behind the rest of a line, if nothing but spaces and signs that end a statement is left on it."""
        end = self._source.find(b"\n", at)
        end = len(self._source) if end < 0 else end + 1
        return end if not self._source[at:end].strip(b" \t\r\n;,") else at

    def _text(self, start: int, end: int) -> str:
        return self._source[start:end].decode(errors="replace")


def _inner(node: Any) -> Any:
    """What is exported, declared or decorated, instead of the word that does so."""
    while node.type in _WRAPPERS:
        found = node.child_by_field_name("declaration") or next(_with_body(node), None)
        if found is None:
            return node
        node = found
    return node


def _with_body(node: Any) -> Iterator[Any]:
    return (child for child in node.named_children if child.child_by_field_name("body") is not None)


def _is(node: Any, kinds: tuple[str, ...]) -> bool:
    return any(kind in node.type for kind in kinds)
