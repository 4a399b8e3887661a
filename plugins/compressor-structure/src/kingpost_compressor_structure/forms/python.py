"""Python: a skeleton that still parses, with the bodies that there is room for.

Every function can be shown as its signature, with the first line of its docstring, or whole. A part of a file that
begins inside a class counts too. What does not parse is left to ``code``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .. import comments
from ..question import Question
from ..syntax import parse
from ..units import ABSENT, Form
from .source import Compound, Function, Source, begin, defined, lines_of
from .statements import Skeleton, Statement, moved

_DEEPEST = 4
_FRAME = "class _:\n"
_BODIES = "bodies of functions that the question does not mention"
_NO_QUESTION = "bodies of functions"
_NOT_ALL = "code less relevant than the rest"
_PAGE = re.compile(r"^[^\S\n]*\f[^\S\n]*\S", re.MULTILINE)
_FIXED = ('"""', "'''", "\\\n")
_NAMED, _DOCS, _SAID = 0.985, 0.9, 0.88
"""Parameters by name, the first line of a docstring, types and all defaults: what they are worth, beside the name."""
_OUTER = 0.0025
"""As much as thirty characters: the shortest lines come first, and those of classes and functions before methods'."""
_PRIVATE = 0.45
_SPARED = 8
_GUARD = 0.1
"""A condition by itself; what it guards brings it along."""


class _Place(NamedTuple):
    """Where a block stands: below which unit, in which outermost class, how much its names are worth, how deep."""

    parent: int = ABSENT
    root: int = ABSENT
    value: float = 1.0
    depth: int = 0
    base: str = ""

    @property
    def narrow(self) -> str:
        return f"{self.base}{' ' * self.depth}"


def form(text: str, question: Question) -> Form | None:
    """The skeleton comes first, public names before private ones."""
    source = text.replace("\r\n", "\n") if "\r" in text else text
    # A page may begin on a line of its own, not in front of a statement: there it ends its indentation.
    if "\r" in source or ("\f" in source and _PAGE.search(source)):
        return None
    source = source if source.endswith("\n") else source + "\n"
    # A part that begins indented is read inside a class of no name.
    frame = _FRAME if source.lstrip("\n")[:1] in (" ", "\t") else ""
    tree = parse(frame + source)
    if tree is None or not tree.body:
        return None
    reader = _Reader(frame + source, question)
    reader.read(tree, framed=bool(frame))
    made = Skeleton([*reader.units], gaps=False, flows=False, statements=reader.units)
    return made if _parses(made, frame) else None


def _parses(made: Form, frame: str) -> bool:
    """Tried out with units at all their shapes but the last, in turn, as any skeleton has them."""
    made.chosen = [min(at % 4, max(0, len(unit.shapes) - 2)) for at, unit in enumerate(made.units)]
    parses = parse(frame + made.render()) is not None
    made.chosen = [ABSENT] * len(made.units)
    return parses


