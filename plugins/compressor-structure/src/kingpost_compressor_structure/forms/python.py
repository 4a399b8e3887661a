"""Python: a skeleton that still parses, with the bodies that there is room for.

Every function can be shown as its signature, with the first line of its docstring, or whole. A part of a file that
begins inside a class counts too. What does not parse is left to ``code``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from .. import comments
from ..question import Question
from ..syntax import parse
from ..units import ABSENT, Form, Unit
from .source import Function, Source, begin, defined

_DEEPEST = 4
_FRAME = "class _:\n"
_BODIES = "bodies of functions that the question does not mention"
_NO_QUESTION = "bodies of functions"
_NOT_ALL = "code less relevant than the rest"


def form(text: str, question: Question) -> Form | None:
    """The skeleton comes first, public names before private ones."""
    if "\r" in text or "\f" in text:
        return None
    source = text if text.endswith("\n") else text + "\n"
    # A part that begins indented is read inside a class of no name.
    frame = _FRAME if source.lstrip("\n")[:1] in (" ", "\t") else ""
    tree = parse(frame + source)
    if tree is None or not tree.body:
        return None
    made = Form(_Skeleton(frame + source, question).of(tree, framed=bool(frame)), gaps=False, flows=False)
    return made if _parses(made, frame) else None


def _parses(made: Form, frame: str) -> bool:
    """Tried out with every unit at its shortest and at its second shape, between which all skeletons lie."""
    for level in (0, 1):
        made.chosen = [min(level, max(0, len(unit.shapes) - 2)) for unit in made.units]
        if parse(frame + made.render()) is None:
            return False
    made.chosen = [ABSENT] * len(made.units)
    return True


class _Skeleton:
    """Turns statements into units, which together are the text."""

    def __init__(self, source: str, question: Question) -> None:
        self._source = Source(source.splitlines(keepends=True), self._finish)
        self._units: list[Unit] = []
        self._question = question
        self._bodies = _BODIES if question.terms else _NO_QUESTION

    def of(self, tree: ast.Module, *, framed: bool) -> list[Unit]:
        """All of a file, or of the part of one that a class was put around."""
        start, body = 1, tree.body
        if framed and isinstance(body[0], ast.ClassDef):
            start, body = self._block(body[0].body, 2, ABSENT, 1.0, 1), body[1:]
        end = self._block(body, start, ABSENT, 1.0, 0)
        if rest := self._source.rest(end):
            self._units.append(Unit((rest,)))
        return self._units

    def _finish(self, text: str) -> str:
        """Without comments, and without the blank lines that set it off from what may not be shown."""
        bare = comments.strip(text, self._question.mentions)
        rest = bare.lstrip("\n")
        return "\n" + rest if rest and bare.startswith("\n\n") else bare

    def _block(self, body: Sequence[ast.stmt], start: int, parent: int, value: float, depth: int) -> int:
        """The statements of one block, from line ``start`` on; returns the line behind them."""
        for run in _runs(body):
            first, end = run[0], (run[-1].end_lineno or run[-1].lineno) + 1
            alone = len(run) == 1 and begin(first) >= start
            if alone and isinstance(first, ast.ClassDef) and depth < _DEEPEST and self._source.has_lines(first):
                self._class(first, start, parent, value * _public(first.name), depth)
            elif alone and isinstance(first, Function):
                self._function(first, start, end, parent, value * _public(first.name))
            else:
                self._plain(run, start, end, parent, value)
            start = max(start, end)
        return start

    def _plain(self, run: Sequence[ast.stmt], start: int, end: int, parent: int, value: float) -> None:
        """Statements that are no definition: whole, or the definitions inside, or a name."""
        whole, first, short = self._source.text(start, end), run[0], ""
        if len(run) == 1:
            short = self._source.docstring(first) or self._source.outline(first)
            match first:
                case ast.Assign(targets=[ast.Name(id=name)]) if end - first.lineno > 3:
                    short = f"{self._source.indent(first)}{name} = ...\n"
        worth = value * _worth(first, inside=parent != ABSENT)
        shapes = (short, whole) if short and len(short) < 0.8 * len(whole) else (whole,)
        self._add(shapes, (worth, 0.0)[: len(shapes)], parent)

    def _class(self, node: ast.ClassDef, start: int, parent: int, value: float, depth: int) -> None:
        source, body = self._source, node.body
        head = source.decorators(node) + source.head(node)
        fill, doc = source.fill(body[0]), source.docstring(body[0])
        if doc:
            behind, body = (body[0].end_lineno or 0) + 1, body[1:]
            shapes: tuple[str, ...] = (head, head + doc, source.text(start, behind))
        else:
            behind = begin(body[0])
            shapes = (head, source.text(start, behind))
        number = len(self._units)
        worth = (value, value * 0.8, 0.0) if doc else (value, 0.0)
        self._add(shapes, worth, parent, title=head, empty=(fill, "", "") if doc else (fill, fill))
        self._block(body, behind, number, value, depth + 1)

    def _function(self, node: Function, start: int, end: int, parent: int, value: float) -> None:
        source, whole = self._source, self._source.text(start, end)
        shapes: list[str] = []
        if source.has_lines(node):
            shapes.append(source.signature(node))
            if doc := source.docstring(node.body[0]):
                shapes.append(source.decorators(node) + source.head(node) + doc)
        shapes = [shape for shape in shapes if len(shape) < 0.85 * len(whole)]
        worth = (value, value * 0.8)[: len(shapes)] or (value,)
        self._add((*shapes, whole), (*worth, 0.0)[: len(shapes) + 1], parent, title=f"{node.name} ", loss=self._bodies)

    def _add(
        self,
        shapes: tuple[str, ...],
        worth: tuple[float, ...],
        parent: int,
        *,
        title: str = "",
        empty: tuple[str, ...] = (),
        loss: str = _NOT_ALL,
    ) -> None:
        self._units.append(Unit(shapes, worth, title, parent, empty, loss, self._finish))


def _runs(body: Sequence[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Statements one by one, but imports, fields and what shares a line together."""
    run: list[ast.stmt] = []
    for statement in body:
        shares = bool(run) and statement.lineno <= (run[-1].end_lineno or 0)
        alike = bool(run) and len(run) < 40 and _family(statement) and _family(statement) == _family(run[-1])
        if run and not shares and not alike:
            yield run
            run = []
        run.append(statement)
    if run:
        yield run


def _family(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return "import"
    if isinstance(statement, ast.AnnAssign | ast.Assign) and statement.lineno == statement.end_lineno:
        return "value"
    return ""


def _public(name: str) -> float:
    return 0.45 if name.startswith("_") and not name.endswith("__") else 1.0


def _worth(statement: ast.stmt, *, inside: bool) -> float:
    """What a statement that is no definition is worth for the structure."""
    match statement:
        case ast.Expr(value=ast.Constant(value=str())):
            return 0.7
        case ast.Import() | ast.ImportFrom():
            return 0.2
        case ast.Assign() | ast.AnnAssign():
            return 0.6 if inside else 0.3
    return max((_public(node.name) for node in defined([statement])), default=0.1)