class _Reader:
    """Turns statements into units, which together are the text."""

    def __init__(self, source: str, question: Question) -> None:
        self._source = Source(lines_of(source), self._finish)
        self.units: list[Statement] = []
        self._question = question
        self._bodies = _BODIES if question.terms else _NO_QUESTION

    def read(self, tree: ast.Module, *, framed: bool) -> None:
        """All of a file, or of the part of one that a class was put around."""
        start, body = 1, tree.body
        if framed and isinstance(body[0], ast.ClassDef):
            inside = body[0].body
            start, body = self._block(inside, 2, _Place(base=self._source.indent(inside[0]))), body[1:]
        end = self._block(body, start, _Place())
        if rest := self._source.rest(end):
            self.units.append(Statement((rest,)))

    def _finish(self, text: str) -> str:
        """Without comments, and without the blank lines that set it off from what may not be shown."""
        bare = comments.strip(text, self._question.mentions, parses=True)
        rest = bare.lstrip("\n")
        return "\n" + rest if rest and bare.startswith("\n\n") else bare

    def _block(self, body: Sequence[ast.stmt], start: int, place: _Place) -> int:
        """The statements of one block, from line ``start`` on; returns the line behind them."""
        for run in _runs(body):
            first, end = run[0], (run[-1].end_lineno or run[-1].lineno) + 1
            alone = len(run) == 1 and begin(first) >= start
            if alone and isinstance(first, ast.ClassDef) and place.depth < _DEEPEST and self._source.has_lines(first):
                self._class(first, start, place, place.value * _public(first.name))
            elif alone and isinstance(first, ast.If) and place.depth < _DEEPEST and self._is_open(first):
                self._guard(first, start, place)
            elif alone and isinstance(first, Function):
                self._function(first, start, end, place, place.value * _public(first.name))
            else:
                self._plain(run, start, end, place)
            start = max(start, end)
        return start

    def _plain(self, run: Sequence[ast.stmt], start: int, end: int, place: _Place) -> None:
        """Statements that are no definition: whole, or the definitions inside, or a name."""
        whole, first, short = self._source.text(start, end), run[0], ""
        if len(run) == 1:
            short = self._brief(first, end)
        worth = place.value * _worth(first, inside=place.parent != ABSENT)
        # A definition of one line is worth its name, and only that: not the blank lines around it.
        most = len(whole) if isinstance(first, Function | ast.ClassDef) else 0.8 * len(whole)
        shapes = [moved(short, self._source.indent(first), place.narrow)] if 0 < len(short) < most else []
        merits = [worth] * len(shapes)
        if shapes and isinstance(first, Compound) and (few := self._source.outline(first, public=True)):
            few = moved(few, self._source.indent(first), place.narrow)
            if len(few) < len(shapes[0]):
                shapes.insert(0, few)
                merits.append(worth * _PRIVATE)
        fixed = any(mark in whole for mark in _FIXED)
        made = Statement((*shapes, whole), (*merits, 0.0) if merits else (worth,), loss=_NOT_ALL, is_fixed=fixed)
        self._add(made, place, first)

    def _brief(self, statement: ast.stmt, end: int) -> str:
        """What a statement that ends before the line ``end`` is in short; empty where there is no such thing."""
        doc, indent = self._source.docstring(statement), self._source.indent(statement)
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)]) if end - statement.lineno > 3:
                return f"{indent}{name} = ...\n"
        return f"{indent}{doc}\n" if doc else self._source.outline(statement)

    def _class(self, node: ast.ClassDef, start: int, place: _Place, value: float) -> None:
        source, body, narrow = self._source, node.body, place.narrow
        head = f"{self._decorators(node, narrow)}{narrow}{source.line(node)}\n"
        doc = source.docstring(body[0])
        behind = begin(body[0])
        if doc:
            behind, body = (node.body[0].end_lineno or 0) + 1, body[1:]
        whole = source.text(start, behind)
        shapes = (head, f"{head}{narrow} {doc}\n", whole) if doc else (head, whole)
        worth = (value, value * _docs(place), 0.0) if doc else (value, 0.0)
        fill = f"{narrow} ...\n"
        empty = (fill, "", "") if doc else (fill, source.fill(node.body[0]))
        number = len(self.units)
        self._add(Statement(shapes, worth, title=head, empty=empty, loss=_NOT_ALL, is_fixed=bool(doc)), place, node)
        root = number if place.root == ABSENT else place.root
        self.units[-1].root, self.units[-1].inner = root, source.indent(node.body[0])
        self._block(body, behind, _Place(number, root, value, place.depth + 1, place.base))

    def _is_open(self, node: ast.If) -> bool:
        """Whether definitions stand below one condition, with no other branch that would have to be shown with it."""
        return not node.orelse and self._source.has_lines(node) and _worth(node, inside=False) > _GUARD

    def _guard(self, node: ast.If, start: int, place: _Place) -> None:
        """A condition with definitions below it, each a unit of its own."""
        source, narrow = self._source, place.narrow
        head = moved(source.condition(node), source.indent(node), narrow)
        behind = begin(node.body[0])
        whole = source.text(start, behind)
        empty = (f"{narrow} ...\n", source.fill(node.body[0]))
        number = len(self.units)
        made = Statement((head, whole), (place.value * _GUARD, 0.0), empty=empty, loss=_NOT_ALL, is_fixed=False)
        self._add(made, place, node)
        root = number if place.root == ABSENT else place.root
        made.root, made.inner = root, source.indent(node.body[0])
        self._block(node.body, behind, _Place(number, root, place.value, place.depth + 1, place.base))

    def _decorators(self, node: Function | ast.ClassDef, narrow: str) -> str:
        indent = self._source.indent(node)
        return moved(self._source.decorators(node), indent, narrow)

    def _function(self, node: Function, start: int, end: int, place: _Place, value: float) -> None:
        source, whole, narrow = self._source, self._source.text(start, end), place.narrow
        shapes: list[str] = []
        worth: list[float] = []
        is_elided = False
        if source.has_lines(node):
            line = source.line(node)
            head = f"{self._decorators(node, narrow)}{narrow}{line}"
            shapes, worth = self._outlines(node, head, place)
            is_elided = worth[0] == 1.0
            shapes = [shape for shape in shapes if len(shape) < 0.85 * len(whole)]
        worth = [value, *(value * share for share in worth[1 : len(shapes)])]
        worth += [0.0] * bool(shapes)
        fixed = bool(shapes) or any(mark in whole for mark in _FIXED)
        made = Statement((*shapes, whole), tuple(worth), f"{node.name} ", loss=self._bodies, is_fixed=fixed)
        made.is_elided = is_elided and len(shapes) > 1
        self._add(made, place, node)

    def _outlines(self, node: Function, head: str, place: _Place) -> tuple[list[str], list[float]]:
        """What a function is shown as without its body, the shortest first, and what each is worth beside its name."""
        kind = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
        name = f"{place.narrow}{kind} {node.name}"
        doc, named = self._source.docstring(node.body[0]), f"{name}({self._source.parameters(node)}):"
        short = named if len(named) + _SPARED < len(head) else head
        shapes, worth = [f"{short} ...\n"], [_NAMED]
        if len(name) + len("(_):") + _SPARED < len(short):
            shapes.insert(0, f"{name}(_): ...\n")
            worth.insert(0, 1.0)
        if doc:
            shapes.append(f"{short} {doc}\n")
            worth.append(_docs(place))
        if short != head:
            shapes.append(f"{head} {doc or '...'}\n")
            worth.append(_SAID)
        return shapes, worth

    def _add(self, made: Statement, place: _Place, statement: ast.stmt) -> None:
        made.parent, made.root, made.narrow = place.parent, place.root, place.narrow
        made.indent, made.finish = self._source.indent(statement), self._finish
        self.units.append(made)


def _runs(body: Sequence[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Statements one by one, but imports, fields and what shares a line together."""
    run: list[ast.stmt] = []
    for statement in body:
        shares = bool(run) and statement.lineno <= (run[-1].end_lineno or 0)
        # What a module says of itself comes first, and is no part of its fields.
        alike = 0 < len(run) < 40 and not isinstance(run[0], ast.Expr) and _goes_with(statement, run[-1])
        if run and not shares and not alike:
            yield run
            run = []
        run.append(statement)
    if run:
        yield run


def _goes_with(statement: ast.stmt, before: ast.stmt) -> bool:
    """Whether it is one with the statement before; so is a string that says what a field is for."""
    match statement:
        case ast.Expr(value=ast.Constant(value=str())):
            return isinstance(before, ast.AnnAssign | ast.Assign)
    return _family(statement) != "" and _family(statement) == _family(before)


def _family(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return "import"
    if isinstance(statement, ast.AnnAssign | ast.Assign) and statement.lineno == statement.end_lineno:
        return "value"
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return "value"
    return ""


def _docs(place: _Place) -> float:
    """What the first line of a docstring is worth; a little more where it stands furthest out."""
    return _DOCS if place.depth else _DOCS + _OUTER


def _public(name: str) -> float:
    if name.startswith("__") and name.endswith("__"):
        return 0.85 if name == "__init__" else 0.7
    return _PRIVATE if name.startswith("_") else 1.0


def _worth(statement: ast.stmt, *, inside: bool) -> float:
    """What a statement that is no definition is worth for the structure."""
    match statement:
        case ast.Expr(value=ast.Constant(value=str())):
            return 0.95
        case ast.Import() | ast.ImportFrom():
            return 0.2
        case ast.Assign() | ast.AnnAssign():
            return 0.6 if inside else 0.3
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return 0.1
    return max((_public(node.name) for node in defined([statement])), default=0.1)
